/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * PEFT's adapter_config.json, read and written.
 *
 * Source: PEFT 0.18.1 and 0.21.2, config.py and each method's config.py.
 */
#include "adapter/config.h"

#include <string.h>

#include "adapter/fields.h"
#include "adapter/method.h"
#include "base/alloc.h"
#include "base/file.h"
#include "base/units.h"
#include "formats/json.h"

enum { FILE_LIMIT = 16 << 20 };

/* ---- defaults --------------------------------------------------------------- */

/* PEFT's own number for KEY; NULL is 0. */
static bool default_number(const struct adapter_settings *settings,
                           const struct resource_path *path, const char *key,
                           double *number, struct error *err)
{
    *number = 0;
    if (key == NULL) {
        return true;
    }
    json_t *value =
        field_default_new(path, settings->method, settings->peft, key, err);
    *number = json_is_number(value) ? json_number_value(value) : 0;
    json_decref(value);
    return err->code == ERROR_NONE;
}

static bool take_defaults(struct adapter_settings *settings,
                          const struct resource_path *path, struct error *err)
{
    double rank = 0;
    double alpha = 0;
    if (!default_number(settings, path, settings->method->rank_key, &rank,
                        err) ||
        !default_number(settings, path, settings->method->alpha_key, &alpha,
                        err)) {
        return false;
    }
    settings->rank = rank > 0 ? (uint64_t)rank : 0;
    settings->alpha = alpha;
    return true;
}

/* ---- changing the method ---------------------------------------------------- */

static bool same_type(const struct method *a, const struct method *b)
{
    return strcmp(a->peft_type, b->peft_type) == 0;
}

/* What only BEFORE knew goes; what nobody knows stays for writing. */
static bool drop_fields(struct adapter_settings *settings,
                        const struct resource_path *path,
                        const struct method *before, struct error *err)
{
    if (settings->fields[0] == '\0') {
        return true;
    }
    json_t *kept = json_object();
    json_t *object = json_loads(settings->fields, 0, NULL);
    json_t *old = field_names_new(path, before, err);
    json_t *known = field_names_new(path, settings->method, err);
    const char *key = NULL;
    json_t *value = NULL;
    bool done = kept != NULL && old != NULL && known != NULL;
    json_object_foreach(object, key, value)
    {
        bool goes = json_object_get(old, key) != NULL &&
                    json_object_get(known, key) == NULL;
        done = done && (goes || json_object_set(kept, key, value) == 0);
    }
    if (!done && err->code == ERROR_NONE) {
        error_set(err, ERROR_MEMORY, "out of memory for the settings");
    }
    done = done && settings_set_fields(settings, kept, err);
    json_decref(kept);
    json_decref(object);
    json_decref(old);
    json_decref(known);
    return done;
}

/* Set the fields that make a variant, or take them off. */
static bool apply_sets(struct adapter_settings *settings,
                       const struct method *method, bool on, struct error *err)
{
    json_t *sets =
        method->sets != NULL ? json_loads(method->sets, 0, NULL) : NULL;
    const char *key = NULL;
    json_t *value = NULL;
    bool done = true;
    json_object_foreach(sets, key, value)
    {
        done =
            done && settings_set_field(settings, key, on ? value : NULL, err);
    }
    json_decref(sets);
    return done;
}

bool settings_set_method(struct adapter_settings *settings,
                         const struct resource_path *path,
                         const struct method *method, struct error *err)
{
    struct adapter_settings next = *settings;
    const struct method *before = settings->method;
    next.method = method;
    if (!apply_sets(&next, before, false, err) ||
        !drop_fields(&next, path, before, err) ||
        !apply_sets(&next, method, true, err)) {
        return false;
    }
    if (!same_type(before, method) && !take_defaults(&next, path, err)) {
        return false;
    }
    if (!same_type(before, method) && same_type(method, &method_table[0])) {
        struct adapter_settings own; /* the program's, not PEFT's alpha 8 */
        settings_init(&own, next.strings);
        next.rank = own.rank;
        next.alpha = own.alpha;
    }
    *settings = next;
    return true;
}

/* ---- reading ---------------------------------------------------------------- */

