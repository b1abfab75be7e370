/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * LoRA and its variants: two thin matrices whose product is the update.
 *
 * Source: Hu et al. 2021, section 4.1; PEFT 0.18.1 and 0.21.2,
 * tuners/lora/layer.py, config.py, variants.py.
 */
#include <math.h>
#include <string.h>

#include "adapter/methods.h"

static bool has_start(const struct fields *fields, const char *name)
{
    return field_is(fields, "init_lora_weights", name);
}

/* How A and B start: init_lora_weights. */
static bool check_start(const struct fields *fields, struct error *err)
{
    static const char *const always[] = {
        "gaussian", "eva", "olora", "pissa", "corda", "orthogonal", "loftq"};
    static const char *const later[] = {"mica", "lora_ga"};
    const char *start = field_text(fields, "init_lora_weights");
    bool known = start == NULL || strncmp(start, "pissa_niter_", 12) == 0;
    for (size_t i = 0; !known && i < sizeof(always) / sizeof(always[0]); i++) {
        known = strcmp(start, always[i]) == 0;
    }
    for (size_t i = 0; !known && fields->peft != PEFT_0_18 &&
                       i < sizeof(later) / sizeof(later[0]);
         i++) {
        known = strcmp(start, later[i]) == 0;
    }
    return known || error_set(err, ERROR_UNSUPPORTED,
                              "init_lora_weights is \"%.40s\", PEFT %s does "
                              "not know it",
                              start, peft_version_name(fields->peft));
}

static bool check_bias(const struct fields *fields, struct error *err)
{
    if (!field_flag(fields, "lora_bias")) {
        return true;
    }
    if (field_flag(fields, "use_dora")) {
        return error_set(err, ERROR_UNSUPPORTED,
                         "lora_bias and use_dora exclude each other, turn one "
                         "off");
    }
    return field_text(fields, "init_lora_weights") == NULL ||
           error_set(err, ERROR_UNSUPPORTED,
                     "lora_bias goes with init_lora_weights true or false, not "
                     "with \"%.40s\"",
                     field_text(fields, "init_lora_weights"));
}

bool lora_check(const struct fields *fields, struct error *err)
{
    double dropout = field_real(fields, "lora_dropout");
    const json_t *loftq = field(fields, "loftq_config");
    if (dropout > 1.0) {
        return error_set(err, ERROR_UNSUPPORTED,
                         "lora_dropout must be between 0 and 1");
    }
    if (has_start(fields, "loftq") &&
        json_object_get(loftq, "loftq_iter") == NULL) {
        return error_set(err, ERROR_UNSUPPORTED,
                         "init_lora_weights \"loftq\" needs a loftq_config "
                         "with loftq_bits and loftq_iter");
    }
    if (field_flag(fields, "use_dora") &&
        field_flag(fields, "megatron_config")) {
        return error_set(err, ERROR_UNSUPPORTED,
                         "use_dora does not go with megatron_config");
    }
    return check_start(fields, err) && check_bias(fields, err);
}

/* ---- shapes ----------------------------------------------------------------- */

struct shapes {
    unsigned dimensions;
    uint64_t a[MODULE_DIMENSIONS], b[MODULE_DIMENSIONS];
};

/* A (r, in, kernel...) ungrouped, B (out, r / groups, 1...). */
static bool conv_shapes(const struct method_site *site, struct shapes *shapes,
                        struct error *err)
{
    const struct module *module = site->module;
    uint64_t groups = module_groups(module);
    if (site->rank % groups != 0) {
        return method_refuse(site, err,
                             "it has %llu groups, which must divide the rank",
                             (unsigned long long)groups);
    }
    shapes->dimensions = module->dimensions;
    shapes->a[1] = site->in * groups;
    shapes->b[1] = site->rank / groups;
    for (unsigned i = 2; i < module->dimensions; i++) {
        shapes->a[i] = module->shape[i];
        shapes->b[i] = 1;
    }
    return true;
}

/* A (r E, in), B (out, r E) of a stack of E matrices; E is 1 for one.  PEFT 0.18
 * takes every stack for (E, in, out), later releases ask how it is stored.
 */
