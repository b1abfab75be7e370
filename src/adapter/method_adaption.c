/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Adaption prompt: trained tokens with a gate in the attention of the last
 * layers (Zhang et al. 2023, arXiv 2303.16199; PEFT tuners/adaption_prompt).
 * And the two methods that train a further model, which is not counted.
 */
#include "adapter/methods.h"

#include <string.h>

#include "adapter/method.h"
#include "base/text.h"

/* The model types that PEFT knows, and what it looks for in their layers. */
static const struct family {
    const char *model_type, *attention;
    const char *part; /* a module that every attention has */
    const char *size; /* of the hidden states, in the config */
} families[] = {
    {"llama", "self_attn", ".self_attn.q_proj", "hidden_size"},
    {"mistral", "self_attn", ".self_attn.q_proj", "hidden_size"},
    {"gpt2", "attn", ".attn.c_attn", "n_embd"},
};
enum { FAMILIES = sizeof(families) / sizeof(families[0]) };

static const struct family *find_family(const struct inventory *inventory,
                                        struct error *err)
{
    const char *type =
        json_string_value(json_object_get(inventory->config, "model_type"));
    for (size_t i = 0; type != NULL && i < FAMILIES; i++) {
        if (strcmp(families[i].model_type, type) == 0) {
            return &families[i];
        }
    }
    error_set(err, ERROR_UNSUPPORTED,
              "PEFT has adaption prompts for llama, mistral and gpt2 models, "
              "and not for %s",
              type != NULL ? type : inventory->model_type);
    return NULL;
}

/* Does target_modules name the family's attention?  --target makes a list. */
static bool names_attention(const struct fields *fields,
                            const struct family *family)
{
    const json_t *targets = field(fields, "target_modules");
    if (json_array_size(targets) == 1) {
        targets = json_array_get(targets, 0);
    }
    return json_is_null(targets) ||
           (json_is_string(targets) &&
            strcmp(json_string_value(targets), family->attention) == 0);
}

static uint64_t attention_layers(const struct method_group *group,
                                 const struct family *family)
{
    uint64_t layers = 0;
    bool named = names_attention(group->fields, family);
    for (size_t i = 0; named && i < group->inventory->count; i++) {
        const struct module *module = &group->inventory->modules[i];
        layers += text_ends(module->pattern, family->part) ? module->copies : 0;
    }
    return layers;
}

/* The gate and the prompt of one attention; they take the weights' dtype. */
static void adapt_attention(struct tensor_list *list, const char *name,
                            size_t length, uint64_t tokens, uint64_t size)
{
    int width = (int)length;
    tensors_add(list,
                tensors_suffix(list, "model.%.*s.adaption_gate", width, name),
                TENSOR_TRAINABLE, 1, (uint64_t[]){1})
        ->type = TENSOR_OF_BASE;
    tensors_add(list,
                tensors_suffix(list, "model.%.*s.adaption_prompt", width, name),
                TENSOR_TRAINABLE, 3, (uint64_t[]){1, tokens, size})
        ->type = TENSOR_OF_BASE;
}

/* Those of MODULE's copies that come after the first *SKIP attentions. */
static bool adapt_copies(const struct method_group *group,
                         const struct module *module, uint64_t size,
                         uint64_t *skip, struct tensor_list *list,
                         struct error *err)
{
    uint64_t tokens = field_count(group->fields, "adapter_len");
    bool done = true;
    for (uint64_t copy = 0; done && copy < module->copies; copy++) {
        if (*skip > 0) {
            (*skip)--;
            continue;
        }
        struct text name = {0};
        module_append_name(module, copy, &name);
        done = text_ok(&name, err);
        if (done) {
            const char *text = text_string(&name);
            size_t length = (size_t)(strrchr(text, '.') - text);
            adapt_attention(list, text, length, tokens, size);
            done = tensors_ok(list, err);
        }
        text_clear(&name);
    }
    return done;
}

bool adaption_check(const struct fields *fields, struct error *err)
{
    if (field_is_null(fields, "adapter_layers") ||
        field_is_null(fields, "adapter_len")) {
        return error_set(err, ERROR_UNSUPPORTED,
                         "an adaption prompt needs adapter_len and "
                         "adapter_layers: --set adapter_len=10 --set "
                         "adapter_layers=30");
    }
    return field_integer(fields, "adapter_len") >= 0 ||
           error_set(err, ERROR_RANGE, "adapter_len must not be negative");
}

/* How many attentions come before the adapted ones.  PEFT takes a slice from
 * the end, and that of 0 or less leaves out none or the first ones.
 */
static bool first_layer(const struct fields *fields, uint64_t layers,
                        uint64_t *first, struct error *err)
{
    int64_t wanted = field_integer(fields, "adapter_layers");
    if (wanted <= 0) {
        *first = 0 - (uint64_t)wanted;
        return true;
    }
    if ((uint64_t)wanted > layers) {
        return error_set(err, ERROR_UNSUPPORTED,
                         "adapter_layers is %lld, the model has %llu "
                         "attentions of that name",
                         (long long)wanted, (unsigned long long)layers);
    }
    *first = layers - (uint64_t)wanted;
    return true;
}

bool adaption_share(const struct method_group *group, struct tensor_list *list,
                    struct error *err)
{
    const struct inventory *inventory = group->inventory;
    const struct family *family = find_family(inventory, err);
    uint64_t skip = 0;
    if (family == NULL ||
        !first_layer(group->fields, attention_layers(group, family), &skip,
                     err)) {
        return false;
    }
    uint64_t size = (uint64_t)json_integer_value(
        json_object_get(inventory->config, family->size));
    bool done = names_attention(group->fields, family);
    if (done && group->resolved != NULL) {
        targets_add(group->resolved, family->attention,
                    strlen(family->attention));
    }
    for (size_t i = 0; done && i < inventory->count; i++) {
        const struct module *module = &inventory->modules[i];
        if (text_ends(module->pattern, family->part)) {
            done = adapt_copies(group, module, size, &skip, list, err);
        }
    }
    return tensors_ok(list, err) && err->code == ERROR_NONE;
}

/* ---- methods with a further model ------------------------------------------ */

bool shadow_check(const struct fields *fields, struct error *err)
{
    (void)fields;
    return error_set(err, ERROR_UNSUPPORTED,
                     "SHADOW is not counted: it trains a smaller copy of the "
                     "model beside it and wraps whole decoder blocks");
}

bool xlora_check(const struct fields *fields, struct error *err)
{
    (void)fields;
    return error_set(err, ERROR_UNSUPPORTED,
                     "XLORA is not counted: it mixes trained adapters that it "
                     "loads, and needs a model with use_cache false");
}
