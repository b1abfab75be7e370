/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The claim itself: counted as `loraexplore count` counts it, under every
 * layout of transformers and PEFT, then with what it may have left out.
 */
#include <jansson.h>
#include <string.h>

#include "adapter/method.h"
#include "base/alloc.h"
#include "explorer/lookup_search.h"

enum { LABELS_MOST = 20000 };

bool lookup_claim_aims(const struct lookup_claim *claim)
{
    return claim->has_targets ||
           (claim->model != NULL && (claim->has_method || claim->has_more));
}

unsigned lookup_claim_layouts(const struct lookup_claim *claim)
{
    const unsigned early =
        1u << LAYOUT_4 | 1u << LAYOUT_5_PLAIN | 1u << LAYOUT_EXPERTS;
    const unsigned four = 1u << LAYOUT_4 | 1u << LAYOUT_4_LATE;
    const unsigned late =
        1u << LAYOUT_5 | 1u << LAYOUT_4_LATE | 1u << LAYOUT_EXPERTS;
    unsigned layouts = (1u << LOOKUP_LAYOUTS) - 1;
    if (claim->transformers != 0) {
        layouts &= claim->transformers == 4 ? four : ~four;
    }
    if (claim->has_peft) {
        layouts &= claim->adapter->peft == PEFT_0_18 ? early : late;
    }
    return layouts;
}

/* ---- as it stands ---------------------------------------------------------- */

/* What the explanation says of the claim, by the layout that `count` takes. */
static void keep_count(struct lookup_search *search,
                       const struct lookup_trial *trial,
                       const struct lookup_count *count)
{
    struct lookup_findings *findings = &search->findings;
    const struct lookup_line *line = search->line;
    const struct lookup_totals *totals =
        lookup_model_totals(search->model, trial->layout);
    const struct lookup_fit fit = lookup_fit_total(totals, line, count->added);
    if (!findings->counted) {
        findings->counted = true;
        findings->stated = *count;
        findings->stated_all = count->added + totals->base[PRINT_TRUE];
    }
    if (line->trainable.rounded ||
        (!line->trainable.given && line->all.rounded)) {
        bool trains = !line->trainable.given ||
                      lookup_figure_fits(&line->trainable, count->trainable);
        findings->roughly =
            findings->roughly || (trains && (fit.exact || !line->all.given));
    }
}

static bool is_own(const struct lookup_trial *trial)
{
    return trial->variant.class_name == NULL && trial->variant.task == NULL &&
           trial->variant.labels == 0;
}

/* Under one layout, at the claim's rank and at others. */
static bool try_layout(struct lookup_search *search, struct lookup_trial *trial,
                       struct error *err)
{
    const struct lookup_claim *claim = search->claim;
    struct lookup_findings *findings = &search->findings;
    struct lookup_count count = {0};
    struct error refused = {0};
    bool own = search->claimed && is_own(trial) &&
               (lookup_claim_layouts(claim) & 1u << trial->layout) != 0;
    uint64_t rank = trial->settings->rank;
    if (!lookup_model_count(search->model, search->path, trial->layout,
                            trial->settings, rank, &count, &refused)) {
        if (own && findings->refused.code == ERROR_NONE) {
            findings->refused = refused;
        }
        return lookup_is_refusal(&refused, err);
    }
    if (own) {
        keep_count(search, trial, &count);
    }
    if (!lookup_trial_count(search, trial, rank, &count, err)) {
        return false;
    }
    if (!lookup_has_rank(trial->settings) ||
        (claim->has_rank && !is_own(trial))) {
        return true;
    }
    if (!lookup_model_slope(search->model, search->path, trial->layout,
                            trial->settings, &trial->slope, &refused)) {
        return lookup_is_refusal(&refused, err);
    }
    findings->linear = findings->linear || own;
    return lookup_trial_ranks(search, trial, err);
}

static bool has_layout(const struct lookup_search *search,
                       const struct lookup_trial *trial,
                       enum lookup_layout layout)
{
    bool four = layout == LAYOUT_4 || layout == LAYOUT_4_LATE;
    if (layout == LAYOUT_EXPERTS) {
        return strcmp(trial->settings->method->peft_type, "LORA") == 0 &&
               lookup_inventory(search->model, layout) != NULL;
    }
    if (!search->claimed && layout != LAYOUT_4 && layout != LAYOUT_5) {
        return false;
    }
    return search->model->loaded[four ? LOADED_4 : LOADED_5] != NULL;
}

