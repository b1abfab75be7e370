/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What several methods' functions need.
 */
#include <stdarg.h>
#include <stdio.h>

#include "adapter/methods.h"
#include "base/alloc.h"

bool method_refuse_field(const struct fields *fields, struct error *err,
                         const char *field_name, const char *why)
{
    return error_set(err, ERROR_UNSUPPORTED, "%s's %s %s", fields->method->name,
                     field_name, why);
}

bool rank_check(const struct fields *fields, struct error *err)
{
    const char *key = fields->method->rank_key;
    return field_integer(fields, key) > 0 ||
           method_refuse_field(fields, err, key, "must be greater than 0");
}

bool method_refuse(const struct method_site *site, struct error *err,
                   const char *why, ...)
{
    char reason[240];
    va_list arguments;
    va_start(arguments, why);
    vsnprintf(reason, sizeof(reason), why, arguments);
    va_end(arguments);
    return error_set(err, ERROR_UNSUPPORTED, "%s cannot adapt %s: %s",
                     site->fields->method->name, site->module->name, reason);
}

void method_train(struct tensor_list *list, const char *suffix,
                  unsigned dimensions, const uint64_t shape[])
{
    tensors_add(list, suffix, TENSOR_TRAINABLE, dimensions, shape);
}

void method_largest(const struct method_group *group, uint64_t *in,
                    uint64_t *out)
{
    *in = 0;
    *out = 0;
    for (size_t i = 0; i < group->count; i++) {
        const struct method_site *site = &group->sites[i];
        *in = site->in > *in ? site->in : *in;
        *out = site->out > *out ? site->out : *out;
    }
}

uint64_t method_product(uint64_t a, uint64_t b)
{
    uint64_t product = UINT64_MAX;
    checked_mul(a, b, &product);
    return product;
}

uint64_t method_sum(uint64_t a, uint64_t b)
{
    uint64_t sum = UINT64_MAX;
    checked_add(a, b, &sum);
    return sum;
}

uint64_t method_kernel(const struct module *module)
{
    uint64_t product = 1;
    for (unsigned i = 2; i < module->dimensions; i++) {
        product = method_product(product, module->shape[i]);
    }
    return product;
}

uint64_t method_kernel_square(const struct module *module)
{
    return method_product(module->shape[2], module->shape[2]);
}

uint64_t method_channels(const struct module *module)
{
    return method_product(module->shape[1], module_groups(module));
}

bool method_is_conv2d(const struct module *module)
{
    return module->kind == MODULE_CONV && module->dimensions == 4;
}
