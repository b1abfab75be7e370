/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tensors that an adapter adds: the one source of counts, bytes and states.
 */
#ifndef ADAPTER_TENSORS_H
#define ADAPTER_TENSORS_H

#include "base/alloc.h"
#include "base/error.h"
#include "model/inventory.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tensor_role {
    TENSOR_TRAINABLE, /* a parameter that trains */
    TENSOR_FROZEN,    /* a parameter that the adapter adds and never trains */
    TENSOR_BUFFER,    /* no parameter: shared projections, masks, indices */
    TENSOR_BASE,      /* the base model's own parameter, made trainable */
    TENSOR_WRITTEN,   /* only in the file, made of others: counted nowhere */
};

enum tensor_type {
    TENSOR_OWN,     /* the adapter's dtype: fp32 as PEFT upcasts */
    TENSOR_OF_BASE, /* the base model's dtype */
    TENSOR_F32,
    TENSOR_I64,
    TENSOR_I32,
    TENSOR_I16,
    TENSOR_U8,
    TENSOR_BOOL,
};

struct adapter_tensor {
    const char *suffix; /* after the module's name: ".lora_A.weight" */
    enum tensor_role role;
    enum tensor_type type;
    bool stored; /* in the adapter_model.safetensors that PEFT saves */
    unsigned dimensions;
    uint64_t shape[MODULE_DIMENSIONS];
};

/* Tensors being listed.  Adding to a list that has failed does nothing, so a
 * run of additions needs one check at its end: tensors_ok.
 */
struct tensor_list {
    struct arena *arena; /* keeps items and formatted suffixes */
    struct adapter_tensor *items;
    size_t count, capacity;
    double scaling; /* of the update; the method sets it */
    bool failed;
    struct error why;
    struct adapter_tensor scratch; /* what a failed list gives out */
};

/* A new tensor of the adapter's dtype, stored unless it is a buffer or frozen
 * (set ->stored and ->type as needed); SUFFIX is borrowed.  Never NULL: a list
 * that has failed gives a scratch one.
 */
struct adapter_tensor *tensors_add(struct tensor_list *list, const char *suffix,
                                   enum tensor_role role, unsigned dimensions,
                                   const uint64_t *shape);

/* A suffix with a number in it, kept by the list's arena: (".lokr_%s", ...). */
const char *tensors_suffix(struct tensor_list *list, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

bool tensors_ok(const struct tensor_list *list, struct error *err);

/* Elements of one tensor.
 * errors  ERROR_RANGE on overflow
 */
bool tensor_elements(const struct adapter_tensor *tensor, uint64_t *elements,
                     struct error *err);

#endif
