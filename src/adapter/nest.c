/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Several parameters of one block, adapted: where their tensors are stored.
 *
 * Source: PEFT tuners/lora/layer.py, ParamWrapper.
 */
#include <string.h>

#include "adapter/counter.h"

/* Length of the pattern without its last part. */
static size_t parent_length(const struct count_row *row)
{
    const char *dot = strrchr(row->module.pattern, '.');
    return dot != NULL ? (size_t)(dot - row->module.pattern) : 0;
}

static bool has_index(const struct index_set *set, uint32_t index)
{
    for (size_t i = 0; i < set->range_count; i++) {
        if (index >= set->ranges[i].first && index <= set->ranges[i].last) {
            return true;
        }
    }
    return false;
}

/* Is B another parameter of the block that A's first copy stands in?  A pattern
 * may have parted the copies of either.
 */
static bool shares_block(const struct count_row *a, const struct count_row *b)
{
    size_t length = parent_length(a);
    if (length != parent_length(b) || a->module.axes != b->module.axes ||
        memcmp(a->module.pattern, b->module.pattern, length) != 0 ||
        strcmp(a->module.pattern, b->module.pattern) == 0) {
        return false;
    }
    for (unsigned i = 0; i < a->module.axes; i++) {
        if (!has_index(&b->module.axis[i], module_index(&a->module, 0, i))) {
            return false;
        }
    }
    return true;
}

/* PEFT wraps a block once for each of its parameters, so an earlier one ends
 * up deeper: ".base_layer" for every later one.
 */
static bool nest(struct counter *counter, struct count_row *row, unsigned depth)
{
    struct arena *arena = &counter->count->arena;
    struct adapter_tensor *tensors =
        arena_new(arena, row->tensor_count, sizeof(*tensors), counter->err);
    if (tensors == NULL) {
        return false;
    }
    if (row->tensor_count > 0) {
        memcpy(tensors, row->tensors, row->tensor_count * sizeof(*tensors));
    }
    for (size_t i = 0; i < row->tensor_count; i++) {
        struct text suffix = {0};
        for (unsigned j = 0; j < depth; j++) {
            text_append(&suffix, ".base_layer");
        }
        text_append(&suffix, tensors[i].suffix);
        tensors[i].suffix =
            text_ok(&suffix, counter->err)
                ? arena_copy(arena, suffix.data, suffix.length, counter->err)
                : NULL;
        text_clear(&suffix);
        if (tensors[i].suffix == NULL) {
            return false;
        }
    }
    row->tensors = tensors;
    return true;
}

bool counter_nest(struct counter *counter)
{
    size_t count = counter->count->row_count;
    for (size_t i = 0; i < count; i++) {
        struct count_row *row = &counter->rows[i];
        unsigned depth = 0;
        for (size_t j = i + 1; row->in_parent && j < count; j++) {
            depth += counter->rows[j].in_parent &&
                     shares_block(row, &counter->rows[j]);
        }
        if (depth > 0 && !nest(counter, row, depth)) {
            return false;
        }
    }
    return true;
}
