/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which modules PEFT adapts.
 *
 * Source: PEFT 0.18.1 and 0.21.2, tuners_utils.py (all-linear, defaults) and
 * transformers_weight_conversion.py (expert targets under transformers 5).
 */
#include "adapter/target.h"

#include <string.h>

#include "adapter/defaults.h"
#include "adapter/method.h"
#include "adapter/pattern.h"

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

static const struct rewriting *find_rewriting(
    const struct inventory *inventory, const struct adapter_settings *settings)
{
    if (inventory->experts5 == NULL || inventory->transformers != 5 ||
        settings->peft != PEFT_0_21 ||
        strcmp(settings->method->peft_type, "LORA") != 0) {
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
                                const struct adapter_settings *settings,
                                const struct module *module)
{
    const struct rewriting *rewriting = find_rewriting(inventory, settings);
    for (size_t i = 0; rewriting != NULL && i < REWRITTEN; i++) {
        const char *suffix = rewriting->to[i].suffix;
        if (target_matches(module->pattern, suffix, strlen(suffix))) {
            return rewriting->to[i].names;
        }
    }
    return NULL;
}

bool target_ends(const char *name, size_t size, const char *target,
                 size_t length)
{
    if (length > size || memcmp(name + size - length, target, length) != 0) {
        return false;
    }
    return length == size || name[size - length - 1] == '.';
}

bool target_matches(const char *name, const char *target, size_t length)
{
    return target_ends(name, strlen(name), target, length);
}

static bool has_block(const struct inventory *inventory, const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < inventory->count; i++) {
        const char *pattern = inventory->modules[i].pattern;
        if (strncmp(pattern, name, length) == 0 &&
            (pattern[length] == '\0' || pattern[length] == '.')) {
            return true;
        }
    }
    return false;
}

/* A classifier's head is left out where no output embedding is. */
bool target_is_every_linear(const struct inventory *inventory,
                            const struct module *module, const char *task)
{
    if (!module_is_linear(module) || module->output) {
        return false;
    }
    if (task == NULL || strcmp(task, "SEQ_CLS") != 0 ||
        inventory_output_embedding(inventory) != NULL) {
        return true;
    }
    const char *head = has_block(inventory, "score") ? "score" : "classifier";
    return strcmp(module->pattern, head) != 0;
}

/* ---- rewriting expert names ------------------------------------------------- */

/* Which of the comma separated NAMES the target is: bit i for the i-th. */
static unsigned find_name(const char *names, const char *target, size_t length)
{
    size_t size = 0;
    unsigned bit = 1;
    for (const char *name = settings_next_target(&names, &size); name != NULL;
         name = settings_next_target(&names, &size), bit <<= 1) {
        if (target_ends(target, length, name, size)) {
            return bit;
        }
    }
    return 0;
}

/* FOUND has a bit for each of the names that was targeted: all, or none. */
static bool add_parameter(struct target_plan *plan, const char *names,
                          const char *suffix, unsigned found, struct error *err)
{
    bool pair = strchr(names, ',') != NULL;
    if (found == 0) {
        return true;
    }
    if (pair && found != 3) {
        int first = (int)strcspn(names, ",");
        return error_set(err, ERROR_UNSUPPORTED,
                         "PEFT 0.21 fuses %.*s and %s under transformers 5: "
                         "target both, or neither",
                         first, names, names + first + 1);
    }
    plan->rewritten = true;
    plan->fused = pair ? suffix : plan->fused;
    targets_add(&plan->parameters, suffix, strlen(suffix));
    return true;
}

/* Move the expert names of the plan's list to target_parameters. */
static bool rewrite(struct target_plan *plan, const struct rewriting *rewriting,
                    struct error *err)
{
    struct text before = plan->names;
    const char *cursor = text_string(&before);
    struct target_list kept = {0};
    unsigned found[REWRITTEN] = {0};
    size_t length = 0;
    bool done = text_ok(&before, err);
    for (const char *item = settings_next_target(&cursor, &length);
         item != NULL; item = settings_next_target(&cursor, &length)) {
        unsigned moved = 0;
        for (size_t i = 0; i < REWRITTEN && moved == 0; i++) {
            moved = find_name(rewriting->to[i].names, item, length);
            found[i] |= moved;
        }
        if (moved == 0) {
            target_list_add(&kept, item, length);
        }
    }
    done = done && text_ok(&kept.text, err);
    plan->names = kept.text; /* passed on */
    kept.text = (struct text){0};
    target_list_clear(&kept);
    for (size_t i = 0; done && i < REWRITTEN; i++) {
        done = add_parameter(plan, rewriting->to[i].names,
                             rewriting->to[i].suffix, found[i], err);
    }
    text_clear(&before);
    return done;
}

