/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A raster of glyphs for plots: no curses, no colour, only cells and roles.
 *
 * Whoever shows it gives each role its attribute.  Drawing allocates nothing
 * and never fails; a plot too small for labels is drawn without them.
 */
#ifndef EXPLORER_PLOT_H
#define EXPLORER_PLOT_H

#include "base/error.h"
#include "base/text.h"

#include <stddef.h>
#include <stdint.h>

enum plot_role {
    PLOT_EMPTY,
    PLOT_BAR,
    PLOT_AXIS, /* the baseline of values too small to draw */
    PLOT_LABEL,
    PLOT_CURSOR, /* the current rank */
    PLOT_POINT,  /* the current point of a curve */
};

struct plot_cell {
    char glyph[5];      /* one UTF-8 character of one column, NUL-terminated */
    unsigned char role; /* enum plot_role */
};

struct plot {
    size_t width;            /* columns */
    size_t height;           /* rows */
    struct plot_cell *cells; /* (height, width), row 0 on top */
};

struct plot_options {
    bool ascii;  /* glyphs below U+0080 only */
    bool log_x;  /* logarithmic index or abscissa, else linear */
    int decades; /* most decades of y that a spectrum shows; 0 is 6 */
};

enum { PLOT_DECADES = 6 };
#define PLOT_NOWHERE SIZE_MAX

/* All cells empty.  Initialising again needs plot_clear before. */
bool plot_init(struct plot *plot, size_t width, size_t height,
               struct error *err);
void plot_clear(struct plot *plot);

/* Every cell a blank of role PLOT_EMPTY. */
void plot_erase(struct plot *plot);

/* One row as UTF-8, without the blanks at its end. */
void plot_append_row(const struct plot *plot, size_t row, struct text *out);

/* Singular values as bars over a logarithmic y axis.
 *
 * sigma     count values, largest first; each column is a bin of indices and
 *           shows the first, so largest, value of it
 * y         from the decade below the smallest value (at most `decades` below
 *           the top) to the largest value; decades are labelled 1, .1, .01
 * baseline  values that are zero, not finite or below the lowest decade are
 *           dots in the last row, labelled 0, or <.001 when some are not zero
 * rank      a column of its own, role PLOT_CURSOR, between the values that the
 *           rank keeps and those that it drops
 *
 * Returns that column, or PLOT_NOWHERE when rank is 0 or the plot has only one
 * column.
 */
size_t plot_spectrum(struct plot *plot, const double *sigma, size_t count,
                     uint64_t rank, const struct plot_options *options);

/* A curve through n points as a line of dots; linear between points.
 *
 * x         ascending; on a logarithmic axis when options->log_x and x[0] > 0
 * y         0 to 1; the y axis runs from the tenth below y[0] to 1, in percent
 * current   index of the point that is marked, role PLOT_POINT
 *
 * Returns the column of the current point, or PLOT_NOWHERE when there is none.
 */
size_t plot_curve(struct plot *plot, const double *x, const double *y, size_t n,
                  size_t current, const struct plot_options *options);

/* A horizontal bar of FRACTION (0 to 1) of COLUMNS columns, in eighths of one,
 * into OUT of SIZE bytes.  More than nothing shows at least an eighth; a bar
 * that does not fit SIZE is cut.  Returns the columns that it takes.
 */
size_t plot_bar(char *out, size_t size, double fraction, size_t columns,
                bool ascii);

#endif
