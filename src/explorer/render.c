/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A report as JSON and CSV; render_text.c has the tables for people.
 *
 * Counts and bytes are exact integers, reals the shortest decimal that reads
 * back.  CSV is RFC 4180: CRLF, and quotes where a field needs them.
 */
#include "explorer/render.h"

#include <inttypes.h>
#include <string.h>

#include "explorer/render_formats.h"
#include "explorer/version.h"
#include "formats/json.h"

static void put_json_list(struct json_writer *writer, const char *key,
                          const struct cell *cell)
{
    json_begin_list(writer, key);
    for (size_t i = 0; i < cell->length; i++) {
        if (cell->kind == CELL_SHAPE) {
            json_put_count(writer, NULL, cell->counts[i]);
        } else if (cell->kind == CELL_REALS) {
            json_put_real(writer, NULL, cell->reals[i]);
        } else {
            json_put_text(writer, NULL, cell->texts[i]);
        }
    }
    json_end_list(writer);
}

static void put_json_cell(struct json_writer *writer, const char *key,
                          const struct cell *cell)
{
    switch (cell->kind) {
    case CELL_NULL:
        json_put_null(writer, key);
        return;
    case CELL_TEXT:
        json_put_text(writer, key, cell->text);
        return;
    case CELL_COUNT:
    case CELL_BYTES:
        json_put_count(writer, key, cell->count);
        return;
    case CELL_REAL:
        json_put_real(writer, key, cell->real);
        return;
    case CELL_BOOL:
        json_put_bool(writer, key, cell->count != 0);
        return;
    case CELL_SHAPE:
    case CELL_REALS:
    case CELL_TEXTS:
        put_json_list(writer, key, cell);
        return;
    }
}

static void put_json_row(struct json_writer *writer,
                         const struct report_section *section, size_t row)
{
    const struct cell *cells = &section->cells[row * section->column_count];
    for (size_t i = 0; i < section->column_count; i++) {
        if (!cells[i].only_text) {
            put_json_cell(writer, section->columns[i].key, &cells[i]);
        }
    }
}

static void put_json_table(struct json_writer *writer, const char *key,
                           const struct report_section *section)
{
    json_begin_list(writer, key);
    for (size_t i = 0; i < section->row_count; i++) {
        json_begin_object(writer, NULL);
        put_json_row(writer, section, i);
        json_end_object(writer);
    }
    json_end_list(writer);
}

static void put_json_section(struct json_writer *writer,
                             const struct report_section *section)
{
    if (section->key == NULL) {
        return;
    }
    if (section->table) {
        put_json_table(writer, section->key, section);
    } else if (section->key[0] == '\0') {
        put_json_row(writer, section, 0);
    } else {
        json_begin_object(writer, section->key);
        put_json_row(writer, section, 0);
        json_end_object(writer);
    }
}

static const struct report_section *main_table(const struct report *report)
{
    for (size_t i = 0; i < report->section_count; i++) {
        if (report->sections[i].table) {
            return &report->sections[i];
        }
    }
    return NULL;
}

void render_json(const struct report *report, struct text *out)
{
    struct json_writer writer = {.out = out};
    const struct report_section *table = main_table(report);
    if (report->list && table != NULL) {
        put_json_table(&writer, NULL, table);
    } else {
        json_begin_object(&writer, NULL);
        json_put_text(&writer, "loraexplore", LORAEXPLORE_VERSION);
        for (size_t i = 0; i < report->section_count; i++) {
            put_json_section(&writer, &report->sections[i]);
        }
        json_end_object(&writer);
    }
    text_append(out, "\n");
}

static void put_csv_text(struct text *out, const char *field)
{
    if (strpbrk(field, ",\"\r\n") == NULL) {
        text_append(out, field);
        return;
    }
    text_append(out, "\"");
    for (const char *at = field; *at != '\0'; at++) {
        text_append(out, *at == '"' ? "\"" : "");
        text_append_bytes(out, at, 1);
    }
    text_append(out, "\"");
}

static void put_csv_list(struct text *out, const struct cell *cell)
{
    struct text field = {0};
    char number[UNITS_SIZE];
    for (size_t i = 0; i < cell->length; i++) {
        if (cell->kind == CELL_SHAPE) {
            text_appendf(&field, "%s%" PRIu64, i == 0 ? "" : "x",
                         cell->counts[i]);
        } else if (cell->kind == CELL_REALS) {
            text_appendf(&field, "%s%s", i == 0 ? "" : " ",
                         units_real(number, cell->reals[i]));
        } else {
            text_appendf(&field, "%s%s", i == 0 ? "" : "; ", cell->texts[i]);
        }
    }
    out->failed = out->failed || field.failed;
    put_csv_text(out, text_string(&field));
    text_clear(&field);
}

static void put_csv_cell(struct text *out, const struct cell *cell)
{
    char number[UNITS_SIZE];
    switch (cell->kind) {
    case CELL_NULL:
        return;
    case CELL_TEXT:
        put_csv_text(out, cell->text);
        return;
    case CELL_COUNT:
    case CELL_BYTES:
        text_appendf(out, "%" PRIu64, cell->count);
        return;
    case CELL_REAL:
        text_append(out, units_real(number, cell->real));
        return;
    case CELL_BOOL:
        text_append(out, cell->count != 0 ? "true" : "false");
        return;
    case CELL_SHAPE:
    case CELL_REALS:
    case CELL_TEXTS:
        put_csv_list(out, cell);
        return;
    }
}

static void put_csv_rows(struct text *out, const struct report_section *section)
{
    size_t columns = section->column_count;
    for (size_t row = 0; row < section->row_count; row++) {
        for (size_t i = 0; i < columns; i++) {
            text_append(out, i == 0 ? "" : ",");
            put_csv_cell(out, &section->cells[row * columns + i]);
        }
        text_append(out, "\r\n");
    }
}

static void put_csv_section(struct text *out,
                            const struct report_section *section)
{
    size_t columns = section->column_count;
    for (size_t i = 0; i < columns; i++) {
        text_append(out, i == 0 ? "" : ",");
        put_csv_text(out, section->columns[i].key);
    }
    text_append(out, "\r\n");
    put_csv_rows(out, section);
}

void render_csv(const struct report *report, struct text *out)
{
    const struct report_section *table = main_table(report);
    if (table != NULL) {
        put_csv_section(out, table);
        for (size_t i = 0; i < report->section_count; i++) {
            const struct report_section *more = &report->sections[i];
            if (more != table && more->columns == table->columns) {
                put_csv_rows(out, more);
            }
        }
    } else if (report->section_count > 0) {
        put_csv_section(out, &report->sections[0]);
    }
}

bool render_report(const struct report *report, enum render_format format,
                   enum units_system units, bool ascii, struct text *out,
                   struct error *err)
{
    switch (format) {
    case RENDER_TEXT:
        return render_text(report, units, ascii, out, err);
    case RENDER_JSON:
        render_json(report, out);
        break;
    case RENDER_CSV:
        render_csv(report, out);
        break;
    }
    return text_ok(out, err);
}
