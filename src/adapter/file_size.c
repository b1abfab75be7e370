/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The size of the adapter_model.safetensors that PEFT saves.
 *
 * 8 bytes of length, a JSON header padded to 8, then data.  Offsets are
 * decimal text, so the order of the tensors changes the size: dtypes in
 * safetensors' order, then names.
 */
#include "adapter/count.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A dtype as the header spells it; the rows stand in the file's order. */
struct file_type {
    const char *name;
    unsigned bytes;
};
enum {
    FILE_I64,
    FILE_F32,
    FILE_I32,
    FILE_BF16,
    FILE_F16,
    FILE_I16,
    FILE_U8,
    FILE_BOOL
};
static const struct file_type file_types[] = {
    [FILE_I64] = {"I64", 8}, [FILE_F32] = {"F32", 4},
    [FILE_I32] = {"I32", 4}, [FILE_BF16] = {"BF16", 2},
    [FILE_F16] = {"F16", 2}, [FILE_I16] = {"I16", 2},
    [FILE_U8] = {"U8", 1},   [FILE_BOOL] = {"BOOL", 1},
};

struct entry {
    const char *name;
    unsigned type;       /* index of file_types */
    size_t shape_length; /* of "8,4096" */
    uint64_t elements;
};

/* Where in a module's name its tensors stand. */
struct placement {
    bool in_parent;     /* without the name's last part */
    const char *insert; /* before the last BELOW parts, or NULL */
    unsigned below;
};

struct lister {
    const struct count *count;
    const struct count_dtypes *dtypes;
    struct entry *entries;
    size_t used;
    struct arena arena;
    struct error *err;
};

static int compare_entries(const void *a, const void *b)
{
    const struct entry *left = a;
    const struct entry *right = b;
    if (left->type != right->type) {
        return left->type < right->type ? -1 : 1;
    }
    return strcmp(left->name, right->name);
}

static unsigned type_of_dtype(enum model_dtype dtype)
{
    switch (dtype) {
    case DTYPE_FP32:
        return FILE_F32;
    case DTYPE_BF16:
        return FILE_BF16;
    case DTYPE_FP16:
        return FILE_F16;
    }
    return FILE_F32;
}

static unsigned file_type(const struct count_dtypes *dtypes,
                          enum tensor_type type)
{
    switch (type) {
    case TENSOR_OWN:
        return type_of_dtype(dtypes->adapter);
    case TENSOR_OF_BASE:
        return type_of_dtype(dtypes->base);
    case TENSOR_F32:
        return FILE_F32;
    case TENSOR_I64:
        return FILE_I64;
    case TENSOR_I32:
        return FILE_I32;
    case TENSOR_I16:
        return FILE_I16;
    case TENSOR_U8:
        return FILE_U8;
    case TENSOR_BOOL:
        return FILE_BOOL;
    }
    return FILE_F32;
}

static size_t digits(uint64_t value)
{
    char text[32];
    return (size_t)snprintf(text, sizeof(text), "%" PRIu64, value);
}

static size_t shape_length(const struct adapter_tensor *tensor)
{
    size_t length = tensor->dimensions > 0 ? tensor->dimensions - 1 : 0;
    for (unsigned i = 0; i < tensor->dimensions; i++) {
        length += digits(tensor->shape[i]);
    }
    return length;
}

/* Put INSERT before the last BELOW dotted parts of NAME. */
static void insert_part(struct text *name, const char *insert, unsigned below)
{
    struct text tail = {0};
    size_t at = name->length;
    for (; below > 0 && at > 0; below--) {
        do {
            at--;
        } while (at > 0 && name->data[at] != '.');
    }
    text_append(&tail, text_string(name) + at);
    name->length = at;
    text_append(name, insert);
    text_append(name, text_string(&tail));
    name->failed = name->failed || tail.failed;
    text_clear(&tail);
}

/* Take the last dotted part off. */
static void drop_part(struct text *name)
{
    while (name->length > 0 && name->data[name->length - 1] != '.') {
        name->length--;
    }
    if (name->length > 0) {
        name->data[--name->length] = '\0';
    }
}

/* A suffix that begins with "/" is a whole name; one without a module stands
 * after "base_model.".
 */
