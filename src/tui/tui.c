/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The loop: wait for keys, news of the worker or a signal; update; draw once.
 */
#include "tui/tui.h"

#include <errno.h>
#include <sys/select.h>
#include <unistd.h>

#include "explorer/app.h"
#include "tui/signals.h"
#include "tui/terminal.h"
#include "tui/view.h"

enum {
    KEYS_A_FRAME = 4096, /* a paste is drawn now and then */
    RUNNING = -1,
    SIGNAL_STATUS = 128,
};

struct loop {
    struct app *app;
    struct terminal terminal;
    struct signals signals;
    int status; /* RUNNING, or what to exit with */
    bool draw;  /* something may look different */
};

bool tui_available(const char **reason)
{
    if (!isatty(STDIN_FILENO)) {
        *reason = "standard input is not a terminal";
        return false;
    }
    if (!isatty(STDOUT_FILENO)) {
        *reason = "standard output is not a terminal";
        return false;
    }
    return terminal_type(reason) != NULL;
}

static void draw(struct loop *loop)
{
    bool typing =
        frame_draw(stdscr, &loop->terminal.theme, app_state(loop->app));
    wnoutrefresh(stdscr);
    doupdate();
    terminal_show_cursor(&loop->terminal, typing);
    loop->draw = false;
}

static void send_size(struct loop *loop)
{
    app_send(loop->app, &(struct message){.kind = MESSAGE_RESIZE,
                                          .rows = (unsigned)LINES,
                                          .cols = (unsigned)COLS,
                                          .page = frame_page(LINES, COLS)});
    loop->draw = true;
}

static void suspend(struct loop *loop)
{
    terminal_leave(&loop->terminal);
    signals_stop_process(&loop->signals);
    signals_take(SIGCONT);
    signals_take(SIGTSTP);
    terminal_enter(&loop->terminal);
    loop->draw = true;
}

static void yank(struct loop *loop, const char *text)
{
    if (!terminal_yank(&loop->terminal, text)) {
        app_send(loop->app,
                 &(struct message){.kind = MESSAGE_NOTE,
                                   .text = "this terminal is not known to "
                                           "have a clipboard: export with e"});
    }
}

static void run_effects(struct loop *loop)
{
    struct effect effect;
    while (app_next_effect(loop->app, &effect)) {
        switch (effect.kind) {
        case EFFECT_YANK:
            yank(loop, effect.text);
            break;
        case EFFECT_REDRAW:
            clearok(curscr, TRUE);
            break;
        case EFFECT_SUSPEND:
            suspend(loop);
            break;
        case EFFECT_QUIT:
            loop->status = 0;
            break;
        case EFFECT_LOAD_MODEL:
        case EFFECT_COUNT:
        case EFFECT_PRESETS:
        case EFFECT_METHOD:
        case EFFECT_IMPORT:
        case EFFECT_FIELD:
        case EFFECT_MARK:
        case EFFECT_UNMARK:
        case EFFECT_SPECTRUM:
        case EFFECT_CANCEL:
        case EFFECT_WRITE_FILE:
        case EFFECT_YANK_LINE:
            break; /* the app's own */
        }
    }
}

static void read_keys(struct loop *loop)
{
    int32_t key;
    bool pasted, any = false;
    for (int i = 0; i < KEYS_A_FRAME && loop->status == RUNNING; i++) {
        if (!terminal_read_key(&loop->terminal, &key, &pasted)) {
            break;
        }
        any = true;
        app_send(loop->app,
                 &(struct message){.kind = pasted ? MESSAGE_PASTE : MESSAGE_KEY,
                                   .key = key});
        run_effects(loop);
    }
    loop->draw = loop->draw || any;
    if (!any && terminal_is_gone()) {
        loop->status = SIGNAL_STATUS + SIGHUP;
    }
}

static bool handle_resize(struct loop *loop, struct error *err)
{
    if (!terminal_resize(&loop->terminal, err)) {
        return false;
    }
    send_size(loop);
    return true;
}

/* False with *err set when there is no going on. */
static bool handle_signals(struct loop *loop, struct error *err)
{
    static const int ending[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++) {
        if (signals_take(ending[i])) {
            loop->status = SIGNAL_STATUS + ending[i];
        }
    }
    if (signals_take(SIGTSTP)) {
        suspend(loop);
        signals_take(SIGWINCH);
        return handle_resize(loop, err);
    }
    if (signals_take(SIGCONT)) { /* stopped by force: draw it all again */
        terminal_leave(&loop->terminal);
        terminal_enter(&loop->terminal);
        return handle_resize(loop, err);
    }
    return signals_take(SIGWINCH) ? handle_resize(loop, err) : true;
}

/* Wait until there is something to do, then do it. */
static bool step(struct loop *loop, struct error *err)
{
    int wake = app_wake_fd(loop->app), came = signals_wake_fd();
    int most = wake > came ? wake : came;
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(STDIN_FILENO, &readable);
    FD_SET(wake, &readable);
    FD_SET(came, &readable);
    int ready = pselect(most + 1, &readable, NULL, NULL, NULL,
                        signals_wait_mask(&loop->signals));
    if (ready < 0 && errno != EINTR) {
        return error_set(err, ERROR_IO, "waiting for keys failed");
    }
    signals_drain();
    if (!handle_signals(loop, err)) {
        return false;
    }
    if (ready > 0 && FD_ISSET(wake, &readable)) {
        app_poll(loop->app);
        loop->draw = true;
    }
    if (ready > 0 && FD_ISSET(STDIN_FILENO, &readable)) {
        read_keys(loop);
    }
    return true;
}

static int run_loop(struct loop *loop, struct error *err)
{
    loop->status = RUNNING;
    send_size(loop);
    while (loop->status == RUNNING) {
        if (loop->draw) {
            draw(loop);
        }
        if (!step(loop, err)) {
            loop->status = 1;
        }
    }
    return loop->status;
}

int tui_run(const struct explorer_setup *setup, struct error *err)
{
    struct loop loop = {.status = 1};
    /* Before the worker is born, so that it never sees them. */
    signals_block(&loop.signals);
    loop.app = app_new(setup, err);
    if (loop.app == NULL) {
        signals_restore(&loop.signals);
        return 1;
    }
    int status = 1;
    if (signals_install(&loop.signals, err) &&
        terminal_open(&loop.terminal, setup->color, setup->ascii, err)) {
        status = run_loop(&loop, err);
        terminal_close(&loop.terminal);
    }
    app_free(loop.app);
    signals_restore(&loop.signals);
    return status;
}
