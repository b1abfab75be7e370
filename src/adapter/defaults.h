/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The modules that a method of PEFT adapts when nobody names any.
 */
#ifndef ADAPTER_DEFAULTS_H
#define ADAPTER_DEFAULTS_H

#include "adapter/settings.h"
#include "base/error.h"
#include "base/resource.h"

#include <stdbool.h>

struct default_targets {
    char *text; /* names, comma separated, or a regex; owned; NULL: not found */
    bool regex; /* `text` must match a module's full name */
    bool found; /* PEFT has a default; an empty `text` says: no modules */
};

/* PEFT's default for METHOD ("lora", "ia3_feedforward", as `method` in
 * presets/default_targets.tsv has it) and MODEL_TYPE into *out; without one,
 * `found` is false.  Clear with default_targets_clear.
 *
 * errors   a table from an override folder that makes no sense
 */
bool default_targets(const struct resource_path *path, const char *method,
                     const char *model_type, enum peft_version peft,
                     struct default_targets *out, struct error *err);
void default_targets_clear(struct default_targets *targets);

#endif
