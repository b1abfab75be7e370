/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Beside the adapters: rows of embeddings, tied copies, base tensors that PEFT
 * stores along, and what a method adds once.
 *
 * Source: PEFT 0.18.1 and 0.21.2, utils/other.py (trainable tokens, tying),
 * utils/save_and_load.py (embedding layers).
 */
#include "adapter/extras.h"

#include <string.h>

#include "adapter/tying.h"

bool extras_add(struct counter *counter, enum extra_kind kind,
                const struct module *module, struct tensor_list *list)
{
    size_t have = counter->count->extra_count;
    if (!tensors_ok(list, counter->err)) {
        return false;
    }
    struct count_extra *grown =
        memory_grow(counter->extras, &counter->extra_capacity, have + 1,
                    sizeof(*grown), counter->err);
    if (grown == NULL) {
        return false;
    }
    counter->extras = grown;
    grown[have] = (struct count_extra){
        .kind = kind, .tensors = list->items, .tensor_count = list->count};
    if (module != NULL) {
        grown[have].module = *module;
    } else {
        grown[have].module.copies = 1;
    }
    counter->count->extra_count = have + 1;
    return true;
}

/* ---- trainable_token_indices ------------------------------------------------ */

static bool check_indices(struct counter *counter, const struct module *module,
                          const json_t *indices)
{
    uint64_t rows = module->shape[0];
    for (size_t i = 0; i < json_array_size(indices); i++) {
        int64_t index = json_whole(json_array_get(indices, i));
        uint64_t far = index < 0 ? (uint64_t) - (index + 1) : (uint64_t)index;
        if (far >= rows) {
            return error_set(counter->err, ERROR_UNSUPPORTED,
                             "trainable_token_indices has %lld, %s has %llu "
                             "rows",
                             (long long)index, module->leaf,
                             (unsigned long long)rows);
        }
    }
    return true;
}

static bool is_adapted(const struct counter *counter,
                       const struct module *module)
{
    for (size_t i = 0; i < counter->count->row_count; i++) {
        if (counter->rows[i].matched &&
            counter->rows[i].module.pattern == module->pattern) {
            return true;
        }
    }
    return false;
}

/* Rows of a tied embedding are wrapped around every layer that shares it; PEFT
 * 0.18 cannot do so around an adapter.
 */
static bool check_partners(struct counter *counter, const struct module *module)
{
    const struct inventory *inventory = counter->inventory;
    bool wraps = counter->settings->peft == PEFT_0_18 &&
                 module == inventory_input_embedding(inventory);
    for (size_t i = 0; wraps && i < inventory->count; i++) {
        const struct module *partner = &inventory->modules[i];
        if (partner->tied && tying_is_partner(counter, partner) &&
            is_adapted(counter, partner)) {
            return error_set(counter->err, ERROR_UNSUPPORTED,
                             "%s shares its weight with %s, whose rows "
                             "trainable_token_indices trains, and gets an "
                             "adapter: take it off the targets",
                             partner->leaf, module->leaf);
        }
    }
    return true;
}

static bool add_tokens(struct counter *counter, const struct module *module,
                       const json_t *indices)
{
    struct tensor_list list = {.arena = &counter->count->arena};
    uint64_t shape[] = {json_array_size(indices), module->shape[1]};
    if (is_adapted(counter, module)) {
        return error_set(counter->err, ERROR_UNSUPPORTED,
                         "%s gets an adapter and trainable_token_indices, PEFT "
                         "does one of them: take it off one",
                         module->leaf);
    }
    if (!check_indices(counter, module, indices) ||
        !check_partners(counter, module)) {
        return false;
    }
    tensors_add(&list, ".token_adapter.trainable_tokens_delta",
                TENSOR_TRAINABLE, 2, shape);
    tensors_add(&list, ".token_adapter.trainable_tokens_original",
                TENSOR_BUFFER, 2, shape);
    return extras_add(counter, EXTRA_TOKENS, module, &list);
}

/* Every module whose name ends in NAME gets its own rows. */
static bool add_tokens_to(struct counter *counter, const char *name,
                          const json_t *indices)
{
    const struct inventory *inventory = counter->inventory;
    bool found = false;
    for (size_t i = 0; i < inventory->count; i++) {
        const struct module *module = &inventory->modules[i];
        bool rows =
            module->kind == MODULE_EMBEDDING || module->kind == MODULE_LINEAR;
        if (rows && text_ends(module->pattern, name)) {
            found = true;
            if (!add_tokens(counter, module, indices)) {
                return false;
            }
        }
    }
    return found || error_set(counter->err, ERROR_UNSUPPORTED,
                              "trainable_token_indices names %.80s, which no "
                              "module of %s ends in",
                              name, inventory->class_name);
}

