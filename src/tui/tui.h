/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The explorer on a terminal.
 */
#ifndef TUI_TUI_H
#define TUI_TUI_H

#include "base/error.h"
#include "explorer/setup.h"

/* Can stdin and stdout carry the explorer?  When not, *reason (static) says
 * why in a few words ("standard output is not a terminal").
 */
bool tui_available(const char **reason);

/* Run until the user quits.  Returns the exit status; on failure to start it
 * returns 1 with *err set and the terminal as it was.
 */
int tui_run(const struct explorer_setup *setup, struct error *err);

#endif
