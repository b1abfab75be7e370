/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The fields of an adapter's settings that differ from PEFT's defaults.
 */
#ifndef EXPLORER_CHANGED_H
#define EXPLORER_CHANGED_H

#include "adapter/settings.h"
#include "base/resource.h"
#include "base/text.h"

#include <jansson.h>
#include <stdbool.h>

/* Fields that PEFT knows and that say something else than its default, in
 * their order, as a new object; not rank, alpha, targets and what only names
 * the base model or the release.  NULL without memory.
 */
json_t *changed_fields_new(const struct adapter_settings *settings,
                           const struct resource_path *path);

/* Does the method of SETTINGS have the field KEY in their release of PEFT? */
bool changed_knows(const struct adapter_settings *settings,
                   const struct resource_path *path, const char *key);

/* Is VALUE a list of layer numbers, so that it can be written as ranges? */
bool changed_are_layers(const json_t *value);
/* [0, 1, 2, 5] as "0-2,5". */
void changed_append_layers(struct text *out, const json_t *layers);

#endif
