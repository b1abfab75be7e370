/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Settings that come from the method list, a file, a typed field.
 */
#include "explorer/app_parts.h"

#include <stdio.h>
#include <string.h>

#include "adapter/config.h"
#include "adapter/method.h"
#include "explorer/field_edit.h"

static void send_settings(struct app *app,
                          const struct adapter_settings *adapter,
                          const struct error *err, const char *done)
{
    app_send(app, &(struct message){.kind = MESSAGE_SETTINGS,
                                    .adapter = adapter,
                                    .error = err,
                                    .text = done});
}

/* Settings with a field that is still missing are a draft: it is asked for. */
static void offer_settings(struct app *app,
                           const struct adapter_settings *adapter,
                           const char *done)
{
    char missing[64];
    field_missing(adapter, app->model->inventory.layers, missing,
                  sizeof missing);
    bool asks = missing[0] != '\0';
    app_send(app, &(struct message){.kind = MESSAGE_SETTINGS,
                                    .adapter = adapter,
                                    .asks = asks,
                                    .text = asks ? missing : done});
}

void app_set_method(struct app *app, const struct method *method)
{
    const struct adapter_settings *before = &app->state.choice.adapter;
    struct adapter_settings adapter = *before;
    struct error err = {.code = ERROR_NONE};
    char said[160];
    if (!settings_set_method(&adapter, app->setup->path, method, &err)) {
        send_settings(app, NULL, &err, NULL);
        return;
    }
    field_taken(before, &adapter, said, sizeof said);
    offer_settings(app, &adapter, said);
}

void app_import(struct app *app, const char *path)
{
    struct adapter_settings adapter = app->state.choice.adapter;
    struct error err = {.code = ERROR_NONE};
    char said[LINE_SIZE + 16];
    snprintf(said, sizeof said, "read from %s", path);
    bool done = settings_read_file(&adapter, app->setup->path, path, &err);
    send_settings(app, done ? &adapter : NULL, &err, said);
}

void app_set_field(struct app *app, const char *typed)
{
    bool drafts = app->state.has_draft;
    struct adapter_settings adapter =
        drafts ? app->state.draft : app->state.choice.adapter;
    struct error err = {.code = ERROR_NONE};
    if (!field_edit(&adapter, app->setup->path, typed, &err)) {
        send_settings(app, NULL, &err, NULL);
    } else if (drafts) {
        offer_settings(app, &adapter, typed);
    } else {
        send_settings(app, &adapter, NULL, typed);
    }
}
