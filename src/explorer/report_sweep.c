/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The report of `sweep`: one row per rank.
 */
#include "explorer/report.h"

#include <string.h>

#include "explorer/report_build.h"

static const struct report_column sweep_columns[] = {
    {"rank", "rank"},
    {"trainable", "trainable"},
    {"all", "all"},
    {"trainable_percent", "trainable%"},
    {"adapter_bytes", "adapter file"},
    {"total", "between steps"},
};
enum { SWEEP_COLUMNS = sizeof sweep_columns / sizeof sweep_columns[0] };

static bool add_rank(struct report *report, struct report_section *table,
                     const struct model *model,
                     const struct explorer_setup *setup,
                     const struct adapter_settings *adapter, struct error *err)
{
    struct training_settings training = setup->training;
    if (!setup->has_dtype) {
        training.dtype = model->dtype;
    }
    struct count count = {0};
    if (!count_trainable(&model->inventory, setup->path, adapter, &count,
                         err)) {
        return false;
    }
    struct ledger ledger;
    uint64_t bytes = 0;
    bool ok =
        ledger_compute(&model->inventory, &count, &training, &ledger, err) &&
        count_file_bytes(&count, adapter, training.adapter_dtype, &bytes, err);
    if (ok) {
        /* 0: a size that is not computed, which JSON leaves out. */
        const struct cell size =
            bytes > 0 ? cell_bytes(bytes) : cell_for_readers(cell_null());
        const struct cell cells[SWEEP_COLUMNS] = {
            cell_count(adapter->rank),
            cell_count(count.trainable),
            cell_count(count.all),
            cell_real(count_percent(&count)),
            size,
            cell_bytes(ledger.total),
        };
        ok = report_add_row(report, table, cells, err);
    }
    count_clear(&count);
    return ok;
}

bool report_sweep(struct report *report, const struct model *model,
                  const struct explorer_setup *setup, const uint64_t *ranks,
                  size_t rank_count, struct error *err)
{
    memset(report, 0, sizeof *report);
    const struct report_field fields[] = {
        {"model", "model", cell_text(model->name)},
        {"class", "class", cell_text(model->inventory.class_name)},
        {"base_params", "parameters", cell_count(model->inventory.parameters)},
    };
    bool ok = report_add_fields(report, "", "", fields, 3, err);
    struct report_section *table =
        ok ? report_add_table(report, "ranks", "", sweep_columns, SWEEP_COLUMNS,
                              err)
           : NULL;
    ok = table != NULL;
    struct adapter_settings adapter = setup->adapter;
    for (size_t i = 0; ok && i < rank_count; i++) {
        adapter.rank = ranks[i];
        ok = add_rank(report, table, model, setup, &adapter, err);
    }
    if (!ok) {
        report_clear(report);
    }
    return ok;
}
