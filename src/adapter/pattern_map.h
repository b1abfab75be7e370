/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Patterns on module names: those of rank_pattern and its kin, and the plain
 * ones that need no compiling.
 */
#ifndef ADAPTER_PATTERN_MAP_H
#define ADAPTER_PATTERN_MAP_H

#include "adapter/pattern.h"
#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A dict of patterns, tried in its order: rank_pattern and its kin. */
struct pattern_map {
    struct pattern_entry {
        struct pattern *pattern; /* NULL: a key of literals and dots */
        const char *key;         /* borrowed from `dict` */
        size_t length;
        const json_t *value;
        bool hit; /* matched a module */
    } * entries;
    size_t count;
    uint64_t tests; /* made so far; bounded */
    json_t *dict;   /* an owned copy, for its keys */
    bool plain;     /* no key tells one index from another */
};

/* How a key meets a name: get_pattern_key's whole ending, or re.search. */
enum pattern_place { PATTERN_ENDS, PATTERN_ANYWHERE };

bool pattern_map_init(struct pattern_map *map, const json_t *dict,
                      enum pattern_place place, struct error *err);
void pattern_map_clear(struct pattern_map *map);
/* The value of the first key that matches; *value NULL when none does. */
bool pattern_map_find(struct pattern_map *map, const char *name, size_t size,
                      const json_t **value, struct error *err);

/* Can TEXT, as a name or a pattern, tell one index from another? */
bool select_is_plain(const char *text, size_t length);

/* Most patterns are names: each character means itself, and any for a dot. */
bool name_is_literal(const char *text, size_t length);

/* (^|.*\.)LITERAL($|\..*) */
bool name_literal_within(const char *name, size_t size, const char *literal,
                         size_t length);

/* BEFORE, TEXT and AFTER put together and compiled. */
struct pattern *name_pattern_new(const char *before, const char *text,
                                 const char *after, enum pattern_anchor anchor,
                                 struct error *err);

#endif
