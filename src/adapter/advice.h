/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What PEFT does silently and a user would want to know: one sentence each.
 */
#ifndef ADAPTER_ADVICE_H
#define ADAPTER_ADVICE_H

#include "adapter/counter.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

/* Lists of names are comma separated, as settings keep them. */
size_t advice_count_names(const char *list);
bool advice_has_name(const char *list, const char *name);
/* "a, b and c"; a long list ends in "and 4 more". */
void advice_append_names(struct text *out, const char *list);

/* ONE for a list of one name, else MANY. */
const char *advice_number(const char *list, const char *one, const char *many);

/* Warn of TEXT and clear it. */
bool advice_say(struct counter *counter, struct text *text);

/* advice_targets.c: targets that reach less or more than they seem to. */
bool advice_targets(struct counter *counter);

/* advice_layers.c: attention in some layers of a hybrid. */
bool advice_layers(struct counter *counter);

/* advice_experts.c: experts that are parameters, target_parameters. */
bool advice_experts(struct counter *counter);

/* advice_saved.c: copies, tied weights, embeddings in the file. */
bool advice_saved(struct counter *counter);

/* advice_fields.c: settings without the effect that they promise. */
bool advice_fields(struct counter *counter);

/* advice_method.c: what single methods and ways to start want. */
bool advice_method(struct counter *counter);

#endif
