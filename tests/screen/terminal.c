/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A program in a pseudo terminal, its screen kept by libvterm.
 */
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"

enum {
    MOST_WORDS = 64, /* arguments or environment entries */
    CHUNK = 4096,
    SLICE = 10, /* ms between two looks at whether the program has ended */
    NO_PROGRAM = 127,
};

extern char **environ;

/* ------------------------------------------------------------------ time */

static int64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t deadline_of(int timeout)
{
    const char *text = getenv("LORAEXPLORE_TIMEOUT_SCALE");
    double scale = 1.0;

    if (text != NULL && text_parse_real(text, &scale)
        && (scale < 0.1 || scale > 1000.0)) {
        scale = 1.0;
    }
    return now_ms() + (int64_t)(timeout * scale);
}

/* -------------------------------------------------------------- failing */

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

__attribute__((format(printf, 4, 5), noreturn))
static void fail_at(struct terminal *t, const char *file, int line,
                    const char *format, ...)
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
    print_error("%s\nprogram %s, %d x %d, %s screen, cursor %s at %d,%d, %zu bytes\n",
                message, end, t->cols, t->rows, t->alternate ? "alternate" : "main",
                t->cursor_visible ? "shown" : "hidden", row, col, t->output.length);
    for (int i = 0; i < t->rows; i++) {
        print_error("%3d|%s\n", i, terminal_row(t, i));
    }
    _fail(file, line);
    abort(); /* _fail jumps, but does not say so */
}

/* ------------------------------------------------------- libvterm's calls */

static int on_property(VTermProp property, VTermValue *value, void *user)
{
    struct terminal *t = user;

    if (property == VTERM_PROP_ALTSCREEN) {
        t->alternate = value->boolean != 0;
    } else if (property == VTERM_PROP_CURSORVISIBLE) {
        t->cursor_visible = value->boolean != 0;
    } else if (property == VTERM_PROP_MOUSE) {
        t->mouse = value->number;
    }
    return 1;
}

static int on_bell(void *user)
{
    struct terminal *t = user;

    t->bells++;
    return 1;
}

static const VTermScreenCallbacks screen_callbacks = {
    .settermprop = on_property,
    .bell = on_bell,
};

static void open_screen(struct terminal *t)
{
    t->vt = vterm_new(t->rows, t->cols);
    assert_non_null(t->vt);
    vterm_set_utf8(t->vt, 1);
    t->screen = vterm_obtain_screen(t->vt);
    vterm_screen_set_callbacks(t->screen, &screen_callbacks, t);
    vterm_screen_enable_altscreen(t->screen, 1);
    vterm_screen_reset(t->screen, 1);
}

/* ---------------------------------------------------------- bytes, both ways */

static void reap(struct terminal *t)
{
    if (!t->exited && t->pid > 0 && waitpid(t->pid, &t->status, WNOHANG) == t->pid) {
        t->exited = true;
    }
}

/* Read what is there.  False when there was nothing. */
static bool take_output(struct terminal *t)
{
    char bytes[CHUNK];
    ssize_t count = read(t->master, bytes, sizeof bytes);

    if (count > 0) {
        text_append_bytes(&t->output, bytes, (size_t)count);
        assert_false(t->output.failed);
        (void)vterm_input_write(t->vt, bytes, (size_t)count);
        return true;
    }
    /* Linux reports a closed other side as EIO, others as an end of file. */
    if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
        t->at_end = true;
    }
    return false;
}

static void put_input(struct terminal *t, const char *bytes, size_t length)
{
    int64_t deadline = deadline_of(TERMINAL_TIMEOUT);

    while (length > 0 && !t->at_end && now_ms() < deadline) {
        struct pollfd fd = {t->master, POLLIN | POLLOUT, 0};

        if (poll(&fd, 1, SLICE) <= 0) {
            continue;
        }
        /* Read first: a program that waits to write reads no input. */
        if ((fd.revents & ~POLLOUT) != 0) {
            (void)take_output(t);
        }
        if ((fd.revents & POLLOUT) != 0) {
            ssize_t count = write(t->master, bytes, length);

            if (count > 0) {
                bytes += count;
                length -= (size_t)count;
            }
        }
    }
}

/* Answers and keys that libvterm has for the program. */
static void put_answers(struct terminal *t)
{
    char bytes[CHUNK];
    size_t length = 0;

    while ((length = vterm_output_read(t->vt, bytes, sizeof bytes)) > 0) {
        put_input(t, bytes, length);
    }
}

/* Wait for output until DEADLINE; true when some came. */
static bool pump(struct terminal *t, int64_t deadline)
{
    while (!t->at_end) {
        int64_t left = deadline - now_ms();
        struct pollfd fd = {t->master, POLLIN, 0};
        bool looked = left <= 0;
        bool ended = t->exited; /* before the look: its last words may come */

        if (poll(&fd, 1, looked ? 0 : left < SLICE ? (int)left : SLICE) > 0) {
            if (take_output(t)) {
                put_answers(t);
                return true;
            }
        } else {
            reap(t);
            if (looked || ended) {
                return false;
            }
        }
    }
    return false;
}

