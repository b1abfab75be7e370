/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A configuration as something to paste: a shell command, Python lines.
 */
#include "explorer/export.h"

#include <inttypes.h>
#include <string.h>

#include "base/units.h"

/* Quoted for a POSIX shell, plain where no quote is needed. */
static void append_shell(struct text *out, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-./,:=+@%";
    if (word[0] != '\0' && strspn(word, plain) == strlen(word)) {
        text_append(out, word);
        return;
    }
    text_append(out, "'");
    for (const char *at = word; *at != '\0'; at++) {
        if (*at == '\'') {
            text_append(out, "'\\''");
        } else {
            text_append_bytes(out, at, 1);
        }
    }
    text_append(out, "'");
}

static void append_option(struct text *out, const char *option,
                          const char *value)
{
    text_appendf(out, " %s ", option);
    append_shell(out, value);
}

static void append_targets(struct text *out,
                           const struct adapter_settings *adapter)
{
    switch (adapter->mode) {
    case TARGET_UNSET:
        return;
    case TARGET_DEFAULT:
        append_option(out, "--target", "default");
        return;
    case TARGET_ALL_LINEAR:
        append_option(out, "--target", "all-linear");
        return;
    case TARGET_NONE:
        append_option(out, "--target", "none");
        return;
    case TARGET_LIST:
        append_option(out, "--target",
                      adapter->targets[0] == '\0' ? "none" : adapter->targets);
        return;
    }
}

static void append_adapter(struct text *out,
                           const struct adapter_settings *adapter,
                           const struct adapter_settings *defaults)
{
    char number[UNITS_SIZE];
    if (adapter->rank != defaults->rank) {
        text_appendf(out, " --rank %" PRIu64, adapter->rank);
    }
    if (adapter->alpha < defaults->alpha || adapter->alpha > defaults->alpha) {
        append_option(out, "--alpha", units_real(number, adapter->alpha));
    }
    append_targets(out, adapter);
    if (adapter->peft != defaults->peft) {
        append_option(out, "--peft", peft_version_name(adapter->peft));
    }
}

void export_command_line(const struct explorer_setup *setup, struct text *out)
{
    struct explorer_setup defaults;
    explorer_setup_init(&defaults, setup->path);
    text_append(out, "loraexplore count ");
    if (setup->model[0] == '-' && setup->model[1] != '\0') {
        text_append(out, "./"); /* a file whose name begins like an option */
    }
    append_shell(out, setup->model);
    if (setup->class_name != NULL) {
        append_option(out, "--class", setup->class_name);
    }
    if (setup->transformers != defaults.transformers) {
        append_option(out, "--transformers",
                      setup->transformers == 4 ? "4" : "5");
    }
    append_adapter(out, &setup->adapter, &defaults.adapter);
    if (setup->has_dtype) {
        append_option(out, "--dtype", model_dtype_name(setup->training.dtype));
    }
    if (setup->training.adapter_dtype != defaults.training.adapter_dtype) {
        append_option(out, "--adapter-dtype",
                      model_dtype_name(setup->training.adapter_dtype));
    }
    if (setup->training.optimizer != defaults.training.optimizer) {
        append_option(out, "--optimizer", setup->training.optimizer->name);
    }
}

static void append_python(struct text *out, const char *word, size_t length)
{
    text_append(out, "\"");
    for (size_t i = 0; i < length; i++) {
        if (word[i] == '"' || word[i] == '\\') {
            text_append(out, "\\");
        }
        text_append_bytes(out, &word[i], 1);
    }
    text_append(out, "\"");
}

/* "a,b" as a Python list of strings. */
static void append_python_list(struct text *out, const char *names)
{
    const char *cursor = names;
    size_t length = 0;
    const char *name;
    bool first = true;
    text_append(out, "[");
    while ((name = settings_next_target(&cursor, &length)) != NULL) {
        text_append(out, first ? "" : ", ");
        append_python(out, name, length);
        first = false;
    }
    text_append(out, "]");
}

static bool has_part(const struct count *count, const char *part)
{
    for (size_t i = 0; i < count->row_count; i++) {
        if (strstr(count->rows[i].module.pattern, part) != NULL) {
            return true;
        }
    }
    return false;
}

/* PEFT's task type by the head that a class name ends in; NULL for a bare
 * model and for heads PEFT has no task for.  ForConditionalGeneration is an
 * encoder with a decoder (T5), or a decoder that also reads images.
 */
static const char *task_type(const char *class_name, const struct count *count)
{
    static const struct {
        const char *ending;
        const char *task;
    } tasks[] = {
        {"ForSequenceClassification", "SEQ_CLS"},
        {"ForTokenClassification", "TOKEN_CLS"},
        {"ForQuestionAnswering", "QUESTION_ANS"},
        {"ForConditionalGeneration", "SEQ_2_SEQ_LM"},
        {"ForCausalLM", "CAUSAL_LM"},
        {"LMHeadModel", "CAUSAL_LM"},
    };
    if (class_name == NULL) {
        return NULL;
    }
    if (text_ends(class_name, "ForConditionalGeneration") &&
        !(has_part(count, "encoder.") && has_part(count, "decoder."))) {
        return "CAUSAL_LM";
    }
    for (size_t i = 0; i < sizeof tasks / sizeof tasks[0]; i++) {
        if (text_ends(class_name, tasks[i].ending)) {
            return tasks[i].task;
        }
    }
    return NULL;
}

static void append_python_targets(struct text *out,
                                  const struct explorer_setup *setup,
                                  const struct count *count)
{
    text_append(out, "    target_modules=");
    if (setup->adapter.mode == TARGET_ALL_LINEAR) {
        text_append(out, "\"all-linear\"");
    } else {
        append_python_list(out, count->resolved);
    }
    text_append(out, ",\n");
    if (count->parameters[0] != '\0') {
        text_append(out, "    target_parameters=");
        append_python_list(out, count->parameters);
        text_append(out, ",\n");
    }
}

void export_lora_config_for(const struct explorer_setup *setup,
                            const struct count *count, const char *class_name,
                            struct text *out)
{
    const struct adapter_settings *adapter = &setup->adapter;
    char number[UNITS_SIZE];
    text_append(out, "from peft import LoraConfig\n\n");
    text_appendf(out, "config = LoraConfig(\n    r=%" PRIu64 ",\n",
                 adapter->rank);
    text_appendf(out, "    lora_alpha=%s,\n",
                 units_real(number, adapter->alpha));
    append_python_targets(out, setup, count);
    const char *task = task_type(class_name, count);
    if (task != NULL) {
        text_appendf(out, "    task_type=\"%s\",\n", task);
    }
    text_append(out, ")\n");
}

void export_lora_config(const struct explorer_setup *setup,
                        const struct count *count, struct text *out)
{
    export_lora_config_for(setup, count, setup->class_name, out);
}
