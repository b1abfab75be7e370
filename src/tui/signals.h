/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signals as flags for the loop, and the terminal put right in a crash.
 *
 * The signals of the loop stay blocked but in its pselect, so a flag is never
 * set behind its back.  A crash writes bytes that were prepared before and
 * then dies of the same signal.
 */
#ifndef TUI_SIGNALS_H
#define TUI_SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

enum { SIGNALS_HANDLED = 12 };

/* What was before, to be put back. */
struct signals {
    sigset_t mask;
    struct sigaction actions[SIGNALS_HANDLED];
    bool installed;
};

/* Block the loop's signals: before any thread is made. */
void signals_block(struct signals *signals);
/* Install the handlers: after ncurses has installed its own. */
void signals_install(struct signals *signals);
/* Everything as before signals_block. */
void signals_restore(struct signals *signals);

/* The mask to wait with. */
const sigset_t *signals_wait_mask(const struct signals *signals);

/* Has SIGNAL come since the last call? */
bool signals_take(int signal);

/* Let SIGTSTP stop the process; returns when it goes on. */
void signals_stop_process(struct signals *signals);

/* What a crash writes to the terminal, and the modes that it restores. */
void signals_prepare_crash(const char *bytes, size_t length,
                           const struct termios *modes);

#endif
