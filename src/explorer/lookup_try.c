/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One model of the look-up: every usual list under every layout, solved for
 * the rank.
 */
#include "explorer/lookup_search.h"

#include <string.h>

#include "base/alloc.h"

enum {
    RANK_USUAL = 512, /* the highest that is looked for unasked */
    SETS_MOST = 256,
    RARITY_PARTLY = 10, /* of a list with names that the model lacks */
    RARITY_METHOD = 12, /* of another method than LoRA */
    RARITY_LIMIT = 20,  /* of a rank */
};

bool lookup_is_refusal(const struct error *refused, struct error *err)
{
    if (refused->code == ERROR_MEMORY) {
        *err = *refused;
    }
    return refused->code != ERROR_MEMORY;
}

/* One list on one model under one layout. */
struct trial {
    enum lookup_layout layout;
    const struct adapter_settings *settings;
    const char *targets, *method;
    bool regex, stated;
    bool partly;    /* the model lacks some of the names */
    unsigned place; /* among the lists that suit the model */
    struct lookup_slope slope;
};

static bool same_settings(const struct lookup_match *a,
                          const struct lookup_match *b)
{
    bool same_targets =
        a->targets == b->targets || (a->targets != NULL && b->targets != NULL &&
                                     strcmp(a->targets, b->targets) == 0);
    return same_targets && a->regex == b->regex && a->rank == b->rank &&
           a->print == b->print && a->exact == b->exact &&
           a->vocabulary == b->vocabulary && strcmp(a->method, b->method) == 0;
}

/* Keep MATCH, or add its layout to one that is there. */
static bool add_match(struct lookup_search *search,
                      const struct lookup_match *match, struct error *err)
{
    struct lookup *lookup = search->lookup;
    for (size_t i = search->first; i < lookup->count; i++) {
        if (same_settings(&lookup->matches[i], match)) {
            lookup->matches[i].layouts |= match->layouts;
            lookup->matches[i].stated |= match->stated;
            return true;
        }
    }
    struct lookup_match *grown =
        memory_grow(lookup->matches, &lookup->capacity, lookup->count + 1,
                    sizeof *grown, err);
    if (grown == NULL) {
        return false;
    }
    lookup->matches = grown;
    grown[lookup->count++] = *match;
    return true;
}

/* 8 and 16 are what people use most, then the powers of two about them, then
 * the others, then multiples of four; in places of a list.
 */
static unsigned rank_rarity(uint64_t rank)
{
    if (rank == 8 || rank == 16) {
        return 0;
    }
    if (rank == 32 || rank == 64) {
        return 1;
    }
    if ((rank & (rank - 1)) == 0 && rank <= RANK_USUAL) {
        return rank >= 4 && rank <= 256 ? 3 : 8;
    }
    return rank % 4 == 0 && rank <= 256 ? RARITY_LIMIT : 2 * RARITY_LIMIT;
}

static struct lookup_match describe(const struct lookup_search *search,
                                    const struct trial *trial, uint64_t rank)
{
    return (struct lookup_match){
        .model = search->name,
        .method = trial->method,
        .targets = trial->targets,
        .regex = trial->regex,
        .rank = rank,
        .layouts =
            1u << trial->layout |
            (search->model->alike && trial->layout == LAYOUT_5 ? 1u << LAYOUT_4
                                                               : 0),
        .claimed = search->claimed,
        .stated = trial->stated,
        .common = rank_rarity(rank) < RARITY_LIMIT && !trial->partly,
        .rarity = rank_rarity(rank) + trial->place +
                  (trial->partly ? RARITY_PARTLY : 0) +
                  (strcmp(trial->method, "lora") != 0 ? RARITY_METHOD : 0),
    };
}

static bool is_wanted(const struct lookup_search *search, uint64_t rank)
{
    return rank > 0 && (search->claimed || rank <= RANK_USUAL);
}

/* The printed trainable count is TRAINABLE at RANK, with ADDED in the total. */
static bool add_trainable(struct lookup_search *search,
                          const struct trial *trial, uint64_t rank,
                          uint64_t added, struct error *err)
{
    struct lookup_match match = describe(search, trial, rank);
    struct lookup_fit fit = lookup_fit_total(
        lookup_model_totals(search->model, trial->layout), search->line, added);
    bool exact = fit.exact && !search->line->all.rounded;
    match.exact = exact ? EXACT_BOTH : EXACT_TRAINABLE;
    match.full = fit.exact || fit.rows != 0 || !search->line->all.given;
    match.print = fit.print;
    match.vocabulary = fit.rows;
    match.near = fit.near && match.common;
    return add_match(search, &match, err);
}

