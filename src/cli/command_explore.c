/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * loraexplore [MODEL]: the explorer, or the plain report without a terminal.
 */
#include <unistd.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/output.h"

/* A word that names no model may be a command mistyped: say both. */
static int explain_word(const struct cli_call *call, int status,
                        struct error *err)
{
    if (call->operand_count == 0 || err->code != ERROR_NOT_FOUND) {
        return status;
    }
    const char *nearest = cli_command_nearest(call->operands[0]);
    if (nearest == NULL) {
        return status;
    }
    struct error reason = *err;
    error_set(err, ERROR_USAGE, "%s; or did you mean the command %s?",
              reason.message, nearest);
    return STATUS_USAGE;
}

int cli_explore(struct cli_call *call, struct error *err)
{
    const char *reason = "";
    bool plain = call->format_given || call->explain;
    if (call->operand_count > 0) {
        call->setup.model = call->operands[0];
    }
    if (!plain && call->screen->available(&reason)) {
        return explain_word(call, call->screen->run(&call->setup, err), err);
    }
    output_exit_on_interrupt();
    int status = cli_count(call, err);
    if (status != STATUS_DONE) {
        return explain_word(call, status, err);
    }
    if (!plain && isatty(STDOUT_FILENO)) {
        struct text note = {0};
        text_appendf(&note, "no explorer, this is the plain report: %s",
                     reason);
        const char *notes[] = {text_string(&note)};
        output_warnings(notes, 1);
        text_clear(&note);
    }
    return STATUS_DONE;
}
