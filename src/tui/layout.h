/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where things stand, for any size of terminal.
 *
 * Computed anew from the size for every frame; nothing remembers a size.
 */
#ifndef TUI_LAYOUT_H
#define TUI_LAYOUT_H

#include "tui/pen.h"

#include <stdbool.h>

enum layout_kind {
    LAYOUT_NONE,   /* too small: one line says so */
    LAYOUT_SMALL,  /* 40x12 and more: stacked, short labels */
    LAYOUT_NORMAL, /* 80x24 and more */
    LAYOUT_WIDE,   /* 120x30 and more: ledger beside, two plots */
};

enum {
    LAYOUT_LEAST_COLS = 40,
    LAYOUT_LEAST_ROWS = 12,
    LAYOUT_NORMAL_COLS = 80,
    LAYOUT_NORMAL_ROWS = 24,
    LAYOUT_WIDE_COLS = 120,
    LAYOUT_WIDE_ROWS = 30,
    LAYOUT_MOST_COLS = 160
};

/* An area that a layout lacks has no rows.  All lie inside the screen and none
 * overlap.
 */
struct layout {
    enum layout_kind kind;
    struct rect header;  /* what is chosen */
    struct rect columns; /* titles of the table, one row */
    struct rect table;   /* the targets */
    struct rect ledger;  /* beside the table */
    struct rect totals;  /* its rule, then two rows */
    struct rect view;    /* the one view, or the spectrum of two */
    struct rect second;  /* the curve */
    struct rect message;
    struct rect footer;
};

/* ZOOM: the view has all rows between header and message. */
void layout_make(struct layout *layout, int rows, int cols, bool zoom);

#endif
