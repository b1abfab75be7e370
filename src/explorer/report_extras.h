/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts of `count` that files of their own put together.
 */
#ifndef EXPLORER_REPORT_EXTRAS_H
#define EXPLORER_REPORT_EXTRAS_H

#include "explorer/report.h"

/* The table "extras": what trains or is stored beside the adapted modules; for
 * readers and CSV, tensors of one pattern in one row.
 */
bool report_add_extras(struct report *report, const struct count *count,
                       struct error *err);

/* A line on parameters and buffers that never train, when there are any. */
bool report_add_untrained(struct report *report, const struct count *count,
                          struct error *err);

/* "DoRA: rank 8, alpha 16, target q_proj (transformers 5.23, PEFT 0.21)", kept
 * by the report, and below it what else differs from PEFT's defaults ("" when
 * nothing does); NULL with *err set.  RANK: one for all modules.
 */
const char *report_adapter_line(struct report *report,
                                const struct explorer_setup *setup,
                                const struct count *count, bool rank,
                                struct error *err);
const char *report_fields_line(struct report *report,
                               const struct explorer_setup *setup,
                               struct error *err);

/* "gpt2: gpt2, GPT2LMHeadModel, ...", kept by the report; NULL with *err set. */
const char *report_model_line(struct report *report, const struct model *model,
                              const struct explorer_setup *setup,
                              struct error *err);

/* For programs: the model's names, the releases, the method and what it is set
 * to; RANK: with the rank.
 */
bool report_add_setup(struct report *report, const struct model *model,
                      const struct explorer_setup *setup, bool rank,
                      struct error *err);

/* The columns of the table of modules. */
enum { MODULE_COLUMNS = 8 };
extern const struct report_column report_module_columns[];

/* "4.57" or "5.23". */
const char *report_transformers_name(unsigned major);

#endif
