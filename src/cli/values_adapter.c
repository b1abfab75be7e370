/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading the options that say how a model is adapted.
 *
 * They apply in the order given, so what comes later overrides; only --rank
 * and --alpha also outlive a --method that comes after them.
 */
#include "cli/values.h"

#include <math.h>
#include <string.h>

#include "adapter/config.h"
#include "adapter/fields.h"
#include "adapter/method.h"
#include "base/alloc.h"
#include "base/nearest.h"
#include "base/text.h"

enum { LAYER_MOST = 65535, ALPHA_MOST = 1000000000 };

/* ---- what an option asks for --------------------------------------------- */

/* Remember that OPTION asked for the field KEY. */
static bool remember(struct cli_call *call, const char *option, const char *key,
                     struct error *err)
{
    if (call->asked == NULL) {
        call->asked = json_object();
    }
    return json_object_set_new(call->asked, key, json_string(option)) == 0 ||
           error_set(err, ERROR_MEMORY, "out of memory for the options");
}

/* Set the field KEY to VALUE, which is given away; NULL: no memory for it. */
static bool ask(struct cli_call *call, const char *option, const char *key,
                json_t *value, struct error *err)
{
    bool done =
        value != NULL
            ? remember(call, option, key, err) &&
                  settings_set_field(&call->setup.adapter, key, value, err)
            : error_set(err, ERROR_MEMORY, "out of memory for the options");
    json_decref(value);
    return done;
}

/* The rank and alpha that were asked for, where the method has them. */
static bool apply_numbers(struct cli_call *call, struct error *err)
{
    struct adapter_settings *adapter = &call->setup.adapter;
    if (call->alpha_given && adapter->method->alpha_key != NULL) {
        adapter->alpha = call->alpha;
    }
    return !call->rank_given || adapter->method->rank_key == NULL ||
           settings_set_rank(adapter, call->rank, err);
}

static bool refuse_field(const struct cli_call *call, const char *option,
                         const char *what, struct error *err)
{
    const struct adapter_settings *adapter = &call->setup.adapter;
    return error_set(err, ERROR_UNSUPPORTED,
                     "%s of PEFT %s has no %s, leave out --%s",
                     adapter->method->config_class,
                     peft_version_name(adapter->peft), what, option);
}

/* The nearest fields to a KEY of --set that PEFT does not know. */
static bool refuse_key(const struct cli_call *call, const char *key,
                       struct error *err)
{
    const struct adapter_settings *adapter = &call->setup.adapter;
    struct adapter_settings plain = *adapter;
    struct fields fields = {0};
    struct text near = {0};
    size_t count = 0;
    plain.fields = "";
    if (!fields_init(&fields, &call->path, &plain, err)) {
        return false;
    }
    const char **names = (const char **)memory_new(
        json_object_size(fields.values) + 1, sizeof *names, err);
    const char *name = NULL;
    json_t *value = NULL;
    if (names != NULL) {
        json_object_foreach(fields.values, name, value)
        {
            names[count++] = name;
        }
        bool close = nearest_find(key, names, count) != NULL;
        nearest_append(&near, key, names, count, 3);
        error_set(err, ERROR_UNSUPPORTED, "%s of PEFT %s has no %.80s, %s%s",
                  adapter->method->config_class,
                  peft_version_name(adapter->peft), key,
                  close ? "the nearest fields are "
                        : "--write-adapter-config - shows all its fields",
                  close ? text_string(&near) : "");
    }
    memory_free((void *)names);
    text_clear(&near);
    fields_clear(&fields);
    return false;
}

bool values_check_adapter(const struct cli_call *call, struct error *err)
{
    const struct adapter_settings *adapter = &call->setup.adapter;
    const char *key = NULL;
    json_t *option = NULL;
    if (call->rank_given && adapter->method->rank_key == NULL) {
        return refuse_field(call, "rank", "rank", err);
    }
    if (call->alpha_given && adapter->method->alpha_key == NULL) {
        return refuse_field(call, "alpha", "alpha", err);
    }
    json_object_foreach(call->asked, key, option)
    {
        json_t *standard = field_default_new(&call->path, adapter->method,
                                             adapter->peft, key, err);
        bool known = standard != NULL;
        json_decref(standard);
        if (!known && err->code == ERROR_NONE) {
            const char *name = json_string_value(option);
            if (strcmp(name, "set") == 0) {
                refuse_key(call, key, err);
            } else {
                refuse_field(call, name, key, err);
            }
        }
        if (!known) {
            return false;
        }
    }
    return true;
}

/* ---- the file, the method and its numbers -------------------------------- */

