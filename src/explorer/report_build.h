/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How reports are put together; only the report_*.c files need it.
 *
 * A section without a key (NULL, not "") is for readers: JSON leaves it out.
 */
#ifndef EXPLORER_REPORT_BUILD_H
#define EXPLORER_REPORT_BUILD_H

#include "base/text.h"
#include "explorer/report.h"

/* One field: a key for programs, a label for people, a value. */
struct report_field {
    const char *key;
    const char *label;
    struct cell cell;
};

struct cell cell_null(void);
struct cell cell_text(const char *text); /* NULL gives a null cell */
struct cell cell_count(uint64_t count);
struct cell cell_bytes(uint64_t bytes);
struct cell cell_percent(double percent); /* four digits, as PEFT prints it */
struct cell cell_real(double real);       /* not finite: a null cell */
struct cell cell_reals(const double *reals, size_t length);
struct cell cell_texts(const char *const *texts, size_t length);
/* [rows, cols], in the report's arena; a null cell without memory. */
struct cell cell_shape(struct report *report, uint64_t rows, uint64_t cols,
                       struct error *err);
struct cell cell_for_programs(struct cell cell);
struct cell cell_for_readers(struct cell cell);

/* Append a section of COUNT fields; they are copied. */
bool report_add_fields(struct report *report, const char *key,
                       const char *title, const struct report_field *fields,
                       size_t count, struct error *err);

/* Append an empty table; COLUMNS is borrowed.  The section stays valid until
 * the next one is added; NULL with *err set without memory.
 */
struct report_section *report_add_table(struct report *report, const char *key,
                                        const char *title,
                                        const struct report_column *columns,
                                        size_t column_count, struct error *err);

/* Append a row of column_count cells to a table; they are copied. */
bool report_add_row(struct report *report, struct report_section *section,
                    const struct cell *cells, struct error *err);

/* Move a finished text into the report; clears TEXT.  NULL on failure. */
const char *report_keep(struct report *report, struct text *text,
                        struct error *err);

#endif
