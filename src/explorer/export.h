/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A configuration as something to paste: a command line, Python lines for PEFT.
 */
#ifndef EXPLORER_EXPORT_H
#define EXPLORER_EXPORT_H

#include "adapter/count.h"
#include "base/text.h"
#include "explorer/setup.h"

/* The `loraexplore count ...` call that prints the same numbers, quoted for a
 * POSIX shell; only options that differ from their defaults.
 */
void export_command_line(const struct explorer_setup *setup, struct text *out);

/* Python lines: from peft import LoraConfig ... LoraConfig(r=8, ...), with the
 * class of the method and every field that is not PEFT's default.  A prompt,
 * which PEFT makes for no model without a task, gets the model's task_type
 * unless one is set.
 */
void export_lora_config(const struct explorer_setup *setup,
                        const struct inventory *inventory,
                        const struct count *count, struct text *out);

/* PEFT's task type by the head that CLASS_NAME, a class of the model, ends in;
 * NULL for a bare model and for heads with labels.
 */
const char *export_task_type(const char *class_name,
                             const struct inventory *inventory);

#endif
