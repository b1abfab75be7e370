/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Householder reduction to bidiagonal form, in panels, over CBLAS.
 *
 * Inside a panel the trailing matrix is not touched: the current one is
 * A - L^T R, where each reflection adds a row to L and to R.  A panel ends
 * with one matrix product.  So a column costs two passes over the trailing
 * matrix, and half of the arithmetic runs at the speed of dgemm; the idea is
 * Dongarra, Sorensen and Hammarling's (1989).
 *
 * gsl_linalg_bidiag_decomp does the same column by column, but never returns
 * before the end, so it could not be cancelled.
 */
#include "spectrum/bidiagonal.h"

#include <gsl/gsl_cblas.h>
#include <math.h>

#include "base/alloc.h"

enum {
    PANEL = 16,     /* columns reduced before the trailing update */
    SLAB = 1 << 22, /* entries handled between two polls: some ms */
};

/* What the reflections of one panel add up to: current = A - L^T R. */
struct panel {
    double *L; /* (2 PANEL, m) */
    double *R; /* (2 PANEL, n) */
    size_t L_stride, R_stride;
    size_t m, n;     /* of the trailing matrix when the panel began */
    double *A;       /* its first element */
    size_t stride;   /* of A */
    size_t terms;    /* rows of L and R in use */
    double *product; /* 2 PANEL, scratch */
    double done;     /* share of the whole reduction, for the watch */
};

/* Make x (n) into beta e_1 by I - tau v v^T; x becomes v, v_1 = 1. */
static double reflect(double *x, size_t n, double *tau)
{
    double alpha = x[0];
    double rest = n > 1 ? cblas_dnrm2((int)n - 1, x + 1, 1) : 0.0;
    x[0] = 1.0;
    if (rest < 1e-290) {
        for (size_t i = 1; i < n; i++) {
            x[i] = 0.0;
        }
        *tau = 0.0;
        return alpha;
    }
    double beta = -copysign(hypot(alpha, rest), alpha);
    *tau = (beta - alpha) / beta;
    cblas_dscal((int)n - 1, 1.0 / (alpha - beta), x + 1, 1);
    return beta;
}

/* y (n) = A^T x for A (m, n), in slabs of rows. */
static bool multiply_transposed(const struct panel *panel, const double *A,
                                size_t m, size_t n, const double *x, double *y,
                                struct watch *watch, struct error *err)
{
    size_t rows = SLAB / n + 1;
    for (size_t i = 0; i < m; i += rows) {
        size_t count = m - i < rows ? m - i : rows;
        cblas_dgemv(CblasRowMajor, CblasTrans, (int)count, (int)n, 1.0,
                    A + i * panel->stride, (int)panel->stride, x + i, 1,
                    i == 0 ? 0.0 : 1.0, y, 1);
        if (!watch_poll(watch, panel->done, err)) {
            return false;
        }
    }
    return true;
}

/* y (m) = A x for A (m, n), in slabs of rows. */
static bool multiply(const struct panel *panel, const double *A, size_t m,
                     size_t n, const double *x, double *y, struct watch *watch,
                     struct error *err)
{
    size_t rows = SLAB / n + 1;
    for (size_t i = 0; i < m; i += rows) {
        size_t count = m - i < rows ? m - i : rows;
        cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)count, (int)n, 1.0,
                    A + i * panel->stride, (int)panel->stride, x, 1, 0.0, y + i,
                    1);
        if (!watch_poll(watch, panel->done, err)) {
            return false;
        }
    }
    return true;
}

/* Part of L or R: rows `stride` apart, of which `length` entries count. */
struct side {
    const double *data;
    size_t length, stride;
};

static struct side left_from(const struct panel *panel, size_t i)
{
    return (struct side){panel->L + i, panel->m - i, panel->L_stride};
}

static struct side right_from(const struct panel *panel, size_t i)
{
    return (struct side){panel->R + i, panel->n - i, panel->R_stride};
}

/* y -= To^T x for the TERMS numbers at x, STEP apart. */
static void subtract(struct side to, size_t terms, const double *x, size_t step,
                     double *y)
{
    if (terms > 0) {
        cblas_dgemv(CblasRowMajor, CblasTrans, (int)terms, (int)to.length, -1.0,
                    to.data, (int)to.stride, x, (int)step, 1.0, y, 1);
    }
}

/* y = tau (y - To^T (From x)): what the panel's reflections change in the
 * product of A, or its transpose, with x.
 */
static void correct(const struct panel *panel, struct side from,
                    const double *x, struct side to, double *y, double tau)
{
    if (panel->terms > 0) {
        cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)panel->terms,
                    (int)from.length, 1.0, from.data, (int)from.stride, x, 1,
                    0.0, panel->product, 1);
        subtract(to, panel->terms, panel->product, 1, y);
    }
    cblas_dscal((int)to.length, tau, y, 1);
}

