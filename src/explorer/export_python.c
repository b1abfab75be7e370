/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A configuration as the Python lines that make it in PEFT.
 */
#include "explorer/export.h"

#include <inttypes.h>
#include <string.h>

#include "adapter/fields.h"
#include "adapter/method.h"
#include "base/text.h"
#include "explorer/changed.h"
#include "explorer/literal.h"

static void append_argument(struct text *out, const char *key, json_t *value)
{
    text_appendf(out, "    %s=", key);
    literal_append(out, value, LITERAL_PYTHON);
    text_append(out, ",\n");
}

/* ---- the task ------------------------------------------------------------ */

static bool has_part(const struct count *count, const char *part)
{
    for (size_t i = 0; i < count->row_count; i++) {
        if (strstr(count->rows[i].module.pattern, part) != NULL) {
            return true;
        }
    }
    return false;
}

/* Heads with labels would be trained too if their task were named.
 * ForConditionalGeneration is an encoder with a decoder (T5), or a decoder that
 * also reads images.
 */
const char *export_task_type(const char *class_name, const struct count *count)
{
    static const struct {
        const char *ending;
        const char *task;
    } tasks[] = {
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

/* ---- the targets --------------------------------------------------------- */

/* Can the default be written down?  A pattern cannot, nor what PEFT moves to
 * target_parameters with another rank.
 */
static bool is_listable(const struct count *count)
{
    return count->resolved[0] != '\0' && count->parameters[0] == '\0' &&
           strpbrk(count->resolved, "()[]|*+?\\^$") == NULL;
}

static void append_targets(struct text *out,
                           const struct adapter_settings *adapter,
                           const struct count *count)
{
    struct adapter_settings asked = *adapter;
    bool unnamed = asked.mode == TARGET_UNSET || asked.mode == TARGET_DEFAULT;
    if (unnamed && count->assumed_all_linear) {
        asked.mode = TARGET_ALL_LINEAR;
    } else if (unnamed && adapter->method->reach == REACH_MODULES &&
               is_listable(count)) {
        asked.mode = TARGET_LIST;
        asked.targets = count->resolved;
    } else if (unnamed) {
        text_append(out, "    # target_modules: PEFT's default\n");
        return;
    }
    json_t *value = settings_targets_new(&asked);
    out->failed = out->failed || value == NULL;
    if (value != NULL) {
        append_argument(out, "target_modules", value);
    }
    json_decref(value);
}

/* ---- the lines ----------------------------------------------------------- */

static void append_numbers(struct text *out,
                           const struct adapter_settings *adapter)
{
    const struct method *method = adapter->method;
    if (method->rank_key != NULL) {
        text_appendf(out, "    %s=%" PRIu64 ",\n", method->rank_key,
                     adapter->rank);
    }
    json_t *alpha = settings_alpha_new(adapter);
    if (method->alpha_key != NULL && alpha != NULL) {
        append_argument(out, method->alpha_key, alpha);
    }
    json_decref(alpha);
}

static void append_fields(struct text *out, const struct explorer_setup *setup,
                          const struct count *count, const char *class_name)
{
    json_t *changed = changed_fields_new(&setup->adapter, setup->path);
    const char *task = export_task_type(class_name, count);
    const char *key = NULL;
    json_t *value = NULL;
    out->failed = out->failed || changed == NULL;
    json_object_foreach(changed, key, value)
    {
        append_argument(out, key, value);
    }
    if (task != NULL && json_object_get(changed, "task_type") == NULL) {
        text_appendf(out, "    task_type=\"%s\",\n", task);
    }
    json_decref(changed);
}

void export_lora_config_for(const struct explorer_setup *setup,
                            const struct count *count, const char *class_name,
                            struct text *out)
{
    const struct adapter_settings *adapter = &setup->adapter;
    const char *name = adapter->method->config_class;
    text_appendf(out, "from peft import %s\n\nconfig = %s(\n", name, name);
    append_numbers(out, adapter);
    if (changed_knows(adapter, setup->path, "target_modules")) {
        append_targets(out, adapter, count);
    }
    append_fields(out, setup, count, class_name);
    text_append(out, ")\n");
}

void export_lora_config(const struct explorer_setup *setup,
                        const struct count *count, struct text *out)
{
    export_lora_config_for(setup, count, setup->class_name, out);
}
