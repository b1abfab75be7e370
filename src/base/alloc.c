/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Memory: overflow-checked, zeroed, and never fatal.
 */
#include "base/alloc.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of an ordinary arena block; a test build makes it small. */
#ifndef ARENA_CHUNK
#define ARENA_CHUNK 32768
#endif

struct arena_block {
    struct arena_block *next;
    size_t used; /* bytes of data handed out, a multiple of the alignment */
    size_t size; /* bytes of data */
    _Alignas(max_align_t) unsigned char data[];
};

/* Requests until the one that fails; 0 when none shall.  Tests only. */
static _Atomic uint64_t requests_left; /* NOLINT(*-global-variables) */

bool checked_add(uint64_t a, uint64_t b, uint64_t *out)
{
    if (a > UINT64_MAX - b) {
        return false;
    }
    *out = a + b;
    return true;
}

bool checked_mul(uint64_t a, uint64_t b, uint64_t *out)
{
    if (b != 0 && a > UINT64_MAX / b) {
        return false;
    }
    *out = a * b;
    return true;
}

void memory_fail_after(uint64_t n)
{
    atomic_store(&requests_left, n);
}

/* True for the one request that a test wants to fail. */
static bool request_fails(void)
{
    uint64_t left = atomic_load(&requests_left);

    while (left != 0) {
        if (atomic_compare_exchange_weak(&requests_left, &left, left - 1)) {
            return left == 1;
        }
    }
    return false;
}

static void *fail_memory(struct error *err, size_t count, size_t size)
{
    (void)error_set(err, ERROR_MEMORY,
                    "the system gave no memory for %zu elements of %zu bytes; "
                    "close other programs or choose something smaller",
                    count, size);
    return NULL;
}

/* COUNT * SIZE when a single object may have that many bytes, never 0. */
static bool object_size(size_t count, size_t size, size_t *bytes)
{
    if (size != 0 && count > (size_t)PTRDIFF_MAX / size) {
        return false;
    }
    *bytes = count * size;
    if (*bytes == 0) {
        *bytes = 1; /* so that NULL always means failure */
    }
    return true;
}

void *memory_new(size_t count, size_t size, struct error *err)
{
    size_t bytes;
    void *block;

    if (!object_size(count, size, &bytes) || request_fails()) {
        return fail_memory(err, count, size);
    }
    block = calloc(1, bytes);
    return block != NULL ? block : fail_memory(err, count, size);
}

void *memory_grow(void *items, size_t *capacity, size_t needed, size_t size,
                  struct error *err)
{
    size_t wanted = *capacity < SIZE_MAX / 2 ? *capacity * 2 : needed;
    size_t bytes;
    unsigned char *grown;

    if (items != NULL && needed <= *capacity) {
        return items;
    }
    if (wanted < needed) {
        wanted = needed;
    }
    if (!object_size(wanted, size, &bytes)) {
        wanted = needed; /* doubling asks too much; the need itself may fit */
    }
    if (!object_size(wanted, size, &bytes) || request_fails()) {
        return fail_memory(err, needed, size);
    }
    grown = realloc(items, bytes);
    if (grown == NULL) {
        return fail_memory(err, needed, size);
    }
    if (items == NULL) {
        *capacity = 0;
    }
    memset(grown + *capacity * size, 0, (wanted - *capacity) * size);
    *capacity = wanted;
    return grown;
}

void memory_free(void *block)
{
    free(block);
}

/* A block with room for BYTES, first in the arena's list unless it is made to
 * measure: then the block that still has room stays first.
 */
static struct arena_block *add_block(struct arena *arena, size_t bytes,
                                     struct error *err)
{
    size_t size = bytes < ARENA_CHUNK ? ARENA_CHUNK : bytes;
    struct arena_block *block;

    if (size > SIZE_MAX - sizeof *block) {
        return fail_memory(err, bytes, 1);
    }
    block = memory_new(1, sizeof *block + size, err);
    if (block == NULL) {
        return NULL;
    }
    block->size = size;
    if (bytes >= ARENA_CHUNK && arena->blocks != NULL) {
        block->next = arena->blocks->next;
        arena->blocks->next = block;
    } else {
        block->next = arena->blocks;
        arena->blocks = block;
    }
    return block;
}

void *arena_new(struct arena *arena, size_t count, size_t size,
                struct error *err)
{
    const size_t align = _Alignof(max_align_t);
    struct arena_block *block = arena->blocks;
    size_t bytes;
    unsigned char *result;

    if (!object_size(count, size, &bytes) || bytes > PTRDIFF_MAX - align) {
        return fail_memory(err, count, size);
    }
    bytes = (bytes + align - 1) / align * align;
    if (block == NULL || block->size - block->used < bytes) {
        block = add_block(arena, bytes, err);
        if (block == NULL) {
            return NULL;
        }
    }
    result = block->data + block->used;
    block->used += bytes;
    return result;
}

char *arena_copy(struct arena *arena, const char *text, size_t length,
                 struct error *err)
{
    char *copy;

    if (length == SIZE_MAX) {
        return fail_memory(err, length, 1);
    }
    copy = arena_new(arena, length + 1, 1, err);
    if (copy != NULL && length > 0) {
        memcpy(copy, text, length); /* already zeroed: the NUL is there */
    }
    return copy;
}

void arena_clear(struct arena *arena)
{
    struct arena_block *block = arena->blocks;

    while (block != NULL) {
        struct arena_block *next = block->next;

        memory_free(block);
        block = next;
    }
    arena->blocks = NULL;
}
