/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * MiSS, Bone and C3A: the weight in blocks.
 *
 * Kang and Yin 2024; Chen et al. 2024; PEFT tuners/miss, bone and c3a.
 */
#include "adapter/methods.h"

/* "bat": a full r x r block for each r outputs, (out / r, r, r). */
static bool add_bat(const struct method_site *site, struct tensor_list *list,
                    const char *suffix, struct error *err)
{
    uint64_t r = site->rank;
    if (site->in % r != 0 || site->out % r != 0) {
        return method_refuse(
            site, err, "init_weights bat needs an r that divides %llu and %llu",
            (unsigned long long)site->in, (unsigned long long)site->out);
    }
    method_train(list, suffix, 3, (uint64_t[]){site->out / r, r, r});
    return true;
}

/* ---- MiSS ------------------------------------------------------------------ */

bool miss_check(const struct fields *fields, struct error *err)
{
    if (!rank_check(fields, err)) {
        return false;
    }
    return !field_is(fields, "init_weights", "mini") ||
           field_integer(fields, "mini_r") > 0 ||
           method_refuse_field(fields, err, "mini_r", "must be greater than 0");
}

/* (r, out), or (r, mini_r) with mini. */
bool miss_adapt(const struct method_site *site, struct tensor_list *list,
                struct error *err)
{
    const struct fields *fields = site->fields;
    list->scaling = 1;
    if (fields->peft != PEFT_0_18 && site->rank > site->in) {
        return method_refuse(site, err, "r passes its %llu input features",
                             (unsigned long long)site->in);
    }
    if (field_is(fields, "init_weights", "bat")) {
        return add_bat(site, list, ".miss_block", err);
    }
    uint64_t columns = site->out;
    if (field_is(fields, "init_weights", "mini")) {
        columns = field_count(fields, "mini_r");
        if (site->out % columns != 0) {
            return method_refuse(site, err,
                                 "mini_r must divide its %llu outputs",
                                 (unsigned long long)site->out);
        }
    }
    method_train(list, ".miss_block", 2, (uint64_t[]){site->rank, columns});
    return true;
}

/* ---- Bone ------------------------------------------------------------------ */

/* (r, out). */
bool bone_adapt(const struct method_site *site, struct tensor_list *list,
                struct error *err)
{
    list->scaling = 1;
    if (field_is(site->fields, "init_weights", "bat")) {
        return add_bat(site, list, ".bone_block", err);
    }
    method_train(list, ".bone_block", 2, (uint64_t[]){site->rank, site->out});
    return true;
}

/* ---- C3A ------------------------------------------------------------------- */

/* A circulant block is its first column: (out / b, in / b, b), always fp32
 * for the Fourier transform.
 */
bool c3a_adapt(const struct method_site *site, struct tensor_list *list,
               struct error *err)
{
    int64_t block = json_whole(site->special);
    if (block <= 0) {
        return method_refuse(site, err, "block_size must be greater than 0");
    }
    uint64_t b = (uint64_t)block;
    if (site->in % b != 0 || site->out % b != 0) {
        return method_refuse(
            site, err, "block_size %llu must divide %llu and %llu",
            (unsigned long long)b, (unsigned long long)site->in,
            (unsigned long long)site->out);
    }
    list->scaling = 1;
    tensors_add(list, ".c3a_kernel", TENSOR_TRAINABLE, 3,
                (uint64_t[]){site->out / b, site->in / b, b})
        ->type = TENSOR_F32;
    return true;
}
