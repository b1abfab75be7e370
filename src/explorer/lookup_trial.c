/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One way to adapt a model, held against the line: as it is counted, or solved
 * for the rank.
 */
#include <string.h>

#include "adapter/method.h"
#include "base/alloc.h"
#include "explorer/lookup_search.h"

enum {
    RANK_USUAL = 512,    /* the highest that is looked for unasked */
    RANK_CLAIMED = 2048, /* ... on a model that is claimed */
    RARITY_PARTLY = 10,  /* of a list with names that the model lacks */
    RARITY_METHOD = 12,  /* of another method than LoRA */
    RARITY_LIMIT = 20,   /* of a rank */
};

bool lookup_is_refusal(const struct error *refused, struct error *err)
{
    if (refused->code == ERROR_MEMORY) {
        *err = *refused;
    }
    return refused->code != ERROR_MEMORY;
}

/* ---- matches --------------------------------------------------------------- */

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same_settings(const struct lookup_match *a,
                          const struct lookup_match *b)
{
    return same_text(a->targets, b->targets) && a->regex == b->regex &&
           a->rank == b->rank && a->base == b->base && a->print == b->print &&
           a->exact == b->exact && a->vocabulary == b->vocabulary &&
           a->labels == b->labels && same_text(a->class_name, b->class_name) &&
           same_text(a->task, b->task) && strcmp(a->method, b->method) == 0;
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

static unsigned match_layouts(const struct lookup_search *search,
                              const struct lookup_trial *trial)
{
    bool both =
        search->model->alike && trial->layout == LAYOUT_5 && !trial->stated;
    return 1u << trial->layout | (both ? 1u << LAYOUT_4 : 0);
}

static struct lookup_match describe(const struct lookup_search *search,
                                    const struct lookup_trial *trial,
                                    uint64_t rank)
{
    return (struct lookup_match){
        .model = search->name,
        .method = trial->method,
        .targets = trial->targets,
        .regex = trial->regex,
        .rank = rank,
        .labels = trial->variant.labels,
        .class_name = trial->variant.class_name,
        .task = trial->variant.task,
        .layouts = match_layouts(search, trial),
        .claimed = search->claimed,
        .stated = trial->stated,
        .common = rank_rarity(rank) < RARITY_LIMIT && !trial->partly,
        .rarity = rank_rarity(rank) + trial->place +
                  (trial->partly ? RARITY_PARTLY : 0) +
                  (strcmp(trial->method, "lora") != 0 ? RARITY_METHOD : 0),
    };
}

static bool is_variant(const struct lookup_trial *trial)
{
    return trial->variant.class_name != NULL || trial->variant.task != NULL ||
           trial->variant.labels > 0;
}

/* The printed trainable count is the trial's at RANK, with ADDED in the total.
 * Another head with another vocabulary besides would explain too much.
 */
static bool add_trainable(struct lookup_search *search,
                          const struct lookup_trial *trial, uint64_t rank,
                          uint64_t added, struct error *err)
{
    const struct lookup_line *line = search->line;
    struct lookup_match match = describe(search, trial, rank);
    struct lookup_fit fit = lookup_fit_total(
        lookup_model_totals(search->model, trial->layout), line, added);
    bool exact = fit.exact && !line->all.rounded;
    match.exact = exact ? EXACT_BOTH : EXACT_TRAINABLE;
    match.full = fit.exact || fit.rows != 0 || !line->all.given;
    match.print = fit.print;
    match.vocabulary = fit.rows;
    match.near = fit.near && match.common;
    if (is_variant(trial) && (!match.full || fit.rows != 0)) {
        return true;
    }
    return add_match(search, &match, err);
}

/* qlora.py: half of what trains, in a packed total that has all of it.  With
 * the total rounded or missing, only its ".0" tells that it was halved.
 */
static bool add_halved(struct lookup_search *search,
                       const struct lookup_trial *trial, uint64_t rank,
                       uint64_t added, struct error *err)
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

static bool add_total(struct lookup_search *search,
                      const struct lookup_trial *trial, uint64_t rank,
                      enum lookup_print print, struct error *err)
{
    struct lookup_match match = describe(search, trial, rank);
    match.exact = EXACT_ALL;
    match.full = true;
    match.print = print;
    match.near = true;
    return add_match(search, &match, err);
}

/* ---- as it is counted ------------------------------------------------------ */

static bool try_total(struct lookup_search *search,
                      const struct lookup_trial *trial, uint64_t rank,
                      const struct lookup_count *count, struct error *err)
{
    const struct lookup_totals *totals =
        lookup_model_totals(search->model, trial->layout);
    for (size_t i = 0; !search->line->all.rounded && i < LOOKUP_PRINTS; i++) {
        if (i != PRINT_HALVED &&
            lookup_figure_fits(&search->line->all,
                               totals->base[i] + count->added)) {
            return add_total(search, trial, rank, (enum lookup_print)i, err);
        }
    }
    return true;
}

bool lookup_trial_count(struct lookup_search *search,
                        const struct lookup_trial *trial, uint64_t rank,
                        const struct lookup_count *count, struct error *err)
{
    const struct lookup_figure *trains = &search->line->trainable;
    if (!trains->given) {
        return try_total(search, trial, rank, count, err);
    }
    if (trains->rounded) {
        return true;
    }
    if (lookup_figure_fits(trains, count->trainable) &&
        !add_trainable(search, trial, rank, count->added, err)) {
        return false;
    }
    struct lookup_figure twice = *trains;
    bool halved = trains->value > 0 &&
                  checked_mul(trains->value, 2, &twice.value) &&
                  lookup_figure_fits(&twice, count->trainable);
    return !halved || add_halved(search, trial, rank, count->added, err);
}

/* ---- solved for the rank --------------------------------------------------- */

static uint64_t rank_most(const struct lookup_search *search)
{
    return search->claimed ? RANK_CLAIMED : RANK_USUAL;
}

/* Two ranks make a line of any method; here RANK is counted, unless a sum of
 * plain LoRAs cannot be wrong.
 */
static bool is_counted(struct lookup_search *search,
                       const struct lookup_trial *trial, uint64_t rank,
                       uint64_t trainable, uint64_t added, struct error *err)
{
    struct adapter_settings settings = *trial->settings;
    struct lookup_count count = {0};
    struct error refused = {0};
    if (lookup_is_plain(&settings)) {
        return true;
    }
    if ((trial->set == NULL ||
         lookup_settings_aim(&settings, trial->set, &refused)) &&
        lookup_model_count(search->model, search->path, trial->layout,
                           &settings, rank > 0 ? rank : settings.rank, &count,
                           &refused)) {
        return count.trainable == trainable && count.added == added;
    }
    (void)lookup_is_refusal(&refused, err);
    return false;
}

/* Only a total: what it has beyond the base must be an adapter. */
static bool solve_total(struct lookup_search *search,
                        const struct lookup_trial *trial, struct error *err)
{
    const struct lookup_totals *totals =
        lookup_model_totals(search->model, trial->layout);
    const struct lookup_slope *slope = &trial->slope;
    const struct lookup_slope whole = {
        .slope = slope->slope + slope->frozen_slope,
        .constant = slope->constant + slope->frozen};
    uint64_t total = search->line->all.value;
    for (size_t i = 0; i < LOOKUP_PRINTS; i++) {
        uint64_t base = totals->base[i];
        uint64_t rank = 0;
        if (i == PRINT_HALVED || total <= base || total - base > base / 2 ||
            !lookup_slope_solve(&whole, total - base, rank_most(search),
                                &rank) ||
            (!search->claimed && rank_rarity(rank) >= RARITY_LIMIT)) {
            continue;
        }
        uint64_t trains = slope->constant + slope->slope * rank;
        if (is_counted(search, trial, rank, trains, total - base, err) &&
            !add_total(search, trial, rank, (enum lookup_print)i, err)) {
            return false;
        }
    }
    return err->code == ERROR_NONE;
}

bool lookup_trial_ranks(struct lookup_search *search,
                        const struct lookup_trial *trial, struct error *err)
{
    const struct lookup_line *line = search->line;
    const struct lookup_slope *slope = &trial->slope;
    if (!line->trainable.given) {
        return line->all.rounded || solve_total(search, trial, err);
    }
    if (line->trainable.rounded) {
        return true;
    }
    uint64_t trains = line->trainable.value;
    uint64_t rank = 0;
    if (lookup_slope_solve(slope, trains, rank_most(search), &rank)) {
        uint64_t added = trains + lookup_slope_frozen(slope, rank);
        if (is_counted(search, trial, rank, trains, added, err) &&
            !add_trainable(search, trial, rank, added, err)) {
            return false;
        }
    }
    uint64_t twice = 0;
    if (checked_mul(trains, 2, &twice) &&
        lookup_slope_solve(slope, twice, rank_most(search), &rank)) {
        uint64_t added = twice + lookup_slope_frozen(slope, rank);
        if (is_counted(search, trial, rank, twice, added, err) &&
            !add_halved(search, trial, rank, added, err)) {
            return false;
        }
    }
    return err->code == ERROR_NONE;
}

/* ---- the model alone ------------------------------------------------------- */

bool lookup_trial_base(struct lookup_search *search, enum lookup_layout layout,
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
    const struct lookup_trial trial = {.layout = layout, .method = "lora"};
    struct lookup_match match = describe(search, &trial, 0);
    match.base = true;
    match.exact = EXACT_ALL;
    match.print = fit.print;
    match.near = true;
    return found || add_match(search, &match, err);
}
