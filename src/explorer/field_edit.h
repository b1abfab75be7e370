/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any field of a method's configuration, as it is typed: KEY=VALUE.
 */
#ifndef EXPLORER_FIELD_EDIT_H
#define EXPLORER_FIELD_EDIT_H

#include "adapter/settings.h"
#include "base/error.h"
#include "base/resource.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Set the field that TYPED names to its value, JSON or else a plain string;
 * without a value it has PEFT's default again.
 *
 * errors   a field that the method lacks, a value of a wrong type, what is not
 *          kept among the fields (the rank...); SETTINGS untouched
 */
bool field_edit(struct adapter_settings *settings,
                const struct resource_path *path, const char *typed,
                struct error *err);

/* The first field that PEFT demands of the method and that nobody has set, with
 * a value to start from, as field_edit takes it ("num_virtual_tokens=20"); ""
 * for none.  LAYERS are the model's.
 */
void field_missing(const struct adapter_settings *settings, uint64_t layers,
                   char *out, size_t size);

/* What came with the method of AFTER, in words ("VeRA: PEFT's default rank
 * 256").
 */
void field_taken(const struct adapter_settings *before,
                 const struct adapter_settings *after, char *out, size_t size);

#endif
