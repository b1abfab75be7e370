/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What happens to one name: whether it gets an adapter, and which.
 *
 * Source: PEFT 0.18.1 and 0.21.2, tuners_utils.py, inject_adapter and
 * _inject_parameters; tuners/lora/model.py, _create_and_replace.
 */
#include <string.h>

#include "adapter/counter.h"
#include "adapter/tying.h"

static bool refused_here(const struct counter *counter, const char *leaf)
{
    static const char *const types[] = {"LORA", "ADALORA", "XLORA", "RANDLORA"};
    const char *type = counter->settings->method->peft_type;
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (strcmp(type, types[i]) == 0) {
            return inventory_refuses(counter->inventory, leaf);
        }
    }
    return false;
}

static bool fail_kind(struct counter *counter, const struct module *module)
{
    static const char *const words[MODULE_KINDS] = {
        "a linear layer", "GPT-2's Conv1D",   "a convolution", "an embedding",
        "a norm",         "a bare parameter", "a parameter",   "a parameter",
    };
    return error_set(counter->err, ERROR_UNSUPPORTED,
                     "%s is %s, PEFT's %s cannot adapt it: leave it out of the "
                     "targets",
                     module->leaf, words[module->kind],
                     counter->settings->method->name);
}

static bool check_module(struct counter *counter, const struct module *module)
{
    if (refused_here(counter, module->leaf)) {
        return error_set(counter->err, ERROR_UNSUPPORTED,
                         "PEFT refuses %s on %s of model_type %s, leave it out "
                         "of the targets",
                         counter->settings->method->name, module->leaf,
                         counter->inventory->model_type);
    }
    bool can =
        (counter->settings->method->kinds >> (unsigned)module->kind & 1u) != 0;
    return can || fail_kind(counter, module);
}

/* Does the parameter called NAME stand in target_parameters? */
static bool parameter_matches(const struct counter *counter, const char *name,
                              size_t size)
{
    const char *cursor = text_string(&counter->plan.parameters);
    size_t length = 0;
    for (const char *item = settings_next_target(&cursor, &length);
         item != NULL; item = settings_next_target(&cursor, &length)) {
        if (target_ends(name, size, item, length)) {
            return true;
        }
    }
    return false;
}

/* How many times its rank and alpha a parameter gets: a fused pair twice. */
static unsigned fuse_factor(const struct counter *counter, const char *name)
{
    const char *fused = counter->plan.fused;
    bool hit = fused != NULL && target_matches(name, fused, strlen(fused));
    return hit ? TARGET_FUSE : 1;
}

/* A pattern's VALUE (NULL: none hit) in place of the rank. */
static bool choose_rank(struct counter *counter, const char *name,
                        const json_t *value, struct outcome *outcome)
{
    outcome->own_rank = value != NULL;
    if (value == NULL) {
        outcome->rank = counter->settings->rank * fuse_factor(counter, name);
        return true;
    }
    int64_t rank = json_is_integer(value) ? json_whole(value) : 0;
    if (rank < 1 || rank > RANK_MOST) {
        return error_set(counter->err, ERROR_UNSUPPORTED,
                         "rank_pattern gives %.120s no whole rank from 1 to %d",
                         name, RANK_MOST);
    }
    outcome->rank = (uint64_t)rank;
    return true;
}

/* The same for alpha. */
static bool choose_alpha(struct counter *counter, const char *name,
                         const json_t *value, struct outcome *outcome)
{
    outcome->own_alpha = value != NULL;
    if (value == NULL) {
        outcome->alpha = counter->settings->alpha * fuse_factor(counter, name);
        return true;
    }
    if (!json_is_number(value) && !json_is_boolean(value)) {
        return error_set(counter->err, ERROR_UNSUPPORTED,
                         "alpha_pattern gives %.120s no number", name);
    }
    outcome->alpha = json_is_true(value) ? 1 : json_number_value(value);
    return true;
}

/* What the patterns make of a hit on NAME. */
static bool apply_patterns(struct counter *counter, const struct text *name,
                           struct outcome *outcome)
{
    const json_t *rank = NULL;
    const json_t *alpha = NULL;
    return pattern_map_find(&counter->ranks, name->data, name->length, &rank,
                            counter->err) &&
           pattern_map_find(&counter->alphas, name->data, name->length, &alpha,
                            counter->err) &&
           pattern_map_find(&counter->specials, name->data, name->length,
                            &outcome->special, counter->err) &&
           choose_rank(counter, text_string(name), rank, outcome) &&
           choose_alpha(counter, text_string(name), alpha, outcome);
}

/* NAME's parameter PART (".weight", or "" for a bare one). */
static bool try_parameter(struct counter *counter, const struct module *module,
                          struct text *name, const char *part,
                          struct outcome *outcome)
{
    size_t length = name->length;
    bool one = strcmp(part, ".bias") == 0 || module->dimensions == 1;
    text_append(name, part);
    bool found = text_ok(name, counter->err) &&
                 parameter_matches(counter, name->data, name->length);
    bool ok = !name->failed;
    if (found && outcome->hit == HIT_MODULE) {
        ok = error_set(counter->err, ERROR_UNSUPPORTED,
                       "%s is a target as a module and as a parameter, PEFT "
                       "takes one: take it off target_modules or "
                       "target_parameters",
                       module->leaf);
    } else if (found && refused_here(counter, module->leaf)) {
        ok = check_module(counter, module);
    } else if (found && (one || module->dimensions > 3)) {
        ok = error_set(counter->err, ERROR_UNSUPPORTED,
                       "the parameter %s has %s, PEFT adapts matrices and "
                       "stacks of them: take it off target_parameters",
                       name->data, one ? "one dimension" : "four dimensions");
    } else if (found) {
        outcome->hit = HIT_PARAMETER;
        ok = apply_patterns(counter, name, outcome);
    }
    name->length = length;
    if (name->data != NULL) {
        name->data[length] = '\0';
    }
    return ok;
}

static bool try_parameters(struct counter *counter, const struct module *module,
                           struct text *name, struct outcome *outcome)
{
    if (counter->plan.parameters.length == 0) {
        return true;
    }
    if (module_is_bare(module)) {
        return try_parameter(counter, module, name, "", outcome);
    }
    return try_parameter(counter, module, name, ".weight", outcome) &&
           (!module->bias ||
            try_parameter(counter, module, name, ".bias", outcome));
}

bool counter_try(struct counter *counter, const struct module *module,
                 uint64_t copy, struct text *name, struct outcome *outcome)
{
    *outcome = (struct outcome){.hit = HIT_NONE};
    name->length = 0;
    module_append_name(module, copy, name);
    if (!text_ok(name, counter->err)) {
        return false;
    }
    if (!module_is_bare(module)) {
        enum selection selection = SELECT_NO;
        bool linear =
            counter->selector.form == FORM_LINEAR &&
            target_is_every_linear(counter->inventory, module,
                                   field_text(&counter->fields, "task_type"));
        if (!selector_test(&counter->selector, name->data, name->length, linear,
                           &selection, counter->err)) {
            return false;
        }
        if (selection == SELECT_YES || tying_forces(counter, module)) {
            outcome->hit = HIT_MODULE;
            if (!check_module(counter, module) ||
                !apply_patterns(counter, name, outcome)) {
                return false;
            }
        }
    }
    return try_parameters(counter, module, name, outcome);
}
