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

static bool has_part(const struct inventory *inventory, const char *part)
{
    for (size_t i = 0; i < inventory->count; i++) {
        if (strstr(inventory->modules[i].pattern, part) != NULL) {
            return true;
        }
    }
    return false;
}

/* Heads with labels would be trained too if their task were named.
 * ForConditionalGeneration is an encoder with a decoder (T5), or a decoder that
 * also reads images.
 */
const char *export_task_type(const char *class_name,
                             const struct inventory *inventory)
{
    static const struct {
        const char *ending;
        const char *task;
    } tasks[] = {
        {"ForConditionalGeneration", "SEQ_2_SEQ_LM"},
        {"ForCausalLM", "CAUSAL_LM"},
        {"LMHeadModel", "CAUSAL_LM"},
    };
    if (text_ends(class_name, "ForConditionalGeneration") &&
        !(has_part(inventory, "encoder.") && has_part(inventory, "decoder."))) {
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
                          const struct inventory *inventory)
{
    json_t *changed = changed_fields_new(&setup->adapter, setup->path);
    bool prompt = setup->adapter.method->reach == REACH_PROMPT;
    const char *task =
        prompt ? export_task_type(inventory->class_name, inventory) : NULL;
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

/* LoRA-FA is LoRA whose optimizer leaves A alone. */
static bool has_optimizer(const struct method *method)
{
    return strcmp(method->name, "lora_fa") == 0;
}

static void append_optimizer(struct text *out,
                             const struct adapter_settings *adapter)
{
    json_t *scaled = settings_field_new(adapter, "use_rslora");
    json_t *alpha = settings_alpha_new(adapter);
    text_append(out, "\n# LoraConfig has no field for LoRA-FA: this optimizer "
                     "makes it, with a rate of yours\n");
    text_appendf(out,
                 "# optimizer = create_lorafa_optimizer(model=model, "
                 "r=%" PRIu64 ", lora_alpha=",
                 adapter->rank);
    if (alpha != NULL) {
        literal_append(out, alpha, LITERAL_PYTHON);
    }
    text_appendf(out, ", lr=1e-4%s)\n",
                 json_is_true(scaled) ? ", use_rslora=True" : "");
    json_decref(scaled);
    json_decref(alpha);
}

void export_lora_config(const struct explorer_setup *setup,
                        const struct inventory *inventory,
                        const struct count *count, struct text *out)
{
    const struct adapter_settings *adapter = &setup->adapter;
    const char *name = adapter->method->config_class;
    bool optimizer = has_optimizer(adapter->method);
    text_appendf(out, "from peft import %s\n", name);
    text_append(out, optimizer ? "from peft.optimizers import "
                                 "create_lorafa_optimizer\n"
                               : "");
    text_appendf(out, "\nconfig = %s(\n", name);
    append_numbers(out, adapter);
    if (changed_knows(adapter, setup->path, "target_modules")) {
        append_targets(out, adapter, count);
    }
    append_fields(out, setup, inventory);
    text_append(out, ")\n");
    if (optimizer) {
        append_optimizer(out, adapter);
    }
}
