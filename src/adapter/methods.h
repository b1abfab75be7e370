/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The functions that the rows of method_table point at, by file.
 */
#ifndef ADAPTER_METHODS_H
#define ADAPTER_METHODS_H

#include "adapter/fields.h"
#include "adapter/method.h"
#include "adapter/tensors.h"
#include "base/error.h"

#include <stdbool.h>

typedef bool method_check(const struct fields *fields, struct error *err);
typedef bool method_adapt(const struct method_site *site,
                          struct tensor_list *list, struct error *err);
typedef bool method_share(const struct method_group *group,
                          struct tensor_list *list, struct error *err);

/* method_common.c */

/* What most ranks must be: more than 0. */
method_check rank_check;

/* Refuse FIELD of the settings: WHY goes on after "METHOD's FIELD". */
bool method_refuse_field(const struct fields *fields, struct error *err,
                         const char *field, const char *why);

/* Refuse a module: WHY goes on after "METHOD cannot adapt NAME: ". */
bool method_refuse(const struct method_site *site, struct error *err,
                   const char *why, ...) __attribute__((format(printf, 3, 4)));

/* A trained tensor of 1 to 4 dimensions. */
void method_train(struct tensor_list *list, const char *suffix,
                  unsigned dimensions, const uint64_t shape[]);

/* The largest in and out of all sites, which shared matrices have. */
void method_largest(const struct method_group *group, uint64_t *in,
                    uint64_t *out);

/* A product of sizes, UINT64_MAX when it passes that: no total holds it. */
uint64_t method_product(uint64_t a, uint64_t b);
uint64_t method_sum(uint64_t a, uint64_t b);

/* Of a convolution's weight: the product of its kernel's dimensions, the
 * square of the first one, and the channels that go in.
 */
uint64_t method_kernel(const struct module *module);
uint64_t method_kernel_square(const struct module *module);
uint64_t method_channels(const struct module *module);
bool method_is_conv2d(const struct module *module);

/* method_lora.c */
method_check lora_check;
method_adapt lora_adapt, lora_fa_adapt;

/* method_lowrank.c */
method_check adalora_check, poly_check;
method_adapt adalora_adapt, delora_adapt, poly_adapt, osf_adapt;

/* method_lycoris.c */
method_adapt loha_adapt, lokr_adapt;

/* method_orthogonal.c */
method_check oft_check, boft_check, road_check;
method_adapt oft_adapt, boft_adapt, hra_adapt, road_adapt;

/* method_block.c */
method_check miss_check;
method_adapt miss_adapt, bone_adapt, c3a_adapt;

/* method_shared.c */
method_check vblora_check;
method_adapt vera_adapt, pvera_adapt, randlora_adapt, vblora_adapt;
method_share vera_share, pvera_share, randlora_share, vblora_share;

/* method_sparse.c */
method_check waveft_check;
method_adapt fourierft_adapt, waveft_adapt, shira_adapt;

/* method_vector.c */
method_check ia3_check;
method_adapt ia3_adapt, ln_tuning_adapt, trainable_tokens_adapt;
method_share trainable_tokens_share;

/* ---- more methods */

/* method_factor.c */
method_check gralora_check, peanut_check, psoft_check, deft_check;
method_adapt gralora_adapt, hira_adapt, peanut_adapt, psoft_adapt, deft_adapt;

/* method_path.c */
method_check glora_check, supertuning_check, adamss_check;
method_adapt glora_adapt, beft_adapt, supertuning_adapt, adamss_adapt;

/* method_across.c */
method_check lily_check, tinylora_check, unilora_check, frod_check;
method_adapt lily_adapt, tinylora_adapt, unilora_adapt, frod_adapt;
method_share lily_share, tinylora_share, unilora_share, frod_share;

/* method_prompt.c */
method_check prompt_check, prompt_tuning_check, p_tuning_check, multitask_check,
    cpt_check, cartridge_check;
method_share prompt_tuning_share, prefix_tuning_share, p_tuning_share,
    multitask_share, cpt_share, cartridge_share;

/* method_adaption.c */
method_check adaption_check, shadow_check, xlora_check;
method_share adaption_share;

#endif
