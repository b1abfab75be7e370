/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which modules PEFT adapts.
 *
 * Source: PEFT 0.18.1 and 0.21.2, tuners_utils.py (check_target_module_exists,
 * all-linear) and the conversion of expert targets under transformers 5.
 */
#include "adapter/target.h"

#include <stdio.h>
#include <string.h>

#include "adapter/count.h"
#include "base/alloc.h"
#include "base/text.h"

enum { PAIR = 2 };

/* PEFT's rewriting: names of the old modules -> the fused parameter. */
struct rewriting {
    const char *pattern;     /* `experts5` of an architecture */
    const char *fused[PAIR]; /* both -> gate_up_proj, at twice the rank */
    const char *down;        /* -> down_proj */
    const char *gate;        /* -> gate.weight */
};

static const struct rewriting rewritings[] = {
    {"mixtral", {"w1", "w3"}, "w2", "gate"},
    {"qwen2_moe", {"gate_proj", "up_proj"}, "down_proj", "gate"},
};

static const struct rewriting *find_rewriting(const struct inventory *inventory,
                                              enum peft_version peft)
{
    if (inventory->experts5 == NULL || inventory->transformers != 5 ||
        peft != PEFT_0_21) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof(rewritings) / sizeof(rewritings[0]); i++) {
        if (strcmp(rewritings[i].pattern, inventory->experts5) == 0) {
            return &rewritings[i];
        }
    }
    return NULL;
}

bool target_matches(const char *name, const char *target, size_t length)
{
    size_t size = strlen(name);
    if (length > size || memcmp(name + size - length, target, length) != 0) {
        return false;
    }
    return length == size || name[size - length - 1] == '.';
}

static bool append_name(struct target_plan *plan, const char *name,
                        size_t length, struct error *err)
{
    struct adapter_settings list = {0};
    char copy[TARGETS_SIZE];
    if (length >= sizeof(copy)) {
        length = sizeof(copy) - 1;
    }
    memcpy(copy, name, length);
    copy[length] = '\0';
    memcpy(list.targets, plan->names, sizeof(list.targets));
    if (!settings_add_target(&list, copy)) {
        return error_set(err, ERROR_RANGE, "too many different target modules");
    }
    memcpy(plan->names, list.targets, sizeof(plan->names));
    return true;
}

static void add_parameter(struct target_plan *plan, const char *suffix,
                          unsigned factor)
{
    plan->parameters[plan->parameter_count++] =
        (struct target_parameter){suffix, factor};
}

static bool ends_in(const char *target, size_t length, const char *name)
{
    char copy[256];
    snprintf(copy, sizeof(copy), "%.*s", (int)length, target);
    return target_matches(copy, name, strlen(name));
}

/* Move the expert names of the plan's list to target_parameters. */
static bool rewrite(struct target_plan *plan, const struct rewriting *to,
                    struct error *err)
{
    char before[TARGETS_SIZE];
    memcpy(before, plan->names, sizeof(before));
    plan->names[0] = '\0';
    bool pair[PAIR] = {false, false};
    bool down = false;
    bool gate = false;
    const char *cursor = before;
    size_t length = 0;
    for (const char *item = settings_next_target(&cursor, &length);
         item != NULL; item = settings_next_target(&cursor, &length)) {
        bool first = ends_in(item, length, to->fused[0]);
        bool second = ends_in(item, length, to->fused[1]);
        bool is_down = ends_in(item, length, to->down);
        bool is_gate = ends_in(item, length, to->gate);
        pair[0] |= first;
        pair[1] |= second;
        down |= is_down;
        gate |= is_gate;
        if (!first && !second && !is_down && !is_gate &&
            !append_name(plan, item, length, err)) {
            return false;
        }
    }
    if (pair[0] != pair[1]) {
        return error_set(
            err, ERROR_UNSUPPORTED,
            "PEFT 0.21 fuses %s and %s under transformers 5: target "
            "both, or neither",
            to->fused[0], to->fused[1]);
    }
    if (pair[0]) {
        add_parameter(plan, "gate_up_proj", PAIR);
    }
    if (down) {
        add_parameter(plan, "down_proj", 1);
    }
    if (gate) {
        add_parameter(plan, "gate.weight", 1);
    }
    return true;
}

static bool is_linear_target(const struct module *module)
{
    return (module->kind == MODULE_LINEAR || module->kind == MODULE_CONV1D) &&
           !module->output;
}

