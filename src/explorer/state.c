/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The state's beginnings and the questions that views ask of it.
 */
#include "explorer/state.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "adapter/method.h"
#include "base/text.h"
#include "spectrum/rank.h"

void state_init(struct state *state, const struct explorer_setup *setup)
{
    struct choice *choice = &state->choice;
    const char *model =
        setup->model != NULL ? setup->model : model_default_name();
    snprintf(choice->model, sizeof choice->model, "%s", model);
    snprintf(choice->class_name, sizeof choice->class_name, "%s",
             setup->class_name != NULL ? setup->class_name : "");
    snprintf(choice->source, sizeof choice->source, "%s",
             setup->spectrum.source);
    choice->seed = setup->spectrum.seed;
    choice->transformers = setup->transformers;
    choice->has_dtype = setup->has_dtype;
    choice->adapter = setup->adapter;
    choice->training = setup->training;
    state->settled = *choice;
    state->first_model = model;
    state->first_source = setup->spectrum.source;
    state->spectrum_rows = setup->spectrum.rows;
    state->spectrum_cols = setup->spectrum.cols;
    state->units = setup->units;
    state->folded[ROLE_VISION] = true;
    state->rows = 24;
    state->cols = 80;
    state->page = 9;
}

void state_say(struct state *state, enum severity severity, const char *format,
               ...)
{
    char raw[MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(raw, sizeof raw, format, arguments);
    va_end(arguments);
    text_sanitize(state->message, sizeof state->message, raw);
    state->severity = severity;
    if (state->log_count == LOG_MOST) {
        memmove(state->log, state->log + 1,
                (LOG_MOST - 1) * sizeof *state->log);
        state->log_count--;
    }
    struct log_line *line = &state->log[state->log_count++];
    line->severity = severity;
    memcpy(line->text, state->message, sizeof line->text);
}

/* Rows, headings included, were no group folded by hand. */
static size_t rows_with_headings(const struct state *state)
{
    const struct targets *targets = &state->figures->targets;
    size_t count = 0;
    for (size_t i = 0; i < targets->count; i++) {
        const struct target_row *row = &targets->rows[i];
        count += row->heading || !state->folded[row->role];
    }
    return count;
}

/* Groups whose heading stays when the pane is low: it tells what the names
 * under it cannot (experts in each layer, another tower).
 */
static bool keeps_heading(enum module_role role)
{
    return role == ROLE_EXPERTS || role == ROLE_VISION || role == ROLE_OTHER;
}

bool state_row_visible(const struct state *state, size_t index)
{
    const struct target_row *row = &state->figures->targets.rows[index];
    if (!row->heading) {
        return !state->folded[row->role];
    }
    return state->folded[row->role] || keeps_heading(row->role) ||
           rows_with_headings(state) <= state->page;
}

size_t state_row_step(const struct state *state, size_t row, long distance)
{
    if (state->figures == NULL || state->figures->targets.count == 0) {
        return 0;
    }
    size_t count = state->figures->targets.count, at = row, found = row;
    bool down = distance >= 0;
    unsigned long left =
        down ? (unsigned long)distance : 0UL - (unsigned long)distance;
    while (left > 0) {
        if (down ? at + 1 >= count : at == 0) {
            break;
        }
        at = down ? at + 1 : at - 1;
        if (state_row_visible(state, at)) {
            found = at;
            left--;
        }
    }
    return found;
}

size_t state_visible_count(const struct state *state)
{
    if (state->figures == NULL) {
        return 0;
    }
    size_t count = 0;
    for (size_t i = 0; i < state->figures->targets.count; i++) {
        count += state_row_visible(state, i);
    }
    return count;
}

size_t state_visible_index(const struct state *state, size_t row)
{
    size_t index = 0;
    for (size_t i = 0; i < row; i++) {
        index += state_row_visible(state, i);
    }
    return index;
}

const struct target_row *state_row(const struct state *state)
{
    if (state->figures == NULL ||
        state->cursor >= state->figures->targets.count) {
        return NULL;
    }
    return &state->figures->targets.rows[state->cursor];
}

uint64_t state_trainable(const struct state *state)
{
    return state->figures != NULL ? state->figures->count.trainable : 0;
}

bool state_has_rank(const struct state *state)
{
    const struct method *method = state->choice.adapter.method;
    return method != NULL && method->rank_key != NULL &&
           state->choice.adapter.rank > 0;
}

bool state_has_alpha(const struct state *state)
{
    const struct method *method = state->choice.adapter.method;
    return method != NULL && method->alpha_key != NULL;
}

uint64_t state_cut(const struct state *state)
{
    const struct figures *figures = state->figures;
    bool cuts = figures != NULL && !figures->refused &&
                figures->count.matched > 0 && state_has_rank(state) &&
                state->choice.adapter.method->low_rank;
    return cuts ? state->choice.adapter.rank : 0;
}

void state_uncut(const struct state *state, bool brief, char *out, size_t size)
{
    const struct method *method = state->choice.adapter.method;
    const struct figures *figures = state->figures;
    const char *rank = brief                   ? ""
                       : state_has_rank(state) ? ": its rank says nothing here"
                                               : ": there is no rank to cut at";
    out[0] = '\0';
    if (figures == NULL) {
        snprintf(out, size, "no model is loaded");
    } else if (figures->refused) {
        snprintf(out, size, "PEFT refuses this: nothing is kept");
    } else if (method->reach == REACH_PROMPT) {
        snprintf(out, size, "%s changes no weight%s", method->label, rank);
    } else if (figures->count.matched == 0) {
        snprintf(out, size, "nothing is adapted: nothing is kept");
    } else if (!method->low_rank) {
        snprintf(out, size, "%s trains %s%s", method->label,
                 method->trains != NULL ? method->trains : "something else",
                 rank);
    }
}

bool state_hint(const struct state *state, bool brief, char *out, size_t size)
{
    const struct figures *figures = state->figures;
    const struct adapter_settings *adapter = &state->choice.adapter;
    const char *why = figures->problem.message;
    bool named = adapter->mode == TARGET_LIST || adapter->mode == TARGET_REGEX;
    out[0] = '\0';
    if (!figures->refused) {
        return false;
    }
    if (figures->missing[0] != '\0') {
        int key = (int)strcspn(figures->missing, "=");
        snprintf(out, size,
                 brief ? "%sF types %.*s" : "%s needs %.*s: F types it",
                 brief ? "" : adapter->method->label, key, figures->missing);
    } else if (named && strncmp(why, "no module", 9) == 0) {
        snprintf(out, size, "%s",
                 brief ? "no such target: D default, L all"
                       : "none of the targets is here: D takes PEFT's "
                         "default, L all-linear");
    } else if (strstr(why, "--peft") != NULL) {
        snprintf(out, size,
                 brief ? "V switches to a PEFT with %s"
                       : "this release has no %s: V switches to the "
                         "one that has",
                 adapter->method->label);
    }
    return out[0] != '\0';
}

uint64_t state_rank_most(const struct state *state)
{
    uint64_t most =
        state->figures != NULL ? state->figures->targets.rank_most : 0;
    return most > 0 ? most : RANK_MOST;
}

const char *state_class(const struct state *state)
{
    return state->model != NULL ? state->model->inventory.class_name : "";
}

bool state_scaling(const struct state *state, double *scaling)
{
    if (state->figures == NULL || !state_has_alpha(state)) {
        return false;
    }
    const struct count *count = &state->figures->count;
    for (size_t i = 0; i < count->row_count; i++) {
        const struct count_row *row = &count->rows[i];
        if (row->matched && !row->own_rank && !row->own_alpha) {
            *scaling = row->scaling;
            return true;
        }
    }
    return false;
}

char *state_bytes(const struct state *state, char out[UNITS_SIZE],
                  uint64_t bytes)
{
    if (!state->exact) {
        return units_bytes(out, bytes, state->units);
    }
    char number[UNITS_SIZE];
    units_count(number, bytes);
    snprintf(out, UNITS_SIZE, "%.*s B", UNITS_SIZE - 3, number);
    return out;
}

char *state_bytes_delta(const struct state *state, char out[UNITS_SIZE],
                        uint64_t a, uint64_t b)
{
    char number[UNITS_SIZE];
    state_bytes(state, number, b >= a ? b - a : a - b);
    snprintf(out, UNITS_SIZE, "%s%.*s", b >= a ? "+" : "-", UNITS_SIZE - 2,
             number);
    return out;
}

size_t state_warnings(const struct state *state)
{
    return state->figures != NULL ? state->figures->count.warning_count : 0;
}

size_t state_notes(const struct state *state)
{
    bool problem =
        state->figures != NULL && state->figures->problem.code != ERROR_NONE;
    return (size_t)problem + state_warnings(state) + state->log_count;
}

const char *state_note(const struct state *state, size_t index, bool *standing)
{
    size_t standing_count = state_notes(state) - state->log_count;
    *standing = index < standing_count;
    if (!*standing) {
        return state->log[state->log_count - 1 - (index - standing_count)].text;
    }
    if (state->figures->problem.code != ERROR_NONE) {
        if (index == 0) {
            return state->figures->problem.message;
        }
        index--;
    }
    return state->figures->count.warnings[index];
}

bool state_kept(const struct state *state, double *energy, double *error)
{
    const struct spectrum *spectrum = state->spectrum;
    uint64_t rank = state_cut(state);
    if (spectrum == NULL || rank == 0) {
        return false;
    }
    size_t k = rank < spectrum->count ? (size_t)rank : spectrum->count;
    *energy = rank_energy(spectrum->sigma, spectrum->count, k);
    *error = rank_truncation_error(spectrum->sigma, spectrum->count, k);
    return true;
}
