/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The header: the model, the settings, the strip of ranks.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "tui/view.h"

static const char *optimizer_label(const struct state *state)
{
    const struct optimizer *optimizer = state->choice.training.optimizer;
    return optimizer != NULL ? optimizer->label : "none";
}

static void model_line(const struct pen *pen, const struct state *state,
                       struct rect area)
{
    const struct model *model = state->model;
    char name[96], type[48], about[256], number[UNITS_SIZE];
    text_sanitize(name, sizeof name, model != NULL ? model->name : "no model");
    int used = pen_text(pen, area.y, area.x, area.cols, STYLE_BOLD, name);
    if (model == NULL) {
        return;
    }
    char right[64];
    snprintf(right, sizeof right, "LoRA \u00b7 transformers %u \u00b7 PEFT %s",
             state->choice.transformers,
             peft_version_name(state->choice.adapter.peft));
    text_sanitize(type, sizeof type, model->inventory.model_type);
    snprintf(about, sizeof about,
             "%s \u00b7 %llu layers \u00b7 %s parameters \u00b7 %s", type,
             (unsigned long long)model->inventory.layers,
             units_count(number, model->inventory.parameters),
             model_dtype_name(state->choice.training.dtype));
    int at = used + 3;
    used = at + pen_text_if(pen, area.y, area.x + at, area.cols - at,
                            STYLE_PLAIN, about);
    int left = area.cols - used - 2;
    if (pen_columns(pen, right) <= left) {
        pen_right(pen, area.y, area.x + used, area.cols - used, STYLE_DIM,
                  right);
    } else if (left >= 4) {
        pen_right(pen, area.y, area.x + used, area.cols - used, STYLE_DIM,
                  "LoRA");
    }
}

enum { STRIP_ITEMS = 9 };

/* The powers of two around the rank, and the rank itself. */
static size_t strip_ranks(uint64_t rank, uint64_t ranks[STRIP_ITEMS])
{
    uint64_t first = 1;
    while (first * 16 < rank) {
        first *= 2;
    }
    size_t count = 0;
    for (uint64_t at = first; count + 1 < STRIP_ITEMS - 1; at *= 2) {
        if (rank < at && (count == 0 || ranks[count - 1] < rank)) {
            ranks[count++] = rank;
        }
        ranks[count++] = at;
    }
    return count;
}

static void rank_strip(const struct pen *pen, const struct state *state, int y,
                       int x, int cols)
{
    uint64_t rank = state->choice.adapter.rank, ranks[STRIP_ITEMS];
    size_t count = strip_ranks(rank, ranks);
    char items[STRIP_ITEMS][UNITS_SIZE + 2];
    int total = 0;
    for (size_t i = 0; i < count; i++) {
        bool now = ranks[i] == rank;
        snprintf(items[i], sizeof items[i], "%s%llu%s", now ? "[" : "",
                 (unsigned long long)ranks[i], now ? "]" : "");
        total += (int)strlen(items[i]) + 1;
    }
    while (count > 3 && total - 1 > cols && ranks[count - 1] != rank) {
        total -= (int)strlen(items[--count]) + 1;
    }
    int at = x + cols - total + 1;
    if (at < x) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        bool now = ranks[i] == rank;
        at += pen_text(pen, y, at, x + cols - at,
                       now ? STYLE_ACCENT : STYLE_DIM, items[i]) +
              1;
    }
}

static void settings_line(const struct pen *pen, const struct state *state,
                          struct rect area)
{
    const struct adapter_settings *adapter = &state->choice.adapter;
    char alpha[UNITS_SIZE], scaling[UNITS_SIZE];
    units_real(alpha, adapter->alpha);
    snprintf(scaling, sizeof scaling, "%.4g",
             adapter->alpha / (double)adapter->rank);
    int x = area.x, end = area.x + area.cols;
    x += pen_text(pen, area.y, x, end - x, STYLE_PLAIN, "rank ");
    x += pen_format(pen, area.y, x, end - x, STYLE_ACCENT, "\u25c2 %llu \u25b8",
                    (unsigned long long)adapter->rank);
    x += pen_format(pen, area.y, x, end - x, STYLE_PLAIN,
                    "   alpha %s   scaling \u03b1/r = %s   optimizer %s", alpha,
                    scaling, optimizer_label(state));
    rank_strip(pen, state, area.y, x + 3, end - x - 3);
}

static void short_settings(const struct pen *pen, const struct state *state,
                           struct rect area)
{
    char text[96], alpha[UNITS_SIZE];
    snprintf(text, sizeof text, "r \u25c2 %llu \u25b8  alpha %s",
             (unsigned long long)state->choice.adapter.rank,
             units_real(alpha, state->choice.adapter.alpha));
    int columns = pen_columns(pen, text);
    char name[96];
    text_sanitize(name, sizeof name,
                  state->model != NULL ? state->model->name : "no model");
    pen_text(pen, area.y, area.x, area.cols - columns - 2, STYLE_BOLD, name);
    pen_right(pen, area.y, area.x, area.cols, STYLE_ACCENT, text);
}

void view_header(const struct pen *pen, const struct state *state,
                 struct rect area)
{
    if (area.cols < LAYOUT_NORMAL_COLS) {
        short_settings(pen, state, area);
        if (area.rows > 1) {
            pen_format(pen, area.y + 1, area.x, area.cols, STYLE_DIM,
                       "%s \u00b7 %s",
                       model_dtype_name(state->choice.training.dtype),
                       optimizer_label(state));
        }
        return;
    }
    if (area.rows > 0) {
        model_line(pen, state, area);
    }
    if (area.rows > 1) {
        area.y++;
        settings_line(pen, state, area);
    }
    if (area.rows > 2) {
        pen_rule(pen, area.y + 1, area.x, area.cols, "", "", false);
    }
}
