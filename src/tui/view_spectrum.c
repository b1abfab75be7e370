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

static void title_text(const struct state *state, char *out, size_t size)
{
    const struct spectrum *spectrum = state->spectrum;
    const char *source = state->choice.source;
    bool sample = strncmp(source, "sample:", 7) == 0;
    if (state->busy || spectrum == NULL) {
        snprintf(out, size, "\u0394W  %s \u00b7 %s %.0f %%",
                 sample ? source + 7 : source,
                 state->busy ? "computing" : "nothing computed",
                 100 * state->progress);
        return;
    }
    char seed[UNITS_SIZE + 16] = "";
    if (sample) {
        snprintf(seed, sizeof seed, " \u00b7 seed %llu",
                 (unsigned long long)state->choice.seed);
    }
    snprintf(out, size, "\u0394W  %s \u00b7 %zu \u00d7 %zu%s \u00b7 %s, %.0f ms",
             sample ? source + 7 : source, spectrum->rows, spectrum->cols,
             seed, spectrum->driver != NULL ? spectrum->driver->name : "",
             1000 * spectrum->seconds);
}

/* A share in per cent with one decimal, never rounded up to all. */
static char *percent_of(char out[UNITS_SIZE], double share)
{
    double percent = 100 * share;
    if (percent < 100 && percent > 99.9) {
        snprintf(out, UNITS_SIZE, percent < 99.995 ? "%.2f %%" : ">99.99 %%",
                 percent);
        return out;
    }
    snprintf(out, UNITS_SIZE, "%.1f %%", percent);
    return out;
}

static int put_kept(const struct pen *pen, const struct state *state, int y,
                    int x, int cols)
{
    double energy, error;
    if (!state_kept(state, &energy, &error)) {
        return 0;
    }
    char share[UNITS_SIZE], text[96], rank[32], wrong[32];
    snprintf(rank, sizeof rank, "r = %llu ",
             (unsigned long long)state->choice.adapter.rank);
    snprintf(wrong, sizeof wrong, error > 0 && error < 0.0005 ? "%.1e" : "%.3f",
             error);
    percent_of(share, energy);
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

/* The estimates, as many as fit. */
static void put_estimates(const struct pen *pen, const struct state *state,
                          int y, int x, int cols, bool second)
{
    if (state->spectrum == NULL) {
        return;
    }
    const struct rank_estimates *e = &state->spectrum->estimates;
    char parts[2][96];
    snprintf(parts[0], sizeof parts[0], "r90 %zu  r95 %zu  r99 %zu", e->r90,
             e->r95, e->r99);
    snprintf(parts[1], sizeof parts[1], "stable %.1f  effective %.1f",
             e->stable, e->effective);
    for (size_t i = second ? 1 : 0; i < 2; i++) {
        char text[112];
        snprintf(text, sizeof text, "%s%s", x > 0 && !second ? " \u00b7 " : "",
                 parts[i]);
        int used = pen_text_if(pen, y, x, cols, STYLE_PLAIN, text);
        x += used;
        cols -= used;
    }
}

/* Where the plot's data begin: behind the labels of its last row. */
static size_t data_start(const struct plot *plot)
{
    const struct plot_cell *last = plot->cells + (plot->height - 1) * plot->width;
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
    uint64_t rank = state->choice.adapter.rank;
    char now[32];
    snprintf(now, sizeof now, "[%llu]", (unsigned long long)rank);
    int now_at = marked ? (int)marker - (int)strlen(now) / 2 : -100;
    int most = (int)plot->width - (int)strlen(now);
    now_at = now_at > most ? most : now_at < 0 && marked ? 0 : now_at;
    int now_end = now_at + (int)strlen(now), free_from = 0;
    for (uint64_t k = 1; k <= count; k *= 2) {
        char text[32];
        snprintf(text, sizeof text, "%llu", (unsigned long long)k);
        double middle = (log((double)k) + log((double)k + 1)) / 2 /
                        log((double)count + 1);
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
    const struct plot_options options = { .ascii = !pen->theme->utf8,
                                          .log_x = true };
    size_t marker =
        plot_spectrum(&raster.plot, spectrum->sigma, spectrum->count,
                      state->choice.adapter.rank, &options);
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
    int x = area.x + pen_text(pen, area.y, area.x, area.cols, STYLE_PLAIN,
                              "\u0394W ");
    double energy, error;
    if (!state_kept(state, &energy, &error)) {
        pen_text(pen, area.y, x, area.cols - 3, STYLE_DIM,
                 state->busy ? "computing" : "nothing computed");
        return;
    }
    char share[UNITS_SIZE], text[64];
    snprintf(text, sizeof text, " %s  r90 %zu", percent_of(share, energy),
             state->spectrum->estimates.r90);
    int columns = pen_columns(pen, text);
    struct rect plot = { area.y, x, 1, area.cols - (x - area.x) - columns };
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
    char title[256];
    title_text(state, title, sizeof title);
    pen_rule(pen, area.y, area.x, area.cols, title, "\u03c3 log", focused);
    if (state->spectrum == NULL) {
        pen_text(pen, area.y + 1, area.x, area.cols,
                 state->busy ? STYLE_DIM : STYLE_WARNING,
                 state->busy ? "computing the singular values\u2026"
                             : state->spectrum_problem);
        return;
    }
    /* The estimates want a row of their own where rows are plenty. */
    bool two = area.rows >= 8 || area.cols < LAYOUT_NORMAL_COLS;
    bool axis = area.rows >= 5;
    int text_rows = two && area.rows >= 6 ? 2 : 1;
    draw_plot(pen, state,
              (struct rect){ area.y + 1, area.x, area.rows - 1 - text_rows,
                             area.cols },
              axis);
    int y = area.y + area.rows - text_rows;
    int used = put_kept(pen, state, y, area.x, area.cols);
    put_estimates(pen, state, y, area.x + used, area.cols - used, false);
    if (text_rows == 2) {
        put_estimates(pen, state, y + 1, area.x, area.cols, true);
    }
}
