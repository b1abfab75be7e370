/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The report of `presets`: one row per model that is compiled in.
 */
#include "explorer/report.h"

#include <string.h>

#include "explorer/report_build.h"

static bool preset_matches(const struct preset *preset, const char *pattern)
{
    return pattern == NULL || text_contains_fold(preset->name, pattern) ||
           text_contains_fold(preset->model_type, pattern);
}

/* 0 stands for "not recorded" in a preset. */
static struct cell known_count(uint64_t count)
{
    return count == 0 ? cell_null() : cell_count(count);
}

bool report_presets(struct report *report, const struct preset_list *presets,
                    const char *pattern, struct error *err)
{
    static const struct report_column columns[] = {
        {"name", "name"},     {"model_type", "type"}, {"params", "parameters"},
        {"layers", "layers"}, {"context", "context"}, {"source", "source"},
    };
    enum { COLUMNS = sizeof columns / sizeof columns[0] };
    memset(report, 0, sizeof *report);
    report->list = true;
    struct report_section *table =
        report_add_table(report, "presets", "", columns, COLUMNS, err);
    if (table == NULL) {
        report_clear(report);
        return false;
    }
    for (size_t i = 0; i < presets->count; i++) {
        const struct preset *preset = &presets->items[i];
        if (!preset_matches(preset, pattern)) {
            continue;
        }
        const struct cell cells[COLUMNS] = {
            cell_text(preset->name),
            cell_text(preset->model_type),
            known_count(preset->parameters),
            cell_for_readers(known_count(preset->layers)),
            cell_for_readers(known_count(preset->context)),
            cell_for_programs(cell_text(preset->source)),
        };
        if (!report_add_row(report, table, cells, err)) {
            report_clear(report);
            return false;
        }
    }
    return true;
}
