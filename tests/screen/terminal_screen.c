/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading the screen of a program in a pseudo terminal, and expectations.
 */
#include "terminal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

enum { LOOK = 10 }; /* ms between two looks at whether the program stopped */

static size_t encode(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t extra = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    uint32_t lead = extra == 1 ? 0xC0 : extra == 2 ? 0xE0 : 0xF0;

    out[0] = (char)(lead | (c >> (6 * extra)));
    for (size_t i = 1; i <= extra; i++) {
        out[i] = (char)(0x80 | ((c >> (6 * (extra - i))) & 0x3F));
    }
    return extra + 1;
}

static void cell_text(const VTermScreenCell *cell, char out[32])
{
    size_t length = 0;

    if (cell->chars[0] == 0) {
        out[length++] = ' ';
    } else if (cell->chars[0] != UINT32_MAX) {
        for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell->chars[i] != 0;
             i++) {
            length += encode(out + length, cell->chars[i]);
        }
    }
    out[length] = '\0';
}

/* A colour's palette index; libvterm 0.1 marks defaults beside it. */
static int palette_index(const VTermColor *color, bool is_default)
{
    return !is_default && VTERM_COLOR_IS_INDEXED(color) ? color->indexed.idx
                                                        : -1;
}

struct terminal_cell terminal_cell(const struct terminal *t, int row, int col)
{
    struct terminal_cell out = {0};
    VTermScreenCell cell;
    VTermPos at = {row, col};

    memset(&cell, 0, sizeof cell);
    (void)vterm_screen_get_cell(t->screen, at, &cell);
    cell_text(&cell, out.text);
    out.width = (unsigned char)cell.width;
    out.bold = cell.attrs.bold;
    out.reverse = cell.attrs.reverse;
    out.underline = cell.attrs.underline != VTERM_UNDERLINE_OFF;
    out.blink = cell.attrs.blink;
    out.italic = cell.attrs.italic;
    out.default_foreground = VTERM_COLOR_IS_DEFAULT_FG(&cell.fg);
    out.default_background = VTERM_COLOR_IS_DEFAULT_BG(&cell.bg);
    out.foreground = palette_index(&cell.fg, out.default_foreground);
    out.background = palette_index(&cell.bg, out.default_background);
    return out;
}

static void append_row(struct terminal *t, int row)
{
    size_t start = t->dump.length;

    for (int col = 0; col < t->cols; col++) {
        text_append(&t->dump, terminal_cell(t, row, col).text);
    }
    assert_false(t->dump.failed);
    while (t->dump.length > start && t->dump.data[t->dump.length - 1] == ' ') {
        t->dump.data[--t->dump.length] = '\0';
    }
}

static void empty_dump(struct terminal *t)
{
    t->dump.length = 0;
    if (t->dump.data != NULL) {
        t->dump.data[0] = '\0';
    }
}

const char *terminal_screen(struct terminal *t)
{
    empty_dump(t);
    for (int row = 0; row < t->rows; row++) {
        append_row(t, row);
        text_append(&t->dump, "\n");
    }
    return text_string(&t->dump);
}

const char *terminal_row(struct terminal *t, int row)
{
    empty_dump(t);
    if (t->vt != NULL && row >= 0 && row < t->rows) {
        append_row(t, row);
    }
    return text_string(&t->dump);
}

bool terminal_find(struct terminal *t, const char *text, int *row, int *col)
{
    for (int i = 0; i < t->rows; i++) {
        const char *line = terminal_row(t, i);
        const char *hit = strstr(line, text);

        if (hit == NULL) {
            continue;
        }
        size_t left = (size_t)(hit - line);
        int at = 0;
        while (left > 0 && at < t->cols) {
            size_t length = strlen(terminal_cell(t, i, at).text);
            left -= length < left ? length : left;
            at++;
        }
        *row = i;
        *col = at;
        return true;
    }
    return false;
}

void terminal_cursor(const struct terminal *t, int *row, int *col)
{
    VTermPos at = {0, 0};

    if (t->vt != NULL) {
        vterm_state_get_cursorpos(vterm_obtain_state(t->vt), &at);
    }
    *row = at.row;
    *col = at.col;
}

static bool holds_text(struct terminal *t, const void *text)
{
    int row = 0;
    int col = 0;

    return terminal_find(t, text, &row, &col);
}

static bool lacks_text(struct terminal *t, const void *text)
{
    return !holds_text(t, text);
}

struct row_text {
    int row;
    const char *text;
};

static bool row_holds(struct terminal *t, const void *argument)
{
    const struct row_text *wanted = argument;

    return strstr(terminal_row(t, wanted->row), wanted->text) != NULL;
}

static size_t without_blank_end(const char *screen)
{
    size_t length = strlen(screen);

    while (length > 0 && screen[length - 1] == '\n') {
        length--;
    }
    return length;
}

static bool is_screen(struct terminal *t, const void *argument)
{
    const char *wanted = argument;
    const char *screen = terminal_screen(t);
    size_t length = without_blank_end(wanted);

    return length == without_blank_end(screen) &&
           memcmp(screen, wanted, length) == 0;
}

static bool cursor_is(struct terminal *t, const void *argument)
{
    const VTermPos *wanted = argument;
    int row = 0;
    int col = 0;

    terminal_cursor(t, &row, &col);
    return row == wanted->row && col == wanted->col;
}

bool terminal_wait_text(struct terminal *t, const char *text, int timeout)
{
    return terminal_until(t, holds_text, text, timeout);
}

static void describe_end(const struct terminal *t, char *out, size_t size)
{
    if (!t->exited) {
        (void)snprintf(out, size, "running");
    } else if (WIFEXITED(t->status)) {
        (void)snprintf(out, size, "exited with %d", WEXITSTATUS(t->status));
    } else {
        (void)snprintf(out, size, "killed by signal %d", WTERMSIG(t->status));
    }
}

