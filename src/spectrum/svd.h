/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Singular values: one interface, several drivers.
 *
 * A caller asks for all singular values of a dense matrix.  The driver tells
 * how far it is and asks whether to go on at least every 50 ms of work; a
 * report that returns false ends it with ERROR_CANCELLED.  Input that is not
 * finite is refused with ERROR_NUMERIC before any arithmetic.  The zero matrix
 * and empty tails are fine.
 */
#ifndef SPECTRUM_SVD_H
#define SPECTRUM_SVD_H

#include "base/error.h"
#include "spectrum/matrix.h"

#include <stdbool.h>
#include <stddef.h>

/* First call of main: turns GSL's aborting error handler off. */
void spectrum_init(void);

/* The CBLAS that answers calls, e.g. "OpenBLAS 0.3.21", "BLIS", "GSL CBLAS
 * (slow: install OpenBLAS)"; static storage.
 */
const char *spectrum_blas_name(void);
/* The version of GSL linked. */
const char *spectrum_gsl_version(void);

struct svd_progress {
    /* FRACTION of the work done, 0 to 1; false asks to stop. */
    bool (*report)(void *payload, double fraction);
    void *payload;
};

struct svd_driver {
    const char *name;        /* "golub", as --driver spells it */
    const char *description; /* one line */
    const char *accuracy;    /* error bound, in words */
    /* W (m, n) is overwritten; sigma holds min(m, n), descending. */
    bool (*values)(struct matrix *W, double *sigma,
                   const struct svd_progress *progress, struct error *err);
};

/* The table of drivers; the first one is what `auto` picks. */
extern const struct svd_driver svd_drivers[];
extern const size_t svd_driver_count;
const struct svd_driver *svd_driver_find(const char *name);

/* Singular values of W (m, n), descending, non-negative: min(m, n) of them.
 *
 * W is destroyed.  PROGRESS may be NULL.  Each sigma is within
 * max(m, n) * eps * sigma_1 of the true one (full drivers).  Entries are
 * scaled by a power of two first, so 1e-200 and 1e+200 work.
 */
bool svd_values(struct matrix *W, const struct svd_driver *driver,
                double *sigma, const struct svd_progress *progress,
                struct error *err);

#endif
