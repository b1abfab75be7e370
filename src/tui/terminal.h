/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The terminal: opened by newterm, left as it was on every way out.
 */
#ifndef TUI_TERMINAL_H
#define TUI_TERMINAL_H

#include "base/error.h"
#include "explorer/setup.h"
#include "tui/theme.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <termios.h>

struct terminal {
    SCREEN *screen;
    struct theme theme;
    struct termios modes; /* as they were */
    const char *type;     /* the terminfo name in use */
    bool can_paste;       /* knows bracketed paste */
    bool pasting;         /* between its two marks */
    bool cursor_shown;
};

/* A terminfo name that ncurses knows and that can address the cursor, for
 * what $TERM says; NULL with *reason set when there is none.
 */
const char *terminal_type(const char **reason);

bool terminal_open(struct terminal *terminal, enum color_mode color, bool ascii,
                   struct error *err);
void terminal_close(struct terminal *terminal);

/* Give the screen back and take it again, drawn anew. */
void terminal_leave(struct terminal *terminal);
void terminal_enter(struct terminal *terminal);

/* Tell ncurses the size that the terminal has now, within sane bounds. */
bool terminal_resize(struct terminal *terminal, struct error *err);

/* The next key as enum input or a character; false when none waits.  *pasted
 * tells that it came out of the clipboard.
 */
bool terminal_read_key(struct terminal *terminal, int32_t *key, bool *pasted);

/* Nobody is at the other end any more. */
bool terminal_is_gone(void);

/* Show the cursor or hide it; it stays where it is parked. */
void terminal_show_cursor(struct terminal *terminal, bool show);

/* TEXT to the clipboard by OSC 52; false when this terminal is not known to
 * understand it.
 */
bool terminal_yank(const struct terminal *terminal, const char *text);

#endif
