/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Messages: keys to commands, results into the state.
 */
#include "explorer/update.h"

#include <stdio.h>
#include <string.h>

#include "adapter/method.h"
#include "base/units.h"
#include "explorer/action.h"
#include "explorer/list.h"

struct effect *effects_add(struct effects *effects, enum effect_kind kind)
{
    /* No message asks for more than four; the last slot takes the rest. */
    size_t at =
        effects->count < EFFECTS_MOST ? effects->count++ : EFFECTS_MOST - 1;
    effects->items[at] = (struct effect){.kind = kind};
    return &effects->items[at];
}

/* A new key: what the last one changed is news no more. */
static void settle(struct state *state)
{
    state->message[0] = '\0';
    state->severity = SAY_PLAIN;
    state->trial = false;
    state->told = TELL_NOTHING;
    memset(state->changed, 0, sizeof state->changed);
    state->has_before = state->figures != NULL;
    if (state->figures != NULL) {
        state->before_trainable = state->figures->count.trainable;
        state->before_total = state->figures->ledger.total;
    }
}

static void run_command(struct state *state, const struct command *command,
                        struct effects *effects)
{
    const char *why = command_disabled(command, state);
    if (why != NULL) {
        state_say(state, SAY_WARNING, "%s", why);
        return;
    }
    command->run(state, effects);
}

/* Characters go into the prompt or the filter. */
static bool type_character(struct state *state, int32_t key)
{
    if (state->confirm) {
        return false;
    }
    if (state->prompt != PROMPT_NONE) {
        return line_insert(&state->line, key);
    }
    if (state->list.kind != LIST_NONE) {
        bool fits = state->list.filter.length < LIST_CELL_SIZE &&
                    line_insert(&state->list.filter, key);
        if (fits) {
            list_filter(state);
        }
        return fits;
    }
    return false;
}

static void handle_key(struct state *state, int32_t key,
                       struct effects *effects)
{
    settle(state);
    enum context context = command_context(state);
    const struct command *command = command_find(context, key);
    if (command != NULL) {
        run_command(state, command, effects);
        return;
    }
    if (context == CONTEXT_MAIN && key >= '1' && key <= '9') {
        run_command(state, command_named("rank-type"), effects);
        if (state->prompt == PROMPT_RANK) {
            line_insert(&state->line, key);
        }
        return;
    }
    if (type_character(state, key) || context != CONTEXT_MAIN) {
        return;
    }
    if (key > ' ' && key < 0x7f) {
        state_say(state, SAY_WARNING, "%c does nothing here; ? lists the keys",
                  (char)key);
    }
}

/* --- results --- */

static void make_curve(struct state *state)
{
    state->curve_count = 0;
    if (state->figures != NULL && state->spectrum != NULL &&
        state->figures->count.trainable > 0 && state_cut(state) > 0) {
        state->curve_count =
            curve_make(&state->figures->count, state->choice.adapter.rank,
                       state->spectrum, state->curve, CURVE_MOST);
    }
}

static void remember_recent(struct state *state, const char *name)
{
    size_t at = 0;
    while (at < state->recent_count && strcmp(state->recent[at], name) != 0) {
        at++;
    }
    if (at == state->recent_count) {
        if (state->recent_count < RECENT_MOST) {
            state->recent_count++;
        } else {
            at--;
        }
    }
    memmove(state->recent + 1, state->recent, at * sizeof *state->recent);
    snprintf(state->recent[0], sizeof state->recent[0], "%s", name);
}

static void handle_model(struct state *state, const struct message *message,
                         struct effects *effects)
{
    if (message->model == NULL) {
        state->choice = state->settled;
        history_drop(&state->history, &state->choice);
        state_say(state, SAY_ERROR, "%s", message->error->message);
        return;
    }
    bool another = state->model == NULL ||
                   strcmp(state->settled.model, state->choice.model) != 0;
    state->model = message->model;
    state->figures = NULL;
    if (!state->choice.has_dtype) {
        state->choice.training.dtype = message->model->dtype;
    }
    state->settled = state->choice;
    if (another) {
        state->cursor = 0;
        memset(state->folded, 0, sizeof state->folded);
        state->folded[ROLE_VISION] = true;
        if (!list_is_file(state, state->choice.model)) {
            remember_recent(state, state->choice.model);
        }
    }
    if (message->model->warning_count > 0) {
        state_say(state, SAY_WARNING, "%s", message->model->warnings[0]);
    }
    effects_add(effects, EFFECT_COUNT);
}

