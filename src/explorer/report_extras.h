/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts of `count` that files of their own put together.
 */
#ifndef EXPLORER_REPORT_EXTRAS_H
#define EXPLORER_REPORT_EXTRAS_H

#include "explorer/report.h"

/* The table "extras": what trains or is stored beside the adapted modules. */
bool report_add_extras(struct report *report, const struct count *count,
                       struct error *err);

/* A line on parameters and buffers that never train, when there are any. */
bool report_add_untrained(struct report *report, const struct count *count,
                          struct error *err);

/* "DoRA: rank 8, alpha 16, target q_proj (transformers 5.23, PEFT 0.21)", kept
 * by the report, and below it what else differs from PEFT's defaults ("" when
 * nothing does); NULL with *err set.
 */
const char *report_adapter_line(struct report *report,
                                const struct explorer_setup *setup,
                                const struct count *count, struct error *err);
const char *report_fields_line(struct report *report,
                               const struct explorer_setup *setup,
                               struct error *err);

/* "4.57" or "5.23". */
const char *report_transformers_name(unsigned major);

#endif
