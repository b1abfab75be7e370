/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What training costs besides activations, summed tensor by tensor.
 */
#ifndef MEMORY_LEDGER_H
#define MEMORY_LEDGER_H

#include "adapter/count.h"
#include "base/error.h"
#include "memory/optimizer.h"
#include "model/model.h"

#include <stddef.h>
#include <stdint.h>

struct training_settings {
    enum model_dtype dtype;         /* of the frozen weights */
    enum model_dtype adapter_dtype; /* fp32 by default, as PEFT upcasts */
    const struct optimizer *optimizer;
};

enum ledger_line_kind {
    LEDGER_FROZEN,    /* base weights */
    LEDGER_ADAPTERS,  /* A and B */
    LEDGER_GRADIENTS, /* of what trains, in its dtype */
    LEDGER_OPTIMIZER, /* states on the device */
};
enum { LEDGER_LINES = LEDGER_OPTIMIZER + 1 };

struct ledger {
    uint64_t bytes[LEDGER_LINES];
    uint64_t total;
    /* The same lines when every parameter trains, without an adapter. */
    uint64_t full[LEDGER_LINES];
    uint64_t full_total;
};

const char *ledger_line_name(enum ledger_line_kind line);    /* "frozen" */
const char *ledger_line_formula(enum ledger_line_kind line); /* --explain */

/* Raw tensor bytes, no allocator rounding.
 * errors   ERROR_RANGE when a sum passes UINT64_MAX
 */
bool ledger_compute(const struct inventory *inventory,
                    const struct count *count,
                    const struct training_settings *training,
                    struct ledger *ledger, struct error *err);

#endif
