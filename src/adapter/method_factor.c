/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Low-rank relatives whose factors are cut, bent or rotated: GraLoRA, HiRA,
 * PEANuT, PSOFT, DEFT.
 */
#include "adapter/methods.h"

#include "adapter/method.h"

/* ---- GraLoRA: k x k blocks, each with its own factors (Jung et al. 2025,
 * arXiv 2505.20355; PEFT tuners/gralora) ------------------------------------- */

bool gralora_check(const struct fields *fields, struct error *err)
{
    int64_t k = field_integer(fields, "gralora_k");
    if (k < 1) {
        return error_set(err, ERROR_RANGE,
                         "gralora_k must be a whole number above 0");
    }
    int64_t rank = field_integer(fields, "r");
    if (rank % k != 0) {
        return error_set(err, ERROR_UNSUPPORTED,
                         "GraLoRA needs an r that gralora_k divides, %lld and "
                         "%lld do not fit",
                         (long long)rank, (long long)k);
    }
    if (field_integer(fields, "hybrid_r") < 0) {
        return error_set(err, ERROR_RANGE, "hybrid_r must not be negative");
    }
    return rank_check(fields, err);
}

bool gralora_adapt(const struct method_site *site, struct tensor_list *list,
                   struct error *err)
{
    uint64_t k = field_count(site->fields, "gralora_k");
    uint64_t r = site->rank, hybrid = field_count(site->fields, "hybrid_r");
    if (site->in % k != 0 || site->out % k != 0) {
        return method_refuse(site, err,
                             "gralora_k (%llu) must divide its %llu inputs and "
                             "%llu outputs",
                             (unsigned long long)k,
                             (unsigned long long)site->in,
                             (unsigned long long)site->out);
    }
    list->scaling = site->alpha / (double)(r + hybrid);
    method_train(list, ".gralora_A", 3, /* (k, in / k, r) */
                 (uint64_t[]){k, site->in / k, r});
    method_train(list, ".gralora_B", 3, /* (k, r, out / k) */
                 (uint64_t[]){k, r, site->out / k});
    if (hybrid > 0) {
        method_train(list, ".gralora_A_general.weight", 2, /* (hybrid, in) */
                     (uint64_t[]){hybrid, site->in});
        method_train(list, ".gralora_B_general.weight", 2, /* (out, hybrid) */
                     (uint64_t[]){site->out, hybrid});
    }
    return tensors_ok(list, err);
}

/* ---- HiRA: dW = W * (B A), element by element (Huang et al. 2025; PEFT
 * tuners/hira) --------------------------------------------------------------- */

/* A convolution: A (r, in, kernel...), B (out, r, 1...). */
static bool hira_convolution(const struct method_site *site, uint64_t r,
                             struct tensor_list *list, struct error *err)
{
    const struct module *module = site->module;
    if (module_groups(module) > 1) {
        return method_refuse(site, err, "it is a convolution in groups");
    }
    uint64_t a[MODULE_DIMENSIONS] = {r, module->shape[1]};
    uint64_t b[MODULE_DIMENSIONS] = {module->shape[0], r};
    for (unsigned i = 2; i < module->dimensions; i++) {
        a[i] = module->shape[i];
        b[i] = 1;
    }
    method_train(list, ".hira_A", module->dimensions, a);
    method_train(list, ".hira_B", module->dimensions, b);
    return tensors_ok(list, err);
}

bool hira_adapt(const struct method_site *site, struct tensor_list *list,
                struct error *err)
{
    /* PEFT reads rank_pattern and then takes r for every module. */
    uint64_t r = field_count(site->fields, "r");
    list->scaling = 1.0;
    if (site->module->kind == MODULE_CONV) {
        return hira_convolution(site, r, list, err);
    }
    bool embedding = site->module->kind == MODULE_EMBEDDING;
    method_train(list, embedding ? ".hira_embedding_A" : ".hira_A", 2,
                 (uint64_t[]){r, site->in}); /* (r, in) */
    method_train(list, embedding ? ".hira_embedding_B" : ".hira_B", 2,
                 (uint64_t[]){site->out, r}); /* (out, r) */
    return tensors_ok(list, err);
}

/* ---- PEANuT: a small network reads the weight (Zhong et al. 2024, arXiv
 * 2410.01870; PEFT tuners/peanut) -------------------------------------------- */

enum { DEPTH_MOST = 1024 };

bool peanut_check(const struct fields *fields, struct error *err)
{
    int64_t depth = field_integer(fields, "depth");
    if (depth < 0 || depth > DEPTH_MOST) {
        return error_set(err, ERROR_RANGE, "depth must be from 0 to %d",
                         DEPTH_MOST);
    }
    return rank_check(fields, err);
}

