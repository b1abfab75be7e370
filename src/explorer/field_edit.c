/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A field of PEFT's, typed.
 */
#include "explorer/field_edit.h"

#include <stdio.h>
#include <string.h>

#include "adapter/config.h"
#include "adapter/fields.h"
#include "adapter/method.h"
#include "base/units.h"
#include "explorer/command.h"

enum { KEY_SIZE = 128 };

/* Fields that the settings keep apart: who types one is told the key. */
static bool refuse_key(const struct method *method, const char *key,
                       struct error *err)
{
    const struct {
        const char *key, *command;
    } own[] = {{method->rank_key, "rank-type"},
               {method->alpha_key, "alpha-type"},
               {"target_modules", "targets-type"},
               {"peft_type", "method"}};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (own[i].key != NULL && strcmp(own[i].key, key) == 0) {
            return error_set(err, ERROR_USAGE, "%s has its own key: %s", key,
                             command_named(own[i].command)->keys);
        }
    }
    return true;
}

/* The value as JSON, else as the string that it is; NULL for none. */
static json_t *field_value_new(const char *text)
{
    json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
    return value != NULL || text[0] == '\0' ? value : json_string(text);
}

/* Set KEY to what stands behind the first "="; nothing takes it off. */
static bool take_field(struct adapter_settings *adapter,
                       const struct resource_path *path, const char *key,
                       const char *text, struct error *err)
{
    const struct method *method = adapter->method;
    struct fields fields;
    if (!refuse_key(method, key, err)) {
        return false;
    }
    json_t *standard = field_default_new(path, method, adapter->peft, key, err);
    if (standard == NULL) {
        return error_set(err, ERROR_NOT_FOUND,
                         "%s has no field %s in PEFT %s: check its spelling",
                         method->label, key, peft_version_name(adapter->peft));
    }
    json_decref(standard);
    json_t *value = field_value_new(text);
    bool done = settings_set_field(adapter, key, value, err) &&
                fields_init(&fields, path, adapter, err);
    json_decref(value);
    if (done) {
        fields_clear(&fields); /* they were only checked */
    }
    return done;
}

bool field_edit(struct adapter_settings *settings,
                const struct resource_path *path, const char *typed,
                struct error *err)
{
    struct adapter_settings next = *settings;
    char key[KEY_SIZE];
    size_t length = strcspn(typed, "="), end = length;
    const char *text = typed + length + (typed[length] == '=');
    while (end > 0 && typed[end - 1] == ' ') {
        end--;
    }
    snprintf(key, sizeof key, "%.*s", (int)end, typed);
    if (!take_field(&next, path, key, text + strspn(text, " "), err)) {
        return false;
    }
    settings_name_variant(&next);
    *settings = next;
    return true;
}

/* ---- what a method needs ---------------------------------------------------- */

/* Its fields without which PEFT refuses a method, or it trains nothing. */
static const struct {
    const char *peft_type, *key, *value;
} needed[] = {
    {"ADALORA", "total_step", "1000"},
    {"PROMPT_TUNING", "num_virtual_tokens", "20"},
    {"PREFIX_TUNING", "num_virtual_tokens", "20"},
    {"P_TUNING", "num_virtual_tokens", "20"},
    {"MULTITASK_PROMPT_TUNING", "num_virtual_tokens", "20"},
    {"CARTRIDGE", "num_virtual_tokens", "20"},
    {"CPT", "task_type", "CAUSAL_LM"},
    {"ADAPTION_PROMPT", "adapter_len", "10"},
    {"ADAPTION_PROMPT", "adapter_layers", "30"}, /* LLaMA-Adapter's numbers */
    {"TRAINABLE_TOKENS", "token_indices", "[0]"},
};

void field_missing(const struct adapter_settings *settings, uint64_t layers,
                   char *out, size_t size)
{
    out[0] = '\0';
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (strcmp(needed[i].peft_type, settings->method->peft_type) != 0) {
            continue;
        }
        json_t *own = settings_field_new(settings, needed[i].key);
        json_decref(own);
        if (own != NULL) { /* whatever it is */
            continue;
        }
        bool all = strcmp(needed[i].key, "adapter_layers") == 0 && layers < 30;
        if (all) {
            snprintf(out, size, "%s=%llu", needed[i].key,
                     (unsigned long long)layers);
        } else {
            snprintf(out, size, "%s=%s", needed[i].key, needed[i].value);
        }
        return;
    }
}

void field_taken(const struct adapter_settings *before,
                 const struct adapter_settings *after, char *out, size_t size)
{
    const struct method *method = after->method;
    bool kin = strcmp(before->method->peft_type, method->peft_type) == 0;
    bool lora = strcmp(method->peft_type, "LORA") == 0;
    char rank[32] = "", alpha[UNITS_SIZE + 16] = "", number[UNITS_SIZE];
    if (method->rank_key != NULL && after->rank > 0) {
        snprintf(rank, sizeof rank, "rank %llu",
                 (unsigned long long)after->rank);
    }
    if (method->alpha_key != NULL) {
        snprintf(alpha, sizeof alpha, "%salpha %s", rank[0] != '\0' ? ", " : "",
                 units_real(number, after->alpha));
    }
    if (rank[0] == '\0' && alpha[0] == '\0') {
        snprintf(out, size, "%s: no rank is chosen, PEFT's defaults",
                 method->label);
        return;
    }
    snprintf(out, size, "%s: %s%s%s%s", method->label,
             kin || lora ? "" : "PEFT's default ", rank, alpha,
             kin ? " stay" : "");
}
