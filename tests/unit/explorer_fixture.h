/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An explorer without a screen, driven by keys, for several tests.
 */
#ifndef UNIT_EXPLORER_FIXTURE_H
#define UNIT_EXPLORER_FIXTURE_H

#include <poll.h>
#include <string.h>

#include "explorer/app.h"

struct fixture {
    struct resource_path path;
    struct strings strings;
    struct explorer_setup setup;
    struct app *app;
};

static inline void fixture_open(struct fixture *fixture, const char *model)
{
    struct error err = {.code = ERROR_NONE};
    memset(fixture, 0, sizeof *fixture);
    assert_true(resource_path_init(&fixture->path, NULL, &err));
    explorer_setup_init(&fixture->setup, &fixture->path, &fixture->strings);
    fixture->setup.model = model;
    /* Small, so that a test waits for nothing. */
    fixture->setup.spectrum.rows = fixture->setup.spectrum.cols = 32;
    fixture->app = app_new(&fixture->setup, &err);
    assert_non_null(fixture->app);
}

static inline void fixture_close(struct fixture *fixture)
{
    app_free(fixture->app);
    strings_clear(&fixture->strings);
    resource_path_clear(&fixture->path);
}

static inline const struct state *fixture_state(const struct fixture *fixture)
{
    return app_state(fixture->app);
}

/* Each character is a key; "\r" is Enter, "\033" Escape. */
static inline void fixture_keys(struct fixture *fixture, const char *keys)
{
    for (; *keys != '\0'; keys++) {
        int32_t key = *keys == '\r'     ? INPUT_ENTER
                      : *keys == '\033' ? INPUT_ESCAPE
                      : *keys == '\b'   ? INPUT_BACKSPACE
                                        : (int32_t)*keys;
        app_send_key(fixture->app, key);
    }
}

/* Wait until the spectrum asked for is there. */
static inline void fixture_wait(struct fixture *fixture)
{
    for (int i = 0; i < 2000 && fixture_state(fixture)->busy; i++) {
        struct pollfd wake = {.fd = app_wake_fd(fixture->app),
                              .events = POLLIN};
        poll(&wake, 1, 5000);
        app_poll(fixture->app);
    }
    assert_false(fixture_state(fixture)->busy);
}

/* Put the cursor on the first row of that name. */
static inline void fixture_go(struct fixture *fixture, const char *label)
{
    const struct targets *targets = &fixture_state(fixture)->figures->targets;
    size_t want = 0;
    while (want < targets->count &&
           (targets->rows[want].heading ||
            strcmp(targets->rows[want].label, label) != 0)) {
        want++;
    }
    assert_true(want < targets->count);
    app_send_key(fixture->app, INPUT_HOME);
    for (size_t i = 0; i < 1000 && fixture_state(fixture)->cursor < want; i++) {
        app_send_key(fixture->app, INPUT_DOWN);
    }
    assert_int_equal(fixture_state(fixture)->cursor, want);
}

/* The explorer that a test's keys go to. */
static struct fixture f;

static inline int open_llama(void **state)
{
    (void)state;
    fixture_open(&f, "Llama-3.1-8B");
    return 0;
}

static inline int close_it(void **state)
{
    (void)state;
    fixture_close(&f);
    return 0;
}

static inline const struct state *now(void)
{
    return fixture_state(&f);
}

static inline uint64_t trainable(void)
{
    return state_trainable(now());
}

#endif
