/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list of presets, read without building an inventory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "formats/json.h"
#include "model/config.h"
#include "model/preset.h"

static bool keep_listed(struct preset_list *list, const char *text,
                        const char **out, struct error *err)
{
    text = text != NULL ? text : "";
    *out = arena_copy(&list->arena, text, strlen(text), err);
    return *out != NULL;
}

static bool list_preset(struct preset_list *list, const char *name,
                        const json_t *config, struct error *err)
{
    struct preset *preset = &list->items[list->count];
    const json_t *about = json_object_get(config, "_loraexplore");
    const json_t *params = json_object_get(about, "params");
    preset->parameters =
        json_is_integer(params) && json_integer_value(params) > 0
            ? (uint64_t)json_integer_value(params)
            : 0;
    preset->layers = config_layers(config);
    preset->context = config_context(config);
    list->count++;
    return keep_listed(list, name, &preset->name, err) &&
           keep_listed(list,
                       json_string_value(json_object_get(config, "model_type")),
                       &preset->model_type, err) &&
           keep_listed(list,
                       json_string_value(json_object_get(about, "source")),
                       &preset->source, err);
}

static bool read_preset(struct preset_list *list,
                        const struct resource_path *path, const char *name,
                        struct error *err)
{
    char file[PRESET_NAME_SIZE + 16];
    const char *data = NULL;
    size_t length = 0;
    char *owned = NULL;
    snprintf(file, sizeof(file), "models/%s.json", name);
    if (!resource_read(path, file, &data, &length, &owned, err)) {
        return false;
    }
    json_t *config = json_parse_config(data, length, file, err);
    bool done = config != NULL && list_preset(list, name, config, err);
    json_decref(config);
    memory_free(owned);
    return done;
}

static int compare_fold(const void *a, const void *b)
{
    const char *x = ((const struct preset *)a)->name;
    const char *y = ((const struct preset *)b)->name;
    while (*x != '\0' && ((*x ^ *y) & ~0x20) == 0) {
        x++;
        y++;
    }
    return (*x | 0x20) - (*y | 0x20);
}

bool preset_list_init(struct preset_list *list,
                      const struct resource_path *path, struct error *err)
{
    struct file_names names = {0};
    *list = (struct preset_list){0};
    bool done = resource_list(path, "models", ".json", &names, err);
    if (done) {
        list->items =
            arena_new(&list->arena, names.count, sizeof(*list->items), err);
        done = list->items != NULL;
    }
    for (size_t i = 0; done && i < names.count; i++) {
        done = read_preset(list, path, names.items[i], err);
    }
    file_names_clear(&names);
    if (done && list->count > 0) {
        qsort(list->items, list->count, sizeof(*list->items), compare_fold);
    }
    return done;
}

void preset_list_clear(struct preset_list *list)
{
    arena_clear(&list->arena);
    *list = (struct preset_list){0};
}
