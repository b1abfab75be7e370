/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The four layouts.
 */
#include "tui/layout.h"

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* Take ROWS rows off the top of what is left. */
static struct rect take(struct rect *left, int rows)
{
    struct rect part = {left->y, left->x, rows, left->cols};
    left->y += rows;
    left->rows -= rows;
    return part;
}

static void take_bottom(struct layout *layout, struct rect *left)
{
    layout->footer =
        (struct rect){left->y + left->rows - 1, left->x, 1, left->cols};
    layout->message =
        (struct rect){left->y + left->rows - 2, left->x, 1, left->cols};
    left->rows -= 2;
}

static void make_small(struct layout *layout, struct rect left)
{
    int extra = left.rows - LAYOUT_LEAST_ROWS;
    take_bottom(layout, &left);
    layout->header = take(&left, extra >= 4 ? 2 : 1);
    int view = extra >= 4 ? smaller(extra - 1, 7) : 1;
    if (left.rows - 2 - view < 5) {
        view = left.rows - 2 - 5 > 0 ? left.rows - 2 - 5 : 1;
    }
    layout->table = take(&left, left.rows - 2 - view);
    layout->totals = take(&left, 2);
    layout->view = take(&left, view);
}

static void make_normal(struct layout *layout, struct rect left)
{
    int extra = left.rows - LAYOUT_NORMAL_ROWS;
    take_bottom(layout, &left);
    layout->header = take(&left, 3);
    layout->columns = take(&left, 1);
    int view = 6 + smaller((extra + 1) / 2, 11);
    layout->table = take(&left, left.rows - 3 - view);
    layout->totals = take(&left, 3);
    layout->view = take(&left, view);
}

enum { WIDE_TABLE_COLS = 80 };

static void make_wide(struct layout *layout, struct rect left)
{
    take_bottom(layout, &left);
    layout->header = take(&left, 3);
    int view = smaller(9 + (left.rows - 14) * 3 / 8, 18);
    struct rect body = take(&left, left.rows - 3 - view);
    layout->totals = take(&left, 3);
    struct rect below = take(&left, view);

    layout->ledger = (struct rect){body.y, body.x + WIDE_TABLE_COLS + 3,
                                   body.rows, body.cols - WIDE_TABLE_COLS - 3};
    body.cols = WIDE_TABLE_COLS;
    layout->columns = take(&body, 1);
    layout->table = body;

    int half = (below.cols - 2) / 2;
    layout->view = (struct rect){below.y, below.x, below.rows, half};
    layout->second = (struct rect){below.y, below.x + half + 2, below.rows,
                                   below.cols - half - 2};
}

static void make_zoom(struct layout *layout, struct rect left)
{
    take_bottom(layout, &left);
    layout->header = take(&left, left.cols >= LAYOUT_NORMAL_COLS ? 2 : 1);
    layout->view = left;
}

void layout_make(struct layout *layout, int rows, int cols, bool zoom)
{
    *layout = (struct layout){.kind = LAYOUT_NONE};
    if (rows < LAYOUT_LEAST_ROWS || cols < LAYOUT_LEAST_COLS) {
        return;
    }
    struct rect screen = {0, 0, rows, smaller(cols, LAYOUT_MOST_COLS)};
    bool wide = rows >= LAYOUT_WIDE_ROWS && cols >= LAYOUT_WIDE_COLS;
    bool normal = rows >= LAYOUT_NORMAL_ROWS && cols >= LAYOUT_NORMAL_COLS;
    layout->kind = wide ? LAYOUT_WIDE : normal ? LAYOUT_NORMAL : LAYOUT_SMALL;
    if (!wide && screen.cols > LAYOUT_WIDE_COLS) {
        screen.cols = LAYOUT_WIDE_COLS;
    }
    if (zoom) {
        make_zoom(layout, screen);
    } else if (wide) {
        make_wide(layout, screen);
    } else if (normal) {
        make_normal(layout, screen);
    } else {
        make_small(layout, screen);
    }
}
