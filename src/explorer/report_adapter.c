/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a model is adapted, in words: the lines below PEFT's own.
 */
#include "explorer/report_extras.h"

#include <string.h>

#include "adapter/method.h"
#include "base/units.h"
#include "explorer/changed.h"
#include "explorer/literal.h"
#include "explorer/report_build.h"

const char *report_transformers_name(unsigned major)
{
    return major == 4 ? "4.57" : "5.23";
}

static bool is_on(const struct adapter_settings *adapter, const char *key)
{
    json_t *value = settings_field_new(adapter, key);
    bool on = json_is_true(value);
    json_decref(value);
    return on;
}

/* ": " before the first detail, ", " before the others. */
static void append_separator(struct text *line)
{
    text_append(line, strchr(text_string(line), ':') == NULL ? ": " : ", ");
}

static void append_numbers(const struct adapter_settings *adapter, bool rank,
                           struct text *line)
{
    const struct method *method = adapter->method;
    char number[UNITS_SIZE];
    /* 0: another setting rules, such as OFT's block size. */
    if (rank && method->rank_key != NULL && adapter->rank > 0) {
        append_separator(line);
        text_appendf(line, "rank %s", units_count(number, adapter->rank));
    }
    if (method->alpha_key != NULL) {
        append_separator(line);
        text_appendf(line, "alpha %s", units_real(number, adapter->alpha));
    }
}

static void append_targets(const struct adapter_settings *adapter,
                           const struct count *count, struct text *line)
{
    bool resolves = adapter->mode == TARGET_UNSET ||
                    adapter->mode == TARGET_DEFAULT ||
                    adapter->mode == TARGET_ALL_LINEAR;
    append_separator(line);
    text_appendf(line, "%s %s",
                 adapter->mode == TARGET_REGEX ? "targets that match"
                                               : "target",
                 settings_targets_text(adapter));
    if (resolves && count->resolved[0] != '\0') {
        text_appendf(line, " = %s", count->resolved);
    }
    if (count->parameters[0] != '\0') {
        text_appendf(line, " and parameters %s", count->parameters);
    }
}

const char *report_adapter_line(struct report *report,
                                const struct explorer_setup *setup,
                                const struct count *count, bool rank,
                                struct error *err)
{
    const struct adapter_settings *adapter = &setup->adapter;
    struct text line = {0};
    bool scaled = is_on(adapter, "use_rslora") &&
                  strcmp(adapter->method->name, "rslora") != 0;
    text_appendf(&line, "%s%s", adapter->method->label,
                 scaled ? ", rank-stabilised" : "");
    append_numbers(adapter, rank, &line);
    if (changed_knows(adapter, setup->path, "target_modules")) {
        append_targets(adapter, count, &line);
    }
    text_appendf(&line, " (transformers %s, PEFT %s)",
                 report_transformers_name(setup->transformers),
                 peft_version_name(adapter->peft));
    return report_keep(report, &line, err);
}

/* Is KEY part of what the method's own name says? */
static bool is_named(const struct method *method, const char *key)
{
    json_t *sets =
        method->sets != NULL ? json_loads(method->sets, 0, NULL) : NULL;
    bool named =
        json_object_get(sets, key) != NULL || strcmp(key, "use_rslora") == 0;
    json_decref(sets);
    return named;
}

const char *report_fields_line(struct report *report,
                               const struct explorer_setup *setup,
                               struct error *err)
{
    json_t *changed = changed_fields_new(&setup->adapter, setup->path);
    const char *key = NULL;
    json_t *value = NULL;
    struct text line = {0};
    if (changed == NULL) {
        error_set(err, ERROR_MEMORY, "out of memory for the report");
        return NULL;
    }
    json_object_foreach(changed, key, value)
    {
        if (is_named(setup->adapter.method, key)) {
            continue;
        }
        text_appendf(&line, "%s %s ", line.length == 0 ? "with" : ",", key);
        if (changed_are_layers(value)) {
            changed_append_layers(&line, value);
        } else {
            literal_append(&line, value, LITERAL_JSON);
        }
    }
    json_decref(changed);
    return report_keep(report, &line, err);
}
