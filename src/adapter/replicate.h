/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * layer_replication: a stack of layers built from ranges of the model's own.
 */
#ifndef ADAPTER_REPLICATE_H
#define ADAPTER_REPLICATE_H

#include "adapter/counter.h"

/* Let the counter see the replicated model; its base stays what it was. */
bool counter_replicate(struct counter *counter);

#endif
