/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A program in a pseudo terminal, its screen kept by libvterm.
 *
 * Nothing here sleeps: every wait is a poll() on the program's output with a
 * timeout, so a test takes as long as the program does.  All timeouts are in
 * milliseconds and multiplied by the environment's LORAEXPLORE_TIMEOUT_SCALE
 * (valgrind, loaded machines).  What ends in _at is called through its macro;
 * a failed expectation prints the screen and fails the cmocka test there.
 *
 * Rows and columns count from 0.  Use terminal_setup and terminal_teardown as
 * the fixtures of a test, so that no program outlives a failure.
 */
#ifndef SCREEN_TERMINAL_H
#define SCREEN_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <termios.h>
#include <vterm.h>

#include "base/text.h"

enum { TERMINAL_TIMEOUT = 5000 }; /* enough for anything that should happen */

struct terminal_options {
    const char *const *argv; /* NULL-terminated; argv[0] is a path */
    /* NULL or NULL-terminated "NAME=VALUE" on top of a clean environment
     * (PATH, TERM=xterm-256color, LANG=C.UTF-8, HOME, sanitiser options);
     * "NAME" alone removes it.
     */
    const char *const *env;
    const char *folder; /* working directory, or NULL for this one */
    int rows;           /* 0 is 24 */
    int cols;           /* 0 is 80 */
};

struct terminal {
    VTerm *vt;
    VTermScreen *screen;
    int rows;
    int cols;
    int master;  /* the pty's master, non-blocking; -1 when closed */
    pid_t pid;   /* 0 before the start */
    bool exited; /* then status is waitpid's */
    int status;
    bool at_end;    /* nobody holds the terminal's other side any more */
    bool alternate; /* the alternate screen is shown */
    bool cursor_visible;
    int mouse; /* VTERM_PROP_MOUSE_ value that was asked for */
    unsigned bells;
    struct termios before; /* of the terminal when the program started */
    struct text output;    /* every byte that the program wrote */
    size_t mark;           /* where terminal_count begins */
    struct text dump;      /* what terminal_screen returned last */
};

/* cmocka fixtures: *state is a struct terminal that runs nothing yet. */
int terminal_setup(void **state);
int terminal_teardown(void **state);

/* Start a program; a terminal starts once.  Fails the test when it cannot;
 * a path that cannot be executed is an exit with status 127.
 */
void terminal_start(struct terminal *terminal,
                    const struct terminal_options *options);

/* Kill what still runs, wait for it, free everything; harmless when repeated. */
void terminal_stop(struct terminal *terminal);

/* Input.  Keys are what xterm sends in the mode that the program asked for. */
void terminal_send(struct terminal *terminal, const char *text);
void terminal_send_bytes(struct terminal *terminal, const char *bytes,
                         size_t length);
void terminal_key(struct terminal *terminal, VTermKey key,
                  VTermModifier modifier);
void terminal_click(struct terminal *terminal, int row, int col);

/* Change the window's size; the kernel sends SIGWINCH. */
void terminal_resize(struct terminal *terminal, int rows, int cols);

/* Signal the program itself.  SIGTSTP's default does nothing to the leader of
 * a session: use SIGSTOP, or run the program under a shell with job control.
 */
void terminal_signal(struct terminal *terminal, int signal);

/* The screen as UTF-8: rows end in '\n', trailing blanks are left out.
 * Borrowed until the next call.  terminal_row is one row without the '\n'.
 */
const char *terminal_screen(struct terminal *terminal);
const char *terminal_row(struct terminal *terminal, int row);

/* Where TEXT first stands within one row, or false. */
bool terminal_find(struct terminal *terminal, const char *text, int *row,
                   int *col);

void terminal_cursor(const struct terminal *terminal, int *row, int *col);

struct terminal_cell {
    char text[32]; /* UTF-8; " " when blank, "" for a wide one's right half */
    int width;
    bool bold, reverse, underline, blink, italic;
    bool default_foreground, default_background;
    int foreground, background; /* palette index, -1 when default or RGB */
};
struct terminal_cell terminal_cell(const struct terminal *terminal, int row,
                                   int col);

/* Milliseconds of a clock that only goes forward, and that of TIMEOUT from now,
 * scaled.
 */
