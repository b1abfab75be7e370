/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Data compiled into the program, and the folders that override it.
 *
 * Everything under presets/ is compiled in by src/tool/embed.c, with its path
 * below presets/ as its name ("architectures/llama.arch").  A file of the same
 * name in an override folder is read in its stead.
 */
#ifndef BASE_RESOURCE_H
#define BASE_RESOURCE_H

#include "base/error.h"

#include <stddef.h>

struct resource {
    const char *name; /* "models/Llama-2-7b.json" */
    const char *data; /* NUL-terminated */
    size_t length;    /* bytes, without the NUL */
};

/* Written by the embedder, sorted by name. */
extern const struct resource resource_builtin[];
extern const size_t resource_builtin_count;

/* Override folders, strongest first: --presets DIR, XDG data, installed data. */
struct resource_path {
    char *folders[3];
    size_t count;
};

/* PRESETS is --presets's folder or NULL; a folder that is named and missing is
 * an error, the others are looked for quietly.  Clear with resource_path_clear.
 */
bool resource_path_init(struct resource_path *path, const char *presets,
                        struct error *err);
void resource_path_clear(struct resource_path *path);

/* The bytes of a resource: an override's if there is one, else the built-in's.
 *
 * *owned is a block to memory_free, or NULL when *data is built in.  Unknown
 * names give ERROR_NOT_FOUND.
 */
bool resource_read(const struct resource_path *path, const char *name,
                   const char **data, size_t *length, char **owned,
                   struct error *err);

/* The names below FOLDER ("models") that end in SUFFIX, of the built-in data
 * and the override folders, sorted, each once and without folder and suffix.
 * The strings are the caller's: file_names_clear.
 */
struct file_names;
bool resource_list(const struct resource_path *path, const char *folder,
                   const char *suffix, struct file_names *names,
                   struct error *err);

#endif
