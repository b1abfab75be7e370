/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a SOURCE as the user names it to a spectrum with its estimates.
 */
#ifndef SPECTRUM_SOURCE_H
#define SPECTRUM_SOURCE_H

#include "base/error.h"
#include "spectrum/rank.h"
#include "spectrum/svd.h"

#include <stddef.h>
#include <stdint.h>

struct spectrum_request {
    char source[512];  /* "sample:power-law" or a path to a .npy */
    size_t rows, cols; /* of a sample */
    uint64_t seed;     /* of a sample */
    const struct svd_driver *driver; /* NULL picks one */
};

/* Everything known of one dW.  Immutable once made; spectrum_free it. */
struct spectrum {
    char source[512];  /* sanitised, as shown */
    size_t rows, cols; /* m, n */
    size_t count;      /* p = min(m, n) */
    double *sigma;     /* p, descending */
    double epsilon;    /* of the stored type */
    const struct svd_driver *driver;
    double seconds; /* the driver's time, reading excluded */
    struct rank_estimates estimates;
};

/* Read or make the matrix, compute its values, estimate.  NULL with *err set
 * on failure and on cancel.
 */
struct spectrum *spectrum_new(const struct spectrum_request *request,
                              const struct svd_progress *progress,
                              struct error *err);
void spectrum_free(struct spectrum *spectrum);

#endif
