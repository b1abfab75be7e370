/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was assumed because a config does not say it.
 */
#ifndef MODEL_REMARKS_H
#define MODEL_REMARKS_H

#include "base/error.h"
#include "model/architecture.h"
#include "model/model.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Fill model->warnings for a CONFIG of the user's own; its inventory stands.
 * GIVEN: the class was named with --class.
 */
bool remarks_add(struct model *model, const struct architecture *architecture,
                 const json_t *config, bool given, struct error *err);

/* Warn that LABELS, when not 0, reaches no head of this model. */
bool remarks_labels(struct model *model, uint64_t labels, struct error *err);

#endif
