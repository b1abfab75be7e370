/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which modules PEFT adapts: target_modules resolved, expert names rewritten.
 */
#ifndef ADAPTER_TARGET_H
#define ADAPTER_TARGET_H

#include "adapter/fields.h"
#include "adapter/settings.h"
#include "base/error.h"
#include "base/resource.h"
#include "base/text.h"
#include "model/inventory.h"

#include <stdbool.h>

enum target_form {
    FORM_NAMES,  /* exact names or suffixes */
    FORM_REGEX,  /* one full match */
    FORM_LINEAR, /* all-linear, by kind and not by name */
};

struct target_plan {
    enum target_form form;
    struct text names;       /* comma separated, or the regex */
    struct text parameters;  /* target_parameters, comma separated */
    const char *fused;       /* a parameter that gets FUSE times the rank */
    bool rewritten;          /* names were moved to target_parameters */
    bool assumed_all_linear; /* nothing was asked, and PEFT has no default */
};

enum { TARGET_FUSE = 2 }; /* gate and up in one parameter */

/* What the fields mean for INVENTORY; target_plan_clear it either way.
 *
 * errors   what PEFT refuses: no default, one half of a pair of experts
 */
bool target_plan_init(struct target_plan *plan,
                      const struct inventory *inventory,
                      const struct resource_path *path,
                      const struct adapter_settings *settings,
                      const struct fields *fields, struct error *err);
void target_plan_clear(struct target_plan *plan);

/* The names in target_modules, comma separated, that PEFT rewrites to the expert
 * or router parameter MODULE; NULL when it rewrites none to it.
 */
const char *target_expert_names(const struct inventory *inventory,
                                const struct adapter_settings *settings,
                                const struct module *module);

/* Does NAME (SIZE bytes) equal TARGET (LENGTH bytes), or end in "." and it? */
bool target_ends(const char *name, size_t size, const char *target,
                 size_t length);

/* The same for a whole string. */
bool target_matches(const char *name, const char *target, size_t length);

/* Is the linear module MODULE in PEFT's all-linear?  TASK is the task_type, or
 * NULL.
 */
bool target_is_every_linear(const struct inventory *inventory,
                            const struct module *module, const char *task);

#endif
