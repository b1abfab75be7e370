/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A report as text: tables aligned by display columns, numbers to the right.
 *
 * Cells are written once into a grid of strings, measured, then laid out, so
 * no number is formatted twice.
 */
#include "explorer/render.h"

#include <math.h>
#include <string.h>

#include "explorer/render_formats.h"

/* The strings of one section, row major; row 0 is the heading of a table. */
struct grid {
    struct arena arena;
    const char **texts;
    bool *right;    /* by column: numbers */
    size_t *widths; /* by column, display columns */
    size_t rows, columns;
};

/* Text from outside, made safe for a terminal. */
static const char *clean_copy(struct arena *arena, const char *text,
                              struct error *err)
{
    size_t size = strlen(text) + 1;
    char *copy = arena_new(arena, size, 1, err);
    if (copy != NULL) {
        text_sanitize(copy, size, text);
    }
    return copy;
}

/* For readers: four digits after the point where that says enough, else the
 * value rounded to six digits.
 */
static void write_real(char out[UNITS_SIZE], double value)
{
    units_real(out, value);
    if (strlen(out) <= 8) {
        return;
    }
    double size = fabs(value);
    if (size >= 1e-2 && size < 1e7) {
        units_fixed(out, value, 4);
        return;
    }
    double scale = pow(10.0, 5.0 - floor(log10(size)));
    if (isfinite(scale) && scale > 0.0) {
        units_real(out, round(value * scale) / scale);
    }
}

static void write_list(struct text *text, const struct cell *cell, bool ascii)
{
    char number[UNITS_SIZE];
    for (size_t i = 0; i < cell->length; i++) {
        if (cell->kind == CELL_SHAPE) {
            const char *times = ascii ? " x " : " \u00d7 ";
            text_append(text, i == 0 ? "" : times);
            text_append(text, units_count(number, cell->counts[i]));
        } else if (cell->kind == CELL_REALS) {
            text_append(text, i == 0 ? "" : " ");
            write_real(number, cell->reals[i]);
            text_append(text, number);
        } else {
            text_append(text, i == 0 ? "" : "; ");
            text_append(text, cell->texts[i]);
        }
    }
}

static const char *cell_string(struct arena *arena, const struct cell *cell,
                               enum units_system units, bool ascii,
                               struct error *err)
{
    char number[UNITS_SIZE] = "-";
    switch (cell->kind) {
    case CELL_NULL:
        break;
    case CELL_TEXT:
        return clean_copy(arena, cell->text, err);
    case CELL_COUNT:
        units_count(number, cell->count);
        break;
    case CELL_BYTES:
        units_bytes(number, cell->count, units);
        break;
    case CELL_REAL:
        if (cell->fixed) {
            units_fixed(number, cell->real, 4);
        } else {
            write_real(number, cell->real);
        }
        break;
    case CELL_BOOL:
        return cell->count != 0 ? "yes" : "no";
    case CELL_SHAPE:
    case CELL_REALS:
    case CELL_TEXTS: {
        struct text text = {0};
        write_list(&text, cell, ascii);
        const char *kept = text_ok(&text, err)
                               ? clean_copy(arena, text_string(&text), err)
                               : NULL;
        text_clear(&text);
        return kept;
    }
    }
    return arena_copy(arena, number, strlen(number), err);
}

static bool is_number(const struct cell *cell)
{
    return cell->kind == CELL_COUNT || cell->kind == CELL_BYTES ||
           cell->kind == CELL_REAL || cell->kind == CELL_SHAPE;
}

/* Is any cell of the column meant for readers?  A table without rows shows
 * none of its columns.
 */
static bool column_shown(const struct report_section *section, size_t column)
{
    for (size_t i = 0; i < section->row_count; i++) {
        if (!section->cells[i * section->column_count + column].only_json) {
            return true;
        }
    }
    return false;
}

