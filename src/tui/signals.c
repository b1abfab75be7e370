/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Handlers touch nothing but what is declared here.
 */
#include "tui/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* The loop's, then those of a crash. */
static const int handled[SIGNALS_HANDLED] = {
    SIGINT,  SIGTERM, SIGHUP, SIGTSTP, SIGCONT, SIGWINCH,
    SIGSEGV, SIGABRT, SIGBUS, SIGFPE,  SIGILL,  SIGQUIT,
};
enum {
    LOOP_SIGNALS = 6,
    SIGNAL_MOST = 65,
    RESET_SIZE = 256,
    CRASH_STACK = 32768
};

/* A handler is given nothing, so what it needs has to be here. */
static volatile sig_atomic_t came[SIGNAL_MOST];
static volatile sig_atomic_t reset_length;
static char reset_bytes[RESET_SIZE];
static struct termios reset_modes;
static char crash_stack[CRASH_STACK];
static int wake_pipe[2] = {-1, -1};

static void note(int signal)
{
    if (signal > 0 && signal < SIGNAL_MOST) {
        came[signal] = 1;
        int before = errno;
        ssize_t ignored = write(wake_pipe[1], "!", 1);
        (void)ignored; /* a full pipe wakes just as well */
        errno = before;
    }
}

static void crash(int signal)
{
    if (reset_length > 0) {
        size_t length = (size_t)reset_length;
        reset_length = 0;
        ssize_t ignored = write(STDOUT_FILENO, reset_bytes, length);
        (void)ignored;
        tcsetattr(STDIN_FILENO, TCSANOW, &reset_modes);
    }
    /* SA_RESETHAND: the default action is back. */
    raise(signal);
}

static void loop_mask(sigset_t *set)
{
    sigemptyset(set);
    for (size_t i = 0; i < LOOP_SIGNALS; i++) {
        sigaddset(set, handled[i]);
    }
}

void signals_block(struct signals *signals)
{
    sigset_t set;
    loop_mask(&set);
    signals->installed = false;
    sigprocmask(SIG_BLOCK, &set, &signals->mask);
}

static bool open_pipe(struct error *err)
{
    if (pipe(wake_pipe) != 0) {
        return error_set(err, ERROR_IO, "no pipe for signals: %s",
                         strerror(errno));
    }
    for (size_t i = 0; i < 2; i++) {
        (void)fcntl(wake_pipe[i], F_SETFL,
                    fcntl(wake_pipe[i], F_GETFL) | O_NONBLOCK);
        (void)fcntl(wake_pipe[i], F_SETFD, FD_CLOEXEC);
    }
    return true;
}

static void close_pipe(void)
{
    for (size_t i = 0; i < 2; i++) {
        if (wake_pipe[i] >= 0) {
            close(wake_pipe[i]);
        }
        wake_pipe[i] = -1;
    }
}

int signals_wake_fd(void)
{
    return wake_pipe[0];
}

void signals_drain(void)
{
    char bytes[64];
    while (read(wake_pipe[0], bytes, sizeof bytes) > 0) {
        /* how many there were says nothing */
    }
}

bool signals_install(struct signals *signals, struct error *err)
{
    if (!open_pipe(err)) {
        return false;
    }
    for (size_t i = 0; i < SIGNAL_MOST; i++) {
        came[i] = 0;
    }
    const stack_t stack = {.ss_sp = crash_stack, .ss_size = CRASH_STACK};
    sigaltstack(&stack, NULL);
    for (size_t i = 0; i < SIGNALS_HANDLED; i++) {
        struct sigaction action = {.sa_handler = note};
        if (i >= LOOP_SIGNALS) {
            action.sa_handler = crash;
            action.sa_flags = (int)(SA_RESETHAND | SA_NODEFER | SA_ONSTACK);
        }
        sigemptyset(&action.sa_mask);
        sigaction(handled[i], &action, &signals->actions[i]);
    }
    signals->installed = true;
    return true;
}

void signals_restore(struct signals *signals)
{
    reset_length = 0;
    for (size_t i = 0; signals->installed && i < SIGNALS_HANDLED; i++) {
        sigaction(handled[i], &signals->actions[i], NULL);
    }
    /* A terminal that goes says so more than once; we are leaving already. */
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGHUP, &ignore, NULL);
    signals->installed = false;
    close_pipe();
    sigprocmask(SIG_SETMASK, &signals->mask, NULL);
}

const sigset_t *signals_wait_mask(const struct signals *signals)
{
    return &signals->mask;
}

bool signals_take(int signal)
{
    bool any = came[signal] != 0;
    came[signal] = 0;
    return any;
}

void signals_stop_process(struct signals *signals)
{
    (void)signals;
    struct sigaction stop = {.sa_handler = SIG_DFL}, ours;
    sigemptyset(&stop.sa_mask);
    sigaction(SIGTSTP, &stop, &ours);
    sigset_t set, before;
    sigemptyset(&set);
    sigaddset(&set, SIGTSTP);
    raise(SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &set, &before); /* here it stops */
    sigprocmask(SIG_SETMASK, &before, NULL);
    sigaction(SIGTSTP, &ours, NULL);
}

void signals_prepare_crash(const char *bytes, size_t length,
                           const struct termios *modes)
{
    length = length < RESET_SIZE ? length : RESET_SIZE;
    memcpy(reset_bytes, bytes, length);
    reset_modes = *modes;
    reset_length = (sig_atomic_t)length;
}
