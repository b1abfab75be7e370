/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command line, from argv to the exit status.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

int cli_run(int argc, char **argv);

#endif
