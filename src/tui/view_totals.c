/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The totals: parameters and bytes, against full fine-tuning.
 */
#include <stdio.h>
#include <string.h>

#include "adapter/method.h"
#include "base/units.h"
#include "tui/view.h"

char *view_share(char out[UNITS_SIZE], double share)
{
    double percent = 100 * share;
    if (percent > 0 && percent < 0.5) {
        snprintf(out, UNITS_SIZE, "<1 %%");
        return out;
    }
    char number[UNITS_SIZE];
    units_fixed(number, percent, 0);
    snprintf(out, UNITS_SIZE, "%.*s %%", UNITS_SIZE - 3, number);
    return out;
}

char *view_percent(char out[UNITS_SIZE], double share)
{
    double percent = 100 * share;
    if (percent > 99.9 && percent < 100) {
        snprintf(out, UNITS_SIZE, percent < 99.995 ? "%.2f %%" : ">99.99 %%",
                 percent);
        return out;
    }
    snprintf(out, UNITS_SIZE, "%.1f %%", percent);
    return out;
}

/* BYTES in the unit that TOTAL is shown in, without its name, so that sums can
 * be followed by eye.
 */
static char *in_unit_of(const struct state *state, char out[UNITS_SIZE],
                        uint64_t total, uint64_t bytes)
{
    if (state->exact) {
        return units_count(out, bytes);
    }
    double step = state->units == UNITS_IEC ? 1024 : 1000, unit = 1;
    while ((double)total >= unit * step && unit < 1e18) {
        unit *= step;
    }
    return units_fixed(out, (double)bytes / unit, unit > 1 ? 2 : 0);
}

static const char *target_mode_text(const struct state *state)
{
    switch (state->choice.adapter.mode) {
    case TARGET_UNSET:
        /* Where PEFT has no default, a warning says what is shown. */
        return (&state->figures->count)->assumed_all_linear
                   ? "targets: all-linear"
                   : "targets: default";
    case TARGET_DEFAULT:
        return "targets: default";
    case TARGET_ALL_LINEAR:
        return "targets: all-linear";
    case TARGET_NONE:
        return "targets: none";
    case TARGET_LIST:
        return "targets: by name";
    case TARGET_REGEX:
        return "targets: a pattern";
    }
    return "";
}

/* Which release the figures are of, unless the header says so, or what they are
 * compared with.
 */
static void rule_tail(const struct state *state, bool told, char *out,
                      size_t size)
{
    const struct reference *marked = state->reference;
    out[0] = '\0';
    if (marked == NULL) {
        snprintf(out, told ? 1 : size, " \u00b7 transformers %u \u00b7 PEFT %s",
                 state->choice.transformers,
                 peft_version_name(state->choice.adapter.peft));
        return;
    }
    const struct adapter_settings *adapter = &marked->choice.adapter;
    int used = snprintf(out, size, " \u00b7 A: %s %s", marked->model,
                        adapter->method->label);
    bool ranked = adapter->method->rank_key != NULL && adapter->rank > 0;
    if (ranked && used > 0 && (size_t)used < size) {
        snprintf(out + used, size - (size_t)used, " r %llu",
                 (unsigned long long)adapter->rank);
    }
}

/* What trains beside the rows: copies of modules, biases, prompts. */
static void others_text(const struct state *state, char *out, size_t size)
{
    const struct targets *targets = &state->figures->targets;
    uint64_t rows = 0, all = state->figures->count.trainable;
    char number[UNITS_SIZE];
    for (size_t i = 0; i < targets->count; i++) {
        rows += targets->rows[i].heading ? 0 : targets->rows[i].trainable;
    }
    out[0] = '\0';
    if (rows < all) {
        snprintf(out, size, " + %s", units_count(number, all - rows));
    }
}

