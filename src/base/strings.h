/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A pool of strings that never change: equal ones are kept once.
 *
 * What points into a pool can be copied and compared as a plain value, so an
 * undo history holds hundreds of settings without owning any of their text.
 */
#ifndef BASE_STRINGS_H
#define BASE_STRINGS_H

#include "base/alloc.h"
#include "base/error.h"

#include <stddef.h>

/* Zero-initialised is empty. */
struct strings {
    const char **slots; /* open addressing; NULL is free */
    size_t slot_count;  /* a power of two, or 0 */
    size_t count;
    struct arena arena; /* owns the bytes */
};

/* The pool's copy of the LENGTH bytes at TEXT, with a final NUL; valid until
 * strings_clear.  NULL with *err set when there is no memory.
 */
const char *strings_keep(struct strings *strings, const char *text,
                         size_t length, struct error *err);

/* FNV-1a of LENGTH bytes, for tables of other things. */
size_t strings_hash(const char *text, size_t length);

void strings_clear(struct strings *strings);

#endif
