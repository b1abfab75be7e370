/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which modules PEFT adapts: target_modules resolved, expert names rewritten.
 */
#ifndef ADAPTER_TARGET_H
#define ADAPTER_TARGET_H

#include "adapter/settings.h"
#include "base/error.h"
#include "base/resource.h"
#include "model/inventory.h"

/* One target_parameters entry and the factor on its rank and alpha. */
struct target_parameter {
    const char *suffix; /* "gate_up_proj" */
    unsigned factor;    /* 2 for a fused pair */
};

enum { TARGET_PARAMETERS = 3 };

struct target_plan {
    bool every_linear;        /* all-linear, by kind and not by name */
    char names[TARGETS_SIZE]; /* comma separated; matched exact or by suffix */
    struct target_parameter parameters[TARGET_PARAMETERS];
    size_t parameter_count;
    bool assumed_all_linear; /* nothing was asked, and PEFT has no default */
};

/* What SETTINGS mean for INVENTORY.
 *
 * errors   what PEFT refuses: no default, one half of a pair of experts
 */
bool target_plan_init(struct target_plan *plan,
                      const struct inventory *inventory,
                      const struct resource_path *path,
                      const struct adapter_settings *settings,
                      struct error *err);

/* The names in target_modules, comma separated, that PEFT rewrites to the expert
 * or router parameter MODULE; NULL when it rewrites none to it.
 */
const char *target_expert_names(const struct inventory *inventory,
                                enum peft_version peft,
                                const struct module *module);

/* Does NAME equal TARGET (LENGTH bytes), or end in "." and it?  "{}" in NAME
 * stands for any number when it is a pattern.
 */
bool target_matches(const char *name, const char *target, size_t length);

#endif
