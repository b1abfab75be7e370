/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The singular values of the sample, the rank as a cursor in them.
 *
 * Both axes are logarithmic, so a power law is a straight line and each
 * doubling of the rank is a step of the same width.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "tui/view.h"
#include "tui/view_plot.h"

enum { ENERGIES_COLS = 28 };

static const char *source_name(const struct state *state)
{
    const char *source = state->choice.source;
    return strncmp(source, "sample:", 7) == 0 ? source + 7 : source;
}

static void title_text(const struct state *state, char *out, size_t size)
{
    const struct spectrum *spectrum = state->spectrum;
    if (state->busy || spectrum == NULL) {
        snprintf(out, size, "\u0394W  %s \u00b7 %s %.0f %%", source_name(state),
                 state->busy ? "computing" : "nothing computed",
                 100 * state->progress);
        return;
    }
    char seed[UNITS_SIZE + 16] = "";
    if (source_name(state) != state->choice.source) {
        snprintf(seed, sizeof seed, " \u00b7 seed %llu",
                 (unsigned long long)state->choice.seed);
    }
    snprintf(out, size, "\u0394W  %s \u00b7 %zu \u00d7 %zu%s",
             source_name(state), spectrum->rows, spectrum->cols, seed);
}

static void put_title(const struct pen *pen, const struct state *state,
                      struct rect area, bool focused, bool estimates)
{
    char title[CHOICE_NAME_SIZE + 96], right[96] = "";
    const struct spectrum *spectrum = state->spectrum;
    title_text(state, title, sizeof title);
    if (spectrum != NULL && !state->busy && estimates) {
        snprintf(right, sizeof right, "stable %.1f \u00b7 effective %.1f",
                 spectrum->estimates.stable, spectrum->estimates.effective);
    } else if (spectrum != NULL && !state->busy) {
        snprintf(right, sizeof right, "%s, %.0f ms",
                 spectrum->driver != NULL ? spectrum->driver->name : "",
                 1000 * spectrum->seconds);
    }
    pen_rule(pen, area.y, area.x, area.cols, title, right, focused);
}

int view_uncut(const struct pen *pen, const struct state *state, int y, int x,
               int cols)
{
    char text[128];
    state_uncut(state, false, text, sizeof text);
    if (pen_columns(pen, text) > cols) {
        state_uncut(state, true, text, sizeof text);
    }
    return pen_text(pen, y, x, cols, STYLE_DIM, text);
}

static int put_kept(const struct pen *pen, const struct state *state, int y,
                    int x, int cols)
{
    double energy, error;
    if (!state_kept(state, &energy, &error)) {
        return view_uncut(pen, state, y, x, cols);
    }
    char share[UNITS_SIZE], text[160], rank[32], wrong[32];
    snprintf(rank, sizeof rank, "r = %llu ",
             (unsigned long long)state->choice.adapter.rank);
    snprintf(wrong, sizeof wrong, error > 0 && error < 0.0005 ? "%.1e" : "%.3f",
             error);
    view_percent(share, energy);
    snprintf(text, sizeof text, "%skeeps %s of the energy, error %s", rank,
             share, wrong);
    if (pen_columns(pen, text) > cols) {
        snprintf(text, sizeof text, "%skeeps %s, error %s", rank, share, wrong);
    }
    if (pen_columns(pen, text) > cols) {
        snprintf(text, sizeof text, "%s", share);
    }
    return pen_text(pen, y, x, cols, STYLE_BOLD, text);
}

static void put_energies(const struct pen *pen, const struct state *state,
                         int y, int x, int cols)
{
    const struct rank_estimates *e = &state->spectrum->estimates;
    char text[112];
    snprintf(text, sizeof text, " \u00b7 r90 %zu  r95 %zu  r99 %zu", e->r90,
             e->r95, e->r99);
    pen_text_if(pen, y, x, cols, STYLE_PLAIN, text);
}

static void put_more(const struct pen *pen, const struct state *state,
                     struct rect area, bool energies)
{
    const struct rank_estimates *e = &state->spectrum->estimates;
    char text[160];
    int used = 0;
    if (energies) { /* they did not fit into the row above */
        snprintf(text, sizeof text, "r90 %zu  r95 %zu  r99 %zu \u00b7 ", e->r90,
                 e->r95, e->r99);
        used = pen_text_if(pen, area.y, area.x, area.cols, STYLE_PLAIN, text);
    }
    snprintf(text, sizeof text,
             "stable rank %.1f  effective %.1f  \u03c3\u2081 %.3g", e->stable,
             e->effective, state->spectrum->sigma[0]);
    if (pen_columns(pen, text) > area.cols - used) {
        snprintf(text, sizeof text, "stable %.1f  eff %.1f", e->stable,
                 e->effective);
    }
    pen_text_if(pen, area.y, area.x + used, area.cols - used, STYLE_PLAIN,
                text);
}

/* Where the plot's data begin: behind the labels of its last row. */
static size_t data_start(const struct plot *plot)
{
    const struct plot_cell *last =
        plot->cells + (plot->height - 1) * plot->width;
    size_t col = 0;
    while (col < plot->width &&
           (last[col].role == PLOT_EMPTY || last[col].role == PLOT_LABEL)) {
        col++;
    }
    return col;
}

