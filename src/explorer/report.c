/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cells, sections and rows of a report; everything lives in its arena.
 */
#include "explorer/report.h"

#include <math.h>
#include <string.h>

#include "explorer/report_build.h"

struct cell cell_null(void)
{
    return (struct cell){.kind = CELL_NULL};
}

struct cell cell_text(const char *text)
{
    if (text == NULL) {
        return cell_null();
    }
    return (struct cell){.kind = CELL_TEXT, .text = text};
}

struct cell cell_count(uint64_t count)
{
    return (struct cell){.kind = CELL_COUNT, .count = count};
}

struct cell cell_bytes(uint64_t bytes)
{
    return (struct cell){.kind = CELL_BYTES, .count = bytes};
}

struct cell cell_real(double real)
{
    if (!isfinite(real)) {
        return cell_null();
    }
    return (struct cell){.kind = CELL_REAL, .real = real};
}

struct cell cell_percent(double percent)
{
    struct cell cell = cell_real(percent);
    cell.fixed = true;
    return cell;
}

struct cell cell_reals(const double *reals, size_t length)
{
    return (struct cell){.kind = CELL_REALS, .reals = reals, .length = length};
}

struct cell cell_texts(const char *const *texts, size_t length)
{
    return (struct cell){.kind = CELL_TEXTS, .texts = texts, .length = length};
}

struct cell cell_shape(struct report *report, uint64_t rows, uint64_t cols,
                       struct error *err)
{
    uint64_t *counts = arena_new(&report->arena, 2, sizeof *counts, err);
    if (counts == NULL) {
        return cell_null();
    }
    counts[0] = rows;
    counts[1] = cols;
    return (struct cell){.kind = CELL_SHAPE, .counts = counts, .length = 2};
}

struct cell cell_for_programs(struct cell cell)
{
    cell.only_json = true;
    return cell;
}

struct cell cell_for_readers(struct cell cell)
{
    cell.only_text = true;
    return cell;
}

void report_clear(struct report *report)
{
    arena_clear(&report->arena);
    memset(report, 0, sizeof *report);
}

/* Room for one more of SIZE bytes in a block of the arena; the old block stays
 * there until the report goes, which doubling keeps below the new one.
 */
static void *grow(struct arena *arena, void *items, size_t *capacity,
                  size_t count, size_t size, struct error *err)
{
    if (count < *capacity) {
        return items;
    }
    size_t wanted = *capacity == 0 ? 8 : *capacity * 2;
    void *block = arena_new(arena, wanted, size, err);
    if (block == NULL) {
        return NULL;
    }
    if (count > 0) {
        memcpy(block, items, count * size);
    }
    *capacity = wanted;
    return block;
}

static struct report_section *add_section(struct report *report,
                                          struct error *err)
{
    struct report_section *sections =
        grow(&report->arena, report->sections, &report->section_capacity,
             report->section_count, sizeof *sections, err);
    if (sections == NULL) {
        return NULL;
    }
    report->sections = sections;
    return &sections[report->section_count++];
}

bool report_add_row(struct report *report, struct report_section *section,
                    const struct cell *cells, struct error *err)
{
    size_t row_size = section->column_count * sizeof *cells;
    struct cell *grown =
        grow(&report->arena, section->cells, &section->row_capacity,
             section->row_count, row_size, err);
    if (grown == NULL) {
        return false;
    }
    section->cells = grown;
    memcpy(&grown[section->row_count * section->column_count], cells, row_size);
    section->row_count++;
    return true;
}

struct report_section *report_add_table(struct report *report, const char *key,
                                        const char *title,
                                        const struct report_column *columns,
                                        size_t column_count, struct error *err)
{
    struct report_section *section = add_section(report, err);
    if (section == NULL) {
        return NULL;
    }
    *section = (struct report_section){
        .key = key,
        .title = title,
        .table = true,
        .columns = columns,
        .column_count = column_count,
    };
    return section;
}

bool report_add_fields(struct report *report, const char *key,
                       const char *title, const struct report_field *fields,
                       size_t count, struct error *err)
{
    struct report_column *columns =
        arena_new(&report->arena, count, sizeof *columns, err);
    struct cell *cells = arena_new(&report->arena, count, sizeof *cells, err);
    if (columns == NULL || cells == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        columns[i].key = fields[i].key;
        columns[i].label = fields[i].label;
        cells[i] = fields[i].cell;
    }
    struct report_section *section = add_section(report, err);
    if (section == NULL) {
        return false;
    }
    *section = (struct report_section){
        .key = key,
        .title = title,
        .columns = columns,
        .column_count = count,
        .cells = cells,
        .row_count = 1,
        .row_capacity = 1,
    };
    return true;
}

const char *report_keep(struct report *report, struct text *text,
                        struct error *err)
{
    const char *kept = NULL;
    if (text_ok(text, err)) {
        kept = arena_copy(&report->arena, text_string(text), text->length, err);
    }
    text_clear(text);
    return kept;
}
