/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Listing the tensors of an adapter.
 */
#include "adapter/tensors.h"

#include <stdio.h>
#include <string.h>

enum { FIRST_CAPACITY = 4, SUFFIX_SIZE = 160 };

static bool fail(struct tensor_list *list)
{
    list->failed = true;
    return false;
}

/* Arenas cannot grow a block: a larger one takes the items over. */
static bool make_room(struct tensor_list *list)
{
    if (list->failed || list->count < list->capacity) {
        return !list->failed;
    }
    size_t capacity =
        list->capacity > 0 ? list->capacity * 2 : (size_t)FIRST_CAPACITY;
    struct adapter_tensor *items =
        arena_new(list->arena, capacity, sizeof(*items), &list->why);
    if (items == NULL) {
        return fail(list);
    }
    if (list->count > 0) {
        memcpy(items, list->items, list->count * sizeof(*items));
    }
    list->items = items;
    list->capacity = capacity;
    return true;
}

struct adapter_tensor *tensors_add(struct tensor_list *list, const char *suffix,
                                   enum tensor_role role, unsigned dimensions,
                                   const uint64_t *shape)
{
    bool room = make_room(list) && suffix != NULL;
    bool of_base = role == TENSOR_BASE;
    struct adapter_tensor *tensor =
        room ? &list->items[list->count++] : &list->scratch;
    *tensor = (struct adapter_tensor){
        .suffix = suffix,
        .role = role,
        .type = of_base ? TENSOR_OF_BASE : TENSOR_OWN,
        .stored = role != TENSOR_FROZEN && role != TENSOR_BUFFER,
        .dimensions = dimensions,
    };
    memcpy(tensor->shape, shape, dimensions * sizeof(*shape));
    return tensor;
}

const char *tensors_suffix(struct tensor_list *list, const char *format, ...)
{
    char text[SUFFIX_SIZE];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof(text)) {
        error_set(&list->why, ERROR_RANGE, "a tensor's name is too long");
        fail(list);
        return NULL;
    }
    const char *kept =
        arena_copy(list->arena, text, (size_t)length, &list->why);
    if (kept == NULL) {
        fail(list);
    }
    return kept;
}

bool tensors_ok(const struct tensor_list *list, struct error *err)
{
    return !list->failed ||
           error_set(err, list->why.code, "%s", list->why.message);
}

bool tensor_elements(const struct adapter_tensor *tensor, uint64_t *elements,
                     struct error *err)
{
    uint64_t product = 1;
    for (unsigned i = 0; i < tensor->dimensions; i++) {
        if (!checked_mul(product, tensor->shape[i], &product)) {
            return error_set(err, ERROR_RANGE,
                             "the adapter has more parameters than can be "
                             "counted (2^64)");
        }
    }
    *elements = product;
    return true;
}
