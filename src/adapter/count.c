/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an adapter trains.
 */
#include "adapter/count.h"

#include <stdio.h>
#include <string.h>

#include "adapter/counter.h"
#include "adapter/tensors.h"
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

bool counter_warn(struct counter *counter, const char *text)
{
    size_t have = counter->count->warning_count;
    const char **grown = (const char **)memory_grow(
        (void *)counter->warnings, &counter->warning_capacity, have + 1,
        sizeof(*grown), counter->err);
    if (grown == NULL) {
        return false;
    }
    counter->warnings = grown;
    grown[have] =
        arena_copy(&counter->count->arena, text, strlen(text), counter->err);
    counter->count->warning_count = have + (grown[have] != NULL);
    return grown[have] != NULL;
}

static bool fail_range(struct error *err)
{
    return error_set(
        err, ERROR_RANGE,
        "the adapter has more parameters than can be counted (2^64)");
}

static bool warn_rank(struct counter *counter, const struct count_row *row,
                      const struct adapter_tensors *tensors)
{
    char text[320];
    char rank[UNITS_SIZE];
    char size[UNITS_SIZE];
    uint64_t in = 1;
    for (unsigned i = 1; i < tensors->dimensions; i++) {
        in *= tensors->a[i]; /* a product that fits: elements was checked */
    }
    uint64_t least = in < tensors->b[0] ? in : tensors->b[0];
    if (row->rank <= least) {
        return true;
    }
    snprintf(
        text, sizeof(text),
        "rank %s is larger than %s has (min(in, out) = %s): the rest is paid "
        "for and adds nothing",
        units_count(rank, row->rank), row->module.leaf,
        units_count(size, least));
    for (size_t i = 0; i < counter->count->warning_count; i++) {
        if (strcmp(counter->warnings[i], text) == 0) {
            return true;
        }
    }
    return counter_warn(counter, text);
}

static bool adapt(struct counter *counter, struct count_row *row,
                  unsigned factor)
{
    struct count *count = counter->count;
    row->matched = true;
    row->alpha = counter->settings->alpha * factor;
    struct adapter_tensors tensors;
    uint64_t added = 0;
    if (!checked_mul(counter->settings->rank, factor, &row->rank)) {
        return fail_range(counter->err);
    }
    row->scaling = row->alpha / (double)row->rank;
    if (!adapter_tensors_init(&tensors, &row->module, row->rank,
                              counter->err) ||
        !adapter_tensors_elements(&tensors, &row->trainable, counter->err)) {
        return false;
    }
    bool fits =
        checked_mul(row->trainable, row->module.copies, &row->trainable) &&
        checked_add(count->trainable, row->trainable, &count->trainable) &&
        checked_add(count->matched, row->module.copies, &count->matched) &&
        checked_mul(row->module.copies, 2, &added) &&
        checked_add(count->tensors, added, &count->tensors);
    return fits ? warn_rank(counter, row, &tensors) : fail_range(counter->err);
}

bool counter_add_row(struct counter *counter, const struct module *module,
                     unsigned factor)
{
    size_t have = counter->count->row_count;
    struct count_row *grown =
        memory_grow(counter->rows, &counter->row_capacity, have + 1,
                    sizeof(*grown), counter->err);
    if (grown == NULL) {
        return false;
    }
    counter->rows = grown;
    counter->rows[have] = (struct count_row){.module = *module};
    counter->count->row_count = have + 1;
    return factor == 0 || adapt(counter, &counter->rows[have], factor);
}

static bool keep_resolved(struct counter *counter)
{
    struct count *count = counter->count;
    struct text parameters = {0};
    for (size_t i = 0; i < counter->plan->parameter_count; i++) {
        text_appendf(&parameters, "%s%s", i > 0 ? "," : "",
                     counter->plan->parameters[i].suffix);
    }
    char resolved[TARGETS_SIZE];
    memcpy(resolved, counter->plan->names, sizeof(resolved));
    bool every = counter->plan->every_linear && counter->rows != NULL;
    for (size_t i = 0; every && i < count->row_count; i++) {
        if (counter->rows[i].matched) {
            const char *leaf = counter->rows[i].module.leaf;
            targets_add(resolved, leaf, strlen(leaf));
        }
    }
    count->resolved =
        arena_copy(&count->arena, resolved, strlen(resolved), counter->err);
    count->parameters = arena_copy(&count->arena, text_string(&parameters),
                                   parameters.length, counter->err);
    text_clear(&parameters);
    return count->resolved != NULL && count->parameters != NULL;
}

/* Move what grew into the arena that owns the result. */
static bool keep_lists(struct counter *counter)
{
    struct count *count = counter->count;
    count->rows = arena_new(&count->arena, count->row_count,
                            sizeof(*count->rows), counter->err);
    const char **warnings = arena_new(&count->arena, count->warning_count,
                                      sizeof(*warnings), counter->err);
    if (count->rows == NULL || warnings == NULL) {
        return false;
    }
    if (counter->rows != NULL) {
        memcpy(count->rows, counter->rows,
               count->row_count * sizeof(*count->rows));
    }
    for (size_t i = 0; counter->warnings != NULL && i < count->warning_count;
         i++) {
        warnings[i] = counter->warnings[i];
    }
    count->warnings = warnings;
    return true;
}

bool count_trainable(const struct inventory *inventory,
                     const struct resource_path *path,
                     const struct adapter_settings *settings,
                     struct count *count, struct error *err)
{
    struct target_plan plan;
    *count = (struct count){.base = inventory->parameters};
    if (!target_plan_init(&plan, inventory, path, settings, err)) {
        return false;
    }
    count->assumed_all_linear = plan.assumed_all_linear;
    struct counter counter = {.inventory = inventory,
                              .settings = settings,
                              .plan = &plan,
                              .count = count,
                              .err = err};
    bool done =
        (!plan.assumed_all_linear ||
         counter_warn(&counter,
                      "PEFT has no default targets for this model type: "
                      "all-linear is shown")) &&
        counter_match(&counter) && keep_resolved(&counter) &&
        keep_lists(&counter);
    if (done && !checked_add(count->base, count->trainable, &count->all)) {
        done = fail_range(err);
    }
    memory_free(counter.rows);
    memory_free((void *)counter.warnings);
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
