/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A list with its filter: models, commands, sets, whatever is chosen from.
 */
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "explorer/list.h"
#include "tui/view.h"

enum { TITLE_ROWS = 1, FILTER_ROWS = 1, COLUMN_ROWS = 1 };

/* Widths of the columns in COLS; the last ones go when there is no room. */
static size_t fit_columns(const struct list_column *columns, size_t count,
                          int cols, int widths[LIST_CELLS])
{
    enum { LEAST_FLEXIBLE = 16 };
    while (count > 1) {
        int fixed = 0;
        bool flexible = false;
        for (size_t i = 0; i < count; i++) {
            fixed += (int)columns[i].width + 2;
            flexible = flexible || columns[i].width == 0;
        }
        if (fixed + (flexible ? LEAST_FLEXIBLE : 0) <= cols) {
            break;
        }
        count--;
    }
    int left = cols;
    for (size_t i = 0; i < count; i++) {
        widths[i] = (int)columns[i].width;
        left -= widths[i] + 2;
    }
    for (size_t i = 0; i < count; i++) {
        bool only = widths[i] == 0 || count == 1;
        if (only) {
            widths[i] = left + 2 > 0 ? (count == 1 ? cols : left + 2) : 1;
            widths[i] = widths[i] > 100 ? 100 : widths[i];
        }
    }
    return count;
}

static void put_cells(const struct pen *pen, const struct list_column *columns,
                      size_t count, const int *widths, int y, int x,
                      enum style style, const struct list_entry *entry)
{
    for (size_t i = 0; i < count; i++) {
        const char *text = entry->cells[i];
        if (columns[i].right) {
            pen_right(pen, y, x, widths[i], style, text);
        } else {
            pen_text(pen, y, x, widths[i], style, text);
        }
        x += widths[i] + 2;
    }
}

static void put_titles(const struct pen *pen, const struct list_column *columns,
                       size_t count, const int *widths, int y, int x)
{
    for (size_t i = 0; i < count; i++) {
        if (columns[i].right) {
            pen_right(pen, y, x, widths[i], STYLE_DIM, columns[i].title);
        } else {
            pen_text(pen, y, x, widths[i], STYLE_DIM, columns[i].title);
        }
        x += widths[i] + 2;
    }
}

static void put_filter(const struct pen *pen, const struct state *state,
                       struct rect area, int *y, int *x)
{
    const struct line *filter = &state->list.filter;
    int used = pen_text(pen, area.y, area.x, area.cols, STYLE_BOLD, "filter: ");
    if (filter->length == 0) {
        pen_text(pen, area.y, area.x + used, area.cols - used, STYLE_DIM,
                 "type to search");
    }
    int columns = pen_text(pen, area.y, area.x + used, area.cols - used - 1,
                           STYLE_PLAIN, filter->text);
    *y = area.y;
    *x = area.x + used + columns;
}

static void put_row(const struct pen *pen, const struct state *state,
                    const struct list_column *columns, size_t count,
                    const int *widths, size_t at, int y, struct rect area)
{
    struct list_entry entry;
    list_entry(state, state->list.shown[at], &entry);
    bool selected = at == state->list.cursor;
    enum style style = selected                 ? STYLE_SELECTED
                       : entry.disabled != NULL ? STYLE_DIM
                       : entry.current          ? STYLE_BOLD
                                                : STYLE_PLAIN;
    if (selected) {
        pen_fill(pen, y, area.x, area.cols, STYLE_SELECTED, " ");
    }
    pen_text(pen, y, area.x, 1, style,
             selected        ? "\u25b8"
             : entry.current ? "*"
                             : " ");
    if (entry.disabled != NULL) {
        /* The reason takes the place of the help. */
        snprintf(entry.cells[count - 1], LIST_CELL_SIZE, "(%s)",
                 entry.disabled);
    }
    put_cells(pen, columns, count, widths, y, area.x + 2, style, &entry);
}

void view_list(const struct pen *pen, const struct state *state,
               struct rect area, int *y, int *x)
{
    const struct list *list = &state->list;
    const struct list_column *columns;
    int widths[LIST_CELLS];
    size_t count = list_columns(list->kind, &columns);
    count = fit_columns(columns, count, area.cols - 2, widths);
    char place[64];
    snprintf(place, sizeof place, "%zu of %zu",
             list->shown_count == 0 ? 0 : list->cursor + 1, list->shown_count);
    pen_rule(pen, area.y, area.x, area.cols, list_title(list->kind), place,
             true);
    put_filter(pen, state, (struct rect){area.y + 1, area.x, 1, area.cols}, y,
               x);
    put_titles(pen, columns, count, widths, area.y + 2, area.x + 2);
    int top = area.y + TITLE_ROWS + FILTER_ROWS + COLUMN_ROWS;
    int rows = area.y + area.rows - top;
    if (list->shown_count == 0) {
        pen_text(pen, top, area.x + 2, area.cols - 2, STYLE_DIM,
                 list->kind == LIST_MODELS && state->presets == NULL
                     ? "reading the presets\u2026"
                     : "nothing matches");
        return;
    }
    size_t page = rows > 0 ? (size_t)rows : 0, first = 0;
    if (page > 0 && list->cursor >= page / 2 && list->shown_count > page) {
        first = list->cursor - page / 2;
        first =
            first + page > list->shown_count ? list->shown_count - page : first;
    }
    for (size_t i = 0; i < page && first + i < list->shown_count; i++) {
        put_row(pen, state, columns, count, widths, first + i, top + (int)i,
                area);
    }
}

void view_list_detail(const struct pen *pen, const struct state *state,
                      struct rect area)
{
    const struct list *list = &state->list;
    const struct list_column *columns;
    size_t count = list_columns(list->kind, &columns);
    if (list->shown_count == 0 || list->kind == LIST_MODELS) {
        return;
    }
    struct list_entry entry;
    size_t index = list->shown[list->cursor];
    list_entry(state, index, &entry);
    const char *text = list->kind == LIST_LOG
                           ? state->log[state->log_count - 1 - index].text
                           : entry.cells[count - 1];
    pen_text(pen, area.y, area.x, area.cols, STYLE_DIM, text);
}
