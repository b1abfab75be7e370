/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signals as flags for the loop, and the terminal put right in a crash.
 *
 * The signals of the loop stay blocked but in its pselect.  A library may have
 * threads of its own that do not block them (OpenBLAS has), so a handler that
 * runs there wakes the loop through a pipe.  A crash writes bytes that were
 * prepared before and then dies of the same signal.
 */
#ifndef TUI_SIGNALS_H
#define TUI_SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#include "base/error.h"

enum { SIGNALS_HANDLED = 12 };

/* What was before, to be put back. */
struct signals {
    sigset_t mask;
    struct sigaction actions[SIGNALS_HANDLED];
    bool installed;
};

/* Block the loop's signals: before any thread is made. */
void signals_block(struct signals *signals);
/* Install the handlers: before newterm, which leaves alone what is handled.
 * Its own handling of SIGTSTP would lose what comes while it draws.
 */
bool signals_install(struct signals *signals, struct error *err);
/* Everything as before signals_block, but for SIGHUP, ignored from now on. */
void signals_restore(struct signals *signals);

/* The mask to wait with. */
const sigset_t *signals_wait_mask(const struct signals *signals);

/* Readable when a signal has come; signals_drain empties it. */
int signals_wake_fd(void);
void signals_drain(void);

/* Has SIGNAL come since the last call? */
bool signals_take(int signal);

/* Let SIGTSTP stop the process; returns when it goes on. */
void signals_stop_process(struct signals *signals);

/* What a crash writes to the terminal, and the modes that it restores. */
void signals_prepare_crash(const char *bytes, size_t length,
                           const struct termios *modes);

#endif
