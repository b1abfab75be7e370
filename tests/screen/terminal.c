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

/* POSIX has it so. NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-*) */
extern char **environ;

int64_t terminal_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t terminal_deadline(int timeout)
{
    const char *text = getenv("LORAEXPLORE_TIMEOUT_SCALE");
    double scale = 1.0;

    if (text != NULL && text_parse_real(text, &scale) &&
        (scale < 0.1 || scale > 1000.0)) {
        scale = 1.0;
    }
    return terminal_now() + (int64_t)(timeout * scale);
}

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

void terminal_reap(struct terminal *t)
{
    if (!t->exited && t->pid > 0 &&
        waitpid(t->pid, &t->status, WNOHANG) == t->pid) {
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
    int64_t deadline = terminal_deadline(TERMINAL_TIMEOUT);

    while (length > 0 && !t->at_end && terminal_now() < deadline) {
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
bool terminal_pump(struct terminal *t, int64_t deadline)
{
    while (!t->at_end) {
        int64_t left = deadline - terminal_now();
        struct pollfd fd = {t->master, POLLIN, 0};
        bool looked = left <= 0;
        bool ended = t->exited; /* before the look: its last words may come */

        if (poll(&fd, 1, looked ? 0 : left < SLICE ? (int)left : SLICE) > 0) {
            if (take_output(t)) {
                put_answers(t);
                return true;
            }
        } else {
            terminal_reap(t);
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
    int64_t deadline = terminal_deadline(timeout);

    for (;;) {
        if (condition(t, argument)) {
            return true;
        }
        if (!terminal_pump(t, deadline) &&
            (t->at_end || t->exited || terminal_now() >= deadline)) {
            return condition(t, argument);
        }
    }
}

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

    return strncmp(a, b, length) == 0 &&
           (b[length] == '=' || b[length] == '\0');
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
        "PATH",         "ASAN_OPTIONS",      "UBSAN_OPTIONS",
        "LSAN_OPTIONS", "LD_LIBRARY_PATH",   "TERMINFO",
        "GCOV_PREFIX",  "LLVM_PROFILE_FILE",
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
__attribute__((noreturn)) static void become_program(const char *slave,
                                                     const char *folder,
                                                     char *const *argv,
                                                     char *const *env)
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
    if (argv[0] == NULL || (folder != NULL && chdir(folder) != 0)) {
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
    terminal_reap(t);
    if (!t->exited) {
        assert_int_equal(kill(t->pid, signal), 0);
    }
}

bool terminal_wait_exit(struct terminal *t, int timeout)
{
    int64_t deadline = terminal_deadline(timeout);

    for (;;) {
        bool more = terminal_pump(t, deadline);

        terminal_reap(t);
        if (t->exited && !more) {
            return true;
        }
        if (terminal_now() >= deadline) {
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
    int64_t deadline = terminal_deadline(timeout);

    while (terminal_now() < deadline) {
        if (!terminal_pump(t, terminal_deadline(quiet))) {
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
