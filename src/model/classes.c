/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the name of a transformers class says about a model's head.
 */
#include "model/classes.h"

#include <stdio.h>
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

const char *const class_heads[CLASS_HEADS] = {"lm", "base", "seqcls", "tokcls",
                                              "qa"};

const char *class_head(const char *class_name)
{
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        if (text_ends(class_name, endings[i].ending)) {
            return endings[i].head;
        }
    }
    return NULL;
}

const char *class_ending(const char *class_name)
{
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        if (text_ends(class_name, endings[i].ending)) {
            return endings[i].head != NULL ? endings[i].ending : NULL;
        }
    }
    return NULL;
}

const char *class_task_head(const char *task_head)
{
    if (strcmp(task_head, "mlm") == 0) {
        return "lm";
    }
    for (size_t i = 0; i < CLASS_HEADS; i++) {
        if (strcmp(class_heads[i], task_head) == 0) {
            return class_heads[i];
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

/* What a class of HEAD ends in beside OWN. */
static const char *sibling_ending(const char *head, enum class_reads reads)
{
    static const char *const others[CLASS_HEADS] = {
        NULL, "Model", "ForSequenceClassification", "ForTokenClassification",
        "ForQuestionAnswering"};
    if (strcmp(head, "lm") == 0) {
        return reads == READS_PAIRS ? "ForConditionalGeneration"
                                    : "ForMaskedLM";
    }
    if (strcmp(head, "seqcls") == 0 && reads == READS_IMAGES) {
        return "ForImageClassification";
    }
    for (size_t i = 1; i < CLASS_HEADS; i++) {
        if (strcmp(class_heads[i], head) == 0) {
            return others[i];
        }
    }
    return NULL;
}

bool class_sibling(const char *own, const char *head, enum class_reads reads,
                   char *out, size_t size)
{
    const char *now = class_head(own), *mine = class_ending(own);
    const char *ending = sibling_ending(head, reads);
    if (now == NULL || mine == NULL || ending == NULL) {
        return false;
    }
    if (strcmp(now, head) == 0) {
        snprintf(out, size, "%s", own);
        return true;
    }
    size_t stem = strlen(own) - strlen(mine);
    stem = stem > 0 ? stem : strlen(own) - strlen("Model"); /* ChatGLMModel */
    int wrote = snprintf(out, size, "%.*s%s", (int)stem, own, ending);
    const char *made = class_head(out);
    return wrote > 0 && (size_t)wrote < size && made != NULL &&
           strcmp(made, head) == 0;
}
