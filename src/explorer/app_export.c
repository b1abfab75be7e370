/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What leaves the explorer: reports, command lines, settings, files.
 */
#include "explorer/app_parts.h"

#include <stdio.h>
#include <string.h>

#include "adapter/config.h"
#include "base/file.h"
#include "explorer/export.h"
#include "explorer/render.h"
#include "explorer/report.h"

/* The command line that would have led here. */
static struct explorer_setup present_setup(const struct app *app)
{
    struct explorer_setup setup = app_setup_of(app, &app->state.choice);
    setup.units = app->state.units;
    app_request(app, &setup.spectrum);
    return setup;
}

static bool export_report(const struct app *app, enum render_format format,
                          const struct explorer_setup *setup, struct text *out,
                          struct error *err)
{
    const struct figures *figures = app->figures;
    const struct count_dtypes dtypes = setup_dtypes(setup, app->model);
    struct report report = {0};
    uint64_t bytes = 0;
    bool ok =
        count_file_bytes(&figures->count, &dtypes, &bytes, err) &&
        report_count(&report, app->model, setup, &figures->count,
                     figures->has_ledger ? &figures->ledger : NULL, bytes,
                     err) &&
        render_report(&report, format, setup->units, setup->ascii, out, err);
    report_clear(&report);
    return ok;
}

/* A file ends with a line's end. */
static bool end_line(struct text *out, struct error *err)
{
    if (out->length > 0 && out->data[out->length - 1] != '\n') {
        text_append(out, "\n");
    }
    return text_ok(out, err);
}

bool app_export(const struct app *app, enum export_format format,
                struct text *out, struct error *err)
{
    if (app->figures == NULL) {
        return error_set(err, ERROR_NOT_FOUND, "no model is loaded");
    }
    if (app->figures->refused) {
        *err = app->figures->problem;
        return false;
    }
    struct explorer_setup setup = present_setup(app);
    switch (format) {
    case EXPORT_TEXT:
        return export_report(app, RENDER_TEXT, &setup, out, err);
    case EXPORT_JSON:
        return export_report(app, RENDER_JSON, &setup, out, err);
    case EXPORT_CSV:
        return export_report(app, RENDER_CSV, &setup, out, err);
    case EXPORT_COMMAND:
        export_command_line(&setup, out);
        break;
    case EXPORT_ADAPTER_CONFIG:
        return settings_write(&setup.adapter, setup.path, out, err) &&
               end_line(out, err);
    case EXPORT_PYTHON:
        export_lora_config(&setup, &app->model->inventory, &app->figures->count,
                           out);
        break;
    }
    return end_line(out, err);
}

void app_write(struct app *app, const struct effect *effect)
{
    struct text out = {0};
    struct error err = {.code = ERROR_NONE};
    bool exists = !effect->replace && file_exists(effect->text);
    bool ok =
        !exists && app_export(app, app->state.export_format, &out, &err) &&
        file_write(effect->text, out.data, out.length, effect->replace, &err);
    app_send(app, &(struct message){.kind = MESSAGE_WRITTEN,
                                    .text = effect->text,
                                    .error = ok ? NULL : &err,
                                    .exists = exists});
    text_clear(&out);
}
