/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The report of `sweep`: one row per rank.
 */
#include "explorer/report.h"

#include <string.h>

#include "adapter/method.h"
#include "explorer/report_build.h"
#include "explorer/report_extras.h"

static const struct report_column sweep_columns[] = {
    {"rank", "rank"},
    {"trainable", "trainable"},
    {"all", "all"},
    {"trainable_percent", "trainable%"},
    {"adapter_bytes", "adapter file"},
    {"total", "between steps"},
};
enum { SWEEP_COLUMNS = sizeof sweep_columns / sizeof sweep_columns[0] };

/* The warnings of the model and of the count at the first rank, copied. */
struct warnings {
    const char **texts;
    size_t count;
};

static bool keep_warnings(struct report *report, const struct model *model,
                          const struct count *count, struct warnings *warnings,
                          struct error *err)
{
    size_t total = model->warning_count + count->warning_count;
    warnings->texts = (const char **)arena_new(&report->arena, total + 1,
                                               sizeof *warnings->texts, err);
    if (warnings->texts == NULL) {
        return false;
    }
    for (size_t i = 0; i < total; i++) {
        const char *text = i < model->warning_count
                               ? model->warnings[i]
                               : count->warnings[i - model->warning_count];
        warnings->texts[i] =
            arena_copy(&report->arena, text, strlen(text), err);
        if (warnings->texts[i] == NULL) {
            return false;
        }
    }
    warnings->count = total;
    return true;
}

static bool add_rank(struct report *report, struct report_section *table,
                     const struct model *model,
                     const struct explorer_setup *setup,
                     const struct adapter_settings *adapter,
                     struct warnings *warnings, struct error *err)
{
    struct training_settings training = setup->training;
    if (!setup->has_dtype) {
        training.dtype = model->dtype;
    }
    struct count count = {0};
    if (!count_trainable(&model->inventory, setup->path, adapter, &count,
                         err)) {
        return error_prefix(err, "at rank %llu",
                            (unsigned long long)adapter->rank);
    }
    const struct count_dtypes dtypes = setup_dtypes(setup, model);
    struct ledger ledger;
    uint64_t bytes = 0;
    bool ok =
        ledger_compute(&model->inventory, &count, &training, &ledger, err) &&
        count_file_bytes(&count, &dtypes, &bytes, err);
    if (ok) {
        /* 0: a size that is not computed, which JSON leaves out. */
        const struct cell size =
            bytes > 0 ? cell_bytes(bytes) : cell_for_readers(cell_null());
        const struct cell cells[SWEEP_COLUMNS] = {
            cell_count(adapter->rank),
            cell_count(count.trainable),
            cell_count(count.all),
            cell_percent(count_percent(&count)),
            size,
            cell_bytes(ledger.total),
        };
        ok = report_add_row(report, table, cells, err) &&
             (warnings->texts != NULL ||
              keep_warnings(report, model, &count, warnings, err));
    }
    count_clear(&count);
    return ok;
}

/* What all rows have in common, as a count says it; the targets are resolved
 * at the first of the RANKS.
 */
static bool add_header(struct report *report, const struct model *model,
                       const struct explorer_setup *setup, uint64_t rank,
                       struct error *err)
{
    struct explorer_setup first = *setup;
    struct count count = {0};
    if (!settings_set_rank(&first.adapter, rank, err)) {
        return false;
    }
    if (!count_trainable(&model->inventory, setup->path, &first.adapter, &count,
                         err)) {
        return error_prefix(err, "at rank %llu", (unsigned long long)rank);
    }
    const char *lines[] = {
        report_model_line(report, model, setup, err),
        report_adapter_line(report, &first, &count, false, err),
        report_fields_line(report, setup, err),
    };
    count_clear(&count);
    struct report_field fields[3];
    size_t used = 0;
    for (size_t i = 0; i < 3; i++) {
        if (lines[i] == NULL) {
            return false;
        }
        if (lines[i][0] != '\0') {
            fields[used++] = (struct report_field){"", "", cell_text(lines[i])};
        }
    }
    const struct report_field base = {
        "base_params", "",
        cell_for_programs(cell_count(model->inventory.parameters))};
    return report_add_fields(report, NULL, "", fields, used, err) &&
           report_add_setup(report, model, &first, false, err) &&
           report_add_fields(report, "", "", &base, 1, err);
}

bool report_sweep(struct report *report, const struct model *model,
                  const struct explorer_setup *setup, const uint64_t *ranks,
                  size_t rank_count, struct error *err)
{
    memset(report, 0, sizeof *report);
    if (setup->adapter.method->rank_key == NULL) {
        return error_set(err, ERROR_UNSUPPORTED,
                         "%s has no rank to sweep over, count it instead",
                         setup->adapter.method->label);
    }
    struct warnings warnings = {0};
    bool ok = rank_count > 0 && add_header(report, model, setup, ranks[0], err);
    struct report_section *table =
        ok ? report_add_table(report, "ranks", "", sweep_columns, SWEEP_COLUMNS,
                              err)
           : NULL;
    ok = table != NULL;
    struct adapter_settings adapter = setup->adapter;
    for (size_t i = 0; ok && i < rank_count; i++) {
        ok = settings_set_rank(&adapter, ranks[i], err) &&
             add_rank(report, table, model, setup, &adapter, &warnings, err);
    }
    if (ok) {
        const struct report_field field = {
            "warnings", "",
            cell_for_programs(cell_texts(warnings.texts, warnings.count))};
        ok = report_add_fields(report, "", "", &field, 1, err);
    }
    if (!ok) {
        report_clear(report);
    }
    return ok;
}
