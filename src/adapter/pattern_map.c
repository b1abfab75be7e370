/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Patterns on module names: those of rank_pattern and its kin, and the plain
 * ones that need no compiling.
 *
 * Source: PEFT 0.18.1 and 0.21.2, utils/other.py, get_pattern_key.
 */
#include "adapter/pattern_map.h"

#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

/* Regular expressions tried on names in one count: some seconds of them. */
enum { TESTS_MOST = 10000000 };

bool select_is_plain(const char *text, size_t length)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "abcdefghijklmnopqrstuvwxyz0123456789_-.";
    bool digits = true;
    size_t part = 0;
    for (size_t i = 0; i <= length; i++) {
        if (i == length || text[i] == '.') {
            if (part > 0 && digits) {
                return false;
            }
            digits = true;
            part = 0;
            continue;
        }
        if (text[i] == '\0' || strchr(allowed, text[i]) == NULL) {
            return false;
        }
        digits = digits && text[i] >= '0' && text[i] <= '9';
        part++;
    }
    return true;
}

/* ---- patterns without an operator but the dot ------------------------------- */

bool name_is_literal(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bool letter = (text[i] >= 'a' && text[i] <= 'z') ||
                      (text[i] >= 'A' && text[i] <= 'Z');
        bool digit = text[i] >= '0' && text[i] <= '9';
        if (!letter && !digit && text[i] != '_' && text[i] != '-' &&
            text[i] != '.') {
            return false;
        }
    }
    return length > 0;
}

static bool literal_at(const char *name, const char *literal, size_t length)
{
    for (size_t i = length; i > 0; i--) {
        if (literal[i - 1] != name[i - 1] && literal[i - 1] != '.') {
            return false;
        }
    }
    return true;
}

/* (.*\.)?(LITERAL)$ */
static bool literal_ends(const char *name, size_t size, const char *literal,
                         size_t length)
{
    return length <= size &&
           literal_at(name + size - length, literal, length) &&
           (length == size || name[size - length - 1] == '.');
}

bool name_literal_within(const char *name, size_t size, const char *literal,
                         size_t length)
{
    for (size_t i = 0; i + length <= size; i++) {
        bool starts = i == 0 || name[i - 1] == '.';
        bool ends = i + length == size || name[i + length] == '.';
        if (starts && ends && literal_at(name + i, literal, length)) {
            return true;
        }
    }
    return false;
}

/* ---- compiling one ---------------------------------------------------------- */

struct pattern *name_pattern_new(const char *before, const char *text,
                                 const char *after, enum pattern_anchor anchor,
                                 struct error *err)
{
    struct text whole = {0};
    text_append(&whole, before);
    text_append(&whole, text);
    text_append(&whole, after);
    struct pattern *pattern =
        text_ok(&whole, err)
            ? pattern_new(text_string(&whole), whole.length, anchor, err)
            : NULL;
    text_clear(&whole);
    return pattern;
}

/* ---- dicts of patterns ------------------------------------------------------ */

static struct pattern *compile_key(const char *key, enum pattern_place place,
                                   struct error *err)
{
    return place == PATTERN_ENDS
               ? name_pattern_new("(.*\\.)?(", key, ")$", PATTERN_MATCH, err)
               : name_pattern_new(".*?(?:", key, ")", PATTERN_MATCH, err);
}

bool pattern_map_init(struct pattern_map *map, const json_t *dict,
                      enum pattern_place place, struct error *err)
{
    const char *key = NULL;
    json_t *value = NULL;
    *map = (struct pattern_map){.plain = true};
    if (!json_is_object(dict) || json_object_size(dict) == 0) {
        return true;
    }
    map->entries =
        memory_new(json_object_size(dict), sizeof(*map->entries), err);
    if (map->entries == NULL) {
        return false;
    }
    /* jansson walks without changing the object, but takes it unqualified. */
    map->dict = json_deep_copy(dict);
    json_object_foreach(map->dict, key, value)
    {
        struct pattern_entry *entry = &map->entries[map->count];
        size_t length = strlen(key);
        bool literal = place == PATTERN_ENDS && name_is_literal(key, length);
        *entry = (struct pattern_entry){
            .pattern = literal ? NULL : compile_key(key, place, err),
            .key = key,
            .length = length,
            .value = json_object_get(dict, key)};
        if (!literal && entry->pattern == NULL) {
            return false;
        }
        map->plain =
            map->plain && place == PATTERN_ENDS && select_is_plain(key, length);
        map->count++;
    }
    return true;
}

void pattern_map_clear(struct pattern_map *map)
{
    for (size_t i = 0; i < map->count; i++) {
        pattern_free(map->entries[i].pattern);
    }
    memory_free(map->entries);
    json_decref(map->dict);
    *map = (struct pattern_map){0};
}

bool pattern_map_find(struct pattern_map *map, const char *name, size_t size,
                      const json_t **value, struct error *err)
{
    *value = NULL;
    for (size_t i = 0; i < map->count && *value == NULL; i++) {
        struct pattern_entry *entry = &map->entries[i];
        bool matched = false;
        if (entry->pattern == NULL) {
            matched = literal_ends(name, size, entry->key, entry->length);
        } else if (map->tests++ >= TESTS_MOST) {
            return error_set(
                err, ERROR_RANGE,
                "%zu regular expressions on this many modules take "
                "too long, write whole names or fewer patterns",
                map->count);
        } else if (!pattern_test(entry->pattern, name, size, &matched, err)) {
            return false;
        }
        entry->hit = entry->hit || matched;
        *value = matched ? entry->value : NULL;
    }
    return true;
}
