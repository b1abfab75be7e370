/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Phrases of the look-up's sentences.
 */
#include "explorer/lookup_phrase.h"

#include <inttypes.h>
#include <string.h>

#include "adapter/method.h"
#include "base/units.h"

void phrase_count(struct text *out, uint64_t count)
{
    char number[UNITS_SIZE];
    text_append(out, units_count(number, count));
}

void phrase_figure(struct text *out, const struct lookup_figure *figure)
{
    text_append(out, figure->rounded ? "about " : "");
    phrase_count(out, figure->value);
}

void phrase_settings(struct text *out, const struct lookup_match *match)
{
    bool usual = match->targets != NULL && !match->regex &&
                 strcmp(match->targets, "default") == 0;
    if (match->targets == NULL) { /* in front of the model */
        text_append(out, match->method);
        return;
    }
    if (!match->regex && strcmp(match->targets, "none") == 0) {
        text_append(out, "no target");
        return;
    }
    text_append(out, match->regex ? "the pattern "
                     : usual      ? "the default targets"
                                  : "");
    text_append(out, usual ? "" : match->targets);
    if (match->rank > 0) {
        text_appendf(out, " at r %" PRIu64, match->rank);
    }
    if (strcmp(match->method, "lora") != 0) {
        text_appendf(out, " with %s", match->method);
    }
}

void phrase_variant(struct text *out, const struct lookup_match *match)
{
    if (match->class_name != NULL) {
        text_appendf(out, ", as %s", match->class_name);
    }
    if (match->labels > 0) {
        text_append(out, match->class_name != NULL ? " with " : ", with ");
        phrase_count(out, match->labels);
        text_append(out, match->labels == 1 ? " label" : " labels");
    }
    if (match->task != NULL) {
        bool first = match->class_name == NULL && match->labels == 0;
        text_appendf(out, "%s the task %s", first ? ", with" : " and",
                     match->task);
    }
}

void phrase_conditions(struct text *out, const struct lookup_match *match)
{
    const char *layouts = lookup_layouts_name(match->layouts);
    phrase_variant(out, match);
    switch (match->print) {
    case PRINT_TRUE:
        break;
    case PRINT_PACKED:
        text_append(out, ", two 4-bit weights counted as one");
        break;
    case PRINT_HALVED:
        text_append(out, ", two 4-bit weights counted as one and the "
                         "trainable count halved, as qlora.py prints");
        break;
    case PRINT_BUFFERS:
        text_append(out, ", quantised weights not counted (GPTQ, AWQ)");
        break;
    }
    if (strcmp(layouts, "transformers 4 or 5") != 0 && layouts[0] != '\0') {
        text_appendf(out, ", under %s", layouts);
    }
    if (match->vocabulary != 0) {
        bool more = match->vocabulary > 0;
        text_append(out, ", with a vocabulary ");
        phrase_count(out,
                     (uint64_t)(more ? match->vocabulary : -match->vocabulary));
        text_appendf(out, " rows %s", more ? "longer" : "shorter");
    }
}
