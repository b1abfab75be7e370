/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Plot cells to window cells.
 */
#include "tui/view_plot.h"

void raster_init(struct raster *raster, int rows, int cols)
{
    int height = rows < RASTER_ROWS ? rows : RASTER_ROWS;
    int width = cols < RASTER_COLS ? cols : RASTER_COLS;
    raster->plot = (struct plot){
        .width = width > 0 ? (size_t)width : 0,
        .height = height > 0 ? (size_t)height : 0,
        .cells = raster->cells,
    };
    plot_erase(&raster->plot);
}

static enum style style_of(const struct plot_cell *cell, bool kept)
{
    switch ((enum plot_role)cell->role) {
    case PLOT_EMPTY:
        break;
    case PLOT_BAR:
        return kept ? STYLE_WEIGHTS : STYLE_DIM;
    case PLOT_AXIS:
    case PLOT_LABEL:
        return STYLE_DIM;
    case PLOT_CURSOR:
    case PLOT_POINT:
        return STYLE_ACCENT;
    }
    return STYLE_PLAIN;
}

void raster_draw(const struct pen *pen, const struct raster *raster, int y,
                 int x, size_t split)
{
    const struct plot *plot = &raster->plot;
    for (size_t row = 0; row < plot->height; row++) {
        for (size_t col = 0; col < plot->width; col++) {
            const struct plot_cell *cell =
                &plot->cells[row * plot->width + col];
            if (cell->role != PLOT_EMPTY) {
                pen_text(pen, y + (int)row, x + (int)col, 1,
                         style_of(cell, col < split), cell->glyph);
            }
        }
    }
}
