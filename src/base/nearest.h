/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The nearest known spellings, for messages that help.
 */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include "base/text.h"

#include <stddef.h>

/* Append up to MOST of the NAMES nearest to WANTED as "a, b or c".  Names that
 * start with WANTED, or the reverse, count as near.
 */
void nearest_append(struct text *out, const char *wanted,
                    const char *const *names, size_t count, size_t most);

/* The one nearest name within a distance that a slip of the hand makes (a
 * third of its length, at least 1), or NULL.
 */
const char *nearest_find(const char *wanted, const char *const *names,
                         size_t count);

#endif
