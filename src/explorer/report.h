/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One model of typed cells behind text, JSON, CSV and what the screen exports.
 *
 * A report is sections in order.  A section is either fields (key, value) or a
 * table (columns, rows).  In JSON a field section with an empty key belongs to
 * the top object, one with a key is an object of that name, and a table is a
 * list of objects.  CSV writes the report's main table, with the rows of
 * later tables of the same columns, or its fields when it has no table.
 */
#ifndef EXPLORER_REPORT_H
#define EXPLORER_REPORT_H

#include "adapter/count.h"
#include "base/alloc.h"
#include "base/error.h"
#include "explorer/setup.h"
#include "memory/ledger.h"
#include "model/model.h"
#include "spectrum/source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cell_kind {
    CELL_NULL, /* undefined: null in JSON, "-" in text */
    CELL_TEXT,
    CELL_COUNT, /* an exact whole number */
    CELL_BYTES, /* bytes; units in text, an exact number elsewhere */
    CELL_REAL,
    CELL_BOOL,
    CELL_SHAPE, /* a short list of whole numbers: [out, in] */
    CELL_REALS, /* a list of reals */
    CELL_TEXTS, /* a list of strings */
};

struct cell {
    enum cell_kind kind;
    const char *text;
    uint64_t count;
    double real;
    const uint64_t *counts;   /* CELL_SHAPE, `length` of them */
    const double *reals;      /* CELL_REALS */
    const char *const *texts; /* CELL_TEXTS */
    size_t length;
    bool fixed;     /* a real with four digits after the point for readers */
    bool only_json; /* machines want it, readers do not */
    bool only_text; /* the reverse */
};

struct report_column {
    const char *key;   /* JSON and CSV */
    const char *label; /* text; "" for none */
};

struct report_section {
    const char *key;   /* "" for the top object */
    const char *title; /* heading in text, "" for none */
    bool table;
    bool wrapped; /* a table of sentences: for readers, lines below names */
    const struct report_column *columns; /* of a table, or one per field */
    size_t column_count;
    struct cell *cells; /* row major; fields are one row */
    size_t row_count, row_capacity;
};

struct report {
    const char *headline; /* first line of text output (PEFT's line), or NULL */
    bool list;            /* JSON is the main table alone: presets */
    struct report_section *sections;
    size_t section_count, section_capacity;
    struct arena arena; /* owns everything above */
};

void report_clear(struct report *report);

/* loraexplore count; LEDGER may be NULL.  FILE_BYTES 0: not computed. */
bool report_count(struct report *report, const struct model *model,
                  const struct explorer_setup *setup, const struct count *count,
                  const struct ledger *ledger, uint64_t file_bytes,
                  struct error *err);
/* loraexplore presets: those whose name or type contains PATTERN (or NULL). */
bool report_presets(struct report *report, const struct preset_list *presets,
                    const char *pattern, struct error *err);
/* loraexplore methods: those whose name, type or summary contains PATTERN (or
 * NULL).
 */
bool report_methods(struct report *report, const struct resource_path *path,
                    const char *pattern, struct error *err);
/* loraexplore spectrum at RANK; ASKED: the user named that rank, so one beyond
 * the matrix deserves a warning.  VALUES: every sigma, else the leading ones.
 */
bool report_spectrum(struct report *report, const struct spectrum *spectrum,
                     uint64_t rank, bool asked, bool values, struct error *err);

/* loraexplore sweep: the settings of SETUP at each of RANKS; its last section
 * is the warnings.
 *
 * errors  a method without a rank; what PEFT refuses at one of the ranks
 */
bool report_sweep(struct report *report, const struct model *model,
                  const struct explorer_setup *setup, const uint64_t *ranks,
                  size_t rank_count, struct error *err);

struct lookup;
struct lookup_line;
/* loraexplore check: the verdict, why, and the MOST best matches; unless ALL,
 * only those that fit as well as the best.
 */
bool report_check(struct report *report, const struct lookup_line *line,
                  const struct lookup *lookup, size_t most, bool all,
                  struct error *err);

/* --explain: append formula and source of each number of a report. */
bool report_explain_count(struct report *report, const struct model *model,
                          const struct explorer_setup *setup,
                          const struct count *count, struct error *err);
bool report_explain_spectrum(struct report *report, struct error *err);
bool report_explain_check(struct report *report, struct error *err);
bool report_explain_presets(struct report *report, struct error *err);
bool report_explain_methods(struct report *report, struct error *err);

#endif
