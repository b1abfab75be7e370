/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * loraexplore sweep MODEL --ranks LIST.
 */
#include "cli/commands.h"
#include "cli/output.h"
#include "explorer/report.h"
#include "model/model.h"

int cli_sweep(struct cli_call *call, struct error *err)
{
    if (call->rank_count == 0) {
        error_set(err, ERROR_USAGE,
                  "sweep needs --ranks; write loraexplore sweep %s --ranks "
                  "1..64x2",
                  call->operands[0]);
        return STATUS_USAGE;
    }
    call->setup.model = call->operands[0];
    struct model *model = cli_load_model(call, err);
    if (model == NULL) {
        return STATUS_FAILED;
    }
    struct report report = {0};
    bool ok = report_sweep(&report, model, &call->setup, call->ranks,
                           call->rank_count, err) &&
              output_report(call, &report, NULL, err);
    if (ok) {
        const struct report_section *last =
            &report.sections[report.section_count - 1];
        output_warnings(last->cells[0].texts, last->cells[0].length);
    }
    report_clear(&report);
    model_free(model);
    return ok ? STATUS_DONE : STATUS_FAILED;
}
