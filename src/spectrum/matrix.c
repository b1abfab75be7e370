/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Storage of dense matrices, and the check for entries that are no numbers.
 */
#include "spectrum/matrix.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>

#include "base/alloc.h"
#include "spectrum/watch.h"

enum {
    LINE = 8,   /* doubles in a cache line */
    TILE = 32,  /* rows transposed at a time */
    ALIAS = 64, /* rows this many doubles apart start to share cache sets */
};

bool matrix_init(struct matrix *matrix, size_t rows, size_t cols,
                 struct error *err)
{
    *matrix = (struct matrix){0};
    uint64_t elements = 0;
    if (!checked_mul(rows, cols, &elements) || elements > SIZE_MAX / 16 ||
        rows == 0 || cols == 0) {
        return error_set(err, ERROR_RANGE,
                         "a matrix of %zu x %zu cannot be held in memory; use "
                         "a smaller one",
                         rows, cols);
    }
    size_t stride = (cols + LINE - 1) / LINE * LINE;
    if (stride % ALIAS == 0) {
        stride += LINE;
    }
    matrix->data = memory_new(rows, stride * sizeof(double), err);
    if (matrix->data == NULL) {
        return false;
    }
    matrix->rows = rows;
    matrix->cols = cols;
    matrix->stride = stride;
    return true;
}

void matrix_clear(struct matrix *matrix)
{
    memory_free(matrix->data);
    *matrix = (struct matrix){0};
}

bool matrix_check_finite(const struct matrix *matrix, struct error *err)
{
    for (size_t i = 0; i < matrix->rows; i++) {
        const double *row = matrix->data + i * matrix->stride;
        for (size_t j = 0; j < matrix->cols; j++) {
            if (!isfinite(row[j])) {
                return error_set(err, ERROR_NUMERIC,
                                 "entry (%zu, %zu) of the matrix is %s; "
                                 "singular values need finite entries",
                                 i, j, isnan(row[j]) ? "NaN" : "infinite");
            }
        }
    }
    return true;
}

bool matrix_turn(struct matrix *W, struct watch *watch, struct error *err)
{
    struct matrix turned;
    if (!matrix_init(&turned, W->cols, W->rows, err)) {
        return false;
    }
    assert(turned.data != NULL);
    for (size_t top = 0; top < W->rows; top += TILE) {
        size_t end = W->rows - top < TILE ? W->rows : top + TILE;
        for (size_t j = 0; j < W->cols; j++) {
            double *target = turned.data + j * turned.stride;
            for (size_t i = top; i < end; i++) {
                target[i] = W->data[i * W->stride + j];
            }
        }
        if (!watch_poll(watch, 0.0, err)) {
            matrix_clear(&turned);
            return false;
        }
    }
    matrix_clear(W);
    *W = turned;
    return true;
}
