/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Drawing into a window: clipped text in a style, rules, bars.
 *
 * Everything is clipped to the window; nothing wraps; nothing is allocated.
 */
#ifndef TUI_PEN_H
#define TUI_PEN_H

#include "tui/theme.h"

#include <curses.h>
#include <stddef.h>

struct rect {
    int y, x, rows, cols;
};

struct pen {
    WINDOW *window;
    const struct theme *theme;
};

/* Columns that TEXT takes in this theme. */
int pen_columns(const struct pen *pen, const char *text);

/* TEXT at (y, x), cut with an ellipsis to COLS columns; returns the columns
 * drawn.
 */
int pen_text(const struct pen *pen, int y, int x, int cols, enum style style,
             const char *text);

/* The same, but only when all of it fits; returns the columns or 0. */
int pen_text_if(const struct pen *pen, int y, int x, int cols, enum style style,
                const char *text);

/* Formatted pen_text. */
int pen_format(const struct pen *pen, int y, int x, int cols, enum style style,
               const char *format, ...) __attribute__((format(printf, 6, 7)));

/* TEXT ending before column x + cols. */
void pen_right(const struct pen *pen, int y, int x, int cols, enum style style,
               const char *text);

/* COLS times one glyph. */
void pen_fill(const struct pen *pen, int y, int x, int cols, enum style style,
              const char *glyph);

/* A bar of FRACTION (0 to 1) of COLS columns, in eighths. */
void pen_bar(const struct pen *pen, int y, int x, int cols, enum style style,
             double fraction);

/* A rule from x with TITLE in it. */
void pen_rule(const struct pen *pen, int y, int x, int cols, const char *title,
              const char *right, bool bold);

/* The block of LEVEL eighths, 0 to 8, from below ("\u2583"). */
const char *pen_block(int level);

#endif
