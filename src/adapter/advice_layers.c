/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Advice on hybrids: attention, or an MLP, in some of the layers only.
 */
#include "adapter/advice.h"

#include <string.h>

enum { LAYERS_MOST = 100000 };

/* Bytes of PATTERN before its first index; 0 without one. */
static size_t block_length(const char *pattern)
{
    const char *hole = strstr(pattern, "{}");
    return hole != NULL ? (size_t)(hole - pattern) : 0;
}

static bool same_block(const struct module *a, const struct module *b)
{
    size_t length = block_length(a->pattern);
    return a->axes > 0 && b->axes > 0 && length == block_length(b->pattern) &&
           strncmp(a->pattern, b->pattern, length) == 0;
}

static bool same_leaf(const struct module *a, const struct module *b)
{
    return module_is_linear(b) && strcmp(a->leaf, b->leaf) == 0 &&
           same_block(a, b);
}

static bool set_has(const struct index_set *set, uint32_t index)
{
    for (size_t i = 0; i < set->range_count; i++) {
        if (index >= set->ranges[i].first && index <= set->ranges[i].last) {
            return true;
        }
    }
    return false;
}

/* Layers of the stack that MODULE stands in. */
static uint32_t count_layers(const struct counter *counter,
                             const struct module *module)
{
    uint32_t layers = 0;
    for (size_t i = 0; i < counter->inventory->count; i++) {
        const struct module *other = &counter->inventory->modules[i];
        const struct index_set *set = &other->axis[0];
        if (same_block(module, other) && set->range_count > 0) {
            uint32_t last = set->ranges[set->range_count - 1].last;
            layers = last >= layers ? last + 1 : layers;
        }
    }
    return layers;
}

static bool layer_has_leaf(const struct counter *counter,
                           const struct module *module, uint32_t layer)
{
    for (size_t i = 0; i < counter->count->row_count; i++) {
        const struct module *other = &counter->rows[i].module;
        if (same_leaf(module, other) && set_has(&other->axis[0], layer)) {
            return true;
        }
    }
    return false;
}

/* Of LAYERS those that have a layer called like MODULE; all of them when not
 * all such layers are adapted, since then somebody chose.
 */
static uint32_t count_with(const struct counter *counter,
                           const struct module *module, uint32_t layers)
{
    for (size_t i = 0; i < counter->count->row_count; i++) {
        const struct count_row *row = &counter->rows[i];
        if (same_leaf(module, &row->module) &&
            (!row->matched || row->module.axis[0].count >= layers)) {
            return layers;
        }
    }
    uint32_t with = 0;
    for (uint32_t layer = 0; layer < layers; layer++) {
        with += layer_has_leaf(counter, module, layer);
    }
    return with;
}

/* Is ROW attention or an MLP in a few of its stack's layers?  *WITH of *OF. */
static bool is_sparse(const struct counter *counter,
                      const struct count_row *row, uint32_t *with, uint32_t *of)
{
    enum module_role role = module_role(&row->module);
    if (!row->matched || row->parameter || row->module.axes == 0 ||
        !module_is_linear(&row->module) ||
        (role != ROLE_ATTENTION && role != ROLE_MLP)) {
        return false;
    }
    *of = count_layers(counter, &row->module);
    if (*of > LAYERS_MOST) {
        return false;
    }
    *with = count_with(counter, &row->module, *of);
    return *with < *of;
}

/* Layers of a mixer beside ROW; *ADAPTED says that all of them have adapters. */
static void mixer_leaves(const struct counter *counter,
                         const struct count_row *row, struct text *list,
                         bool *adapted)
{
    *adapted = true;
    for (size_t i = 0; i < counter->count->row_count; i++) {
        const struct count_row *other = &counter->rows[i];
        if (module_is_linear(&other->module) &&
            module_role(&other->module) == ROLE_MIXER &&
            same_block(&row->module, &other->module)) {
            *adapted = *adapted && other->matched;
            if (!other->matched) {
                targets_add(list, other->module.leaf,
                            strlen(other->module.leaf));
            }
        }
    }
    *adapted = *adapted && list->length > 0;
}

static bool warn_sparse(struct counter *counter, const struct count_row *row,
                        const char *names, uint32_t with, uint32_t of)
{
    struct text text = {0};
    struct text mixers = {0};
    bool adapted = false;
    mixer_leaves(counter, row, &mixers, &adapted);
    advice_append_names(&text, names);
    text_appendf(&text, " exist%s in %u of %u layers",
                 advice_number(names, "s", ""), (unsigned)with, (unsigned)of);
    if (mixers.length > 0) {
        text_append(&text, ": the others have ");
        advice_append_names(&text, text_string(&mixers));
    } else {
        text_append(&text, ": the others have none");
    }
    bool done = text_ok(&mixers, counter->err) && advice_say(counter, &text);
    text_clear(&mixers);
    return done;
}

/* Parts of one module stand side by side: is the row AT the first of them? */
static bool is_first(const struct counter *counter, size_t at)
{
    return at == 0 || counter->rows[at - 1].module.pattern !=
                          counter->rows[at].module.pattern;
}

/* The row AT and all after it that exist in as many layers. */
static bool warn_like(struct counter *counter, size_t at, uint32_t with,
                      uint32_t of, struct text *said)
{
    struct text names = {0};
    for (size_t i = at; i < counter->count->row_count; i++) {
        uint32_t other_with = 0;
        uint32_t other_of = 0;
        if (is_first(counter, i) &&
            is_sparse(counter, &counter->rows[i], &other_with, &other_of) &&
            other_with == with && other_of == of) {
            const char *leaf = counter->rows[i].module.leaf;
            targets_add(&names, leaf, strlen(leaf));
            targets_add(said, leaf, strlen(leaf));
        }
    }
    bool done =
        text_ok(&names, counter->err) &&
        warn_sparse(counter, &counter->rows[at], text_string(&names), with, of);
    text_clear(&names);
    return done;
}

bool advice_layers(struct counter *counter)
{
    struct text said = {0};
    bool chosen = counter->selector.layers != NULL ||
                  counter->settings->mode == TARGET_ALL_LINEAR ||
                  counter->plan.assumed_all_linear;
    bool done = true;
    for (size_t i = 0; done && !chosen && i < counter->count->row_count; i++) {
        const struct count_row *row = &counter->rows[i];
        uint32_t with = 0;
        uint32_t of = 0;
        if (is_first(counter, i) &&
            !advice_has_name(text_string(&said), row->module.leaf) &&
            is_sparse(counter, row, &with, &of)) {
            done = warn_like(counter, i, with, of, &said);
        }
    }
    text_clear(&said);
    return done;
}
