/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pairs of settings, totals and rows.
 */
#include "explorer/compare.h"

#include <stdio.h>
#include <string.h>

#include "adapter/method.h"
#include "base/text.h"
#include "base/units.h"

enum compare_line {
    LINE_TRAINABLE,
    LINE_ALL,
    LINE_FILE,
    LINE_STATES,
    LINE_MODEL,
    LINE_CLASS,
    LINE_METHOD,
    LINE_RANK,
    LINE_ALPHA,
    LINE_TARGETS,
    LINE_FIELDS,
    LINE_LAYOUT,
};
enum { LINES = LINE_LAYOUT + 1 };

static const char *const line_names[LINES] = {
    [LINE_TRAINABLE] = "trainable", [LINE_ALL] = "all parameters",
    [LINE_FILE] = "adapter file",   [LINE_STATES] = "states",
    [LINE_MODEL] = "model",         [LINE_CLASS] = "class",
    [LINE_METHOD] = "method",       [LINE_RANK] = "rank",
    [LINE_ALPHA] = "alpha",         [LINE_TARGETS] = "targets",
    [LINE_FIELDS] = "other fields", [LINE_LAYOUT] = "layout",
};

/* One row of either side; NULL where a side lacks it. */
struct pair {
    const struct target_row *a, *b;
};

static bool alike(const struct target_row *a, const struct target_row *b)
{
    return a->heading == b->heading && a->role == b->role &&
           strcmp(a->label, b->label) == 0;
}

/* The row of OTHERS that stands for ROW of TARGETS: of several that are called
 * alike, the one in the same place among them.
 */
static const struct target_row *find_twin(const struct targets *targets,
                                          size_t row,
                                          const struct targets *others)
{
    const struct target_row *wanted = &targets->rows[row];
    size_t before = 0;
    for (size_t i = 0; i < row; i++) {
        before += alike(&targets->rows[i], wanted);
    }
    for (size_t i = 0; i < others->count; i++) {
        if (alike(&others->rows[i], wanted) && before-- == 0) {
            return &others->rows[i];
        }
    }
    return NULL;
}

static size_t lonely_count(const struct state *state)
{
    const struct targets *marked = &state->reference->targets;
    size_t count = 0;
    for (size_t i = 0; i < marked->count; i++) {
        count += find_twin(marked, i, &state->figures->targets) == NULL;
    }
    return count;
}

size_t compare_count(const struct state *state)
{
    if (state->reference == NULL || state->figures == NULL) {
        return 0;
    }
    return LINES + state->figures->targets.count + lonely_count(state);
}

size_t compare_row(const struct state *state, size_t index)
{
    bool row = index >= LINES && state->figures != NULL &&
               index - LINES < state->figures->targets.count;
    return row ? index - LINES : SIZE_MAX;
}

/* The rows of the present choice, then those that only the marked one has. */
static struct pair find_pair(const struct state *state, size_t index)
{
    const struct targets *marked = &state->reference->targets;
    const struct targets *present = &state->figures->targets;
    if (index < present->count) {
        return (struct pair){find_twin(present, index, marked),
                             &present->rows[index]};
    }
    size_t left = index - present->count;
    for (size_t i = 0; i < marked->count; i++) {
        if (find_twin(marked, i, present) == NULL && left-- == 0) {
            return (struct pair){&marked->rows[i], NULL};
        }
    }
    return (struct pair){NULL, NULL};
}

static void put(struct list_entry *entry, size_t cell, const char *text)
{
    text_sanitize(entry->cells[cell], LIST_CELL_SIZE, text);
}

/* ---- rows ------------------------------------------------------------------- */

static void rank_text(const struct target_row *row, char *out, size_t size)
{
    if (row == NULL || row->rank_low == 0) {
        snprintf(out, size, "\u00b7");
    } else if (row->rank_low == row->rank_high) {
        snprintf(out, size, "%llu", (unsigned long long)row->rank_low);
    } else {
        snprintf(out, size, "%llu\u2013%llu", (unsigned long long)row->rank_low,
                 (unsigned long long)row->rank_high);
    }
}

static void put_ranks(struct list_entry *entry, struct pair pair)
{
    char a[48], b[48], both[100];
    rank_text(pair.a, a, sizeof a);
    rank_text(pair.b, b, sizeof b);
    if (strcmp(a, b) == 0) {
        put(entry, COMPARE_RANK, a);
        return;
    }
    snprintf(both, sizeof both, "%s \u2192 %s", a, b);
    put(entry, COMPARE_RANK, both);
    entry->current = true;
}

static void put_numbers(struct list_entry *entry, uint64_t a, uint64_t b)
{
    char number[UNITS_SIZE];
    put(entry, COMPARE_A, a > 0 ? units_count(number, a) : "\u00b7");
    put(entry, COMPARE_B, b > 0 ? units_count(number, b) : "\u00b7");
    if (a != b) {
        put(entry, COMPARE_DELTA, units_delta(number, a, b));
        entry->current = true;
    }
}

