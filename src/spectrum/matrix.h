/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A dense matrix of doubles, row major, with padded rows.
 *
 * A row stride that is a power of two makes column walks hit one cache set;
 * stride avoids it (GSL's SVD is 11 to 13 times slower at 512 without).
 */
#ifndef SPECTRUM_MATRIX_H
#define SPECTRUM_MATRIX_H

#include "base/error.h"

#include <stddef.h>

struct matrix {
    double *data;  /* element (i, j) at data[i * stride + j] */
    size_t rows;   /* m */
    size_t cols;   /* n */
    size_t stride; /* >= cols, padded */
};

/* A zeroed (rows, cols) matrix; false with *err set when there is no memory.
 * Clear with matrix_clear.
 */
bool matrix_init(struct matrix *matrix, size_t rows, size_t cols,
                 struct error *err);
void matrix_clear(struct matrix *matrix);

/* The first element that is NaN or infinite: ERROR_NUMERIC names its row and
 * column.  GSL reports success on such input, so this stands before it.
 */
bool matrix_check_finite(const struct matrix *matrix, struct error *err);

/* The transpose of W takes W's place; false, W untouched, when there is no
 * memory or WATCH says stop.
 */
struct watch;
bool matrix_turn(struct matrix *W, struct watch *watch, struct error *err);

#endif