/* qlora.py: half of what trains, in a packed total that has all of it.  With
 * the total rounded or missing, only its ".0" tells that it was halved.
 */
static bool try_halved(struct lookup_search *search, const struct trial *trial,
                       uint64_t rank, uint64_t added, struct error *err)
{
    const struct lookup_line *line = search->line;
    const struct lookup_totals *totals =
        lookup_model_totals(search->model, trial->layout);
    uint64_t total = 0;
    bool both = line->all.given && !line->all.rounded &&
                checked_add(totals->base[PRINT_HALVED], added, &total) &&
                lookup_figure_fits(&line->all, total);
    if (!both && (line->all.given || !line->trainable.fraction)) {
        return true;
    }
    struct lookup_match match = describe(search, trial, rank);
    match.exact = both ? EXACT_BOTH : EXACT_TRAINABLE;
    match.full = true;
    match.print = PRINT_HALVED;
    match.near = both;
    return add_match(search, &match, err);
}

/* Only a total: what it has beyond the base must be an adapter. */
static bool try_total(struct lookup_search *search, const struct trial *trial,
                      struct error *err)
{
    const struct lookup_totals *totals =
        lookup_model_totals(search->model, trial->layout);
    uint64_t total = search->line->all.value;
    for (size_t i = 0; i < LOOKUP_PRINTS; i++) {
        uint64_t base = totals->base[i];
        if (i == PRINT_HALVED || total <= base || total - base > base / 2 ||
            total - base <= trial->slope.frozen) {
            continue;
        }
        uint64_t rank = lookup_slope_solve(&trial->slope,
                                           total - base - trial->slope.frozen);
        if (!is_wanted(search, rank) ||
            (!search->claimed && rank_rarity(rank) >= RARITY_LIMIT)) {
            continue;
        }
        struct lookup_match match = describe(search, trial, rank);
        match.exact = EXACT_ALL;
        match.full = true;
        match.print = (enum lookup_print)i;
        match.near = true;
        if (!add_match(search, &match, err)) {
            return false;
        }
    }
    return true;
}

/* Every rank at which the trial's list prints the line. */
static bool try_ranks(struct lookup_search *search, const struct trial *trial,
                      struct error *err)
{
    const struct lookup_line *line = search->line;
    const struct lookup_slope *slope = &trial->slope;
    if (!line->trainable.given) {
        return line->all.rounded || try_total(search, trial, err);
    }
    if (line->trainable.rounded) {
        return true;
    }
    uint64_t trains = line->trainable.value;
    uint64_t rank = lookup_slope_solve(slope, trains);
    if (is_wanted(search, rank) &&
        !add_trainable(search, trial, rank, trains + slope->frozen, err)) {
        return false;
    }
    uint64_t twice = 0;
    rank =
        checked_mul(trains, 2, &twice) ? lookup_slope_solve(slope, twice) : 0;
    return !is_wanted(search, rank) ||
           try_halved(search, trial, rank, twice + slope->frozen, err);
}

/* ---- one model ------------------------------------------------------------- */

/* The claim as it stands, at its own rank when it has one. */
static bool try_stated_rank(struct lookup_search *search, struct trial *trial,
                            struct error *err)
{
    struct lookup_findings *findings = &search->findings;
    struct lookup_count count = {0};
    struct error refused = {0};
    uint64_t rank = search->claim->adapter->rank;
    if (!lookup_model_count(search->model, search->path, trial->layout,
                            trial->settings, rank, &count, &refused)) {
        if (findings->refused.code == ERROR_NONE) {
            findings->refused = refused;
        }
        return lookup_is_refusal(&refused, err);
    }
    if (!findings->counted) {
        findings->counted = true;
        findings->stated = count;
        findings->stated_all =
            count.added +
            lookup_model_totals(search->model, trial->layout)->base[PRINT_TRUE];
    }
    const struct lookup_figure *trains = &search->line->trainable;
    if (!search->claim->has_rank || !trains->given) {
        return true;
    }
    if (trains->rounded) {
        const struct lookup_fit fit =
            lookup_fit_total(lookup_model_totals(search->model, trial->layout),
                             search->line, count.added);
        findings->roughly =
            findings->roughly || (lookup_figure_fits(trains, count.trainable) &&
                                  (fit.exact || !search->line->all.given));
        return true;
    }
    if (lookup_figure_fits(trains, count.trainable) &&
        !add_trainable(search, trial, rank, count.added, err)) {
        return false;
    }
    struct lookup_figure twice = *trains;
    bool halved = checked_mul(trains->value, 2, &twice.value) &&
                  lookup_figure_fits(&twice, count.trainable);
    return !halved || try_halved(search, trial, rank, count.added, err);
}

