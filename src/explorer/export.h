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
 * class of the method and every field that is not PEFT's default.
 */
void export_lora_config(const struct explorer_setup *setup,
                        const struct count *count, struct text *out);

/* The same with the task_type of CLASS_NAME ("LlamaForCausalLM"), unless one is
 * set or it would change what trains.
 */
void export_lora_config_for(const struct explorer_setup *setup,
                            const struct count *count, const char *class_name,
                            struct text *out);

/* PEFT's task type by the head that CLASS_NAME ends in, where naming it changes
 * nothing that is counted; NULL for a bare model and for other heads.
 */
const char *export_task_type(const char *class_name, const struct count *count);

#endif
