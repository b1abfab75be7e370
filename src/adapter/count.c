/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an adapter trains: matching, extras and sums put together.
 */
#include "adapter/count.h"

#include <stdio.h>
#include <string.h>

#include "adapter/condense.h"
#include "adapter/counter.h"
#include "adapter/replicate.h"
#include "adapter/tying.h"
#include "base/units.h"

double count_percent(const struct count *count)
{
    return count->all > 0
               ? 100.0 * (double)count->trainable / (double)count->all
               : 0.0;
}

void count_append_line(const struct count *count, struct text *out)
{
    char trainable[UNITS_SIZE];
    char all[UNITS_SIZE];
    char percent[UNITS_SIZE];
    text_appendf(
        out, "trainable params: %s || all params: %s || trainable%%: %s",
        units_count(trainable, count->trainable), units_count(all, count->all),
        units_fixed(percent, count_percent(count), 4));
}

/* ---- growing ---------------------------------------------------------------- */

bool counter_warn(struct counter *counter, const char *format, ...)
{
    struct error said = {0}; /* sanitised, and of one line's length */
    va_list arguments;
    char text[sizeof(said.message)];
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    error_set(&said, ERROR_UNSUPPORTED, "%s", text);
    size_t have = counter->count->warning_count;
    for (size_t i = 0; i < have; i++) {
        if (strcmp(counter->warnings[i], said.message) == 0) {
            return true;
        }
    }
    const char **grown = (const char **)memory_grow(
        (void *)counter->warnings, &counter->warning_capacity, have + 1,
        sizeof(*grown), counter->err);
    if (grown == NULL) {
        return false;
    }
    counter->warnings = grown;
    grown[have] = arena_copy(&counter->count->arena, said.message,
                             strlen(said.message), counter->err);
    counter->count->warning_count = have + (grown[have] != NULL);
    return grown[have] != NULL;
}

static void set_site(const struct counter *counter, size_t row,
                     struct method_site *site)
{
    const struct count_row *from = &counter->rows[row];
    *site = (struct method_site){
        .module = &from->module,
        .inventory = counter->inventory,
        .fields = &counter->fields,
        .in = module_in(&from->module),
        .out = module_out(&from->module),
        .rank = from->rank,
        .alpha = from->alpha,
        .special = counter->specials_of[row],
        .group = &counter->group,
        .parameter = from->parameter,
    };
}

static const json_t *special_value(const struct counter *counter,
                                   const struct outcome *outcome)
{
    const char *key = counter->settings->method->special_key;
    if (outcome->special != NULL || key == NULL) {
        return outcome->special;
    }
    return field(&counter->fields, key);
}

static bool adapt(struct counter *counter, struct count_row *row,
                  const struct method_site *site)
{
    const struct method *method = counter->settings->method;
    struct tensor_list list = {.arena = &counter->count->arena, .scaling = 1};
    if (method->adapt == NULL) {
        return error_set(counter->err, ERROR_UNSUPPORTED,
                         "%s adapts no modules", method->name);
    }
    if (!method->adapt(site, &list, counter->err) ||
        !tensors_ok(&list, counter->err)) {
        return false;
    }
    row->scaling = list.scaling;
    row->tensors = list.items;
    row->tensor_count = list.count;
    return checked_add(counter->count->matched, row->module.copies,
                       &counter->count->matched) ||
           error_set(counter->err, ERROR_RANGE, "too many modules to count");
}

/* All sites first: what one module gains can depend on the others. */
bool counter_adapt(struct counter *counter)
{
    size_t rows = counter->count->row_count;
    struct method_site *sites =
        arena_new(&counter->count->arena, rows, sizeof(*sites), counter->err);
    if (sites == NULL) {
        return false;
    }
    counter->group.sites = sites;
    for (size_t i = 0; i < rows; i++) {
        if (counter->rows[i].matched) {
            set_site(counter, i, &sites[counter->group.count++]);
        }
    }
    const struct method_site *site = sites;
    for (size_t i = 0; i < rows; i++) {
        struct count_row *row = &counter->rows[i];
        if (row->matched && !adapt(counter, row, site++)) {
            return false;
        }
    }
    return true;
}

