/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What training costs besides activations, summed tensor by tensor.
 */
#include "memory/ledger.h"

#include "adapter/tensors.h"
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

static bool add_adapter_states(struct states *states,
                               const struct count_row *row,
                               const struct training_settings *training,
                               struct error *err)
{
    struct adapter_tensors tensors;
    if (!adapter_tensors_init(&tensors, &row->module, row->rank, err)) {
        return false;
    }
    struct optimizer_tensor tensor = {
        .shape = tensors.a,
        .dimensions = tensors.dimensions,
        .item_bytes = model_dtype_bytes(training->adapter_dtype)};
    if (!add_states(states, &tensor, row->module.copies)) {
        return false;
    }
    tensor.shape = tensors.b;
    return add_states(states, &tensor, row->module.copies);
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

static bool add_optimizer(const struct inventory *inventory,
                          const struct count *count,
                          const struct training_settings *training,
                          struct ledger *ledger, struct error *err)
{
    struct states own = {.optimizer = training->optimizer};
    struct states full = {.optimizer = training->optimizer};
    for (size_t i = 0; i < count->row_count; i++) {
        if (count->rows[i].matched &&
            !add_adapter_states(&own, &count->rows[i], training, err)) {
            return false;
        }
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
    uint64_t own = model_dtype_bytes(training->adapter_dtype);
    *ledger = (struct ledger){0};
    bool fits =
        add_product(&ledger->bytes[LEDGER_FROZEN], count->base, base) &&
        add_product(&ledger->bytes[LEDGER_ADAPTERS], count->trainable, own) &&
        add_product(&ledger->bytes[LEDGER_GRADIENTS], count->trainable, own) &&
        add_product(&ledger->full[LEDGER_FROZEN], count->base, base) &&
        add_product(&ledger->full[LEDGER_GRADIENTS], count->base, base) &&
        add_optimizer(inventory, count, training, ledger, err);
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
