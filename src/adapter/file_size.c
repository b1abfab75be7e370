/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The size of the adapter_model.safetensors that PEFT saves.
 *
 * 8 bytes of length, a JSON header padded to 8, then data.  Offsets are
 * decimal text, so the order of the tensors (by name) changes the size.
 */
#include "adapter/count.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapter/tensors.h"

enum { PREFIX_LENGTH = 17 }; /* strlen("base_model.model.") */

/* safetensors' names of the dtypes. */
static const char *const dtype_names[MODEL_DTYPES] = {"F32", "BF16", "F16"};

struct entry {
    const char *name;
    size_t shape_length; /* of "8,4096" */
    uint64_t elements;
};

static int compare_entries(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->name,
                  ((const struct entry *)b)->name);
}

static size_t digits(uint64_t value)
{
    char text[32];
    return (size_t)snprintf(text, sizeof(text), "%" PRIu64, value);
}

/* Fill the two entries (A, B) of one copy. */
static bool add_pair(struct entry *pair, const struct count_row *row,
                     uint64_t copy, struct arena *arena, struct error *err)
{
    bool embedding = row->module.kind == MODULE_EMBEDDING;
    const char *suffix[2] = {embedding ? ".lora_embedding_A" : ".lora_A.weight",
                             embedding ? ".lora_embedding_B"
                                       : ".lora_B.weight"};
    struct adapter_tensors tensors;
    if (!adapter_tensors_init(&tensors, &row->module, row->rank, err)) {
        return false;
    }
    const uint64_t *shape[2] = {tensors.a, tensors.b};
    for (int i = 0; i < 2; i++) {
        struct text name = {0};
        module_append_name(&row->module, copy, &name);
        text_append(&name, suffix[i]);
        bool done = text_ok(&name, err);
        pair[i].name =
            done ? arena_copy(arena, name.data, name.length, err) : NULL;
        text_clear(&name);
        if (pair[i].name == NULL) {
            return false;
        }
        pair[i].shape_length = digits(shape[i][0]) + 1 + digits(shape[i][1]);
        if (!checked_mul(shape[i][0], shape[i][1], &pair[i].elements)) {
            return error_set(err, ERROR_RANGE, "the adapter file is too large");
        }
    }
    return true;
}

/* {"__metadata__":{"format":"pt"} and, for each tensor,
 * ,"NAME":{"dtype":"F32","shape":[8,4096],"data_offsets":[0,131072]} and }
 */
static bool file_size(const struct entry *entries, size_t count,
                      enum model_dtype dtype, uint64_t *bytes,
                      struct error *err)
{
    uint64_t offset = 0;
    uint64_t end = 0;
    uint64_t header = strlen("{\"__metadata__\":{\"format\":\"pt\"}}");
    size_t fixed = strlen(dtype_names[dtype]) +
                   strlen(",\"\":{\"dtype\":\"\",\"shape\":[],"
                          "\"data_offsets\":[,]}");
    for (size_t i = 0; i < count; i++) {
        if (!checked_mul(entries[i].elements, model_dtype_bytes(dtype), &end) ||
            !checked_add(offset, end, &end)) {
            return error_set(err, ERROR_RANGE, "the adapter file is too large");
        }
        header += fixed + PREFIX_LENGTH + strlen(entries[i].name) +
                  entries[i].shape_length + digits(offset) + digits(end);
        offset = end;
    }
    *bytes = 8 + (header + 7) / 8 * 8 + offset;
    return true;
}

/* Cases whose file holds more or other tensors are left uncomputed. */
static bool is_plain(const struct count *count,
                     const struct adapter_settings *settings)
{
    if (count->parameters[0] != '\0' ||
        settings_has_target(settings, "embed_tokens") ||
        settings_has_target(settings, "lm_head")) {
        return false;
    }
    for (size_t i = 0; i < count->row_count; i++) {
        if (count->rows[i].matched &&
            count->rows[i].module.kind == MODULE_CONV) {
            return false;
        }
    }
    return true;
}

bool count_file_bytes(const struct count *count,
                      const struct adapter_settings *settings,
                      enum model_dtype dtype, uint64_t *bytes,
                      struct error *err)
{
    *bytes = 0;
    if (!is_plain(count, settings) || count->tensors == 0) {
        return true;
    }
    struct arena arena = {0};
    size_t used = 0;
    struct entry *entries = memory_new(count->tensors, sizeof(*entries), err);
    bool done = entries != NULL;
    for (size_t i = 0; done && i < count->row_count; i++) {
        const struct count_row *row = &count->rows[i];
        for (uint64_t copy = 0;
             done && row->matched && copy < row->module.copies;
             copy++, used += 2) {
            done = add_pair(&entries[used], row, copy, &arena, err);
        }
    }
    if (done) {
        qsort(entries, used, sizeof(*entries), compare_entries);
        done = file_size(entries, used, dtype, bytes, err);
    }
    memory_free(entries);
    arena_clear(&arena);
    return done;
}
