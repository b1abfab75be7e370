/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The totals: parameters and bytes, against full fine-tuning.
 */
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "tui/view.h"

char *view_bytes(const struct state *state, char out[UNITS_SIZE],
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
    }
    return "";
}

static void targets_rule(const struct pen *pen, const struct state *state,
                         struct rect area)
{
    char left[96], number[UNITS_SIZE], place[64];
    snprintf(left, sizeof left, "%s \u00b7 %s modules", target_mode_text(state),
             units_count(number, state->figures->count.matched));
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
    percent_text(state, text, sizeof text);
    int used = pen_text_if(pen, area.y, x + 3, end - x - 3, style, text);
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
              view_bytes(state, number, ledger->total));
    snprintf(text, sizeof text, "full %s",
             in_unit_of(state, number, ledger->total, ledger->full_total));
    int full = pen_columns(pen, text);
    pen_right(pen, area.y, x, end - x, STYLE_DIM, text);
    end -= full + 2;
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
    pen_right(pen, area.y, area.x + used + 1, area.cols - used - 1,
              changed ? STYLE_ACCENT : STYLE_PLAIN, text);
    if (!state->figures->has_ledger) {
        pen_text(pen, area.y + 1, area.x, area.cols, STYLE_WARNING,
                 "states: too many bytes to count");
        return;
    }
    used = pen_format(pen, area.y + 1, area.x, area.cols, STYLE_PLAIN,
                      "states %s", view_bytes(state, number, ledger->total));
    snprintf(text, sizeof text, "full %s",
             view_bytes(state, number, ledger->full_total));
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
