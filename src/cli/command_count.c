/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * loraexplore count MODEL.
 */
#include "adapter/count.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "explorer/report.h"
#include "memory/ledger.h"

struct model *cli_load_model(const struct cli_call *call, struct error *err)
{
    const struct model_options wanted = {
        .transformers = call->setup.transformers,
        .class_name = call->setup.class_name,
    };
    return model_load(&call->path, call->setup.model, &wanted, err);
}

/* Everything but the counting itself, which may have been refused. */
static bool show_count(const struct cli_call *call, const struct model *model,
                       const struct count *count, struct error *err)
{
    struct explorer_setup setup = call->setup;
    if (!setup.has_dtype) {
        setup.training.dtype = model->dtype;
    }
    struct ledger ledger;
    uint64_t file_bytes = 0;
    struct report report = {0};
    bool ok =
        ledger_compute(&model->inventory, count, &setup.training, &ledger,
                       err) &&
        count_file_bytes(count, &setup.adapter, setup.training.adapter_dtype,
                         &file_bytes, err) &&
        report_count(&report, model, &setup, count, &ledger, file_bytes, err) &&
        (!call->explain || report_explain_count(&report, &setup, count, err)) &&
        output_report(call, &report, NULL, err);
    report_clear(&report);
    if (ok) {
        output_warnings(model->warnings, model->warning_count);
        output_warnings(count->warnings, count->warning_count);
    }
    return ok;
}

int cli_count(struct cli_call *call, struct error *err)
{
    if (call->operand_count > 0) {
        call->setup.model = call->operands[0];
    }
    struct model *model = cli_load_model(call, err);
    if (model == NULL) {
        return STATUS_FAILED;
    }
    struct count count = {0};
    bool ok = count_trainable(&model->inventory, &call->path,
                              &call->setup.adapter, &count, err);
    if (ok) {
        ok = show_count(call, model, &count, err);
        count_clear(&count);
    }
    model_free(model);
    return ok ? STATUS_DONE : STATUS_FAILED;
}