bool value_adapter_config(struct cli_call *call, const char *value,
                          struct error *err)
{
    bool twice = call->operand_count > 0 &&
                 strcmp(call->operands[0], "-") == 0 && strcmp(value, "-") == 0;
    if (twice) {
        return error_set(err, ERROR_USAGE,
                         "MODEL and --adapter-config cannot both be standard "
                         "input; name a file for one of them");
    }
    if (!settings_read_file(&call->setup.adapter, &call->path, value, err)) {
        return false;
    }
    call->config_given = true;
    call->rank_given = false;
    call->alpha_given = false;
    json_object_clear(call->asked);
    return true;
}

static char letter_of(char letter)
{
    return (char)(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter);
}

/* Are two words one, but for case, dashes, underscores and spaces? */
static bool folds_to(const char *word, const char *name)
{
    static const char skipped[] = "-_ ";
    for (;;) {
        word += strspn(word, skipped);
        name += strspn(name, skipped);
        if (letter_of(*word) != letter_of(*name)) {
            return false;
        }
        if (*word == '\0') {
            return true;
        }
        word++;
        name++;
    }
}

/* By name or PEFT's type, else as people write it: LoRA-FA, prompt-tuning. */
static const struct method *find_method(const char *value)
{
    const struct method *method = method_find(value);
    for (size_t i = 0; method == NULL && i < method_count; i++) {
        const struct method *row = &method_table[i];
        if (folds_to(value, row->name) || folds_to(value, row->label) ||
            folds_to(value, row->peft_type)) {
            method = row;
        }
    }
    return method;
}

static bool refuse_method(const char *value, struct error *err)
{
    const char **names =
        (const char **)memory_new(method_count, sizeof *names, err);
    if (names == NULL) {
        return false;
    }
    size_t count = 0;
    for (size_t i = 0; i < method_count; i++) {
        if (strstr(method_table[i].name, value) != NULL) {
            names[count++] = method_table[i].name;
        }
    }
    for (size_t i = 0; count == 0 && i < method_count; i++) {
        names[i] = method_table[i].name;
    }
    struct text near = {0};
    nearest_append(&near, value, names, count > 0 ? count : method_count, 3);
    error_set(err, ERROR_USAGE,
              "--method %s is no method of PEFT, the nearest are %s; "
              "loraexplore methods lists all",
              value, text_string(&near));
    text_clear(&near);
    memory_free((void *)names);
    return false;
}

bool value_method(struct cli_call *call, const char *value, struct error *err)
{
    const struct method *method = find_method(value);
    if (method == NULL) {
        return refuse_method(value, err);
    }
    if (!settings_set_method(&call->setup.adapter, &call->path, method, err)) {
        return false;
    }
    call->method_given = true;
    return apply_numbers(call, err);
}

bool value_rank(struct cli_call *call, const char *value, struct error *err)
{
    if (!text_parse_count(value, 1, RANK_MOST, &call->rank)) {
        return value_refuse(err, "rank", value,
                            "a whole number from 1 to 1048576");
    }
    call->rank_given = true;
    return apply_numbers(call, err);
}

static bool read_alpha(const char *value, double *alpha)
{
    return text_parse_real(value, alpha) && *alpha >= 0.0 &&
           *alpha <= ALPHA_MOST;
}

bool value_alpha(struct cli_call *call, const char *value, struct error *err)
{
    double alpha = 0.0;
    if (!read_alpha(value, &alpha)) {
        return value_refuse(err, "alpha", value,
                            "a number from 0 to 1000000000");
    }
    call->alpha = alpha;
    call->alpha_given = true;
    return apply_numbers(call, err);
}

/* ---- which modules ------------------------------------------------------- */

/* Names and patterns are text in PEFT's files. */
static bool check_text(const char *option, const char *value, struct error *err)
{
    uint32_t point = 0;
    for (const char *at = value; *at != '\0';) {
        at += text_decode(at, &point);
        if (point == TEXT_INVALID) {
            return value_refuse(err, option, value, "a value in UTF-8");
        }
    }
    return true;
}

bool value_target(struct cli_call *call, const char *value, struct error *err)
{
    struct error reason = {0};
    struct adapter_settings *adapter = &call->setup.adapter;
    if (!check_text("target", value, err)) {
        return false;
    }
    if (folds_to(value, "alllinear") && !text_equal_fold(value, "all-linear")) {
        return error_set(err, ERROR_USAGE,
                         "--target %s: PEFT's word for every linear layer is "
                         "all-linear",
                         value);
    }
    if (!settings_set_targets(adapter, value, &reason)) {
        return error_set(err, ERROR_USAGE, "--target: %s", reason.message);
    }
    return adapter->mode == TARGET_DEFAULT || adapter->mode == TARGET_NONE ||
           remember(call, "target", "target_modules", err);
}

