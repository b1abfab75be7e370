/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an adapter trains: PEFT's matching and counting over an inventory.
 */
#ifndef ADAPTER_COUNT_H
#define ADAPTER_COUNT_H

#include "adapter/settings.h"
#include "base/alloc.h"
#include "base/error.h"
#include "base/resource.h"
#include "model/inventory.h"
#include "model/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One entry of the inventory (or a part of its copies) and its adapter.
 *
 * There is a row for every layer and expert parameter of the model, adapted
 * or not, so a screen can show what could be chosen; norms and the like have
 * none.
 */
struct count_row {
    struct module module; /* the copies of this row; strings are borrowed */
    bool matched;         /* gets an adapter */
    uint64_t rank;        /* its r; 0 when not matched */
    double alpha;
    double scaling;     /* alpha / rank */
    uint64_t trainable; /* parameters, summed over the copies */
};

struct count {
    struct count_row *rows;
    size_t row_count;
    uint64_t base;      /* parameters of the base model */
    uint64_t trainable; /* parameters that train */
    uint64_t all;       /* base and everything the adapter adds */
    uint64_t matched;   /* modules and parameters with an adapter */
    uint64_t tensors;   /* tensors of the adapter: A and B for each */
    /* The targets after PEFT resolved them, comma separated: what default and
     * all-linear came to, without names moved to target_parameters.
     */
    const char *resolved;
    bool assumed_all_linear; /* nothing was asked, and PEFT has no default */
    const char *parameters;  /* target_parameters after rewriting, or "" */
    const char *const *warnings;
    size_t warning_count;
    struct arena arena; /* owns all of it */
};

/* Match and count.
 *
 * Each linear weight (out, in) gains A (r, in) and B (out, r): r (in + out);
 * an embedding r (rows + dim); a convolution r in prod(kernel) + out r /
 * groups; an expert parameter r E (in + out).  Hu et al. 2021 section 4.1;
 * PEFT tuners/lora/layer.py.
 *
 * errors   what PEFT refuses: no target matches, a target that is no layer,
 *          one half of a fused pair of experts; ERROR_RANGE on overflow
 * owns     count_clear it; it borrows names from INVENTORY
 */
bool count_trainable(const struct inventory *inventory,
                     const struct resource_path *path,
                     const struct adapter_settings *settings,
                     struct count *count, struct error *err);
void count_clear(struct count *count);

/* PEFT's line: "trainable params: 4,194,304 || all params: 6,742,609,920 ||
 * trainable%: 0.0622".
 */
void count_append_line(const struct count *count, struct text *out);

/* 100 * trainable / all. */
double count_percent(const struct count *count);

/* Bytes of the adapter_model.safetensors that PEFT saves, DTYPE, header
 * included; costs a walk over every expanded name.
 */
bool count_file_bytes(const struct count *count,
                      const struct adapter_settings *settings,
                      enum model_dtype dtype, uint64_t *bytes,
                      struct error *err);

/* PEFT's default target modules for a model type, comma separated; NULL
 * without *err set when PEFT has none.  memory_free it.
 */
char *count_default_targets_new(const struct resource_path *path,
                                const char *model_type, enum peft_version peft,
                                struct error *err);

#endif
