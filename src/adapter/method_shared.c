/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * VeRA, PVeRA, RandLoRA and VB-LoRA: matrices that all modules share.
 *
 * Kopiczko et al. 2023; Albert et al. 2025; Li et al. 2024; PEFT tuners/vera,
 * pvera, randlora and vblora.
 */
#include "adapter/methods.h"

/* A shared random matrix that is in the file when save_projection says so. */
static void add_projection(const struct fields *fields,
                           struct tensor_list *list, const char *suffix,
                           enum tensor_role role, unsigned dimensions,
                           const uint64_t shape[])
{
    tensors_add(list, suffix, role, dimensions, shape)->stored =
        field_flag(fields, "save_projection");
}

/* ---- VeRA and PVeRA -------------------------------------------------------- */

/* dW = diag(b) B diag(d) A with b (out) and d (r). */
bool vera_adapt(const struct method_site *site, struct tensor_list *list,
                struct error *err)
{
    (void)err;
    list->scaling = 1;
    method_train(list, ".vera_lambda_b", 1, &site->out);
    method_train(list, ".vera_lambda_d", 1, &site->rank);
    return true;
}

/* A (times r, most in) and B (most out, r). */
static bool share_pair(const struct method_group *group,
                       struct tensor_list *list, const char *a, const char *b,
                       uint64_t times)
{
    const struct fields *fields = group->fields;
    uint64_t r = field_count(fields, "r");
    uint64_t in, out;
    method_largest(group, &in, &out);
    add_projection(fields, list, a, TENSOR_BUFFER, 2,
                   (uint64_t[]){method_product(times, r), in});
    add_projection(fields, list, b, TENSOR_BUFFER, 2, (uint64_t[]){out, r});
    return true;
}

bool vera_share(const struct method_group *group, struct tensor_list *list,
                struct error *err)
{
    (void)err;
    return share_pair(group, list, "vera_A", "vera_B", 1);
}

/* A mean and a variance for each of the r: d and A have 2 r. */
bool pvera_adapt(const struct method_site *site, struct tensor_list *list,
                 struct error *err)
{
    (void)err;
    uint64_t twice = method_product(2, site->rank);
    list->scaling = 1;
    method_train(list, ".pvera_lambda_b", 1, &site->out);
    method_train(list, ".pvera_lambda_d", 1, &twice);
    return true;
}

bool pvera_share(const struct method_group *group, struct tensor_list *list,
                 struct error *err)
{
    (void)err;
    return share_pair(group, list, "pvera_A", "pvera_B", 2);
}

/* ---- RandLoRA -------------------------------------------------------------- */

static uint64_t lesser(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Bases of rank r that reach full rank. */
static uint64_t bases(uint64_t in, uint64_t out, uint64_t r)
{
    uint64_t least = lesser(in, out);
    return least / r + (least % r != 0);
}

/* The bases over the largest dimensions of all modules: A (r, 1, lesser) and
 * B (greater, bases, r).
 */
static void add_bases(const struct method_group *group,
                      struct tensor_list *list, const char *a, const char *b,
                      enum tensor_role role)
{
    uint64_t r = field_count(group->fields, "r");
    uint64_t in, out;
    method_largest(group, &in, &out);
    uint64_t most = in > out ? in : out;
    add_projection(group->fields, list, a, role, 3,
                   (uint64_t[]){r, 1, lesser(in, out)});
    add_projection(group->fields, list, b, role, 3,
                   (uint64_t[]){most, bases(in, out, r), r});
}

/* lambda (r, n) and gamma (n, lesser) for n bases.  PEFT's filter on names lets
 * the shared bases through once more for each module.
 */
bool randlora_adapt(const struct method_site *site, struct tensor_list *list,
                    struct error *err)
{
    (void)err;
    uint64_t r = site->rank;
    uint64_t n = bases(site->in, site->out, r);
    list->scaling = site->alpha / (double)r;
    method_train(list, ".randlora_lambda", 2, (uint64_t[]){r, n});
    method_train(list, ".randlora_gamma", 2,
                 (uint64_t[]){n, lesser(site->in, site->out)});
    if (site->group != NULL) {
        add_bases(site->group, list, ".randlora_A", ".randlora_B",
                  TENSOR_WRITTEN);
    }
    return true;
}

bool randlora_share(const struct method_group *group, struct tensor_list *list,
                    struct error *err)
{
    (void)err;
    add_bases(group, list, "randlora_A", "randlora_B", TENSOR_BUFFER);
    return true;
}

/* ---- VB-LoRA --------------------------------------------------------------- */

bool vblora_check(const struct fields *fields, struct error *err)
{
    const char *keys[] = {"r", "topk", "num_vectors", "vector_length"};
    for (int i = 0; i < 4; i++) {
        if (field_integer(fields, keys[i]) <= 0) {
            return method_refuse_field(fields, err, keys[i],
                                       "must be greater than 0");
        }
    }
    return !field_flag(fields, "save_only_topk_weights") ||
           field_count(fields, "topk") <= field_count(fields, "num_vectors") ||
           method_refuse_field(fields, err, "topk",
                               "must not pass num_vectors");
}

static enum tensor_type index_type(uint64_t vectors)
{
    if (vectors < 1u << 8) {
        return TENSOR_U8;
    }
    if (vectors < 1u << 15) {
        return TENSOR_I16;
    }
    return vectors < 1u << 31 ? TENSOR_I32 : TENSOR_I64;
}

/* Which vectors make a factor: (a, b, vectors) logits, of which the file may
 * hold the topk largest instead, the last weight left out as they sum to 1.
 */
static void add_logits(const struct fields *fields, struct tensor_list *list,
                       char factor, uint64_t a, uint64_t b)
{
    const char *name = tensors_suffix(list, ".vblora_logits_%c", factor);
    uint64_t vectors = field_count(fields, "num_vectors");
    uint64_t topk = field_count(fields, "topk");
    struct adapter_tensor *logits = tensors_add(list, name, TENSOR_TRAINABLE, 3,
                                                (uint64_t[]){a, b, vectors});
    if (!field_flag(fields, "save_only_topk_weights")) {
        return;
    }
    logits->stored = false;
    struct adapter_tensor *indices =
        tensors_add(list, tensors_suffix(list, "%s_topk_indices", name),
                    TENSOR_WRITTEN, 3, (uint64_t[]){a, b, topk});
    indices->type = index_type(vectors);
    indices->stored = true;
    tensors_add(list, tensors_suffix(list, "%s_topk_weights", name),
                TENSOR_WRITTEN, 3, (uint64_t[]){a, b, topk - 1})
        ->stored = true;
}

bool vblora_adapt(const struct method_site *site, struct tensor_list *list,
                  struct error *err)
{
    uint64_t length = field_count(site->fields, "vector_length");
    if (site->in % length != 0 || site->out % length != 0) {
        return method_refuse(
            site, err, "vector_length %llu must divide %llu and %llu",
            (unsigned long long)length, (unsigned long long)site->in,
            (unsigned long long)site->out);
    }
    list->scaling = 1;
    add_logits(site->fields, list, 'A', site->rank, site->in / length);
    add_logits(site->fields, list, 'B', site->out / length, site->rank);
    return true;
}

bool vblora_share(const struct method_group *group, struct tensor_list *list,
                  struct error *err)
{
    (void)err;
    method_train(list, "vblora_vector_bank", 2,
                 (uint64_t[]){field_count(group->fields, "num_vectors"),
                              field_count(group->fields, "vector_length")});
    return true;
}
