/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Data compiled into the program, and the folders that override it.
 */
#include "base/resource.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/text.h"

/* Where `make install` puts presets/; the Makefile says. */
#ifndef LORAEXPLORE_DATADIR
#define LORAEXPLORE_DATADIR "/usr/local/share/loraexplore"
#endif

/* Largest file that may override a resource. */
#define OVERRIDE_LIMIT ((uint64_t)16 << 20)

static char *copy_new(const char *string, size_t length, struct error *err)
{
    char *copy = memory_new(length + 1, 1, err);

    if (copy != NULL) {
        memcpy(copy, string, length);
    }
    return copy;
}

/* Take FOLDER, which becomes the path's, when it is a folder. */
static void add_folder(struct resource_path *path, char *folder)
{
    if (folder != NULL && file_is_folder(folder)) {
        path->folders[path->count++] = folder;
    } else {
        memory_free(folder);
    }
}

static bool add_named(struct resource_path *path, const char *presets,
                      struct error *err)
{
    char *folder;

    if (!file_is_folder(presets)) {
        return error_set(err, ERROR_NOT_FOUND,
                         "there is no presets folder \"%.300s\"; name one that "
                         "exists",
                         presets);
    }
    folder = copy_new(presets, strlen(presets), err);
    if (folder == NULL) {
        return false;
    }
    path->folders[path->count++] = folder;
    return true;
}

bool resource_path_init(struct resource_path *path, const char *presets,
                        struct error *err)
{
    struct error reason = {0};
    char *home;
    char *installed;

    *path = (struct resource_path){0};
    if (presets != NULL && !add_named(path, presets, err)) {
        return false;
    }
    home = file_data_home_new(&reason);
    if (home == NULL && reason.code != ERROR_NONE) {
        *err = reason;
        resource_path_clear(path);
        return false;
    }
    add_folder(path, home);
    installed = copy_new(LORAEXPLORE_DATADIR, strlen(LORAEXPLORE_DATADIR), err);
    if (installed == NULL) {
        resource_path_clear(path);
        return false;
    }
    add_folder(path, installed);
    return true;
}

void resource_path_clear(struct resource_path *path)
{
    for (size_t i = 0; i < path->count; i++) {
        memory_free(path->folders[i]);
    }
    *path = (struct resource_path){0};
}

/* A name stays below its folder: no step up, no root, nothing empty. */
static bool name_is_safe(const char *name)
{
    const char *part = name;

    while (part != NULL) {
        if (*part == '\0' || *part == '/' || strcmp(part, "..") == 0 ||
            strncmp(part, "../", 3) == 0) {
            return false;
        }
        part = strchr(part, '/');
        part = part != NULL ? part + 1 : NULL;
    }
    return true;
}

/* Read NAME from FOLDER; *found tells whether anything is there. */
static bool read_override(const char *folder, const char *name, bool *found,
                          char **owned, size_t *length, struct error *err)
{
    char *file = file_join_new(folder, name, err);
    bool done;

    if (file == NULL) {
        return false;
    }
    *found = file_exists(file);
    done = !*found || file_read(file, OVERRIDE_LIMIT, owned, length, err);
    memory_free(file);
    return done;
}

static int compare_resource(const void *key, const void *element)
{
    const struct resource *resource = element;

    return strcmp(key, resource->name);
}

bool resource_read(const struct resource_path *path, const char *name,
                   const char **data, size_t *length, char **owned,
                   struct error *err)
{
    const struct resource *builtin;
    bool found = false;

    *owned = NULL;
    for (size_t i = 0; i < path->count && name_is_safe(name); i++) {
        if (!read_override(path->folders[i], name, &found, owned, length,
                           err)) {
            return false;
        }
        if (found) {
            *data = *owned;
            return true;
        }
    }
    builtin = bsearch(name, resource_builtin, resource_builtin_count,
                      sizeof resource_builtin[0], compare_resource);
    if (builtin == NULL) {
        return error_set(
            err, ERROR_NOT_FOUND,
            "neither the built-in data nor the presets folders have "
            "\"%.300s\"; check the spelling",
            name);
    }
    *data = builtin->data;
    *length = builtin->length;
    return true;
}

/* Add the first LENGTH bytes of NAME less SUFFIX, which it is known to have. */
static bool add_stem(struct file_names *names, size_t *capacity,
                     const char *name, const char *suffix, struct error *err)
{
    char **items = memory_grow(names->items, capacity, names->count + 1,
                               sizeof *items, err);
    char *stem;

    if (items == NULL) {
        return false;
    }
    names->items = items;
    stem = copy_new(name, strlen(name) - strlen(suffix), err);
    if (stem == NULL) {
        return false;
    }
    names->items[names->count++] = stem;
    return true;
}

static bool add_builtin(struct file_names *names, size_t *capacity,
                        const char *folder, const char *suffix,
                        struct error *err)
{
    size_t length = strlen(folder);

    for (size_t i = 0; i < resource_builtin_count; i++) {
        const char *name = resource_builtin[i].name;

        if (strncmp(name, folder, length) != 0 || name[length] != '/') {
            continue;
        }
        name += length + 1;
        if (strchr(name, '/') == NULL && text_ends(name, suffix) &&
            !add_stem(names, capacity, name, suffix, err)) {
            return false;
        }
    }
    return true;
}

static bool add_overrides(struct file_names *names, size_t *capacity,
                          const char *root, const char *folder,
                          const char *suffix, struct error *err)
{
    char *joined = file_join_new(root, folder, err);
    struct file_names found = {0};
    bool done;

    if (joined == NULL) {
        return false;
    }
    done = !file_is_folder(joined) || file_list(joined, suffix, &found, err);
    for (size_t i = 0; done && i < found.count; i++) {
        done = add_stem(names, capacity, found.items[i], suffix, err);
    }
    file_names_clear(&found);
    memory_free(joined);
    return done;
}

static int compare_names(const void *a, const void *b)
{
    const char *const *first = a;
    const char *const *second = b;

    return strcmp(*first, *second);
}

static void sort_unique(struct file_names *names)
{
    size_t kept = 0;

    if (names->count == 0) {
        return;
    }
    qsort(names->items, names->count, sizeof *names->items, compare_names);
    for (size_t i = 1; i < names->count; i++) {
        if (strcmp(names->items[kept], names->items[i]) == 0) {
            memory_free(names->items[i]);
        } else {
            names->items[++kept] = names->items[i];
        }
    }
    names->count = kept + 1;
}

bool resource_list(const struct resource_path *path, const char *folder,
                   const char *suffix, struct file_names *names,
                   struct error *err)
{
    size_t capacity = 0;
    bool done;

    *names = (struct file_names){0};
    done = add_builtin(names, &capacity, folder, suffix, err);
    for (size_t i = 0; done && i < path->count; i++) {
        done = add_overrides(names, &capacity, path->folders[i], folder, suffix,
                             err);
    }
    if (!done) {
        file_names_clear(names);
        return false;
    }
    sort_unique(names);
    return true;
}
