/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Build tool: writes C source that holds every file below a folder.
 *
 * usage: embed FOLDER > resources.c.  Files come sorted by their path below
 * FOLDER, as base/resource.h promises.  String literals keep the compiler
 * fast; names that begin with a dot are left out (editors' droppings).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/text.h"

enum { LINE_BYTES = 64 };

static const uint64_t file_limit = (uint64_t)16 << 20;

struct list {
    char **paths; /* below the root */
    size_t count;
    size_t capacity;
};

static bool list_add(struct list *list, char *path, struct error *err)
{
    char **paths = memory_grow(list->paths, &list->capacity, list->count + 1,
                               sizeof *paths, err);

    if (paths == NULL) {
        return false;
    }
    list->paths = paths;
    list->paths[list->count++] = path;
    return true;
}

static void list_clear(struct list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        memory_free(list->paths[i]);
    }
    memory_free(list->paths);
}

/* BELOW is the path of a folder under ROOT, "" for ROOT itself. */
static bool walk(struct list *list, const char *root, const char *below,
                 struct error *err);

/* Take over BELOW, a file or a folder under ROOT. */
static bool visit(struct list *list, const char *root, char *below,
                  struct error *err)
{
    char *full = file_join_new(root, below, err);
    bool done = full != NULL;

    if (done && file_is_folder(full)) {
        done = walk(list, root, below, err);
        memory_free(below);
    } else if (!done || !list_add(list, below, err)) {
        memory_free(below);
        done = false;
    }
    memory_free(full);
    return done;
}

static char *below_new(const char *below, const char *name, struct error *err)
{
    struct text path = {0};

    text_appendf(&path, "%s%s%s", below, *below != '\0' ? "/" : "", name);
    if (!text_ok(&path, err)) {
        text_clear(&path);
        return NULL;
    }
    return path.data;
}

static bool walk(struct list *list, const char *root, const char *below,
                 struct error *err)
{
    struct file_names names = {0};
    char *folder = file_join_new(root, below, err);
    bool done = folder != NULL && file_list(folder, "", &names, err);

    for (size_t i = 0; done && i < names.count; i++) {
        char *path = NULL;

        if (names.items[i][0] == '.') {
            continue;
        }
        path = below_new(below, names.items[i], err);
        done = path != NULL && visit(list, root, path, err);
    }
    file_names_clear(&names);
    memory_free(folder);
    return done;
}

static void put_byte(unsigned char byte)
{
    if (byte == '"' || byte == '\\' || byte == '?') {
        printf("\\%c", byte);
    } else if (byte >= 0x20 && byte < 0x7f) {
        putchar(byte);
    } else {
        printf("\\%03o", byte);
    }
}

static void put_literal(const char *bytes, size_t length)
{
    putchar('"');
    for (size_t i = 0; i < length; i++) {
        if (i > 0 && i % LINE_BYTES == 0) {
            printf("\"\n     \"");
        }
        put_byte((unsigned char)bytes[i]);
    }
    putchar('"');
}

static bool put_file(const char *root, const char *below, struct error *err)
{
    char *path = file_join_new(root, below, err);
    char *data = NULL;
    size_t length = 0;
    bool done =
        path != NULL && file_read(path, file_limit, &data, &length, err);

    if (done) {
        printf("    {");
        put_literal(below, strlen(below));
        printf(",\n     ");
        put_literal(data, length);
        printf(",\n     %zu},\n", length);
    }
    memory_free(data);
    memory_free(path);
    return done;
}

static int compare_paths(const void *a, const void *b)
{
    const char *const *first = a;
    const char *const *second = b;

    return strcmp(*first, *second);
}

static bool embed(const char *root, struct error *err)
{
    struct list list = {0};
    bool done = walk(&list, root, "", err);

    if (done && list.count > 1) {
        qsort(list.paths, list.count, sizeof *list.paths, compare_paths);
    }
    printf("/* Written by src/tool/embed.c; do not edit. */\n"
           "#include \"base/resource.h\"\n\n"
           "const struct resource resource_builtin[] = {\n");
    for (size_t i = 0; done && i < list.count; i++) {
        done = put_file(root, list.paths[i], err);
    }
    /* An array needs an element; the count leaves it out. */
    printf("    {0},\n};\n\nconst size_t resource_builtin_count = %zu;\n",
           list.count);
    list_clear(&list);
    return done;
}

int main(int argc, char **argv)
{
    struct error err = {0};

    if (argc != 2) {
        fprintf(stderr, "usage: embed FOLDER > resources.c\n");
        return 2;
    }
    if (!embed(argv[1], &err)) {
        fprintf(stderr, "embed: %s\n", err.message);
        return 1;
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "embed: cannot write the source\n");
        return 1;
    }
    return 0;
}
