/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * AdaLoRA, DeLoRA, Poly and OSF: LoRA's kin with tensors of their own.
 *
 * Zhang et al. 2023; Bini et al. 2025; Ponti et al. 2022; Nayak et al. 2025;
 * PEFT tuners/adalora, delora, poly and osf.
 */
#include "adapter/methods.h"

/* ---- AdaLoRA --------------------------------------------------------------- */

/* A rank_pattern is what training left of each layer: lists of true, false. */
static bool check_ranks(const struct fields *fields, struct error *err)
{
    const char *name = NULL;
    json_t *value = NULL;
    bool lists = true;
    json_object_foreach(json_object_get(fields->values, "rank_pattern"), name,
                        value)
    {
        lists = lists && json_is_array(value);
    }
    return lists || method_refuse_field(
                        fields, err, "rank_pattern",
                        "holds what pruning left, lists of true and false; "
                        "set init_r for a rank");
}

static bool check_schedule(const struct fields *fields, struct error *err)
{
    int64_t total = field_integer(fields, "total_step");
    if (total <= 0) {
        return method_refuse_field(fields, err, "total_step",
                                   "must be greater than 0: the steps of the "
                                   "whole training, --set total_step=1000");
    }
    double budget = (double)total - field_real(fields, "tfinal");
    return field_real(fields, "tinit") < budget ||
           method_refuse_field(fields, err, "tinit",
                               "must come before total_step - tfinal");
}

bool adalora_check(const struct fields *fields, struct error *err)
{
    if (field_flag(fields, "use_dora")) {
        return method_refuse_field(fields, err, "use_dora", "must be false");
    }
    if (field_flag(fields, "loftq_config")) {
        return method_refuse_field(fields, err, "loftq_config",
                                   "must be empty");
    }
    if (fields->peft != PEFT_0_18 &&
        field_real(fields, "orth_reg_weight") < 0) {
        return method_refuse_field(fields, err, "orth_reg_weight",
                                   "must not be negative");
    }
    return check_schedule(fields, err) && check_ranks(fields, err);
}

/* dW = B diag(E) A with A (r, in), B (out, r), E (r, 1) and the rank itself as
 * a frozen number; r is init_r, and pruning zeroes entries of E.
 */
bool adalora_adapt(const struct method_site *site, struct tensor_list *list,
                   struct error *err)
{
    const struct module *module = site->module;
    uint64_t r = field_count(site->fields, "init_r");
    uint64_t in = site->in;
    if (module->kind == MODULE_CONV) {
        if (!method_is_conv2d(module) || site->fields->peft == PEFT_0_18) {
            return method_refuse(site, err,
                                 "of convolutions only those of two "
                                 "dimensions are supported, since PEFT 0.21");
        }
        in = method_product(method_channels(module), method_kernel(module));
    }
    list->scaling = 1;
    if (site->alpha > 0) {
        list->scaling = r > 0 ? site->alpha / (double)r : 0;
    }
    method_train(list, ".lora_A", 2, (uint64_t[]){r, in});
    method_train(list, ".lora_B", 2, (uint64_t[]){site->out, r});
    method_train(list, ".lora_E", 2, (uint64_t[]){r, 1});
    tensors_add(list, ".ranknum", TENSOR_FROZEN, 1, (uint64_t[]){1});
    return true;
}

/* ---- DeLoRA ---------------------------------------------------------------- */

/* A (r, in), B (out, r), a trained strength, and the norms of W's columns. */
bool delora_adapt(const struct method_site *site, struct tensor_list *list,
                  struct error *err)
{
    (void)err;
    uint64_t r = site->rank;
    double lambda = json_is_number(site->special)
                        ? json_number_value(site->special)
                        : site->alpha;
    list->scaling = lambda / (double)r;
    method_train(list, ".delora_A", 2, (uint64_t[]){r, site->in});
    method_train(list, ".delora_B", 2, (uint64_t[]){site->out, r});
    method_train(list, ".delora_lambda", 1, (uint64_t[]){1});
    tensors_add(list, ".delora_w_norm", TENSOR_BUFFER, 1, &site->in)->stored =
        true;
    return true;
}

/* ---- Poly ------------------------------------------------------------------ */

