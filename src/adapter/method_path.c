/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Methods that scale, shift or pick within one weight: GLoRA, BEFT,
 * Supertuning, AdaMSS.
 */
#include "adapter/methods.h"

#include <string.h>

#include "adapter/method.h"

/* ---- GLoRA: W + W A + B, b + b D + E + W C (Chavan et al. 2023, arXiv
 * 2306.07967; PEFT tuners/glora) --------------------------------------------- */

static bool one_of(const struct fields *fields, const char *key,
                   const char *const *allowed, struct error *err)
{
    for (size_t i = 0; allowed[i] != NULL; i++) {
        if (field_is(fields, key, allowed[i])) {
            return true;
        }
    }
    const char *text = field_text(fields, key);
    return error_set(
        err, ERROR_UNSUPPORTED, "GLoRA's %s cannot be %s%s", key,
        text != NULL ? text : "null",
        strcmp(key, "config_C") == 0 ? ", take lora, vector or none" : "");
}

bool glora_check(const struct fields *fields, struct error *err)
{
    static const char *const weight[] = {"lora", "vector", "constant", "none",
                                         NULL};
    static const char *const mixed[] = {"lora", "vector", "none", NULL};
    static const char *const bias[] = {"vector", "constant", "none", NULL};
    return one_of(fields, "config_A_B", weight, err) &&
           one_of(fields, "config_C", mixed, err) &&
           one_of(fields, "config_D_E", bias, err);
}

/* One of the five paths, (rows, columns), columns 0 for a vector: "lora" as a
 * product of rank r, "vector" one number a row, "constant" one in all, "none" a
 * buffer of zeros, which PEFT saves.
 */
static void glora_path(struct tensor_list *list, char letter, const char *form,
                       uint64_t r, const uint64_t shape[2])
{
    unsigned dimensions = shape[1] > 0 ? 2 : 1;
    if (strcmp(form, "lora") == 0) {
        method_train(list, tensors_suffix(list, ".glora_%c.Xd", letter), 2,
                     (uint64_t[]){shape[0], r});
        method_train(list, tensors_suffix(list, ".glora_%c.Xu", letter), 2,
                     (uint64_t[]){r, shape[1]});
    } else if (strcmp(form, "vector") == 0) {
        method_train(list, tensors_suffix(list, ".glora_%c.X", letter),
                     dimensions, (uint64_t[]){shape[0], 1});
    } else if (strcmp(form, "constant") == 0) {
        method_train(list, tensors_suffix(list, ".glora_%c.X", letter), 1,
                     (uint64_t[]){1});
    } else {
        struct adapter_tensor *zeros =
            tensors_add(list, tensors_suffix(list, ".glora_%c.zeros", letter),
                        TENSOR_BUFFER, dimensions, shape);
        zeros->stored = true;
        zeros->type = TENSOR_OF_BASE;
    }
}

bool glora_adapt(const struct method_site *site, struct tensor_list *list,
                 struct error *err)
{
    const char *weight = field_text(site->fields, "config_A_B");
    bool bias = site->module->bias;
    const char *mixed = bias ? field_text(site->fields, "config_C") : "none";
    const char *vector = bias ? field_text(site->fields, "config_D_E") : "none";
    uint64_t r = site->rank;
    list->scaling = 1.0;
    glora_path(list, 'A', weight, r, (uint64_t[]){site->out, site->in});
    glora_path(list, 'B', weight, r, (uint64_t[]){site->out, site->in});
    glora_path(list, 'C', mixed, r, (uint64_t[]){site->in, 1});
    glora_path(list, 'D', vector, r, (uint64_t[]){site->out, 0});
    glora_path(list, 'E', vector, r, (uint64_t[]){site->out, 0});
    return tensors_ok(list, err);
}

/* ---- BEFT: a bias of its own (PEFT tuners/beft) ----------------------------- */

bool beft_adapt(const struct method_site *site, struct tensor_list *list,
                struct error *err)
{
    list->scaling = 1.0;
    method_train(list, ".beft_bias", 2,
                 (uint64_t[]){1, site->out}); /* (1, out) */
    return tensors_ok(list, err);
}

/* ---- Supertuning: the largest (or smallest) entries of W, with LoRA beside
 * them when r is set (PEFT tuners/supertuning) ------------------------------- */

