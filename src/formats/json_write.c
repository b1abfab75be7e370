/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON written: two spaces a level, numbers as base/units makes them.
 *
 * Whatever comes in, what goes out is valid: bytes that are not UTF-8 become
 * the replacement character.
 */
#include "formats/json.h"

#include <string.h>

#include "base/units.h"

static void put_escaped(struct text *out, uint32_t point, const char *bytes,
                        size_t length)
{
    if (point == '"' || point == '\\') {
        text_appendf(out, "\\%c", (int)point);
    } else if (point == '\n') {
        text_append(out, "\\n");
    } else if (point == '\t') {
        text_append(out, "\\t");
    } else if (point < 0x20 || point == 0x7f) {
        text_appendf(out, "\\u%04x", (unsigned)point);
    } else if (point == TEXT_INVALID) {
        text_append(out, "\xef\xbf\xbd");
    } else {
        text_append_bytes(out, bytes, length);
    }
}

static void put_string(struct text *out, const char *string)
{
    uint32_t point;
    size_t length;

    text_append(out, "\"");
    while ((length = text_decode(string, &point)) > 0) {
        put_escaped(out, point, string, length);
        string += length;
    }
    text_append(out, "\"");
}

static void put_line(struct json_writer *writer)
{
    text_append(writer->out, "\n");
    for (unsigned i = 0; i < writer->depth; i++) {
        text_append(writer->out, "  ");
    }
}

/* Everything that comes before a value. */
static void put_key(struct json_writer *writer, const char *key)
{
    if (writer->needs_comma) {
        text_append(writer->out, ",");
    }
    if (writer->depth > 0) {
        put_line(writer);
    }
    if (key != NULL) {
        put_string(writer->out, key);
        text_append(writer->out, ": ");
    }
    writer->needs_comma = true;
}

static void begin(struct json_writer *writer, const char *key,
                  const char *bracket)
{
    put_key(writer, key);
    text_append(writer->out, bracket);
    writer->depth++;
    writer->needs_comma = false;
}

static void end(struct json_writer *writer, const char *bracket)
{
    writer->depth--;
    if (writer->needs_comma) { /* else it is empty and stays on its line */
        put_line(writer);
    }
    text_append(writer->out, bracket);
    writer->needs_comma = true;
}

void json_begin_object(struct json_writer *writer, const char *key)
{
    begin(writer, key, "{");
}

void json_end_object(struct json_writer *writer)
{
    end(writer, "}");
}

void json_begin_list(struct json_writer *writer, const char *key)
{
    begin(writer, key, "[");
}

void json_end_list(struct json_writer *writer)
{
    end(writer, "]");
}

void json_put_text(struct json_writer *writer, const char *key,
                   const char *value)
{
    put_key(writer, key);
    put_string(writer->out, value);
}

void json_put_count(struct json_writer *writer, const char *key, uint64_t value)
{
    put_key(writer, key);
    text_appendf(writer->out, "%llu", (unsigned long long)value);
}

void json_put_integer(struct json_writer *writer, const char *key,
                      int64_t value)
{
    put_key(writer, key);
    text_appendf(writer->out, "%lld", (long long)value);
}

void json_put_real(struct json_writer *writer, const char *key, double value)
{
    char number[UNITS_SIZE];

    put_key(writer, key);
    text_append(writer->out, units_real(number, value));
}

void json_put_float(struct json_writer *writer, const char *key, double value)
{
    char number[UNITS_SIZE];

    put_key(writer, key);
    text_append(writer->out, units_real(number, value));
    text_append(writer->out, strpbrk(number, ".en") == NULL ? ".0" : "");
}

void json_put_bool(struct json_writer *writer, const char *key, bool value)
{
    put_key(writer, key);
    text_append(writer->out, value ? "true" : "false");
}

void json_put_null(struct json_writer *writer, const char *key)
{
    put_key(writer, key);
    text_append(writer->out, "null");
}
