/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Prompts and lists: opening them, and what Enter makes of them.
 */
#include <stdio.h>
#include <string.h>

#include "adapter/method.h"
#include "base/text.h"
#include "base/units.h"
#include "explorer/action.h"
#include "explorer/compare.h"
#include "explorer/export.h"
#include "explorer/list.h"

void action_open_prompt(struct state *state, enum prompt_kind kind,
                        const char *text)
{
    state->prompt = kind;
    line_set(&state->line, text);
}

void action_rank_type(struct state *state, struct effects *effects)
{
    (void)effects;
    action_open_prompt(state, PROMPT_RANK, "");
}

void action_alpha_type(struct state *state, struct effects *effects)
{
    (void)effects;
    char number[UNITS_SIZE];
    action_open_prompt(state, PROMPT_ALPHA, "");
    line_offer(&state->line, units_real(number, state->choice.adapter.alpha));
}

/* Whether the row under the cursor can have values of its own; says why not. */
static bool row_can_own(struct state *state)
{
    struct error err = {.code = ERROR_NONE};
    bool can = targets_can_own(state_row(state), &err);
    if (!can) {
        state_say(state, SAY_WARNING, "%s", err.message);
    }
    return can;
}

void action_row_rank_type(struct state *state, struct effects *effects)
{
    (void)effects;
    char number[UNITS_SIZE];
    if (!row_can_own(state)) {
        return;
    }
    snprintf(number, sizeof number, "%llu",
             (unsigned long long)state_row(state)->rank_high);
    action_open_prompt(state, PROMPT_ROW_RANK, "");
    line_offer(&state->line, number);
}

void action_row_alpha_type(struct state *state, struct effects *effects)
{
    (void)effects;
    char number[UNITS_SIZE];
    if (!row_can_own(state)) {
        return;
    }
    action_open_prompt(state, PROMPT_ROW_ALPHA, "");
    line_offer(&state->line, units_real(number, state_row(state)->alpha_high));
}

void action_import(struct state *state, struct effects *effects)
{
    (void)effects;
    action_open_prompt(state, PROMPT_IMPORT, "");
    line_offer(&state->line, "adapter_config.json");
}

void action_field(struct state *state, struct effects *effects)
{
    (void)effects;
    bool misses = state->figures != NULL && state->figures->refused;
    action_open_prompt(state, PROMPT_FIELD, "");
    line_offer(&state->line, misses ? state->figures->missing : "");
}

void action_seed_type(struct state *state, struct effects *effects)
{
    (void)effects;
    char number[UNITS_SIZE];
    snprintf(number, sizeof number, "%llu",
             (unsigned long long)state->choice.seed);
    action_open_prompt(state, PROMPT_SEED, "");
    line_offer(&state->line, number);
}

void action_targets_type(struct state *state, struct effects *effects)
{
    (void)effects;
    const struct adapter_settings *adapter = &state->choice.adapter;
    bool typed = adapter->mode == TARGET_LIST || adapter->mode == TARGET_REGEX;
    const char *names = typed ? adapter->targets
                        : state->figures != NULL && !state->figures->refused
                            ? state->figures->count.resolved
                            : "";
    if (names != NULL && strlen(names) >= LINE_SIZE) {
        state_say(state, SAY_WARNING,
                  "the targets are too long for this line: e writes them, i "
                  "reads them");
        return;
    }
    action_open_prompt(state, PROMPT_TARGETS, "");
    line_offer(&state->line, names != NULL ? names : "");
}

/* A line that stays open for another try. */
static void refuse(struct state *state, const char *what)
{
    state_say(state, SAY_WARNING, "%s; '%s' is not", what, state->line.text);
}

static void accept_rank(struct state *state, struct effects *effects)
{
    struct choice next = state->choice;
    struct error err = {.code = ERROR_NONE};
    uint64_t rank = 0;
    if (!text_parse_count(state->line.text, 1, RANK_MOST, &rank)) {
        refuse(state, "a rank is a whole number from 1 to 1,048,576");
        return;
    }
    if (!settings_set_rank(&next.adapter, rank, &err)) {
        state_say(state, SAY_ERROR, "%s", err.message);
        return;
    }
    action_close(state);
    action_change(state, &next, effects);
}

