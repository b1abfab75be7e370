/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The views: each draws one part of the state into a rectangle of a window.
 *
 * A view calls no initscr, getch or refresh and allocates nothing, so tests
 * draw it on a pad.  What does not fit is left out, last things first.
 */
#ifndef TUI_VIEW_H
#define TUI_VIEW_H

#include "explorer/state.h"
#include "tui/layout.h"
#include "tui/pen.h"

#include <stdbool.h>

/* What is chosen: model, rank, alpha, optimizer. */
void view_header(const struct pen *pen, const struct state *state,
                 struct rect area);
/* Has its row of COLS columns room for the releases too? */
bool view_header_tells_releases(const struct pen *pen,
                                const struct state *state, int cols);
/* Titles of the target table, then its rows.  *y, *x is where the cursor
 * rests: the mark of the focused row.
 */
void view_columns(const struct pen *pen, const struct state *state,
                  struct rect area);
void view_targets(const struct pen *pen, const struct state *state,
                  struct rect area, int *y, int *x);
/* Trainable parameters and bytes; three rows with a rule, two without. */
void view_totals(const struct pen *pen, const struct state *state,
                 struct rect area);
/* Bytes by kind, LoRA against full fine-tuning. */
void view_memory(const struct pen *pen, const struct state *state,
                 struct rect area, bool focused);
void view_spectrum(const struct pen *pen, const struct state *state,
                   struct rect area, bool focused);
void view_curve(const struct pen *pen, const struct state *state,
                struct rect area, bool focused);
/* The message, the prompt or the question; *y, *x only when one types. */
void view_message(const struct pen *pen, const struct state *state,
                  struct rect area, int *y, int *x);
void view_footer(const struct pen *pen, const struct state *state,
                 struct rect area);
/* The open list over AREA. */
void view_list(const struct pen *pen, const struct state *state,
               struct rect area, int *y, int *x);
/* What the row under the list's cursor says, for columns that cut it. */
void view_list_detail(const struct pen *pen, const struct state *state,
                      struct rect area);

/* Why no rank cuts the spectrum, in COLS columns; returns those drawn. */
int view_uncut(const struct pen *pen, const struct state *state, int y, int x,
               int cols);

/* A share of 0 to 1 with one decimal, never rounded up to all: "97.4 %". */
char *view_percent(char out[UNITS_SIZE], double share);
/* A share of 0 to 1: "62 %", "<1 %". */
char *view_share(char out[UNITS_SIZE], double share);

/* Everything, for the window's size.  Leaves the cursor where it belongs and
 * returns whether it should be seen (somebody types).
 */
bool frame_draw(WINDOW *window, const struct theme *theme,
                const struct state *state);

/* Rows of the target table in a terminal of that size. */
unsigned frame_page(int rows, int cols);

#endif
