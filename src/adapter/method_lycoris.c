/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * LoHa and LoKr: products of small matrices, after LyCORIS.
 *
 * Hyeon-Woo et al. 2021, FedPara; Yeh et al. 2023; PEFT tuners/loha/layer.py
 * and tuners/lokr/layer.py.
 */
#include "adapter/methods.h"

/* A weight as both methods see it: (out, in, kernel...). */
struct weight {
    uint64_t out, in;
    unsigned kernel_dimensions; /* 0 of a linear layer, 1 or 2 */
    uint64_t kernel[2];
    uint64_t kernel_elements;
    bool effective; /* the kernel gets a tensor of its own */
};

/* PEFT 0.18 takes all input channels, 0.21 those of one group. */
static bool read_weight(const struct method_site *site, struct weight *weight,
                        struct error *err)
{
    const struct module *module = site->module;
    *weight =
        (struct weight){.out = site->out, .in = site->in, .kernel_elements = 1};
    if (module->kind != MODULE_CONV) {
        return true;
    }
    if (module->dimensions > 4) {
        return method_refuse(site, err,
                             "convolutions can have one or two dimensions");
    }
    if (site->fields->peft == PEFT_0_18) {
        weight->in = method_channels(module);
    }
    weight->kernel_dimensions = module->dimensions - 2;
    for (unsigned i = 0; i < weight->kernel_dimensions; i++) {
        weight->kernel[i] = module->shape[2 + i];
    }
    weight->kernel_elements = method_kernel(module);
    weight->effective = field_flag(site->fields, "use_effective_conv2d") &&
                        weight->kernel_elements != 1;
    return true;
}

/* The tensor between a and b of an effective convolution: (r, r, k1, k2). */
static void add_middle(struct tensor_list *list, const char *suffix, uint64_t r,
                       const struct weight *weight)
{
    uint64_t second = weight->kernel_dimensions == 2 ? weight->kernel[1] : 1;
    method_train(list, suffix, 4,
                 (uint64_t[]){r, r, weight->kernel[0], second});
}

static void set_scaling(const struct method_site *site,
                        struct tensor_list *list)
{
    list->scaling = site->alpha / (double)site->rank;
}

/* ---- LoHa ------------------------------------------------------------------ */

/* One of the two low-rank factors of dW = (w1a w1b) * (w2a w2b). */
static void add_factor(struct tensor_list *list, unsigned number, uint64_t r,
                       const struct weight *weight)
{
    const char *a = tensors_suffix(list, ".hada_w%u_a", number);
    const char *b = tensors_suffix(list, ".hada_w%u_b", number);
    if (weight->effective) {
        add_middle(list, tensors_suffix(list, ".hada_t%u", number), r, weight);
        method_train(list, a, 2, (uint64_t[]){r, weight->out});
        method_train(list, b, 2, (uint64_t[]){r, weight->in});
        return;
    }
    uint64_t columns = method_product(weight->in, weight->kernel_elements);
    method_train(list, a, 2, (uint64_t[]){weight->out, r});
    method_train(list, b, 2, (uint64_t[]){r, columns});
}

bool loha_adapt(const struct method_site *site, struct tensor_list *list,
                struct error *err)
{
    struct weight weight;
    if (!read_weight(site, &weight, err)) {
        return false;
    }
    set_scaling(site, list);
    add_factor(list, 1, site->rank, &weight);
    add_factor(list, 2, site->rank, &weight);
    return true;
}

/* ---- LoKr ------------------------------------------------------------------ */

/* Two factors of a dimension. */
struct split {
    uint64_t m, n;
};

/* FACTOR and its cofactor when it divides, else the divisor pair nearest the
 * square root whose lesser is at most FACTOR; -1 stands for no limit.
 */
static struct split factorize(uint64_t dimension, int64_t factor)
{
    if (factor > 0 && dimension % (uint64_t)factor == 0) {
        return (struct split){(uint64_t)factor, dimension / (uint64_t)factor};
    }
    uint64_t most = factor > 0 ? (uint64_t)factor : 1;
    most = factor == -1 ? dimension : most;
    struct split best = {1, dimension};
    for (uint64_t m = 2; m <= most && m <= dimension / m; m++) {
        if (dimension % m == 0) {
            best = (struct split){m, dimension / m};
        }
    }
    return best;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* Is r too small to save anything over the full matrix? */
static bool is_low(uint64_t r, uint64_t a, uint64_t b)
{
    return (double)r < (double)larger(a, b) / 2;
}

/* The left factor of dW = w1 (x) w2: (out.m, in.m). */
static void add_left(const struct method_site *site, struct tensor_list *list,
                     struct split out, struct split in)
{
    uint64_t r = site->rank;
    if (field_flag(site->fields, "decompose_both") && is_low(r, out.m, in.m)) {
        method_train(list, ".lokr_w1_a", 2, (uint64_t[]){out.m, r});
        method_train(list, ".lokr_w1_b", 2, (uint64_t[]){r, in.m});
        return;
    }
    method_train(list, ".lokr_w1", 2, (uint64_t[]){out.m, in.m});
}

/* The right factor: (out.n, in.n, kernel...). */
static void add_right(struct tensor_list *list, uint64_t r, struct split out,
                      struct split in, const struct weight *weight)
{
    if (!is_low(r, out.n, in.n)) {
        method_train(
            list, ".lokr_w2", 2 + weight->kernel_dimensions,
            (uint64_t[]){out.n, in.n, weight->kernel[0], weight->kernel[1]});
        return;
    }
    if (weight->effective) {
        add_middle(list, ".lokr_t2", r, weight);
        method_train(list, ".lokr_w2_a", 2, (uint64_t[]){r, out.n});
        method_train(list, ".lokr_w2_b", 2, (uint64_t[]){r, in.n});
        return;
    }
    uint64_t columns = method_product(in.n, weight->kernel_elements);
    method_train(list, ".lokr_w2_a", 2, (uint64_t[]){out.n, r});
    method_train(list, ".lokr_w2_b", 2, (uint64_t[]){r, columns});
}

bool lokr_adapt(const struct method_site *site, struct tensor_list *list,
                struct error *err)
{
    struct weight weight;
    if (!read_weight(site, &weight, err)) {
        return false;
    }
    if (larger(weight.in, weight.out) > (uint64_t)1 << 40) {
        return method_refuse(site, err, "it has too many features to factor");
    }
    int64_t factor = field_integer(site->fields, "decompose_factor");
    struct split out = factorize(weight.out, factor);
    struct split in = factorize(weight.in, factor);
    set_scaling(site, list);
    add_left(site, list, out, in);
    add_right(list, site->rank, out, in, &weight);
    return true;
}