static bool grid_allocate(struct grid *grid, size_t rows, size_t columns,
                          struct error *err)
{
    size_t cells = rows * columns;
    grid->rows = rows;
    grid->columns = columns;
    grid->texts = arena_new(&grid->arena, cells, sizeof *grid->texts, err);
    grid->right = arena_new(&grid->arena, columns, sizeof *grid->right, err);
    grid->widths = arena_new(&grid->arena, columns, sizeof *grid->widths, err);
    return grid->texts != NULL && grid->right != NULL && grid->widths != NULL;
}

static void grid_measure(struct grid *grid)
{
    for (size_t i = 0; i < grid->rows * grid->columns; i++) {
        size_t width = text_columns(grid->texts[i]);
        size_t column = i % grid->columns;
        if (width > grid->widths[column]) {
            grid->widths[column] = width;
        }
    }
}

static void append_spaces(struct text *out, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        text_append(out, " ");
    }
}

static void grid_write(const struct grid *grid, struct text *out)
{
    for (size_t row = 0; row < grid->rows; row++) {
        size_t owed = 0; /* spaces, written only before something visible */
        for (size_t i = 0; i < grid->columns; i++) {
            const char *text = grid->texts[row * grid->columns + i];
            size_t pad = grid->widths[i] - text_columns(text);
            owed += (i == 0 ? 0 : 2) + (grid->right[i] ? pad : 0);
            if (text[0] != '\0') {
                append_spaces(out, owed);
                text_append(out, text);
                owed = 0;
            }
            owed += grid->right[i] ? 0 : pad;
        }
        text_append(out, "\n");
    }
}

/* Fill one column of a table's grid, heading first. */
static bool fill_column(struct grid *grid, const struct report_section *section,
                        size_t from, size_t to, enum units_system units,
                        bool ascii, struct error *err)
{
    grid->texts[to] = section->columns[from].label;
    for (size_t row = 0; row < section->row_count; row++) {
        const struct cell *cell =
            &section->cells[row * section->column_count + from];
        const char *text = cell_string(&grid->arena, cell, units, ascii, err);
        if (text == NULL) {
            return false;
        }
        grid->texts[(row + 1) * grid->columns + to] = text;
        grid->right[to] = grid->right[to] || is_number(cell);
    }
    return true;
}

static bool write_table(const struct report_section *section,
                        enum units_system units, bool ascii, struct text *out,
                        struct error *err)
{
    size_t shown = 0;
    for (size_t i = 0; i < section->column_count; i++) {
        shown += column_shown(section, i) ? 1 : 0;
    }
    if (shown == 0) {
        return true;
    }
    struct grid grid = {0};
    bool ok = grid_allocate(&grid, section->row_count + 1, shown, err);
    size_t to = 0;
    for (size_t i = 0; ok && i < section->column_count; i++) {
        if (column_shown(section, i)) {
            ok = fill_column(&grid, section, i, to++, units, ascii, err);
        }
    }
    if (ok) {
        grid_measure(&grid);
        grid_write(&grid, out);
    }
    arena_clear(&grid.arena);
    return ok;
}

/* A field without a label is a sentence of its own and takes no part in the
 * alignment.
 */
static bool is_sentence(const struct report_section *section, size_t i)
{
    return section->columns[i].label[0] == '\0';
}

static bool write_sentences(const struct report_section *section,
                            enum units_system units, bool ascii,
                            struct text *out, struct error *err)
{
    struct arena arena = {0};
    bool ok = true;
    for (size_t i = 0; ok && i < section->column_count; i++) {
        if (section->cells[i].only_json || !is_sentence(section, i)) {
            continue;
        }
        const char *text =
            cell_string(&arena, &section->cells[i], units, ascii, err);
        ok = text != NULL;
        text_append(out, ok ? text : "");
        text_append(out, "\n");
    }
    arena_clear(&arena);
    return ok;
}

static bool fill_field(struct grid *grid, size_t row, const char *label,
                       const struct cell *cell, enum units_system units,
                       bool ascii, struct error *err)
{
    const char *text = cell_string(&grid->arena, cell, units, ascii, err);
    if (text == NULL) {
        return false;
    }
    grid->texts[2 * row] = label;
    grid->texts[2 * row + 1] = text;
    grid->right[1] = grid->right[1] || is_number(cell);
    return true;
}

