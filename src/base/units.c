/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers as people and programs read them.
 *
 * Bytes are rounded in integers, so that no size loses digits to a double.
 */
#include "base/units.h"

#include <langinfo.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

char *units_count(char out[UNITS_SIZE], uint64_t value)
{
    char digits[UNITS_SIZE];
    int length =
        snprintf(digits, sizeof digits, "%llu", (unsigned long long)value);
    size_t used = 0;

    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0) {
            out[used++] = ',';
        }
        out[used++] = digits[i];
    }
    out[used] = '\0';
    return out;
}

char *units_delta(char out[UNITS_SIZE], uint64_t a, uint64_t b)
{
    char digits[UNITS_SIZE];

    (void)units_count(digits, b >= a ? b - a : a - b);
    out[0] = b >= a ? '+' : '-';
    memcpy(out + 1, digits, UNITS_SIZE - 1); /* 26 characters at the most */
    return out;
}

/* Hundredths of UNIT in BYTES, rounded half up.  For the units past 2^50 the
 * remainder is cut by BASE first, so that times 100 cannot overflow.
 */
static uint64_t hundredths_of(uint64_t bytes, uint64_t unit, uint64_t base)
{
    uint64_t whole = bytes / unit;
    uint64_t rest = bytes % unit;

    if (unit > UINT64_MAX / 200) {
        rest /= base;
        unit /= base;
    }
    return whole * 100 + (rest * 100 + unit / 2) / unit;
}

char *units_bytes(char out[UNITS_SIZE], uint64_t bytes,
                  enum units_system system)
{
    static const char names[][2][4] = {
        {"B", "B"},    {"KiB", "kB"}, {"MiB", "MB"}, {"GiB", "GB"},
        {"TiB", "TB"}, {"PiB", "PB"}, {"EiB", "EB"},
    };
    const size_t last = sizeof names / sizeof names[0] - 1;
    uint64_t base = system == UNITS_IEC ? 1024 : 1000;
    uint64_t unit = base;
    size_t step = 1;

    if (bytes < base) {
        (void)snprintf(out, UNITS_SIZE, "%llu B", (unsigned long long)bytes);
        return out;
    }
    while (step < last && hundredths_of(bytes, unit, base) >= base * 100) {
        unit *= base;
        step++;
    }
    bytes = hundredths_of(bytes, unit, base);
    (void)snprintf(out, UNITS_SIZE, "%llu.%02u %s",
                   (unsigned long long)(bytes / 100), (unsigned)(bytes % 100),
                   names[step][system == UNITS_IEC ? 0 : 1]);
    return out;
}

/* Put '.' where the locale has put its own decimal point. */
static void restore_point(char *number)
{
    const char *radix = nl_langinfo(RADIXCHAR);
    size_t length = strlen(radix);
    char *at = length > 0 ? strstr(number, radix) : NULL;

    if (at != NULL) {
        *at = '.';
        memmove(at + 1, at + length, strlen(at + length) + 1);
    }
}

char *units_real(char out[UNITS_SIZE], double value)
{
    if (!isfinite(value)) {
        (void)snprintf(out, UNITS_SIZE, "null");
        return out;
    }
    for (int digits = 15; digits <= 17; digits++) {
        double back;

        (void)snprintf(out, UNITS_SIZE, "%.*g", digits, value);
        back = strtod(out, NULL);
        if (back >= value && back <= value) {
            break;
        }
    }
    restore_point(out);
    return out;
}

char *units_fixed(char out[UNITS_SIZE], double value, int decimals)
{
    int length;

    if (!isfinite(value)) {
        return units_real(out, value);
    }
    length = snprintf(out, UNITS_SIZE, "%.*f", decimals, value);
    if (length < 0 || length >= UNITS_SIZE) {
        return units_real(out, value); /* at most 24 characters */
    }
    restore_point(out);
    if (out[0] == '-' && strspn(out + 1, "0.") == strlen(out + 1)) {
        memmove(out, out + 1, strlen(out)); /* no minus before a zero */
    }
    return out;
}

/* The bytes that a unit's name stands for, 0 when it is no unit. */
static uint64_t unit_size(const char *name)
{
    static const char letters[] = "kmgtp";
    uint64_t size = 1;

    if (text_equal_fold(name, "b")) {
        return 1;
    }
    for (size_t i = 0; letters[i] != '\0'; i++) {
        const char iec[] = {letters[i], 'i', 'b', '\0'};
        const char si[] = {letters[i], 'b', '\0'};

        size *= 1000;
        if (text_equal_fold(name, iec)) {
            return (uint64_t)1 << (10 * (i + 1));
        }
        if (text_equal_fold(name, si)) {
            return size;
        }
    }
    return 0;
}

static bool take_digits(const char **at, uint64_t *value, uint64_t *scale)
{
    const char *start = *at;

    *value = 0;
    *scale = 1;
    for (; **at >= '0' && **at <= '9'; (*at)++) {
        if (!checked_mul(*value, 10, value) ||
            !checked_mul(*scale, 10, scale) ||
            !checked_add(*value, (uint64_t)(**at - '0'), value)) {
            return false;
        }
    }
    return *at != start;
}

bool units_parse_bytes(const char *string, uint64_t *bytes)
{
    uint64_t whole;
    uint64_t scale;
    uint64_t part = 0;
    uint64_t unit;
    const char *at = string;

    if (strspn(string, "0123456789") == strlen(string)) {
        return text_parse_count(string, 0, UINT64_MAX, bytes);
    }
    if (!take_digits(&at, &whole, &scale)) {
        return false;
    }
    scale = 1;
    if (*at == '.') {
        at++;
        if (!take_digits(&at, &part, &scale)) {
            return false;
        }
    }
    at += *at == ' ';
    unit = unit_size(at);
    if (unit == 0 || !checked_mul(part, unit, &part) ||
        !checked_mul(whole, unit, &whole) ||
        !checked_add(whole, part / scale, &whole)) {
        return false;
    }
    *bytes = whole;
    return true;
}
