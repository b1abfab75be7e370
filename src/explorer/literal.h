/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A value on one line, as JSON or Python spells it.
 */
#ifndef EXPLORER_LITERAL_H
#define EXPLORER_LITERAL_H

#include "base/text.h"

#include <jansson.h>

enum literal_dialect { LITERAL_JSON, LITERAL_PYTHON };

/* Reals are the shortest that read back, and keep a point. */
void literal_append(struct text *out, json_t *value,
                    enum literal_dialect dialect);

#endif
