/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Standard output and standard error, every write checked.
 */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SHOWN_SIZE = 1024 }; /* bytes of one message */

void output_guard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) == -1 && errno == EBADF) {
            /* The lowest free number is the closed one. */
            (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
        }
    }
}

bool output_write(const struct text *text, struct error *err)
{
    if (!text_ok(text, err)) {
        return false;
    }
    const char *at = text_string(text);
    size_t left = text->length;
    while (left > 0) {
        ssize_t written = write(STDOUT_FILENO, at, left);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0 && errno == EPIPE) {
            return true;
        }
        if (written < 0) {
            return error_set(err, ERROR_IO,
                             "cannot write to standard output: %s; send it "
                             "somewhere else",
                             strerror(errno));
        }
        at += written;
        left -= (size_t)written;
    }
    return true;
}

bool output_wants_ascii(const struct cli_call *call)
{
    return call->setup.ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
}

bool output_report(const struct cli_call *call, const struct report *report,
                   const struct text *picture, struct error *err)
{
    struct text out = {0};
    bool ok = render_report(report, call->format, call->setup.units,
                            output_wants_ascii(call), &out, err);
    if (ok && picture != NULL) {
        text_appendf(&out, "\n%s", text_string(picture));
    }
    ok = ok && output_write(&out, err);
    text_clear(&out);
    return ok;
}

/* One line on standard error, made safe for a terminal.  Nobody is left to
 * tell when that stream fails too.
 */
static void write_line(const char *prefix, const char *message)
{
    char shown[SHOWN_SIZE];
    text_sanitize(shown, sizeof shown, message);
    (void)fprintf(stderr, "loraexplore: %s%s\n", prefix, shown);
}

void output_warnings(const char *const *warnings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        write_line("warning: ", warnings[i]);
    }
}

void output_error(const char *message)
{
    write_line("", message);
}

static void exit_interrupted(int signal_number)
{
    (void)signal_number;
    _exit(STATUS_INTERRUPTED);
}

void output_exit_on_interrupt(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    if (sigaction(SIGINT, NULL, &action) == 0 && action.sa_handler == SIG_IGN) {
        return; /* started in the background: stays ignored */
    }
    memset(&action, 0, sizeof action);
    action.sa_handler = exit_interrupted;
    (void)sigaction(SIGINT, &action, NULL);
}