static bool same_row(const struct target_row *a, const struct target_row *b)
{
    return a->trainable == b->trainable && a->rank_high == b->rank_high &&
           a->mark == b->mark;
}

static void mark_changes(struct state *state, const struct figures *before,
                         const struct figures *after)
{
    if (before == NULL || before->targets.count != after->targets.count) {
        return;
    }
    for (size_t i = 0; i < after->targets.count && i < CHANGED_MOST; i++) {
        state->changed[i] =
            !same_row(&before->targets.rows[i], &after->targets.rows[i]);
    }
}

/* The cursor stays where it is if that can be seen. */
static void place_cursor(struct state *state)
{
    const struct targets *targets = &state->figures->targets;
    if (targets->count == 0) {
        state->cursor = 0;
        return;
    }
    bool all_vision = true;
    for (size_t i = 0; i < targets->count; i++) {
        all_vision = all_vision && targets->rows[i].role == ROLE_VISION;
    }
    if (all_vision) {
        state->folded[ROLE_VISION] = false;
    }
    if (state->cursor >= targets->count) {
        state->cursor = targets->count - 1;
    }
    while (!state_row_visible(state, state->cursor) &&
           state->cursor + 1 < targets->count) {
        state->cursor++;
    }
    while (!state_row_visible(state, state->cursor) && state->cursor > 0) {
        state->cursor--;
    }
}

/* PEFT refuses what was typed: the choice before it comes back, and the line
 * for another try.
 */
static void end_trial(struct state *state, const struct error *reason,
                      struct effects *effects)
{
    state->trial = false;
    state->choice = state->settled;
    state->figures = NULL; /* until they are counted anew */
    memset(state->changed, 0, sizeof state->changed);
    history_drop(&state->history, &state->choice);
    state->prompt = PROMPT_TARGETS; /* its line is as it was */
    state_say(state, SAY_ERROR, "%s", reason->message);
    effects_add(effects, EFFECT_COUNT);
}

static void told_names(const struct state *state, char now[32], char other[32])
{
    const struct choice *choice = &state->choice;
    if (state->told == TELL_TRANSFORMERS) {
        snprintf(now, 32, "transformers %u", choice->transformers);
        snprintf(other, 32, "%u", choice->transformers == 5 ? 4U : 5U);
        return;
    }
    bool newer = choice->adapter.peft == PEFT_0_21;
    snprintf(now, 32, "PEFT %s", peft_version_name(choice->adapter.peft));
    snprintf(other, 32, "%s", peft_version_name(newer ? PEFT_0_18 : PEFT_0_21));
}

/* After a switch of release: the count under each. */
static void tell_switch(struct state *state)
{
    char now[32], other[32], here[UNITS_SIZE], there[UNITS_SIZE];
    if (state->told == TELL_NOTHING || state->figures->refused) {
        return;
    }
    told_names(state, now, other);
    uint64_t count = state->figures->count.trainable;
    units_count(here, count);
    units_count(there, state->before_trainable);
    if (!state->has_before || count == state->before_trainable) {
        state_say(state, SAY_PLAIN, "%s: %s, as under %s", now, here, other);
    } else {
        state_say(state, SAY_PLAIN, "%s: %s \u00b7 %s: %s", now, here, other,
                  there);
    }
}

/* What an edit of a row's own rank or alpha became. */
static void tell_patterns(struct state *state, const struct figures *before)
{
    const char *now = state->figures->patterns;
    if (before == NULL || strcmp(before->patterns, now) == 0 ||
        state->message[0] != '\0') {
        return;
    }
    state_say(state, SAY_PLAIN, "%s",
              now[0] != '\0' ? now : "no rank or alpha of its own is left");
}

static void handle_figures(struct state *state, const struct message *message,
                           struct effects *effects)
{
    const struct figures *before = state->figures, *figures = message->figures;
    if (figures == NULL) {
        state->choice = state->settled;
        history_drop(&state->history, &state->choice);
        state_say(state, SAY_ERROR, "%s", message->error->message);
        return;
    }
    mark_changes(state, before, figures);
    state->figures = figures;
    if (state->trial && figures->refused) {
        end_trial(state, &figures->problem, effects);
        return;
    }
    state->settled = state->choice;
    if (before == NULL && state->cursor == 0 && state->page > 0 &&
        state->figures->targets.count > 1) {
        state->cursor = 1; /* the first module, not its heading */
    }
    place_cursor(state);
    make_curve(state);
    tell_switch(state);
    tell_patterns(state, before);
    if (figures->problem.code != ERROR_NONE) {
        state_say(state, SAY_ERROR, "%s", figures->problem.message);
    }
}