static void targets_rule(const struct pen *pen, const struct state *state,
                         struct rect area)
{
    char left[400], number[UNITS_SIZE], place[64], tail[192], other[64];
    bool told = view_header_tells_releases(pen, state, area.cols);
    rule_tail(state, told, tail, sizeof tail);
    others_text(state, other, sizeof other);
    snprintf(left, sizeof left, "%s \u00b7 %s modules%s%s",
             target_mode_text(state),
             units_count(number, state->figures->count.matched), other, tail);
    size_t count = state_visible_count(state);
    snprintf(place, sizeof place, "%zu of %zu",
             count == 0 ? 0 : state_visible_index(state, state->cursor) + 1,
             count);
    pen_rule(pen, area.y, area.x, area.cols, left,
             count > state->page ? place : "", false);
}

static void percent_text(const struct state *state, char *out, size_t size)
{
    const struct count *count = &state->figures->count;
    char percent[UNITS_SIZE], all[UNITS_SIZE];
    snprintf(out, size, "%s %% of %s",
             units_fixed(percent, count_percent(count), 4),
             units_count(all, count->all));
}

/* "A +2,097,152  all +2,097,152": against the marked choice. */
static void against_text(const struct state *state, char *out, size_t size)
{
    const struct reference *marked = state->reference;
    const struct count *count = &state->figures->count;
    char trainable[UNITS_SIZE], all[UNITS_SIZE];
    snprintf(out, size, "A %s  all %s",
             units_delta(trainable, marked->trainable, count->trainable),
             units_delta(all, marked->all, count->all));
}

/* "A +26.00 MiB  file +13.00 MiB" */
static void against_bytes(const struct state *state, char *out, size_t size)
{
    const struct reference *marked = state->reference;
    const struct figures *figures = state->figures;
    char states[UNITS_SIZE] = "?", file[UNITS_SIZE] = "?";
    if (marked->has_states && figures->has_ledger) {
        state_bytes_delta(state, states, marked->states, figures->ledger.total);
    }
    if (marked->has_file && figures->has_file) {
        state_bytes_delta(state, file, marked->file_bytes, figures->file_bytes);
    }
    snprintf(out, size, "A %s  file %s", states, file);
}

enum { NUMBER_END = 26 }; /* numbers of both lines end in this column */

static void trainable_line(const struct pen *pen, const struct state *state,
                           struct rect area)
{
    const struct count *count = &state->figures->count;
    bool changed =
        state->has_before && state->before_trainable != count->trainable;
    enum style style = changed ? STYLE_CHANGED : STYLE_PLAIN;
    char number[UNITS_SIZE], text[128];
    int end = area.x + area.cols;
    pen_text(pen, area.y, area.x, area.cols, STYLE_PLAIN, "trainable");
    pen_right(pen, area.y, area.x + 9, NUMBER_END - 9, STYLE_BOLD,
              units_count(number, count->trainable));
    int x = area.x + NUMBER_END;
    if (changed) {
        units_delta(number, state->before_trainable, count->trainable);
        x +=
            1 + pen_text(pen, area.y, x + 1, end - x - 1, STYLE_ACCENT, number);
    }
    if (state->reference != NULL) {
        against_text(state, text, sizeof text);
        x += 3 + pen_text(pen, area.y, x + 3, end - x - 3, STYLE_ACCENT, text);
    }
    percent_text(state, text, sizeof text);
    int used = pen_text_if(pen, area.y, x + 3, end - x - 3, style, text);
    if (used == 0) { /* at least the share */
        text[strcspn(text, "%") + 1] = '\0';
        used = pen_text_if(pen, area.y, x + 3, end - x - 3, style, text);
    }
    x += used > 0 ? used + 3 : 0;
    snprintf(text, sizeof text, "full %s", units_count(number, count->base));
    if (pen_columns(pen, text) + 2 <= end - x) {
        pen_right(pen, area.y, x, end - x, STYLE_DIM, text);
    }
}

static const char *states_name(const struct state *state)
{
    const struct optimizer *optimizer = state->choice.training.optimizer;
    return optimizer != NULL ? optimizer->label : "optimizer";
}