bool counter_add_row(struct counter *counter, const struct module *module,
                     const struct outcome *outcome)
{
    size_t have = counter->count->row_count;
    struct count_row *rows = memory_grow(counter->rows, &counter->row_capacity,
                                         have + 1, sizeof(*rows), counter->err);
    if (rows == NULL) {
        return false;
    }
    counter->rows = rows;
    const json_t **specials = (const json_t **)memory_grow(
        (void *)counter->specials_of, &counter->special_capacity, have + 1,
        sizeof(const json_t *), counter->err);
    if (specials == NULL) {
        return false;
    }
    counter->specials_of = specials;
    bool matched = outcome->hit != HIT_NONE;
    bool parameter = outcome->hit == HIT_PARAMETER;
    specials[have] = special_value(counter, outcome);
    rows[have] = (struct count_row){
        .module = *module,
        .matched = matched,
        .parameter = parameter,
        .in_parent = parameter && module_is_bare(module),
        .rank = matched ? outcome->rank : 0,
        .alpha = matched ? outcome->alpha : 0,
        .own_rank = matched && outcome->own_rank,
        .own_alpha = matched && outcome->own_alpha,
    };
    counter->count->row_count = have + 1;
    return true;
}

/* ---- sums ------------------------------------------------------------------- */

struct sums {
    uint64_t trainable, added; /* of one row or extra, over its copies */
};

static bool add_tensor(struct count *count, const struct adapter_tensor *tensor,
                       uint64_t copies, struct sums *sums, struct error *err)
{
    uint64_t size = 0;
    if (!tensor_elements(tensor, &size, err)) {
        return false;
    }
    bool fits = checked_mul(size, copies, &size);
    if (fits && tensor->stored) {
        fits = checked_add(count->tensors, copies, &count->tensors);
    }
    switch (tensor->role) {
    case TENSOR_TRAINABLE:
        fits = fits && checked_add(sums->trainable, size, &sums->trainable) &&
               checked_add(sums->added, size, &sums->added);
        break;
    case TENSOR_BASE:
        fits = fits && checked_add(sums->trainable, size, &sums->trainable);
        break;
    case TENSOR_FROZEN:
        fits = fits && checked_add(sums->added, size, &sums->added) &&
               checked_add(count->frozen, size, &count->frozen);
        break;
    case TENSOR_BUFFER:
        fits = fits && checked_add(count->buffers, size, &count->buffers);
        break;
    case TENSOR_WRITTEN:
        break;
    }
    return fits || error_set(err, ERROR_RANGE,
                             "the adapter has more parameters than can be "
                             "counted (2^64)");
}

static bool add_tensors(struct count *count,
                        const struct adapter_tensor *tensors, size_t number,
                        uint64_t copies, uint64_t *trainable, struct error *err)
{
    struct sums sums = {0};
    for (size_t i = 0; i < number; i++) {
        if (!add_tensor(count, &tensors[i], copies, &sums, err)) {
            return false;
        }
    }
    *trainable = sums.trainable;
    bool fits =
        checked_add(count->trainable, sums.trainable, &count->trainable) &&
        checked_add(count->all, sums.added, &count->all);
    return fits || error_set(err, ERROR_RANGE,
                             "the adapter has more parameters than can be "
                             "counted (2^64)");
}

static bool sum(struct counter *counter)
{
    struct count *count = counter->count;
    count->all = count->base;
    for (size_t i = 0; i < count->row_count; i++) {
        struct count_row *row = &counter->rows[i];
        if (!add_tensors(count, row->tensors, row->tensor_count,
                         row->module.copies, &row->trainable, counter->err)) {
            return false;
        }
    }
    for (size_t i = 0; i < count->extra_count; i++) {
        const struct count_extra *extra = &counter->extras[i];
        uint64_t trainable = 0;
        if (!add_tensors(count, extra->tensors, extra->tensor_count,
                         extra->module.copies, &trainable, counter->err)) {
            return false;
        }
        count->saved += extra->kind == EXTRA_SAVED ? trainable : 0;
    }
    return true;
}

/* ---- the result ------------------------------------------------------------- */

static const char *keep(struct counter *counter, const struct text *text)
{
    return text_ok(text, counter->err)
               ? arena_copy(&counter->count->arena, text_string(text),
                            text->length, counter->err)
               : NULL;
}

