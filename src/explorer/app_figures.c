/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The model, its figures, and the marked choice they are compared with.
 */
#include "explorer/app_parts.h"

#include <stdio.h>
#include <string.h>

#include "adapter/fields.h"
#include "adapter/method.h"
#include "base/alloc.h"
#include "explorer/field_edit.h"

static void figures_free(struct figures *figures)
{
    if (figures != NULL) {
        count_clear(&figures->count);
        targets_clear(&figures->targets);
        memory_free(figures);
    }
}

static const char *class_of(const struct choice *choice)
{
    return choice->class_name[0] != '\0' ? choice->class_name : NULL;
}

/* --num-labels is about the model of the command line. */
static uint64_t labels_of(const struct app *app, const struct choice *choice)
{
    return strcmp(choice->model, app->state.first_model) == 0
               ? app->setup->labels
               : 0;
}

void app_load_model(struct app *app)
{
    const struct choice *choice = &app->state.choice;
    struct model_options options = {
        .transformers = choice->transformers,
        .class_name = class_of(choice),
        .labels = labels_of(app, choice),
    };
    app->failure = (struct error){.code = ERROR_NONE};
    struct model *model =
        model_load(app->setup->path, choice->model, &options, &app->failure);
    struct model *old = model != NULL ? app->model : NULL;
    struct figures *old_figures = model != NULL ? app->figures : NULL;
    if (model != NULL) {
        app->model = model;
        app->figures = NULL;
    }
    app_send(app, &(struct message){.kind = MESSAGE_MODEL,
                                    .model = model,
                                    .error = &app->failure});
    figures_free(old_figures);
    model_free(old);
}

/* Count with the targets chosen; when PEFT refuses them, with none, so that
 * the rows and the base stay on the screen beside the reason.
 */
static bool make_count(struct app *app, struct figures *figures,
                       struct error *err)
{
    const struct inventory *inventory = &app->model->inventory;
    struct adapter_settings settings = app->state.choice.adapter;
    if (count_trainable(inventory, app->setup->path, &settings, &figures->count,
                        &figures->problem)) {
        return true;
    }
    figures->refused = true;
    settings_init(&settings, settings.strings);
    settings.mode = TARGET_NONE;
    settings.peft = app->state.choice.adapter.peft;
    return count_trainable(inventory, app->setup->path, &settings,
                           &figures->count, err);
}

/* The explorer that would start as CHOICE. */
struct explorer_setup app_setup_of(const struct app *app,
                                   const struct choice *choice)
{
    struct explorer_setup setup = *app->setup;
    setup.model = choice->model;
    setup.class_name = class_of(choice);
    setup.labels = labels_of(app, choice);
    setup.transformers = choice->transformers;
    setup.adapter = choice->adapter;
    setup.has_dtype = choice->has_dtype;
    setup.training = choice->training;
    return setup;
}

/* Bytes of the adapter file; costs a walk over all names, so only where they
 * are compared.
 */
static void measure_file(const struct app *app, struct figures *figures)
{
    const struct explorer_setup setup = app_setup_of(app, &app->state.choice);
    const struct count_dtypes dtypes = setup_dtypes(&setup, app->model);
    struct error err = {.code = ERROR_NONE};
    figures->has_file =
        !figures->refused &&
        count_file_bytes(&figures->count, &dtypes, &figures->file_bytes, &err);
}

/* Has the method a dict KEY of patterns, meaning what its name says? */
static bool takes_pattern(const struct app *app, const char *key)
{
    const struct adapter_settings *adapter = &app->state.choice.adapter;
    struct error err = {.code = ERROR_NONE};
    json_t *value = adapter->method->own_patterns
                        ? NULL
                        : field_default_new(app->setup->path, adapter->method,
                                            adapter->peft, key, &err);
    json_decref(value);
    return value != NULL;
}

