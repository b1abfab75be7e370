/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * PEFT's adapter_config.json written, every field of the method in it.
 */
#include <stdlib.h>
#include <string.h>

#include "adapter/config.h"
#include "adapter/fields.h"
#include "base/alloc.h"
#include "formats/json.h"

static void write_value(struct json_writer *writer, const char *key,
                        json_t *value)
{
    const char *name = NULL;
    json_t *item = NULL;
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        json_begin_object(writer, key);
        json_object_foreach(value, name, item)
        {
            write_value(writer, name, item);
        }
        json_end_object(writer);
        return;
    case JSON_ARRAY:
        json_begin_list(writer, key);
        for (size_t i = 0; i < json_array_size(value); i++) {
            write_value(writer, NULL, json_array_get(value, i));
        }
        json_end_list(writer);
        return;
    case JSON_STRING:
        json_put_text(writer, key, json_string_value(value));
        return;
    case JSON_INTEGER:
        json_put_integer(writer, key, json_integer_value(value));
        return;
    case JSON_REAL:
        json_put_float(writer, key, json_real_value(value));
        return;
    case JSON_TRUE:
    case JSON_FALSE:
        json_put_bool(writer, key, json_is_true(value));
        return;
    case JSON_NULL:
        json_put_null(writer, key);
        return;
    }
}

/* Every field PEFT writes, and what it does not know, in one object. */
static json_t *written_new(const struct adapter_settings *settings,
                           const struct fields *fields)
{
    json_t *object = json_copy(fields->values);
    json_t *own = json_array_size(fields->unknown) > 0
                      ? json_loads(settings->fields, 0, NULL)
                      : NULL;
    json_object_del(object, "runtime_config");
    /* A method without targets keeps those of its file, as any unknown key. */
    bool named =
        settings->mode != TARGET_UNSET && settings->mode != TARGET_DEFAULT;
    if (named && json_object_get(object, "target_modules") == NULL) {
        json_object_set_new(object, "target_modules",
                            settings_targets_new(settings));
    }
    for (size_t i = 0; i < json_array_size(fields->unknown); i++) {
        const char *key = json_string_value(json_array_get(fields->unknown, i));
        json_object_set(object, key, json_object_get(own, key));
    }
    json_decref(own);
    return object;
}

static int compare_keys(const void *a, const void *b)
{
    const char *const *left = a;
    const char *const *right = b;
    return strcmp(*left, *right);
}

static bool write_sorted(json_t *object, struct text *out, struct error *err)
{
    size_t count = 0;
    const char *key = NULL;
    json_t *value = NULL;
    const char **keys =
        (const char **)memory_new(json_object_size(object), sizeof(*keys), err);
    if (keys == NULL) {
        return false;
    }
    json_object_foreach(object, key, value)
    {
        keys[count++] = key;
    }
    qsort((void *)keys, count, sizeof(*keys), compare_keys);
    struct json_writer writer = {.out = out};
    json_begin_object(&writer, NULL);
    for (size_t i = 0; i < count; i++) {
        write_value(&writer, keys[i], json_object_get(object, keys[i]));
    }
    json_end_object(&writer);
    memory_free((void *)keys);
    return text_ok(out, err);
}

bool settings_write(const struct adapter_settings *settings,
                    const struct resource_path *path, struct text *out,
                    struct error *err)
{
    struct fields fields;
    if (!fields_init(&fields, path, settings, err)) {
        return false;
    }
    json_t *object = written_new(settings, &fields);
    bool done = object != NULL ? write_sorted(object, out, err)
                               : error_set(err, ERROR_MEMORY, "out of memory");
    json_decref(object);
    fields_clear(&fields);
    return done;
}
