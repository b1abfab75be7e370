/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finding a family by its model_type or an alias of it.
 */
#include "model/architecture.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/nearest.h"
#include "base/text.h"
#include "model/architecture_read.h"

/* The name of the family that stands for MODEL_TYPE; NULL when there is none. */
static const char *find_alias(const struct resource_path *path,
                              const struct file_names *names,
                              const char *model_type, struct error *err)
{
    for (size_t i = 0; i < names->count; i++) {
        char file[ARCHITECTURE_NAME + 32];
        const char *data = NULL;
        size_t length = 0;
        char *owned = NULL;
        snprintf(file, sizeof(file), "architectures/%.*s.arch",
                 ARCHITECTURE_NAME, names->items[i]);
        if (!resource_read(path, file, &data, &length, &owned, err)) {
            return NULL;
        }
        bool found = architecture_has_alias(data, model_type);
        memory_free(owned);
        if (found) {
            return names->items[i];
        }
    }
    return NULL;
}

static bool set_unknown(const struct file_names *names, const char *model_type,
                        struct error *err)
{
    struct text near = {0};
    nearest_append(&near, model_type, (const char *const *)names->items,
                   names->count, 3);
    error_set(err, ERROR_NOT_FOUND,
              "no architecture is known for model_type \"%.60s\"; the nearest "
              "are %s",
              model_type, text_string(&near));
    text_clear(&near);
    return false;
}

static bool is_plain_name(const char *name)
{
    for (const char *byte = name; *byte != '\0'; byte++) {
        if (!isalnum((unsigned char)*byte) && strchr("_-.", *byte) == NULL) {
            return false;
        }
    }
    return name[0] != '\0' && name[0] != '.' &&
           strlen(name) < ARCHITECTURE_NAME;
}

bool architecture_load(const struct resource_path *path, const char *model_type,
                       struct architecture *architecture, struct error *err)
{
    *architecture = (struct architecture){0};
    struct file_names names = {0};
    if (!resource_list(path, "architectures", ".arch", &names, err)) {
        return false;
    }
    const char *family = NULL;
    for (size_t i = 0; i < names.count && is_plain_name(model_type); i++) {
        if (strcmp(names.items[i], model_type) == 0) {
            family = names.items[i];
        }
    }
    if (family == NULL) {
        family = find_alias(path, &names, model_type, err);
    }
    bool done = false;
    if (family == NULL) {
        done = err->code == ERROR_NONE && set_unknown(&names, model_type, err);
    } else {
        architecture->model_type =
            arena_copy(&architecture->arena, family, strlen(family), err);
        done = architecture->model_type != NULL &&
               architecture_read(architecture, path, family, 0, err);
    }
    file_names_clear(&names);
    return done;
}

void architecture_clear(struct architecture *architecture)
{
    memory_free(architecture->rows);
    memory_free(architecture->lets);
    memory_free(architecture->loops);
    memory_free(architecture->renames);
    memory_free(architecture->refused);
    arena_clear(&architecture->arena);
    *architecture = (struct architecture){0};
}
