/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The target lists that people use, from target_sets.tsv: the list, then what
 * it asks of a model.
 */
#include <string.h>

#include "adapter/config.h"
#include "adapter/method.h"
#include "base/text.h"
#include "explorer/lookup_model.h"

static bool add_set(struct lookup_sets *sets, const char *line, size_t length,
                    struct error *err)
{
    const char *tab = memchr(line, '\t', length);
    if (tab == NULL) {
        return true;
    }
    struct lookup_set *items = memory_grow(sets->items, &sets->capacity,
                                           sets->count + 1, sizeof *items, err);
    if (items == NULL) {
        return false;
    }
    sets->items = items;
    const char *targets =
        arena_copy(&sets->arena, line, (size_t)(tab - line), err);
    const char *use = arena_copy(&sets->arena, tab + 1,
                                 length - (size_t)(tab - line) - 1, err);
    if (targets == NULL || use == NULL) {
        return false;
    }
    struct lookup_set *set = &items[sets->count++];
    *set = (struct lookup_set){.targets = targets, .part = ""};
    if (strncmp(use, "regex ", 6) == 0) {
        set->form = SET_REGEX;
        set->part = use + 6;
    } else if (strcmp(targets, "all-linear") == 0) {
        set->form = SET_ALL_LINEAR;
    } else {
        set->whole = strcmp(use, "all") == 0;
    }
    return true;
}

bool lookup_sets_init(struct lookup_sets *sets,
                      const struct resource_path *path, struct error *err)
{
    const char *data = NULL;
    size_t size = 0;
    char *owned = NULL;
    *sets = (struct lookup_sets){0};
    if (!resource_read(path, "target_sets.tsv", &data, &size, &owned, err)) {
        return false;
    }
    bool done = true;
    const char *line = strchr(data, '\n'); /* behind the heading */
    while (done && line != NULL && line[1] != '\0') {
        const char *start = line + 1;
        size_t length = strcspn(start, "\r\n");
        done = add_set(sets, start, length, err);
        line = strchr(start, '\n');
    }
    memory_free(owned);
    if (!done) {
        lookup_sets_clear(sets);
    }
    return done;
}

void lookup_sets_clear(struct lookup_sets *sets)
{
    memory_free(sets->items);
    arena_clear(&sets->arena);
    *sets = (struct lookup_sets){0};
}

bool lookup_has_leaf(const struct inventory *inventory, const char *name,
                     size_t length)
{
    for (size_t i = 0; i < inventory->count; i++) {
        const char *leaf = inventory->modules[i].leaf;
        if (strncmp(leaf, name, length) == 0 && leaf[length] == '\0' &&
            module_is_layer(&inventory->modules[i])) {
            return true;
        }
    }
    return false;
}

static bool has_part(const struct inventory *inventory, const char *part)
{
    for (size_t i = 0; i < inventory->count; i++) {
        if (strstr(inventory->modules[i].pattern, part) != NULL) {
            return true;
        }
    }
    return false;
}

bool lookup_set_suits(const struct lookup_set *set,
                      const struct inventory *inventory, bool *partly)
{
    *partly = false;
    switch (set->form) {
    case SET_ALL_LINEAR:
        return true;
    case SET_REGEX:
        return has_part(inventory, set->part);
    case SET_NAMES:
        break;
    }
    size_t present = 0;
    size_t missing = 0;
    for (const char *name = set->targets; *name != '\0';) {
        size_t length = strcspn(name, ",");
        if (lookup_has_leaf(inventory, name, length)) {
            present++;
        } else {
            missing++;
        }
        name += length + (name[length] == ',');
    }
    *partly = missing > 0 && inventory->experts5 == NULL;
    return present > 0 && (missing == 0 || !set->whole);
}

bool lookup_settings_init(struct adapter_settings *settings,
                          struct strings *strings,
                          const struct resource_path *path, const char *method,
                          struct error *err)
{
    const struct method *found = method_find(method);
    settings_init(settings, strings);
    return found != NULL && settings_set_method(settings, path, found, err);
}

bool lookup_settings_aim(struct adapter_settings *settings,
                         const struct lookup_set *set, struct error *err)
{
    return set->form == SET_REGEX
               ? settings_set_regex(settings, set->targets, err)
               : settings_set_targets(settings, set->targets, err);
}

const char *lookup_settings_method(const struct adapter_settings *settings)
{
    return settings->method->name;
}

bool lookup_settings_regex(const struct adapter_settings *settings)
{
    return settings->mode == TARGET_REGEX;
}