static void states_line(const struct pen *pen, const struct state *state,
                        struct rect area)
{
    const struct ledger *ledger = &state->figures->ledger;
    bool changed = state->has_before && state->before_total != ledger->total;
    enum style style = changed ? STYLE_CHANGED : STYLE_PLAIN;
    char number[UNITS_SIZE], other[UNITS_SIZE], text[160];
    int end = area.x + area.cols, x = area.x + NUMBER_END;
    pen_text(pen, area.y, area.x, area.cols, STYLE_PLAIN, "states");
    if (!state->figures->has_ledger) {
        pen_text(pen, area.y, x - 8, end - x + 8, STYLE_WARNING,
                 "too many bytes to count");
        return;
    }
    pen_right(pen, area.y, area.x + 7, NUMBER_END - 7, STYLE_BOLD,
              state_bytes(state, number, ledger->total));
    snprintf(text, sizeof text, "full %s",
             in_unit_of(state, number, ledger->total, ledger->full_total));
    int full = pen_columns(pen, text);
    pen_right(pen, area.y, x, end - x, STYLE_DIM, text);
    end -= full + 2;
    if (state->reference != NULL) {
        against_bytes(state, text, sizeof text);
        x += 3 + pen_text(pen, area.y, x + 3, end - x - 3, STYLE_ACCENT, text);
    }
    uint64_t added = ledger->total - ledger->bytes[LEDGER_FROZEN];
    snprintf(
        text, sizeof text, "weights %s  adapter+grad+%s %s",
        in_unit_of(state, number, ledger->total, ledger->bytes[LEDGER_FROZEN]),
        states_name(state), in_unit_of(state, other, ledger->total, added));
    if (pen_text_if(pen, area.y, x + 3, end - x - 3, style, text) == 0) {
        snprintf(text, sizeof text, "weights %s  rest %s", number, other);
        pen_text_if(pen, area.y, x + 3, end - x - 3, style, text);
    }
}

static void small_totals(const struct pen *pen, const struct state *state,
                         struct rect area)
{
    const struct count *count = &state->figures->count;
    const struct ledger *ledger = &state->figures->ledger;
    char number[UNITS_SIZE], text[96];
    bool changed =
        state->has_before && state->before_trainable != count->trainable;
    int used =
        pen_format(pen, area.y, area.x, area.cols, STYLE_BOLD, "trainable %s",
                   units_count(number, count->trainable));
    if (changed) {
        units_delta(text, state->before_trainable, count->trainable);
    } else {
        units_fixed(number, count_percent(count), 4);
        snprintf(text, sizeof text, "%s %%", number);
    }
    if (state->reference != NULL) {
        snprintf(
            text, sizeof text, "A %s",
            units_delta(number, state->reference->trainable, count->trainable));
    }
    pen_right(pen, area.y, area.x + used + 1, area.cols - used - 1,
              changed ? STYLE_ACCENT : STYLE_PLAIN, text);
    if (!state->figures->has_ledger) {
        pen_text(pen, area.y + 1, area.x, area.cols, STYLE_WARNING,
                 "states: too many bytes to count");
        return;
    }
    used = pen_format(pen, area.y + 1, area.x, area.cols, STYLE_PLAIN,
                      "states %s", state_bytes(state, number, ledger->total));
    snprintf(text, sizeof text, "full %s",
             state_bytes(state, number, ledger->full_total));
    if (state->reference != NULL && state->reference->has_states) {
        snprintf(text, sizeof text, "A %s",
                 state_bytes_delta(state, number, state->reference->states,
                                   ledger->total));
    }
    pen_right(pen, area.y + 1, area.x + used + 1, area.cols - used - 1,
              STYLE_DIM, text);
}

void view_totals(const struct pen *pen, const struct state *state,
                 struct rect area)
{
    if (state->figures == NULL) {
        return;
    }
    if (area.rows < 3) {
        small_totals(pen, state, area);
        return;
    }
    targets_rule(pen, state, area);
    area.y++;
    trainable_line(pen, state, area);
    area.y++;
    states_line(pen, state, area);
}
