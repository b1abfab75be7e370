/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The types of a configuration's fields, as Python takes them.
 */
#include "adapter/field_type.h"

#include <string.h>

static bool all_items(const json_t *list, bool (*is)(const json_t *))
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (!is(json_array_get(list, i))) {
            return false;
        }
    }
    return json_is_array(list);
}

static bool is_null(const json_t *value)
{
    return json_is_null(value);
}

/* True and False are integers in Python. */
static bool is_int(const json_t *value)
{
    return json_is_integer(value) || json_is_boolean(value);
}

static bool is_number(const json_t *value)
{
    return is_int(value) || json_is_real(value);
}

static bool is_string(const json_t *value)
{
    return json_is_string(value);
}

static bool is_dict(const json_t *value)
{
    return json_is_object(value);
}

static bool is_strings(const json_t *value)
{
    return all_items(value, is_string);
}

static bool is_ints(const json_t *value)
{
    return all_items(value, is_int);
}

static bool is_pair(const json_t *value)
{
    return json_array_size(value) == 2 && is_ints(value);
}

static bool is_pairs(const json_t *value)
{
    return all_items(value, is_pair);
}

/* Python asks a flag only for its truth. */
static bool is_scalar(const json_t *value)
{
    return !json_is_object(value) && !json_is_array(value);
}

static bool is_any(const json_t *value)
{
    (void)value;
    return true;
}

static const struct {
    const char *name;
    const char *words;
    bool (*is)(const json_t *);
} types[] = {
    {"null", "null", is_null},
    {"int", "a whole number", is_int},
    {"float", "a number", is_number},
    {"bool", "true or false", is_scalar},
    {"string", "a string", is_string},
    {"list", "a list of strings", is_strings},
    {"ints", "a list of whole numbers", is_ints},
    {"pairs", "a list of pairs of whole numbers", is_pairs},
    {"dict", "an object", is_dict},
    {"any", "anything", is_any},
};
enum { TYPES = sizeof(types) / sizeof(types[0]) };

/* The type that stands at TEXT, up to a '|'; TYPES when it is not known. */
static size_t find_type(const char *text, size_t length)
{
    for (size_t i = 0; i < TYPES; i++) {
        if (strlen(types[i].name) == length &&
            memcmp(types[i].name, text, length) == 0) {
            return i;
        }
    }
    return TYPES;
}

bool field_type_fits(const char *names, size_t size, const json_t *value,
                     struct text *wanted)
{
    const char *at = names;
    const char *end = names + size;
    while (at < end) {
        const char *bar = memchr(at, '|', (size_t)(end - at));
        size_t length = (size_t)((bar != NULL ? bar : end) - at);
        size_t type = find_type(at, length);
        if (type == TYPES || types[type].is(value)) {
            return true;
        }
        text_appendf(wanted, "%s%s", wanted->length > 0 ? " or " : "",
                     types[type].words);
        at += length + 1;
    }
    return false;
}
