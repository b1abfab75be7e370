/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How each option takes its value; the table in options.c names these.
 *
 * All give ERROR_USAGE with the option, the value and what it may be.
 */
#ifndef CLI_VALUES_H
#define CLI_VALUES_H

#include "cli/call.h"

typedef bool value_take(struct cli_call *call, const char *value,
                        struct error *err);

value_take value_class, value_transformers, value_peft, value_method;
value_take value_rank, value_alpha, value_target, value_ranks;
value_take value_dtype, value_adapter_dtype, value_optimizer;
value_take value_size, value_seed, value_driver, value_precision;
value_take value_values, value_plot;
value_take value_json, value_csv, value_explain, value_ascii, value_si;
value_take value_color, value_presets, value_help, value_version;

#endif
