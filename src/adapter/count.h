/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an adapter trains: PEFT's matching and counting over an inventory.
 */
#ifndef ADAPTER_COUNT_H
#define ADAPTER_COUNT_H

#include "adapter/settings.h"
#include "adapter/tensors.h"
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
 * one when they are adapted.
 */
struct count_row {
    struct module module; /* the copies of this row; strings are borrowed */
    bool matched;         /* gets an adapter */
    bool parameter;       /* reached through target_parameters */
    bool in_parent; /* its tensors stand under the name without its last part */
    uint64_t rank;  /* its r; 0 when not matched or without one */
    double alpha;
    bool own_rank, own_alpha; /* given by rank_pattern, alpha_pattern */
    double scaling;           /* of its update: alpha / rank in LoRA */
    uint64_t trainable;       /* parameters, summed over the copies */
    const struct adapter_tensor *tensors; /* of one copy */
    size_t tensor_count;
};

/* What else trains or is stored, beside the adapters of the rows. */
enum extra_kind {
    EXTRA_SAVED,  /* a copy of modules_to_save */
    EXTRA_BIAS,   /* a bias of the base model, trained */
    EXTRA_TOKENS, /* rows of an embedding: trainable_token_indices */
    EXTRA_STORED, /* a tensor of the base model that PEFT writes along */
    EXTRA_SHARED, /* what the method adds once */
};
struct count_extra {
    enum extra_kind kind;
    struct module module;                 /* zeroed for EXTRA_SHARED */
    const struct adapter_tensor *tensors; /* of one copy */
    size_t tensor_count;
    /* In the file, INSERT stands before the last BELOW parts of the name. */
    const char *insert; /* ".original_module", or NULL */
    unsigned below;
};

struct count {
    struct count_row *rows;
    size_t row_count;
    struct count_extra *extras;
    size_t extra_count;
    const char *prefix; /* of the names in the file: "base_model.model." */
    uint64_t base;      /* parameters of the base model */
    uint64_t trainable; /* parameters that train */
    uint64_t all;       /* base and every parameter that the adapter adds */
    uint64_t frozen;    /* parameters added that do not train */
    uint64_t buffers;   /* elements of buffers added */
    uint64_t saved;     /* of `trainable`: copies of modules_to_save */
    uint64_t matched;   /* modules and parameters with an adapter */
    uint64_t tensors;   /* tensors in the file */
    /* The targets after PEFT resolved them, comma separated: what default and
     * all-linear came to, without names moved to target_parameters.
     */
    const char *resolved;
    bool assumed_all_linear; /* nothing was asked, and PEFT has no default */
    const char *parameters;  /* target_parameters after rewriting, or "" */
    const char *saved_names; /* modules_to_save with the task's heads, or "" */
    const char *const *warnings;
    size_t warning_count;
    struct arena arena; /* owns all of it */
};

/* Match and count.
 *
 * Shapes and sources stand with each method in adapter/method.c; LoRA gives a
 * linear weight (out, in) A (r, in) and B (out, r): r (in + out).  Hu et al.
 * 2021 section 4.1; PEFT tuners/lora/layer.py.
 *
 * errors   what PEFT refuses: no target matches, a target that is no layer,
 *          one half of a fused pair of experts...; ERROR_RANGE on overflow
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

struct count_dtypes {
    enum model_dtype base;    /* of the model's weights */
    enum model_dtype adapter; /* of the method's own tensors */
};

/* Bytes of the adapter_model.safetensors that PEFT saves, header included;
 * costs a walk over every expanded name.
 */
bool count_file_bytes(const struct count *count,
                      const struct count_dtypes *dtypes, uint64_t *bytes,
                      struct error *err);

#endif