/* Reflect column I of the panel: *diagonal, and a term (v, y). */
static bool step_column(struct panel *panel, size_t i, double *diagonal,
                        struct watch *watch, struct error *err)
{
    const size_t tall = panel->m - i, wide = panel->n - i - 1;
    double *a = panel->A + i * panel->stride + i;
    double *v = panel->L + panel->terms * panel->L_stride + i;
    double *y = panel->R + panel->terms * panel->R_stride + i + 1;
    double tau;
    cblas_dcopy((int)tall, a, (int)panel->stride, v, 1);
    subtract(left_from(panel, i), panel->terms, panel->R + i, panel->R_stride,
             v);
    *diagonal = reflect(v, tall, &tau);
    if (wide == 0) {
        return true;
    }
    if (!multiply_transposed(panel, a + 1, tall, wide, v, y, watch, err)) {
        return false;
    }
    correct(panel, left_from(panel, i), v, right_from(panel, i + 1), y, tau);
    panel->terms++;
    return true;
}

/* Reflect row I, right of the diagonal: *above, and a term (x, u). */
static bool step_row(struct panel *panel, size_t i, double *above,
                     struct watch *watch, struct error *err)
{
    const size_t tall = panel->m - i - 1, wide = panel->n - i - 1;
    double *a = panel->A + i * panel->stride + i + 1;
    double *x = panel->L + panel->terms * panel->L_stride + i + 1;
    double *u = panel->R + panel->terms * panel->R_stride + i + 1;
    double tau;
    cblas_dcopy((int)wide, a, 1, u, 1);
    subtract(right_from(panel, i + 1), panel->terms, panel->L + i,
             panel->L_stride, u);
    *above = reflect(u, wide, &tau);
    if (!multiply(panel, a + panel->stride, tall, wide, u, x, watch, err)) {
        return false;
    }
    correct(panel, right_from(panel, i + 1), u, left_from(panel, i + 1), x,
            tau);
    panel->terms++;
    return true;
}

/* A -= L^T R below and right of the first K rows and columns. */
static bool panel_finish(const struct panel *panel, size_t k,
                         struct watch *watch, struct error *err)
{
    const size_t rows = SLAB / panel->n + 1;
    for (size_t i = k; i < panel->m; i += rows) {
        size_t count = panel->m - i < rows ? panel->m - i : rows;
        cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)count,
                    (int)(panel->n - k), (int)panel->terms, -1.0, panel->L + i,
                    (int)panel->L_stride, panel->R + k, (int)panel->R_stride,
                    1.0, panel->A + i * panel->stride + k, (int)panel->stride);
        if (!watch_poll(watch, panel->done, err)) {
            return false;
        }
    }
    return true;
}

/* K columns and rows; the panel's A, m, n and done are set. */
static bool panel_reduce(struct panel *panel, size_t k, double *diagonal,
                         double *above, struct watch *watch, struct error *err)
{
    panel->terms = 0;
    for (size_t i = 0; i < k; i++) {
        if (!step_column(panel, i, diagonal + i, watch, err)) {
            return false;
        }
        if (i + 1 < panel->n && !step_row(panel, i, above + i, watch, err)) {
            return false;
        }
    }
    return k == panel->n || panel_finish(panel, k, watch, err);
}

/* Rows of a panel apart by no power of two. */
static size_t padded(size_t length)
{
    length = (length + 7) / 8 * 8;
    return length / 8 % 2 == 0 ? length + 8 : length;
}

bool bidiagonal_reduce(struct matrix *W, double *diagonal, double *above,
                       struct watch *watch, struct error *err)
{
    const size_t terms = 2 * (size_t)PANEL, n = W->cols;
    struct panel panel = {.stride = W->stride,
                          .L_stride = padded(W->rows),
                          .R_stride = padded(n)};
    double *block = memory_new(
        terms, (panel.L_stride + panel.R_stride + 1) * sizeof *block, err);
    if (block == NULL) {
        return false;
    }
    panel.L = block;
    panel.R = panel.L + terms * panel.L_stride;
    panel.product = panel.R + terms * panel.R_stride;
    bool ok = true;
    for (size_t start = 0; ok && start < n; start += PANEL) {
        size_t k = n - start < PANEL ? n - start : PANEL;
        double left = (double)(n - start) / (double)n;
        panel.done = 1.0 - left * left * left;
        panel.A = W->data + start * W->stride + start;
        panel.m = W->rows - start;
        panel.n = n - start;
        ok = panel_reduce(&panel, k, diagonal + start, above + start, watch,
                          err);
    }
    memory_free(block);
    return ok;
}
