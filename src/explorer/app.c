/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Effects: what each means, and spectra from the worker.
 */
#include "explorer/app_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"

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

void app_request(const struct app *app, struct spectrum_request *request)
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
    app_request(app, &request);
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
            app_load_model(app);
            break;
        case EFFECT_COUNT:
            app_make_figures(app);
            break;
        case EFFECT_PRESETS:
            list_presets(app);
            break;
        case EFFECT_METHOD:
            app_set_method(app, effect->method);
            break;
        case EFFECT_IMPORT:
            app_import(app, effect->text);
            break;
        case EFFECT_FIELD:
            app_set_field(app, effect->text);
            break;
        case EFFECT_MARK:
            app_mark(app);
            break;
        case EFFECT_UNMARK:
            app_send_marked(app, NULL, NULL);
            break;
        case EFFECT_SPECTRUM:
            start_spectrum(app);
            break;
        case EFFECT_CANCEL:
            jobs_cancel(app->jobs);
            break;
        case EFFECT_WRITE_FILE:
            app_write(app, effect);
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
    app_free_figures(app);
    if (app->has_presets) {
        preset_list_clear(&app->presets);
    }
    memory_free(app);
}
