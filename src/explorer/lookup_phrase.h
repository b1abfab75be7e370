/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Phrases of the look-up's sentences.
 */
#ifndef EXPLORER_LOOKUP_PHRASE_H
#define EXPLORER_LOOKUP_PHRASE_H

#include "base/text.h"
#include "explorer/lookup.h"

#include <stdint.h>

void phrase_count(struct text *out, uint64_t count);
void phrase_figure(struct text *out, const struct lookup_figure *figure);
/* "q_proj,v_proj at r 8", "DoRA on ..." for other methods. */
void phrase_settings(struct text *out, const struct lookup_match *match);
/* "GPT2ForSequenceClassification with 2 labels and --task SEQ_CLS" */
void phrase_variant(struct text *out, const struct lookup_match *match);
/* What has to hold for the figures to come out. */
void phrase_conditions(struct text *out, const struct lookup_match *match);

#endif