bool poly_check(const struct fields *fields, struct error *err)
{
    if (!field_is(fields, "poly_type", "poly")) {
        return method_refuse_field(fields, err, "poly_type", "must be poly");
    }
    const char *keys[] = {"r", "n_splits", "n_skills", "n_tasks"};
    for (int i = 0; i < 4; i++) {
        if (field_integer(fields, keys[i]) <= 0) {
            return method_refuse_field(fields, err, keys[i],
                                       "must be greater than 0");
        }
    }
    return true;
}

/* A bank of skills for each split of the features, A (splits, skills, in /
 * splits, r) and B (splits, skills, r, out / splits), and a router's logits.
 */
bool poly_adapt(const struct method_site *site, struct tensor_list *list,
                struct error *err)
{
    (void)err;
    uint64_t splits = field_count(site->fields, "n_splits");
    uint64_t skills = field_count(site->fields, "n_skills");
    uint64_t tasks = field_count(site->fields, "n_tasks");
    uint64_t r = site->rank;
    list->scaling = 1;
    method_train(list, ".poly_lora_A", 4,
                 (uint64_t[]){splits, skills, site->in / splits, r});
    method_train(list, ".poly_lora_B", 4,
                 (uint64_t[]){splits, skills, r, site->out / splits});
    method_train(list, ".poly_router.module_logits", 2,
                 (uint64_t[]){tasks, method_product(splits, skills)});
    return true;
}

/* ---- OSF ------------------------------------------------------------------- */

/* The frozen rank: a half, a fraction in (0, 1] or a number of LEAST. */
static uint64_t frozen_rank(const json_t *value, uint64_t least)
{
    if (json_is_null(value) || value == NULL) {
        return least / 2;
    }
    double number = json_is_real(value) ? json_real_value(value)
                                        : (double)json_whole(value);
    if (json_is_real(value) && number > 0 && number <= 1) {
        number *= (double)least;
    }
    if (number >= (double)least) {
        return least;
    }
    return number > 0 ? (uint64_t)number : 0;
}

/* What stays as it is: the large directions in 0.18, in 0.21 the start of the
 * small ones and the large ones that these do not tell.
 */
static void add_frozen(const struct method_site *site, struct tensor_list *list,
                       uint64_t high, uint64_t low)
{
    uint64_t in = site->in, out = site->out;
    bool old = site->fields->peft == PEFT_0_18;
    uint64_t rank = old ? high : low;
    tensors_add(list, "._osf_U", TENSOR_BUFFER, 2, (uint64_t[]){out, rank});
    tensors_add(list, "._osf_S", TENSOR_BUFFER, 1, &rank);
    tensors_add(list, "._osf_V", TENSOR_BUFFER, 2, (uint64_t[]){rank, in});
    if (!old && out > in) {
        tensors_add(list, "._osf_U_high", TENSOR_BUFFER, 2,
                    (uint64_t[]){out, high});
    } else if (!old && in > out) {
        tensors_add(list, "._osf_V_high", TENSOR_BUFFER, 2,
                    (uint64_t[]){high, in});
    }
}

/* The small singular directions: U (out, k), S (k) and V (k, in), in the base's
 * dtype in 0.18.  PEFT passes over what is no nn.Linear.
 */
bool osf_adapt(const struct method_site *site, struct tensor_list *list,
               struct error *err)
{
    list->scaling = 1;
    if (site->module->kind != MODULE_LINEAR) {
        return true;
    }
    uint64_t least = site->in < site->out ? site->in : site->out;
    uint64_t high = frozen_rank(site->special, least);
    if (high == 0) {
        return method_refuse(site, err,
                             "effective_rank must leave a rank of 1 or more");
    }
    uint64_t low = least - high;
    size_t first = list->count;
    method_train(list, ".osf_svd_params.U_low", 2,
                 (uint64_t[]){site->out, low});
    method_train(list, ".osf_svd_params.S_low", 1, &low);
    method_train(list, ".osf_svd_params.V_low", 2, (uint64_t[]){low, site->in});
    for (size_t i = first; i < list->count; i++) {
        if (site->fields->peft == PEFT_0_18) {
            list->items[i].type = TENSOR_OF_BASE;
        }
    }
    add_frozen(site, list, high, low);
    return true;
}
