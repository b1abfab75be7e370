/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Copies of a module that fare differently, parted into as few entries as
 * their indices allow.
 */
#include <string.h>

#include "adapter/counter.h"

struct splitter {
    struct counter *counter;
    const struct module *module;
    counter_part *add;
    void *payload;
};

/* The values of SET at the chosen positions, as ranges. */
static bool make_set(struct splitter *splitter, unsigned axis,
                     const bool *chosen, struct index_set *set)
{
    const struct module *module = splitter->module;
    uint64_t count = module->axis[axis].count;
    uint64_t after = 1;
    for (unsigned i = axis + 1; i < module->axes; i++) {
        after *= module->axis[i].count;
    }
    struct index_range *ranges =
        arena_new(&splitter->counter->count->arena, (size_t)count,
                  sizeof(*ranges), splitter->counter->err);
    if (ranges == NULL) {
        return false;
    }
    *set = (struct index_set){.ranges = ranges};
    for (uint64_t i = 0; i < count; i++) {
        if (!chosen[i]) {
            continue;
        }
        uint32_t index = module_index(module, i * after, axis);
        bool joins = set->range_count > 0 &&
                     ranges[set->range_count - 1].last + 1 == index;
        if (!joins) {
            ranges[set->range_count++].first = index;
        }
        ranges[set->range_count - 1].last = index;
        set->count++;
    }
    return true;
}

/* Part KINDS, the outcomes of all copies below AXIS, whose sets before it are
 * in PART.  Positions of AXIS whose outcomes are all the same go together.
 */
static bool split_axis(struct splitter *splitter, struct module *part,
                       unsigned axis, const size_t *kinds, uint64_t total)
{
    struct counter *counter = splitter->counter;
    if (axis == splitter->module->axes) {
        part->copies = 1;
        for (unsigned i = 0; i < part->axes; i++) {
            part->copies *= part->axis[i].count;
        }
        return module_set_name(part, &counter->count->arena, counter->err) &&
               splitter->add(splitter->payload, part, kinds[0]);
    }
    size_t count = (size_t)splitter->module->axis[axis].count;
    size_t below = (size_t)total / count;
    bool *done = memory_new(2 * count, sizeof(*done), counter->err);
    bool ok = done != NULL;
    for (size_t i = 0; ok && i < count; i++) {
        if (done[i]) {
            continue;
        }
        bool *chosen = done + count;
        memset(chosen, 0, count * sizeof(*chosen));
        for (size_t j = i; j < count; j++) {
            chosen[j] = !done[j] && memcmp(kinds + i * below, kinds + j * below,
                                           below * sizeof(*kinds)) == 0;
            done[j] = done[j] || chosen[j];
        }
        ok = make_set(splitter, axis, chosen, &part->axis[axis]) &&
             split_axis(splitter, part, axis + 1, kinds + i * below, below);
    }
    memory_free(done);
    return ok;
}

bool counter_split(struct counter *counter, const struct module *module,
                   const size_t *kinds, counter_part *add, void *payload)
{
    struct splitter splitter = {counter, module, add, payload};
    struct module part = *module;
    size_t same = 1;
    while (same < module->copies && kinds[same] == kinds[0]) {
        same++;
    }
    if (same >= module->copies) {
        return add(payload, module, kinds[0]);
    }
    return split_axis(&splitter, &part, 0, kinds, module->copies);
}

static uint64_t most_copies(const struct module *modules, size_t count,
                            uint64_t most)
{
    for (size_t i = 0; i < count; i++) {
        most = modules[i].copies > most ? modules[i].copies : most;
    }
    return most;
}

size_t *counter_kinds_new(struct counter *counter)
{
    const struct inventory *inventory = counter->inventory;
    uint64_t most = most_copies(inventory->modules, inventory->count, 1);
    most = most_copies(inventory->buffers, inventory->buffer_count, most);
    return memory_new((size_t)most, sizeof(size_t), counter->err);
}