/* The settings are a draft until a field that they lack is typed. */
static void ask_field(struct state *state, const struct message *message)
{
    const char *text = message->text;
    action_open_prompt(state, PROMPT_FIELD, "");
    line_offer(&state->line, text);
    state->draft = *message->adapter;
    state->has_draft = true;
    state_say(state, SAY_PLAIN, "%s needs %.*s; Esc stays with %s",
              state->draft.method->label, (int)strcspn(text, "="), text,
              state->choice.adapter.method->label);
}

/* Settings with another method, or out of a file. */
static void handle_settings(struct state *state, const struct message *message,
                            struct effects *effects)
{
    if (message->adapter == NULL) {
        state_say(state, SAY_ERROR, "%s", message->error->message);
        return;
    }
    if (message->asks) {
        ask_field(state, message);
        return;
    }
    struct choice next = state->choice;
    next.adapter = *message->adapter;
    action_close(state);
    bool changed = action_change(state, &next, effects);
    if (message->text != NULL) {
        state_say(state, SAY_PLAIN, "%s%s", message->text,
                  changed ? "" : ": nothing is different");
    }
}

static void handle_marked(struct state *state, const struct message *message)
{
    if (message->error != NULL) {
        state_say(state, SAY_ERROR, "%s", message->error->message);
        return;
    }
    bool moved = state->reference != NULL;
    state->reference = message->reference;
    if (message->reference == NULL) {
        state_say(state, SAY_PLAIN, "unmarked");
    } else {
        state_say(state, SAY_PLAIN,
                  "%s as A; c compares, x goes there, = unmarks it",
                  moved ? "marked anew" : "marked");
    }
}

static void handle_spectrum(struct state *state, const struct message *message)
{
    if (message->generation != state->generation) {
        return; /* of a sample that nobody looks at any more */
    }
    state->busy = false;
    if (message->spectrum == NULL) {
        memcpy(state->spectrum_problem, message->error->message,
               sizeof state->spectrum_problem);
        state_say(state, SAY_ERROR, "%s", message->error->message);
        state->spectrum = NULL;
    } else {
        state->spectrum = message->spectrum;
    }
    make_curve(state);
}

static void handle_written(struct state *state, const struct message *message)
{
    if (message->error == NULL) {
        action_close(state);
        state_say(state, SAY_PLAIN, "written to %s", message->text);
    } else if (message->exists) {
        state->confirm = true;
    } else {
        state_say(state, SAY_ERROR, "%s", message->error->message);
    }
}

static void handle_presets(struct state *state, const struct message *message)
{
    if (message->error != NULL) {
        state_say(state, SAY_ERROR, "%s", message->error->message);
    }
    state->presets = message->presets;
    state->local_config = message->local_config;
    if (state->list.kind == LIST_MODELS) {
        list_open(state, LIST_MODELS);
    }
}

static void handle_resize(struct state *state, const struct message *message)
{
    state->rows = message->rows;
    state->cols = message->cols;
    state->page = message->page;
    if (state->figures != NULL) {
        place_cursor(state);
    }
}

void update(struct state *state, const struct message *message,
            struct effects *effects)
{
    effects->count = 0;
    switch (message->kind) {
    case MESSAGE_START:
        effects_add(effects, EFFECT_LOAD_MODEL);
        action_spectrum(state, effects);
        break;
    case MESSAGE_KEY:
        handle_key(state, message->key, effects);
        break;
    case MESSAGE_PASTE:
        type_character(state, message->key);
        break;
    case MESSAGE_COMMAND:
        settle(state);
        run_command(state, message->command, effects);
        break;
    case MESSAGE_RESIZE:
        handle_resize(state, message);
        break;
    case MESSAGE_MODEL:
        handle_model(state, message, effects);
        break;
    case MESSAGE_FIGURES:
        handle_figures(state, message, effects);
        break;
    case MESSAGE_SETTINGS:
        handle_settings(state, message, effects);
        break;
    case MESSAGE_MARKED:
        handle_marked(state, message);
        break;
    case MESSAGE_PRESETS:
        handle_presets(state, message);
        break;
    case MESSAGE_SPECTRUM:
        handle_spectrum(state, message);
        break;
    case MESSAGE_PROGRESS:
        if (message->generation == state->generation) {
            state->progress = message->progress;
        }
        break;
    case MESSAGE_NOTE:
        state_say(state, SAY_WARNING, "%s", message->text);
        break;
    case MESSAGE_WRITTEN:
        handle_written(state, message);
        break;
    }
}