bool peanut_adapt(const struct method_site *site, struct tensor_list *list,
                  struct error *err)
{
    uint64_t r = site->rank, depth = field_count(site->fields, "depth");
    list->scaling = field_real(site->fields, "scaling");
    /* A reads W's transpose, whose rows have out entries. */
    method_train(list, ".peanut_A.weight", 2, (uint64_t[]){r, site->out});
    for (uint64_t i = 0; i < depth && !list->failed; i++) {
        unsigned long long n = i;
        const uint64_t square[] = {r, r};
        method_train(list,
                     tensors_suffix(list, ".peanut_encoders.%llu.weight", n), 2,
                     square);
        method_train(list,
                     tensors_suffix(list, ".peanut_decoders.%llu.weight", n), 2,
                     square);
    }
    method_train(list, ".peanut_B.weight", 2, (uint64_t[]){site->out, r});
    return tensors_ok(list, err);
}

/* ---- PSOFT: W = B R A with R a rotation, A and B from W's SVD (Wu et al.
 * 2025, arXiv 2505.11235; PEFT tuners/psoft) --------------------------------- */

bool psoft_check(const struct fields *fields, struct error *err)
{
    if (!field_is(fields, "ab_svd_init", "psoft_init") &&
        !field_is(fields, "ab_svd_init", "pissa_init")) {
        return error_set(err, ERROR_UNSUPPORTED,
                         "ab_svd_init must be psoft_init or pissa_init");
    }
    if (!field_is(fields, "psoft_svd", "full") &&
        !field_is(fields, "psoft_svd", "lowrank")) {
        return error_set(err, ERROR_UNSUPPORTED,
                         "psoft_svd must be full or lowrank");
    }
    if (field_flag(fields, "use_cayley_neumann") &&
        field_integer(fields, "num_cayley_neumann_terms") < 1) {
        return error_set(err, ERROR_RANGE,
                         "num_cayley_neumann_terms must be above 0");
    }
    return rank_check(fields, err);
}

/* What PEFT keeps beside R and never saves: A, B and R's index pairs. */
static void psoft_buffers(const struct method_site *site, uint64_t pairs,
                          struct tensor_list *list)
{
    uint64_t r = site->rank;
    tensors_add(list, "._psoft_A_cache", TENSOR_BUFFER, 2, /* (r, in) */
                (uint64_t[]){r, site->in});
    tensors_add(list, "._psoft_B_cache", TENSOR_BUFFER, 2, /* (out, r) */
                (uint64_t[]){site->out, r});
    if (pairs > 0) {
        tensors_add(list, ".psoft_R.rows", TENSOR_BUFFER, 1, &pairs)->type =
            TENSOR_I64;
        tensors_add(list, ".psoft_R.cols", TENSOR_BUFFER, 1, &pairs)->type =
            TENSOR_I64;
    }
}

bool psoft_adapt(const struct method_site *site, struct tensor_list *list,
                 struct error *err)
{
    uint64_t r = site->rank;
    if (r > site->in || r > site->out) {
        return method_refuse(
            site, err, "r (%llu) is above its %llu inputs or %llu outputs",
            (unsigned long long)r, (unsigned long long)site->in,
            (unsigned long long)site->out);
    }
    bool orthogonal = field_flag(site->fields, "psoft_orth");
    uint64_t pairs = orthogonal ? r * (r - 1) / 2 : 0;
    list->scaling = site->alpha / (double)r;
    method_train(list, ".psoft_R.weight", orthogonal ? 1 : 2,
                 orthogonal ? &pairs : (uint64_t[]){r, r});
    if (field_flag(site->fields, "psoft_mag_b")) {
        method_train(list, ".psoft_R.vector_b", 1, &r);
    }
    if (field_flag(site->fields, "psoft_mag_a")) {
        method_train(list, ".psoft_R.vector_a", 1, &r);
    }
    psoft_buffers(site, pairs, list);
    return tensors_ok(list, err);
}

/* ---- DEFT: remove a subspace of W and inject another (PEFT tuners/deft) ----- */

bool deft_check(const struct fields *fields, struct error *err)
{
    if (!field_is(fields, "decomposition_method", "qr") &&
        !field_is(fields, "decomposition_method", "relu")) {
        return error_set(err, ERROR_UNSUPPORTED,
                         "decomposition_method must be qr or relu");
    }
    return rank_check(fields, err);
}

bool deft_adapt(const struct method_site *site, struct tensor_list *list,
                struct error *err)
{
    uint64_t r = site->rank < site->out ? site->rank : site->out;
    double alpha = field_real(site->fields, "alpha");
    list->scaling = field_flag(site->fields, "alpha") ? alpha / (double)r : 1.0;
    method_train(list, ".deft_P", 2, (uint64_t[]){site->out, r}); /* (out, r) */
    if (!field_flag(site->fields, "para")) {
        method_train(list, ".deft_R", 2,
                     (uint64_t[]){r, site->in}); /* (r, in) */
    }
    return tensors_ok(list, err);
}
