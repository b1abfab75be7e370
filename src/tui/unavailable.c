/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The explorer's screen is not part of this version: the plain report is.
 */
#include "tui/tui.h"

#include <stddef.h>

__attribute__((weak)) bool tui_available(const char **reason)
{
    *reason = "this version has no screen yet";
    return false;
}

__attribute__((weak)) int tui_run(const struct explorer_setup *setup,
                                  struct error *err)
{
    (void)setup;
    error_set(err, ERROR_UNSUPPORTED, "this version has no screen yet");
    return 1;
}