static void add_list(struct text *to, const char *names)
{
    size_t length = 0;
    for (const char *name = settings_next_target(&names, &length); name != NULL;
         name = settings_next_target(&names, &length)) {
        targets_add(to, name, length);
    }
}

/* all-linear where experts are rewritten: last name parts, and the experts. */
static bool rewrite_linear(struct target_plan *plan,
                           const struct inventory *inventory,
                           const struct rewriting *to, const char *task,
                           struct error *err)
{
    plan->form = FORM_NAMES;
    for (size_t i = 0; i < inventory->count; i++) {
        const struct module *module = &inventory->modules[i];
        if (target_is_every_linear(inventory, module, task)) {
            targets_add(&plan->names, module->leaf, strlen(module->leaf));
        }
    }
    for (size_t i = 0; i < REWRITTEN; i++) {
        add_list(&plan->names, to->to[i].names);
    }
    return rewrite(plan, to, err);
}

/* The last dotted part of the SIZE bytes at NAME. */
static const char *last_part(const char *name, size_t *size)
{
    size_t at = *size;
    while (at > 0 && name[at - 1] != '.') {
        at--;
    }
    *size -= at;
    return name + at;
}

/* Add the last part of NAME when the pattern matches it. */
static bool probe(struct target_plan *plan, const struct pattern *pattern,
                  const char *name, size_t size, struct error *err)
{
    bool matched = false;
    if (!pattern_test(pattern, name, size, &matched, err)) {
        return false;
    }
    if (matched) {
        const char *part = last_part(name, &size);
        targets_add(&plan->names, part, size);
    }
    return true;
}

/* Probe every prefix of NAME: blocks too are modules that a regex can match. */
static bool probe_parts(struct target_plan *plan, const struct pattern *pattern,
                        const struct text *name, struct error *err)
{
    const char *all = text_string(name);
    for (size_t i = 1; i <= name->length; i++) {
        if ((i == name->length || all[i] == '.') &&
            !probe(plan, pattern, all, i, err)) {
            return false;
        }
    }
    return true;
}

/* Probe the names that experts had before they were fused into NAME. */
static bool probe_experts(struct target_plan *plan,
                          const struct pattern *pattern,
                          const struct rewriting *to, struct text *name,
                          struct error *err)
{
    for (size_t i = 0; i < REWRITTEN; i++) {
        const char *suffix = to->to[i].suffix;
        size_t size = strlen(suffix);
        if (strchr(suffix, '.') != NULL ||
            !target_ends(text_string(name), name->length, suffix, size)) {
            continue;
        }
        const char *cursor = to->to[i].names;
        size_t length = 0;
        for (const char *old = settings_next_target(&cursor, &length);
             old != NULL; old = settings_next_target(&cursor, &length)) {
            struct text former = {0};
            text_append_bytes(&former, name->data, name->length - size);
            text_append_bytes(&former, old, length);
            bool done = text_ok(&former, err) &&
                        probe(plan, pattern, former.data, former.length, err);
            text_clear(&former);
            if (!done) {
                return false;
            }
        }
    }
    return true;
}

/* A regex becomes the last parts of all names that it matches. */
static bool rewrite_regex(struct target_plan *plan,
                          const struct inventory *inventory,
                          const struct rewriting *to, struct error *err)
{
    struct pattern *pattern = pattern_new(
        text_string(&plan->names), plan->names.length, PATTERN_FULL, err);
    if (pattern == NULL) {
        return false;
    }
    struct text regex = plan->names;
    struct text name = {0};
    bool done = true;
    plan->names = (struct text){0};
    for (size_t i = 0; done && i < inventory->count; i++) {
        const struct module *module = &inventory->modules[i];
        for (uint64_t copy = 0; done && copy < module->copies; copy++) {
            name.length = 0;
            module_append_name(module, copy, &name);
            done = text_ok(&name, err) &&
                   probe_parts(plan, pattern, &name, err) &&
                   probe_experts(plan, pattern, to, &name, err);
        }
    }
    pattern_free(pattern);
    text_clear(&name);
    done = done && text_ok(&plan->names, err);
    if (done && plan->names.length == 0) {
        plan->names = regex; /* left for the ordinary refusal */
        return true;
    }
    text_clear(&regex);
    plan->form = FORM_NAMES;
    return done && rewrite(plan, to, err);
}

/* ---- the plan --------------------------------------------------------------- */

