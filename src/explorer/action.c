/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Commands that change the choice: rank, alpha, targets, precision, sample.
 *
 * Each builds the choice that shall be and hands it to action_change, which
 * alone knows what has to be computed again.
 */
#include "explorer/action.h"

#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "explorer/list.h"
#include "spectrum/sample.h"

static const double ALPHA_MOST = 1e9, ALPHA_LEAST = 1e-6;

static bool same_source(const struct choice *a, const struct choice *b)
{
    return strcmp(a->source, b->source) == 0 && a->seed == b->seed;
}

void action_spectrum(struct state *state, struct effects *effects)
{
    state->generation++;
    state->busy = true;
    state->progress = 0;
    state->spectrum_problem[0] = '\0';
    effects_add(effects, EFFECT_SPECTRUM);
}

void action_apply(struct state *state, const struct choice *next,
                  struct effects *effects)
{
    struct choice before = state->choice;
    state->choice = *next;
    bool model = strcmp(before.model, next->model) != 0 ||
                 strcmp(before.class_name, next->class_name) != 0 ||
                 before.transformers != next->transformers;
    effects_add(effects, model ? EFFECT_LOAD_MODEL : EFFECT_COUNT);
    if (!same_source(&before, next)) {
        action_spectrum(state, effects);
    }
}

bool action_change(struct state *state, const struct choice *next,
                   struct effects *effects)
{
    if (choice_equal(&state->choice, next)) {
        return false;
    }
    history_push(&state->history, &state->choice);
    action_apply(state, next, effects);
    return true;
}

static void set_rank(struct state *state, uint64_t rank,
                     struct effects *effects)
{
    struct choice next = state->choice;
    struct error err = {.code = ERROR_NONE};
    rank = rank < 1 ? 1 : rank > RANK_MOST ? RANK_MOST : rank;
    if (!settings_set_rank(&next.adapter, rank, &err)) {
        state_say(state, SAY_ERROR, "%s", err.message);
        return;
    }
    action_change(state, &next, effects);
}

void action_rank_up(struct state *state, struct effects *effects)
{
    set_rank(state, state->choice.adapter.rank + 1, effects);
}

void action_rank_down(struct state *state, struct effects *effects)
{
    set_rank(state, state->choice.adapter.rank - 1, effects);
}

void action_rank_double(struct state *state, struct effects *effects)
{
    uint64_t rank = state->choice.adapter.rank * 2;
    uint64_t most = state_rank_most(state);
    set_rank(state, rank < most ? rank : most, effects);
}

void action_rank_halve(struct state *state, struct effects *effects)
{
    set_rank(state, state->choice.adapter.rank / 2, effects);
}

static void scale_alpha(struct state *state, double factor,
                        struct effects *effects)
{
    struct choice next = state->choice;
    double alpha = next.adapter.alpha * factor;
    if (alpha > ALPHA_MOST || (alpha < ALPHA_LEAST && alpha > -ALPHA_LEAST)) {
        state_say(state, SAY_WARNING,
                  "alpha is as far as it goes; a types another one");
        return;
    }
    next.adapter.alpha = alpha;
    action_change(state, &next, effects);
}

void action_alpha_double(struct state *state, struct effects *effects)
{
    scale_alpha(state, 2, effects);
}

void action_alpha_halve(struct state *state, struct effects *effects)
{
    scale_alpha(state, 0.5, effects);
}

static bool take_row(struct state *state, const struct choice *next, bool done,
                     const struct error *err, struct effects *effects)
{
    if (!done) {
        state_say(state, SAY_WARNING, "%s", err->message);
        return false;
    }
    action_change(state, next, effects);
    return true;
}

bool action_set_row_rank(struct state *state, uint64_t rank,
                         struct effects *effects)
{
    struct choice next = state->choice;
    struct error err = {.code = ERROR_NONE};
    bool done =
        state->figures != NULL &&
        targets_set_rank(&state->figures->targets, state->cursor,
                         &state->figures->count, &next.adapter, rank, &err);
    return take_row(state, &next, done, &err, effects);
}