static void row_entry(const struct state *state, size_t index,
                      struct list_entry *entry)
{
    struct pair pair = find_pair(state, index);
    const struct target_row *row = pair.b != NULL ? pair.b : pair.a;
    if (row == NULL) {
        return;
    }
    char name[LIST_CELL_SIZE];
    snprintf(name, sizeof name, "%s%s", row->heading ? "" : "  ", row->label);
    put(entry, COMPARE_NAME, name);
    put_ranks(entry, pair);
    put_numbers(entry, pair.a != NULL ? pair.a->trainable : 0,
                pair.b != NULL ? pair.b->trainable : 0);
}

/* ---- what was chosen, and the sums ------------------------------------------ */

static void setting_text(const struct choice *choice, enum compare_line line,
                         char *out, size_t size)
{
    const struct adapter_settings *settings = &choice->adapter;
    char number[UNITS_SIZE];
    const char *text = "\u00b7";
    switch (line) {
    case LINE_METHOD:
        text = settings->method->label;
        break;
    case LINE_RANK:
        snprintf(number, sizeof number, "%llu",
                 (unsigned long long)settings->rank);
        text = settings->method->rank_key != NULL && settings->rank > 0 ? number
                                                                        : text;
        break;
    case LINE_ALPHA:
        units_real(number, settings->alpha);
        text = settings->method->alpha_key != NULL ? number : text;
        break;
    case LINE_TARGETS:
        text = settings_targets_text(settings);
        break;
    case LINE_FIELDS:
        text = settings->fields[0] != '\0' ? settings->fields : text;
        break;
    case LINE_LAYOUT:
        snprintf(out, size, "tf %u, PEFT %s", choice->transformers,
                 peft_version_name(settings->peft));
        return;
    case LINE_MODEL:
    case LINE_CLASS:
    case LINE_TRAINABLE:
    case LINE_ALL:
    case LINE_FILE:
    case LINE_STATES:
        break;
    }
    snprintf(out, size, "%s", text);
}

static void put_texts(struct list_entry *entry, const char *a, const char *b)
{
    put(entry, COMPARE_A, a);
    put(entry, COMPARE_B, b);
    entry->current = strcmp(a, b) != 0;
}

static void setting_entry(const struct state *state, enum compare_line line,
                          struct list_entry *entry)
{
    char a[LIST_CELL_SIZE], b[LIST_CELL_SIZE];
    setting_text(&state->reference->choice, line, a, sizeof a);
    setting_text(&state->choice, line, b, sizeof b);
    put_texts(entry, a, b);
}

static void bytes_entry(const struct state *state, uint64_t a, uint64_t b,
                        struct list_entry *entry)
{
    char number[UNITS_SIZE];
    put(entry, COMPARE_A, state_bytes(state, number, a));
    put(entry, COMPARE_B, state_bytes(state, number, b));
    if (a != b) {
        put(entry, COMPARE_DELTA, state_bytes_delta(state, number, a, b));
        entry->current = true;
    }
}

static void totals_entry(const struct state *state, uint64_t a, uint64_t b,
                         struct list_entry *entry)
{
    char number[UNITS_SIZE];
    if (state->figures->refused) {
        put_texts(entry, units_count(number, a), "refused");
        return;
    }
    put_numbers(entry, a, b);
}

static void line_entry(const struct state *state, enum compare_line line,
                       struct list_entry *entry)
{
    const struct reference *marked = state->reference;
    const struct figures *figures = state->figures;
    char name[96];
    put(entry, COMPARE_NAME, line_names[line]);
    switch (line) {
    case LINE_TRAINABLE:
        totals_entry(state, marked->trainable, figures->count.trainable, entry);
        return;
    case LINE_ALL:
        totals_entry(state, marked->all, figures->count.all, entry);
        return;
    case LINE_FILE:
        if (marked->has_file && figures->has_file) {
            bytes_entry(state, marked->file_bytes, figures->file_bytes, entry);
        }
        return;
    case LINE_STATES:
        if (marked->has_states && figures->has_ledger) {
            bytes_entry(state, marked->states, figures->ledger.total, entry);
        }
        return;
    case LINE_MODEL:
        text_sanitize(name, sizeof name,
                      state->model != NULL ? state->model->name : "");
        put_texts(entry, marked->model, name);
        return;
    case LINE_CLASS:
        text_sanitize(name, sizeof name, state_class(state));
        put_texts(entry, marked->class_name, name);
        return;
    case LINE_METHOD:
    case LINE_RANK:
    case LINE_ALPHA:
    case LINE_TARGETS:
    case LINE_FIELDS:
    case LINE_LAYOUT:
        setting_entry(state, line, entry);
        return;
    }
}

void compare_entry(const struct state *state, size_t index,
                   struct list_entry *entry)
{
    memset(entry, 0, sizeof *entry);
    if (state->reference == NULL || state->figures == NULL) {
        return;
    }
    if (index < LINES) {
        line_entry(state, (enum compare_line)index, entry);
    } else {
        row_entry(state, index - LINES, entry);
    }
}
