/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The two tensors that LoRA gives a module.
 */
#include "adapter/tensors.h"

#include <inttypes.h>

#include "base/alloc.h"

static bool fail_range(struct error *err)
{
    return error_set(
        err, ERROR_RANGE,
        "the adapter has more parameters than can be counted (2^64)");
}

bool adapter_tensors_init(struct adapter_tensors *tensors,
                          const struct module *module, uint64_t rank,
                          struct error *err)
{
    uint64_t groups = module_groups(module);
    uint64_t width = rank;
    *tensors = (struct adapter_tensors){.dimensions = 2};
    if (rank % groups != 0) {
        return error_set(err, ERROR_UNSUPPORTED,
                         "%s has %" PRIu64
                         " groups, PEFT needs a rank that they divide",
                         module->name, groups);
    }
    if ((module_is_expert(module) &&
         !checked_mul(rank, module->shape[0], &width)) ||
        !checked_mul(module_in(module), groups, &tensors->a[1])) {
        return fail_range(err);
    }
    tensors->a[0] = width;
    tensors->b[0] = module_out(module);
    tensors->b[1] = width / groups;
    for (unsigned i = 2; module->kind == MODULE_CONV && i < module->dimensions;
         i++) {
        tensors->a[i] = module->shape[i];
        tensors->b[i] = 1;
        tensors->dimensions = i + 1;
    }
    return true;
}

bool adapter_tensors_elements(const struct adapter_tensors *tensors,
                              uint64_t *elements, struct error *err)
{
    uint64_t a = 1;
    uint64_t b = 1;
    bool fits = true;
    for (unsigned i = 0; i < tensors->dimensions; i++) {
        fits = fits && checked_mul(a, tensors->a[i], &a) &&
               checked_mul(b, tensors->b[i], &b);
    }
    return (fits && checked_add(a, b, elements)) || fail_range(err);
}
