/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Memory: overflow-checked, zeroed, and never fatal.
 *
 * The one place that calls malloc.  Tests make the n-th request fail.
 */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

/* Checked arithmetic on counts and bytes: false, *out untouched, on overflow. */
bool checked_add(uint64_t a, uint64_t b, uint64_t *out);
bool checked_mul(uint64_t a, uint64_t b, uint64_t *out);

/* COUNT elements of SIZE bytes, zeroed; NULL with *err set when there is no
 * memory or the product overflows.  Free with memory_free.
 */
void *memory_new(size_t count, size_t size, struct error *err);

/* Make room for NEEDED elements of SIZE bytes in ITEMS, doubling *capacity.
 *
 * Returns the possibly moved block, new elements zeroed; NULL with *err set
 * on failure, in which case ITEMS is still valid and still the caller's.
 */
void *memory_grow(void *items, size_t *capacity, size_t needed, size_t size,
                  struct error *err);

/* Free a block from memory_new or memory_grow; NULL is fine. */
void memory_free(void *block);

/* For tests: let the n-th request from now on fail (1 is the next); 0 ends it. */
void memory_fail_after(uint64_t n);

/* An arena: everything that belongs to one loaded model, freed at once. */
struct arena_block;
struct arena {
    struct arena_block *blocks; /* newest first; zero-initialised is empty */
};

/* COUNT elements of SIZE bytes, zeroed, aligned for any type, owned by the
 * arena; NULL with *err set on failure.
 */
void *arena_new(struct arena *arena, size_t count, size_t size,
                struct error *err);

/* A copy of the LENGTH bytes at TEXT, with a final NUL; NULL on failure. */
char *arena_copy(struct arena *arena, const char *text, size_t length,
                 struct error *err);

/* Free every block; the arena is empty and can be used again. */
void arena_clear(struct arena *arena);

#endif
