/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers as people and programs read them.  The one place that formats them.
 */
#ifndef BASE_UNITS_H
#define BASE_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UNITS_SIZE = 32 }; /* bytes that every formatted number fits */

enum units_system {
    UNITS_IEC, /* KiB, MiB, GiB: powers of 1024 */
    UNITS_SI,  /* kB, MB, GB: powers of 1000 */
};

/* 1234567 -> "1,234,567"; all return OUT. */
char *units_count(char out[UNITS_SIZE], uint64_t value);

/* Signed difference b - a: "+2,097,152", "-8", "+0". */
char *units_delta(char out[UNITS_SIZE], uint64_t a, uint64_t b);

/* 16066650112 -> "14.96 GiB" or "16.07 GB"; below one unit, "512 B". */
char *units_bytes(char out[UNITS_SIZE], uint64_t bytes,
                  enum units_system system);

/* The shortest decimal that reads back as VALUE (15, 16 or 17 digits, the
 * first that does), always with '.' as its point; "null" when not finite.
 */
char *units_real(char out[UNITS_SIZE], double value);

/* VALUE with DECIMALS digits after '.', whatever the locale. */
char *units_fixed(char out[UNITS_SIZE], double value, int decimals);

/* "24GiB", "24GB", "24 GiB", "24000000000" -> bytes; false otherwise. */
bool units_parse_bytes(const char *string, uint64_t *bytes);

#endif
