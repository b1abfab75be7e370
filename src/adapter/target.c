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

enum { REWRITTEN = 3 };

/* PEFT's rewriting: names of the old modules -> the fused parameter. */
struct rewriting {
    const char *pattern; /* `experts5` of an architecture */
    struct {
        const char *names;  /* all of them, or none, must be targeted */
        const char *suffix; /* of the parameter; as many times the rank */
    } to[REWRITTEN];
};

static const struct rewriting rewritings[] = {
    {"mixtral",
     {{"w1,w3", "gate_up_proj"}, {"w2", "down_proj"}, {"gate", "gate.weight"}}},
    {"qwen2_moe",
     {{"gate_proj,up_proj", "gate_up_proj"},
      {"down_proj", "down_proj"},
      {"gate", "gate.weight"}}},
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

const char *target_expert_names(const struct inventory *inventory,
                                enum peft_version peft,
                                const struct module *module)
{
    const struct rewriting *rewriting = find_rewriting(inventory, peft);
    for (size_t i = 0; rewriting != NULL && i < REWRITTEN; i++) {
        const char *suffix = rewriting->to[i].suffix;
        if (target_matches(module->pattern, suffix, strlen(suffix))) {
            return rewriting->to[i].names;
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
    return targets_add(plan->names, name, length) ||
           error_set(err, ERROR_RANGE, "too many different target modules");
}

/* Is NAME the target, or its last dotted part? */
static bool ends_in(const char *target, size_t length, const char *name,
                    size_t size)
{
    return size <= length && memcmp(target + length - size, name, size) == 0 &&
           (size == length || target[length - size - 1] == '.');
}

/* Which of the comma separated NAMES the target is: bit i for the i-th. */
static unsigned find_name(const char *names, const char *target, size_t length)
{
    size_t size = 0;
    unsigned bit = 1;
    for (const char *name = settings_next_target(&names, &size); name != NULL;
         name = settings_next_target(&names, &size), bit <<= 1) {
        if (ends_in(target, length, name, size)) {
            return bit;
        }
    }
    return 0;
}

/* FOUND has a bit for each of the names that was targeted: all, or none. */
static bool add_parameter(struct target_plan *plan, const char *names,
                          const char *suffix, unsigned found, struct error *err)
{
    unsigned factor = strchr(names, ',') != NULL ? 2 : 1;
    if (found == 0) {
        return true;
    }
    if (found != (1U << factor) - 1) {
        int first = (int)strcspn(names, ",");
        return error_set(err, ERROR_UNSUPPORTED,
                         "PEFT 0.21 fuses %.*s and %s under transformers 5: "
                         "target both, or neither",
                         first, names, names + first + 1);
    }
    plan->parameters[plan->parameter_count++] =
        (struct target_parameter){suffix, factor};
    return true;
}

/* Move the expert names of the plan's list to target_parameters. */
static bool rewrite(struct target_plan *plan, const struct rewriting *rewriting,
                    struct error *err)
{
    char before[TARGETS_SIZE];
    unsigned found[REWRITTEN] = {0};
    const char *cursor = before;
    size_t length = 0;
    memcpy(before, plan->names, sizeof(before));
    plan->names[0] = '\0';
    for (const char *item = settings_next_target(&cursor, &length);
         item != NULL; item = settings_next_target(&cursor, &length)) {
        unsigned moved = 0;
        for (size_t i = 0; i < REWRITTEN; i++) {
            unsigned bit = find_name(rewriting->to[i].names, item, length);
            found[i] |= bit;
            moved |= bit;
        }
        if (moved == 0 && !append_name(plan, item, length, err)) {
            return false;
        }
    }
    for (size_t i = 0; i < REWRITTEN; i++) {
        if (!add_parameter(plan, rewriting->to[i].names,
                           rewriting->to[i].suffix, found[i], err)) {
            return false;
        }
    }
    return true;
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
        if (module_is_linear(module) && !module->output &&
            !append_name(plan, module->leaf, strlen(module->leaf), err)) {
            return false;
        }
    }
    for (size_t i = 0; i < REWRITTEN; i++) {
        const char *names = to->to[i].names;
        size_t length = 0;
        for (const char *name = settings_next_target(&names, &length);
             name != NULL; name = settings_next_target(&names, &length)) {
            if (!append_name(plan, name, length, err)) {
                return false;
            }
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
    plan->assumed_all_linear = true;
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