bool supertuning_check(const struct fields *fields, struct error *err)
{
    double sparsity = field_real(fields, "sparsity");
    if (!(sparsity >= 0.0 && sparsity < 1.0)) {
        return error_set(err, ERROR_RANGE,
                         "sparsity must be at least 0 and below 1");
    }
    if (field_is_null(fields, "r")) {
        return field_is_null(fields, "lora_alpha") ||
               error_set(err, ERROR_UNSUPPORTED,
                         "Supertuning takes lora_alpha only together with r");
    }
    return field_count(fields, "r") > 0 ||
           error_set(err, ERROR_RANGE,
                     "r must be a whole number above 0, or null");
}

static void supertuning_lora(const struct method_site *site,
                             struct tensor_list *list)
{
    uint64_t r = field_count(site->fields, "r");
    double alpha = field_is_null(site->fields, "lora_alpha")
                       ? 2.0 * (double)r
                       : field_real(site->fields, "lora_alpha");
    list->scaling = alpha / (double)r;
    method_train(list, ".supertuning_lora_A.weight", 2, /* (r, in) */
                 (uint64_t[]){r, site->in});
    method_train(list, ".supertuning_lora_B.weight", 2, /* (out, r) */
                 (uint64_t[]){site->out, r});
}

bool supertuning_adapt(const struct method_site *site, struct tensor_list *list,
                       struct error *err)
{
    double sparsity = field_real(site->fields, "sparsity");
    double elements = (double)module_elements(site->module);
    uint64_t chosen = (uint64_t)(elements * (1.0 - sparsity));
    if (chosen < 1) {
        return method_refuse(site, err,
                             "a sparsity of %g leaves none of its %.0f entries",
                             sparsity, elements);
    }
    list->scaling = 1.0;
    tensors_add(list, ".supertuning_values", TENSOR_TRAINABLE, 1, &chosen)
        ->type = TENSOR_F32;
    struct adapter_tensor *indices =
        tensors_add(list, ".supertuning_indices", TENSOR_BUFFER, 1, &chosen);
    indices->type = TENSOR_I32;
    indices->stored = field_flag(site->fields, "save_precomputed_indices");
    if (!field_is_null(site->fields, "r")) {
        supertuning_lora(site, list);
    }
    return tensors_ok(list, err);
}

/* ---- AdaMSS: rows of W in clusters, each with its own small factors (PEFT
 * tuners/adamss).  K-means decides which row is in which cluster; the count
 * needs only their number.  The sizes named here are equal shares: in the file
 * only the digits of a few shapes can differ. -------------------------------- */

enum { SUBSPACES_MOST = 4096 };

bool adamss_check(const struct fields *fields, struct error *err)
{
    if (field_flag(fields, "use_dynamic_rank") &&
        field_integer(fields, "subspace_rank") > 1) {
        return error_set(err, ERROR_UNSUPPORTED,
                         "AdaMSS with use_dynamic_rank takes each subspace's "
                         "rank from the weights, which are not read: set it to "
                         "false or subspace_rank to 1");
    }
    int64_t subspaces = field_integer(fields, "num_subspaces");
    if (subspaces < 1 || subspaces > SUBSPACES_MOST) {
        return error_set(err, ERROR_RANGE, "num_subspaces must be from 1 to %d",
                         SUBSPACES_MOST);
    }
    return rank_check(fields, err);
}

static uint64_t smallest(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* The PART-th cluster: A (rank, r), B (rows, rank). */
static void adamss_cluster(struct tensor_list *list, uint64_t part,
                           uint64_t rows, uint64_t r, uint64_t rank)
{
    unsigned long long n = part;
    rank = smallest(rank > 0 ? rank : 1, rows);
    method_train(list, tensors_suffix(list, ".adamss_A.%llu", n), 2,
                 (uint64_t[]){smallest(rank, r), r});
    method_train(list, tensors_suffix(list, ".adamss_B.%llu", n), 2,
                 (uint64_t[]){rows, rank});
}

bool adamss_adapt(const struct method_site *site, struct tensor_list *list,
                  struct error *err)
{
    uint64_t in = site->in + site->module->bias; /* the bias is a column */
    uint64_t r = smallest(site->rank, smallest(in, site->out));
    uint64_t parts =
        smallest(field_count(site->fields, "num_subspaces"), site->out);
    uint64_t rank = field_count(site->fields, "subspace_rank");
    list->scaling = 1.0;
    for (uint64_t i = 0; i < parts && !list->failed; i++) {
        uint64_t rows = site->out / parts + (i < site->out % parts);
        adamss_cluster(list, i, rows, r, rank);
    }
    tensors_add(list, ".adamss_newB", TENSOR_BUFFER, 2, /* (r, in) */
                (uint64_t[]){r, in})
        ->stored = true;
    return tensors_ok(list, err);
}
