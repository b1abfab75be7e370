/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One function per command: it returns the exit status, or fills *err.
 *
 * Nothing reaches standard output before the whole answer is there, so that a
 * failure leaves it empty.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "base/text.h"
#include "cli/call.h"
#include "cli/options.h"

/* All return STATUS_DONE, or another status with *err set. */
int cli_explore(struct cli_call *call, struct error *err);
int cli_count(struct cli_call *call, struct error *err);
int cli_sweep(struct cli_call *call, struct error *err);
int cli_spectrum(struct cli_call *call, struct error *err);
int cli_check(struct cli_call *call, struct error *err);
int cli_presets(struct cli_call *call, struct error *err);
int cli_methods(struct cli_call *call, struct error *err);
int cli_completion(struct cli_call *call, struct error *err);
int cli_help(struct cli_call *call, struct error *err);

/* The model that call->setup names, loaded; its warnings are not shown yet. */
struct model *cli_load_model(const struct cli_call *call, struct error *err);

/* Help for COMMAND, or for the whole program when it is the explorer. */
void help_append(const struct cli_command *command, struct text *out);
void help_append_version(struct text *out);

/* The completion script of SHELL: "bash", "zsh", "fish"; false if unknown. */
bool completion_append(const char *shell, struct text *out);

#endif
