/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Text: growing buffers, terminal columns, sanitising, nearest spellings.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

/* A growing, always NUL-terminated buffer.  Zero-initialised is empty.
 *
 * Appending to a buffer that has failed does nothing, so a run of appends
 * needs one check at its end: text_ok.  memory_free(text.data) or text_clear.
 */
struct text {
    char *data;      /* NULL until something is appended */
    size_t length;   /* bytes, without the NUL */
    size_t capacity; /* bytes */
    bool failed;     /* an append found no memory */
};

void text_append(struct text *text, const char *string);
void text_append_bytes(struct text *text, const char *bytes, size_t length);
void text_appendf(struct text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* False, with *err set, when an append failed. */
bool text_ok(const struct text *text, struct error *err);
/* The bytes, or "" when nothing was appended. */
const char *text_string(const struct text *text);
void text_clear(struct text *text);

/* Bytes of the UTF-8 character at STRING, its code point in *point; 0 at the
 * end.  A byte that begins no valid character is 1 byte with *point TEXT_INVALID.
 */
enum { TEXT_INVALID = 0x110000 };
size_t text_decode(const char *string, uint32_t *point);

/* Copy SOURCE into TARGET (SIZE bytes, NUL included), replacing control
 * characters, escape sequences' bytes, invalid UTF-8, bidirectional marks and
 * unassigned widths by '?', and cutting at a character boundary.
 */
void text_sanitize(char *target, size_t size, const char *source);

/* Columns that a UTF-8 string takes on a terminal (wcwidth); one for each byte
 * that is not valid UTF-8.
 */
size_t text_columns(const char *string);

/* Bytes of the longest prefix of STRING that fits COLUMNS columns. */
size_t text_fit(const char *string, size_t columns);

/* ASCII case folded comparisons; Hugging Face ids are ASCII. */
bool text_equal_fold(const char *a, const char *b);
bool text_starts_fold(const char *string, const char *prefix);
bool text_contains_fold(const char *string, const char *part);
bool text_ends(const char *string, const char *suffix);

/* Damerau-Levenshtein distance with adjacent swaps, case folded; strings are
 * looked at up to their first 64 bytes.
 */
size_t text_distance(const char *a, const char *b);

/* A whole decimal number in [least, most]: digits only, no sign, no space, no
 * exponent.  False when STRING is anything else; *out untouched.
 */
bool text_parse_count(const char *string, uint64_t least, uint64_t most,
                      uint64_t *out);

/* A finite decimal real, all of STRING, '.' as the point whatever the locale. */
bool text_parse_real(const char *string, double *out);

#endif