/* Are all fields that make the variant set as it sets them? */
static bool has_sets(const struct method *method, const json_t *object)
{
    json_t *sets =
        method->sets != NULL ? json_loads(method->sets, 0, NULL) : NULL;
    const char *key = NULL;
    json_t *value = NULL;
    bool all = sets != NULL;
    json_object_foreach(sets, key, value)
    {
        const json_t *own = json_object_get(object, key);
        bool nested = json_is_object(value) && json_is_object(own);
        all = all && own != NULL && (nested || json_equal(own, value));
    }
    json_decref(sets);
    return all;
}

/* The row of the table whose variant the object describes. */
static const struct method *find_variant(const struct method *first,
                                         const json_t *object)
{
    for (size_t i = 0; i < method_count; i++) {
        const struct method *method = &method_table[i];
        if (same_type(first, method) && has_sets(method, object)) {
            return method;
        }
    }
    return first;
}

void settings_name_variant(struct adapter_settings *settings)
{
    const struct method *first = method_find_type(settings->method->peft_type);
    json_t *object = settings->fields[0] != '\0'
                         ? json_loads(settings->fields, 0, NULL)
                         : NULL;
    const struct method *variant = find_variant(first, object);
    json_decref(object);
    /* LoRA-FA is no field but an optimizer: none speaks against it. */
    if (variant != first || settings->method->sets != NULL) {
        settings->method = variant;
    }
}

static bool read_type(struct adapter_settings *settings, const json_t *object,
                      struct error *err)
{
    const json_t *type = json_object_get(object, "peft_type");
    if (type == NULL) {
        return error_set(err, ERROR_FORMAT,
                         "the key peft_type is missing, this is no "
                         "adapter_config.json");
    }
    const char *name = json_string_value(type);
    const struct method *method = name != NULL ? method_find_type(name) : NULL;
    if (method == NULL) {
        return error_set(err, ERROR_FORMAT,
                         "the peft_type \"%.40s\" is unknown, PEFT writes it "
                         "in capitals (LORA)",
                         name != NULL ? name : "?");
    }
    settings->method = find_variant(method, object);
    return true;
}

static bool read_rank(struct adapter_settings *settings, const json_t *value,
                      struct error *err)
{
    const char *key = settings->method->rank_key;
    int64_t rank = json_whole(value);
    if (!json_is_integer(value)) {
        return error_set(err, ERROR_FORMAT, "%s must be a whole number", key);
    }
    if (rank < 0 || rank > RANK_MOST) {
        return error_set(err, ERROR_FORMAT,
                         "%s is %lld, from 1 to %d is possible", key,
                         (long long)rank, RANK_MOST);
    }
    settings->rank = (uint64_t)rank;
    return true;
}

static bool read_alpha(struct adapter_settings *settings,
                       const struct resource_path *path, const json_t *value,
                       struct error *err)
{
    if (json_is_null(value)) {
        json_t *own = field_default_new(path, settings->method, settings->peft,
                                        settings->method->alpha_key, err);
        bool may = json_is_null(own); /* as DEFT's alpha */
        json_decref(own);
        if (may) {
            return true;
        }
    }
    if (!json_is_number(value) && !json_is_boolean(value)) {
        return error_set(err, ERROR_FORMAT, "%s must be a number",
                         settings->method->alpha_key);
    }
    settings->alpha = json_is_true(value) ? 1 : json_number_value(value);
    return true;
}

/* A comma that is part of a name must not part the list. */
static void add_name(struct target_list *list, const json_t *name)
{
    struct text kept = {0};
    text_append(&kept, json_string_value(name));
    for (size_t i = 0; i < kept.length; i++) {
        kept.data[i] = kept.data[i] == ',' ? (char)TARGET_COMMA : kept.data[i];
    }
    target_list_add(list, text_string(&kept), kept.length);
    list->text.failed = list->text.failed || kept.failed;
    text_clear(&kept);
}

