/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * OFT, BOFT, HRA and RoAd: the weight is rotated or reflected.
 *
 * Qiu et al. 2023; Liu et al. 2023; Yuan et al. 2024; Liao and Monz 2024;
 * PEFT tuners/oft, boft, hra and road.
 */
#include "adapter/methods.h"

/* Features that are rotated: of a convolution channels times the square of the
 * kernel's height, of an embedding its vectors' size; 0 with *err set.
 */
static uint64_t rotated(const struct method_site *site, struct error *err)
{
    const struct module *module = site->module;
    if (module->kind == MODULE_EMBEDDING) {
        return site->out;
    }
    if (module->kind != MODULE_CONV) {
        return site->in;
    }
    if (!method_is_conv2d(module)) {
        method_refuse(site, err, "convolutions must have two dimensions");
        return 0;
    }
    return method_product(method_channels(module),
                          method_kernel_square(module));
}

/* ---- OFT ------------------------------------------------------------------- */

/* One of two sizes is given and the other follows: A times B is what the
 * weight has.
 */
static bool check_either(const struct fields *fields, const char *a,
                         const char *b, struct error *err)
{
    int64_t first = field_integer(fields, a);
    int64_t second = field_integer(fields, b);
    if (first < 0 || second < 0) {
        return method_refuse_field(fields, err, first < 0 ? a : b,
                                   "must not be negative");
    }
    if ((first != 0) != (second != 0)) {
        return true;
    }
    return error_set(err, ERROR_UNSUPPORTED,
                     "%s takes %s or %s, the other one 0, and here %s set",
                     fields->method->name, a, b,
                     first == 0 ? "neither is" : "both are");
}

bool oft_check(const struct fields *fields, struct error *err)
{
    return check_either(fields, "r", "oft_block_size", err);
}

/* The divisor of FEATURES nearest WANTED, the lesser of two. */
static uint64_t nearest_divisor(uint64_t features, uint64_t wanted)
{
    if (wanted >= features) {
        return features;
    }
    for (uint64_t step = 0; step < wanted; step++) {
        if (features % (wanted - step) == 0) {
            return wanted - step;
        }
        if (wanted + step <= features && features % (wanted + step) == 0) {
            return wanted + step;
        }
    }
    return 1;
}

/* Blocks of b x b, skew-symmetric: b (b - 1) / 2 entries each.
 *
 * rows and cols say where those lie in the block.
 */
static void add_blocks(const struct method_site *site, struct tensor_list *list,
                       uint64_t blocks, uint64_t b)
{
    bool embedding = site->module->kind == MODULE_EMBEDDING;
    uint64_t even = b % 2 == 0 ? b / 2 : b;
    uint64_t odd = b % 2 == 0 ? b - 1 : (b - 1) / 2;
    uint64_t entries = method_product(even, odd); /* b (b - 1) / 2 */
    bool shared = field_flag(site->fields, "block_share");
    method_train(list, embedding ? ".oft_embedding_R.weight" : ".oft_R.weight",
                 2, (uint64_t[]){shared ? 1 : blocks, entries});
    const char *places[] = {".oft_R.rows", ".oft_R.cols"};
    for (int i = 0; i < 2; i++) {
        tensors_add(list, places[i], TENSOR_BUFFER, 1, &entries)->type =
            TENSOR_I64;
    }
}

bool oft_adapt(const struct method_site *site, struct tensor_list *list,
               struct error *err)
{
    if (site->module->kind == MODULE_EMBEDDING &&
        site->fields->peft == PEFT_0_18) {
        return method_refuse(site, err,
                             "PEFT 0.18 rotates no embeddings, 0.21 does");
    }
    uint64_t features = rotated(site, err);
    if (features == 0) {
        return false;
    }
    list->scaling = 1;
    uint64_t r = field_count(site->fields, "r");
    uint64_t size = field_count(site->fields, "oft_block_size");
    if (r == 0) {
        size = nearest_divisor(features, size);
        add_blocks(site, list, features / size, size);
    } else {
        r = nearest_divisor(features, r);
        add_blocks(site, list, r, features / r);
    }
    return true;
}

/* ---- BOFT ------------------------------------------------------------------ */

bool boft_check(const struct fields *fields, struct error *err)
{
    return check_either(fields, "boft_block_size", "boft_block_num", err);
}

/* R (1, blocks, b, b), s (out), and the permutation P (1, in, in).
 *
 * PEFT's butterfly factor is 1 where its CUDA extension is not built, whatever
 * boft_n_butterfly_factor says, and pip builds none.
 */
bool boft_adapt(const struct method_site *site, struct tensor_list *list,
                struct error *err)
{
    uint64_t features = rotated(site, err);
    if (features == 0) {
        return false;
    }
    uint64_t size = field_count(site->fields, "boft_block_size");
    uint64_t blocks = field_count(site->fields, "boft_block_num");
    uint64_t given = size > 0 ? size : blocks;
    if (features % given != 0) {
        return method_refuse(site, err,
                             "%s must divide its %llu input features",
                             size > 0 ? "boft_block_size" : "boft_block_num",
                             (unsigned long long)features);
    }
    size = size > 0 ? size : features / blocks;
    blocks = features / size;
    bool conv = site->module->kind == MODULE_CONV;
    uint64_t rows = conv ? 1 : site->out;
    list->scaling = 1;
    method_train(list, ".boft_R", 4, (uint64_t[]){1, blocks, size, size});
    method_train(list, ".boft_s", 2, (uint64_t[]){rows, site->out / rows});
    tensors_add(list, ".boft_P", TENSOR_BUFFER, 3,
                (uint64_t[]){1, features, features});
    return true;
}

/* ---- HRA ------------------------------------------------------------------- */

/* r Householder vectors, the columns of u (in, r). */
bool hra_adapt(const struct method_site *site, struct tensor_list *list,
               struct error *err)
{
    uint64_t features = rotated(site, err);
    if (features == 0) {
        return false;
    }
    list->scaling = 1;
    method_train(list, ".hra_u", 2, (uint64_t[]){features, site->rank});
    return true;
}

/* ---- RoAd ------------------------------------------------------------------ */

/* Angles and scales for two outputs: one, two or four. */
static unsigned road_parts(const struct fields *fields)
{
    const char *names[] = {"road_1", "road_2", "road_4"};
    for (unsigned i = 0; i < 3; i++) {
        if (field_is(fields, "variant", names[i])) {
            return 1u << i;
        }
    }
    return 0;
}

bool road_check(const struct fields *fields, struct error *err)
{
    int64_t group = field_integer(fields, "group_size");
    if (road_parts(fields) == 0) {
        return method_refuse_field(fields, err, "variant",
                                   "must be road_1, road_2 or road_4");
    }
    return (group > 0 && group % 2 == 0) ||
           method_refuse_field(fields, err, "group_size",
                               "must be even and greater than 0");
}

/* theta and alpha of out / 2, out or 2 out: the group size is even. */
bool road_adapt(const struct method_site *site, struct tensor_list *list,
                struct error *err)
{
    uint64_t group = field_count(site->fields, "group_size");
    if (site->out % group != 0) {
        return method_refuse(site, err,
                             "group_size must divide its %llu outputs",
                             (unsigned long long)site->out);
    }
    uint64_t size = method_product(site->out / 2, road_parts(site->fields));
    list->scaling = 1;
    method_train(list, ".road_theta", 1, &size);
    method_train(list, ".road_alpha", 1, &size);
    return true;
}
