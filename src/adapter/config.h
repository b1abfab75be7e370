/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * PEFT's adapter_config.json, read and written.
 */
#ifndef ADAPTER_CONFIG_H
#define ADAPTER_CONFIG_H

#include "adapter/settings.h"
#include "base/error.h"
#include "base/resource.h"
#include "base/text.h"

#include <stddef.h>

/* Take METHOD with the rank and alpha that PEFT gives it (of LoRA those of
 * settings_init; among its variants both stay), and the fields that make the
 * variant; what only the method before knew is dropped.
 */
bool settings_set_method(struct adapter_settings *settings,
                         const struct resource_path *path,
                         const struct method *method, struct error *err);

/* Call the method by the variant that its fields make it. */
void settings_name_variant(struct adapter_settings *settings);

/* Read the LENGTH bytes of a file called NAME into *settings.
 *
 * What the file lacks takes PEFT's defaults for its method; keys that PEFT
 * does not know are kept for writing.  The release of PEFT stays as it was.
 * errors  *settings untouched: no JSON object, no peft_type or an unknown one,
 *         a value of a wrong type
 */
bool settings_read(struct adapter_settings *settings,
                   const struct resource_path *path, const char *data,
                   size_t length, const char *name, struct error *err);

/* The same from a file, or from a folder that holds adapter_config.json. */
bool settings_read_file(struct adapter_settings *settings,
                        const struct resource_path *path, const char *file,
                        struct error *err);

/* The file that PEFT would write for these settings: every field of the
 * method, keys sorted, then what PEFT does not know.
 */
bool settings_write(const struct adapter_settings *settings,
                    const struct resource_path *path, struct text *out,
                    struct error *err);

#endif
