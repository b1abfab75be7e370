/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A raster of glyphs for plots: no curses, no colour, only cells and roles.
 */
#include "explorer/plot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

enum {
    EIGHTHS = 8,
    LABEL_SIZE = 16,
    LABELLED_WIDTH = 12, /* a narrower plot has no room for labels */
    WIDEST_BAR = 3,      /* columns of one value on a linear axis */
    THIRDS = 3,          /* heights of a dot in its cell */
};

/* Level 1 to 8 of a cell that fills from below. */
static const char *const rising[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
static const char *const rising_ascii[] = {"_", ".", ":", "-",
                                           "=", "+", "*", "#"};

/* Level 1 to 8 of a cell that fills from the left. */
static const char *const growing[] = {"▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};
static const char *const growing_ascii[] = {".", ".", "-", "-",
                                            "-", "=", "=", "#"};

/* A dot low, halfway and high in its cell. */
static const char *const dots[] = {".", "·", "˙"};
static const char *const dots_ascii[] = {".", "-", "'"};

bool plot_init(struct plot *plot, size_t width, size_t height,
               struct error *err)
{
    uint64_t cells = 0;

    memset(plot, 0, sizeof *plot);
    if (width == 0 || height == 0) {
        return true;
    }
    if (!checked_mul(width, height, &cells) || cells > SIZE_MAX) {
        return error_set(
            err, ERROR_RANGE,
            "a plot of %zu x %zu cells is too large: make the window smaller",
            width, height);
    }
    plot->cells = memory_new((size_t)cells, sizeof *plot->cells, err);
    if (plot->cells == NULL) {
        return false;
    }
    plot->width = width;
    plot->height = height;
    plot_erase(plot);
    return true;
}

void plot_clear(struct plot *plot)
{
    memory_free(plot->cells);
    memset(plot, 0, sizeof *plot);
}

static void put(struct plot *plot, size_t row, size_t col, const char *glyph,
                enum plot_role role)
{
    if (row < plot->height && col < plot->width) {
        struct plot_cell *cell = &plot->cells[row * plot->width + col];

        (void)snprintf(cell->glyph, sizeof cell->glyph, "%s", glyph);
        cell->role = (unsigned char)role;
    }
}

static void put_label(struct plot *plot, size_t row, const char *label)
{
    for (size_t i = 0; label[i] != '\0'; i++) {
        char glyph[2] = {label[i], '\0'};

        put(plot, row, i, glyph, PLOT_LABEL);
    }
}

void plot_erase(struct plot *plot)
{
    for (size_t row = 0; row < plot->height; row++) {
        for (size_t col = 0; col < plot->width; col++) {
            put(plot, row, col, " ", PLOT_EMPTY);
        }
    }
}

void plot_append_row(const struct plot *plot, size_t row, struct text *out)
{
    if (row >= plot->height) {
        return;
    }
    const struct plot_cell *cells = plot->cells + row * plot->width;
    size_t used = plot->width;

    while (used > 0 && cells[used - 1].role == PLOT_EMPTY) {
        used--;
    }
    for (size_t col = 0; col < used; col++) {
        text_append(out, cells[col].glyph);
    }
}

/* Base-10 logarithms of what the y axis begins and ends with. */
struct decades {
    double bottom;
    double top;
    double least;        /* the lowest decade that may be shown */
    bool any;            /* some value can be drawn */
    bool below;          /* some value cannot */
    bool below_all_zero; /* those are zero, negative or not finite */
};

static bool drawable(double value)
{
    return isfinite(value) && value > 0.0;
}

static double largest(const double *sigma, size_t count)
{
    double most = 0.0;

    for (size_t i = 0; i < count; i++) {
        if (drawable(sigma[i]) && sigma[i] > most) {
            most = sigma[i];
        }
    }
    return most;
}

/* log10 of a power of ten may come out a rounding error below its integer. */
static double whole_decade(double exponent)
{
    return floor(exponent + 1e-9);
}

static void find_decades(struct decades *y, const double *sigma, size_t count,
                         int most)
{
    double top = largest(sigma, count);
    double lowest = HUGE_VAL;

    memset(y, 0, sizeof *y);
    y->any = top > 0.0;
    y->top = y->any ? log10(top) : 0.0;
    y->below_all_zero = true;
    y->least = whole_decade(y->top) - (most > 0 ? most : PLOT_DECADES);
    for (size_t i = 0; i < count; i++) {
        double exponent = drawable(sigma[i]) ? log10(sigma[i]) : -HUGE_VAL;

        if (exponent < y->least - 1e-9) {
            y->below = true;
            y->below_all_zero = y->below_all_zero && !drawable(sigma[i]);
        } else if (exponent < lowest) {
            lowest = exponent;
        }
    }
    y->bottom = y->any ? whole_decade(lowest) : -1.0;
    if (y->top - y->bottom < 1e-9) {
        y->bottom = y->top - 1.0;
    }
}

/* 10^exponent in as few characters as it reads well. */
static void decade_label(char out[LABEL_SIZE], int exponent)
{
    static const char *const plain[] = {".001", ".01", ".1",  "1",
                                        "10",   "100", "1000"};

    if (exponent >= -3 && exponent <= 3) {
        (void)snprintf(out, LABEL_SIZE, "%s", plain[exponent + 3]);
    } else {
        (void)snprintf(out, LABEL_SIZE, "1e%d", exponent);
    }
}

static void baseline_label(char out[LABEL_SIZE], const struct decades *y)
{
    char decade[LABEL_SIZE];

    decade_label(decade, (int)y->least);
    (void)snprintf(out, LABEL_SIZE, "%s%.*s", y->below_all_zero ? "0" : "<",
                   y->below_all_zero ? 0 : LABEL_SIZE - 2, decade);
}

/* The row, from the top, that holds a share of the height. */
static size_t row_of(const struct plot *plot, double share)
{
    double up = floor(share * (double)plot->height + 1e-9);
    size_t rows = plot->height;
    size_t row = up < 0.0 ? 0 : up >= (double)rows ? rows - 1 : (size_t)up;

    return rows - 1 - row;
}

static double share_of(const struct decades *y, double exponent)
{
    return (exponent - y->bottom) / (y->top - y->bottom);
}

/* Label a row that has no label yet; *widest becomes at least its length. */
static void label_row(struct plot *plot, size_t row, const char *label,
                      size_t *widest)
{
    size_t length = strlen(label);

    if (plot->cells[row * plot->width].role != PLOT_LABEL) {
        put_label(plot, row, label);
        *widest = length > *widest ? length : *widest;
    }
}

/* Label the baseline or the lowest decade, then from the top what fits, one
 * decade a row; returns the columns that labels take.
 */
static size_t label_decades(struct plot *plot, const struct decades *y)
{
    char label[LABEL_SIZE];
    size_t widest = 0;
    int lowest = (int)ceil(y->bottom - 1e-9);
    int highest = y->any ? (int)whole_decade(y->top) : lowest - 1;

    if (plot->width < LABELLED_WIDTH || plot->height < 2) {
        return 0;
    }
    if (y->below) {
        baseline_label(label, y);
        label_row(plot, plot->height - 1, label, &widest);
    } else if (lowest <= highest) {
        decade_label(label, lowest);
        label_row(plot, row_of(plot, share_of(y, lowest)), label, &widest);
    }
    for (int k = highest; k >= lowest; k--) {
        decade_label(label, k);
        label_row(plot, row_of(plot, share_of(y, k)), label, &widest);
    }
    return widest > 0 ? widest + 1 : 0;
}

/* The columns that COUNT values fill of WIDTH: on a linear axis all bars are
 * equally wide while there are columns enough.
 */
static size_t bar_columns(size_t count, size_t width, bool log_x)
{
    if (log_x || count == 0 || count > width) {
        return count == 0 ? 0 : width;
    }
    size_t each = width / count;

    return count * (each < WIDEST_BAR ? each : WIDEST_BAR);
}

/* The first index of column COL of COLUMNS.  On the logarithmic axis index i,
 * from 0, spans log(i + 1) to log(i + 2).
 */
static size_t first_index(size_t col, size_t columns, size_t count, bool log_x)
{
    double share = (double)col / (double)columns;
    double at = log_x ? exp(share * log((double)count + 1.0)) - 1.0
                      : share * (double)count;
    size_t index = (size_t)floor(at + 1e-9);

    return index < count ? index : count - 1;
}

static void draw_bar(struct plot *plot, size_t col, double value,
                     const struct decades *y, bool ascii)
{
    const char *const *ladder = ascii ? rising_ascii : rising;
    double exponent = drawable(value) ? log10(value) : -HUGE_VAL;

    if (exponent < y->bottom - 1e-9) {
        put(plot, plot->height - 1, col, ascii ? "0" : "·", PLOT_AXIS);
        return;
    }
    double eighths =
        round(share_of(y, exponent) * (double)plot->height * EIGHTHS);
    size_t left = eighths < 1.0 ? 1 : (size_t)eighths;
    for (size_t row = plot->height; row-- > 0 && left > 0;) {
        size_t level = left < EIGHTHS ? left : EIGHTHS;

        put(plot, row, col, ladder[level - 1], PLOT_BAR);
        left -= level;
    }
}

size_t plot_spectrum(struct plot *plot, const double *sigma, size_t count,
                     uint64_t rank, const struct plot_options *options)
{
    struct decades y;
    size_t marker = PLOT_NOWHERE;

    plot_erase(plot);
    if (plot->width == 0 || count == 0) {
        return marker;
    }
    find_decades(&y, sigma, count, options->decades);
    size_t start = label_decades(plot, &y);
    bool marked = rank > 0 && plot->width - start > 1;
    size_t columns = bar_columns(count, plot->width - start - (marked ? 1 : 0),
                                 options->log_x);
    for (size_t i = 0, col = start; i < columns; i++, col++) {
        size_t index = first_index(i, columns, count, options->log_x);

        if (marked && marker == PLOT_NOWHERE && index >= rank) {
            marker = col++;
        }
        draw_bar(plot, col, sigma[index], &y, options->ascii);
    }
    if (marked && marker == PLOT_NOWHERE) {
        marker = start + columns;
    }
    for (size_t row = 0; marked && row < plot->height; row++) {
        put(plot, row, marker, options->ascii ? "|" : "┊", PLOT_CURSOR);
    }
    return marker;
}

/* Where a curve's columns and rows are in its coordinates. */
struct frame {
    size_t start;   /* first column of the curve */
    size_t columns; /* at least 1 */
    double low;     /* y of the lower edge; the upper is 1 */
    double from;    /* x of the first and last column, logarithms if log_x */
    double to;
    bool log_x;
};

static double abscissa(const struct frame *frame, double x)
{
    return frame->log_x ? log(x) : x;
}

static void frame_init(struct frame *frame, const struct plot *plot,
                       const double *x, const double *y, size_t n,
                       const struct plot_options *options)
{
    bool labelled = plot->width >= LABELLED_WIDTH && plot->height >= 2;

    frame->start = labelled ? strlen("100%") + 1 : 0;
    frame->columns = plot->width - frame->start;
    frame->low = floor(y[0] * 10.0 + 1e-9) / 10.0;
    if (!(frame->low >= 0.0)) {
        frame->low = 0.0;
    } else if (frame->low > 0.9) {
        frame->low = 0.9;
    }
    frame->log_x = options->log_x && x[0] > 0.0;
    frame->from = abscissa(frame, x[0]);
    frame->to = abscissa(frame, x[n - 1]);
}

static void label_percents(struct plot *plot, const struct frame *frame)
{
    static const double shares[] = {1.0, 0.5, 0.0};

    for (size_t i = 0; frame->start > 0 && i < 3; i++) {
        char label[LABEL_SIZE];
        double percent = 100.0 * (frame->low + shares[i] * (1.0 - frame->low));
        bool middle = shares[i] > 0.0 && shares[i] < 1.0;

        if (!middle || plot->height >= 5) {
            (void)snprintf(label, sizeof label, "%d%%", (int)round(percent));
            put_label(plot, row_of(plot, shares[i]), label);
        }
    }
}

static double height_of(const struct frame *frame, double y)
{
    double share = (y - frame->low) / (1.0 - frame->low);

    return share >= 0.0 ? fmin(share, 1.0) : 0.0;
}

/* y at the abscissa T, linear between the two points around it; *at is the
 * point to search on from, as T only grows.
 */
static double curve_y(const struct frame *frame, const double *x,
                      const double *y, size_t n, double t, size_t *at)
{
    while (*at + 2 < n && abscissa(frame, x[*at + 1]) < t) {
        (*at)++;
    }
    double left = abscissa(frame, x[*at]);
    double right = abscissa(frame, x[*at + 1]);
    double share = right > left ? (t - left) / (right - left) : 0.0;

    return y[*at] + fmin(fmax(share, 0.0), 1.0) * (y[*at + 1] - y[*at]);
}

/* A dot, and one in each row that the curve jumps over since the column
 * before, whose row is *last.
 */
static void draw_dot(struct plot *plot, size_t col, double share, size_t *last,
                     bool ascii)
{
    const char *const *levels = ascii ? dots_ascii : dots;
    size_t row = row_of(plot, share);
    double inside =
        share * (double)plot->height - (double)(plot->height - 1 - row);
    size_t level = inside * THIRDS < 1.0 ? 0 : inside * THIRDS < 2.0 ? 1 : 2;

    for (size_t between = row + 1; *last < plot->height && between < *last;
         between++) {
        put(plot, between, col, levels[1], PLOT_BAR);
    }
    put(plot, row, col, levels[level], PLOT_BAR);
    *last = row;
}

size_t plot_curve(struct plot *plot, const double *x, const double *y, size_t n,
                  size_t current, const struct plot_options *options)
{
    struct frame frame;
    size_t at = 0;
    size_t last = PLOT_NOWHERE;

    plot_erase(plot);
    if (plot->width == 0 || n == 0) {
        return PLOT_NOWHERE;
    }
    frame_init(&frame, plot, x, y, n, options);
    label_percents(plot, &frame);
    double span = frame.to - frame.from;
    double steps = frame.columns > 1 ? (double)(frame.columns - 1) : 1.0;
    for (size_t col = 0; n > 1 && span > 0.0 && col < frame.columns; col++) {
        double t = frame.from + span * ((double)col / steps);
        double share = height_of(&frame, curve_y(&frame, x, y, n, t, &at));

        draw_dot(plot, frame.start + col, share, &last, options->ascii);
    }
    if (current >= n) {
        return PLOT_NOWHERE;
    }
    double along =
        span > 0.0 ? (abscissa(&frame, x[current]) - frame.from) / span : 0.0;
    double offset =
        round(fmin(fmax(along, 0.0), 1.0) * (double)(frame.columns - 1));
    size_t col = frame.start + (size_t)offset;
    put(plot, row_of(plot, height_of(&frame, y[current])), col,
        options->ascii ? "O" : "●", PLOT_POINT);
    return col;
}

size_t plot_bar(char *out, size_t size, double fraction, size_t columns,
                bool ascii)
{
    const char *const *ladder = ascii ? growing_ascii : growing;
    double share = fraction > 0.0 ? fmin(fraction, 1.0) : 0.0;
    double eighths = round(share * (double)columns * EIGHTHS);
    size_t left =
        share > 0.0 && columns > 0 && eighths < 1.0 ? 1 : (size_t)eighths;
    size_t length = 0;
    size_t used = 0;

    if (size == 0) {
        return 0;
    }
    while (left > 0) {
        size_t level = left < EIGHTHS ? left : EIGHTHS;
        size_t bytes = strlen(ladder[level - 1]);

        if (length + bytes >= size) {
            break;
        }
        memcpy(out + length, ladder[level - 1], bytes);
        length += bytes;
        left -= level;
        used++;
    }
    out[length] = '\0';
    return used;
}
