/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading --ranks: 1,2,4,8 or 1..64 or 1..256x2, in the order given.
 */
#include "cli/values.h"

#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

static bool refuse_ranks(struct error *err, const char *text)
{
    return error_set(err, ERROR_USAGE,
                     "--ranks takes a list such as 1,2,4,8 or 1..64 or "
                     "1..256x2, not \"%s\"",
                     text);
}

static bool add_rank(uint64_t **ranks, size_t *count, size_t *capacity,
                     uint64_t rank, struct error *err)
{
    if (*count == SWEEP_MOST) {
        return error_set(err, ERROR_USAGE,
                         "--ranks takes at most %d ranks; ask for fewer, e.g. "
                         "1..256x2",
                         SWEEP_MOST);
    }
    uint64_t *grown =
        memory_grow(*ranks, capacity, *count + 1, sizeof **ranks, err);
    if (grown == NULL) {
        return false;
    }
    *ranks = grown;
    grown[(*count)++] = rank;
    return true;
}

/* One item of the list: "8", "1..64", "1..256x2" -> first, last, factor (1:
 * every rank between).
 */
static bool read_range(char *item, uint64_t range[3])
{
    range[2] = 1;
    char *dots = strstr(item, "..");
    if (dots == NULL) {
        bool ok = text_parse_count(item, 1, RANK_MOST, &range[0]);
        range[1] = range[0];
        return ok;
    }
    *dots = '\0';
    char *last = dots + 2;
    char *times = strchr(last, 'x');
    if (times != NULL) {
        *times = '\0';
        if (!text_parse_count(times + 1, 2, RANK_MOST, &range[2])) {
            return false;
        }
    }
    return text_parse_count(item, 1, RANK_MOST, &range[0]) &&
           text_parse_count(last, range[0], RANK_MOST, &range[1]);
}

static bool add_item(uint64_t **ranks, size_t *count, size_t *capacity,
                     const char *text, const char *at, size_t length,
                     struct error *err)
{
    char item[64];
    uint64_t range[3] = {0};
    if (length >= sizeof item) {
        return refuse_ranks(err, text);
    }
    memcpy(item, at, length);
    item[length] = '\0';
    if (!read_range(item, range)) {
        return refuse_ranks(err, text);
    }
    uint64_t rank = range[0];
    while (rank <= range[1]) {
        if (!add_rank(ranks, count, capacity, rank, err)) {
            return false;
        }
        rank = range[2] == 1 ? rank + 1 : rank * range[2];
    }
    return true;
}

bool cli_parse_ranks(const char *text, uint64_t **ranks, size_t *count,
                     struct error *err)
{
    size_t capacity = 0;
    *ranks = NULL;
    *count = 0;
    const char *at = text;
    bool ok = true;
    for (;;) {
        size_t length = strcspn(at, ",");
        ok = add_item(ranks, count, &capacity, text, at, length, err);
        if (!ok || at[length] == '\0') {
            break;
        }
        at += length + 1;
    }
    if (!ok) {
        memory_free(*ranks);
        *ranks = NULL;
        *count = 0;
    }
    return ok;
}

bool value_ranks(struct cli_call *call, const char *value, struct error *err)
{
    memory_free(call->ranks);
    return cli_parse_ranks(value, &call->ranks, &call->rank_count, err);
}