bool terminal_until(struct terminal *t,
                    bool (*condition)(struct terminal *, const void *),
                    const void *argument, int timeout)
{
    int64_t deadline = deadline_of(timeout);

    for (;;) {
        if (condition(t, argument)) {
            return true;
        }
        if (!pump(t, deadline) && (t->at_end || t->exited || now_ms() >= deadline)) {
            return condition(t, argument);
        }
    }
}

/* ------------------------------------------------------------ start and stop */

int terminal_setup(void **state)
{
    struct error err;
    struct terminal *t = memory_new(1, sizeof *t, &err);

    if (t == NULL) {
        return -1;
    }
    t->master = -1;
    *state = t;
    return 0;
}

int terminal_teardown(void **state)
{
    terminal_stop(*state);
    memory_free(*state);
    return 0;
}

static bool same_name(const char *a, const char *b)
{
    size_t length = strcspn(a, "=");

    return strncmp(a, b, length) == 0 && (b[length] == '=' || b[length] == '\0');
}

static void put_environment(const char **env, size_t *count, const char *entry)
{
    size_t at = 0;

    while (at < *count && !same_name(entry, env[at])) {
        at++;
    }
    if (strchr(entry, '=') != NULL) {
        assert_true(at < MOST_WORDS - 1);
        env[at] = entry;
        *count += at == *count ? 1 : 0;
    } else if (at < *count) {
        env[at] = env[--*count];
    }
}

static void build_environment(const char *env[MOST_WORDS],
                              const struct terminal_options *options)
{
    static const char *const kept[] = {
        "PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "LD_LIBRARY_PATH",
        "TERMINFO", "GCOV_PREFIX", "LLVM_PROFILE_FILE",
    };
    size_t count = 0;

    put_environment(env, &count, "TERM=xterm-256color");
    put_environment(env, &count, "LANG=C.UTF-8");
    put_environment(env, &count, "HOME=/nonexistent");
    for (char **entry = environ; *entry != NULL; entry++) {
        for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
            if (same_name(*entry, kept[i])) {
                put_environment(env, &count, *entry);
            }
        }
    }
    for (size_t i = 0; options->env != NULL && options->env[i] != NULL; i++) {
        put_environment(env, &count, options->env[i]);
    }
    env[count] = NULL;
}

/* In the child: the pty becomes the controlling terminal of a new session. */
__attribute__((noreturn))
static void become_program(const char *slave, const char *folder,
                           char *const *argv, char *const *env)
{
    sigset_t none;

    (void)setsid();
    int fd = open(slave, O_RDWR);
    if (fd < 0) {
        _exit(NO_PROGRAM);
    }
#ifdef TIOCSCTTY
    (void)ioctl(fd, TIOCSCTTY, 0);
#endif
    for (int i = 0; i <= STDERR_FILENO; i++) {
        (void)dup2(fd, i);
    }
    if (fd > STDERR_FILENO) {
        (void)close(fd);
    }
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)signal(SIGPIPE, SIG_DFL);
    if (folder != NULL && chdir(folder) != 0) {
        _exit(NO_PROGRAM);
    }
    (void)execve(argv[0], argv, env);
    _exit(NO_PROGRAM);
}

static void set_window(struct terminal *t, int rows, int cols)
{
    struct winsize size = {0};

    size.ws_row = (unsigned short)rows;
    size.ws_col = (unsigned short)cols;
    t->rows = rows;
    t->cols = cols;
    assert_int_equal(ioctl(t->master, TIOCSWINSZ, &size), 0);
}

static void open_pty(struct terminal *t)
{
    t->master = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(t->master >= 0);
    assert_int_equal(grantpt(t->master), 0);
    assert_int_equal(unlockpt(t->master), 0);
    assert_true(fcntl(t->master, F_SETFD, FD_CLOEXEC) == 0);
    assert_true(fcntl(t->master, F_SETFL, O_NONBLOCK) == 0);
    assert_int_equal(tcgetattr(t->master, &t->before), 0);
}

void terminal_start(struct terminal *t, const struct terminal_options *options)
{
    const char *env[MOST_WORDS];
    char *argv[MOST_WORDS] = {NULL};
    char *entries[MOST_WORDS];
    char slave[128];
    size_t count = 0;

    assert_int_equal(t->pid, 0);
    while (options->argv[count] != NULL && count + 1 < MOST_WORDS) {
        count++;
    }
    /* execve wants pointers to char, and never writes through them. */
    memcpy(argv, options->argv, count * sizeof argv[0]);
    build_environment(env, options);
    memcpy(entries, env, sizeof entries);
    open_pty(t);
    set_window(t, options->rows > 0 ? options->rows : 24,
               options->cols > 0 ? options->cols : 80);
    open_screen(t);
    (void)snprintf(slave, sizeof slave, "%s", ptsname(t->master));
    t->pid = fork();
    assert_true(t->pid >= 0);
    if (t->pid == 0) {
        become_program(slave, options->folder, argv, entries);
    }
}

