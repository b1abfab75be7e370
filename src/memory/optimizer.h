/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bytes of optimizer state for one tensor, on the device.
 *
 * Source: torch, transformers and bitsandbytes as measured (the tests compare
 * with state tensors of the real optimizers).  Step counters that stay on the
 * CPU are not counted.
 */
#ifndef MEMORY_OPTIMIZER_H
#define MEMORY_OPTIMIZER_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

/* One parameter as an optimizer sees it. */
struct optimizer_tensor {
    const uint64_t *shape; /* as torch stores it */
    unsigned dimensions;   /* 0 is a scalar */
    uint64_t elements;     /* the product of shape */
    unsigned item_bytes;   /* 4 for fp32, 2 for bf16 and fp16 */
    bool embedding;        /* an nn.Embedding's own weight */
};

struct optimizer {
    const char *name;    /* "adamw", the canonical --optimizer spelling */
    const char *label;   /* "AdamW", for people */
    const char *aliases; /* other spellings, space separated: "adamw_torch" */
    const char *description; /* one line: states it keeps */
    const char *formula;     /* "2 d n", for --explain */
    const char *source;      /* where that is written */
    /* State bytes of one tensor; false when they overflow. */
    bool (*state_bytes)(const struct optimizer_tensor *tensor, uint64_t *bytes);
    uint64_t shared_bytes; /* once per optimizer: quantisation maps */
};

extern const struct optimizer optimizers[];
extern const size_t optimizer_count;

/* Does an 8-bit optimizer of bitsandbytes keep the states of this tensor in 8
 * bits?  Small tensors and embeddings stay 32-bit, and shared_bytes exist only
 * when some tensor does not.
 */
bool optimizer_quantises(const struct optimizer_tensor *tensor);

/* By name or alias, case folded, '-' and '_' alike; unknown ones give
 * ERROR_USAGE with the nearest spelling.
 */
const struct optimizer *optimizer_find(const char *name, struct error *err);

#endif