static bool keep_names(struct counter *counter)
{
    struct count *count = counter->count;
    struct text resolved = {0};
    struct target_list saved = {0};
    if (counter->plan.form == FORM_LINEAR) {
        condense_names(counter->inventory,
                       field_text(&counter->fields, "task_type"), &resolved);
    } else {
        text_append(&resolved, text_string(&counter->plan.names));
    }
    for (size_t i = 0; i < json_array_size(counter->saved_names); i++) {
        const json_t *name = json_array_get(counter->saved_names, i);
        target_list_add(&saved, json_string_value(name),
                        json_string_length(name));
    }
    count->resolved = keep(counter, &resolved);
    count->parameters = keep(counter, &counter->plan.parameters);
    count->saved_names = keep(counter, &saved.text);
    count->assumed_all_linear = counter->plan.assumed_all_linear;
    text_clear(&resolved);
    target_list_clear(&saved);
    return count->resolved != NULL && count->parameters != NULL &&
           count->saved_names != NULL;
}

/* ITEMS, copied into the arena that owns the result. */
static void *keep_items(struct counter *counter, const void *items,
                        size_t count, size_t size)
{
    void *kept = arena_new(&counter->count->arena, count, size, counter->err);
    if (kept != NULL && count > 0) {
        memcpy(kept, items, count * size);
    }
    return kept;
}

static bool keep_lists(struct counter *counter)
{
    struct count *count = counter->count;
    count->rows = keep_items(counter, counter->rows, count->row_count,
                             sizeof(*count->rows));
    count->extras = keep_items(counter, counter->extras, count->extra_count,
                               sizeof(*count->extras));
    count->warnings =
        keep_items(counter, (const void *)counter->warnings,
                   count->warning_count, sizeof(*count->warnings));
    return count->rows != NULL && count->extras != NULL &&
           count->warnings != NULL;
}

/* ---- the flow --------------------------------------------------------------- */

static bool match(struct counter *counter)
{
    if (counter->settings->method->reach == REACH_PROMPT) {
        return true;
    }
    return counter_fill(counter) &&
           target_plan_init(&counter->plan, counter->inventory, counter->path,
                            counter->settings, &counter->fields,
                            counter->err) &&
           tying_targets(counter) &&
           selector_init(&counter->selector, &counter->plan, &counter->fields,
                         counter->saved_names, counter->err) &&
           counter_compile(counter) && counter_match(counter);
}

static void counter_clear(struct counter *counter)
{
    selector_clear(&counter->selector);
    pattern_map_clear(&counter->ranks);
    pattern_map_clear(&counter->alphas);
    pattern_map_clear(&counter->specials);
    target_plan_clear(&counter->plan);
    json_decref(counter->saved_names);
    fields_clear(&counter->fields);
    memory_free(counter->rows);
    memory_free(counter->extras);
    memory_free((void *)counter->warnings);
    memory_free((void *)counter->specials_of);
}

bool count_trainable(const struct inventory *inventory,
                     const struct resource_path *path,
                     const struct adapter_settings *settings,
                     struct count *count, struct error *err)
{
    bool prompt = settings->method->reach == REACH_PROMPT;
    *count =
        (struct count){.base = inventory->parameters,
                       .prefix = prompt ? "base_model." : "base_model.model."};
    struct counter counter = {.inventory = inventory,
                              .path = path,
                              .settings = settings,
                              .count = count,
                              .err = err};
    counter.group = (struct method_group){.inventory = inventory,
                                          .fields = &counter.fields,
                                          .resolved = &counter.plan.names};
    bool done = fields_init(&counter.fields, path, settings, err) &&
                counter_check(&counter) && counter_replicate(&counter) &&
                counter_saved_names(&counter) && match(&counter) &&
                counter_add_extras(&counter) && sum(&counter) &&
                counter_advise(&counter) && keep_names(&counter) &&
                keep_lists(&counter);
    counter_clear(&counter);
    if (!done) {
        count_clear(count);
    }
    return done;
}

void count_clear(struct count *count)
{
    arena_clear(&count->arena);
    *count = (struct count){0};
}
