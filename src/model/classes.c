/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the name of a transformers class says about a model's head.
 */
#include "model/classes.h"

#include <stddef.h>
#include <string.h>

#include "base/text.h"

static const struct {
    const char *ending;
    const char *head;
} endings[] = {
    /* longest first; EncoderModel is half a model, not mapped */
    {"ForSequenceClassification", "seqcls"},
    {"ForConditionalGeneration", "lm"},
    {"ForImageClassification", "seqcls"},
    {"ForTokenClassification", "tokcls"},
    {"ForQuestionAnswering", "qa"},
    {"EncoderModel", NULL},
    {"ForMaskedLM", "lm"},
    {"ForCausalLM", "lm"},
    {"LMHeadModel", "lm"},
    {"ChatGLMModel", "lm"},
    {"Model", "base"},
};

static const char *const heads[] = {"lm", "base", "seqcls", "tokcls", "qa"};

const char *class_head(const char *class_name)
{
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        if (text_ends(class_name, endings[i].ending)) {
            return endings[i].head;
        }
    }
    return NULL;
}

const char *class_task_head(const char *task_head)
{
    if (strcmp(task_head, "mlm") == 0) {
        return "lm";
    }
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        if (strcmp(heads[i], task_head) == 0) {
            return heads[i];
        }
    }
    return NULL;
}

const char *class_endings(void)
{
    return "ForCausalLM, ForConditionalGeneration, ForMaskedLM, LMHeadModel, "
           "ForSequenceClassification, ForTokenClassification, "
           "ForQuestionAnswering, ForImageClassification and Model";
}
