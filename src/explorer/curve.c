/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Points of the trade-off curve.
 */
#include "explorer/curve.h"

#include <stdbool.h>

#include "base/alloc.h"
#include "spectrum/rank.h"

/* The next of 1, 2, 3, 4, 6, 8, 12, 16...: each octave and its middle. */
static uint64_t next_rank(uint64_t rank)
{
    bool octave = (rank & (rank - 1)) == 0;
    return rank < 4 ? rank + 1 : octave ? rank + rank / 2 : rank / 3 * 4;
}

/* PARAMS at RANK, scaled to another; rounds nothing when all modules share
 * one rank, the case in which it is exact.
 */
static uint64_t scale(uint64_t params, uint64_t rank, uint64_t other)
{
    uint64_t each = params / rank, rest = params % rank, whole, part, sum;
    if (!checked_mul(each, other, &whole) || !checked_mul(rest, other, &part) ||
        !checked_add(whole, part / rank, &sum)) {
        return UINT64_MAX;
    }
    return sum;
}

static bool put_point(const struct count *count, uint64_t rank, uint64_t at,
                      const struct spectrum *spectrum,
                      struct curve_point *points, size_t capacity, size_t *used)
{
    if (*used == capacity) {
        return false;
    }
    points[(*used)++] = (struct curve_point){
        .rank = at,
        .params = scale(count->trainable, rank, at),
        .energy =
            rank_energy(spectrum->sigma, spectrum->count,
                        at < spectrum->count ? (size_t)at : spectrum->count),
    };
    return true;
}

size_t curve_make(const struct count *count, uint64_t rank,
                  const struct spectrum *spectrum, struct curve_point *points,
                  size_t capacity)
{
    size_t used = 0;
    uint64_t most = spectrum->count;
    bool placed = rank == 0;
    for (uint64_t at = 1; at <= most; at = next_rank(at)) {
        if (!placed && rank <= at) {
            placed = true;
            if (rank < at && !put_point(count, rank, rank, spectrum, points,
                                        capacity, &used)) {
                return used;
            }
        }
        if (!put_point(count, rank > 0 ? rank : 1, at, spectrum, points,
                       capacity, &used)) {
            return used;
        }
    }
    if (!placed) {
        put_point(count, rank, rank, spectrum, points, capacity, &used);
    }
    return used;
}