__attribute__((format(printf, 4, 5), noreturn)) static void fail_at(
    struct terminal *t, const char *file, int line, const char *format, ...)
{
    char message[512];
    char end[64];
    va_list args;
    int row = 0;
    int col = 0;

    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    describe_end(t, end, sizeof end);
    terminal_cursor(t, &row, &col);
    print_error(
        "%s\nprogram %s, %d x %d, %s screen, cursor %s at %d,%d, %zu bytes\n",
        message, end, t->cols, t->rows, t->alternate ? "alternate" : "main",
        t->cursor_visible ? "shown" : "hidden", row, col, t->output.length);
    for (int i = 0; i < t->rows; i++) {
        print_error("%3d|%s\n", i, terminal_row(t, i));
    }
    _fail(file, line);
    abort(); /* _fail jumps, but does not say so */
}

void terminal_expect_at(struct terminal *t, const char *text, int timeout,
                        const char *file, int line)
{
    if (!terminal_wait_text(t, text, timeout)) {
        fail_at(t, file, line, "no row holds \"%s\"", text);
    }
}

void terminal_expect_gone_at(struct terminal *t, const char *text, int timeout,
                             const char *file, int line)
{
    if (!terminal_until(t, lacks_text, text, timeout)) {
        fail_at(t, file, line, "a row still holds \"%s\"", text);
    }
}

void terminal_expect_row_at(struct terminal *t, int row, const char *text,
                            int timeout, const char *file, int line)
{
    struct row_text wanted = {row, text};

    if (!terminal_until(t, row_holds, &wanted, timeout)) {
        fail_at(t, file, line, "row %d does not hold \"%s\"", row, text);
    }
}

void terminal_expect_screen_at(struct terminal *t, const char *screen,
                               int timeout, const char *file, int line)
{
    if (!terminal_until(t, is_screen, screen, timeout)) {
        print_error("the screen is not\n%s\n", screen);
        fail_at(t, file, line, "but");
    }
}

void terminal_expect_cursor_at(struct terminal *t, int row, int col,
                               int timeout, const char *file, int line)
{
    VTermPos wanted = {row, col};

    if (!terminal_until(t, cursor_is, &wanted, timeout)) {
        fail_at(t, file, line, "the cursor is not at %d,%d", row, col);
    }
}

void terminal_expect_exit_at(struct terminal *t, int code, int timeout,
                             const char *file, int line)
{
    if (!terminal_wait_exit(t, timeout)) {
        fail_at(t, file, line, "the program does not end");
    }
    if (!WIFEXITED(t->status) || WEXITSTATUS(t->status) != code) {
        fail_at(t, file, line, "the program should exit with %d", code);
    }
}

void terminal_expect_killed_at(struct terminal *t, int signal, int timeout,
                               const char *file, int line)
{
    if (!terminal_wait_exit(t, timeout)) {
        fail_at(t, file, line, "the program does not end");
    }
    if (!WIFSIGNALED(t->status) || WTERMSIG(t->status) != signal) {
        fail_at(t, file, line, "the program should be killed by signal %d",
                signal);
    }
}

static bool is_stopped(struct terminal *t, const void *argument)
{
    int status = 0;

    (void)argument;
    if (t->exited || waitpid(t->pid, &status, WNOHANG | WUNTRACED) != t->pid) {
        return false;
    }
    if (WIFSTOPPED(status)) {
        return true;
    }
    t->exited = true;
    t->status = status;
    return false;
}

void terminal_expect_stopped_at(struct terminal *t, int timeout,
                                const char *file, int line)
{
    int64_t deadline = terminal_deadline(timeout);

    while (!is_stopped(t, NULL)) {
        if (t->exited || terminal_now() >= deadline) {
            fail_at(t, file, line, "the program is not stopped");
        }
        (void)terminal_pump(t, terminal_now() + LOOK);
    }
}

void terminal_expect_silence_at(struct terminal *t, int duration,
                                const char *file, int line)
{
    size_t before = t->output.length;

    if (terminal_pump(t, terminal_now() + duration)) {
        fail_at(t, file, line, "%zu bytes came where none should",
                t->output.length - before);
    }
}

static const char *changed_mode(const struct termios *a,
                                const struct termios *b)
{
    if (a->c_lflag != b->c_lflag) {
        return "local modes (ECHO, ICANON, ISIG)";
    }
    if (a->c_iflag != b->c_iflag) {
        return "input modes (ICRNL, IXON)";
    }
    if (a->c_oflag != b->c_oflag) {
        return "output modes (OPOST, ONLCR)";
    }
    if (a->c_cflag != b->c_cflag) {
        return "control modes";
    }
    return memcmp(a->c_cc, b->c_cc, sizeof a->c_cc) != 0 ? "control characters"
                                                         : NULL;
}

void terminal_expect_restored_at(struct terminal *t, const char *file, int line)
{
    struct termios after;

    if (t->alternate) {
        fail_at(t, file, line, "the alternate screen is still shown");
    }
    if (!t->cursor_visible) {
        fail_at(t, file, line, "the cursor is still hidden");
    }
    if (t->mouse != VTERM_PROP_MOUSE_NONE) {
        fail_at(t, file, line, "the mouse is still reported");
    }
    if (tcgetattr(t->master, &after) != 0) {
        fail_at(t, file, line, "the terminal's modes cannot be read");
    }
    const char *mode = changed_mode(&t->before, &after);
    if (mode != NULL) {
        fail_at(t, file, line, "not as before: %s", mode);
    }
}
