/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Dense -> bidiagonal -> singular values: the two halves of Golub and Reinsch.
 */
#ifndef SPECTRUM_BIDIAGONAL_H
#define SPECTRUM_BIDIAGONAL_H

#include "base/error.h"
#include "spectrum/matrix.h"
#include "spectrum/watch.h"

#include <stddef.h>

/* W (m, n), m >= n, becomes U B V^T with B upper bidiagonal (n, n).
 *
 * DIAGONAL gets n values, ABOVE n - 1.  W is destroyed.  Entries are expected
 * to be at most about 1, so that no square overflows.
 */
bool bidiagonal_reduce(struct matrix *W, double *diagonal, double *above,
                       struct watch *watch, struct error *err);

/* W (m, n), m >= n: the upper triangle of its first n rows becomes R of
 * W = Q R, the rest of these rows zero; W->rows becomes n.
 */
bool bidiagonal_shorten(struct matrix *W, struct watch *watch,
                        struct error *err);

/* Singular values of an upper bidiagonal matrix, into DIAGONAL: n of them,
 * descending, non-negative.  ABOVE (n - 1) is destroyed.
 *
 * Each has a relative error of a small multiple of n eps, however graded the
 * matrix is (Demmel and Kahan 1990).
 *
 * errors   ERROR_NUMERIC without convergence, ERROR_CANCELLED
 */
bool bidiagonal_values(double *diagonal, double *above, size_t n,
                       struct watch *watch, struct error *err);

#endif
