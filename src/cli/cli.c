/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Read the call, run its command, turn an error into a line and a status.
 */
#include "cli/cli.h"

#include <signal.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/output.h"

static int show_help(const struct cli_call *call, struct error *err)
{
    struct text out = {0};
    if (call->help) {
        help_append(call->command, &out);
    } else {
        help_append_version(&out);
    }
    bool ok = output_write(&out, err);
    text_clear(&out);
    return ok ? STATUS_DONE : STATUS_FAILED;
}

static int run_command(struct cli_call *call, struct error *err)
{
    if (call->help || call->version) {
        return show_help(call, err);
    }
    if (call->command->id != COMMAND_EXPLORE) {
        output_exit_on_interrupt();
    }
    return call->command->run(call, err);
}

static int status_of(const struct error *err, int status)
{
    if (err->code == ERROR_USAGE) {
        return STATUS_USAGE;
    }
    return err->code == ERROR_CANCELLED ? STATUS_INTERRUPTED : status;
}

int cli_run(int argc, char **argv, const struct cli_screen *screen)
{
    struct error err = {0};
    struct cli_call call;
    /* A reader that goes away is seen as EPIPE by the write. */
    (void)signal(SIGPIPE, SIG_IGN);
    int status = STATUS_FAILED;
    if (cli_call_parse(&call, argc, argv, &err)) {
        call.screen = screen;
        status = run_command(&call, &err);
    }
    if (status != STATUS_DONE && err.code != ERROR_NONE) {
        status = status_of(&err, status);
        output_error(err.message);
    }
    cli_call_clear(&call);
    return status;
}