bool action_set_row_alpha(struct state *state, const double *alpha,
                          struct effects *effects)
{
    struct choice next = state->choice;
    struct error err = {.code = ERROR_NONE};
    bool done =
        state->figures != NULL &&
        targets_set_alpha(&state->figures->targets, state->cursor,
                          &state->figures->count, &next.adapter, alpha, &err);
    return take_row(state, &next, done, &err, effects);
}

void action_row_rank_halve(struct state *state, struct effects *effects)
{
    uint64_t rank = state_row(state)->rank_high;
    action_set_row_rank(state, rank > 1 ? rank / 2 : 1, effects);
}

void action_row_rank_double(struct state *state, struct effects *effects)
{
    const struct target_row *row = state_row(state);
    uint64_t rank = row->rank_high * 2, most = RANK_MOST;
    if (row->dimensions == 2) {
        most = row->shape[0] < row->shape[1] ? row->shape[0] : row->shape[1];
    }
    if (row->matched > 0 && row->rank_high >= most) {
        state_say(state, SAY_WARNING,
                  "no update of %s has a higher rank; R types one anyway",
                  row->label);
        return;
    }
    action_set_row_rank(state, rank < most ? rank : most, effects);
}

static void scale_row_alpha(struct state *state, double factor,
                            struct effects *effects)
{
    double alpha = state_row(state)->alpha_high * factor;
    if (alpha > ALPHA_MOST || (alpha < ALPHA_LEAST && alpha > -ALPHA_LEAST &&
                               state_row(state)->matched > 0)) {
        state_say(state, SAY_WARNING,
                  "alpha is as far as it goes; @ types another one");
        return;
    }
    action_set_row_alpha(state, &alpha, effects);
}

void action_row_alpha_halve(struct state *state, struct effects *effects)
{
    scale_row_alpha(state, 0.5, effects);
}

void action_row_alpha_double(struct state *state, struct effects *effects)
{
    scale_row_alpha(state, 2, effects);
}

/* Where the rows are in front of the model they belong to: a load that is
 * under way has none.
 */
static bool has_rows(struct state *state)
{
    if (state->figures == NULL) {
        state_say(state, SAY_WARNING, "no model is loaded: p chooses one");
    }
    return state->figures != NULL;
}

/* A hybrid stack has a kind of module in some layers only. */
static void say_layers(struct state *state, const struct target_row *row)
{
    uint64_t layers = state->model->inventory.layers;
    bool some = row->layers > 0 && row->layers < layers &&
                (row->role == ROLE_ATTENTION || row->role == ROLE_MIXER);
    if (some) {
        state_say(state, SAY_PLAIN, "%s exists in %llu of %llu layers",
                  row->label, (unsigned long long)row->layers,
                  (unsigned long long)layers);
    }
}

void action_toggle(struct state *state, struct effects *effects)
{
    const struct target_row *row = state_row(state);
    if (row == NULL) {
        return;
    }
    if (row->heading) {
        action_fold(state, effects);
        return;
    }
    struct choice next = state->choice;
    struct error note = {.code = ERROR_NONE}, err = {.code = ERROR_NONE};
    if (!targets_toggle(&state->figures->targets, state->cursor,
                        &state->figures->count, &next.adapter, &note, &err)) {
        state_say(state, SAY_WARNING, "%s", err.message);
        return;
    }
    if (note.code != ERROR_NONE) {
        state_say(state, SAY_PLAIN, "%s", note.message);
    } else if (state->model != NULL) {
        say_layers(state, row);
    }
    action_change(state, &next, effects);
}

static void toggle_roles(struct state *state, unsigned roles,
                         struct effects *effects)
{
    if (!has_rows(state)) {
        return;
    }
    struct choice next = state->choice;
    struct error err = {.code = ERROR_NONE};
    if (!targets_toggle_roles(&state->figures->targets, roles,
                              &state->figures->count, &next.adapter, &err)) {
        state_say(state, SAY_WARNING, "%s", err.message);
        return;
    }
    action_change(state, &next, effects);
}

