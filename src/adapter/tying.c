/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ensure_weight_tying: layers that share the embedding's weight share what
 * trains of it too.
 *
 * Source: PEFT 0.18.1 and 0.21.2, tuners_utils.py (_check_tied_modules),
 * tuners/lora/model.py (_add_modules_to_save_to_tie, _add_targets_to_tie).
 */
#include "adapter/tying.h"

#include <string.h>

#include "adapter/extras.h"

/* The last name parts by which PEFT knows an embedding. */
enum { EMBEDDING_NAMES = 2 };
static const char *const embedding_names[EMBEDDING_NAMES] = {"embed_tokens",
                                                             "lm_head"};

bool tying_is_embedding(const char *name, size_t size)
{
    for (size_t i = 0; i < EMBEDDING_NAMES; i++) {
        const char *known = embedding_names[i];
        if (target_ends(name, size, known, strlen(known))) {
            return true;
        }
    }
    return false;
}

bool tying_is_partner(const struct counter *counter,
                      const struct module *module)
{
    const struct module *input = inventory_input_embedding(counter->inventory);
    bool embedding = module->kind == MODULE_EMBEDDING && module->tied;
    return module != input && (module->output || embedding) &&
           module_elements(module) == module_elements(input);
}

/* PEFT 0.18 goes by the class alone, whatever the config says. */
static bool model_ties(const struct counter *counter)
{
    const struct inventory *inventory = counter->inventory;
    bool any = false;
    for (size_t i = 0; i < inventory->count; i++) {
        any = any || tying_is_partner(counter, &inventory->modules[i]);
    }
    return any && (counter->settings->peft == PEFT_0_18 ||
                   inventory_is_tied(inventory));
}

static bool wanted(const struct counter *counter)
{
    return field_flag(&counter->fields, "ensure_weight_tying") &&
           inventory_input_embedding(counter->inventory) != NULL &&
           model_ties(counter);
}

/* The partner that NAME means; NULL. */
static const struct module *named_partner(const struct counter *counter,
                                          const char *name, size_t size)
{
    const struct inventory *inventory = counter->inventory;
    for (size_t i = 0; i < inventory->count; i++) {
        const struct module *module = &inventory->modules[i];
        if (tying_is_partner(counter, module) &&
            target_matches(module->pattern, name, size)) {
            return module;
        }
    }
    return NULL;
}

/* ---- modules_to_save -------------------------------------------------------- */

static bool saves_embedding(const struct counter *counter)
{
    for (size_t i = 0; i < json_array_size(counter->saved_names); i++) {
        const json_t *name = json_array_get(counter->saved_names, i);
        if (tying_is_embedding(json_string_value(name),
                               json_string_length(name))) {
            return true;
        }
    }
    return false;
}

/* A partner's copy is the embedding's: written twice, trained once. */
static bool add_copy(struct counter *counter, const struct module *module)
{
    struct tensor_list list = {.arena = &counter->count->arena};
    tensors_add(&list, ".weight", TENSOR_WRITTEN, module->dimensions,
                module->shape)
        ->type = TENSOR_OF_BASE;
    return extras_add(counter, EXTRA_SAVED, module, &list);
}

static bool is_named(const struct counter *counter, const struct module *module)
{
    for (size_t i = 0; i < json_array_size(counter->saved_names); i++) {
        const json_t *name = json_array_get(counter->saved_names, i);
        if (target_matches(module->pattern, json_string_value(name),
                           json_string_length(name))) {
            return true;
        }
    }
    return false;
}

static bool add_copies(struct counter *counter)
{
    const struct inventory *inventory = counter->inventory;
    for (size_t i = 0; i < inventory->count; i++) {
        const struct module *module = &inventory->modules[i];
        if (tying_is_partner(counter, module) && !is_named(counter, module) &&
            !add_copy(counter, module)) {
            return false;
        }
    }
    return true;
}

