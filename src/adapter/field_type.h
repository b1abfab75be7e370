/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The types of a configuration's fields, as Python takes them.
 */
#ifndef ADAPTER_FIELD_TYPE_H
#define ADAPTER_FIELD_TYPE_H

#include "base/text.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Is VALUE of one of the types, "int|null"?  If not, WANTED gets them in words. */
bool field_type_fits(const char *names, size_t size, const json_t *value,
                     struct text *wanted);

#endif
