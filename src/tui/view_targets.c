/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The target table: a row for each kind of module, its share as a bar.
 */
#include <stdio.h>
#include <string.h>

#include "adapter/method.h"
#include "base/text.h"
#include "base/units.h"
#include "tui/view.h"

/* Columns of the table; offsets from its left edge, width 0 for none. */
struct grid {
    int mark, label, label_cols;
    int shape_cols, copies_cols, rank_cols; /* follow the label, in order */
    int alpha_cols;                         /* where rows have their own */
    int trainable_cols;
    int bar_cols, share_cols;
    bool own; /* a row's own rank or alpha stands in the place of its share */
};

enum {
    SHAPE_COLS = 16,
    COPIES_COLS = 8,
    RANK_COLS = 7,
    ALPHA_COLS = 7,
    TRAINABLE_COLS = 15,
    SHARE_COLS = 6,
    LABEL_LEAST = 10,
    LABEL_MOST = 20,
    BAR_MOST = 24,
    BAR_LEAST = 3
};

static int widest_label(const struct state *state)
{
    int widest = LABEL_LEAST;
    for (size_t i = 0;
         state->figures != NULL && i < state->figures->targets.count; i++) {
        const struct target_row *row = &state->figures->targets.rows[i];
        int columns = (int)text_columns(row->label);
        if (state_row_visible(state, i) && !row->heading && columns > widest) {
            widest = columns;
        }
    }
    return widest < LABEL_MOST ? widest : LABEL_MOST;
}

static void make_grid(struct grid *grid, const struct state *state, int cols)
{
    *grid = (struct grid){.mark = 2, .label = 6};
    bool full = cols >= 72;
    if (full) {
        grid->shape_cols = SHAPE_COLS;
        grid->copies_cols = COPIES_COLS;
        grid->rank_cols = RANK_COLS;
        bool alphas =
            state->figures != NULL && state->figures->targets.own_alpha;
        grid->alpha_cols = alphas ? ALPHA_COLS : 0;
    } else if (cols >= 56) {
        grid->shape_cols = SHAPE_COLS;
    } else {
        grid->mark = 1;
        grid->label = 5;
    }
    grid->own = !full;
    grid->trainable_cols = TRAINABLE_COLS;
    grid->share_cols = SHARE_COLS;
    grid->label_cols = widest_label(state);
    int fixed = grid->label + grid->shape_cols + grid->copies_cols +
                grid->rank_cols + grid->alpha_cols + grid->trainable_cols +
                grid->share_cols;
    int left = cols - fixed - grid->label_cols;
    if (left < 0) {
        grid->label_cols += left;
    } else if (left >= BAR_LEAST + 2) {
        grid->bar_cols = left - 2 < BAR_MOST ? left - 2 : BAR_MOST;
    }
}

void view_columns(const struct pen *pen, const struct state *state,
                  struct rect area)
{
    struct grid grid;
    make_grid(&grid, state, area.cols);
    int x = area.x + grid.label;
    pen_text(pen, area.y, x, grid.label_cols, STYLE_DIM, "target");
    x += grid.label_cols;
    if (grid.shape_cols > 0) {
        pen_right(pen, area.y, x, grid.shape_cols - 3, STYLE_DIM,
                  "out \u00d7 in");
        x += grid.shape_cols;
    }
    if (grid.copies_cols > 0) {
        pen_right(pen, area.y, x, grid.copies_cols, STYLE_DIM, "copies");
        x += grid.copies_cols;
        pen_right(pen, area.y, x, grid.rank_cols, STYLE_DIM, "rank");
        x += grid.rank_cols;
    }
    if (grid.alpha_cols > 0) {
        pen_right(pen, area.y, x, grid.alpha_cols, STYLE_DIM, "alpha");
        x += grid.alpha_cols;
    }
    pen_right(pen, area.y, x, grid.trainable_cols, STYLE_DIM, "trainable");
    x += grid.trainable_cols + (grid.bar_cols > 0 ? grid.bar_cols + 2 : 0);
    pen_right(pen, area.y, x, grid.share_cols, STYLE_DIM, "share");
}

