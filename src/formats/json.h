/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON: a thin layer over jansson, which keeps key order and 64-bit integers.
 */
#ifndef FORMATS_JSON_H
#define FORMATS_JSON_H

#include "base/error.h"
#include "base/text.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/* Parse a configuration as Python's json module would.
 *
 * A leading UTF-8 BOM is skipped.  The last of two equal keys wins.  NaN,
 * Infinity and -Infinity become strings of that spelling, which no number
 * reader takes for a number.  NAME stands in the message with line and column.
 *
 * returns  a new reference, or NULL with *err set
 */
json_t *json_parse_config(const char *text, size_t length, const char *name,
                          struct error *err);

/* A writer that puts commas and indentation where they belong. */
struct json_writer {
    struct text *out;
    unsigned depth;
    bool needs_comma;
};

/* KEY is NULL inside a list and at the top. */
void json_begin_object(struct json_writer *writer, const char *key);
void json_end_object(struct json_writer *writer);
void json_begin_list(struct json_writer *writer, const char *key);
void json_end_list(struct json_writer *writer);
void json_put_text(struct json_writer *writer, const char *key,
                   const char *value);
void json_put_count(struct json_writer *writer, const char *key,
                    uint64_t value);
void json_put_integer(struct json_writer *writer, const char *key,
                      int64_t value);
void json_put_real(struct json_writer *writer, const char *key, double value);
/* The same, and a whole number stays a float to who reads it: 1.0. */
void json_put_float(struct json_writer *writer, const char *key, double value);
void json_put_bool(struct json_writer *writer, const char *key, bool value);
void json_put_null(struct json_writer *writer, const char *key);

#endif
