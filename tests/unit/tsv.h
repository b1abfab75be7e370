/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tab separated test data.
 */
#ifndef TESTS_UNIT_TSV_H
#define TESTS_UNIT_TSV_H

#include <stddef.h>
#include <string.h>

/* Split LINE at tabs, in place, its end of line cut off; how many fields. */
static inline size_t tsv_split(char *line, char *fields[], size_t most)
{
    size_t count = 0;
    line[strcspn(line, "\r\n")] = '\0';
    for (char *at = line; at != NULL && count < most;) {
        fields[count++] = at;
        at = strchr(at, '\t');
        if (at != NULL) {
            *at++ = '\0';
        }
    }
    return count;
}

#endif