/* Ranks 1, 2, 4... under their bars, the current one in brackets. */
static void put_axis(const struct pen *pen, const struct state *state,
                     const struct plot *plot, size_t marker, int y, int x)
{
    size_t start = data_start(plot), count = state->spectrum->count;
    if (start + 8 > plot->width) {
        return;
    }
    bool marked = marker != PLOT_NOWHERE;
    double columns = (double)(plot->width - start - (marked ? 1 : 0));
    uint64_t rank = state_cut(state);
    char now[32];
    snprintf(now, sizeof now, "[%llu]", (unsigned long long)rank);
    int now_at = marked ? (int)marker - (int)strlen(now) / 2 : -100;
    int most = (int)plot->width - (int)strlen(now);
    now_at = now_at > most ? most : now_at < 0 && marked ? 0 : now_at;
    int now_end = now_at + (int)strlen(now), free_from = 0;
    for (uint64_t k = 1; k <= count; k *= 2) {
        char text[32];
        snprintf(text, sizeof text, "%llu", (unsigned long long)k);
        double middle =
            (log((double)k) + log((double)k + 1)) / 2 / log((double)count + 1);
        int at = (int)start + (int)(middle * columns);
        at += marked && at >= (int)marker ? 1 : 0;
        int end = at + (int)strlen(text);
        bool hidden = marked && end >= now_at && at <= now_end;
        if (!hidden && at >= free_from && end <= (int)plot->width) {
            pen_text(pen, y, x + at, end - at, STYLE_DIM, text);
            free_from = end + 1;
        }
    }
    if (marked) {
        pen_text(pen, y, x + now_at, (int)strlen(now), STYLE_ACCENT, now);
    }
}

static void draw_plot(const struct pen *pen, const struct state *state,
                      struct rect area, bool axis)
{
    struct raster raster;
    raster_init(&raster, area.rows - (axis ? 1 : 0), area.cols);
    if (raster.plot.height == 0 || raster.plot.width == 0) {
        return;
    }
    const struct spectrum *spectrum = state->spectrum;
    const struct plot_options options = {.ascii = !pen->theme->utf8,
                                         .log_x = true};
    size_t marker = plot_spectrum(&raster.plot, spectrum->sigma,
                                  spectrum->count, state_cut(state), &options);
    raster_draw(pen, &raster, area.y, area.x, marker);
    if (axis) {
        put_axis(pen, state, &raster.plot, marker,
                 area.y + (int)raster.plot.height, area.x);
    }
}

/* One row: a small plot and the two numbers that matter most. */
static void one_line(const struct pen *pen, const struct state *state,
                     struct rect area)
{
    int x = area.x +
            pen_text(pen, area.y, area.x, area.cols, STYLE_PLAIN, "\u0394W ");
    double energy, error;
    if (!state_kept(state, &energy, &error)) {
        if (state->spectrum != NULL) {
            view_uncut(pen, state, area.y, x, area.cols - 3);
        } else {
            pen_text(pen, area.y, x, area.cols - 3, STYLE_DIM,
                     state->busy ? "computing" : "nothing computed");
        }
        return;
    }
    char share[UNITS_SIZE], text[64];
    snprintf(text, sizeof text, " %s  r90 %zu", view_percent(share, energy),
             state->spectrum->estimates.r90);
    int columns = pen_columns(pen, text);
    struct rect plot = {area.y, x, 1, area.cols - (x - area.x) - columns};
    draw_plot(pen, state, plot, false);
    pen_right(pen, area.y, area.x, area.cols, STYLE_BOLD, text);
}

void view_spectrum(const struct pen *pen, const struct state *state,
                   struct rect area, bool focused)
{
    if (area.rows <= 0) {
        return;
    }
    if (area.rows < 4) {
        one_line(pen, state, area);
        return;
    }
    /* The estimates want a row of their own where rows are plenty. */
    bool two =
        area.rows >= 6 && (area.rows >= 8 || area.cols < LAYOUT_NORMAL_COLS);
    put_title(pen, state, area, focused, !two);
    if (state->spectrum == NULL) {
        pen_text(pen, area.y + 1, area.x, area.cols,
                 state->busy ? STYLE_DIM : STYLE_WARNING,
                 state->busy ? "computing the singular values\u2026"
                             : state->spectrum_problem);
        return;
    }
    bool axis = area.rows >= 5;
    int text_rows = two ? 2 : 1;
    draw_plot(
        pen, state,
        (struct rect){area.y + 1, area.x, area.rows - 1 - text_rows, area.cols},
        axis);
    int y = area.y + area.rows - text_rows;
    int used = put_kept(pen, state, y, area.x, area.cols);
    bool room = area.cols - used >= ENERGIES_COLS;
    if (room) {
        put_energies(pen, state, y, area.x + used, area.cols - used);
    }
    if (two) {
        put_more(pen, state, (struct rect){y + 1, area.x, 1, area.cols}, !room);
    }
}