static bool write_fields(const struct report_section *section,
                         enum units_system units, bool ascii, struct text *out,
                         struct error *err)
{
    if (!write_sentences(section, units, ascii, out, err)) {
        return false;
    }
    struct grid grid = {0};
    bool ok = grid_allocate(&grid, section->column_count, 2, err);
    size_t row = 0;
    for (size_t i = 0; ok && i < section->column_count; i++) {
        if (!section->cells[i].only_json && !is_sentence(section, i)) {
            ok = fill_field(&grid, row++, section->columns[i].label,
                            &section->cells[i], units, ascii, err);
        }
    }
    if (ok) {
        grid.rows = row;
        grid_measure(&grid);
        grid_write(&grid, out);
    }
    arena_clear(&grid.arena);
    return ok;
}

/* It may quote what a file or an option says. */
static bool write_headline(const char *headline, struct text *out,
                           struct error *err)
{
    struct arena arena = {0};
    const char *clean = clean_copy(&arena, headline, err);
    if (clean != NULL) {
        text_appendf(out, "%s\n", clean);
    }
    arena_clear(&arena);
    return clean != NULL;
}

/* ---- sentences -------------------------------------------------------------- */

enum { TEXT_COLUMNS = 80, TEXT_INDENT = 4 };

/* Where to break the line that starts at TEXT, COLUMNS wide at most; a word
 * that is wider stands alone.
 */
static size_t line_length(const char *text, size_t columns)
{
    size_t best = 0;
    size_t used = 0;
    for (size_t i = 0; text[i] != '\0';) {
        uint32_t point = 0;
        size_t size = text_decode(text + i, &point);
        if (text[i] == ' ') {
            best = i;
        }
        used++;
        if (used > columns && best > 0) {
            return best;
        }
        i += size;
    }
    return strlen(text);
}

static void write_wrapped(const char *text, struct text *out)
{
    while (*text != '\0') {
        size_t length = line_length(text, TEXT_COLUMNS - TEXT_INDENT);
        append_spaces(out, TEXT_INDENT);
        text_append_bytes(out, text, length);
        text_append(out, "\n");
        text += length;
        text += strspn(text, " ");
    }
}

/* A name, and below it each cell of its row on lines of its own. */
static bool write_list_table(const struct report_section *section,
                             enum units_system units, bool ascii,
                             struct text *out, struct error *err)
{
    struct arena arena = {0};
    bool ok = true;
    size_t columns = section->column_count;
    for (size_t i = 0; ok && i < section->row_count * columns; i++) {
        const char *text =
            cell_string(&arena, &section->cells[i], units, ascii, err);
        ok = text != NULL;
        if (ok && i % columns == 0) {
            text_appendf(out, "%s\n", text);
        } else if (ok) {
            write_wrapped(text, out);
        }
    }
    arena_clear(&arena);
    return ok;
}

static bool write_section(const struct report_section *section,
                          enum units_system units, bool ascii, struct text *out,
                          struct error *err)
{
    if (section->wrapped) {
        return write_list_table(section, units, ascii, out, err);
    }
    return section->table ? write_table(section, units, ascii, out, err)
                          : write_fields(section, units, ascii, out, err);
}

bool render_text(const struct report *report, enum units_system units,
                 bool ascii, struct text *out, struct error *err)
{
    size_t start = out->length;
    if (report->headline != NULL &&
        !write_headline(report->headline, out, err)) {
        return false;
    }
    for (size_t i = 0; i < report->section_count; i++) {
        const struct report_section *section = &report->sections[i];
        struct text part = {0};
        bool ok = write_section(section, units, ascii, &part, err);
        if (ok && part.length > 0) {
            text_append(out, out->length > start ? "\n" : "");
            if (section->title[0] != '\0') {
                text_appendf(out, "%s\n", section->title);
            }
            text_append(out, text_string(&part));
        }
        ok = ok && text_ok(&part, err);
        text_clear(&part);
        if (!ok) {
            return false;
        }
    }
    return text_ok(out, err);
}
