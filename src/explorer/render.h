/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A report as bytes: text for people, JSON and CSV (RFC 4180) for programs.
 */
#ifndef EXPLORER_RENDER_H
#define EXPLORER_RENDER_H

#include "base/text.h"
#include "base/units.h"
#include "explorer/report.h"

enum render_format { RENDER_TEXT, RENDER_JSON, RENDER_CSV };

/* Append REPORT to OUT.  ASCII keeps text output to ASCII glyphs. */
bool render_report(const struct report *report, enum render_format format,
                   enum units_system units, bool ascii, struct text *out,
                   struct error *err);

#endif