static bool stack_shapes(const struct method_site *site, struct shapes *shapes,
                         struct error *err)
{
    const struct module *module = site->module;
    bool stacked = module->dimensions == 3;
    bool transposed = module->kind == MODULE_EXPERTS_T ||
                      (stacked && site->fields->peft == PEFT_0_18);
    uint64_t width = site->rank;
    if (stacked && !checked_mul(width, module->shape[0], &width)) {
        return error_set(err, ERROR_RANGE, "the rank of %s is too large",
                         module->name);
    }
    const uint64_t *matrix = stacked ? module->shape + 1 : module->shape;
    shapes->a[0] = width;
    shapes->a[1] = matrix[transposed ? 0 : 1];
    shapes->b[0] = matrix[transposed ? 1 : 0];
    shapes->b[1] = width;
    return true;
}

static bool find_shapes(const struct method_site *site, struct shapes *shapes,
                        struct error *err)
{
    *shapes = (struct shapes){.dimensions = 2,
                              .a = {site->rank, site->in},
                              .b = {site->out, site->rank}};
    if (site->parameter) {
        return stack_shapes(site, shapes, err);
    }
    return site->module->kind != MODULE_CONV || conv_shapes(site, shapes, err);
}

/* ---- what the variants add -------------------------------------------------- */

/* DoRA's magnitude: one number an output. */
static void add_magnitude(const struct method_site *site,
                          const struct shapes *shapes, struct tensor_list *list)
{
    uint64_t shape[MODULE_DIMENSIONS] = {site->out};
    unsigned dimensions = 1;
    if (site->module->kind == MODULE_CONV) {
        dimensions = shapes->dimensions; /* (1, out, 1...) */
        for (unsigned i = 0; i < dimensions; i++) {
            shape[i] = i == 1 ? site->out : 1;
        }
    }
    tensors_add(list, ".lora_magnitude_vector", TENSOR_TRAINABLE, dimensions,
                shape);
}

/* KaSA's diagonal between B and A. */
static void add_diagonal(const struct method_site *site,
                         struct tensor_list *list)
{
    tensors_add(list, ".lora_diag", TENSOR_TRAINABLE, 1, &site->rank);
}

/* MonteCLoRA's sampler: priors that train, what was drawn beside them. */
static void add_sampler(const struct method_site *site,
                        struct tensor_list *list)
{
    const json_t *config = field(site->fields, "monteclora_config");
    const json_t *value = json_object_get(config, "num_samples");
    uint64_t samples[] = {value != NULL ? (uint64_t)json_whole(value) : 8};
    uint64_t square[] = {site->rank, site->rank};
    tensors_add(list, ".lora_monteclora_sampler.std_prior", TENSOR_TRAINABLE, 1,
                &site->rank);
    tensors_add(list, ".lora_monteclora_sampler.expert_weights_prior",
                TENSOR_TRAINABLE, 1, samples);
    tensors_add(list, ".lora_monteclora_sampler.gaussian_var_prior",
                TENSOR_BUFFER, 2, square)
        ->stored = true;
    tensors_add(list, ".lora_monteclora_sampler.expert_weights", TENSOR_BUFFER,
                1, samples)
        ->stored = true;
}

/* Does one of BD-LoRA's patterns stand in the module's name? */
static bool has_pattern(const struct method_site *site, const char *key)
{
    const json_t *config = field(site->fields, "use_bdlora");
    const json_t *list = json_object_get(config, key);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *part = json_string_value(json_array_get(list, i));
        if (part != NULL && strstr(site->module->pattern, part) != NULL) {
            return true;
        }
    }
    return false;
}

/* BD-LoRA: A or B in blocks along its diagonal, 1 / nblocks of the numbers. */
static bool block_shapes(const struct method_site *site, struct shapes *shapes,
                         struct error *err)
{
    const json_t *config = field(site->fields, "use_bdlora");
    const json_t *strict = json_object_get(config, "match_strict");
    const json_t *number = json_object_get(config, "nblocks");
    int64_t blocks = number != NULL ? json_whole(number) : 1;
    bool a = has_pattern(site, "target_modules_bd_a");
    bool b = has_pattern(site, "target_modules_bd_b");
    uint64_t *side = a ? &shapes->a[1] : &shapes->b[0];
    if (site->module->kind != MODULE_LINEAR) {
        return method_refuse(site, err, "BD-LoRA is for nn.Linear only");
    }
    if (!a && !b) {
        return (strict != NULL && !json_truth(strict)) ||
               method_refuse(site, err,
                             "no pattern of use_bdlora names it; add one, or "
                             "set match_strict to false");
    }
    if ((a && b) || blocks < 1 || *side % (uint64_t)blocks != 0) {
        return method_refuse(site, err,
                             a && b ? "use_bdlora names it for A and for B"
                                    : "nblocks does not divide its features");
    }
    *side /= (uint64_t)blocks;
    return true;
}

