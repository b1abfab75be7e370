/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Energy kept against parameters paid: what the rank is about.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "spectrum/rank.h"
#include "tui/view.h"
#include "tui/view_plot.h"

/* The curve's point of the current rank; curve_count when there is none. */
static size_t current_point(const struct state *state)
{
    size_t i = 0;
    while (i < state->curve_count &&
           state->curve[i].rank != state->choice.adapter.rank) {
        i++;
    }
    return i;
}

/* 3,407,872 as "3.4M": for the axis only, the exact number stands below. */
static char *short_count(char out[UNITS_SIZE], uint64_t value)
{
    static const char units[] = " kMBT";
    double scaled = (double)value;
    size_t unit = 0;
    while (scaled >= 999.5 && unit + 1 < sizeof units - 1) {
        scaled /= 1000;
        unit++;
    }
    int decimals = unit > 0 && scaled < 99.95 ? 1 : 0;
    char number[UNITS_SIZE];
    units_fixed(number, scaled, decimals);
    snprintf(out, UNITS_SIZE, "%.*s%.*s", UNITS_SIZE - 2, number,
             unit > 0 ? 1 : 0, units + unit);
    return out;
}

/* Parameters under the curve, as many as fit. */
static void put_axis(const struct pen *pen, const struct state *state, int y,
                     int x, int cols)
{
    enum { GUTTER = 5 };
    double from = log((double)state->curve[0].params);
    double to = log((double)state->curve[state->curve_count - 1].params);
    int free_from = 0, width = cols - GUTTER - 1;
    for (size_t i = 0; i < state->curve_count && to > from; i++) {
        char text[UNITS_SIZE];
        short_count(text, state->curve[i].params);
        double along =
            (log((double)state->curve[i].params) - from) / (to - from);
        int length = (int)strlen(text);
        int at = GUTTER + (int)lround(along * width) - length / 2;
        at = at + length > cols ? cols - length : at < 0 ? 0 : at;
        bool power = (state->curve[i].rank & (state->curve[i].rank - 1)) == 0;
        if (power && at >= free_from) {
            pen_text(pen, y, x + at, length, STYLE_DIM, text);
            free_from = at + length + 2;
        }
    }
}

/* What the next rank would add. */
static void margin_text(const struct state *state, char *out, size_t size)
{
    uint64_t rank = state->choice.adapter.rank;
    const struct spectrum *spectrum = state->spectrum;
    char number[UNITS_SIZE];
    out[0] = '\0';
    if (state->figures == NULL) {
        return;
    }
    if (rank >= spectrum->count) {
        snprintf(out, size, "the sample has no more to keep");
        return;
    }
    double more =
        rank_energy(spectrum->sigma, spectrum->count, (size_t)rank + 1) -
        rank_energy(spectrum->sigma, spectrum->count, (size_t)rank);
    snprintf(out, size, "one rank more: +%.2g %% for +%s", 100 * more,
             units_count(number, curve_growing(&state->figures->count) / rank));
}

static void put_text(const struct pen *pen, const struct state *state,
                     struct rect area)
{
    double energy, error;
    char number[UNITS_SIZE], text[128], share[UNITS_SIZE];
    if (!state_kept(state, &energy, &error)) {
        view_uncut(pen, state, area.y, area.x, area.cols);
        return;
    }
    int used = pen_format(pen, area.y, area.x, area.cols, STYLE_BOLD,
                          "%s parameters keep %s",
                          units_count(number, state_trainable(state)),
                          view_percent(share, energy));
    margin_text(state, text, sizeof text);
    if (area.rows > 1) {
        pen_text(pen, area.y + 1, area.x, area.cols, STYLE_PLAIN, text);
    } else if (used + 3 + pen_columns(pen, text) <= area.cols) {
        pen_format(pen, area.y, area.x + used, area.cols - used, STYLE_PLAIN,
                   " \u00b7 %s", text);
    }
}

static void draw_plot(const struct pen *pen, const struct state *state,
                      struct rect area)
{
    double x[CURVE_MOST], y[CURVE_MOST];
    for (size_t i = 0; i < state->curve_count; i++) {
        x[i] = (double)state->curve[i].params;
        y[i] = state->curve[i].energy;
    }
    struct raster raster;
    raster_init(&raster, area.rows, area.cols);
    const struct plot_options options = {.ascii = !pen->theme->utf8,
                                         .log_x = true};
    size_t marker = plot_curve(&raster.plot, x, y, state->curve_count,
                               current_point(state), &options);
    raster_draw(pen, &raster, area.y, area.x, marker);
}

void view_curve(const struct pen *pen, const struct state *state,
                struct rect area, bool focused)
{
    if (area.rows <= 0) {
        return;
    }
    if (area.rows < 4) {
        put_text(pen, state, area);
        return;
    }
    pen_rule(pen, area.y, area.x, area.cols,
             area.cols >= 60 ? "energy kept against parameters paid"
                             : "energy against parameters",
             "params log", focused);
    if (state->spectrum == NULL || state->curve_count < 2) {
        if (view_uncut(pen, state, area.y + 1, area.x, area.cols) == 0) {
            pen_text(pen, area.y + 1, area.x, area.cols, STYLE_DIM,
                     "waiting for the spectrum\u2026");
        }
        return;
    }
    int text_rows = area.rows >= 8 || area.cols < LAYOUT_NORMAL_COLS ? 2 : 1;
    text_rows = area.rows >= 6 ? text_rows : 1;
    int plot_rows = area.rows - 2 - text_rows;
    draw_plot(pen, state,
              (struct rect){area.y + 1, area.x, plot_rows, area.cols});
    int below = plot_rows < RASTER_ROWS ? plot_rows : RASTER_ROWS;
    put_axis(pen, state, area.y + 1 + below, area.x,
             area.cols < RASTER_COLS ? area.cols : RASTER_COLS);
    put_text(pen, state,
             (struct rect){area.y + area.rows - text_rows, area.x, text_rows,
                           area.cols});
}
