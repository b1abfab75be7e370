/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which modules get an adapter: names against the plan, as PEFT matches them.
 */
#include <stdio.h>
#include <string.h>

#include "adapter/counter.h"
#include "base/nearest.h"

enum { NAME_SIZE = 600 };

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
           counter_add_row(counter, &part, matched ? 1 : 0);
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
        return counter_add_row(
            counter, module,
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
           counter_add_row(counter, module, matched ? 1 : 0);
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
               counter_add_row(counter, module,
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
        if (!found && !counter_warn(counter, text)) {
            return false;
        }
    }
    return true;
}

bool counter_match(struct counter *counter)
{
    const struct inventory *inventory = counter->inventory;
    counter->by_number = has_number(counter->plan->names);
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
