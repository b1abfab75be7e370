/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The drivers for singular values, and what all of them share: the check for
 * finite entries, the scaling by a power of two, the lying shape.
 */
#include "spectrum/svd.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <limits.h>
#include <math.h>

#include "base/alloc.h"
#include "base/text.h"
#include "spectrum/bidiagonal.h"
#include "spectrum/watch.h"

/* Past this gsl_linalg_SV_decomp takes too long for something that cannot be stopped. */
enum { GSL_MOST = 256 };

static bool golub_values(struct matrix *W, double *sigma,
                         const struct svd_progress *progress, struct error *err)
{
    struct watch watch = {progress, 0.0, 0.0, watch_now()};
    if (W->rows < W->cols && !matrix_turn(W, &watch, err)) {
        return false;
    }
    const size_t n = W->cols;
    if (W->rows > n + n / 2 + n / 6) {
        /* 2 m n^2 operations of QR against 8/3 n^3 of the rest. */
        double qr = 2.0 * (double)W->rows, rest = 2.7 * (double)n;
        watch.to = 0.9 * qr / (qr + rest);
        if (!bidiagonal_shorten(W, &watch, err)) {
            return false;
        }
    }
    double *above = memory_new(n, sizeof *above, err);
    if (above == NULL) {
        return false;
    }
    watch.from = watch.to;
    watch.to = 0.9;
    bool ok = bidiagonal_reduce(W, sigma, above, &watch, err);
    watch.from = 0.9;
    watch.to = 1.0;
    ok = ok && bidiagonal_values(sigma, above, n, &watch, err);
    memory_free(above);
    return ok;
}

static bool gsl_values(struct matrix *W, double *sigma,
                       const struct svd_progress *progress, struct error *err)
{
    struct watch watch = {progress, 0.0, 1.0, 0};
    if (!watch_poll(&watch, 0.0, err)) {
        return false;
    }
    if (W->rows < W->cols && !matrix_turn(W, &watch, err)) {
        return false;
    }
    const size_t n = W->cols;
    if (n > GSL_MOST) {
        return error_set(err, ERROR_UNSUPPORTED,
                         "the driver gsl stops at %d columns, this matrix has "
                         "%zu; use the driver golub",
                         (int)GSL_MOST, n);
    }
    struct matrix V;
    if (!matrix_init(&V, n, n, err)) {
        return false;
    }
    double *work = memory_new(n, sizeof *work, err);
    int status = GSL_ENOMEM;
    if (work != NULL) {
        gsl_matrix_view A =
            gsl_matrix_view_array_with_tda(W->data, W->rows, n, W->stride);
        gsl_matrix_view right =
            gsl_matrix_view_array_with_tda(V.data, n, n, V.stride);
        gsl_vector_view values = gsl_vector_view_array(sigma, n);
        gsl_vector_view scratch = gsl_vector_view_array(work, n);
        status = gsl_linalg_SV_decomp(&A.matrix, &right.matrix, &values.vector,
                                      &scratch.vector);
        if (status != GSL_SUCCESS) {
            error_set(err, ERROR_NUMERIC,
                      "gsl_linalg_SV_decomp failed (%s); use the driver golub",
                      gsl_strerror(status));
        }
    }
    memory_free(work);
    matrix_clear(&V);
    return status == GSL_SUCCESS;
}

const struct svd_driver svd_drivers[] = {
    {"golub",
     "all values: Householder bidiagonal form in panels, then implicit QR",
     "each within max(m, n) eps sigma_1, eps = 2^-52", golub_values},
    {"gsl", "all values by gsl_linalg_SV_decomp, up to 256 columns; to compare",
     "each within max(m, n) eps sigma_1, eps = 2^-52", gsl_values},
};
const size_t svd_driver_count = sizeof svd_drivers / sizeof svd_drivers[0];

const struct svd_driver *svd_driver_find(const char *name)
{
    if (text_equal_fold(name, "auto") || text_equal_fold(name, "full")) {
        return &svd_drivers[0];
    }
    for (size_t i = 0; i < svd_driver_count; i++) {
        if (text_equal_fold(name, svd_drivers[i].name)) {
            return &svd_drivers[i];
        }
    }
    return NULL;
}

static double matrix_largest(const struct matrix *W)
{
    double largest = 0.0;
    for (size_t i = 0; i < W->rows; i++) {
        const double *row = W->data + i * W->stride;
        for (size_t j = 0; j < W->cols; j++) {
            const double size = fabs(row[j]);
            largest = size > largest ? size : largest;
        }
    }
    return largest;
}

/* Multiply by 2^power; in two steps, since 2^1074 is no double. */
static bool matrix_scale(struct matrix *W, int power, struct watch *watch,
                         struct error *err)
{
    const double half = ldexp(1.0, power / 2);
    const double rest = ldexp(1.0, power - power / 2);
    for (size_t i = 0; i < W->rows; i++) {
        double *row = W->data + i * W->stride;
        for (size_t j = 0; j < W->cols; j++) {
            row[j] = row[j] * half * rest;
        }
        if (!watch_poll(watch, 0.0, err)) {
            return false;
        }
    }
    return true;
}

static bool values_finish(double *sigma, size_t count, int power,
                          struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(sigma[i])) {
            return error_set(err, ERROR_NUMERIC,
                             "singular value %zu came out as no number; try "
                             "another driver",
                             i + 1);
        }
        sigma[i] = ldexp(sigma[i], power);
    }
    if (!isfinite(sigma[0])) {
        return error_set(err, ERROR_NUMERIC,
                         "the largest singular value exceeds the range of "
                         "double; scale the matrix down");
    }
    return true;
}

bool svd_values(struct matrix *W, const struct svd_driver *driver,
                double *sigma, const struct svd_progress *progress,
                struct error *err)
{
    const size_t count = W->rows < W->cols ? W->rows : W->cols;
    if (W->rows > INT_MAX || W->stride > INT_MAX) {
        return error_set(err, ERROR_RANGE,
                         "a matrix of %zu x %zu is past what the BLAS can "
                         "index; use a smaller one",
                         W->rows, W->cols);
    }
    struct watch watch = {progress, 0.0, 0.0, watch_now()};
    if (!matrix_check_finite(W, err) || !watch_poll(&watch, 0.0, err)) {
        return false;
    }
    double largest = matrix_largest(W);
    if (largest == 0.0) {
        for (size_t i = 0; i < count; i++) {
            sigma[i] = 0.0;
        }
        return true;
    }
    int power = 0;
    frexp(largest, &power);
    return watch_poll(&watch, 0.0, err) &&
           matrix_scale(W, -power, &watch, err) &&
           driver->values(W, sigma, progress, err) &&
           values_finish(sigma, count, power, err);
}
