/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ledger: bytes between the steps of training, the adapter against full.
 */
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "tui/view.h"

/* A colour and, for those who see none, a glyph of its own. */
static const enum style styles[LEDGER_LINES] = {
    [LEDGER_FROZEN] = STYLE_WEIGHTS,
    [LEDGER_ADAPTERS] = STYLE_ADAPTERS,
    [LEDGER_GRADIENTS] = STYLE_GRADIENTS,
    [LEDGER_OPTIMIZER] = STYLE_OPTIMIZER,
};
static const char *const glyphs[LEDGER_LINES] = {
    [LEDGER_FROZEN] = "\u2588",
    [LEDGER_ADAPTERS] = "\u2593",
    [LEDGER_GRADIENTS] = "\u2592",
    [LEDGER_OPTIMIZER] = "\u2591",
};

static const char *line_label(const struct state *state,
                              enum ledger_line_kind line)
{
    switch (line) {
    case LEDGER_FROZEN:
        return "weights";
    case LEDGER_ADAPTERS:
        return "adapters";
    case LEDGER_GRADIENTS:
        return "gradients";
    case LEDGER_OPTIMIZER:
        break;
    }
    const struct optimizer *optimizer = state->choice.training.optimizer;
    return optimizer != NULL ? optimizer->label : "optimizer";
}

/* The parts of a sum side by side; WHOLE is as long as the bar may be. */
static void stacked_bar(const struct pen *pen, int y, int x, int cols,
                        const uint64_t bytes[LEDGER_LINES], uint64_t whole)
{
    double sum = 0;
    int at = 0;
    for (size_t i = 0; i < LEDGER_LINES && whole > 0; i++) {
        sum += (double)bytes[i];
        int end = (int)(sum / (double)whole * cols + 0.5);
        if (bytes[i] > 0 && end <= at) {
            end = at + 1; /* something is never nothing */
        }
        end = end < cols ? end : cols;
        pen_fill(pen, y, x + at, end - at, styles[i], glyphs[i]);
        at = end > at ? end : at;
    }
}

struct columns {
    int name, lora, full; /* widths */
};

static void put_line(const struct pen *pen, const struct state *state,
                     const struct columns *columns, struct rect area, int y,
                     enum ledger_line_kind line)
{
    const struct ledger *ledger = &state->figures->ledger;
    char number[UNITS_SIZE];
    int x = area.x;
    pen_text(pen, y, x, 1, styles[line], glyphs[line]);
    pen_text(pen, y, x + 2, columns->name - 2, STYLE_PLAIN,
             line_label(state, line));
    x += columns->name;
    pen_right(pen, y, x, columns->lora, STYLE_PLAIN,
              ledger->bytes[line] > 0
                  ? state_bytes(state, number, ledger->bytes[line])
                  : "\u00b7");
    x += columns->lora;
    pen_right(pen, y, x, columns->full, STYLE_PLAIN,
              ledger->full[line] > 0
                  ? state_bytes(state, number, ledger->full[line])
                  : "\u00b7");
}

static void put_sums(const struct pen *pen, const struct state *state,
                     const struct columns *columns, struct rect area, int y)
{
    const struct ledger *ledger = &state->figures->ledger;
    char number[UNITS_SIZE];
    bool changed = state->has_before && state->before_total != ledger->total;
    pen_text(pen, y, area.x + 2, columns->name - 2, STYLE_BOLD, "total");
    pen_right(pen, y, area.x + columns->name, columns->lora,
              changed ? STYLE_ACCENT : STYLE_BOLD,
              state_bytes(state, number, ledger->total));
    pen_right(pen, y, area.x + columns->name + columns->lora, columns->full,
              STYLE_BOLD, state_bytes(state, number, ledger->full_total));
}

static void put_bars(const struct pen *pen, const struct state *state,
                     struct rect area)
{
    const struct ledger *ledger = &state->figures->ledger;
    uint64_t whole =
        ledger->full_total > ledger->total ? ledger->full_total : ledger->total;
    int cols = area.cols - 8 < 60 ? area.cols - 8 : 60;
    pen_text(pen, area.y, area.x, 7, STYLE_PLAIN, "adapter");
    stacked_bar(pen, area.y, area.x + 8, cols, ledger->bytes, whole);
    pen_text(pen, area.y + 1, area.x, 7, STYLE_PLAIN, "full");
    stacked_bar(pen, area.y + 1, area.x + 8, cols, ledger->full, whole);
}

static void put_saving(const struct pen *pen, const struct state *state,
                       struct rect area)
{
    const struct ledger *ledger = &state->figures->ledger;
    char share[UNITS_SIZE], saved[UNITS_SIZE];
    if (ledger->full_total == 0 || ledger->total > ledger->full_total) {
        return;
    }
    view_share(share, (double)ledger->total / (double)ledger->full_total);
    state_bytes(state, saved, ledger->full_total - ledger->total);
    pen_format(pen, area.y, area.x, area.cols, STYLE_DIM,
               "%s of full, saves %s", share, saved);
}

void view_memory(const struct pen *pen, const struct state *state,
                 struct rect area, bool focused)
{
    if (area.rows < 1 || state->figures == NULL) {
        return;
    }
    if (!state->figures->has_ledger) {
        return;
    }
    if (area.rows < 4) {
        put_saving(pen, state, area);
        return;
    }
    pen_rule(pen, area.y, area.x, area.cols,
             area.cols >= 60 ? "memory between steps, without activations"
                             : "memory, no activations",
             "exact", focused);
    bool broad = area.cols >= 44;
    struct columns columns = {broad ? 16 : 12, broad ? 22 : 14,
                              broad ? 22 : 14};
    if (area.cols < columns.name + columns.lora + columns.full) {
        columns.lora = columns.full = (area.cols - columns.name) / 2;
    }
    bool roomy = area.rows >= 10;
    int y = area.y + 1, end = area.y + area.rows;
    if (area.rows >= 7) {
        pen_right(pen, y, area.x + columns.name, columns.lora, STYLE_DIM,
                  "adapter");
        pen_right(pen, y, area.x + columns.name + columns.lora, columns.full,
                  STYLE_DIM, "full");
        y++;
    }
    for (size_t i = 0; i < LEDGER_LINES && y < end - 1; i++, y++) {
        put_line(pen, state, &columns, area, y, (enum ledger_line_kind)i);
    }
    put_sums(pen, state, &columns, area, y);
    if (roomy) {
        put_bars(pen, state, (struct rect){y + 2, area.x, 2, area.cols});
    }
    if (roomy && y + 5 < end) {
        put_saving(pen, state, (struct rect){y + 5, area.x, 1, area.cols});
    }
}
