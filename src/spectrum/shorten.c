/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The QR step before the bidiagonal one, for matrices much taller than wide.
 *
 * R has W's singular values and far fewer rows (Chan 1982).  Panels are
 * factored by GSL's recursive QR in compact WY form, Q = I - V T V^T, and the
 * rest is updated by matrix products in slabs, so that it can be stopped.
 */
#include "spectrum/bidiagonal.h"

#include <gsl/gsl_cblas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <string.h>

#include "base/alloc.h"

enum {
    PANEL = 32, /* columns factored at a time */
    PANEL_MOST =
        1 << 19,    /* entries of a panel: GSL's QR of it is not stopped */
    SLAB = 1 << 22, /* entries updated between two polls: some ms */
};

struct shortening {
    struct matrix *W;
    size_t width; /* of a panel, at most PANEL */
    double *V;    /* (m, width): the reflections of a panel, made explicit */
    double *T;    /* (width, width), upper */
    double *work; /* (width, n) */
};

/* Factor columns START to START + K below row START. */
static bool factor(struct shortening *s, size_t start, size_t k,
                   struct error *err)
{
    const size_t m = s->W->rows - start, stride = s->W->stride;
    double *A = s->W->data + start * stride + start;
    gsl_matrix_view panel = gsl_matrix_view_array_with_tda(A, m, k, stride);
    gsl_matrix_view T = gsl_matrix_view_array_with_tda(s->T, k, k, s->width);
    int status = gsl_linalg_QR_decomp_r(&panel.matrix, &T.matrix);
    if (status != GSL_SUCCESS) {
        return error_set(err, ERROR_NUMERIC,
                         "the QR factorisation failed (GSL: %s)",
                         gsl_strerror(status));
    }
    for (size_t i = 0; i < m; i++) {
        double *v = s->V + i * s->width, *a = A + i * stride;
        for (size_t j = 0; j < k; j++) {
            v[j] = i > j ? a[j] : i == j ? 1.0 : 0.0;
            a[j] = i > j ? 0.0 : a[j];
        }
    }
    return true;
}

/* Q^T on WIDE columns from COLUMN on: C -= V (T^T (V^T C)). */
static void apply(struct shortening *s, size_t start, size_t k, size_t column,
                  size_t wide)
{
    const int m = (int)(s->W->rows - start), n = (int)wide, p = (int)k;
    const int stride = (int)s->W->stride, width = (int)s->width;
    double *C = s->W->data + start * s->W->stride + column;
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, p, n, m, 1.0, s->V,
                width, C, stride, 0.0, s->work, n);
    cblas_dtrmm(CblasRowMajor, CblasLeft, CblasUpper, CblasTrans, CblasNonUnit,
                p, n, 1.0, s->T, width, s->work, n);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, p, -1.0, s->V,
                width, s->work, n, 1.0, C, stride);
}

static bool shorten_panels(struct shortening *s, struct watch *watch,
                           struct error *err)
{
    const size_t m = s->W->rows, n = s->W->cols;
    const size_t slab = SLAB / m > PANEL ? SLAB / m : PANEL;
    for (size_t start = 0; start < n; start += s->width) {
        size_t k = n - start < s->width ? n - start : s->width;
        double done = (double)start / (double)n;
        const double share = done * (2.0 - done);
        if (!factor(s, start, k, err) || !watch_poll(watch, share, err)) {
            return false;
        }
        for (size_t j = start + k; j < n; j += slab) {
            apply(s, start, k, j, n - j < slab ? n - j : slab);
            if (!watch_poll(watch, share, err)) {
                return false;
            }
        }
    }
    return true;
}

bool bidiagonal_shorten(struct matrix *W, struct watch *watch,
                        struct error *err)
{
    struct shortening s = {.W = W, .width = PANEL_MOST / W->rows};
    s.width = s.width > PANEL ? PANEL : s.width < 1 ? 1 : s.width;
    double *block =
        memory_new(W->rows + W->cols + s.width, s.width * sizeof *block, err);
    if (block == NULL) {
        return false;
    }
    s.V = block;
    s.T = s.V + W->rows * s.width;
    s.work = s.T + s.width * s.width;
    bool ok = shorten_panels(&s, watch, err);
    if (ok) {
        W->rows = W->cols;
    }
    memory_free(block);
    return ok;
}
