/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The modules that a method of PEFT adapts when nobody names any.
 *
 * Source: PEFT 0.18.1 and 0.21.2, utils/constants.py, as a table in
 * presets/default_targets.tsv; presets/README.md says how it is written.
 */
#include "adapter/defaults.h"

#include <stddef.h>
#include <string.h>

#include "base/alloc.h"

/* A method may refer to another, and that one on, this many times. */
enum { REFERENCES = 8 };

enum column { PEFT, METHOD, MODEL_TYPE, TARGETS, FORM, COLUMNS };

struct span {
    const char *start;
    size_t length;
};

struct row {
    struct span columns[COLUMNS];
};

struct query {
    const char *table;
    const char *model_type;
    const char *peft;
};

static struct span span_of(const char *text)
{
    return (struct span){text, strlen(text)};
}

static bool span_equal(struct span a, struct span b)
{
    return a.length == b.length && memcmp(a.start, b.start, a.length) == 0;
}

static bool span_is(struct span span, const char *text)
{
    return span_equal(span, span_of(text));
}

/* Read the row at *cursor, which moves to the next line; columns that the line
 * lacks are empty.  False at the end of the table.
 */
static bool next_row(const char **cursor, struct row *row)
{
    const char *at = *cursor;
    if (*at == '\0') {
        return false;
    }
    for (size_t i = 0; i < COLUMNS; i++) {
        row->columns[i] = (struct span){at, strcspn(at, "\t\r\n")};
        at += row->columns[i].length;
        at += *at == '\t';
    }
    at += strcspn(at, "\n");
    *cursor = at + (*at == '\n');
    return true;
}

static bool find_row(const struct query *query, struct span method,
                     const char *model_type, struct row *row)
{
    const char *cursor = query->table;
    while (next_row(&cursor, row)) {
        if (span_is(row->columns[PEFT], query->peft) &&
            span_equal(row->columns[METHOD], method) &&
            span_is(row->columns[MODEL_TYPE], model_type)) {
            return true;
        }
    }
    return false;
}

static bool take_targets(struct span targets, bool regex,
                         struct default_targets *out, struct error *err)
{
    out->text = memory_new(targets.length + 1, 1, err);
    if (out->text == NULL) {
        return false;
    }
    memcpy(out->text, targets.start, targets.length);
    out->regex = regex;
    out->found = true;
    return true;
}

/* What a row says; "as" turns *method into the one it refers to. */
static bool read_row(const struct row *row, struct span *method, bool *again,
                     struct default_targets *out, struct error *err)
{
    struct span form = row->columns[FORM];
    bool regex = span_is(form, "regex");
    *again = span_is(form, "as");
    if (*again) {
        *method = row->columns[TARGETS];
        return true;
    }
    if (span_is(form, "none")) {
        return true;
    }
    if (!regex && !span_is(form, "list")) {
        return error_set(err, ERROR_FORMAT,
                         "default_targets.tsv has a row of the form \"%.*s\": "
                         "write list, regex, as or none",
                         form.length < 32 ? (int)form.length : 32, form.start);
    }
    return take_targets(row->columns[TARGETS], regex, out, err);
}

static bool find_targets(const struct query *query, const char *name,
                         struct default_targets *out, struct error *err)
{
    struct span method = span_of(name);
    for (unsigned i = 0; i < REFERENCES; i++) {
        struct row row;
        bool again = false;
        if (!find_row(query, method, query->model_type, &row) &&
            !find_row(query, method, "*", &row)) {
            return true;
        }
        if (!read_row(&row, &method, &again, out, err)) {
            return false;
        }
        if (!again) {
            return true;
        }
    }
    return error_set(err, ERROR_FORMAT,
                     "default_targets.tsv refers from %s to another method "
                     "again and again: end the chain of \"as\" rows",
                     name);
}

bool default_targets(const struct resource_path *path, const char *method,
                     const char *model_type, enum peft_version peft,
                     struct default_targets *out, struct error *err)
{
    struct query query = {NULL, model_type, peft_version_name(peft)};
    size_t length = 0;
    char *owned = NULL;
    *out = (struct default_targets){0};
    if (!resource_read(path, "default_targets.tsv", &query.table, &length,
                       &owned, err)) {
        return false;
    }
    bool done = find_targets(&query, method, out, err);
    memory_free(owned);
    return done;
}

void default_targets_clear(struct default_targets *targets)
{
    memory_free(targets->text);
    *targets = (struct default_targets){0};
}
