/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an adapter trains or stores beside the tensors of its modules.
 */
#ifndef ADAPTER_EXTRAS_H
#define ADAPTER_EXTRAS_H

#include "adapter/counter.h"

/* Keep LIST for MODULE (NULL: the whole model). */
bool extras_add(struct counter *counter, enum extra_kind kind,
                const struct module *module, struct tensor_list *list);

/* saved.c: copies of modules_to_save, and biases. */
bool saved_add(struct counter *counter);

/* Does the file hold the biases of adapted layers because they train? */
bool saved_writes_bias(const struct counter *counter);

#endif