static bool parse_alpha(struct state *state, double *alpha)
{
    bool fits = text_parse_real(state->line.text, alpha) && *alpha <= 1e9 &&
                *alpha >= 0.0;
    if (!fits) {
        refuse(state, "alpha is a number from 0, such as 16");
    }
    return fits;
}

static void accept_alpha(struct state *state, struct effects *effects)
{
    struct choice next = state->choice;
    if (parse_alpha(state, &next.adapter.alpha)) {
        action_close(state);
        action_change(state, &next, effects);
    }
}

/* An empty line takes the row's own value off. */
static void accept_row_rank(struct state *state, struct effects *effects)
{
    uint64_t rank = 0;
    if (state->line.length > 0 &&
        !text_parse_count(state->line.text, 1, RANK_MOST, &rank)) {
        refuse(state, "a rank is a whole number from 1 to 1,048,576");
        return;
    }
    action_close(state);
    action_set_row_rank(state, rank, effects);
}

static void accept_row_alpha(struct state *state, struct effects *effects)
{
    double alpha = 0;
    bool typed = state->line.length > 0;
    if (!typed || parse_alpha(state, &alpha)) {
        action_close(state);
        action_set_row_alpha(state, typed ? &alpha : NULL, effects);
    }
}

static void accept_seed(struct state *state, struct effects *effects)
{
    struct choice next = state->choice;
    if (!text_parse_count(state->line.text, 0, UINT64_MAX, &next.seed)) {
        refuse(state, "a seed is a whole number from 0");
        return;
    }
    action_close(state);
    action_change(state, &next, effects);
}

/* Names have none of these: what has is a regular expression. */
static bool is_regex(const char *text)
{
    return strpbrk(text, "\\*+?|^$") != NULL;
}

static void accept_targets(struct state *state, struct effects *effects)
{
    struct choice next = state->choice;
    struct error err = {.code = ERROR_NONE};
    const char *text = state->line.text;
    if (is_regex(text) ? !settings_set_regex(&next.adapter, text, &err)
                       : !settings_set_targets(&next.adapter, text, &err)) {
        state_say(state, SAY_WARNING, "%s", err.message);
        return;
    }
    action_close(state);
    state->trial = action_change(state, &next, effects);
}

static void accept_file(struct state *state, enum effect_kind kind,
                        struct effects *effects)
{
    if (state->line.length == 0) {
        state_say(state, SAY_WARNING, "type the name of a file, or Esc");
        return;
    }
    struct effect *effect = effects_add(effects, kind);
    snprintf(effect->text, sizeof effect->text, "%s", state->line.text);
}

static void accept_field(struct state *state, struct effects *effects)
{
    const char *text = state->line.text;
    if (text[0] == '=' || strchr(text, '=') == NULL) {
        state_say(state, SAY_WARNING,
                  "type a field and its value, such as use_rslora=true");
        return;
    }
    struct effect *effect = effects_add(effects, EFFECT_FIELD);
    snprintf(effect->text, sizeof effect->text, "%s", text);
}

void action_overwrite(struct state *state, struct effects *effects)
{
    accept_file(state, EFFECT_WRITE_FILE, effects);
    state->confirm = false;
    effects->items[effects->count - 1].replace = true;
}

void action_accept_prompt(struct state *state, struct effects *effects)
{
    switch (state->prompt) {
    case PROMPT_NONE:
        break;
    case PROMPT_RANK:
        accept_rank(state, effects);
        break;
    case PROMPT_ALPHA:
        accept_alpha(state, effects);
        break;
    case PROMPT_ROW_RANK:
        accept_row_rank(state, effects);
        break;
    case PROMPT_ROW_ALPHA:
        accept_row_alpha(state, effects);
        break;
    case PROMPT_SEED:
        accept_seed(state, effects);
        break;
    case PROMPT_TARGETS:
        accept_targets(state, effects);
        break;
    case PROMPT_FILE:
        accept_file(state, EFFECT_WRITE_FILE, effects);
        break;
    case PROMPT_IMPORT:
        accept_file(state, EFFECT_IMPORT, effects);
        break;
    case PROMPT_FIELD:
        accept_field(state, effects);
        break;
    }
}

