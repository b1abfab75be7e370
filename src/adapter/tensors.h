/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The two tensors that LoRA gives a module, the source of every count and byte.
 */
#ifndef ADAPTER_TENSORS_H
#define ADAPTER_TENSORS_H

#include "base/error.h"
#include "model/inventory.h"

#include <stdbool.h>
#include <stdint.h>

/* A linear: A (r, in), B (out, r).  An embedding: A (r, rows), B (dim, r).  A
 * convolution: A (r, in, kernel...) ungrouped, B (out, r / groups, 1...).
 * Experts: A (r E, in), B (out, r E).  PEFT tuners/lora/layer.py.
 */
struct adapter_tensors {
    unsigned dimensions; /* of both */
    uint64_t a[MODULE_DIMENSIONS], b[MODULE_DIMENSIONS];
};

/* errors  ERROR_UNSUPPORTED when the groups of a convolution do not divide the
 *         rank, ERROR_RANGE on overflow
 */
bool adapter_tensors_init(struct adapter_tensors *tensors,
                          const struct module *module, uint64_t rank,
                          struct error *err);

/* Elements of both together: the parameters of one module's adapter. */
bool adapter_tensors_elements(const struct adapter_tensors *tensors,
                              uint64_t *elements, struct error *err);

#endif
