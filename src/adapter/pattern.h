/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Python's regular expressions, as PEFT applies them to module names.
 *
 * PEFT hands these patterns to Python's re, so they mean here what they mean
 * there (Python 3.11): the pattern is read by Python's grammar, refused where
 * Python refuses it, and rewritten for PCRE2, which does the matching.  A
 * pattern is never trusted: its length, its nesting and the steps of one
 * match are bounded.
 */
#ifndef ADAPTER_PATTERN_H
#define ADAPTER_PATTERN_H

#include "base/error.h"

#include <stddef.h>

enum pattern_anchor {
    PATTERN_MATCH, /* re.match: from the start of the subject */
    PATTERN_FULL,  /* re.fullmatch: all of the subject */
};

/* The most bytes of a pattern, and of the subject it is tried on. */
enum { PATTERN_MOST = 65536, PATTERN_SUBJECT_MOST = 4096 };

struct pattern; /* immutable once made: threads may share it */

/* Compile the LENGTH bytes of Python regular expression at PYTHON (UTF-8).
 *
 * Free with pattern_free.
 * errors   ERROR_FORMAT: Python refuses it too; the sentence says why and at
 *          which character, counted from 0 as Python counts;
 *          ERROR_UNSUPPORTED: Python takes it, this program does not;
 *          ERROR_MEMORY
 */
struct pattern *pattern_new(const char *python, size_t length,
                            enum pattern_anchor anchor, struct error *err);

void pattern_free(struct pattern *pattern); /* NULL is fine */

/* Does SUBJECT (LENGTH bytes of UTF-8) match?
 *
 * errors   ERROR_RANGE: the match takes too many steps, or SUBJECT is longer
 *          than PATTERN_SUBJECT_MOST; ERROR_FORMAT: SUBJECT is not UTF-8;
 *          ERROR_MEMORY; *matched is false then
 */
bool pattern_test(const struct pattern *pattern, const char *subject,
                  size_t length, bool *matched, struct error *err);

/* The bytes [*start, *end) of SUBJECT that group 1 took in a match; both are
 * SIZE_MAX when nothing matched or the group took no part.
 *
 * errors   as pattern_test
 */
bool pattern_group(const struct pattern *pattern, const char *subject,
                   size_t length, size_t *start, size_t *end,
                   struct error *err);

#endif
