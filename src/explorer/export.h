/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A configuration as something to paste: a command line, PEFT's LoraConfig.
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

/* Python lines: from peft import LoraConfig ... LoraConfig(r=8, ...). */
void export_lora_config(const struct explorer_setup *setup,
                        const struct count *count, struct text *out);

/* The same with a task_type that fits CLASS_NAME ("LlamaForCausalLM"). */
void export_lora_config_for(const struct explorer_setup *setup,
                            const struct count *count, const char *class_name,
                            struct text *out);

#endif
