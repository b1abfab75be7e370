/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The text header of a .npy file: a Python literal with three keys.
 */
#ifndef FORMATS_NPY_HEADER_H
#define FORMATS_NPY_HEADER_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct npy_header {
    char descr[32];  /* the type's code; longer ones are no real type */
    bool structured; /* descr is a list or tuple, not a string */
    bool fortran;
    size_t dimensions; /* how many; the first two are kept */
    uint64_t shape[2];
};

/* Parse the LENGTH characters at TEXT as numpy would, or refuse them.  NAME
 * stands in the messages.
 */
bool npy_header_parse(const char *text, size_t length, const char *name,
                      struct npy_header *header, struct error *err);

#endif