/* Two tied layers with the same tokens share their rows since PEFT 0.19. */
static bool add_token_dict(struct counter *counter, const json_t *dict)
{
    const struct module *output =
        inventory_output_embedding(counter->inventory);
    const struct module *input = inventory_input_embedding(counter->inventory);
    const char *key = NULL;
    json_t *value = NULL;
    const json_t *first = NULL;
    json_t *walked = json_deep_copy(dict);
    bool done = walked != NULL;
    bool tied = inventory_is_tied(counter->inventory) && output != NULL;
    json_object_foreach(walked, key, value)
    {
        if (input != NULL && text_ends(input->pattern, key)) {
            first = value;
        }
    }
    json_object_foreach(walked, key, value)
    {
        bool is_output = tied && text_ends(output->pattern, key);
        bool differs = first != NULL && !json_equal(first, value);
        if (done && is_output && differs &&
            field_flag(&counter->fields, "ensure_weight_tying")) {
            done = error_set(counter->err, ERROR_UNSUPPORTED,
                             "ensure_weight_tying needs the same tokens for %s "
                             "and %s",
                             input->leaf, output->leaf);
        }
        bool shared = is_output && first != NULL && !differs &&
                      counter->settings->peft != PEFT_0_18;
        done = done && (shared || add_tokens_to(counter, key, value));
    }
    json_decref(walked);
    return done;
}

static bool add_all_tokens(struct counter *counter)
{
    const json_t *indices = field(&counter->fields, "trainable_token_indices");
    const struct module *input = inventory_input_embedding(counter->inventory);
    if (json_is_null(indices)) {
        return true;
    }
    if (json_is_object(indices)) {
        return add_token_dict(counter, indices);
    }
    return add_tokens_to(counter, input != NULL ? input->leaf : "embed_tokens",
                         indices);
}

/* ---- base tensors that are stored along ------------------------------------- */

static bool regex_names_embedding(struct counter *counter, bool *found)
{
    const struct inventory *inventory = counter->inventory;
    *found = false;
    for (size_t i = 0; i < inventory->count && !*found; i++) {
        const struct module *module = &inventory->modules[i];
        if (tying_is_embedding(module->pattern, strlen(module->pattern)) &&
            !pattern_test(counter->selector.regex, module->pattern,
                          strlen(module->pattern), found, counter->err)) {
            return false;
        }
    }
    return true;
}

/* Do the targets reach an embedding by one of the names PEFT looks for? */
static bool targets_embedding(struct counter *counter, bool *found)
{
    *found = false;
    switch (counter->plan.form) {
    case FORM_REGEX:
        return regex_names_embedding(counter, found);
    case FORM_NAMES:
        for (size_t i = 0; i < counter->selector.name_count; i++) {
            const struct select_name *item = &counter->selector.names[i];
            bool whole = memchr(item->name, '.', item->length) == NULL;
            *found |= whole && tying_is_embedding(item->name, item->length);
        }
        break;
    case FORM_LINEAR:
        break;
    }
    return true;
}

/* A layer that the method leaves as it is (OSF and an embedding) has no
 * base_layer.
 */
static bool is_wrapped(const struct counter *counter,
                       const struct module *module)
{
    for (size_t i = 0; i < counter->count->row_count; i++) {
        const struct count_row *row = &counter->rows[i];
        if (row->matched && row->tensor_count > 0 &&
            row->module.pattern == module->pattern) {
            return true;
        }
    }
    return false;
}

static bool store_base(struct counter *counter, const struct module *module)
{
    struct tensor_list list = {.arena = &counter->count->arena};
    uint64_t bias[] = {module_bias_elements(module)};
    tensors_add(&list, ".base_layer.weight", TENSOR_WRITTEN, module->dimensions,
                module->shape)
        ->type = TENSOR_OF_BASE;
    if (module->bias && !saved_writes_bias(counter)) {
        tensors_add(&list, ".base_layer.bias", TENSOR_WRITTEN, 1, bias)->type =
            TENSOR_OF_BASE;
    }
    return extras_add(counter, EXTRA_STORED, module, &list);
}

static bool add_stored(struct counter *counter)
{
    const struct module *layers[] = {
        inventory_input_embedding(counter->inventory),
        inventory_output_embedding(counter->inventory)};
    bool found = false;
    if (!field_is_null(&counter->fields, "trainable_token_indices") ||
        strcmp(counter->settings->method->peft_type, "TRAINABLE_TOKENS") == 0) {
        return true;
    }
    if (!targets_embedding(counter, &found)) {
        return false;
    }
    if (found && inventory_refuses(counter->inventory, "embed_tokens")) {
        return error_set(counter->err, ERROR_UNSUPPORTED,
                         "PEFT cannot save %s with embed_tokens or lm_head "
                         "among its targets, take them off",
                         counter->inventory->class_name);
    }
    for (size_t i = 0; found && i < 2; i++) {
        if (layers[i] != NULL && is_wrapped(counter, layers[i]) &&
            !store_base(counter, layers[i])) {
            return false;
        }
    }
    return true;
}

/* ---- what a method adds once ------------------------------------------------ */

static bool add_shared(struct counter *counter)
{
    const struct method *method = counter->settings->method;
    struct tensor_list list = {.arena = &counter->count->arena};
    if (method->share == NULL) {
        return true;
    }
    return method->share(&counter->group, &list, counter->err) &&
           extras_add(counter, EXTRA_SHARED, NULL, &list);
}

bool counter_add_extras(struct counter *counter)
{
    return saved_add(counter) && add_all_tokens(counter) &&
           add_stored(counter) && add_shared(counter);
}