/* The layout that `count` takes comes first. */
static bool try_layouts(struct lookup_search *search,
                        const struct adapter_settings *settings,
                        const struct lookup_variant *variant, struct error *err)
{
    static const enum lookup_layout layouts[] = {
        LAYOUT_5, LAYOUT_4_LATE, LAYOUT_5_PLAIN, LAYOUT_4, LAYOUT_EXPERTS};
    bool prompts = settings->method->reach == REACH_PROMPT;
    bool done = true;
    for (size_t i = 0; done && i < sizeof(layouts) / sizeof(layouts[0]); i++) {
        struct lookup_trial trial = {
            .layout = layouts[i],
            .settings = settings,
            .variant = *variant,
            .targets = prompts ? NULL : settings_targets_text(settings),
            .method = lookup_settings_method(settings),
            .regex = lookup_settings_regex(settings),
            .stated = true,
        };
        if (has_layout(search, &trial, layouts[i])) {
            done = try_layout(search, &trial, err);
        }
    }
    return done;
}

bool lookup_try_stated(struct lookup_search *search, struct error *err)
{
    const struct lookup_claim *claim = search->claim;
    const struct lookup_variant none = {0};
    bool known = search->claimed ? claim->has_rank || lookup_claim_aims(claim)
                                 : claim->model == NULL &&
                                       (claim->has_method || claim->has_more);
    return !known || try_layouts(search, &search->stated, &none, err);
}

/* ---- heads that classify --------------------------------------------------- */

static const struct head {
    const char *ending, *head, *task;
} heads[] = {
    {"ForSequenceClassification", "seqcls", "SEQ_CLS"},
    {"ForTokenClassification", "tokcls", "TOKEN_CLS"},
    {"ForQuestionAnswering", "qa", "QUESTION_ANS"},
    {"ForCausalLM", "lm", NULL},
};
enum { HEADS = sizeof(heads) / sizeof(heads[0]) };

static const struct inventory *any_inventory(const struct lookup_model *model)
{
    const struct model *loaded = model->loaded[LOADED_5] != NULL
                                     ? model->loaded[LOADED_5]
                                     : model->loaded[LOADED_4];
    return &loaded->inventory;
}

/* Is the line explained by the stated settings, from match FROM on? */
static bool is_explained(const struct lookup_search *search, size_t from)
{
    const struct lookup_claim *claim = search->claim;
    for (size_t i = from; i < search->lookup->count; i++) {
        const struct lookup_match *match = &search->lookup->matches[i];
        if (match->claimed && match->stated && match->full &&
            match->vocabulary == 0 &&
            (!claim->has_rank || match->rank == search->stated.rank)) {
            return true;
        }
    }
    return false;
}

/* The claim with another head: a class by its ending, NULL for its own, a task
 * to state, a count of labels.
 */
struct heading {
    const char *class_name, *task;
    bool other; /* the class is not the claim's */
};

static bool set_task(struct adapter_settings *settings, const char *task,
                     struct error *err)
{
    json_t *value = task != NULL ? json_string(task) : NULL;
    bool done =
        task == NULL || settings_set_field(settings, "task_type", value, err);
    json_decref(value);
    return done;
}

static bool load(struct lookup_search *search, const struct heading *heading,
                 uint64_t labels, struct lookup_model *model, struct error *err)
{
    struct error refused = {0};
    if (lookup_model_load(model, search->path, search->claim->model,
                          heading->class_name, labels, &refused)) {
        return true;
    }
    (void)lookup_is_refusal(&refused, err);
    return false;
}

/* The claim on MODEL in place of its own. */
static bool try_heading(struct lookup_search *search,
                        const struct heading *heading, uint64_t labels,
                        const struct adapter_settings *settings,
                        struct error *err)
{
    struct lookup_model model;
    struct lookup_variant variant = {.task = heading->task, .labels = labels};
    if (!load(search, heading, labels, &model, err)) {
        return err->code == ERROR_NONE;
    }
    const struct lookup_model *before = search->model;
    const char *class_name = any_inventory(&model)->class_name;
    bool done = true;
    if (heading->other) {
        variant.class_name = arena_copy(&search->lookup->arena, class_name,
                                        strlen(class_name), err);
        done = variant.class_name != NULL;
    }
    search->model = &model;
    done = done && try_layouts(search, settings, &variant, err);
    search->model = before;
    lookup_model_clear(&model);
    return done;
}

