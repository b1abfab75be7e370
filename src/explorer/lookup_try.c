/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One model of the look-up: what is claimed of it, then every usual list under
 * every layout.
 */
#include <string.h>

#include "adapter/method.h"
#include "base/alloc.h"
#include "explorer/lookup_search.h"

enum { SETS_MOST = 256 };

/* Other methods are looked for only where the model is known: by the claim, or
 * by a total that is the base and what trains.
 */
static bool is_known(const struct lookup_search *search,
                     enum lookup_layout layout)
{
    const struct lookup_line *line = search->line;
    const struct lookup_fit fit =
        lookup_fit_total(lookup_model_totals(search->model, layout), line,
                         line->trainable.value);
    return search->claimed || (line->trainable.given && fit.near);
}

struct seen {
    uint64_t signatures[SETS_MOST];
    size_t count;
};

/* A list that matches what an earlier one did says nothing new. */
static bool is_new(struct seen *seen, uint64_t signature)
{
    for (size_t i = 0; i < seen->count; i++) {
        if (seen->signatures[i] == signature) {
            return false;
        }
    }
    if (seen->count < SETS_MOST) {
        seen->signatures[seen->count++] = signature;
    }
    return true;
}

/* The counts of one list, from the table when that can tell. */
static bool find_slope(const struct lookup_search *search,
                       const struct lookup_table *table,
                       const struct lookup_set *set, struct lookup_trial *trial,
                       struct error *err)
{
    struct error refused = {0};
    struct adapter_settings settings = *trial->settings;
    trial->set = set;
    trial->targets = set->targets;
    trial->regex = set->form == SET_REGEX;
    if (lookup_table_slope(table, set, &trial->slope) ||
        (lookup_settings_aim(&settings, set, &refused) &&
         lookup_model_slope(search->model, search->path, trial->layout,
                            &settings, &trial->slope, &refused))) {
        return true;
    }
    (void)lookup_is_refusal(&refused, err);
    return false;
}

static bool try_sets(struct lookup_search *search, struct lookup_trial *trial,
                     const struct lookup_table *table, struct error *err)
{
    const struct inventory *inventory =
        lookup_inventory(search->model, trial->layout);
    struct seen seen = {.count = 0};
    for (size_t i = 0; i < search->sets.count; i++) {
        const struct lookup_set *set = &search->sets.items[i];
        bool suits = !(trial->layout == LAYOUT_EXPERTS && set->whole) &&
                     lookup_set_suits(set, inventory, &trial->partly) &&
                     find_slope(search, table, set, trial, err);
        if (err->code != ERROR_NONE) {
            return false;
        }
        if (!suits || (set->form != SET_ALL_LINEAR &&
                       !is_new(&seen, trial->slope.signature))) {
            continue;
        }
        trial->place++;
        if (!lookup_trial_ranks(search, trial, err)) {
            return false;
        }
    }
    return true;
}

static bool try_method(struct lookup_search *search, enum lookup_layout layout,
                       const struct adapter_settings *method, struct error *err)
{
    struct lookup_table table;
    struct lookup_trial trial = {.layout = layout,
                                 .settings = method,
                                 .method = lookup_settings_method(method)};
    if (method->method->reach == REACH_PROMPT) {
        return true; /* no list aims it */
    }
    bool done = lookup_table_init(&table, search->model, search->path, layout,
                                  method, &search->sets, err) &&
                try_sets(search, &trial, &table, err);
    lookup_table_clear(&table);
    return done;
}

static bool add_base(struct lookup_search *search, struct error *err)
{
    struct lookup_findings *findings = &search->findings;
    struct lookup_base *grown =
        memory_grow(findings->bases, &findings->base_capacity,
                    findings->base_count + 2, sizeof *grown, err);
    if (grown == NULL) {
        return false;
    }
    findings->bases = grown;
    for (size_t i = 0; i < 2; i++) {
        if (search->model->loaded[i] != NULL) {
            grown[findings->base_count++] = (struct lookup_base){
                .name = search->name, .totals = search->model->totals[i]};
        }
    }
    return true;
}

static bool try_lists(struct lookup_search *search, struct error *err)
{
    bool done = true;
    for (int i = 0; done && i < LOOKUP_LAYOUTS; i++) {
        enum lookup_layout layout = (enum lookup_layout)i;
        if (lookup_inventory(search->model, layout) == NULL) {
            continue;
        }
        bool known = is_known(search, layout);
        for (size_t j = 0; done && j < search->method_count; j++) {
            if (j == 0 || (known && layout != LAYOUT_EXPERTS)) {
                done = try_method(search, layout, &search->methods[j], err);
            }
        }
    }
    return done;
}

bool lookup_try_model(struct lookup_search *search, struct error *err)
{
    search->first = search->lookup->count;
    search->name = arena_copy(&search->lookup->arena, search->model->name,
                              strlen(search->model->name), err);
    bool done = search->name != NULL && add_base(search, err) &&
                lookup_try_stated(search, err) && try_lists(search, err) &&
                lookup_try_heads(search, err);
    for (int i = 0; done && i < LOOKUP_LAYOUTS; i++) {
        enum lookup_layout layout = (enum lookup_layout)i;
        done = lookup_inventory(search->model, layout) == NULL ||
               lookup_trial_base(search, layout, err);
    }
    return done;
}
