/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * all-linear as a list of names: for each module the shortest ending that no
 * other kind of module shares.
 */
#ifndef ADAPTER_CONDENSE_H
#define ADAPTER_CONDENSE_H

#include "adapter/target.h"
#include "model/inventory.h"

/* Add the names that stand for all-linear.  TASK is the task_type, or NULL. */
void condense_names(const struct inventory *inventory, const char *task,
                    struct text *names);

#endif
