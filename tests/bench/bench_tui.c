/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How long a key takes to its finished frame, and the program to its first.
 *
 * The first number is work alone: update, count, ledger, draw, on a terminal
 * that is /dev/null.  The others are the real program in a pseudo terminal,
 * from exec, or from the key, to the bytes that hold the answer.
 */
#include <curses.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "explorer/app.h"
#include "spectrum/svd.h"
#include "tui/view.h"

enum { KEYS = 200, STARTS = 7, OUTPUT = 1 << 16 };

static const char *const models[] = {"Llama-3.1-8B", "Llama-3.1-405B",
                                     "DeepSeek-V3"};

static double now_ms(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return 1e3 * (double)time.tv_sec + 1e-6 * (double)time.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print(const char *model, const char *what, double *ms, size_t n)
{
    qsort(ms, n, sizeof *ms, compare);
    printf("%-16s %-34s median %7.3f ms  worst %7.3f ms\n", model, what,
           ms[n / 2], ms[n - 1]);
}

/* KEYS times the next of SCRIPT, each with its frame. */
static void time_keys(struct app *app, const struct theme *theme,
                      const char *script, double *ms)
{
    for (size_t i = 0; i < KEYS; i++) {
        double start = now_ms();
        app_send_key(app, script[i % strlen(script)]);
        frame_draw(stdscr, theme, app_state(app));
        wnoutrefresh(stdscr);
        doupdate();
        ms[i] = now_ms() - start;
    }
}

static void bench_keys(const char *model)
{
    struct resource_path path;
    struct strings strings = {0};
    struct explorer_setup setup;
    struct theme theme;
    struct error err = {.code = ERROR_NONE};
    static double ms[KEYS];
    if (!resource_path_init(&path, NULL, &err)) {
        return;
    }
    explorer_setup_init(&setup, &path, &strings);
    setup.model = model;
    setup.spectrum.rows = setup.spectrum.cols = 64;
    struct app *app = app_new(&setup, &err);
    if (app == NULL) {
        printf("%s: %s\n", model, err.message);
        strings_clear(&strings);
        resource_path_clear(&path);
        return;
    }
    theme_init(&theme, true, true);
    app_send(app, &(struct message){.kind = MESSAGE_RESIZE,
                                    .rows = 24,
                                    .cols = 80,
                                    .page = frame_page(24, 80)});
    resizeterm(24, 80);
    time_keys(app, &theme, "lLAl", ms);
    print(model, "key to frame, work alone", ms, KEYS);
    app_send_key(app, 'L'); /* or the row has no adapter */
    time_keys(app, &theme, "}{()", ms);
    print(model, "a row's rank to frame", ms, KEYS);
    app_send_key(app, '=');
    time_keys(app, &theme, "lLAl", ms);
    print(model, "key to frame beside a mark", ms, KEYS);
    app_free(app);
    strings_clear(&strings);
    resource_path_clear(&path);
}

struct program {
    int master;
    pid_t pid;
};

static void start(struct program *program, const char *model)
{
    const char *path = getenv("LORAEXPLORE");
    const struct winsize size = {.ws_row = 24, .ws_col = 80};
    program->master = posix_openpt(O_RDWR | O_NOCTTY);
    grantpt(program->master);
    unlockpt(program->master);
    const char *name = ptsname(program->master);
    program->pid = fork();
    if (program->pid == 0) {
        setsid();
        int fd = open(name, O_RDWR);
        ioctl(fd, TIOCSWINSZ, &size);
        dup2(fd, 0);
        dup2(fd, 1);
        dup2(fd, 2);
        setenv("TERM", "xterm-256color", 1);
        setenv("LANG", "C.UTF-8", 1);
        execl(path != NULL ? path : "build/loraexplore", "loraexplore", model,
              (char *)NULL);
        _exit(127);
    }
}

/* Milliseconds from SINCE until the program has written TEXT; -1 for never. */
static double wait_for(struct program *program, const char *text, double since)
{
    static char bytes[OUTPUT];
    size_t used = 0;
    struct pollfd input = {.fd = program->master, .events = POLLIN};
    while (poll(&input, 1, 3000) > 0 && used < sizeof bytes - 1) {
        ssize_t got =
            read(program->master, bytes + used, sizeof bytes - 1 - used);
        if (got <= 0) {
            break;
        }
        used += (size_t)got;
        bytes[used] = '\0';
        if (strstr(bytes, text) != NULL) {
            return now_ms() - since;
        }
    }
    return -1;
}

static void bench_program(const char *model)
{
    double first[STARTS], key[STARTS];
    for (size_t i = 0; i < STARTS; i++) {
        struct program program;
        double since = now_ms();
        start(&program, model);
        first[i] = wait_for(&program, "trainable", since);
        (void)wait_for(&program, "r90", now_ms()); /* the spectrum is done */
        since = now_ms();
        ssize_t ignored = write(program.master, "]", 1);
        (void)ignored;
        key[i] = wait_for(&program, "[16]", since);
        kill(program.pid, SIGTERM);
        close(program.master);
        waitpid(program.pid, NULL, 0);
    }
    print(model, "exec to first frame, in a terminal", first, STARTS);
    print(model, "key to frame, in a terminal", key, STARTS);
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    spectrum_init();
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        bench_program(models[i]);
    }
    FILE *nowhere = fopen("/dev/null", "r+");
    SCREEN *screen = newterm("xterm-256color", nowhere, nowhere);
    if (screen == NULL) {
        return 1;
    }
    start_color();
    use_default_colors();
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        bench_keys(models[i]);
    }
    endwin();
    delscreen(screen);
    fclose(nowhere);
    return 0;
}
