/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The nearest known spellings, for messages that help.
 */
#include "base/nearest.h"

#include <stdint.h>
#include <string.h>

enum { NEAREST_MOST = 8 };

static size_t distance(const char *wanted, const char *name)
{
    size_t edits = text_distance(wanted, name);
    bool prefix =
        text_starts_fold(name, wanted) || text_starts_fold(wanted, name);
    return prefix && edits > 1 ? 1 : edits;
}

void nearest_append(struct text *out, const char *wanted,
                    const char *const *names, size_t count, size_t most)
{
    const char *best[NEAREST_MOST] = {NULL};
    size_t far[NEAREST_MOST] = {0};
    size_t found = 0;
    most = most < NEAREST_MOST ? most : NEAREST_MOST;
    for (size_t i = 0; i < count; i++) {
        size_t edits = distance(wanted, names[i]);
        size_t at = found;
        while (at > 0 && far[at - 1] > edits) {
            at--;
        }
        if (at >= most) {
            continue;
        }
        found += found < most ? 1 : 0;
        for (size_t j = found - 1; j > at; j--) {
            best[j] = best[j - 1];
            far[j] = far[j - 1];
        }
        best[at] = names[i];
        far[at] = edits;
    }
    for (size_t i = 0; i < found; i++) {
        text_append(out, i == 0 ? "" : i + 1 == found ? " or " : ", ");
        text_append(out, best[i]);
    }
}

const char *nearest_find(const char *wanted, const char *const *names,
                         size_t count)
{
    const char *best = NULL;
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        size_t edits = text_distance(wanted, names[i]);
        if (edits < least) {
            least = edits;
            best = names[i];
        }
    }
    size_t allowed = strlen(wanted) / 3;
    return least <= (allowed > 1 ? allowed : 1) ? best : NULL;
}
