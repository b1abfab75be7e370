/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The explorer without a screen: owns what the state borrows, carries out the
 * effects that need no terminal, and feeds the results back as messages.
 */
#ifndef EXPLORER_APP_H
#define EXPLORER_APP_H

#include "base/error.h"
#include "base/text.h"
#include "explorer/setup.h"
#include "explorer/update.h"

#include <stdbool.h>

struct app;

/* Load the model, count, start the worker on the spectrum.
 *
 * SETUP outlives the app.  NULL with *err set when the model cannot be loaded
 * or the worker does not start.
 */
struct app *app_new(const struct explorer_setup *setup, struct error *err);
void app_free(struct app *app);

const struct state *app_state(const struct app *app);

/* Update the state and do all that follows from it. */
void app_send(struct app *app, const struct message *message);
void app_send_key(struct app *app, int32_t key);

/* The descriptor to wait on, and what to do when it is readable. */
int app_wake_fd(const struct app *app);
void app_poll(struct app *app);

/* The next effect that only a terminal can have: yank, redraw, suspend, quit;
 * false when there is none.  A yank carries its text.
 */
bool app_next_effect(struct app *app, struct effect *effect);

/* What the present choice exports, appended to OUT. */
bool app_export(const struct app *app, enum export_format format,
                struct text *out, struct error *err);

#endif
