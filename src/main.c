/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * loraexplore: what a LoRA rank costs, and what rank the update needs.
 */
#include <locale.h>

#include "cli/cli.h"
#include "cli/output.h"
#include "spectrum/svd.h"
#include "tui/tui.h"

int main(int argc, char **argv)
{
    spectrum_init();
    output_guard_streams();
    /* LC_CTYPE alone: a comma as the decimal point would break numbers. */
    (void)setlocale(LC_CTYPE, "");
    const struct cli_screen screen = {tui_available, tui_run};
    return cli_run(argc, argv, &screen);
}
