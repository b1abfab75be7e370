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

/* "--OPTION takes WANTED, not "VALUE"". */
bool value_refuse(struct error *err, const char *option, const char *value,
                  const char *wanted);

/* values_adapter.c */
value_take value_adapter_config, value_method, value_rank, value_alpha;
value_take value_target, value_target_regex, value_exclude, value_exclude_regex;
value_take value_layers, value_rank_pattern, value_alpha_pattern;
value_take value_modules_to_save, value_bias, value_rslora, value_dora;
value_take value_task, value_set;

/* Set the fields whose patterns were gathered; call it before any option but
 * another pattern and after the last one, so that thousands cost no more than
 * one.
 */
bool values_set_patterns(struct cli_call *call, struct error *err);

/* Does the method have all that the options asked of it?  Call it once, after
 * the last option.
 *
 * errors  a field that PEFT's configuration class does not take
 */
bool values_check_adapter(const struct cli_call *call, struct error *err);

value_take value_model, value_class, value_num_labels, value_transformers;
value_take value_peft, value_ranks;
value_take value_write_adapter_config, value_force, value_python;
value_take value_dtype, value_adapter_dtype, value_optimizer;
value_take value_size, value_seed, value_driver, value_precision;
value_take value_values, value_plot;
value_take value_json, value_csv, value_explain, value_ascii, value_si;
value_take value_color, value_presets, value_help, value_version;

#endif
