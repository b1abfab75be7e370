/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the app is made of, for the files that carry out its effects.
 */
#ifndef EXPLORER_APP_PARTS_H
#define EXPLORER_APP_PARTS_H

#include "explorer/app.h"
#include "explorer/jobs.h"

#include <stdbool.h>
#include <stdint.h>

enum { CACHE_MOST = 16 };

/* A spectrum that is ready, by what was asked. */
struct cached {
    struct spectrum_request request;
    struct spectrum *spectrum;
    uint64_t used; /* a clock that counts uses */
};

struct app {
    const struct explorer_setup *setup;
    struct state state;
    struct model *model;
    struct figures *figures;
    struct reference *reference;
    struct jobs *jobs;
    struct cached cache[CACHE_MOST];
    uint64_t uses;
    struct preset_list presets;
    bool has_presets;
    struct effects terminal; /* for whoever has one */
    struct error failure;    /* of the newest model */
};

/* app_figures.c: the model, its figures, the marked choice. */
void app_load_model(struct app *app);
void app_make_figures(struct app *app);
void app_mark(struct app *app);
void app_send_marked(struct app *app, struct reference *reference,
                     const struct error *err);
void app_free_figures(struct app *app);
/* The explorer that would start as CHOICE. */
struct explorer_setup app_setup_of(const struct app *app,
                                   const struct choice *choice);

/* app_settings.c: settings from the method list, a file, a typed field. */
void app_set_method(struct app *app, const struct method *method);
void app_import(struct app *app, const char *path);
void app_set_field(struct app *app, const char *typed);

/* app.c: what spectrum the present choice asks for. */
void app_request(const struct app *app, struct spectrum_request *request);

/* app_export.c: write the present choice to the effect's file. */
void app_write(struct app *app, const struct effect *effect);

#endif