/* A pattern's first byte; Python's own errors come when it is compiled. */
static bool check_pattern(const char *option, const char *value,
                          struct error *err)
{
    return value[0] != '\0'
               ? check_text(option, value, err)
               : value_refuse(err, option, value, "a regular expression");
}

bool value_target_regex(struct cli_call *call, const char *value,
                        struct error *err)
{
    return check_pattern("target-regex", value, err) &&
           settings_set_regex(&call->setup.adapter, value, err) &&
           remember(call, "target-regex", "target_modules", err);
}

/* Names as pasted from Python into the list KEY. */
static bool ask_names(struct cli_call *call, const char *option,
                      const char *key, const char *value, struct error *err)
{
    struct text names = {0};
    if (!check_text(option, value, err)) {
        return false;
    }
    targets_split(&names, value);
    const char *cursor = text_string(&names);
    json_t *list = json_array();
    size_t length = 0;
    for (const char *name = settings_next_target(&cursor, &length);
         name != NULL; name = settings_next_target(&cursor, &length)) {
        json_array_append_new(list, json_stringn(name, length));
    }
    bool done = text_ok(&names, err);
    if (done && json_array_size(list) == 0) {
        done = value_refuse(err, option, value, "names such as lm_head,score");
    }
    if (!done) {
        json_decref(list);
    }
    text_clear(&names);
    return done && ask(call, option, key, list, err);
}

bool value_exclude(struct cli_call *call, const char *value, struct error *err)
{
    return ask_names(call, "exclude", "exclude_modules", value, err);
}

bool value_exclude_regex(struct cli_call *call, const char *value,
                         struct error *err)
{
    return check_pattern("exclude-regex", value, err) &&
           ask(call, "exclude-regex", "exclude_modules", json_string(value),
               err);
}

bool value_modules_to_save(struct cli_call *call, const char *value,
                           struct error *err)
{
    return ask_names(call, "modules-to-save", "modules_to_save", value, err);
}

/* "3" or "0-3", of LENGTH bytes at AT, into LIST. */
static bool add_layers(json_t *list, const char *at, size_t length)
{
    char item[32];
    uint64_t first = 0;
    uint64_t last = 0;
    if (length >= sizeof item) {
        return false;
    }
    memcpy(item, at, length);
    item[length] = '\0';
    char *dash = strchr(item, '-');
    if (dash != NULL) {
        *dash = '\0';
    }
    if (!text_parse_count(item, 0, LAYER_MOST, &first) ||
        !text_parse_count(dash != NULL ? dash + 1 : item, first, LAYER_MOST,
                          &last)) {
        return false;
    }
    while (first <= last && json_array_size(list) <= LAYER_MOST) {
        json_array_append_new(list, json_integer((json_int_t)first++));
    }
    return first > last;
}

bool value_layers(struct cli_call *call, const char *value, struct error *err)
{
    json_t *list = json_array();
    bool good = true;
    for (const char *at = value; good;) {
        size_t length = strcspn(at, ",");
        good = add_layers(list, at, length);
        if (at[length] == '\0') {
            break;
        }
        at += length + 1;
    }
    if (!good) {
        json_decref(list);
        return value_refuse(err, "layers", value,
                            "layer numbers from 0 such as 0-3,7");
    }
    return ask(call, "layers", "layers_to_transform", list, err);
}

/* ---- patterns ------------------------------------------------------------ */

/* The dict KEY that is being gathered, borrowed: what the settings have, before
 * its first pattern.
 */
static json_t *gathered(struct cli_call *call, const char *key)
{
    json_t *dict = json_object_get(call->patterns, key);
    if (dict != NULL) {
        return dict;
    }
    if (call->patterns == NULL) {
        call->patterns = json_object();
    }
    dict = settings_field_new(&call->setup.adapter, key);
    if (!json_is_object(dict)) {
        json_decref(dict);
        dict = json_object();
    }
    json_object_set_new(call->patterns, key, dict);
    return json_object_get(call->patterns, key);
}

bool values_set_patterns(struct cli_call *call, struct error *err)
{
    const char *key = NULL;
    json_t *dict = NULL;
    bool done = true;
    json_object_foreach(call->patterns, key, dict)
    {
        done = done && settings_set_field(&call->setup.adapter, key, dict, err);
    }
    json_object_clear(call->patterns);
    return done;
}

