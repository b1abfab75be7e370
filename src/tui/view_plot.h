/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A plot's raster on the stack and its way to the window.
 */
#ifndef TUI_VIEW_PLOT_H
#define TUI_VIEW_PLOT_H

#include "explorer/plot.h"
#include "tui/pen.h"

enum { RASTER_COLS = 160, RASTER_ROWS = 40 };

struct raster {
    struct plot plot;
    struct plot_cell cells[RASTER_ROWS * RASTER_COLS];
};

/* A raster for an area, clipped to what there is. */
void raster_init(struct raster *raster, int rows, int cols);

/* Copy it to the window.  Bars before column SPLIT are the ones that count. */
void raster_draw(const struct pen *pen, const struct raster *raster, int y,
                 int x, size_t split);

#endif
