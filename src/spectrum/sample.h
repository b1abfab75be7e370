/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Seeded sample updates: a dW to look at before one has a real one.
 */
#ifndef SPECTRUM_SAMPLE_H
#define SPECTRUM_SAMPLE_H

#include "base/error.h"
#include "spectrum/matrix.h"

#include <stddef.h>
#include <stdint.h>

enum sample_kind {
    SAMPLE_LOW_RANK, /* rank orthonormal directions of equal strength, + noise */
    SAMPLE_POWER_LAW, /* sigma_k = k^-exponent with random orthonormal vectors */
    SAMPLE_NOISE,     /* independent Gaussian entries */
    SAMPLE_PRODUCT,   /* B A: what a trained LoRA of that rank can hold; column
                       * k of B shrinks like k^-exponent */
};

struct sample {
    const char *name;        /* "power-law", after "sample:" */
    const char *description; /* one line: what it shows, where it comes from */
    enum sample_kind kind;
    size_t rank;     /* directions, at most p of them; 0 for all */
    double exponent; /* of a power law */
    double noise;    /* the largest singular value that the added
                              * Gaussian noise has, in a large matrix */
};

extern const struct sample samples[];
extern const size_t sample_count;

/* By name, case folded, with or without "sample:"; unknown ones give
 * ERROR_NOT_FOUND with the nearest.
 */
const struct sample *sample_find(const char *name, struct error *err);

/* Fill a new (rows, cols) matrix.  The same sample, shape and seed give the
 * same bits on every machine with the same GSL.
 */
bool sample_make(const struct sample *sample, size_t rows, size_t cols,
                 uint64_t seed, struct matrix *W, struct error *err);

/* The same, stopped with ERROR_CANCELLED when WATCH says so. */
struct watch;
bool sample_make_watched(const struct sample *sample, size_t rows, size_t cols,
                         uint64_t seed, struct matrix *W, struct watch *watch,
                         struct error *err);

#endif
