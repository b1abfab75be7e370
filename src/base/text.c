/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Text: growing buffers, comparisons, nearest spellings, and strict numbers.
 */
#include "base/text.h"

#include <langinfo.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* Room for LENGTH more bytes and a NUL; false when the buffer has failed. */
static bool reserve(struct text *text, size_t length)
{
    struct error err;
    char *data;

    if (text->failed) {
        return false;
    }
    if (length > SIZE_MAX - 1 - text->length) {
        text->failed = true;
        return false;
    }
    data = memory_grow(text->data, &text->capacity, text->length + length + 1,
                       1, &err);
    if (data == NULL) {
        text->failed = true;
        return false;
    }
    text->data = data;
    return true;
}

void text_append(struct text *text, const char *string)
{
    text_append_bytes(text, string, strlen(string));
}

void text_append_bytes(struct text *text, const char *bytes, size_t length)
{
    if (!reserve(text, length)) {
        return;
    }
    if (length > 0) {
        memcpy(text->data + text->length, bytes, length);
    }
    text->length += length;
    text->data[text->length] = '\0';
}

void text_appendf(struct text *text, const char *format, ...)
{
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0) {
        text->failed = true;
        return;
    }
    if (!reserve(text, (size_t)length)) {
        return;
    }
    va_start(args, format);
    (void)vsnprintf(text->data + text->length, (size_t)length + 1, format,
                    args);
    va_end(args);
    text->length += (size_t)length;
}

bool text_ok(const struct text *text, struct error *err)
{
    if (text->failed) {
        return error_set(
            err, ERROR_MEMORY,
            "the system gave no memory for a text of more than %zu "
            "bytes; close other programs or ask for less",
            text->length);
    }
    return true;
}

const char *text_string(const struct text *text)
{
    return text->data != NULL ? text->data : "";
}

void text_clear(struct text *text)
{
    memory_free(text->data);
    *text = (struct text){0};
}

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool text_equal_fold(const char *a, const char *b)
{
    size_t i = 0;

    while (a[i] != '\0' && fold(a[i]) == fold(b[i])) {
        i++;
    }
    return fold(a[i]) == fold(b[i]);
}

bool text_starts_fold(const char *string, const char *prefix)
{
    size_t i = 0;

    while (prefix[i] != '\0' && fold(string[i]) == fold(prefix[i])) {
        i++;
    }
    return prefix[i] == '\0';
}

bool text_contains_fold(const char *string, const char *part)
{
    if (text_starts_fold(string, part)) {
        return true;
    }
    for (; *string != '\0'; string++) {
        if (text_starts_fold(string, part)) {
            return true;
        }
    }
    return false;
}

bool text_ends(const char *string, const char *suffix)
{
    size_t length = strlen(string);
    size_t tail = strlen(suffix);

    return tail <= length && memcmp(string + length - tail, suffix, tail) == 0;
}

enum { DISTANCE_BYTES = 64 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t bounded_length(const char *string)
{
    const char *end = memchr(string, '\0', DISTANCE_BYTES);

    return end != NULL ? (size_t)(end - string) : DISTANCE_BYTES;
}

/* Three rows of the classic table are enough: a swap looks two rows back. */
size_t text_distance(const char *a, const char *b)
{
    size_t rows[3][DISTANCE_BYTES + 1] = {{0}};
    size_t m = bounded_length(a);
    size_t n = bounded_length(b);

    for (size_t j = 0; j <= n; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= m; i++) {
        size_t *now = rows[i % 3];
        const size_t *before = rows[(i + 2) % 3];
        const size_t *earlier = rows[(i + 1) % 3];

        now[0] = i;
        for (size_t j = 1; j <= n; j++) {
            char x = fold(a[i - 1]);
            char y = fold(b[j - 1]);

            now[j] = least(before[j] + 1, now[j - 1] + 1);
            now[j] = least(now[j], before[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == fold(b[j - 2]) && y == fold(a[i - 2])) {
                now[j] = least(now[j], earlier[j - 2] + 1);
            }
        }
    }
    return rows[m % 3][n];
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool text_parse_count(const char *string, uint64_t least_value, uint64_t most,
                      uint64_t *out)
{
    uint64_t value = 0;

    if (*string == '\0') {
        return false;
    }
    for (; *string != '\0'; string++) {
        if (!is_digit(*string) || !checked_mul(value, 10, &value) ||
            !checked_add(value, (uint64_t)(*string - '0'), &value)) {
            return false;
        }
    }
    if (value < least_value || value > most) {
        return false;
    }
    *out = value;
    return true;
}

static size_t count_digits(const char *string)
{
    size_t n = 0;

    while (is_digit(string[n])) {
        n++;
    }
    return n;
}

/* Whether STRING is [sign] digits [. digits] [e [sign] digits], with a digit
 * before or after the point; *point is the offset of the point, or its length.
 */
static bool is_real(const char *string, size_t *point)
{
    size_t at = *string == '+' || *string == '-';
    size_t digits = count_digits(string + at);

    at += digits;
    *point = at;
    if (string[at] == '.') {
        size_t decimals = count_digits(string + at + 1);

        at += 1 + decimals;
        digits += decimals;
    } else {
        *point = strlen(string);
    }
    if (digits > 0 && (string[at] == 'e' || string[at] == 'E')) {
        at++;
        at += string[at] == '+' || string[at] == '-';
        digits = count_digits(string + at);
        at += digits;
    }
    return digits > 0 && string[at] == '\0';
}

bool text_parse_real(const char *string, double *out)
{
    struct text local = {0};
    char *end = NULL;
    size_t point;
    double value;
    bool whole;

    if (!is_real(string, &point)) {
        return false;
    }
    text_append_bytes(&local, string, point);
    if (string[point] == '.') {
        text_append(&local, nl_langinfo(RADIXCHAR)); /* what strtod expects */
        text_append(&local, string + point + 1);
    }
    if (local.failed) {
        text_clear(&local);
        return false;
    }
    value = strtod(local.data, &end);
    whole = *end == '\0';
    text_clear(&local);
    if (!whole || !isfinite(value)) {
        return false;
    }
    *out = value;
    return true;
}