enum {
    ATTENTION_ROLES = 1 << ROLE_ATTENTION | 1 << ROLE_MIXER,
    MLP_ROLES = 1 << ROLE_MLP | 1 << ROLE_EXPERTS
};

void action_attention(struct state *state, struct effects *effects)
{
    toggle_roles(state, ATTENTION_ROLES, effects);
}

void action_mlp(struct state *state, struct effects *effects)
{
    toggle_roles(state, MLP_ROLES, effects);
}

static void set_mode(struct state *state, enum target_mode mode,
                     struct effects *effects)
{
    struct choice next = state->choice;
    next.adapter.mode = mode;
    next.adapter.targets = "";
    action_change(state, &next, effects);
}

void action_all_linear(struct state *state, struct effects *effects)
{
    set_mode(state, TARGET_ALL_LINEAR, effects);
}

void action_default(struct state *state, struct effects *effects)
{
    set_mode(state, TARGET_DEFAULT, effects);
}

void action_none(struct state *state, struct effects *effects)
{
    set_mode(state, TARGET_NONE, effects);
}

void action_dtype(struct state *state, struct effects *effects)
{
    struct choice next = state->choice;
    next.training.dtype =
        (enum model_dtype)(((unsigned)next.training.dtype + 1) % MODEL_DTYPES);
    next.has_dtype = true;
    action_change(state, &next, effects);
}

void action_transformers(struct state *state, struct effects *effects)
{
    struct choice next = state->choice;
    next.transformers = next.transformers == 5 ? 4 : 5;
    state->told = TELL_TRANSFORMERS;
    action_change(state, &next, effects);
}

void action_peft(struct state *state, struct effects *effects)
{
    struct choice next = state->choice;
    next.adapter.peft = next.adapter.peft == PEFT_0_21 ? PEFT_0_18 : PEFT_0_21;
    state->told = TELL_PEFT;
    action_change(state, &next, effects);
}

void action_mark(struct state *state, struct effects *effects)
{
    bool marked = state->reference != NULL;
    effects_add(effects, marked ? EFFECT_UNMARK : EFFECT_MARK);
}

void action_swap(struct state *state, struct effects *effects)
{
    struct choice next = state->reference->choice;
    if (state->figures->refused) {
        state_say(state, SAY_WARNING,
                  "PEFT refuses this choice, so it cannot be marked");
        return;
    }
    effects_add(effects, EFFECT_MARK); /* of what is still here */
    if (!action_change(state, &next, effects)) {
        effects->count = 0;
        state_say(state, SAY_PLAIN, "this is the marked choice");
    }
}

void action_sample_next(struct state *state, struct effects *effects)
{
    size_t count = list_sample_count(state), at = 0;
    if (count == 0) {
        return;
    }
    struct choice next = state->choice;
    char name[CHOICE_NAME_SIZE];
    for (size_t i = 0; i < count; i++) {
        list_sample_name(state, i, name);
        if (strcmp(name, next.source) == 0) {
            at = i + 1;
        }
    }
    list_sample_name(state, at % count, next.source);
    action_change(state, &next, effects);
}

void action_seed_next(struct state *state, struct effects *effects)
{
    struct choice next = state->choice;
    next.seed++;
    action_change(state, &next, effects);
}

/* The history is big: swap in place, then see what is different. */
static void travel(struct state *state, struct effects *effects,
                   bool (*step)(struct history *, struct choice *),
                   const char *done, const char *nothing)
{
    struct choice target = state->choice;
    if (!step(&state->history, &target)) {
        state_say(state, SAY_WARNING, "%s", nothing);
        return;
    }
    action_apply(state, &target, effects);
    state_say(state, SAY_PLAIN, "%s", done);
}

void action_undo(struct state *state, struct effects *effects)
{
    travel(state, effects, history_undo, "undone; Ctrl-R brings it back",
           "nothing to undo");
}

void action_redo(struct state *state, struct effects *effects)
{
    travel(state, effects, history_redo, "done again", "nothing to redo");
}
