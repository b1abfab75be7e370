/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command line, from argv to the exit status.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/error.h"
#include "explorer/setup.h"

#include <stdbool.h>

/* The explorer's screen, which the command line opens without knowing it. */
struct cli_screen {
    bool (*available)(const char **reason);
    int (*run)(const struct explorer_setup *setup, struct error *err);
};

int cli_run(int argc, char **argv, const struct cli_screen *screen);

#endif
