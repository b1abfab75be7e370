/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The fields of an adapter's settings that differ from PEFT's defaults.
 */
#include "explorer/changed.h"

#include <string.h>

#include "adapter/fields.h"

/* What save_pretrained fills in, and what differs only in use. */
static bool is_record(const char *key)
{
    static const char *const keys[] = {
        "peft_type",      "peft_version", "base_model_name_or_path", "revision",
        "inference_mode", "auto_mapping", "runtime_config",
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strcmp(key, keys[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Equal to Python: 1 and 1.0 too. */
static bool same_value(const json_t *a, const json_t *b)
{
    if (json_is_number(a) && json_is_number(b)) {
        double left = json_number_value(a);
        double right = json_number_value(b);
        return !(left < right) && !(left > right);
    }
    return json_equal(a, b) != 0;
}

static bool is_changed(const struct adapter_settings *settings,
                       const struct resource_path *path, const char *key,
                       const json_t *value)
{
    struct error ignored = {0};
    if (is_record(key)) {
        return false;
    }
    json_t *standard = field_default_new(path, settings->method, settings->peft,
                                         key, &ignored);
    bool changed = standard != NULL && !same_value(standard, value);
    json_decref(standard);
    return changed;
}

json_t *changed_fields_new(const struct adapter_settings *settings,
                           const struct resource_path *path)
{
    json_t *all = settings->fields[0] == '\0'
                      ? json_object()
                      : json_loads(settings->fields, 0, NULL);
    json_t *changed = json_object();
    const char *key = NULL;
    json_t *value = NULL;
    bool done = all != NULL && changed != NULL;
    json_object_foreach(all, key, value)
    {
        if (done && is_changed(settings, path, key, value)) {
            done = json_object_set(changed, key, value) == 0;
        }
    }
    json_decref(all);
    if (!done) {
        json_decref(changed);
        return NULL;
    }
    return changed;
}

bool changed_knows(const struct adapter_settings *settings,
                   const struct resource_path *path, const char *key)
{
    struct error ignored = {0};
    json_t *standard = field_default_new(path, settings->method, settings->peft,
                                         key, &ignored);
    bool known = standard != NULL;
    json_decref(standard);
    return known;
}

bool changed_are_layers(const json_t *value)
{
    for (size_t i = 0; i < json_array_size(value); i++) {
        const json_t *item = json_array_get(value, i);
        if (!json_is_integer(item) || json_integer_value(item) < 0) {
            return false;
        }
    }
    return json_array_size(value) > 0;
}

void changed_append_layers(struct text *out, const json_t *layers)
{
    size_t count = json_array_size(layers);
    for (size_t i = 0; i < count; i++) {
        json_int_t first = json_integer_value(json_array_get(layers, i));
        json_int_t last = first;
        text_appendf(out, "%s%lld", i == 0 ? "" : ",", (long long)first);
        while (i + 1 < count &&
               json_integer_value(json_array_get(layers, i + 1)) == last + 1) {
            last++;
            i++;
        }
        if (last > first) {
            text_appendf(out, "-%lld", (long long)last);
        }
    }
}
