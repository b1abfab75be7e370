/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Before matching: what PEFT refuses whatever the model, patterns compiled,
 * lists filled.
 *
 * Source: PEFT 0.18.1 and 0.21.2, config.py of each method, peft_model.py.
 */
#include <string.h>

#include "adapter/counter.h"
#include "adapter/defaults.h"

/* ---- settings that PEFT refuses whatever the model -------------------------- */

static bool check_task(struct counter *counter)
{
    const char *task = field_text(&counter->fields, "task_type");
    if (task == NULL) {
        return true;
    }
    const char *known = task_type_find(task);
    if (known == NULL || strcmp(known, task) != 0) {
        return error_set(counter->err, ERROR_UNSUPPORTED,
                         "task_type %.40s is unknown, PEFT has %s", task,
                         task_type_names());
    }
    bool generates =
        strcmp(task, "CAUSAL_LM") == 0 || strcmp(task, "SEQ_2_SEQ_LM") == 0;
    return !generates || strcmp(counter->inventory->head, "lm") == 0 ||
           error_set(counter->err, ERROR_UNSUPPORTED,
                     "task_type %s needs a model that generates, %s does not: "
                     "leave task_type out or name another class",
                     task, counter->inventory->class_name);
}

/* layers_to_transform and layers_pattern go with lists of names only. */
static bool check_layers(struct counter *counter)
{
    const struct fields *fields = &counter->fields;
    bool text = json_is_string(field(fields, "target_modules"));
    bool layers = !field_is_null(fields, "layers_to_transform");
    bool pattern = !field_is_null(fields, "layers_pattern");
    bool some = fields->peft == PEFT_0_18
                    ? field_flag(fields, "layers_to_transform") /* 0 is none */
                    : layers;
    if (text && (layers || pattern)) {
        return error_set(counter->err, ERROR_UNSUPPORTED,
                         "%s goes with a list of target names, not with a "
                         "pattern or all-linear",
                         layers ? "layers_to_transform" : "layers_pattern");
    }
    return some || !field_flag(fields, "layers_pattern") ||
           error_set(counter->err, ERROR_UNSUPPORTED,
                     "layers_pattern needs layers_to_transform");
}

bool counter_check(struct counter *counter)
{
    const struct method *method = counter->settings->method;
    return check_task(counter) && check_layers(counter) &&
           (method->check == NULL ||
            method->check(&counter->fields, counter->err));
}

/* A dict that PEFT walks without asking whether it is there. */
static bool check_dict(struct counter *counter, const char *key)
{
    const json_t *value = json_object_get(counter->fields.values, key);
    bool own = counter->settings->method->own_patterns;
    return own || value == NULL || json_is_object(value) ||
           error_set(counter->err, ERROR_UNSUPPORTED,
                     "%s is null, PEFT needs an object: leave it out or write "
                     "{}",
                     key);
}

bool counter_compile(struct counter *counter)
{
    const struct method *method = counter->settings->method;
    const struct fields *fields = &counter->fields;
    bool own = method->own_patterns;
    const json_t *none = json_null();
    return check_dict(counter, "rank_pattern") &&
           check_dict(counter, "alpha_pattern") &&
           pattern_map_init(&counter->ranks,
                            own ? none : field(fields, "rank_pattern"),
                            PATTERN_ENDS, counter->err) &&
           pattern_map_init(&counter->alphas,
                            own ? none : field(fields, "alpha_pattern"),
                            PATTERN_ENDS, counter->err) &&
           pattern_map_init(&counter->specials,
                            method->special_pattern == NULL
                                ? none
                                : field(fields, method->special_pattern),
                            strcmp(method->peft_type, "OSF") == 0
                                ? PATTERN_ANYWHERE
                                : PATTERN_ENDS,
                            counter->err);
}

/* A second list of names that the method takes from PEFT's table: IA3's
 * feedforward_modules.
 */
bool counter_fill(struct counter *counter)
{
    const struct method *method = counter->settings->method;
    struct default_targets found = {0};
    const char *key = method->filled_key;
    if (key == NULL || !field_is_null(&counter->fields, key)) {
        return true;
    }
    if (!default_targets(counter->path, method->filled_defaults,
                         counter->inventory->model_type,
                         counter->settings->peft, &found, counter->err)) {
        return false;
    }
    json_t *list = json_array();
    const char *cursor = found.found ? found.text : "";
    size_t length = 0;
    for (const char *name = settings_next_target(&cursor, &length);
         name != NULL; name = settings_next_target(&cursor, &length)) {
        json_array_append_new(list, json_stringn(name, length));
    }
    json_object_set_new(counter->fields.values, key, list);
    bool done = found.found;
    default_targets_clear(&found);
    return done || error_set(counter->err, ERROR_UNSUPPORTED,
                             "PEFT has no default %s for model_type %s, name "
                             "them",
                             key, counter->inventory->model_type);
}