/* Add PATTERN (LENGTH bytes) -> NUMBER, given away, to the dict KEY. */
static bool add_pattern(struct cli_call *call, const char *option,
                        const char *key, const char *pattern, size_t length,
                        json_t *number, struct error *err)
{
    struct text name = {0};
    text_append_bytes(&name, pattern, length);
    bool added = json_object_set_new(gathered(call, key), text_string(&name),
                                     number) == 0;
    bool done = text_ok(&name, err);
    text_clear(&name);
    if (done && !added) {
        done =
            error_set(err, ERROR_USAGE,
                      "--%s takes a pattern in UTF-8; check its bytes", option);
    }
    return done && remember(call, option, key, err);
}

/* The last "=" parts pattern and number: a pattern may hold one. */
static const char *find_number(const char *value)
{
    const char *equals = strrchr(value, '=');
    return equals == NULL || equals == value ? NULL : equals + 1;
}

bool value_rank_pattern(struct cli_call *call, const char *value,
                        struct error *err)
{
    const char *number = find_number(value);
    uint64_t rank = 0;
    if (number == NULL || !text_parse_count(number, 1, RANK_MOST, &rank)) {
        return value_refuse(err, "rank-pattern", value,
                            "a module's name or a pattern and its rank, such "
                            "as down_proj=16");
    }
    return add_pattern(call, "rank-pattern", "rank_pattern", value,
                       (size_t)(number - value) - 1,
                       json_integer((json_int_t)rank), err);
}

bool value_alpha_pattern(struct cli_call *call, const char *value,
                         struct error *err)
{
    const char *text = find_number(value);
    double alpha = 0.0;
    if (text == NULL || !read_alpha(text, &alpha)) {
        return value_refuse(err, "alpha-pattern", value,
                            "a module's name or a pattern and its alpha, such "
                            "as down_proj=32");
    }
    bool whole = !(floor(alpha) < alpha);
    return add_pattern(
        call, "alpha-pattern", "alpha_pattern", value,
        (size_t)(text - value) - 1,
        whole ? json_integer((json_int_t)alpha) : json_real(alpha), err);
}

/* ---- the other fields ---------------------------------------------------- */

bool value_bias(struct cli_call *call, const char *value, struct error *err)
{
    bool good = strcmp(value, "none") == 0 || strcmp(value, "all") == 0 ||
                text_ends(value, "_only");
    if (!good) {
        return value_refuse(err, "bias", value,
                            "none, all or lora_only (METHOD_only)");
    }
    return check_text("bias", value, err) &&
           ask(call, "bias", "bias", json_string(value), err);
}

bool value_rslora(struct cli_call *call, const char *value, struct error *err)
{
    (void)value;
    struct adapter_settings *adapter = &call->setup.adapter;
    if (strcmp(adapter->method->name, "lora") == 0) {
        adapter->method = method_find("rslora");
    }
    return ask(call, "rslora", "use_rslora", json_true(), err);
}

/* DoRA names what trains, so it goes before the name of a start. */
bool value_dora(struct cli_call *call, const char *value, struct error *err)
{
    (void)value;
    struct adapter_settings *adapter = &call->setup.adapter;
    if (strcmp(adapter->method->peft_type, "LORA") == 0) {
        adapter->method = method_find("dora");
    }
    return ask(call, "dora", "use_dora", json_true(), err);
}

bool value_task(struct cli_call *call, const char *value, struct error *err)
{
    const char *task = task_type_find(value);
    return task != NULL ? ask(call, "task", "task_type", json_string(task), err)
                        : value_refuse(err, "task", value, task_type_names());
}

/* Fields that have an option, or none at all. */
static const char *option_of_key(const struct method *method, const char *key)
{
    if (method->rank_key != NULL && strcmp(key, method->rank_key) == 0) {
        return "rank";
    }
    if (method->alpha_key != NULL && strcmp(key, method->alpha_key) == 0) {
        return "alpha";
    }
    if (strcmp(key, "target_modules") == 0) {
        return "target";
    }
    return strcmp(key, "peft_type") == 0 ? "method" : NULL;
}

bool value_set(struct cli_call *call, const char *value, struct error *err)
{
    char key[64];
    size_t length = strcspn(value, "=");
    if (length == 0 || length >= sizeof key || value[length] == '\0') {
        return value_refuse(err, "set", value,
                            "a field of PEFT's configuration and its value, "
                            "such as lora_bias=true");
    }
    memcpy(key, value, length);
    key[length] = '\0';
    const char *option = option_of_key(call->setup.adapter.method, key);
    if (option != NULL) {
        return error_set(err, ERROR_USAGE, "--set %s: use --%s", key, option);
    }
    const char *text = value + length + 1;
    json_t *parsed = json_loads(text, JSON_DECODE_ANY, NULL);
    if (parsed == NULL) {
        parsed = json_string(text);
    }
    if (parsed == NULL) {
        return value_refuse(err, "set", value, "a value in UTF-8");
    }
    return ask(call, "set", key, parsed, err);
}
