/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * IA3, LN tuning and trainable tokens: vectors, norms and rows.
 *
 * Liu et al. 2022; Zhao et al. 2023; PEFT tuners/ia3, ln_tuning and
 * trainable_tokens.
 */
#include <string.h>

#include "adapter/methods.h"
#include "adapter/pattern.h"
#include "base/text.h"

/* ---- IA3 ------------------------------------------------------------------- */

static bool list_has(const json_t *list, const char *name)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *item = json_string_value(json_array_get(list, i));
        if (item != NULL && strcmp(item, name) == 0) {
            return true;
        }
    }
    return false;
}

bool ia3_check(const struct fields *fields, struct error *err)
{
    const json_t *inner = field(fields, "feedforward_modules");
    const json_t *targets = field(fields, "target_modules");
    if (!json_is_array(inner) || !json_is_array(targets)) {
        return true;
    }
    for (size_t i = 0; i < json_array_size(inner); i++) {
        const char *name = json_string_value(json_array_get(inner, i));
        if (name != NULL && !list_has(targets, name)) {
            return error_set(err, ERROR_UNSUPPORTED,
                             "ia3's feedforward_modules has %s, which must "
                             "stand in target_modules too",
                             name);
        }
    }
    return true;
}

/* Names match as any end of a module's name here, not as whole parts of it. */
static bool find_name(const json_t *list, const struct text *name)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *item = json_string_value(json_array_get(list, i));
        if (item != NULL && text_ends(text_string(name), item)) {
            return true;
        }
    }
    return false;
}

static bool match_regex(const char *regex, const struct text *name,
                        bool *matched, struct error *err)
{
    struct pattern *pattern =
        pattern_new(regex, strlen(regex), PATTERN_FULL, err);
    bool ok = pattern != NULL && pattern_test(pattern, text_string(name),
                                              name->length, matched, err);
    pattern_free(pattern);
    return ok;
}

/* Is the module in feedforward_modules?  Told by its first copy. */
static bool is_feedforward(const struct method_site *site, bool *feedforward,
                           struct error *err)
{
    const char *regex = field_text(site->fields, "feedforward_modules");
    struct text name = {0};
    module_append_name(site->module, 0, &name);
    bool ok = text_ok(&name, err);
    *feedforward = false;
    if (ok && regex != NULL) {
        ok = match_regex(regex, &name, feedforward, err);
    } else if (ok) {
        *feedforward =
            find_name(field(site->fields, "feedforward_modules"), &name);
    }
    text_clear(&name);
    return ok;
}

/* One vector: of the inputs of a feedforward module, (1, in), else of the
 * outputs, (out, 1); a convolution's is (1, channels, 1...).
 */
bool ia3_adapt(const struct method_site *site, struct tensor_list *list,
               struct error *err)
{
    const struct module *module = site->module;
    bool feedforward;
    if (!is_feedforward(site, &feedforward, err)) {
        return false;
    }
    list->scaling = 1;
    if (module->kind == MODULE_CONV) {
        if (module->dimensions < 4) {
            return method_refuse(site, err,
                                 "convolutions must have two or "
                                 "three dimensions");
        }
        uint64_t features = feedforward ? method_channels(module) : site->out;
        method_train(list, ".ia3_l", module->dimensions,
                     (uint64_t[]){1, features, 1, 1, 1, 1});
        return true;
    }
    method_train(list, ".ia3_l", 2,
                 feedforward ? (uint64_t[]){1, site->in}
                             : (uint64_t[]){site->out, 1});
    return true;
}

/* ---- LN tuning ------------------------------------------------------------- */

/* A copy of the whole module in the base's dtype. */
bool ln_tuning_adapt(const struct method_site *site, struct tensor_list *list,
                     struct error *err)
{
    (void)err;
    const struct module *module = site->module;
    list->scaling = 1;
    tensors_add(list, ".ln_tuning_layers.weight", TENSOR_TRAINABLE,
                module->dimensions, module->shape)
        ->type = TENSOR_OF_BASE;
    if (module->bias) {
        uint64_t size = module_bias_elements(module);
        tensors_add(list, ".ln_tuning_layers.bias", TENSOR_TRAINABLE, 1, &size)
            ->type = TENSOR_OF_BASE;
    }
    return true;
}

/* ---- trainable tokens ------------------------------------------------------ */

/* The rows of token_indices, Python's negative ones too: (tokens, dim), and a
 * buffer that keeps them as they were.
 */
bool trainable_tokens_adapt(const struct method_site *site,
                            struct tensor_list *list, struct error *err)
{
    bool embedding = site->module->kind == MODULE_EMBEDDING;
    uint64_t rows = embedding ? site->in : site->out;
    uint64_t dim = embedding ? site->out : site->in;
    const json_t *tokens = field(site->fields, "token_indices");
    uint64_t count = json_array_size(tokens);
    for (size_t i = 0; i < count; i++) {
        int64_t token = json_whole(json_array_get(tokens, i));
        uint64_t row = token < 0 ? 0 - (uint64_t)token - 1 : (uint64_t)token;
        if (row >= rows) {
            return method_refuse(site, err, "token %lld is not among its %llu",
                                 (long long)token, (unsigned long long)rows);
        }
    }
    list->scaling = 1;
    uint64_t shape[] = {count, dim};
    method_train(list, ".trainable_tokens_delta", 2, shape);
    tensors_add(list, ".trainable_tokens_original", TENSOR_BUFFER, 2, shape);
    return true;
}

/* Does the weight of MODULE belong to the input embedding at SITE? */
static bool is_tied(const struct method_site *site, const struct module *module)
{
    return module->tied && module_is_layer(module) && module->dimensions == 2 &&
           module->shape[0] == site->module->shape[0] &&
           module->shape[1] == site->module->shape[1];
}

static bool is_site(const struct method_group *group,
                    const struct module *module)
{
    for (size_t i = 0; i < group->count; i++) {
        if (strcmp(group->sites[i].module->name, module->name) == 0) {
            return true;
        }
    }
    return false;
}

/* Modules tied to the embedding get the same rows, written once more each. */
static void write_tied(const struct method_group *group,
                       const struct method_site *site, struct tensor_list *list)
{
    uint64_t tokens = json_array_size(field(group->fields, "token_indices"));
    for (size_t i = 0; i < group->inventory->count; i++) {
        const struct module *module = &group->inventory->modules[i];
        if (is_tied(site, module) && !is_site(group, module)) {
            const char *suffix = tensors_suffix(
                list, "model.%s.trainable_tokens_delta", module->name);
            tensors_add(list, suffix, TENSOR_WRITTEN, 2,
                        (uint64_t[]){tokens, site->module->shape[1]})
                ->stored = true;
        }
    }
}

bool trainable_tokens_share(const struct method_group *group,
                            struct tensor_list *list, struct error *err)
{
    (void)err;
    for (size_t i = 0; i < group->count; i++) {
        const struct method_site *site = &group->sites[i];
        if (site->module->kind == MODULE_EMBEDDING && !site->module->tied) {
            write_tied(group, site, list);
            break;
        }
    }
    return true;
}