/* A Conv1D that is a target as a module turns fan_in_fan_out on for all. */
static bool has_conv1d(const struct method_group *group)
{
    for (size_t i = 0; i < group->count; i++) {
        const struct method_site *other = &group->sites[i];
        if (!other->parameter && other->module->kind == MODULE_CONV1D) {
            return true;
        }
    }
    return false;
}

static bool check_parameter(const struct method_site *site, struct error *err)
{
    static const char *const fields[] = {"lora_dropout",  "use_dora",
                                         "lora_bias",     "fan_in_fan_out",
                                         "velora_config", "kasa_config"};
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (field_flag(site->fields, fields[i])) {
            return method_refuse(site, err,
                                 "PEFT takes no %s for parameters, turn it off",
                                 fields[i]);
        }
    }
    return !has_conv1d(site->group) ||
           method_refuse(site, err,
                         "PEFT takes no parameters beside a Conv1D module, "
                         "leave target_modules empty ([])");
}

static bool check_site(const struct method_site *site, struct error *err)
{
    bool embedding = site->module->kind == MODULE_EMBEDDING && !site->parameter;
    if (site->rank == 0) {
        return method_refuse(site, err, "its rank must be 1 or more");
    }
    if (embedding && field_flag(site->fields, "lora_bias")) {
        return method_refuse(site, err,
                             "lora_bias does not go with embeddings");
    }
    if (!field_is_null(site->fields, "kasa_config") &&
        site->module->kind != MODULE_LINEAR) {
        return method_refuse(site, err, "KaSA is for nn.Linear only");
    }
    return !site->parameter || check_parameter(site, err);
}

static double scaling(const struct method_site *site)
{
    double rank = (double)site->rank;
    bool stable = field_flag(site->fields, "use_rslora");
    return site->alpha / (stable ? sqrt(rank) : rank);
}

/* A, B and what the variant adds; A or B frozen as told. */
static bool add_lora(const struct method_site *site, struct tensor_list *list,
                     enum tensor_role a, enum tensor_role b, struct error *err)
{
    struct shapes shapes;
    const struct fields *fields = site->fields;
    bool embedding = site->module->kind == MODULE_EMBEDDING && !site->parameter;
    if (!check_site(site, err) || !find_shapes(site, &shapes, err) ||
        (field_flag(fields, "use_bdlora") &&
         !block_shapes(site, &shapes, err))) {
        return false;
    }
    tensors_add(list, embedding ? ".lora_embedding_A" : ".lora_A.weight", a,
                shapes.dimensions, shapes.a)
        ->stored = true;
    tensors_add(list, embedding ? ".lora_embedding_B" : ".lora_B.weight", b,
                shapes.dimensions, shapes.b)
        ->stored = true;
    if (field_flag(fields, "lora_bias")) {
        tensors_add(list, ".lora_B.bias", TENSOR_TRAINABLE, 1, &site->out);
    }
    if (field_flag(fields, "use_dora")) {
        add_magnitude(site, &shapes, list);
    }
    if (!field_is_null(fields, "kasa_config")) {
        add_diagonal(site, list);
    }
    if (!field_is_null(fields, "monteclora_config")) {
        add_sampler(site, list);
    }
    list->scaling = scaling(site);
    return true;
}

bool lora_adapt(const struct method_site *site, struct tensor_list *list,
                struct error *err)
{
    bool mica = has_start(site->fields, "mica");
    return add_lora(site, list, TENSOR_TRAINABLE,
                    mica ? TENSOR_FROZEN : TENSOR_TRAINABLE, err);
}

bool lora_fa_adapt(const struct method_site *site, struct tensor_list *list,
                   struct error *err)
{
    return add_lora(site, list, TENSOR_FROZEN, TENSOR_TRAINABLE, err);
}