static bool read_list(struct adapter_settings *settings, const json_t *value,
                      struct error *err)
{
    struct target_list list = {0};
    for (size_t i = 0; i < json_array_size(value); i++) {
        const json_t *name = json_array_get(value, i);
        if (!json_is_string(name)) {
            target_list_clear(&list);
            return error_set(err, ERROR_FORMAT,
                             "target_modules must be a list of strings, a "
                             "string or null");
        }
        add_name(&list, name);
    }
    bool done = text_ok(&list.text, err) &&
                settings_set_list(settings, text_string(&list.text), err);
    target_list_clear(&list);
    return done;
}

static bool read_targets(struct adapter_settings *settings, const json_t *value,
                         struct error *err)
{
    if (json_is_null(value)) {
        settings->mode = TARGET_DEFAULT;
        settings->targets = "";
        return true;
    }
    if (json_is_array(value)) {
        return read_list(settings, value, err);
    }
    const char *text = json_string_value(value);
    if (text == NULL) {
        return error_set(err, ERROR_FORMAT,
                         "target_modules must be a list of strings, a string "
                         "or null");
    }
    if (text_equal_fold(text, "all-linear")) {
        settings->mode = TARGET_ALL_LINEAR;
        settings->targets = "";
        return true;
    }
    return settings_set_regex(settings, text, err);
}

static bool read_key(struct adapter_settings *settings,
                     const struct resource_path *path, const char *key,
                     json_t *value, json_t *rest, struct error *err)
{
    const struct method *method = settings->method;
    if (method->rank_key != NULL && strcmp(key, method->rank_key) == 0) {
        return read_rank(settings, value, err);
    }
    if (method->alpha_key != NULL && strcmp(key, method->alpha_key) == 0) {
        return read_alpha(settings, path, value, err);
    }
    if (strcmp(key, "target_modules") == 0) {
        return read_targets(settings, value, err);
    }
    /* PEFT drops runtime_config from files. */
    bool dropped =
        strcmp(key, "peft_type") == 0 || strcmp(key, "runtime_config") == 0;
    return dropped || json_object_set(rest, key, value) == 0 ||
           error_set(err, ERROR_MEMORY, "out of memory for the settings");
}

static bool read_object(struct adapter_settings *settings,
                        const struct resource_path *path, json_t *object,
                        struct error *err)
{
    const char *key = NULL;
    json_t *value = NULL;
    if (!json_is_object(object)) {
        return error_set(err, ERROR_FORMAT,
                         "an object is needed, this is no adapter_config.json");
    }
    enum peft_version peft = settings->peft;
    settings_init(settings, settings->strings);
    settings->peft = peft;
    settings->mode = TARGET_DEFAULT;
    if (!read_type(settings, object, err) ||
        !take_defaults(settings, path, err)) {
        return false;
    }
    json_t *rest = json_object();
    bool done = rest != NULL;
    json_object_foreach(object, key, value)
    {
        done = done && read_key(settings, path, key, value, rest, err);
    }
    done = done && settings_set_fields(settings, rest, err);
    json_decref(rest);
    return done;
}

bool settings_read(struct adapter_settings *settings,
                   const struct resource_path *path, const char *data,
                   size_t length, const char *name, struct error *err)
{
    struct adapter_settings read = *settings;
    struct fields fields;
    json_t *object = json_parse_config(data, length, name, err);
    if (object == NULL) {
        return false;
    }
    bool done = read_object(&read, path, object, err);
    json_decref(object);
    done = done && fields_init(&fields, path, &read, err);
    if (!done) {
        return error_prefix(err, "%s", name);
    }
    fields_clear(&fields);
    *settings = read;
    return true;
}

bool settings_read_file(struct adapter_settings *settings,
                        const struct resource_path *path, const char *file,
                        struct error *err)
{
    char *joined = NULL;
    char *data = NULL;
    size_t length = 0;
    if (file_is_folder(file)) {
        joined = file_join_new(file, "adapter_config.json", err);
        if (joined == NULL) {
            return false;
        }
        file = joined;
    }
    bool done =
        file_read(file, FILE_LIMIT, &data, &length, err) &&
        settings_read(settings, path, data, length,
                      strcmp(file, "-") == 0 ? "standard input" : file, err);
    memory_free(data);
    memory_free(joined);
    return done;
}