/* The sign of a matrix in the same column for all rows. */
static void put_shape(const struct pen *pen, int y, int x, int cols,
                      enum style style, const struct target_row *row)
{
    char text[96] = "";
    if (row->dimensions == 2) {
        snprintf(text, sizeof text, "%7llu \u00d7 %-6llu",
                 (unsigned long long)row->shape[0],
                 (unsigned long long)row->shape[1]);
        pen_text(pen, y, x, cols, style, text);
        return;
    }
    if (row->dimensions == 1) { /* a norm: as many as the outputs */
        pen_format(pen, y, x, cols, style, "%7llu",
                   (unsigned long long)row->shape[0]);
        return;
    }
    size_t used = 0;
    for (unsigned i = 0; i < row->dimensions && used < sizeof text; i++) {
        int wrote =
            snprintf(text + used, sizeof text - used, "%s%llu",
                     i > 0 ? "\u00d7" : "", (unsigned long long)row->shape[i]);
        used += wrote > 0 ? (size_t)wrote : 0;
    }
    pen_right(pen, y, x, cols - 1, style, text);
}

/* "8", "8-16", "16*" with the star for a rank of its own. */
static void rank_text(const struct target_row *row, char *out, size_t size)
{
    const char *star = row->own_rank ? "*" : "";
    if (row->rank_low == row->rank_high) {
        snprintf(out, size, "%llu%s", (unsigned long long)row->rank_low, star);
    } else {
        snprintf(out, size, "%llu\u2013%llu%s",
                 (unsigned long long)row->rank_low,
                 (unsigned long long)row->rank_high, star);
    }
}

static void alpha_text(const struct target_row *row, char *out, size_t size)
{
    const char *star = row->own_alpha ? "*" : "";
    if (row->alpha_low < row->alpha_high) {
        snprintf(out, size, "%.3g\u2013%.3g%s", row->alpha_low, row->alpha_high,
                 star);
    } else {
        snprintf(out, size, "%.4g%s", row->alpha_low, star);
    }
}

/* A rank or alpha: a dot when the row has none, marked when it is its OWN. */
static void put_setting(const struct pen *pen, int y, int x, int cols,
                        enum style style, bool own, const char *text)
{
    if (text == NULL) {
        pen_right(pen, y, x, cols, STYLE_DIM, "\u00b7");
    } else {
        pen_right(pen, y, x, cols, own ? STYLE_ACCENT : style, text);
    }
}

static void put_rank(const struct pen *pen, int y, int x, int cols,
                     enum style style, const struct target_row *row)
{
    char text[64];
    rank_text(row, text, sizeof text);
    put_setting(pen, y, x, cols, style, row->own_rank,
                row->rank_low > 0 ? text : NULL);
}

static void put_alpha(const struct pen *pen, int y, int x, int cols,
                      enum style style, const struct target_row *row)
{
    char text[64];
    alpha_text(row, text, sizeof text);
    put_setting(pen, y, x, cols, style, row->own_alpha,
                row->matched > 0 ? text : NULL);
}

/* The share of the sum; where there is no column for the rank, a row's own
 * rank or alpha instead.
 */
static void put_share(const struct pen *pen, const struct target_row *row,
                      const struct grid *grid, int y, int x, double share)
{
    char text[64], number[UNITS_SIZE];
    if (grid->own && row->own_rank) {
        rank_text(row, text, sizeof text);
    } else if (grid->own && row->own_alpha) {
        alpha_text(row, number, sizeof number);
        snprintf(text, sizeof text, "a%s", number);
    } else {
        pen_right(pen, y, x, grid->share_cols, STYLE_PLAIN,
                  view_share(number, share));
        return;
    }
    pen_right(pen, y, x + 1, grid->share_cols - 1, STYLE_ACCENT, text);
}

static const char *mark_text(const struct target_row *row)
{
    switch (row->mark) {
    case MARK_OFF:
        return "[ ]";
    case MARK_ON:
        return "[x]";
    case MARK_PART:
        return "[-]";
    case MARK_COPY:
        return "[c]";
    case MARK_CANNOT:
        return " \u00b7 ";
    }
    return "   ";
}

static void put_numbers(const struct pen *pen, const struct state *state,
                        const struct target_row *row, const struct grid *grid,
                        int y, int x, enum style style)
{
    char number[UNITS_SIZE];
    if (grid->copies_cols > 0) {
        pen_right(pen, y, x, grid->copies_cols, STYLE_PLAIN,
                  units_count(number, row->copies));
        x += grid->copies_cols;
        put_rank(pen, y, x, grid->rank_cols, style, row);
        x += grid->rank_cols;
    }
    if (grid->alpha_cols > 0) {
        put_alpha(pen, y, x, grid->alpha_cols, style, row);
        x += grid->alpha_cols;
    }
    uint64_t total = state_trainable(state);
    bool any = row->trainable > 0 && total > 0;
    pen_right(pen, y, x, grid->trainable_cols, any ? style : STYLE_DIM,
              any ? units_count(number, row->trainable) : "\u00b7");
    x += grid->trainable_cols;
    if (!any) {
        return;
    }
    double share = (double)row->trainable / (double)total;
    if (grid->bar_cols > 0) {
        pen_bar(pen, y, x + 2, grid->bar_cols, STYLE_ON, share);
        x += grid->bar_cols + 2;
    }
    put_share(pen, row, grid, y, x, share);
}

