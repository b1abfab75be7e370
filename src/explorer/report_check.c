/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The report of `check`: the verdict, why, and the settings that fit.
 */
#include <string.h>

#include "explorer/lookup.h"
#include "explorer/report_build.h"

static const struct report_column match_columns[] = {
    {"model", "model"},
    {"method", "method"},
    {"rank", "r"},
    {"targets", "targets"},
    {"layout", "layout"},
    {"exact", "exact"},
    {"quantised_print", "quantised"},
    {"print", "printed"},
    {"vocabulary_rows", "vocabulary"},
    {"regex", "regex"},
};
enum { MATCH_COLUMNS = sizeof match_columns / sizeof match_columns[0] };

static struct cell cell_bool(bool value)
{
    return (struct cell){.kind = CELL_BOOL, .count = value};
}

static struct cell figure_cell(const struct lookup_figure *figure)
{
    return figure->given ? cell_count(figure->value) : cell_null();
}

static struct cell rank_cell(const struct lookup_match *match)
{
    return match->rank > 0 ? cell_count(match->rank) : cell_null();
}

static bool add_match(struct report *report, struct report_section *table,
                      const struct lookup_match *match, struct error *err)
{
    const struct cell cells[MATCH_COLUMNS] = {
        cell_text(match->model),
        cell_text(match->method),
        rank_cell(match),
        cell_text(match->targets),
        cell_text(lookup_layouts_name(match->layouts)),
        cell_text(lookup_exact_name(match->exact)),
        cell_for_programs(cell_bool(match->print != PRINT_TRUE)),
        cell_text(lookup_print_name(match->print)),
        cell_for_programs(cell_real((double)match->vocabulary)),
        cell_for_programs(cell_bool(match->regex)),
    };
    return report_add_row(report, table, cells, err);
}

/* For readers, what fits less well than the best is only counted. */
static size_t count_shown(const struct lookup *lookup, size_t most, bool all)
{
    size_t shown = 0;
    while (shown < lookup->count && shown < most &&
           (all || lookup->matches[shown].exact == lookup->matches[0].exact)) {
        shown++;
    }
    return shown;
}

static bool add_verdict(struct report *report, const struct lookup_line *line,
                        const struct lookup *lookup, size_t shown,
                        struct error *err)
{
    bool rounded = line->trainable.rounded || line->all.rounded;
    const struct report_field fields[] = {
        {"claim", "",
         cell_for_programs(cell_text(lookup_verdict_name(lookup->verdict)))},
        {"explanation", "", cell_for_programs(cell_text(lookup->explanation))},
        {"trainable", "trainable", figure_cell(&line->trainable)},
        {"all", "all", figure_cell(&line->all)},
        {"rounded", "rounded", cell_for_programs(cell_bool(rounded))},
        {"matches_found", "settings that fit", cell_count(lookup->count)},
        {"matches_shown", "shown below", cell_for_readers(cell_count(shown))},
    };
    return report_add_fields(report, "", "", fields,
                             sizeof(fields) / sizeof(fields[0]), err);
}

/* The verdict and why; without a claim there is no verdict to give. */
static const char *write_headline(struct report *report,
                                  const struct lookup *lookup,
                                  struct error *err)
{
    struct text line = {0};
    if (lookup->claims) {
        text_appendf(&line, "%s: ", lookup_verdict_name(lookup->verdict));
    }
    text_append(&line, lookup->explanation);
    return report_keep(report, &line, err);
}

bool report_check(struct report *report, const struct lookup_line *line,
                  const struct lookup *lookup, size_t most, bool all,
                  struct error *err)
{
    memset(report, 0, sizeof *report);
    size_t shown = count_shown(lookup, most, all);
    report->headline = write_headline(report, lookup, err);
    bool ok = report->headline != NULL &&
              add_verdict(report, line, lookup, shown, err);
    struct report_section *table =
        ok ? report_add_table(report, "matches", "", match_columns,
                              MATCH_COLUMNS, err)
           : NULL;
    ok = table != NULL;
    for (size_t i = 0; ok && i < shown; i++) {
        ok = add_match(report, table, &lookup->matches[i], err);
    }
    if (!ok) {
        report_clear(report);
    }
    return ok;
}
