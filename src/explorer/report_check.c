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
    {"class", "class"},
    {"task", "task"},
    {"labels", "labels"},
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

/* What a claim leaves out is shown only where some match needs it. */
static struct cell variant_cell(struct cell cell, bool shown)
{
    return shown ? cell : cell_for_programs(cell);
}

static bool is_variant(const struct lookup_match *match)
{
    return match->class_name != NULL || match->task != NULL ||
           match->labels > 0;
}

static bool add_match(struct report *report, struct report_section *table,
                      const struct lookup_match *match, bool variants,
                      struct error *err)
{
    const struct cell labels =
        match->labels > 0 ? cell_count(match->labels) : cell_null();
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
        variant_cell(cell_text(match->class_name), variants),
        variant_cell(cell_text(match->task), variants),
        variant_cell(labels, variants),
    };
    return report_add_row(report, table, cells, err);
}

/* How many settings give what, of the claimed model where there is one. */
struct tally {
    size_t both, one, others; /* others: of models that are not claimed */
};

static struct tally tally(const struct lookup *lookup, bool modelled)
{
    struct tally sum = {0};
    for (size_t i = 0; i < lookup->count; i++) {
        const struct lookup_match *match = &lookup->matches[i];
        if (modelled && !match->claimed) {
            sum.others++;
        } else if (match->exact == EXACT_BOTH) {
            sum.both++;
        } else {
            sum.one++;
        }
    }
    return sum;
}

/* For readers, what fits less well than the best is only counted, and so are
 * other models than the claimed one.
 */
static size_t count_shown(const struct lookup *lookup, size_t most, bool all)
{
    size_t shown = 0;
    while (shown < lookup->count && shown < most &&
           (all || (lookup->matches[shown].exact == lookup->matches[0].exact &&
                    (!lookup->modelled || lookup->matches[shown].claimed)))) {
        shown++;
    }
    return shown;
}

static bool add_verdict(struct report *report, const struct lookup_line *line,
                        const struct lookup *lookup, size_t shown,
                        struct error *err)
{
    bool rounded = line->trainable.rounded || line->all.rounded;
    bool two = line->trainable.given && line->all.given;
    const struct tally sum = tally(lookup, lookup->modelled);
    struct report_field fields[] = {
        {"claim", "",
         cell_for_programs(cell_text(lookup_verdict_name(lookup->verdict)))},
        {"explanation", "", cell_for_programs(cell_text(lookup->explanation))},
        {"trainable", "trainable", figure_cell(&line->trainable)},
        {"all", "all", figure_cell(&line->all)},
        {"rounded", "rounded", cell_for_programs(cell_bool(rounded))},
        {"matches_found", "", cell_for_programs(cell_count(lookup->count))},
        {"settings_both", "settings that give both figures",
         cell_for_readers(cell_count(sum.both))},
        {"settings_one",
         two ? "settings that give one of the two" : "settings that give it",
         cell_for_readers(cell_count(sum.one))},
        {"matches_shown", "shown below", cell_for_readers(cell_count(shown))},
        {"settings_others", "settings of other models",
         cell_for_readers(cell_count(sum.others))},
    };
    size_t count = sizeof(fields) / sizeof(fields[0]);
    if (!two) { /* no settings can give both */
        fields[6] = fields[7];
        fields[7] = fields[8];
        fields[8] = fields[9];
        count--;
    }
    return report_add_fields(report, "", "", fields,
                             lookup->modelled ? count : count - 1, err);
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
    bool variants = false;
    for (size_t i = 0; i < shown; i++) {
        variants = variants || is_variant(&lookup->matches[i]);
    }
    for (size_t i = 0; ok && i < shown; i++) {
        ok = add_match(report, table, &lookup->matches[i], variants, err);
    }
    if (!ok) {
        report_clear(report);
    }
    return ok;
}
