/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The trade-off in one picture: energy kept against parameters paid.
 */
#ifndef EXPLORER_CURVE_H
#define EXPLORER_CURVE_H

#include "adapter/count.h"
#include "base/error.h"
#include "spectrum/source.h"

#include <stddef.h>
#include <stdint.h>

/* At rank `rank`, the adapter has `params` trainable parameters and the rank-r
 * truncation of the sample keeps `energy` (0 to 1) of it.
 */
struct curve_point {
    uint64_t rank;
    uint64_t params;
    double energy;
};

/* Trainable parameters that are in proportion to the rank: without the rows
 * that have their own, magnitudes, biases, copies of whole modules.
 */
uint64_t curve_growing(const struct count *count);

/* Points at ranks 1, 2, 3, 4, 6, 8, 12, 16... up to the spectrum's p, and at
 * the current rank; ascending.  What grows in COUNT, whose rank
 * is RANK, scales with it; the rest stays.  At most CAPACITY points; returns how many.
 */
size_t curve_make(const struct count *count, uint64_t rank,
                  const struct spectrum *spectrum, struct curve_point *points,
                  size_t capacity);

#endif