/* PEFT's task of a class; NULL where it has none. */
static const char *task_of(const struct state *state, const char *class_name)
{
    static const char *const tasks[CLASS_HEADS] = {
        NULL, "FEATURE_EXTRACTION", "SEQ_CLS", "TOKEN_CLS", "QUESTION_ANS"};
    const char *head = class_head(class_name);
    for (size_t i = 1; head != NULL && i < CLASS_HEADS; i++) {
        if (strcmp(class_heads[i], head) == 0) {
            return tasks[i];
        }
    }
    return state->model != NULL
               ? export_task_type(class_name, &state->model->inventory)
               : NULL;
}

/* The task_type of CLASS_NAME, or none, unless the user's own says other things
 * than the class until now.
 */
static bool set_task(struct state *state, struct choice *next,
                     const char *class_name)
{
    struct error err = {.code = ERROR_NONE};
    json_t *own = settings_field_new(&next->adapter, "task_type");
    const char *now = json_string_value(own);
    const char *was = task_of(state, state_class(state));
    bool follows = now == NULL || (was != NULL && strcmp(now, was) == 0);
    const char *task = class_name != NULL ? task_of(state, class_name) : NULL;
    json_t *value = task != NULL ? json_string(task) : NULL;
    bool done = !follows ||
                settings_set_field(&next->adapter, "task_type", value, &err);
    json_decref(value);
    json_decref(own);
    if (!done) {
        state_say(state, SAY_ERROR, "%s", err.message);
    }
    return done;
}

static void take_class(struct state *state, size_t index,
                       struct effects *effects)
{
    struct choice next = state->choice;
    const char *name = list_class_name(state, index);
    bool other = strcmp(name, state_class(state)) != 0;
    action_close(state);
    if (!other || !set_task(state, &next, name)) {
        return;
    }
    snprintf(next.class_name, sizeof next.class_name, "%s", name);
    json_t *task = settings_field_new(&next.adapter, "task_type");
    const char *said = json_string_value(task);
    state_say(state, SAY_PLAIN, "%s%s%s", name,
              said != NULL ? " \u00b7 task_type " : "",
              said != NULL ? said : "");
    json_decref(task);
    action_change(state, &next, effects);
}

static void take_model(struct state *state, size_t index,
                       struct effects *effects)
{
    struct choice next = state->choice;
    list_model_name(state, index, next.model);
    if (strcmp(next.model, state->choice.model) != 0 &&
        next.class_name[0] != '\0') { /* a class is of one model */
        next.class_name[0] = '\0';
        set_task(state, &next, NULL);
    }
    action_close(state);
    action_change(state, &next, effects);
}

static void take_names(struct state *state, const char *names,
                       struct effects *effects)
{
    struct choice next = state->choice;
    struct error err = {.code = ERROR_NONE};
    if (settings_set_targets(&next.adapter, names, &err)) {
        action_change(state, &next, effects);
    } else {
        state_say(state, SAY_WARNING, "%s", err.message);
    }
}

/* Exactly the rows of some roles, whatever was chosen before. */
static void take_roles(struct state *state, unsigned roles,
                       struct effects *effects)
{
    struct choice next = state->choice;
    struct error err = {.code = ERROR_NONE};
    if (state->figures == NULL) {
        return;
    }
    if (targets_set_roles(&state->figures->targets, roles, &next.adapter,
                          &err)) {
        action_change(state, &next, effects);
    } else {
        state_say(state, SAY_WARNING, "%s", err.message);
    }
}

enum {
    ATTENTION = 1 << ROLE_ATTENTION | 1 << ROLE_MIXER,
    MLP = 1 << ROLE_MLP | 1 << ROLE_EXPERTS
};

static void take_set(struct state *state, size_t index, struct effects *effects)
{
    action_close(state);
    switch (index) {
    case 0:
        action_default(state, effects);
        break;
    case 1:
        action_all_linear(state, effects);
        break;
    case 2:
        take_roles(state, ATTENTION, effects);
        break;
    case 3:
        take_roles(state, ATTENTION | MLP, effects);
        break;
    case 4:
        take_roles(state, MLP, effects);
        break;
    case 5:
        take_names(state, "q_proj,v_proj", effects);
        break;
    case 6:
        action_none(state, effects);
        break;
    default:
        action_targets_type(state, effects);
        break;
    }
}