static bool fail_default(const struct inventory *inventory,
                         const struct adapter_settings *settings,
                         const char *why, struct error *err)
{
    return error_set(err, ERROR_UNSUPPORTED,
                     "%s for %s and model_type %s, name the targets (--target "
                     "q_proj,v_proj or --target all-linear)",
                     why, settings->method->name, inventory->model_type);
}

/* The table's row into the plan; *found says whether there is one. */
static bool take_default(struct target_plan *plan,
                         const struct inventory *inventory,
                         const struct resource_path *path,
                         const struct adapter_settings *settings, bool *found,
                         struct error *err)
{
    struct default_targets targets = {0};
    *found = false;
    if (settings->method->defaults == NULL) {
        return true;
    }
    if (!default_targets(path, settings->method->defaults,
                         inventory->model_type, settings->peft, &targets,
                         err)) {
        return false;
    }
    *found = targets.found;
    if (targets.found) {
        plan->form = targets.regex ? FORM_REGEX : FORM_NAMES;
        text_append(&plan->names, targets.text);
    }
    default_targets_clear(&targets);
    return true;
}

/* Rows of the input embedding, unless another layer is named. */
static bool plan_embedding(struct target_plan *plan,
                           const struct inventory *inventory, struct error *err)
{
    const struct module *input = inventory_input_embedding(inventory);
    if (input == NULL) {
        return error_set(err, ERROR_UNSUPPORTED,
                         "%s has no input embedding, name the targets",
                         inventory->class_name);
    }
    text_append(&plan->names, input->pattern);
    return true;
}

static bool plan_default(struct target_plan *plan,
                         const struct inventory *inventory,
                         const struct resource_path *path,
                         const struct adapter_settings *settings,
                         const struct fields *fields,
                         const struct rewriting *to, struct error *err)
{
    bool found = false;
    if (strcmp(settings->method->peft_type, "TRAINABLE_TOKENS") == 0) {
        return plan_embedding(plan, inventory, err);
    }
    if (to == NULL &&
        !take_default(plan, inventory, path, settings, &found, err)) {
        return false;
    }
    if (found || plan->parameters.length > 0) {
        return true;
    }
    if (settings->method->linear_default) {
        plan->form = FORM_LINEAR;
        return true;
    }
    if (settings->mode == TARGET_DEFAULT) {
        return fail_default(inventory, settings,
                            to != NULL ? "PEFT 0.21 takes no default targets "
                                         "under transformers 5"
                                       : "PEFT has no default targets",
                            err);
    }
    plan->assumed_all_linear = true;
    plan->form = FORM_LINEAR;
    return to == NULL || rewrite_linear(plan, inventory, to,
                                        field_text(fields, "task_type"), err);
}

static bool plan_modules(struct target_plan *plan,
                         const struct inventory *inventory,
                         const struct resource_path *path,
                         const struct adapter_settings *settings,
                         const struct fields *fields, struct error *err)
{
    const struct rewriting *to = find_rewriting(inventory, settings);
    switch (settings->mode) {
    case TARGET_NONE:
        return true;
    case TARGET_ALL_LINEAR:
        plan->form = FORM_LINEAR;
        return to == NULL ||
               rewrite_linear(plan, inventory, to,
                              field_text(fields, "task_type"), err);
    case TARGET_LIST:
        text_append(&plan->names, settings->targets);
        return to == NULL || rewrite(plan, to, err);
    case TARGET_REGEX:
        plan->form = FORM_REGEX;
        text_append(&plan->names, settings->targets);
        return to == NULL || rewrite_regex(plan, inventory, to, err);
    case TARGET_UNSET:
    case TARGET_DEFAULT:
        break;
    }
    return plan_default(plan, inventory, path, settings, fields, to, err);
}

bool target_plan_init(struct target_plan *plan,
                      const struct inventory *inventory,
                      const struct resource_path *path,
                      const struct adapter_settings *settings,
                      const struct fields *fields, struct error *err)
{
    *plan = (struct target_plan){.form = FORM_NAMES};
    const json_t *parameters = field(fields, "target_parameters");
    struct target_list list = {0};
    for (size_t i = 0; i < json_array_size(parameters); i++) {
        const json_t *name = json_array_get(parameters, i);
        target_list_add(&list, json_string_value(name),
                        json_string_length(name));
    }
    plan->parameters = list.text; /* passed on */
    list.text = (struct text){0};
    target_list_clear(&list);
    return plan_modules(plan, inventory, path, settings, fields, err) &&
           text_ok(&plan->names, err) && text_ok(&plan->parameters, err);
}

void target_plan_clear(struct target_plan *plan)
{
    text_clear(&plan->names);
    text_clear(&plan->parameters);
}