int64_t terminal_now(void);
int64_t terminal_deadline(int timeout);
/* Wait for output until DEADLINE and put it on the screen; true when some came,
 * false also when no more can come.
 */
bool terminal_pump(struct terminal *terminal, int64_t deadline);
/* Look whether the program has ended. */
void terminal_reap(struct terminal *terminal);

/* Read what comes until CONDITION holds; false when time or output ends. */
bool terminal_until(struct terminal *terminal,
                    bool (*condition)(struct terminal *, const void *),
                    const void *argument, int timeout);

/* True as soon as a row holds TEXT. */
bool terminal_wait_text(struct terminal *terminal, const char *text,
                        int timeout);
/* True as soon as the program has ended and all it wrote is read. */
bool terminal_wait_exit(struct terminal *terminal, int timeout);
/* Read until nothing has come for QUIET ms; false if TIMEOUT comes first. */
bool terminal_settle(struct terminal *terminal, int quiet, int timeout);

/* Bytes that the program wrote since the last mark, and in all. */
void terminal_mark(struct terminal *terminal);
size_t terminal_count(const struct terminal *terminal);
bool terminal_wrote(const struct terminal *terminal, const char *bytes,
                    size_t length);

#define terminal_expect(terminal, text, timeout) \
    terminal_expect_at(terminal, text, timeout, __FILE__, __LINE__)
#define terminal_expect_gone(terminal, text, timeout) \
    terminal_expect_gone_at(terminal, text, timeout, __FILE__, __LINE__)
#define terminal_expect_row(terminal, row, text, timeout) \
    terminal_expect_row_at(terminal, row, text, timeout, __FILE__, __LINE__)
#define terminal_expect_screen(terminal, screen, timeout) \
    terminal_expect_screen_at(terminal, screen, timeout, __FILE__, __LINE__)
#define terminal_expect_cursor(terminal, row, col, timeout) \
    terminal_expect_cursor_at(terminal, row, col, timeout, __FILE__, __LINE__)
#define terminal_expect_exit(terminal, code, timeout) \
    terminal_expect_exit_at(terminal, code, timeout, __FILE__, __LINE__)
#define terminal_expect_killed(terminal, signal, timeout) \
    terminal_expect_killed_at(terminal, signal, timeout, __FILE__, __LINE__)
#define terminal_expect_stopped(terminal, timeout) \
    terminal_expect_stopped_at(terminal, timeout, __FILE__, __LINE__)
#define terminal_expect_silence(terminal, duration) \
    terminal_expect_silence_at(terminal, duration, __FILE__, __LINE__)
#define terminal_expect_restored(terminal) \
    terminal_expect_restored_at(terminal, __FILE__, __LINE__)

/* Some row holds TEXT; no row does; that row does. */
void terminal_expect_at(struct terminal *terminal, const char *text,
                        int timeout, const char *file, int line);
void terminal_expect_gone_at(struct terminal *terminal, const char *text,
                             int timeout, const char *file, int line);
void terminal_expect_row_at(struct terminal *terminal, int row,
                            const char *text, int timeout, const char *file,
                            int line);
/* The whole screen is SCREEN, in the form of terminal_screen; blank rows at
 * its end may be left out.
 */
void terminal_expect_screen_at(struct terminal *terminal, const char *screen,
                               int timeout, const char *file, int line);
void terminal_expect_cursor_at(struct terminal *terminal, int row, int col,
                               int timeout, const char *file, int line);
/* The program ended by itself with CODE; by SIGNAL; is stopped. */
void terminal_expect_exit_at(struct terminal *terminal, int code, int timeout,
                             const char *file, int line);
void terminal_expect_killed_at(struct terminal *terminal, int signal,
                               int timeout, const char *file, int line);
void terminal_expect_stopped_at(struct terminal *terminal, int timeout,
                                const char *file, int line);
/* Nothing is written for DURATION ms (not scaled). */
void terminal_expect_silence_at(struct terminal *terminal, int duration,
                                const char *file, int line);
/* Main screen, cursor shown, mouse off, terminal modes as at the start. */
void terminal_expect_restored_at(struct terminal *terminal, const char *file,
                                 int line);

#endif
