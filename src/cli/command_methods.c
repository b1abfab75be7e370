/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * loraexplore methods [PATTERN].
 */
#include "cli/commands.h"
#include "cli/output.h"
#include "explorer/report.h"

int cli_methods(struct cli_call *call, struct error *err)
{
    const char *pattern = call->operand_count > 0 ? call->operands[0] : NULL;
    struct report report = {0};
    bool explained = call->explain && call->format == RENDER_TEXT;
    bool ok = report_methods(&report, &call->path, pattern, err) &&
              (!explained || report_explain_methods(&report, err)) &&
              output_report(call, &report, NULL, err);
    if (ok && pattern != NULL && report.sections[0].row_count == 0) {
        const char *note = "no method matches; `loraexplore methods` lists all";
        output_warnings(&note, 1);
    }
    report_clear(&report);
    return ok ? STATUS_DONE : STATUS_FAILED;
}
