/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The only code that writes to the standard streams.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "base/text.h"
#include "cli/call.h"
#include "explorer/report.h"

#include <stddef.h>

/* Open /dev/null in place of standard streams that are closed, the wrong way
 * round, so that using them fails and no other file gets their number.
 */
void output_guard_streams(void);

/* Write all of TEXT to standard output.  A reader that went away is no error:
 * it has what it wanted.  Else ERROR_IO.
 */
bool output_write(const struct text *text, struct error *err);

/* Render REPORT as the call asks for and write it; PICTURE, when not NULL,
 * goes below it.
 */
bool output_report(const struct cli_call *call, const struct report *report,
                   const struct text *picture, struct error *err);

/* Does the call or the locale ask for ASCII? */
bool output_wants_ascii(const struct cli_call *call);

/* "loraexplore: warning: ..." for each, on standard error. */
void output_warnings(const char *const *warnings, size_t count);

/* "loraexplore: MESSAGE" on standard error. */
void output_error(const char *message);

/* From now on an interrupt ends the program with status 130. */
void output_exit_on_interrupt(void);

#endif
