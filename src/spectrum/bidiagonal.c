/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Singular values of a bidiagonal matrix by implicit QR sweeps.
 *
 * Demmel and Kahan, "Accurate singular values of bidiagonal matrices" (1990):
 * shifted sweeps where they are harmless, zero-shift sweeps where a shift
 * would cost the small values their digits.  A block whose large end is below
 * is turned around first, so that every sweep runs downwards.
 */
#include "spectrum/bidiagonal.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

/* The working state: rows low to high, both included, are being iterated. */
struct block {
    double *d, *e; /* diagonal, and the entries above it */
    size_t low, high;
    size_t last_low, last_high; /* of the sweep before */
};

static const double tolerance = DBL_EPSILON / 2;
/* The matrix is scaled to about 1: smaller entries only make denormals. */
static const double negligible = 1e-290;

/* c f + s g = r and c g - s f = 0. */
static inline double rotate(double f, double g, double *c, double *s)
{
    double squares = f * f + g * g;
    double r = squares > 1e-280 ? sqrt(squares) : hypot(f, g);
    if (r == 0.0) {
        *c = 1.0;
        *s = 0.0;
        return 0.0;
    }
    *c = f / r;
    *s = g / r;
    return r;
}

static void sweep_unshifted(struct block *block)
{
    double *d = block->d, *e = block->e;
    double c = 1.0, s = 0.0, last_c = 1.0, last_s = 0.0;
    for (size_t i = block->low; i < block->high; i++) {
        double r = rotate(d[i] * c, e[i], &c, &s);
        if (i > block->low) {
            e[i - 1] = last_s * r;
        }
        d[i] = rotate(last_c * r, d[i + 1] * s, &last_c, &last_s);
    }
    double h = d[block->high] * c;
    d[block->high] = h * last_c;
    e[block->high - 1] = h * last_s;
}

static void sweep_shifted(struct block *block, double shift)
{
    double *d = block->d, *e = block->e;
    double first = d[block->low];
    double f = (fabs(first) - shift) * (copysign(1.0, first) + shift / first);
    double g = e[block->low];
    for (size_t i = block->low; i < block->high; i++) {
        double c, s;
        double r = rotate(f, g, &c, &s);
        if (i > block->low) {
            e[i - 1] = r;
        }
        f = c * d[i] + s * e[i];
        e[i] = c * e[i] - s * d[i];
        g = s * d[i + 1];
        d[i + 1] *= c;
        d[i] = rotate(f, g, &c, &s);
        f = c * e[i] + s * d[i + 1];
        d[i + 1] = c * d[i + 1] - s * e[i];
        if (i + 1 < block->high) {
            g = s * e[i + 1];
            e[i + 1] *= c;
        }
    }
    e[block->high - 1] = f;
}

/* Singular values of [f g; 0 h], without overflow or cancellation. */
static void values_of_two(double f, double g, double h, double *least,
                          double *most)
{
    double small = fmin(fabs(f), fabs(h)), large = fmax(fabs(f), fabs(h));
    g = fabs(g);
    if (small == 0.0) {
        *least = 0.0;
        *most = hypot(large, g);
        return;
    }
    double sum = 1.0 + small / large, difference = (large - small) / large;
    if (g < large) {
        double ratio = g / large * (g / large);
        double c = 2.0 / (sqrt(sum * sum + ratio) +
                          sqrt(difference * difference + ratio));
        *least = small * c;
        *most = large / c;
        return;
    }
    double ratio = large / g;
    double c = 1.0 / (sqrt(1.0 + sum * ratio * (sum * ratio)) +
                      sqrt(1.0 + difference * ratio * (difference * ratio)));
    *least = 2.0 * (small * c * ratio);
    *most = g / (c + c);
}

/* Find the lowest block that does not fall apart; false when nothing is left. */
static bool block_find(struct block *block)
{
    while (block->high > 0) {
        size_t low = block->high;
        while (low > 0 && fabs(block->e[low - 1]) > negligible) {
            low--;
        }
        if (low > 0) {
            block->e[low - 1] = 0.0;
        }
        block->low = low;
        if (low < block->high) {
            return true;
        }
        block->high--;
    }
    return false;
}