static void take_optimizer(struct state *state, size_t index,
                           struct effects *effects)
{
    struct choice next = state->choice;
    next.training.optimizer = &optimizers[index];
    action_close(state);
    action_change(state, &next, effects);
}

static void take_method(struct state *state, size_t index,
                        struct effects *effects)
{
    action_close(state);
    effects_add(effects, EFFECT_METHOD)->method = &method_table[index];
}

/* To the row that a line of the comparison is about. */
static void take_compared(struct state *state, size_t index)
{
    size_t row = compare_row(state, index);
    action_close(state);
    if (row < state->figures->targets.count) {
        const struct target_row *target = &state->figures->targets.rows[row];
        if (!target->heading) {
            state->folded[target->role] = false;
        }
        state->cursor = state_row_visible(state, row) ? row : state->cursor;
    }
}

static void take_sample(struct state *state, size_t index,
                        struct effects *effects)
{
    struct choice next = state->choice;
    list_sample_name(state, index, next.source);
    action_close(state);
    action_change(state, &next, effects);
}

static const char *const endings[EXPORT_FORMATS] = {"txt", "json", "csv",
                                                    "sh",  "py",   "json"};

/* "r8", "dora-r8", "ia3": what tells files of one model apart. */
static void kind_of_file(const struct state *state, char *out, size_t size)
{
    const struct adapter_settings *adapter = &state->choice.adapter;
    unsigned long long rank = adapter->rank;
    if (!state_has_rank(state)) {
        snprintf(out, size, "%s", adapter->method->name);
    } else if (adapter->method == &method_table[0]) {
        snprintf(out, size, "r%llu", rank);
    } else {
        snprintf(out, size, "%s-r%llu", adapter->method->name, rank);
    }
}

/* Ask for a file, with a name that tells what is in it. */
static void take_export(struct state *state, size_t index)
{
    char name[LINE_SIZE], model[64];
    const char *from = state->model != NULL ? state->model->name : "model";
    text_sanitize(model, sizeof model, from);
    for (char *c = model; *c != '\0'; c++) {
        bool plain =
            (unsigned char)*c >= 0x80 || strchr("/ ?*[]'\"\\$&", *c) == NULL;
        *c = plain ? *c : '-';
    }
    char kind[48];
    kind_of_file(state, kind, sizeof kind);
    snprintf(name, sizeof name, "%s-%s.%s", model, kind, endings[index]);
    if (index == EXPORT_ADAPTER_CONFIG) {
        snprintf(name, sizeof name, "adapter_config.json"); /* PEFT's name */
    }
    action_close(state);
    state->export_format = (enum export_format)index;
    action_open_prompt(state, PROMPT_FILE, "");
    line_offer(&state->line, name);
}

static void take_command(struct state *state, size_t index,
                         struct effects *effects)
{
    const struct command *command = &command_table[index];
    bool here = (command->contexts & (unsigned)CONTEXT_MAIN) != 0;
    const char *why = here ? command_disabled(command, state)
                           : "it works in lists and prompts";
    if (why != NULL) {
        state_say(state, SAY_WARNING, "%s", why);
        return;
    }
    action_close(state);
    command->run(state, effects);
}

void action_accept_list(struct state *state, struct effects *effects)
{
    if (state->list.shown_count == 0) {
        state_say(state, SAY_WARNING, "nothing matches: Backspace or Esc");
        return;
    }
    size_t index = state->list.shown[state->list.cursor];
    switch (state->list.kind) {
    case LIST_NONE:
        break;
    case LIST_MODELS:
        take_model(state, index, effects);
        break;
    case LIST_HELP:
    case LIST_PALETTE:
        take_command(state, index, effects);
        break;
    case LIST_SETS:
        take_set(state, index, effects);
        break;
    case LIST_METHODS:
        take_method(state, index, effects);
        break;
    case LIST_CLASSES:
        take_class(state, index, effects);
        break;
    case LIST_COMPARE:
        take_compared(state, index);
        break;
    case LIST_OPTIMIZERS:
        take_optimizer(state, index, effects);
        break;
    case LIST_SAMPLES:
        take_sample(state, index, effects);
        break;
    case LIST_EXPORT:
        take_export(state, index);
        break;
    case LIST_LOG:
        action_close(state);
        break;
    }
}