void terminal_stop(struct terminal *t)
{
    if (t->pid > 0 && !t->exited) {
        (void)kill(-t->pid, SIGKILL);
        (void)kill(t->pid, SIGKILL);
        while (waitpid(t->pid, &t->status, 0) < 0 && errno == EINTR) {
        }
        t->exited = true;
    }
    if (t->master >= 0) {
        (void)close(t->master);
        t->master = -1;
    }
    if (t->vt != NULL) {
        vterm_free(t->vt);
        t->vt = NULL;
    }
    text_clear(&t->output);
    text_clear(&t->dump);
}

/* ------------------------------------------------------------------- input */

void terminal_send_bytes(struct terminal *t, const char *bytes, size_t length)
{
    put_input(t, bytes, length);
}

void terminal_send(struct terminal *t, const char *text)
{
    put_input(t, text, strlen(text));
}

void terminal_key(struct terminal *t, VTermKey key, VTermModifier modifier)
{
    vterm_keyboard_key(t->vt, key, modifier);
    put_answers(t);
}

void terminal_click(struct terminal *t, int row, int col)
{
    vterm_mouse_move(t->vt, row, col, VTERM_MOD_NONE);
    vterm_mouse_button(t->vt, 1, true, VTERM_MOD_NONE);
    vterm_mouse_button(t->vt, 1, false, VTERM_MOD_NONE);
    put_answers(t);
}

void terminal_resize(struct terminal *t, int rows, int cols)
{
    vterm_set_size(t->vt, rows, cols);
    set_window(t, rows, cols);
}

void terminal_signal(struct terminal *t, int signal)
{
    reap(t);
    if (!t->exited) {
        assert_int_equal(kill(t->pid, signal), 0);
    }
}

/* -------------------------------------------------------------- the screen */

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
        for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell->chars[i] != 0; i++) {
            length += encode(out + length, cell->chars[i]);
        }
    }
    out[length] = '\0';
}

/* A colour's palette index; libvterm 0.1 marks defaults beside it. */
static int palette_index(const VTermColor *color, bool is_default)
{
    return !is_default && VTERM_COLOR_IS_INDEXED(color) ? color->indexed.idx : -1;
}

struct terminal_cell terminal_cell(const struct terminal *t, int row, int col)
{
    struct terminal_cell out = {0};
    VTermScreenCell cell;
    VTermPos at = {row, col};

    memset(&cell, 0, sizeof cell);
    (void)vterm_screen_get_cell(t->screen, at, &cell);
    cell_text(&cell, out.text);
    out.width = cell.width;
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

/* ---------------------------------------------------------------- conditions */

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

    return length == without_blank_end(screen) && memcmp(screen, wanted, length) == 0;
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

bool terminal_wait_exit(struct terminal *t, int timeout)
{
    int64_t deadline = deadline_of(timeout);

    for (;;) {
        bool more = pump(t, deadline);

        reap(t);
        if (t->exited && !more) {
            return true;
        }
        if (now_ms() >= deadline) {
            return false;
        }
        /* Closed, not yet a zombie: wait a slice for it without spinning. */
        if (t->at_end) {
            (void)poll(NULL, 0, 1);
        }
    }
}

bool terminal_settle(struct terminal *t, int quiet, int timeout)
{
    int64_t deadline = deadline_of(timeout);

    while (now_ms() < deadline) {
        if (!pump(t, deadline_of(quiet))) {
            return true;
        }
    }
    return false;
}

void terminal_mark(struct terminal *t)
{
    t->mark = t->output.length;
}

size_t terminal_count(const struct terminal *t)
{
    return t->output.length - t->mark;
}

bool terminal_wrote(const struct terminal *t, const char *bytes, size_t length)
{
    for (size_t i = 0; i + length <= t->output.length; i++) {
        if (memcmp(t->output.data + i, bytes, length) == 0) {
            return true;
        }
    }
    return false;
}

/* -------------------------------------------------------------- expectations */

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

void terminal_expect_screen_at(struct terminal *t, const char *screen, int timeout,
                               const char *file, int line)
{
    if (!terminal_until(t, is_screen, screen, timeout)) {
        print_error("the screen is not\n%s\n", screen);
        fail_at(t, file, line, "but");
    }
}

void terminal_expect_cursor_at(struct terminal *t, int row, int col, int timeout,
                               const char *file, int line)
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
        fail_at(t, file, line, "the program should be killed by signal %d", signal);
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

void terminal_expect_stopped_at(struct terminal *t, int timeout, const char *file,
                                int line)
{
    int64_t deadline = deadline_of(timeout);

    while (!is_stopped(t, NULL)) {
        if (t->exited || now_ms() >= deadline) {
            fail_at(t, file, line, "the program is not stopped");
        }
        (void)pump(t, now_ms() + SLICE);
    }
}

void terminal_expect_silence_at(struct terminal *t, int duration, const char *file,
                                int line)
{
    size_t before = t->output.length;

    if (pump(t, now_ms() + duration)) {
        fail_at(t, file, line, "%zu bytes came where none should",
                t->output.length - before);
    }
}

static const char *changed_mode(const struct termios *a, const struct termios *b)
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
    return memcmp(a->c_cc, b->c_cc, sizeof a->c_cc) != 0 ? "control characters" : NULL;
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
