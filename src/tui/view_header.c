/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The header: the model, the settings, the strip of ranks.
 */
#include <stdio.h>
#include <string.h>

#include "adapter/method.h"
#include "base/text.h"
#include "base/units.h"
#include "tui/view.h"

static const char *optimizer_label(const struct state *state)
{
    const struct optimizer *optimizer = state->choice.training.optimizer;
    return optimizer != NULL ? optimizer->label : "none";
}

/* What the model is, in COLS columns; less of it where they are few, "" where
 * there is room for nothing.
 */
static void about_text(const struct pen *pen, const struct state *state,
                       int cols, char *out, size_t size)
{
    const struct model *model = state->model;
    char type[96], number[UNITS_SIZE];
    const char *dtype = model_dtype_name(state->choice.training.dtype);
    bool other = state->choice.class_name[0] != '\0';
    text_sanitize(type, sizeof type,
                  other ? state_class(state) : model->inventory.model_type);
    units_count(number, model->inventory.parameters);
    snprintf(out, size, "%s \u00b7 %llu layers \u00b7 %s parameters \u00b7 %s",
             type, (unsigned long long)model->inventory.layers, number, dtype);
    if (other && pen_columns(pen, out) > cols) {
        snprintf(out, size, "%s \u00b7 %s parameters", type, number);
    }
    if (other && pen_columns(pen, out) > cols) {
        snprintf(out, size, "%s", type);
    }
    if (pen_columns(pen, out) > cols) {
        snprintf(out, size, "%s parameters \u00b7 %s", number, dtype);
    }
    out[0] = pen_columns(pen, out) > cols ? '\0' : out[0];
}

/* The parts of the first row, left to right. */
struct model_row {
    char name[96], about[256], right[96];
    int about_at, end; /* columns; where what is left of the row begins */
};

static void make_model_row(struct model_row *row, const struct pen *pen,
                           const struct state *state, int cols)
{
    const char *method = state->choice.adapter.method->label;
    text_sanitize(row->name, sizeof row->name, state->model->name);
    int name = pen_columns(pen, row->name);
    row->about_at = (name < cols ? name : cols) + 3;
    int least = pen_columns(pen, method) + 2;
    about_text(pen, state, cols - row->about_at - least, row->about,
               sizeof row->about);
    row->end = row->about_at + pen_columns(pen, row->about);
    snprintf(row->right, sizeof row->right,
             "%s \u00b7 transformers %u \u00b7 PEFT %s", method,
             state->choice.transformers,
             peft_version_name(state->choice.adapter.peft));
}

bool view_header_tells_releases(const struct pen *pen,
                                const struct state *state, int cols)
{
    struct model_row row;
    if (state->model == NULL || cols < LAYOUT_NORMAL_COLS) {
        return false;
    }
    make_model_row(&row, pen, state, cols);
    return pen_columns(pen, row.right) <= cols - row.end - 2;
}

static void model_line(const struct pen *pen, const struct state *state,
                       struct rect area)
{
    struct model_row row;
    if (state->model == NULL) {
        pen_text(pen, area.y, area.x, area.cols, STYLE_BOLD, "no model");
        return;
    }
    make_model_row(&row, pen, state, area.cols);
    bool all = view_header_tells_releases(pen, state, area.cols);
    pen_text(pen, area.y, area.x, area.cols, STYLE_BOLD, row.name);
    pen_text(pen, area.y, area.x + row.about_at, area.cols - row.about_at,
             STYLE_PLAIN, row.about);
    pen_right(pen, area.y, area.x + row.end, area.cols - row.end, STYLE_DIM,
              all ? row.right : state->choice.adapter.method->label);
}

enum { STRIP_ITEMS = 9 };

/* The powers of two around the rank, up to MOST, and the rank itself. */
static size_t strip_ranks(uint64_t rank, uint64_t most,
                          uint64_t ranks[STRIP_ITEMS])
{
    uint64_t first = 1;
    while (first * 16 < rank) {
        first *= 2;
    }
    size_t count = 0;
    for (uint64_t at = first; at <= most && count + 1 < STRIP_ITEMS - 1;
         at *= 2) {
        if (rank < at && (count == 0 || ranks[count - 1] < rank)) {
            ranks[count++] = rank;
        }
        ranks[count++] = at;
    }
    if (count == 0 || ranks[count - 1] < rank) {
        ranks[count++] = rank;
    }
    return count;
}

static void rank_strip(const struct pen *pen, const struct state *state, int y,
                       int x, int cols)
{
    uint64_t rank = state->choice.adapter.rank, ranks[STRIP_ITEMS];
    size_t count = strip_ranks(rank, state_rank_most(state), ranks);
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

/* "alpha 16   scaling \u03b1/r = 2", as far as the method has these. */
static void alpha_text(const struct state *state, char *out, size_t size)
{
    const struct adapter_settings *adapter = &state->choice.adapter;
    char alpha[UNITS_SIZE];
    double scaling, plain = adapter->alpha / (double)adapter->rank;
    out[0] = '\0';
    if (!state_has_alpha(state)) {
        return;
    }
    units_real(alpha, adapter->alpha);
    if (!state_scaling(state, &scaling)) {
        snprintf(out, size, "   alpha %s", alpha);
        return;
    }
    bool same = state_has_rank(state) && scaling < plain * 1.0000001 &&
                scaling > plain * 0.9999999;
    snprintf(out, size, "   alpha %s   scaling%s = %.4g", alpha,
             same ? " \u03b1/r" : "", scaling);
}

static void settings_line(const struct pen *pen, const struct state *state,
                          struct rect area)
{
    char alpha[UNITS_SIZE + 64];
    int x = area.x, end = area.x + area.cols;
    bool ranked = state_has_rank(state);
    x += pen_text(pen, area.y, x, end - x, STYLE_PLAIN, "rank ");
    if (ranked) {
        x += pen_format(pen, area.y, x, end - x, STYLE_ACCENT,
                        "\u25c2 %llu \u25b8",
                        (unsigned long long)state->choice.adapter.rank);
    } else {
        x += pen_text(pen, area.y, x, end - x, STYLE_DIM, "\u00b7");
    }
    alpha_text(state, alpha, sizeof alpha);
    x += pen_format(pen, area.y, x, end - x, STYLE_PLAIN, "%s   optimizer %s",
                    alpha, optimizer_label(state));
    if (ranked) {
        rank_strip(pen, state, area.y, x + 3, end - x - 3);
    }
}

/* "r < 8 >  alpha 16", with the method where it is not LoRA. */
static void short_text(const struct state *state, char *out, size_t size)
{
    const struct method *method = state->choice.adapter.method;
    char rank[48] = "", alpha[UNITS_SIZE + 16] = "", number[UNITS_SIZE];
    if (state_has_rank(state)) {
        snprintf(rank, sizeof rank, "r \u25c2 %llu \u25b8",
                 (unsigned long long)state->choice.adapter.rank);
    }
    bool plain = method == &method_table[0];
    if (plain) {
        snprintf(alpha, sizeof alpha, "  alpha %s",
                 units_real(number, state->choice.adapter.alpha));
    }
    snprintf(out, size, "%s%s%s%s", plain ? "" : method->label,
             plain || rank[0] == '\0' ? "" : "  ", rank, alpha);
}

static void short_settings(const struct pen *pen, const struct state *state,
                           struct rect area)
{
    char text[160];
    short_text(state, text, sizeof text);
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
