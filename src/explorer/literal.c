/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A value on one line, as JSON or Python spells it: they differ in three words.
 */
#include "explorer/literal.h"

#include <string.h>

#include "base/units.h"

static void append_string(struct text *out, const char *string)
{
    text_append(out, "\"");
    for (const char *at = string; *at != '\0'; at++) {
        unsigned char byte = (unsigned char)*at;
        if (byte == '"' || byte == '\\') {
            text_appendf(out, "\\%c", byte);
        } else if (byte < 0x20 || byte == 0x7f) {
            text_appendf(out, "\\u%04x", (unsigned)byte);
        } else {
            text_append_bytes(out, at, 1);
        }
    }
    text_append(out, "\"");
}

static void append_list(struct text *out, const json_t *list,
                        enum literal_dialect dialect)
{
    text_append(out, "[");
    for (size_t i = 0; i < json_array_size(list); i++) {
        text_append(out, i == 0 ? "" : ", ");
        literal_append(out, json_array_get(list, i), dialect);
    }
    text_append(out, "]");
}

static void append_dict(struct text *out, json_t *dict,
                        enum literal_dialect dialect)
{
    const char *key = NULL;
    json_t *item = NULL;
    bool first = true;
    text_append(out, "{");
    json_object_foreach(dict, key, item)
    {
        text_append(out, first ? "" : ", ");
        append_string(out, key);
        text_append(out, ": ");
        literal_append(out, item, dialect);
        first = false;
    }
    text_append(out, "}");
}

static void append_real(struct text *out, double real)
{
    char number[UNITS_SIZE];
    units_real(number, real);
    text_append(out, number);
    text_append(out, strpbrk(number, ".en") == NULL ? ".0" : "");
}

void literal_append(struct text *out, json_t *value,
                    enum literal_dialect dialect)
{
    bool python = dialect == LITERAL_PYTHON;
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        append_dict(out, value, dialect);
        return;
    case JSON_ARRAY:
        append_list(out, value, dialect);
        return;
    case JSON_STRING:
        append_string(out, json_string_value(value));
        return;
    case JSON_INTEGER:
        text_appendf(out, "%lld", (long long)json_integer_value(value));
        return;
    case JSON_REAL:
        append_real(out, json_real_value(value));
        return;
    case JSON_TRUE:
        text_append(out, python ? "True" : "true");
        return;
    case JSON_FALSE:
        text_append(out, python ? "False" : "false");
        return;
    case JSON_NULL:
        text_append(out, python ? "None" : "null");
        return;
    }
}
