/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A family's rows and a config's numbers make an inventory.
 */
#ifndef MODEL_INSTANTIATE_H
#define MODEL_INSTANTIATE_H

#include "base/error.h"
#include "model/architecture.h"
#include "model/inventory.h"

#include <jansson.h>

/* Evaluate every row, once for each value of the index it depends on and not
 * once a copy.
 *
 * HEAD is "lm", "base", "seqcls", "tokcls" or "qa".  The inventory's strings
 * live in its own arena, so the architecture and CONFIG may go.
 *
 * errors   a key that is missing or no positive whole number, by name; sizes
 *          and totals that overflow; more than 65,536 repetitions
 * owns     inventory_clear it, also after a failure
 */
bool inventory_init(struct inventory *inventory,
                    const struct architecture *architecture, json_t *config,
                    const char *class_name, const char *head,
                    unsigned transformers, struct error *err);

/* Does any row of the family ask for this head? */
bool architecture_has_head(const struct architecture *architecture,
                           const char *head);

#endif
