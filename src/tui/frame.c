/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A frame: the views of a layout, or the list that lies over them.
 */
#include <stdio.h>

#include "tui/view.h"

unsigned frame_page(int rows, int cols)
{
    struct layout layout;
    layout_make(&layout, rows, cols, false);
    return layout.table.rows > 0 ? (unsigned)layout.table.rows : 0;
}

/* Too small for anything but this; keys go on working. */
static void draw_too_small(const struct pen *pen, int rows, int cols)
{
    char text[96];
    snprintf(text, sizeof text, "needs %dx%d, this is %dx%d; q quits",
             LAYOUT_LEAST_COLS, LAYOUT_LEAST_ROWS, cols, rows);
    pen_text(pen, 0, 0, cols, STYLE_PLAIN, text);
}

static void draw_view(const struct pen *pen, const struct state *state,
                      struct rect area, bool focused)
{
    switch (state->view) {
    case VIEW_SPECTRUM:
        view_spectrum(pen, state, area, focused);
        break;
    case VIEW_CURVE:
        view_curve(pen, state, area, focused);
        break;
    case VIEW_MEMORY:
        view_memory(pen, state, area, focused);
        break;
    }
}

static void draw_main(const struct pen *pen, const struct state *state,
                      const struct layout *layout, int *y, int *x)
{
    if (layout->columns.rows > 0) {
        view_columns(pen, state, layout->columns);
    }
    if (layout->table.rows > 0) {
        view_targets(pen, state, layout->table, y, x);
    }
    if (layout->totals.rows > 0) {
        view_totals(pen, state, layout->totals);
    }
    if (layout->kind != LAYOUT_WIDE || layout->second.rows == 0) {
        draw_view(pen, state, layout->view, state->zoom);
        return;
    }
    view_memory(pen, state, layout->ledger, state->view == VIEW_MEMORY);
    view_spectrum(pen, state, layout->view, state->view == VIEW_SPECTRUM);
    view_curve(pen, state, layout->second, state->view == VIEW_CURVE);
}

/* What lies between the header and the message. */
static struct rect body_of(const struct layout *layout)
{
    int top = layout->header.y + 1;
    return (struct rect){top, 0, layout->message.y - top, layout->message.cols};
}

bool frame_draw(WINDOW *window, const struct theme *theme,
                const struct state *state)
{
    const struct pen pen = {.window = window, .theme = theme};
    int rows, cols, y = 0, x = 0;
    getmaxyx(window, rows, cols);
    werase(window);
    struct layout layout;
    layout_make(&layout, rows, cols, state->zoom);
    if (layout.kind == LAYOUT_NONE) {
        draw_too_small(&pen, rows, cols);
        wmove(window, 0, 0);
        return false;
    }
    view_header(&pen, state, layout.header);
    if (state->list.kind != LIST_NONE) {
        struct rect body = body_of(&layout);
        for (int i = 0; i < body.rows; i++) {
            wmove(window, body.y + i, 0);
            wclrtoeol(window);
        }
        view_list(&pen, state, body, &y, &x);
    } else {
        draw_main(&pen, state, &layout, &y, &x);
    }
    view_message(&pen, state, layout.message, &y, &x);
    view_footer(&pen, state, layout.footer);
    wmove(window, y, x < cols ? x : cols - 1);
    return state->prompt != PROMPT_NONE || state->list.kind != LIST_NONE ||
           state->confirm;
}
