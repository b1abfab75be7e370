/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Effects: models, figures, spectra, files.
 */
#include "explorer/app.h"

#include <stdio.h>
#include <string.h>

#include "adapter/config.h"
#include "adapter/fields.h"
#include "adapter/method.h"
#include "base/alloc.h"
#include "base/file.h"
#include "explorer/export.h"
#include "explorer/field_edit.h"
#include "explorer/jobs.h"
#include "explorer/render.h"
#include "explorer/report.h"

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

static void run_effects(struct app *app, const struct effects *effects);

void app_send(struct app *app, const struct message *message)
{
    struct effects effects;
    update(&app->state, message, &effects);
    run_effects(app, &effects);
}

void app_send_key(struct app *app, int32_t key)
{
    app_send(app, &(struct message){.kind = MESSAGE_KEY, .key = key});
}

const struct state *app_state(const struct app *app)
{
    return &app->state;
}

int app_wake_fd(const struct app *app)
{
    return jobs_wake_fd(app->jobs);
}

/* --- models and figures --- */

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

static void load_model(struct app *app)
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
static struct explorer_setup setup_of(const struct app *app,
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
    const struct explorer_setup setup = setup_of(app, &app->state.choice);
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

static void make_figures(struct app *app)
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

static void send_marked(struct app *app, struct reference *reference,
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

static void mark(struct app *app)
{
    struct error err = {.code = ERROR_NONE};
    if (app->figures == NULL || app->figures->refused) {
        return;
    }
    if (!app->figures->has_file) {
        measure_file(app, app->figures);
    }
    struct reference *reference = reference_new(app, &err);
    send_marked(app, reference, reference == NULL ? &err : NULL);
}

/* --- settings from elsewhere --- */

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

static void set_method(struct app *app, const struct method *method)
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

static void import_file(struct app *app, const char *path)
{
    struct adapter_settings adapter = app->state.choice.adapter;
    struct error err = {.code = ERROR_NONE};
    char said[LINE_SIZE + 16];
    snprintf(said, sizeof said, "read from %s", path);
    bool done = settings_read_file(&adapter, app->setup->path, path, &err);
    send_settings(app, done ? &adapter : NULL, &err, said);
}

static void set_field(struct app *app, const char *typed)
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

static void list_presets(struct app *app)
{
    struct error err = {.code = ERROR_NONE};
    if (!app->has_presets) {
        app->has_presets =
            preset_list_init(&app->presets, app->setup->path, &err);
    }
    app_send(app, &(struct message){
                      .kind = MESSAGE_PRESETS,
                      .presets = app->has_presets ? &app->presets : NULL,
                      .error = app->has_presets ? NULL : &err,
                      .local_config = file_is_regular("config.json")});
}

/* --- spectra --- */

static void request_of(const struct app *app, struct spectrum_request *request)
{
    const struct choice *choice = &app->state.choice;
    *request = app->setup->spectrum;
    memset(request->source, 0, sizeof request->source);
    snprintf(request->source, sizeof request->source, "%s", choice->source);
    request->seed = choice->seed;
}

static bool same_request(const struct spectrum_request *a,
                         const struct spectrum_request *b)
{
    return strcmp(a->source, b->source) == 0 && a->seed == b->seed &&
           a->rows == b->rows && a->cols == b->cols && a->driver == b->driver;
}

static struct cached *cache_find(struct app *app,
                                 const struct spectrum_request *request)
{
    for (size_t i = 0; i < CACHE_MOST; i++) {
        struct cached *entry = &app->cache[i];
        if (entry->spectrum != NULL && same_request(&entry->request, request)) {
            entry->used = ++app->uses;
            return entry;
        }
    }
    return NULL;
}

/* Keep a spectrum; makes room by what was used longest ago, never by what is
 * on the screen.
 */
static void cache_put(struct app *app, const struct job_result *result)
{
    struct cached *room = NULL;
    for (size_t i = 0; i < CACHE_MOST; i++) {
        struct cached *entry = &app->cache[i];
        bool shown =
            entry->spectrum != NULL && entry->spectrum == app->state.spectrum;
        if (!shown && (room == NULL || entry->used < room->used)) {
            room = entry;
        }
    }
    spectrum_free(room->spectrum);
    *room = (struct cached){.request = result->request,
                            .spectrum = result->spectrum,
                            .used = ++app->uses};
}

static void send_spectrum(struct app *app, uint64_t generation,
                          const struct spectrum *spectrum,
                          const struct error *err)
{
    app_send(app, &(struct message){.kind = MESSAGE_SPECTRUM,
                                    .generation = generation,
                                    .spectrum = spectrum,
                                    .error = err});
}

static void start_spectrum(struct app *app)
{
    struct spectrum_request request;
    request_of(app, &request);
    const struct cached *ready = cache_find(app, &request);
    if (ready != NULL) {
        jobs_cancel(app->jobs);
        send_spectrum(app, app->state.generation, ready->spectrum, NULL);
    } else {
        jobs_submit(app->jobs, &request, app->state.generation);
    }
}

void app_poll(struct app *app)
{
    jobs_drain(app->jobs);
    struct job_result result;
    while (jobs_take(app->jobs, &result)) {
        const struct cached *known = cache_find(app, &result.request);
        if (result.spectrum != NULL && known != NULL) {
            spectrum_free(result.spectrum);
            result.spectrum = known->spectrum;
        } else if (result.spectrum != NULL) {
            cache_put(app, &result);
        }
        send_spectrum(app, result.generation, result.spectrum, &result.error);
    }
    uint64_t generation;
    double fraction;
    if (jobs_progress(app->jobs, &generation, &fraction)) {
        app_send(app, &(struct message){.kind = MESSAGE_PROGRESS,
                                        .generation = generation,
                                        .progress = fraction});
    }
}

/* --- files and clipboard --- */

/* The command line that would have led here. */
static struct explorer_setup present_setup(const struct app *app)
{
    struct explorer_setup setup = setup_of(app, &app->state.choice);
    setup.units = app->state.units;
    request_of(app, &setup.spectrum);
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

static void write_file(struct app *app, const struct effect *effect)
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

static void yank_line(struct app *app)
{
    if (app->figures == NULL) {
        return;
    }
    struct text line = {0};
    count_append_line(&app->figures->count, &line);
    struct effect *effect = effects_add(&app->terminal, EFFECT_YANK);
    snprintf(effect->text, sizeof effect->text, "%s", text_string(&line));
    text_clear(&line);
}

static void run_effects(struct app *app, const struct effects *effects)
{
    for (size_t i = 0; i < effects->count; i++) {
        const struct effect *effect = &effects->items[i];
        switch (effect->kind) {
        case EFFECT_LOAD_MODEL:
            load_model(app);
            break;
        case EFFECT_COUNT:
            make_figures(app);
            break;
        case EFFECT_PRESETS:
            list_presets(app);
            break;
        case EFFECT_METHOD:
            set_method(app, effect->method);
            break;
        case EFFECT_IMPORT:
            import_file(app, effect->text);
            break;
        case EFFECT_FIELD:
            set_field(app, effect->text);
            break;
        case EFFECT_MARK:
            mark(app);
            break;
        case EFFECT_UNMARK:
            send_marked(app, NULL, NULL);
            break;
        case EFFECT_SPECTRUM:
            start_spectrum(app);
            break;
        case EFFECT_CANCEL:
            jobs_cancel(app->jobs);
            break;
        case EFFECT_WRITE_FILE:
            write_file(app, effect);
            break;
        case EFFECT_YANK_LINE:
            yank_line(app);
            break;
        case EFFECT_YANK:
        case EFFECT_REDRAW:
        case EFFECT_SUSPEND:
        case EFFECT_QUIT:
            *effects_add(&app->terminal, effect->kind) = *effect;
            break;
        }
    }
}

bool app_next_effect(struct app *app, struct effect *effect)
{
    if (app->terminal.count == 0) {
        return false;
    }
    *effect = app->terminal.items[0];
    app->terminal.count--;
    memmove(app->terminal.items, app->terminal.items + 1,
            app->terminal.count * sizeof *app->terminal.items);
    return true;
}

struct app *app_new(const struct explorer_setup *setup, struct error *err)
{
    if (setup->model != NULL && strlen(setup->model) >= CHOICE_NAME_SIZE) {
        error_set(err, ERROR_RANGE,
                  "the explorer takes a path of at most %d bytes; start it in "
                  "the model's folder, or count it",
                  CHOICE_NAME_SIZE - 1);
        return NULL;
    }
    struct app *app = memory_new(1, sizeof *app, err);
    if (app == NULL) {
        return NULL;
    }
    app->setup = setup;
    state_init(&app->state, setup);
    app->jobs = jobs_new(spectrum_new, err);
    if (app->jobs == NULL) {
        memory_free(app);
        return NULL;
    }
    app_send(app, &(struct message){.kind = MESSAGE_START});
    if (app->model == NULL || app->figures == NULL) {
        bool loaded = app->model != NULL;
        error_set(err, loaded ? ERROR_RANGE : app->failure.code, "%s",
                  loaded ? app->state.message : app->failure.message);
        app_free(app);
        return NULL;
    }
    return app;
}

void app_free(struct app *app)
{
    if (app == NULL) {
        return;
    }
    jobs_free(app->jobs);
    for (size_t i = 0; i < CACHE_MOST; i++) {
        spectrum_free(app->cache[i].spectrum);
    }
    figures_free(app->figures);
    reference_free(app->reference);
    model_free(app->model);
    if (app->has_presets) {
        preset_list_clear(&app->presets);
    }
    memory_free(app);
}
