/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A count under way, shared by what matches (match.c) and what adds up (count.c).
 */
#ifndef ADAPTER_COUNTER_H
#define ADAPTER_COUNTER_H

#include "adapter/count.h"
#include "adapter/target.h"

struct counter {
    const struct inventory *inventory;
    const struct adapter_settings *settings;
    const struct target_plan *plan;
    struct count *count;
    size_t row_capacity, warning_capacity;
    struct count_row *rows; /* growing; moved to the arena at the end */
    const char **warnings;
    bool by_number; /* a target names an index: layers.0.self_attn.q_proj */
    struct error *err;
};

/* A warning, copied into the count. */
bool counter_warn(struct counter *counter, const char *text);

/* A row for MODULE, adapted at FACTOR times the rank and alpha; 0: not. */
bool counter_add_row(struct counter *counter, const struct module *module,
                     unsigned factor);

/* Add a row for every module that could be adapted, matched or not.
 *
 * errors   what PEFT refuses: nothing matches, a block, a norm
 */
bool counter_match(struct counter *counter);

#endif