static void draw_row(const struct pen *pen, const struct state *state,
                     size_t index, const struct grid *grid, int y, int left)
{
    const struct target_row *row = &state->figures->targets.rows[index];
    bool focused = index == state->cursor;
    bool changed = index < CHANGED_MOST && state->changed[index];
    enum style style = changed ? STYLE_CHANGED : STYLE_PLAIN;
    if (focused) {
        pen_text(pen, y, left, 1, STYLE_ACCENT, "\u25b8");
    }
    bool on =
        row->trainable > 0 || row->mark == MARK_ON || row->mark == MARK_PART;
    pen_text(pen, y, left + grid->mark, 3, on ? STYLE_ON : STYLE_DIM,
             mark_text(row));
    enum style name = focused || changed         ? STYLE_BOLD
                      : row->mark == MARK_CANNOT ? STYLE_DIM
                                                 : STYLE_PLAIN;
    int x = left + grid->label;
    pen_text(pen, y, x, grid->label_cols, name, row->label);
    x += grid->label_cols;
    if (grid->shape_cols > 0) {
        put_shape(pen, y, x, grid->shape_cols, STYLE_PLAIN, row);
        x += grid->shape_cols;
    }
    put_numbers(pen, state, row, grid, y, x, style);
}

/* A heading: its name, and the sum of its rows when they are folded. */
static void draw_heading(const struct pen *pen, const struct state *state,
                         size_t index, const struct grid *grid, int y, int left)
{
    const struct target_row *row = &state->figures->targets.rows[index];
    bool focused = index == state->cursor, folded = state->folded[row->role];
    char text[96];
    if (row->experts > 0) {
        char number[UNITS_SIZE];
        snprintf(text, sizeof text, "%s experts \u00d7 %s", folded ? "+" : "-",
                 units_count(number, row->experts));
    } else {
        snprintf(text, sizeof text, "%s %s", folded ? "+" : "-", row->label);
    }
    if (focused) {
        pen_text(pen, y, left, 1, STYLE_ACCENT, "\u25b8");
    }
    int x = left + grid->label + grid->label_cols + grid->shape_cols;
    pen_text(pen, y, left + grid->mark, x - left - grid->mark,
             focused ? STYLE_BOLD : STYLE_DIM, text);
    if (folded) {
        put_numbers(pen, state, row, grid, y, x, STYLE_PLAIN);
    }
}

/* The first row to draw, so that the cursor is inside, with some context. */
static size_t first_shown(size_t at, size_t count, size_t page)
{
    if (count <= page || at < page / 2) {
        return 0;
    }
    size_t first = at - page / 2;
    return first + page > count ? count - page : first;
}

void view_targets(const struct pen *pen, const struct state *state,
                  struct rect area, int *y, int *x)
{
    if (state->figures == NULL || area.rows <= 0) {
        return;
    }
    if (state->figures->targets.count == 0) {
        pen_format(pen, area.y, area.x + 2, area.cols - 2, STYLE_DIM,
                   "%s matches no modules: it goes in front of the model",
                   state->choice.adapter.method->label);
        return;
    }
    struct grid grid;
    make_grid(&grid, state, area.cols);
    size_t page = (size_t)area.rows, seen = 0;
    size_t first = first_shown(state_visible_index(state, state->cursor),
                               state_visible_count(state), page);
    for (size_t i = 0; i < state->figures->targets.count; i++) {
        if (!state_row_visible(state, i) || seen++ < first) {
            continue;
        }
        int row = area.y + (int)(seen - 1 - first);
        if (row >= area.y + area.rows) {
            break;
        }
        if (state->figures->targets.rows[i].heading) {
            draw_heading(pen, state, i, &grid, row, area.x);
        } else {
            draw_row(pen, state, i, &grid, row, area.x);
        }
        if (i == state->cursor) {
            *y = row;
            *x = area.x + grid.mark + 1;
        }
    }
}