static void swap(double *a, double *b)
{
    double keep = *a;
    *a = *b;
    *b = keep;
}

/* The transpose of the reversed block has the same values. */
static void block_turn(struct block *block)
{
    for (size_t i = block->low, j = block->high; i < j; i++, j--) {
        swap(&block->d[i], &block->d[j]);
    }
    for (size_t i = block->low, j = block->high - 1; i < j; i++, j--) {
        swap(&block->e[i], &block->e[j]);
    }
}

/* Split the block where an entry cannot change any value's digits.
 *
 * *least becomes a lower bound of its smallest singular value, up to sqrt n.
 */
static bool block_split(struct block *block, double *least)
{
    double *d = block->d, *e = block->e;
    if (fabs(e[block->high - 1]) <= tolerance * fabs(d[block->high])) {
        e[block->high - 1] = 0.0;
        return true;
    }
    double bound = fabs(d[block->low]);
    *least = bound;
    for (size_t i = block->low; i < block->high && bound > 0.0; i++) {
        double above = fabs(e[i]);
        if (above <= tolerance * bound) {
            e[i] = 0.0;
            return true;
        }
        bound = fabs(d[i + 1]) * (bound / (bound + above));
        *least = bound < *least ? bound : *least;
    }
    return false;
}

static double block_largest(const struct block *block)
{
    double largest = fabs(block->d[block->high]);
    for (size_t i = block->low; i < block->high; i++) {
        const double d = fabs(block->d[i]), e = fabs(block->e[i]);
        largest = d > largest ? d : largest;
        largest = e > largest ? e : largest;
    }
    return largest;
}

/* The shift for the next sweep; 0 where it would spoil the small values: it
 * moves every value by about eps times the largest.
 */
static double block_shift(const struct block *block, double least)
{
    const double n = (double)(block->high - block->low + 1);
    const double ulps = 100.0; /* error allowed, as LAPACK's dbdsqr has it */
    if (ulps * n * least <= block_largest(block)) {
        return 0.0;
    }
    const double *d = block->d + block->high;
    double shift, most;
    values_of_two(d[-1], block->e[block->high - 1], d[0], &shift, &most);
    double share = shift / fabs(block->d[block->low]);
    return share * share < DBL_EPSILON ? 0.0 : shift;
}

/* One step: a pair solved, a split, or a sweep; returns rotations made. */
static uint64_t block_step(struct block *block)
{
    double *d = block->d, *e = block->e;
    if (block->high == block->low + 1) {
        double least, most;
        values_of_two(d[block->low], e[block->low], d[block->high], &least,
                      &most);
        d[block->low] = most;
        d[block->high] = least;
        e[block->low] = 0.0;
        return 1;
    }
    if (block->low != block->last_low || block->high != block->last_high) {
        block->last_low = block->low;
        block->last_high = block->high;
        if (fabs(d[block->low]) < fabs(d[block->high])) {
            block_turn(block);
        }
    }
    double least = 0.0;
    if (block_split(block, &least)) {
        return 1;
    }
    double shift = block_shift(block, least);
    if (shift == 0.0) {
        sweep_unshifted(block);
    } else {
        sweep_shifted(block, shift);
    }
    return block->high - block->low;
}

static int compare_descending(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a < b) - (a > b);
}

bool bidiagonal_values(double *diagonal, double *above, size_t n,
                       struct watch *watch, struct error *err)
{
    struct block block = {diagonal, above, 0, n - 1, n, n};
    /* Usual matrices take n to 1.5 n sweeps that get shorter. */
    const uint64_t most = 30 * (uint64_t)n * n + 1000;
    uint64_t work = 0;
    while (block_find(&block)) {
        work += block_step(&block);
        if (work > most) {
            return error_set(err, ERROR_NUMERIC,
                             "the singular values did not converge in %llu "
                             "rotations; try another driver",
                             (unsigned long long)most);
        }
        double done = 1.0 - (double)block.high / (double)n;
        if (!watch_poll(watch, done * (2.0 - done), err)) {
            return false;
        }
    }
    for (size_t i = 0; i < n; i++) {
        diagonal[i] = fabs(diagonal[i]);
    }
    qsort(diagonal, n, sizeof *diagonal, compare_descending);
    return true;
}