/* The figure that tells the labels, on a head with LABELS of them: what does
 * not train where both are given, for that holds at every rank.
 */
static bool head_figure(struct lookup_search *search,
                        const struct heading *heading, uint64_t labels,
                        const struct adapter_settings *settings,
                        enum lookup_layout layout, uint64_t *figure,
                        struct error *err)
{
    const struct lookup_line *line = search->line;
    struct lookup_model model;
    struct lookup_count count = {0};
    struct error refused = {0};
    if (!load(search, heading, labels, &model, err)) {
        return false;
    }
    bool done =
        model.loaded[layout == LAYOUT_4 ? LOADED_4 : LOADED_5] != NULL &&
        lookup_model_count(&model, search->path, layout, settings,
                           settings->rank, &count, &refused);
    uint64_t base =
        done ? lookup_model_totals(&model, layout)->base[PRINT_TRUE] : 0;
    lookup_model_clear(&model);
    *figure = !line->all.given        ? count.trainable
              : line->trainable.given ? base + count.added - count.trainable
                                      : base + count.added;
    (void)lookup_is_refusal(&refused, err);
    return done;
}

/* The labels at which the line's figure comes out; 0: none. */
static uint64_t solve_labels(struct lookup_search *search,
                             const struct heading *heading,
                             const struct adapter_settings *settings,
                             enum lookup_layout layout, struct error *err)
{
    const struct lookup_line *line = search->line;
    uint64_t one = 0;
    uint64_t two = 0;
    uint64_t figure = !line->all.given ? line->trainable.value
                      : line->trainable.given
                          ? line->all.value - line->trainable.value
                          : line->all.value;
    if (!head_figure(search, heading, 1, settings, layout, &one, err) ||
        !head_figure(search, heading, 2, settings, layout, &two, err) ||
        two <= one || figure < one || (figure - one) % (two - one) != 0) {
        return 0;
    }
    uint64_t labels = 1 + (figure - one) / (two - one);
    return labels <= LABELS_MOST ? labels : 0;
}

/* With the labels that the line asks for, else as the config has it. */
static bool try_head(struct lookup_search *search,
                     const struct heading *heading, struct error *err)
{
    const struct lookup_line *line = search->line;
    struct adapter_settings settings = search->stated;
    size_t from = search->lookup->count;
    uint64_t said = search->claim->labels;
    bool own = !heading->other && heading->task == NULL;
    bool both = line->trainable.given && line->all.given;
    bool exact = !line->trainable.rounded && !line->all.rounded &&
                 (!both || line->all.value > line->trainable.value);
    if (!set_task(&settings, heading->task, err)) {
        return false;
    }
    /* One figure and any labels: another class would explain too much. */
    bool solved = exact && (own || (both && said == 0));
    uint64_t before = 0;
    for (int i = 0; solved && i < 2; i++) {
        uint64_t labels = solve_labels(search, heading, &settings,
                                       i == 0 ? LAYOUT_5 : LAYOUT_4, err);
        if (labels > 0 && labels != before &&
            !try_heading(search, heading, labels, &settings, err)) {
            return false;
        }
        before = labels;
    }
    return err->code == ERROR_NONE &&
           (own || is_explained(search, from) ||
            try_heading(search, heading, said, &settings, err));
}

bool lookup_try_heads(struct lookup_search *search, struct error *err)
{
    const struct lookup_claim *claim = search->claim;
    bool known = claim->has_rank || lookup_claim_aims(claim);
    if (!search->claimed || !known || is_explained(search, search->first)) {
        return true;
    }
    const char *own = any_inventory(search->model)->head;
    bool done = true;
    for (size_t i = 0; done && i < HEADS; i++) {
        bool other = strcmp(heads[i].head, own) != 0;
        if (!other && strcmp(own, "lm") == 0) {
            continue;
        }
        struct heading heading = {.class_name = other ? heads[i].ending
                                                      : claim->class_name,
                                  .other = other};
        size_t from = search->lookup->count;
        done = try_head(search, &heading, err);
        heading.task = heads[i].task;
        if (done && heading.task != NULL && !is_explained(search, from)) {
            done = try_head(search, &heading, err);
        }
    }
    return done;
}