static void append_name(const struct lister *lister,
                        const struct module *module, uint64_t copy,
                        const struct placement *placement, const char *suffix,
                        struct text *name)
{
    if (suffix[0] == '/') {
        text_append(name, suffix + 1);
        return;
    }
    if (module->pattern == NULL) {
        text_append(name, "base_model.");
        text_append(name, suffix);
        return;
    }
    text_append(name, lister->count->prefix);
    module_append_name(module, copy, name);
    if (placement->in_parent) {
        drop_part(name);
    }
    if (placement->insert != NULL) {
        insert_part(name, placement->insert, placement->below);
    }
    text_append(name, suffix);
}

static bool list_tensor(struct lister *lister, const struct module *module,
                        uint64_t copy, const struct placement *placement,
                        const struct adapter_tensor *tensor)
{
    struct text name = {0};
    struct entry *entry = &lister->entries[lister->used++];
    append_name(lister, module, copy, placement, tensor->suffix, &name);
    entry->name = text_ok(&name, lister->err)
                      ? arena_copy(&lister->arena, text_string(&name),
                                   name.length, lister->err)
                      : NULL;
    text_clear(&name);
    entry->type = file_type(lister->dtypes, tensor->type);
    entry->shape_length = shape_length(tensor);
    return entry->name != NULL &&
           tensor_elements(tensor, &entry->elements, lister->err);
}

static bool list_tensors(struct lister *lister, const struct module *module,
                         const struct placement *placement,
                         const struct adapter_tensor *tensors, size_t count)
{
    for (uint64_t copy = 0; copy < module->copies; copy++) {
        for (size_t i = 0; i < count; i++) {
            if (tensors[i].stored &&
                !list_tensor(lister, module, copy, placement, &tensors[i])) {
                return false;
            }
        }
    }
    return true;
}

static bool list_all(struct lister *lister)
{
    const struct count *count = lister->count;
    for (size_t i = 0; i < count->row_count; i++) {
        const struct count_row *row = &count->rows[i];
        const struct placement placement = {.in_parent = row->in_parent};
        if (!list_tensors(lister, &row->module, &placement, row->tensors,
                          row->tensor_count)) {
            return false;
        }
    }
    for (size_t i = 0; i < count->extra_count; i++) {
        const struct count_extra *extra = &count->extras[i];
        const struct placement placement = {.insert = extra->insert,
                                            .below = extra->below};
        if (!list_tensors(lister, &extra->module, &placement, extra->tensors,
                          extra->tensor_count)) {
            return false;
        }
    }
    return true;
}

/* {"__metadata__":{"format":"pt"} and, for each tensor,
 * ,"NAME":{"dtype":"F32","shape":[8,4096],"data_offsets":[0,131072]} and }
 */
static bool file_size(const struct lister *lister, uint64_t *bytes)
{
    uint64_t offset = 0;
    uint64_t header = strlen("{\"__metadata__\":{\"format\":\"pt\"}}");
    for (size_t i = 0; i < lister->used; i++) {
        const struct entry *entry = &lister->entries[i];
        const struct file_type *type = &file_types[entry->type];
        uint64_t end = 0;
        if (!checked_mul(entry->elements, type->bytes, &end) ||
            !checked_add(offset, end, &end)) {
            return error_set(lister->err, ERROR_RANGE,
                             "the adapter file is too large");
        }
        header += strlen(",\"\":{\"dtype\":\"\",\"shape\":[],"
                         "\"data_offsets\":[,]}") +
                  strlen(type->name) + strlen(entry->name) +
                  entry->shape_length + digits(offset) + digits(end);
        offset = end;
    }
    return checked_add(8 + (header + 7) / 8 * 8, offset, bytes) ||
           error_set(lister->err, ERROR_RANGE, "the adapter file is too large");
}

bool count_file_bytes(const struct count *count,
                      const struct count_dtypes *dtypes, uint64_t *bytes,
                      struct error *err)
{
    struct lister lister = {.count = count, .dtypes = dtypes, .err = err};
    *bytes = 0;
    if (count->tensors == 0 && count->matched == 0) {
        return true; /* no adapter, no file */
    }
    lister.entries =
        memory_new((size_t)count->tensors, sizeof(*lister.entries), err);
    bool done = lister.entries != NULL && list_all(&lister);
    if (done) {
        qsort(lister.entries, lister.used, sizeof(*lister.entries),
              compare_entries);
        done = file_size(&lister, bytes);
    }
    memory_free(lister.entries);
    arena_clear(&lister.arena);
    return done;
}
