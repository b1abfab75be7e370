/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What training costs besides activations, summed tensor by tensor.
 */
#include "memory/ledger.h"

#include "base/alloc.h"

static const struct {
    const char *name, *formula;
} lines[] = {
    {"frozen", "sum over base tensors of elements * bytes of --dtype"},
    {"adapters", "sum over A and B of elements * bytes of --adapter-dtype"},
    {"gradients", "one value for each trainable parameter, in its own dtype"},
    {"optimizer",
     "states of each trainable tensor; see the optimizer's formula"},
};
_Static_assert(sizeof(lines) / sizeof(lines[0]) == LEDGER_LINES,
               "a row for each line");

const char *ledger_line_name(enum ledger_line_kind line)
{
    return lines[line].name;
}

const char *ledger_line_formula(enum ledger_line_kind line)
{
    return lines[line].formula;
}

/* *total += a * b */
static bool add_product(uint64_t *total, uint64_t a, uint64_t b)
{
    uint64_t product = 0;
    return checked_mul(a, b, &product) && checked_add(*total, product, total);
}

static bool add_states(uint64_t *total, const struct optimizer *optimizer,
                       struct optimizer_tensor *tensor, uint64_t copies)
{
    uint64_t bytes = 0;
    tensor->elements = 1;
    for (unsigned i = 0; i < tensor->dimensions; i++) {
        if (!checked_mul(tensor->elements, tensor->shape[i],
                         &tensor->elements)) {
            return false;
        }
    }
    return optimizer->state_bytes(tensor, &bytes) &&
           add_product(total, bytes, copies);
}

/* A (r, in, kernel...) and B (out, r / groups, 1...) of one row; stacked for experts. */
static bool add_adapter_states(uint64_t *total, const struct count_row *row,
                               const struct training_settings *training)
{
    const struct module *module = &row->module;
    bool experts =
        module->kind == MODULE_EXPERTS || module->kind == MODULE_EXPERTS_T;
    uint64_t rank = experts ? row->rank * module->shape[0] : row->rank;
    uint64_t groups = module_groups(module);
    uint64_t a[MODULE_DIMENSIONS] = {rank, module_in(module) * groups};
    uint64_t b[MODULE_DIMENSIONS] = {module_out(module), rank / groups};
    unsigned dimensions = 2;
    if (module->kind == MODULE_CONV) {
        dimensions = module->dimensions;
        for (unsigned i = 2; i < dimensions; i++) {
            a[i] = module->shape[i];
            b[i] = 1;
        }
    }
    struct optimizer_tensor tensor = {
        .shape = a,
        .dimensions = dimensions,
        .item_bytes = model_dtype_bytes(training->adapter_dtype)};
    if (!add_states(total, training->optimizer, &tensor, module->copies)) {
        return false;
    }
    tensor.shape = b;
    return add_states(total, training->optimizer, &tensor, module->copies);
}

static bool add_full_states(uint64_t *total, const struct module *module,
                            const struct training_settings *training)
{
    uint64_t bias[] = {module_bias_elements(module)};
    struct optimizer_tensor tensor = {
        .shape = module->shape,
        .dimensions = module->dimensions,
        .item_bytes = model_dtype_bytes(training->dtype),
        .embedding = module->kind == MODULE_EMBEDDING};
    if (!module->tied &&
        !add_states(total, training->optimizer, &tensor, module->copies)) {
        return false;
    }
    tensor = (struct optimizer_tensor){
        .shape = bias, .dimensions = 1, .item_bytes = tensor.item_bytes};
    return !module->bias ||
           add_states(total, training->optimizer, &tensor, module->copies);
}

/* bitsandbytes keeps tensors below 4,096 elements, and embeddings, in 32 bit:
 * it makes its quantisation maps only when some tensor is not.
 */
static bool is_quantised(uint64_t elements, bool embedding)
{
    return elements >= 4096 && !embedding;
}

static uint64_t adapter_shared(const struct count *count,
                               const struct optimizer *optimizer)
{
    for (size_t i = 0; i < count->row_count; i++) {
        const struct count_row *row = &count->rows[i];
        uint64_t in = module_in(&row->module);
        uint64_t out = module_out(&row->module);
        uint64_t elements = 0;
        if (row->matched &&
            (!checked_mul(row->rank, in > out ? in : out, &elements) ||
             is_quantised(elements, false))) {
            return optimizer->shared_bytes;
        }
    }
    return 0;
}

static uint64_t full_shared(const struct inventory *inventory,
                            const struct optimizer *optimizer)
{
    for (size_t i = 0; i < inventory->count; i++) {
        const struct module *module = &inventory->modules[i];
        if (is_quantised(module_elements(module),
                         module->kind == MODULE_EMBEDDING)) {
            return optimizer->shared_bytes;
        }
    }
    return 0;
}

static bool add_optimizer(const struct inventory *inventory,
                          const struct count *count,
                          const struct training_settings *training,
                          struct ledger *ledger)
{
    ledger->bytes[LEDGER_OPTIMIZER] =
        adapter_shared(count, training->optimizer);
    ledger->full[LEDGER_OPTIMIZER] =
        full_shared(inventory, training->optimizer);
    for (size_t i = 0; i < count->row_count; i++) {
        if (count->rows[i].matched &&
            !add_adapter_states(&ledger->bytes[LEDGER_OPTIMIZER],
                                &count->rows[i], training)) {
            return false;
        }
    }
    for (size_t i = 0; i < inventory->count; i++) {
        if (!add_full_states(&ledger->full[LEDGER_OPTIMIZER],
                             &inventory->modules[i], training)) {
            return false;
        }
    }
    return true;
}

bool ledger_compute(const struct inventory *inventory,
                    const struct count *count,
                    const struct training_settings *training,
                    struct ledger *ledger, struct error *err)
{
    uint64_t base = model_dtype_bytes(training->dtype);
    uint64_t own = model_dtype_bytes(training->adapter_dtype);
    *ledger = (struct ledger){0};
    bool fits =
        add_product(&ledger->bytes[LEDGER_FROZEN], count->base, base) &&
        add_product(&ledger->bytes[LEDGER_ADAPTERS], count->trainable, own) &&
        add_product(&ledger->bytes[LEDGER_GRADIENTS], count->trainable, own) &&
        add_product(&ledger->full[LEDGER_FROZEN], count->base, base) &&
        add_product(&ledger->full[LEDGER_GRADIENTS], count->base, base) &&
        add_optimizer(inventory, count, training, ledger);
    for (int i = 0; fits && i < LEDGER_LINES; i++) {
        fits = checked_add(ledger->total, ledger->bytes[i], &ledger->total) &&
               checked_add(ledger->full_total, ledger->full[i],
                           &ledger->full_total);
    }
    return fits || error_set(err, ERROR_RANGE,
                             "the bytes of this model pass 2^64, more than can "
                             "be counted");
}