bool tying_saved(struct counter *counter)
{
    const struct module *input = inventory_input_embedding(counter->inventory);
    if (!wanted(counter) || !saves_embedding(counter)) {
        return true;
    }
    if (counter->settings->peft == PEFT_0_18) {
        return is_named(counter, input)
                   ? add_copies(counter)
                   : error_set(counter->err, ERROR_UNSUPPORTED,
                               "PEFT 0.18 fails to tie a layer to an embedding "
                               "that is not saved, name %s in modules_to_save",
                               input->leaf);
    }
    json_t *names = counter->saved_names;
    for (size_t i = json_array_size(names); i-- > 0;) {
        const json_t *name = json_array_get(names, i);
        if (named_partner(counter, json_string_value(name),
                          json_string_length(name)) != NULL) {
            json_array_remove(names, i);
        }
    }
    if (!is_named(counter, input)) {
        json_array_append_new(names, json_string(input->pattern));
    }
    return add_copies(counter);
}

/* ---- target_modules --------------------------------------------------------- */

/* Does the regular expression match an embedding's bare name? */
static bool regex_targets(const struct counter *counter, bool *found)
{
    const struct text *regex = &counter->plan.names;
    struct pattern *pattern = pattern_new(text_string(regex), regex->length,
                                          PATTERN_FULL, counter->err);
    bool done = pattern != NULL;
    for (size_t i = 0; done && !*found && i < EMBEDDING_NAMES; i++) {
        const char *name = embedding_names[i];
        done = pattern_test(pattern, name, strlen(name), found, counter->err);
    }
    pattern_free(pattern);
    return done;
}

static bool targets_embedding(const struct counter *counter, bool *found)
{
    const char *cursor = text_string(&counter->plan.names);
    size_t length = 0;
    *found = false;
    if (counter->plan.form == FORM_REGEX) {
        return regex_targets(counter, found);
    }
    for (const char *item = settings_next_target(&cursor, &length);
         item != NULL && counter->plan.form == FORM_NAMES;
         item = settings_next_target(&cursor, &length)) {
        *found = *found || tying_is_embedding(item, length);
    }
    return true;
}

/* (?:REGEX|^the embedding's name$), as PEFT writes it. */
static void append_input(const struct text *regex, const char *name,
                         struct text *out)
{
    text_append(out, "(?:");
    text_append_bytes(out, text_string(regex), regex->length);
    text_append(out, "|^");
    for (; *name != '\0'; name++) {
        text_append(out, *name == '.' ? "\\" : "");
        text_append_bytes(out, name, 1);
    }
    text_append(out, "$)");
}

/* The list without what is tied, and the embedding itself. */
static void append_names(const struct counter *counter, const char *input,
                         struct text *out)
{
    const char *cursor = text_string(&counter->plan.names);
    size_t length = 0;
    for (const char *item = settings_next_target(&cursor, &length);
         item != NULL; item = settings_next_target(&cursor, &length)) {
        if (named_partner(counter, item, length) == NULL) {
            targets_add(out, item, length);
        }
    }
    targets_add(out, input, strlen(input));
}

bool tying_targets(struct counter *counter)
{
    struct target_plan *plan = &counter->plan;
    const struct module *input = inventory_input_embedding(counter->inventory);
    bool found = false;
    if (counter->settings->peft == PEFT_0_18 || !wanted(counter) ||
        saves_embedding(counter)) {
        return true;
    }
    if (!targets_embedding(counter, &found) || !found) {
        return counter->err->code == ERROR_NONE;
    }
    struct text names = {0};
    if (plan->form == FORM_REGEX) {
        append_input(&plan->names, input->pattern, &names);
    } else {
        append_names(counter, input->pattern, &names);
    }
    text_clear(&plan->names);
    plan->names = names;
    counter->ties_targets = true;
    return text_ok(&plan->names, counter->err);
}

bool tying_forces(const struct counter *counter, const struct module *module)
{
    return counter->ties_targets && tying_is_partner(counter, module);
}
