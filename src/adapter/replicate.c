/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * layer_replication: a stack of layers built from ranges of the model's own.
 *
 * The copies share the base's weights, so only adapters grow.  Source: PEFT
 * tuners_utils.py, replicate_layers.
 */
#include "adapter/replicate.h"

#include <string.h>

enum { LAYERS_MOST = 4096 }; /* far above any real stack */

/* The original layer of each new one. */
struct layer_map {
    uint32_t *from;
    size_t count;
};

static bool read_map(struct counter *counter, const json_t *pairs,
                     struct layer_map *map)
{
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        const json_t *pair = json_array_get(pairs, i);
        int64_t start = json_whole(json_array_get(pair, 0));
        int64_t end = json_whole(json_array_get(pair, 1));
        if (start < 0 || end > (int64_t)counter->inventory->layers) {
            return error_set(counter->err, ERROR_UNSUPPORTED,
                             "layer_replication has the range %lld to %lld, "
                             "the model has %llu layers",
                             (long long)start, (long long)end,
                             (unsigned long long)counter->inventory->layers);
        }
        if (map->count + (size_t)(end > start ? end - start : 0) >
            LAYERS_MOST) {
            return error_set(counter->err, ERROR_RANGE,
                             "layer_replication makes more than %d layers, "
                             "take fewer ranges",
                             LAYERS_MOST);
        }
        for (int64_t layer = start; layer < end; layer++) {
            map->from[map->count++] = (uint32_t)layer;
        }
    }
    return true;
}

/* PEFT finds the stack under the names that Llama, BERT and Falcon give it. */
static bool in_stack(const struct module *module)
{
    static const char *const stacks[] = {
        "model.layers.{}",  "layers.{}", "bert.encoder.layer.{}",
        "encoder.layer.{}", "h.{}",      "transformer.h.{}"};
    for (size_t i = 0; i < sizeof(stacks) / sizeof(stacks[0]); i++) {
        size_t length = strlen(stacks[i]);
        if (strncmp(module->pattern, stacks[i], length) == 0 &&
            module->pattern[length] == '.') {
            return true;
        }
    }
    return false;
}

static bool holds(const struct index_set *set, uint32_t index)
{
    for (size_t i = 0; i < set->range_count; i++) {
        if (index >= set->ranges[i].first && index <= set->ranges[i].last) {
            return true;
        }
    }
    return false;
}

/* The new indices of a module that stands in the layers of SET. */
static bool replicate_set(struct counter *counter, const struct layer_map *map,
                          struct index_set *set)
{
    struct index_range *ranges = arena_new(&counter->count->arena, map->count,
                                           sizeof(*ranges), counter->err);
    if (ranges == NULL) {
        return false;
    }
    struct index_set made = {.ranges = ranges};
    for (uint32_t i = 0; i < map->count; i++) {
        if (!holds(set, map->from[i])) {
            continue;
        }
        if (made.range_count == 0 ||
            ranges[made.range_count - 1].last + 1 != i) {
            ranges[made.range_count++].first = i;
        }
        ranges[made.range_count - 1].last = i;
        made.count++;
    }
    *set = made;
    return true;
}

static bool replicate_module(struct counter *counter,
                             const struct layer_map *map, struct module *module)
{
    uint64_t others = module->copies / module->axis[0].count;
    return replicate_set(counter, map, &module->axis[0]) &&
           checked_mul(others, module->axis[0].count, &module->copies) &&
           module_set_name(module, &counter->count->arena, counter->err);
}

static bool replicate(struct counter *counter, const struct layer_map *map)
{
    struct inventory *to = &counter->replicated;
    const struct inventory *from = counter->inventory;
    bool found = false;
    *to = *from;
    to->modules = arena_new(&counter->count->arena, from->count,
                            sizeof(*to->modules), counter->err);
    if (to->modules == NULL) {
        return false;
    }
    to->count = 0;
    for (size_t i = 0; i < from->count; i++) {
        struct module *module = &to->modules[to->count];
        *module = from->modules[i];
        if (in_stack(module)) {
            found = true;
            if (!replicate_module(counter, map, module)) {
                return false;
            }
        }
        to->count += module->copies > 0;
    }
    counter->inventory = to;
    return found || error_set(counter->err, ERROR_UNSUPPORTED,
                              "layer_replication is for models built like "
                              "Llama, BERT or Falcon, PEFT finds no layers in "
                              "%s",
                              from->class_name);
}

bool counter_replicate(struct counter *counter)
{
    const json_t *pairs = field(&counter->fields, "layer_replication");
    struct layer_map map = {0};
    if (!json_is_array(pairs) || json_array_size(pairs) == 0) {
        return true;
    }
    map.from = memory_new(LAYERS_MOST, sizeof(*map.from), counter->err);
    bool done = map.from != NULL && read_map(counter, pairs, &map) &&
                replicate(counter, &map);
    memory_free(map.from);
    return done;
}
