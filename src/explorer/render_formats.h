/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The three writers behind render_report.
 */
#ifndef EXPLORER_RENDER_FORMATS_H
#define EXPLORER_RENDER_FORMATS_H

#include "base/text.h"
#include "base/units.h"
#include "explorer/report.h"

void render_json(const struct report *report, struct text *out);
void render_csv(const struct report *report, struct text *out);
bool render_text(const struct report *report, enum units_system units,
                 bool ascii, struct text *out, struct error *err);

#endif
