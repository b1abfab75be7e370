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
    {"adapters",
     "sum over tensors added, copies and buffers too, of their bytes"},
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

/* The states of some tensors, and whether any of them is quantised. */
struct states {
    const struct optimizer *optimizer;
    uint64_t bytes;
    bool quantised;
};

static bool add_states(struct states *states, struct optimizer_tensor *tensor,
                       uint64_t copies)
{
    uint64_t bytes = 0;
    tensor->elements = 1;
    for (unsigned i = 0; i < tensor->dimensions; i++) {
        if (!checked_mul(tensor->elements, tensor->shape[i],
                         &tensor->elements)) {
            return false;
        }
    }
    states->quantised |= optimizer_quantises(tensor);
    return states->optimizer->state_bytes(tensor, &bytes) &&
           add_product(&states->bytes, bytes, copies);
}

static unsigned item_bytes(enum tensor_type type,
                           const struct training_settings *training)
{
    switch (type) {
    case TENSOR_OWN:
        return model_dtype_bytes(training->adapter_dtype);
    case TENSOR_OF_BASE:
        return model_dtype_bytes(training->dtype);
    case TENSOR_I64:
        return 8;
    case TENSOR_F32:
    case TENSOR_I32:
        return 4;
    case TENSOR_I16:
        return 2;
    case TENSOR_U8:
    case TENSOR_BOOL:
        return 1;
    }
    return 4;
}

/* What one tensor of an adapter adds to each line. */
static bool add_adapter_tensor(struct ledger *ledger, struct states *states,
                               const struct adapter_tensor *tensor,
                               const struct module *module,
                               const struct training_settings *training)
{
    bool trains =
        tensor->role == TENSOR_TRAINABLE || tensor->role == TENSOR_BASE;
    bool added = tensor->role != TENSOR_BASE && tensor->role != TENSOR_WRITTEN;
    struct optimizer_tensor shaped = {
        .shape = tensor->shape,
        .dimensions = tensor->dimensions,
        .item_bytes = item_bytes(tensor->type, training),
        .embedding =
            tensor->type == TENSOR_OF_BASE && module->kind == MODULE_EMBEDDING};
    uint64_t bytes = shaped.item_bytes;
    for (unsigned i = 0; i < tensor->dimensions; i++) {
        if (!checked_mul(bytes, tensor->shape[i], &bytes)) {
            return false;
        }
    }
    return (!added || add_product(&ledger->bytes[LEDGER_ADAPTERS], bytes,
                                  module->copies)) &&
           (!trains || (add_product(&ledger->bytes[LEDGER_GRADIENTS], bytes,
                                    module->copies) &&
                        add_states(states, &shaped, module->copies)));
}

static bool add_tensors(struct ledger *ledger, struct states *states,
                        const struct adapter_tensor *tensors, size_t count,
                        const struct module *module,
                        const struct training_settings *training)
{
    for (size_t i = 0; i < count; i++) {
        if (!add_adapter_tensor(ledger, states, &tensors[i], module,
                                training)) {
            return false;
        }
    }
    return true;
}

static bool add_adapter(struct ledger *ledger, struct states *states,
                        const struct count *count,
                        const struct training_settings *training)
{
    for (size_t i = 0; i < count->row_count; i++) {
        const struct count_row *row = &count->rows[i];
        if (!add_tensors(ledger, states, row->tensors, row->tensor_count,
                         &row->module, training)) {
            return false;
        }
    }
    for (size_t i = 0; i < count->extra_count; i++) {
        const struct count_extra *extra = &count->extras[i];
        if (!add_tensors(ledger, states, extra->tensors, extra->tensor_count,
                         &extra->module, training)) {
            return false;
        }
    }
    return true;
}

static bool add_full_states(struct states *states, const struct module *module,
                            const struct training_settings *training)
{
    uint64_t bias[] = {module_bias_elements(module)};
    struct optimizer_tensor tensor = {
        .shape = module->shape,
        .dimensions = module->dimensions,
        .item_bytes = model_dtype_bytes(training->dtype),
        .embedding = module->kind == MODULE_EMBEDDING};
    if (!module->tied && !add_states(states, &tensor, module->copies)) {
        return false;
    }
    tensor = (struct optimizer_tensor){
        .shape = bias, .dimensions = 1, .item_bytes = tensor.item_bytes};
    return !module->bias || add_states(states, &tensor, module->copies);
}

static bool sum_states(const struct states *states, uint64_t *bytes)
{
    return checked_add(states->bytes,
                       states->quantised ? states->optimizer->shared_bytes : 0,
                       bytes);
}

static bool add_trained(const struct inventory *inventory,
                        const struct count *count,
                        const struct training_settings *training,
                        struct ledger *ledger)
{
    struct states own = {.optimizer = training->optimizer};
    struct states full = {.optimizer = training->optimizer};
    if (!add_adapter(ledger, &own, count, training)) {
        return false;
    }
    for (size_t i = 0; i < inventory->count; i++) {
        if (!add_full_states(&full, &inventory->modules[i], training)) {
            return false;
        }
    }
    return sum_states(&own, &ledger->bytes[LEDGER_OPTIMIZER]) &&
           sum_states(&full, &ledger->full[LEDGER_OPTIMIZER]);
}

bool ledger_compute(const struct inventory *inventory,
                    const struct count *count,
                    const struct training_settings *training,
                    struct ledger *ledger, struct error *err)
{
    uint64_t base = model_dtype_bytes(training->dtype);
    *ledger = (struct ledger){0};
    bool fits =
        add_product(&ledger->bytes[LEDGER_FROZEN], count->base, base) &&
        add_product(&ledger->full[LEDGER_FROZEN], count->base, base) &&
        add_product(&ledger->full[LEDGER_GRADIENTS], count->base, base) &&
        add_trained(inventory, count, training, ledger);
    for (int i = 0; fits && i < LEDGER_LINES; i++) {
        fits = checked_add(ledger->total, ledger->bytes[i], &ledger->total) &&
               checked_add(ledger->full_total, ledger->full[i],
                           &ledger->full_total);
    }
    if (!fits && err->code == ERROR_NONE) {
        error_set(err, ERROR_RANGE,
                  "the bytes of this model pass 2^64, more than can be "
                  "counted");
    }
    return fits;
}
