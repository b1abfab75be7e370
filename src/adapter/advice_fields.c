/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Advice on settings that have no effect, or another one than they promise.
 */
#include "adapter/advice.h"

#include <math.h>
#include <string.h>

#include "base/units.h"

enum { RANKS_MOST = 3 }; /* leaves whose rank is too large, in sentences */

static bool type_is(const struct counter *counter, const char *type)
{
    return strcmp(counter->settings->method->peft_type, type) == 0;
}

/* ---- patterns and lists that reach nothing ---------------------------------- */

static bool advise_excluded(struct counter *counter)
{
    const json_t *exclude = field(&counter->fields, "exclude_modules");
    if (!json_truth(exclude) || counter->selector.excluded ||
        counter->settings->method->reach != REACH_MODULES) {
        return true;
    }
    return counter_warn(counter, "exclude_modules leaves nothing out%s",
                        json_is_string(exclude)
                            ? ": a string is a pattern for whole names, write "
                              "a list or .*\\.name"
                            : ": no module's name ends in one of its names");
}

static bool advise_map(struct counter *counter, const struct pattern_map *map,
                       const char *field_name)
{
    struct text missing = {0};
    struct text text = {0};
    for (size_t i = 0; i < map->count; i++) {
        if (!map->entries[i].hit) {
            const char *key = map->entries[i].key;
            targets_append(&missing, key, strlen(key));
        }
    }
    if (missing.length == 0) {
        text_clear(&missing);
        return true;
    }
    text_appendf(&text, "the %s key%s ", field_name,
                 advice_number(missing.data, "", "s"));
    advice_append_names(&text, missing.data);
    text_appendf(
        &text, " match%s no adapted module, or only what an earlier key takes",
        advice_number(missing.data, "es", ""));
    text_clear(&missing);
    return advice_say(counter, &text);
}

/* One past the highest layer of any stack. */
static int64_t layers_end(const struct counter *counter)
{
    int64_t end = 0;
    for (size_t i = 0; i < counter->count->row_count; i++) {
        const struct module *module = &counter->rows[i].module;
        const struct index_set *set = &module->axis[0];
        if (module->axes > 0 && set->range_count > 0) {
            int64_t last = set->ranges[set->range_count - 1].last;
            end = last >= end ? last + 1 : end;
        }
    }
    return end;
}

static bool advise_layers(struct counter *counter)
{
    const json_t *layers = counter->selector.layers;
    int64_t end = layers_end(counter);
    struct text missing = {0};
    struct text text = {0};
    for (size_t i = 0; i < json_array_size(layers); i++) {
        int64_t layer = json_whole(json_array_get(layers, i));
        char name[UNITS_SIZE];
        if (layer < 0 || layer >= end) {
            units_fixed(name, (double)layer, 0);
            targets_add(&missing, name, strlen(name));
        }
    }
    if (missing.length == 0) {
        text_clear(&missing);
        return true;
    }
    text_append(&text, "layers_to_transform has ");
    advice_append_names(&text, missing.data);
    text_appendf(&text, ", the model's layers are 0 to %lld",
                 (long long)(end - 1));
    text_clear(&missing);
    return advice_say(counter, &text);
}

static bool advise_unknown(struct counter *counter)
{
    const json_t *unknown = counter->fields.unknown;
    struct text names = {0};
    struct text text = {0};
    for (size_t i = 0; i < json_array_size(unknown); i++) {
        const json_t *key = json_array_get(unknown, i);
        targets_append(&names, json_string_value(key), json_string_length(key));
    }
    if (names.length == 0) {
        text_clear(&names);
        return true;
    }
    text_appendf(&text, "PEFT %s ignores %s ",
                 peft_version_name(counter->settings->peft),
                 advice_number(names.data, "this key:", "these keys:"));
    advice_append_names(&text, names.data);
    text_clear(&names);
    return advice_say(counter, &text);
}

/* ---- rank and alpha --------------------------------------------------------- */

static uint64_t least_side(const struct module *module)
{
    uint64_t in = module_in(module);
    uint64_t out = module_out(module);
    if (module->kind == MODULE_CONV) {
        in = module_elements(module) / module->shape[0];
    }
    return in < out ? in : out;
}

/* Was a leaf of this name and size among the rows before AT? */
static bool seen_before(const struct counter *counter, size_t at)
{
    const struct count_row *row = &counter->rows[at];
    for (size_t i = 0; i < at; i++) {
        const struct count_row *other = &counter->rows[i];
        if (other->matched && other->rank == row->rank &&
            strcmp(other->module.leaf, row->module.leaf) == 0 &&
            least_side(&other->module) == least_side(&row->module)) {
            return true;
        }
    }
    return false;
}

static bool advise_rank(struct counter *counter)
{
    size_t said = 0;
    if (!type_is(counter, "LORA") && !type_is(counter, "ADALORA") &&
        !type_is(counter, "XLORA")) {
        return true;
    }
    for (size_t i = 0; i < counter->count->row_count && said < RANKS_MOST;
         i++) {
        const struct count_row *row = &counter->rows[i];
        uint64_t least = least_side(&row->module);
        char rank[UNITS_SIZE];
        char size[UNITS_SIZE];
        if (!row->matched || row->rank <= least || seen_before(counter, i)) {
            continue;
        }
        said++;
        if (!counter_warn(counter,
                          "rank %s is larger than %s has (min(in, out) = %s): "
                          "the rest is paid for and adds nothing",
                          units_count(rank, row->rank), row->module.leaf,
                          units_count(size, least))) {
            return false;
        }
    }
    return true;
}

static bool advise_alpha(struct counter *counter)
{
    struct text names = {0};
    struct text text = {0};
    bool all = true;
    for (size_t i = 0; i < counter->count->row_count; i++) {
        const struct count_row *row = &counter->rows[i];
        bool none = row->matched && fpclassify(row->scaling) == FP_ZERO &&
                    counter->settings->method->alpha_key != NULL;
        all = all && (none || !row->matched);
        if (none) {
            targets_add(&names, row->module.leaf, strlen(row->module.leaf));
        }
    }
    if (names.length == 0) {
        text_clear(&names);
        return true;
    }
    text_append(&text, "alpha 0 multiplies the update");
    if (!all) {
        text_append(&text, " of ");
        advice_append_names(&text, names.data);
    }
    text_append(&text, " by 0: it changes nothing and learns nothing");
    text_clear(&names);
    return advice_say(counter, &text);
}

bool advice_fields(struct counter *counter)
{
    return advise_rank(counter) && advise_alpha(counter) &&
           advise_excluded(counter) &&
           advise_map(counter, &counter->ranks, "rank_pattern") &&
           advise_map(counter, &counter->alphas, "alpha_pattern") &&
           advise_map(counter, &counter->specials,
                      counter->settings->method->special_pattern) &&
           advise_layers(counter) && advise_unknown(counter);
}