/* What else the screen says of the choice. */
static bool describe(const struct app *app, struct figures *figures,
                     struct error *err)
{
    const struct adapter_settings *adapter = &app->state.choice.adapter;
    figures->takes_rank_pattern =
        adapter->method->rank_key != NULL && takes_pattern(app, "rank_pattern");
    figures->takes_alpha_pattern = adapter->method->alpha_key != NULL &&
                                   takes_pattern(app, "alpha_pattern");
    field_missing(adapter, app->model->inventory.layers, figures->missing,
                  sizeof figures->missing);
    figures->patterns = targets_patterns(adapter, &figures->targets.arena, err);
    if (figures->patterns != NULL && app->reference != NULL) {
        measure_file(app, figures);
    }
    return figures->patterns != NULL;
}

static struct figures *figures_new(struct app *app, struct error *err)
{
    const struct choice *choice = &app->state.choice;
    struct figures *figures = memory_new(1, sizeof *figures, err);
    if (figures == NULL) {
        return NULL;
    }
    if (!make_count(app, figures, err)) {
        memory_free(figures);
        return NULL;
    }
    if (!targets_build(&app->model->inventory, &figures->count,
                       &choice->adapter, figures->refused, &figures->targets,
                       err) ||
        !describe(app, figures, err)) {
        figures_free(figures);
        return NULL;
    }
    struct error bytes = {.code = ERROR_NONE};
    figures->has_ledger =
        ledger_compute(&app->model->inventory, &figures->count,
                       &choice->training, &figures->ledger, &bytes);
    if (!figures->has_ledger && figures->problem.code == ERROR_NONE) {
        figures->problem = bytes;
    }
    return figures;
}

void app_make_figures(struct app *app)
{
    if (app->model == NULL) {
        return;
    }
    struct error err = {.code = ERROR_NONE};
    struct figures *figures = figures_new(app, &err), *old = app->figures;
    if (figures != NULL) {
        app->figures = figures;
    }
    app_send(app, &(struct message){.kind = MESSAGE_FIGURES,
                                    .figures = figures,
                                    .error = &err});
    if (figures != NULL) {
        figures_free(old);
    }
}

/* --- the marked choice --- */

static void reference_free(struct reference *reference)
{
    if (reference != NULL) {
        targets_clear(&reference->targets);
        memory_free(reference);
    }
}

/* What stands there now; it borrows nothing from the model or its figures. */
static struct reference *reference_new(const struct app *app, struct error *err)
{
    struct reference *reference = memory_new(1, sizeof *reference, err);
    if (reference == NULL) {
        return NULL;
    }
    const struct figures *figures = app->figures;
    reference->choice = app->state.settled;
    text_sanitize(reference->model, sizeof reference->model, app->model->name);
    text_sanitize(reference->class_name, sizeof reference->class_name,
                  app->model->inventory.class_name);
    reference->trainable = figures->count.trainable;
    reference->all = figures->count.all;
    reference->states = figures->ledger.total;
    reference->has_states = figures->has_ledger;
    reference->file_bytes = figures->file_bytes;
    reference->has_file = figures->has_file;
    if (!targets_build(&app->model->inventory, &figures->count,
                       &reference->choice.adapter, false, &reference->targets,
                       err)) {
        memory_free(reference);
        return NULL;
    }
    return reference;
}

void app_send_marked(struct app *app, struct reference *reference,
                     const struct error *err)
{
    struct reference *old = app->reference;
    if (err == NULL) {
        app->reference = reference;
    }
    app_send(app, &(struct message){.kind = MESSAGE_MARKED,
                                    .reference = reference,
                                    .error = err});
    if (err == NULL) {
        reference_free(old);
    }
}

void app_mark(struct app *app)
{
    struct error err = {.code = ERROR_NONE};
    if (app->figures == NULL || app->figures->refused) {
        return;
    }
    if (!app->figures->has_file) {
        measure_file(app, app->figures);
    }
    struct reference *reference = reference_new(app, &err);
    app_send_marked(app, reference, reference == NULL ? &err : NULL);
}

void app_free_figures(struct app *app)
{
    figures_free(app->figures);
    reference_free(app->reference);
    model_free(app->model);
}
