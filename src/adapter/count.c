/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an adapter trains.
 */
#include "adapter/count.h"

#include <stdio.h>
#include <string.h>

#include "adapter/target.h"
#include "adapter/tensors.h"
#include "base/nearest.h"
#include "base/units.h"

enum { NAME_SIZE = 600 };

struct counter {
    const struct inventory *inventory;
    const struct adapter_settings *settings;
    const struct target_plan *plan;
    struct count *count;
    size_t row_capacity, warning_capacity;
    struct count_row *rows; /* growing; moved to the arena at the end */
    const char **warnings;
    bool by_number; /* a target names an index: layers.0.self_attn.q_proj */
    struct error *err;
};

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

static bool add_warning(struct counter *counter, const char *text)
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

/* ---- rows ------------------------------------------------------------------- */

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
    return add_warning(counter, text);
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

/* FACTOR 0: not adapted. */
static bool add_row(struct counter *counter, const struct module *module,
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

/* ---- matching --------------------------------------------------------------- */

static bool name_matches(const struct target_plan *plan, const char *name)
{
    const char *cursor = plan->names;
    size_t length = 0;
    for (const char *item = settings_next_target(&cursor, &length);
         item != NULL; item = settings_next_target(&cursor, &length)) {
        if (target_matches(name, item, length)) {
            return true;
        }
    }
    return false;
}

/* Does a dotted part of a target consist of digits? */
static bool has_number(const char *targets)
{
    for (const char *at = targets; *at != '\0';) {
        size_t digits = strspn(at, "0123456789");
        size_t length = strcspn(at, ".,");
        if (length > 0 && digits == length) {
            return true;
        }
        at += length + (at[length] != '\0');
    }
    return false;
}

static unsigned parameter_factor(const struct target_plan *plan,
                                 const struct module *module)
{
    for (size_t i = 0; i < plan->parameter_count; i++) {
        const char *suffix = plan->parameters[i].suffix;
        if (target_matches(module->pattern, suffix, strlen(suffix))) {
            return plan->parameters[i].factor;
        }
    }
    return 0;
}

static bool is_adaptable_parameter(const struct module *module)
{
    return module_is_expert(module) ||
           (module->kind == MODULE_PARAMETER && module->dimensions == 2);
}

static bool check_refused(struct counter *counter, const struct module *module)
{
    return !inventory_refuses(counter->inventory, module->leaf) ||
           error_set(counter->err, ERROR_UNSUPPORTED,
                     "PEFT refuses LoRA on %s of model_type %s, leave it out "
                     "of the targets",
                     module->leaf, counter->inventory->model_type);
}

/* The copies of MODULE at one index, or a run of them, of axis 0. */
static bool add_part(struct counter *counter, const struct module *module,
                     struct index_range range, bool matched)
{
    struct module part = *module;
    struct index_range *ranges =
        arena_new(&counter->count->arena, 1, sizeof(*ranges), counter->err);
    if (ranges == NULL) {
        return false;
    }
    *ranges = range;
    uint64_t others = module->copies / module->axis[0].count;
    part.axis[0] =
        (struct index_set){ranges, 1, (uint64_t)range.last - range.first + 1};
    part.copies = part.axis[0].count * others;
    return module_set_name(&part, &counter->count->arena, counter->err) &&
           add_row(counter, &part, matched ? 1 : 0);
}

static bool copy_matches(struct counter *counter, const struct module *module,
                         uint64_t copy, struct text *name)
{
    name->length = 0;
    module_append_name(module, copy, name);
    return name_matches(counter->plan, text_string(name));
}

/* Targets that name an index: look at every expanded name.  Copies of one index
 * of axis 0 that differ among themselves are refused rather than miscounted.
 */
static bool match_by_number(struct counter *counter,
                            const struct module *module)
{
    if (module->axes == 0) {
        return add_row(counter, module,
                       name_matches(counter->plan, module->pattern) ? 1 : 0);
    }
    struct text name = {0};
    uint64_t others = module->copies / module->axis[0].count;
    struct index_range run = {0, 0};
    bool run_matched = false;
    bool done = true;
    for (uint64_t i = 0; done && i < module->axis[0].count; i++) {
        uint32_t index = module_index(module, i * others, 0);
        bool matched = copy_matches(counter, module, i * others, &name);
        for (uint64_t j = 1; done && j < others; j++) {
            done = copy_matches(counter, module, i * others + j, &name) ==
                       matched ||
                   error_set(counter->err, ERROR_UNSUPPORTED,
                             "%s: a target that names single experts is not "
                             "part of this version",
                             module->name);
        }
        if (i > 0 && (matched != run_matched || index != run.last + 1)) {
            done = done && add_part(counter, module, run, run_matched);
        }
        if (i == 0 || matched != run_matched || index != run.last + 1) {
            run.first = index;
            run_matched = matched;
        }
        run.last = index;
    }
    done = done && text_ok(&name, counter->err) &&
           add_part(counter, module, run, run_matched);
    text_clear(&name);
    return done;
}

static bool match_layer(struct counter *counter, const struct module *module)
{
    if (counter->by_number) {
        uint64_t before = counter->count->matched;
        return match_by_number(counter, module) &&
               (counter->count->matched == before ||
                check_refused(counter, module));
    }
    bool matched = counter->plan->every_linear
                       ? module_is_linear(module) && !module->output
                       : name_matches(counter->plan, module->pattern);
    return (!matched || check_refused(counter, module)) &&
           add_row(counter, module, matched ? 1 : 0);
}

/* A name that means a block, or a norm: PEFT raises on the first it meets. */
static bool check_name(struct counter *counter, const struct module *module,
                       const char *full)
{
    char name[NAME_SIZE];
    snprintf(name, sizeof(name), "%s", full);
    if (module->kind == MODULE_NORM && name_matches(counter->plan, name)) {
        return error_set(
            counter->err, ERROR_UNSUPPORTED,
            "%s is a norm, PEFT can't adapt it: leave it out of the "
            "targets",
            module->leaf);
    }
    for (char *dot = strrchr(name, '.'); dot != NULL;
         dot = strrchr(name, '.')) {
        *dot = '\0';
        if (name_matches(counter->plan, name)) {
            return error_set(
                counter->err, ERROR_UNSUPPORTED,
                "the target %s is a block of modules, PEFT can only "
                "adapt the layers inside: name them (%s)",
                strrchr(name, '.') != NULL ? strrchr(name, '.') + 1 : name,
                module->leaf);
        }
    }
    return true;
}

static bool check_unsupported(struct counter *counter,
                              const struct module *module)
{
    if (!counter->by_number) {
        return check_name(counter, module, module->pattern);
    }
    struct text name = {0};
    bool done = true;
    for (uint64_t copy = 0; done && copy < module->copies; copy++) {
        name.length = 0;
        module_append_name(module, copy, &name);
        done = text_ok(&name, counter->err) &&
               check_name(counter, module, text_string(&name));
    }
    text_clear(&name);
    return done;
}

static bool match_module(struct counter *counter, const struct module *module)
{
    if (is_adaptable_parameter(module)) {
        return check_unsupported(counter, module) &&
               add_row(counter, module,
                       parameter_factor(counter->plan, module));
    }
    if (!check_unsupported(counter, module)) {
        return false;
    }
    return !module_is_layer(module) || match_layer(counter, module);
}

static bool fail_nothing(struct counter *counter)
{
    const struct inventory *inventory = counter->inventory;
    const char *leaves[64];
    size_t count = 0;
    for (size_t i = 0; i < inventory->count && count < 64; i++) {
        if (module_is_linear(&inventory->modules[i])) {
            leaves[count++] = inventory->modules[i].leaf;
        }
    }
    size_t distinct = 0;
    for (size_t i = 0; i < count; i++) {
        size_t j = 0;
        while (j < distinct && strcmp(leaves[j], leaves[i]) != 0) {
            j++;
        }
        if (j == distinct) {
            leaves[distinct++] = leaves[i];
        }
    }
    struct text near = {0};
    nearest_append(&near, counter->plan->names, leaves, distinct, 5);
    error_set(counter->err, ERROR_UNSUPPORTED,
              "no module of %s matches the targets %.120s, it has %s",
              inventory->class_name, counter->plan->names, text_string(&near));
    text_clear(&near);
    return false;
}

/* Does any module of ROW, itself adapted or not, bear the name? */
static bool row_matches(const struct counter *counter,
                        const struct count_row *row, const char *target,
                        size_t length)
{
    if (!counter->by_number) {
        return target_matches(row->module.pattern, target, length);
    }
    struct text name = {0};
    bool found = false;
    for (uint64_t i = 0; row->matched && !found && i < row->module.copies;
         i++) {
        name.length = 0;
        module_append_name(&row->module, i, &name);
        found = target_matches(text_string(&name), target, length);
    }
    text_clear(&name);
    return found;
}

static bool warn_unmatched(struct counter *counter)
{
    const char *cursor = counter->plan->names;
    size_t length = 0;
    for (const char *item = settings_next_target(&cursor, &length);
         item != NULL; item = settings_next_target(&cursor, &length)) {
        bool found = false;
        for (size_t i = 0;
             counter->rows != NULL && i < counter->count->row_count && !found;
             i++) {
            found = row_matches(counter, &counter->rows[i], item, length);
        }
        char text[256];
        snprintf(text, sizeof(text), "the target %.*s matches no module",
                 (int)(length < 160 ? length : 160), item);
        if (!found && !add_warning(counter, text)) {
            return false;
        }
    }
    return true;
}

static bool match_all(struct counter *counter)
{
    const struct inventory *inventory = counter->inventory;
    for (size_t i = 0; i < inventory->count; i++) {
        if (!match_module(counter, &inventory->modules[i])) {
            return false;
        }
    }
    if (counter->settings->mode == TARGET_NONE) {
        return true;
    }
    return counter->count->matched > 0 ? warn_unmatched(counter)
                                       : fail_nothing(counter);
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
                              .by_number = has_number(plan.names),
                              .err = err};
    bool done = (!plan.assumed_all_linear ||
                 add_warning(&counter,
                             "PEFT has no default targets for this model type: "
                             "all-linear is shown")) &&
                match_all(&counter) && keep_resolved(&counter) &&
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