/* all-linear where experts are rewritten: last name parts, and the experts. */
static bool plan_all_linear(struct target_plan *plan,
                            const struct inventory *inventory,
                            const struct rewriting *to, struct error *err)
{
    if (to == NULL) {
        plan->every_linear = true;
        return true;
    }
    for (size_t i = 0; i < inventory->count; i++) {
        const struct module *module = &inventory->modules[i];
        if (is_linear_target(module) &&
            !append_name(plan, module->leaf, strlen(module->leaf), err)) {
            return false;
        }
    }
    const char *experts[] = {to->fused[0], to->fused[1], to->down, to->gate};
    for (size_t i = 0; i < sizeof(experts) / sizeof(experts[0]); i++) {
        if (!append_name(plan, experts[i], strlen(experts[i]), err)) {
            return false;
        }
    }
    return rewrite(plan, to, err);
}

static bool fail_default(const struct inventory *inventory, const char *why,
                         struct error *err)
{
    return error_set(err, ERROR_UNSUPPORTED,
                     "%s for model_type %s, name the targets (--target q_proj,"
                     "v_proj or --target all-linear)",
                     why, inventory->model_type);
}

static bool plan_default(struct target_plan *plan,
                         const struct inventory *inventory,
                         const struct resource_path *path,
                         const struct adapter_settings *settings,
                         const struct rewriting *to, struct error *err)
{
    char *targets = to != NULL
                        ? NULL
                        : count_default_targets_new(path, inventory->model_type,
                                                    settings->peft, err);
    if (targets != NULL) {
        snprintf(plan->names, sizeof(plan->names), "%s", targets);
        memory_free(targets);
        return true;
    }
    if (err->code != ERROR_NONE) {
        return false;
    }
    if (settings->mode == TARGET_DEFAULT) {
        return fail_default(inventory,
                            to != NULL ? "PEFT 0.21 takes no default targets "
                                         "under transformers 5"
                                       : "PEFT has no default targets",
                            err);
    }
    plan->warning =
        "PEFT has no default targets for this model type: all-linear "
        "is shown";
    return plan_all_linear(plan, inventory, to, err);
}

bool target_plan_init(struct target_plan *plan,
                      const struct inventory *inventory,
                      const struct resource_path *path,
                      const struct adapter_settings *settings,
                      struct error *err)
{
    const struct rewriting *to = find_rewriting(inventory, settings->peft);
    *plan = (struct target_plan){0};
    switch (settings->mode) {
    case TARGET_NONE:
        return true;
    case TARGET_ALL_LINEAR:
        return plan_all_linear(plan, inventory, to, err);
    case TARGET_LIST:
        memcpy(plan->names, settings->targets, sizeof(plan->names));
        return to == NULL || rewrite(plan, to, err);
    case TARGET_UNSET:
    case TARGET_DEFAULT:
        break;
    }
    return plan_default(plan, inventory, path, settings, to, err);
}

/* ---- PEFT's table of defaults: presets/default_targets.tsv ------------------ */

/* The LENGTH bytes of field FIELD of a tab separated line. */
static const char *tsv_field(const char *line, unsigned field, size_t *length)
{
    while (field > 0) {
        line += strcspn(line, "\t\n");
        if (*line != '\t') {
            return NULL;
        }
        line++;
        field--;
    }
    *length = strcspn(line, "\t\n\r");
    return line;
}

static bool field_is(const char *line, unsigned field, const char *value)
{
    size_t length = 0;
    const char *start = tsv_field(line, field, &length);
    return start != NULL && strlen(value) == length &&
           memcmp(start, value, length) == 0;
}

char *count_default_targets_new(const struct resource_path *path,
                                const char *model_type, enum peft_version peft,
                                struct error *err)
{
    const char *data = NULL;
    size_t size = 0;
    char *owned = NULL;
    char *targets = NULL;
    if (!resource_read(path, "default_targets.tsv", &data, &size, &owned,
                       err)) {
        return NULL;
    }
    for (const char *line = data; *line != '\0';) {
        size_t length = 0;
        const char *list = tsv_field(line, 2, &length);
        if (list != NULL && field_is(line, 0, peft_version_name(peft)) &&
            field_is(line, 1, model_type) && !field_is(line, 3, "regex")) {
            targets = memory_new(length + 1, 1, err);
            if (targets != NULL) {
                memcpy(targets, list, length);
            }
            break;
        }
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    memory_free(owned);
    return targets;
}
