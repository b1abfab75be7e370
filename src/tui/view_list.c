/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A list with its filter: models, commands, sets, whatever is chosen from.
 */
#include <stdio.h>
#include <string.h>

#include "adapter/method.h"
#include "base/text.h"
#include "base/units.h"
#include "explorer/compare.h"
#include "explorer/list.h"
#include "tui/view.h"

enum { TITLE_ROWS = 1, FILTER_ROWS = 1, COLUMN_ROWS = 1 };

/* The columns that are shown: their numbers and widths. */
struct fitted {
    size_t count, column[LIST_CELLS];
    int width[LIST_CELLS];
};

/* Columns that COLS has no room for go, the last first; the first stays. */
static bool is_too_wide(const struct list_column *columns,
                        const struct fitted *fitted, int cols)
{
    enum { LEAST_FLEXIBLE = 14 };
    int fixed = 0;
    bool flexible = false;
    for (size_t i = 0; i < fitted->count; i++) {
        unsigned width = columns[fitted->column[i]].width;
        fixed += (int)width + 2;
        flexible = flexible || width == 0;
    }
    return fixed + (flexible ? LEAST_FLEXIBLE : 0) > cols;
}

static void drop_column(const struct list_column *columns,
                        struct fitted *fitted)
{
    size_t at = fitted->count - 1;
    while (at > 1 && columns[fitted->column[at]].keep) {
        at--;
    }
    fitted->count--;
    for (; at < fitted->count; at++) {
        fitted->column[at] = fitted->column[at + 1];
    }
}

static void fit_columns(const struct list_column *columns, size_t count,
                        int cols, struct fitted *fitted)
{
    fitted->count = count;
    for (size_t i = 0; i < count; i++) {
        fitted->column[i] = i;
    }
    while (fitted->count > 1 && is_too_wide(columns, fitted, cols)) {
        drop_column(columns, fitted);
    }
    int left = cols;
    for (size_t i = 0; i < fitted->count; i++) {
        fitted->width[i] = (int)columns[fitted->column[i]].width;
        left -= fitted->width[i] + 2;
    }
    bool only = fitted->count == 1;
    for (size_t i = 0; i < fitted->count; i++) {
        if (fitted->width[i] == 0 || only) {
            int width = only ? cols : left + 2;
            fitted->width[i] = width < 1 ? 1 : width > 100 ? 100 : width;
        }
    }
}

static void put_cell(const struct pen *pen, const struct list_column *column,
                     int y, int x, int width, enum style style,
                     const char *text)
{
    if (column->right) {
        pen_right(pen, y, x, width, style, text);
    } else {
        pen_text(pen, y, x, width, style, text);
    }
}

static void put_cells(const struct pen *pen, const struct list_column *columns,
                      const struct fitted *fitted, int y, int x,
                      enum style style, const struct list_entry *entry)
{
    for (size_t i = 0; i < fitted->count; i++) {
        size_t column = fitted->column[i];
        put_cell(pen, &columns[column], y, x, fitted->width[i], style,
                 entry->cells[column]);
        x += fitted->width[i] + 2;
    }
}

static void put_titles(const struct pen *pen, const struct list_column *columns,
                       const struct fitted *fitted, int y, int x)
{
    for (size_t i = 0; i < fitted->count; i++) {
        const struct list_column *column = &columns[fitted->column[i]];
        put_cell(pen, column, y, x, fitted->width[i], STYLE_DIM, column->title);
        x += fitted->width[i] + 2;
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
                    const struct list_column *columns,
                    const struct fitted *fitted, size_t at, int y,
                    struct rect area)
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
        snprintf(entry.cells[fitted->column[fitted->count - 1]], LIST_CELL_SIZE,
                 "(%s)", entry.disabled);
    }
    put_cells(pen, columns, fitted, y, area.x + 2, style, &entry);
}

/* Where the lines of TEXT start when COLS bytes go into each, parted between
 * words; one start more than lines.
 */
static size_t wrap(const char *text, size_t cols, size_t *starts, size_t most)
{
    size_t length = strlen(text), at = 0, lines = 0;
    while (at < length && lines < most) {
        size_t end = at + cols < length ? at + cols : length, cut = end;
        while (end < length && cut > at && text[cut] != ' ') {
            cut--;
        }
        starts[lines++] = at;
        while (end < length && ((unsigned char)text[end] & 0xc0U) == 0x80) {
            end--; /* no character is cut in two */
        }
        at = cut > at ? cut : end;
        at += text[at] == ' ';
    }
    starts[lines] = at;
    return lines;
}

