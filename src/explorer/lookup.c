/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The reverse look-up: the search over all presets, and its answer.
 */
#include "explorer/lookup.h"

#include <stdlib.h>
#include <string.h>

#include "adapter/method.h"
#include "base/alloc.h"
#include "explorer/lookup_search.h"
#include "model/model.h"

static bool search_named(struct lookup_search *search, const char *name,
                         bool claimed, struct error *err)
{
    const struct lookup_claim *claim = search->claim;
    struct lookup_model model;
    struct error refused = {0};
    const char *class_name =
        claimed || claim->model == NULL ? claim->class_name : NULL;
    if (!lookup_model_load(&model, search->path, name, class_name,
                           claim->labels, &refused)) {
        *err = claimed ? refused : *err;
        return !claimed && lookup_is_refusal(&refused, err);
    }
    search->model = &model;
    search->claimed = claimed;
    bool done = lookup_try_model(search, err);
    if (claimed) {
        search->findings.claimed = search->name;
    }
    lookup_model_clear(&model);
    return done;
}

static int compare_flags(bool a, bool b)
{
    return (int)b - (int)a; /* true first */
}

/* Nothing assumed that a claim leaves out. */
static bool is_own(const struct lookup_match *match)
{
    return match->class_name == NULL && match->task == NULL &&
           match->labels == 0;
}

static int compare_matches(const void *left, const void *right)
{
    const struct lookup_match *a = left;
    const struct lookup_match *b = right;
    const int order[] = {
        compare_flags(a->claimed, b->claimed),
        (int)a->exact - (int)b->exact,
        compare_flags(a->vocabulary != 0, b->vocabulary != 0),
        compare_flags(a->near, b->near),
        compare_flags(a->stated, b->stated),
        compare_flags(is_own(a), is_own(b)),
        (a->rarity > b->rarity) - (a->rarity < b->rarity),
        strcmp(a->model, b->model),
        strcmp(a->method, b->method),
        (int)a->print - (int)b->print,
        (a->layouts > b->layouts) - (a->layouts < b->layouts),
    };
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        if (order[i] != 0) {
            return order[i];
        }
    }
    return 0;
}

static bool search_presets(struct lookup_search *search, struct error *err)
{
    struct preset_list presets = {0};
    if (!preset_list_init(&presets, search->path, err)) {
        return false;
    }
    bool done = true;
    const char *claimed = search->findings.claimed;
    for (size_t i = 0; done && i < presets.count; i++) {
        const char *name = presets.items[i].name;
        if (claimed == NULL || strcmp(name, claimed) != 0) {
            done = search_named(search, name, false, err);
        }
    }
    preset_list_clear(&presets);
    return done;
}

static bool search_all(struct lookup_search *search, struct error *err)
{
    const struct lookup_claim *claim = search->claim;
    struct lookup *lookup = search->lookup;
    bool done = (claim->model == NULL ||
                 search_named(search, claim->model, true, err)) &&
                (claim->alone || search_presets(search, err));
    if (done && lookup->count > 0) {
        qsort(lookup->matches, lookup->count, sizeof(*lookup->matches),
              compare_matches);
    }
    return done;
}

/* The strings of the matches move into the lookup's arena. */
static bool keep_strings(struct lookup *lookup, struct error *err)
{
    const char *from = NULL;
    const char *kept = NULL;
    for (size_t i = 0; i < lookup->count; i++) {
        struct lookup_match *match = &lookup->matches[i];
        if (match->targets != NULL && match->targets != from) {
            from = match->targets;
            kept = arena_copy(&lookup->arena, from, strlen(from), err);
            if (kept == NULL) {
                return false;
            }
        }
        match->targets = match->targets != NULL ? kept : NULL;
    }
    return true;
}

static bool set_steps(struct adapter_settings *settings, struct error *err)
{
    json_t *steps = json_integer(1000);
    bool done = settings_set_field(settings, "total_step", steps, err);
    json_decref(steps);
    return done;
}

/* AdaLoRA wants its steps, which no count depends on. */
static bool complete(struct adapter_settings *settings, struct error *err)
{
    json_t *steps = NULL;
    if (strcmp(settings->method->name, "adalora") == 0) {
        steps = settings_field_new(settings, "total_step");
        if (steps == NULL && !set_steps(settings, err)) {
            return false;
        }
    }
    json_decref(steps);
    return true;
}

/* LoRA, the methods that print nearly the same line, and the claim's own. */
static bool choose_methods(struct lookup_search *search, struct error *err)
{
    static const char *const names[] = {"lora", "dora", "adalora", "lora_fa",
                                        "mica"};
    enum { KNOWN = sizeof(names) / sizeof(names[0]) };
    const char *own = lookup_settings_method(search->claim->adapter);
    bool known = !search->claim->has_method;
    search->stated = *search->claim->adapter;
    bool done = complete(&search->stated, err);
    for (size_t i = 0; done && i < KNOWN; i++) {
        struct adapter_settings *settings = &search->methods[i];
        done = lookup_settings_init(settings, search->claim->adapter->strings,
                                    search->path, names[i], err) &&
               complete(settings, err);
        known = known || strcmp(names[i], own) == 0;
    }
    search->method_count = KNOWN;
    if (!known) {
        search->methods[search->method_count++] = search->stated;
    }
    return done;
}

bool lookup_search(struct lookup *lookup, const struct resource_path *path,
                   const struct lookup_line *line,
                   const struct lookup_claim *claim, struct error *err)
{
    struct lookup_line asked = *line;
    *lookup = (struct lookup){0};
    struct lookup_search search = {
        .lookup = lookup,
        .path = path,
        .line = &asked,
        .claim = claim,
        .findings = {.line = &asked, .claim = claim}};
    bool done = lookup_sets_init(&search.sets, path, err) &&
                choose_methods(&search, err) && search_all(&search, err);
    if (done && line->unnamed && !line->trainable.rounded &&
        lookup->count == 0) {
        /* No count of any adapter: perhaps it is a total. */
        asked.all = asked.trainable;
        asked.trainable = (struct lookup_figure){0};
        search.findings.base_count = 0;
        done = search_all(&search, err);
    }
    done = done && lookup_judge(lookup, &search.findings, err) &&
           keep_strings(lookup, err);
    memory_free(search.findings.bases);
    lookup_sets_clear(&search.sets);
    if (!done) {
        lookup_clear(lookup);
    }
    return done;
}

void lookup_clear(struct lookup *lookup)
{
    memory_free(lookup->matches);
    arena_clear(&lookup->arena);
    *lookup = (struct lookup){0};
}