static bool try_stated(struct lookup_search *search, enum lookup_layout layout,
                       struct error *err)
{
    const struct lookup_claim *claim = search->claim;
    if (!search->claimed || !claim->has_targets) {
        return true;
    }
    struct trial trial = {
        .layout = layout,
        .settings = claim->adapter,
        .targets = lookup_settings_targets(claim->adapter),
        .method = lookup_settings_method(claim->adapter),
        .regex = lookup_settings_regex(claim->adapter),
        .stated = true,
    };
    struct error refused = {0};
    if (!try_stated_rank(search, &trial, err)) {
        return false;
    }
    return lookup_model_slope(search->model, search->path, layout,
                              trial.settings, &trial.slope, &refused)
               ? try_ranks(search, &trial, err)
               : lookup_is_refusal(&refused, err);
}

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
                       const struct lookup_set *set, struct trial *trial,
                       struct error *err)
{
    struct error refused = {0};
    struct adapter_settings settings = *trial->settings;
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

static bool try_sets(struct lookup_search *search, struct trial *trial,
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
        if (!try_ranks(search, trial, err)) {
            return false;
        }
    }
    return true;
}

static bool try_method(struct lookup_search *search, enum lookup_layout layout,
                       const struct adapter_settings *method, struct error *err)
{
    struct lookup_table table;
    struct trial trial = {.layout = layout,
                          .settings = method,
                          .method = lookup_settings_method(method)};
    bool done = lookup_table_init(&table, search->model, search->path, layout,
                                  method, &search->sets, err) &&
                try_sets(search, &trial, &table, err);
    lookup_table_clear(&table);
    return done;
}

/* The total is this model's with the printed count more, or its own, whatever
 * was adapted.
 */
static bool try_base(struct lookup_search *search, enum lookup_layout layout,
                     struct error *err)
{
    const struct lookup_line *line = search->line;
    uint64_t added = line->trainable.given ? line->trainable.value : 0;
    const struct lookup_fit fit = lookup_fit_total(
        lookup_model_totals(search->model, layout), line, added);
    bool found = !fit.exact || line->all.rounded || line->trainable.rounded;
    for (size_t i = search->first; i < search->lookup->count; i++) {
        const struct lookup_match *match = &search->lookup->matches[i];
        found = found || match->exact == EXACT_BOTH;
    }
    const struct trial trial = {.layout = layout, .method = "lora"};
    struct lookup_match match = describe(search, &trial, 0);
    match.exact = EXACT_ALL;
    match.print = fit.print;
    match.near = true;
    return found || add_match(search, &match, err);
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

bool lookup_try_model(struct lookup_search *search, struct error *err)
{
    search->first = search->lookup->count;
    search->name = arena_copy(&search->lookup->arena, search->model->name,
                              strlen(search->model->name), err);
    bool done = search->name != NULL && add_base(search, err);
    for (int i = 0; done && i < LOOKUP_LAYOUTS; i++) {
        enum lookup_layout layout = (enum lookup_layout)i;
        if (lookup_inventory(search->model, layout) == NULL) {
            continue;
        }
        done = try_stated(search, layout, err);
        bool known = is_known(search, layout);
        for (size_t j = 0; done && j < search->method_count; j++) {
            if (j == 0 || (known && layout != LAYOUT_EXPERTS)) {
                done = try_method(search, layout, &search->methods[j], err);
            }
        }
    }
    for (int i = 0; done && i < LOOKUP_LAYOUTS; i++) {
        enum lookup_layout layout = (enum lookup_layout)i;
        done = lookup_inventory(search->model, layout) == NULL ||
               try_base(search, layout, err);
    }
    return done;
}
