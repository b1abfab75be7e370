/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ensure_weight_tying: layers that share the embedding's weight share what
 * trains of it too.
 */
#ifndef ADAPTER_TYING_H
#define ADAPTER_TYING_H

#include "adapter/counter.h"

/* Is the last part of the SIZE bytes at NAME one of the names by which PEFT
 * knows an embedding?
 */
bool tying_is_embedding(const char *name, size_t size);

/* Does MODULE share (or could share) the input embedding's weight? */
bool tying_is_partner(const struct counter *counter,
                      const struct module *module);

/* modules_to_save: one copy for all that share the weight. */
bool tying_saved(struct counter *counter);

/* target_modules, in the plan: the embedding, and then what is tied to it. */
bool tying_targets(struct counter *counter);

/* Does MODULE get an adapter because the embedding has one? */
bool tying_forces(const struct counter *counter, const struct module *module);

#endif