/* The whole of a long sentence at the foot of the list, in words; returns the
 * rows that are left above it.
 */
static int put_sentence(const struct pen *pen, const struct state *state,
                        struct rect area)
{
    enum { SENTENCE_ROWS = 6 };
    const struct list *list = &state->list;
    if (list->kind != LIST_LOG || list->shown_count == 0 || area.rows < 4) {
        return area.rows;
    }
    bool standing;
    char line[LIST_CELL_SIZE], whole[MESSAGE_SIZE];
    text_sanitize(whole, sizeof whole,
                  state_note(state, list->shown[list->cursor], &standing));
    int cols =
        area.cols - 2 < LIST_CELL_SIZE ? area.cols - 2 : LIST_CELL_SIZE - 1;
    size_t starts[SENTENCE_ROWS + 1];
    size_t rows = wrap(whole, (size_t)cols, starts, SENTENCE_ROWS);
    int most = area.rows / 2, shown = (int)rows < most ? (int)rows : most;
    int top = area.y + area.rows - shown;
    if (rows < 2) {
        return area.rows;
    }
    for (int i = 0; i < shown; i++) {
        snprintf(line, sizeof line, "%.*s", (int)(starts[i + 1] - starts[i]),
                 whole + starts[i]);
        pen_text(pen, top + i, area.x + 2, cols, STYLE_PLAIN, line);
    }
    return area.rows - shown - 1;
}

void view_list(const struct pen *pen, const struct state *state,
               struct rect area, int *y, int *x)
{
    const struct list *list = &state->list;
    const struct list_column *columns;
    struct fitted fitted;
    size_t count = list_columns(list->kind, &columns);
    fit_columns(columns, count, area.cols - 2, &fitted);
    char place[64];
    snprintf(place, sizeof place, "%zu of %zu",
             list->shown_count == 0 ? 0 : list->cursor + 1, list->shown_count);
    pen_rule(pen, area.y, area.x, area.cols, list_title(list->kind), place,
             true);
    put_filter(pen, state, (struct rect){area.y + 1, area.x, 1, area.cols}, y,
               x);
    put_titles(pen, columns, &fitted, area.y + 2, area.x + 2);
    int top = area.y + TITLE_ROWS + FILTER_ROWS + COLUMN_ROWS;
    int rows = area.y + area.rows - top;
    if (list->shown_count == 0) {
        pen_text(pen, top, area.x + 2, area.cols - 2, STYLE_DIM,
                 list->kind == LIST_MODELS && state->presets == NULL
                     ? "reading the presets\u2026"
                     : "nothing matches");
        return;
    }
    rows =
        put_sentence(pen, state, (struct rect){top, area.x, rows, area.cols});
    size_t page = rows > 0 ? (size_t)rows : 0, first = 0;
    if (page > 0 && list->cursor >= page / 2 && list->shown_count > page) {
        first = list->cursor - page / 2;
        first =
            first + page > list->shown_count ? list->shown_count - page : first;
    }
    for (size_t i = 0; i < page && first + i < list->shown_count; i++) {
        put_row(pen, state, columns, &fitted, first + i, top + (int)i, area);
    }
}

/* "q_proj: 8, 2,097,152 -> 16, 4,194,304". */
static void compared_text(const struct list_entry *entry, char *out,
                          size_t size)
{
    const char *name = entry->cells[COMPARE_NAME];
    name += strspn(name, " ");
    snprintf(out, size, "%s%s%s: A %s  B %s", name,
             entry->cells[COMPARE_RANK][0] != '\0' ? "  rank " : "",
             entry->cells[COMPARE_RANK], entry->cells[COMPARE_A],
             entry->cells[COMPARE_B]);
}

void view_list_detail(const struct pen *pen, const struct state *state,
                      struct rect area)
{
    const struct list *list = &state->list;
    const struct list_column *columns;
    size_t count = list_columns(list->kind, &columns);
    if (list->shown_count == 0 || list->kind == LIST_MODELS ||
        list->kind == LIST_LOG) {
        return;
    }
    struct list_entry entry;
    char text[LIST_CELLS * LIST_CELL_SIZE];
    size_t index = list->shown[list->cursor];
    list_entry(state, index, &entry);
    if (list->kind == LIST_COMPARE) {
        compared_text(&entry, text, sizeof text);
    } else if (list->kind == LIST_METHODS) {
        snprintf(text, sizeof text, "%s", method_table[index].source);
    } else {
        snprintf(text, sizeof text, "%s", entry.cells[count - 1]);
    }
    pen_text(pen, area.y, area.x, area.cols, STYLE_DIM, text);
}
