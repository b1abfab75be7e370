/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * NumPy's .npy files, versions 1 to 3 (numpy/lib/format.py).
 */
#ifndef FORMATS_NPY_H
#define FORMATS_NPY_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

enum npy_type {
    NPY_FLOAT16,
    NPY_FLOAT32,
    NPY_FLOAT64,
    NPY_BOOL,
    NPY_INT8,
    NPY_INT16,
    NPY_INT32,
    NPY_INT64,
    NPY_UINT8,
    NPY_UINT16,
    NPY_UINT32,
    NPY_UINT64,
};

/* A real, non-empty two-dimensional array.  Views into the caller's bytes. */
struct npy {
    enum npy_type type;
    bool swapped; /* stored in the other byte order */
    bool fortran; /* column major */
    size_t rows, cols;
    const unsigned char *data; /* rows * cols elements */
};

/* Read the header of the LENGTH bytes at BYTES, which outlive *npy.
 *
 * Refused, each with its reason: anything that is no 2-d real matrix (0-d,
 * 1-d, 3-d, empty, complex, text, objects, dates, structures), a header that
 * is malformed, a size that overflows, too few bytes.  Trailing bytes are
 * ignored, as numpy does.  NAME stands in the messages.
 */
bool npy_open(const void *bytes, size_t length, const char *name,
              struct npy *npy, struct error *err);

/* Element (i, j) as double; row < rows, col < cols are the caller's duty. */
double npy_value(const struct npy *npy, size_t row, size_t col);

/* numpy's name of the type, "float32". */
const char *npy_type_name(enum npy_type type);

#endif
