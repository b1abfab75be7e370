/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * loraexplore presets [PATTERN].
 */
#include "cli/commands.h"
#include "cli/output.h"
#include "explorer/report.h"
#include "model/model.h"

int cli_presets(struct cli_call *call, struct error *err)
{
    const char *pattern = call->operand_count > 0 ? call->operands[0] : NULL;
    struct preset_list presets = {0};
    if (!preset_list_init(&presets, &call->path, err)) {
        return STATUS_FAILED;
    }
    struct report report = {0};
    bool explained = call->explain && call->format == RENDER_TEXT;
    bool ok = report_presets(&report, &presets, pattern, err) &&
              (!explained || report_explain_presets(&report, err)) &&
              output_report(call, &report, NULL, err);
    if (ok && pattern != NULL && report.sections[0].row_count == 0) {
        const char *note = "no preset matches; `loraexplore presets` lists all";
        output_warnings(&note, 1);
    }
    report_clear(&report);
    preset_list_clear(&presets);
    return ok ? STATUS_DONE : STATUS_FAILED;
}
