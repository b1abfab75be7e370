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

/* Has TENSOR the rank as a dimension?  Adapters of a stack of experts have the
 * rank once for each expert.
 */
static bool grows(const struct count_row *row,
                  const struct adapter_tensor *tensor)
{
    uint64_t stacked = row->rank;
    if (module_is_expert(&row->module) &&
        !checked_mul(row->rank, row->module.shape[0], &stacked)) {
        return false;
    }
    for (unsigned i = 0; i < tensor->dimensions; i++) {
        if (tensor->shape[i] == row->rank || tensor->shape[i] == stacked) {
            return true;
        }
    }
    return false;
}

/* Trainable parameters of ROW that have one factor of its rank. */
static uint64_t growing_in(const struct count_row *row)
{
    struct error ignored = {.code = ERROR_NONE};
    uint64_t sum = 0, size = 0;
    for (size_t i = 0; i < row->tensor_count; i++) {
        const struct adapter_tensor *tensor = &row->tensors[i];
        if (tensor->role == TENSOR_TRAINABLE && grows(row, tensor) &&
            tensor_elements(tensor, &size, &ignored) &&
            checked_mul(size, row->module.copies, &size)) {
            sum += size; /* a part of count->trainable, which was checked */
        }
    }
    return sum;
}

uint64_t curve_growing(const struct count *count)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < count->row_count; i++) {
        const struct count_row *row = &count->rows[i];
        sum += row->matched && !row->own_rank ? growing_in(row) : 0;
    }
    return sum;
}

/* The parameters of COUNT, made at RANK, at another rank: GROWING of them are
 * in proportion, the rest stays.
 */
static uint64_t scale(const struct count *count, uint64_t growing,
                      uint64_t rank, uint64_t other)
{
    uint64_t each = growing / rank, rest = growing % rank, whole, part, sum;
    if (!checked_mul(each, other, &whole) || !checked_mul(rest, other, &part) ||
        !checked_add(whole, part / rank, &sum) ||
        !checked_add(sum, count->trainable - growing, &sum)) {
        return UINT64_MAX;
    }
    return sum;
}

/* What all points of a curve share. */
struct curve {
    const struct count *count;
    const struct spectrum *spectrum;
    uint64_t growing, rank;
    struct curve_point *points;
    size_t capacity, used;
};

static bool put_point(struct curve *curve, uint64_t at)
{
    const struct spectrum *spectrum = curve->spectrum;
    if (curve->used == curve->capacity) {
        return false;
    }
    curve->points[curve->used++] = (struct curve_point){
        .rank = at,
        .params = scale(curve->count, curve->growing, curve->rank, at),
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
    struct curve curve = {.count = count,
                          .spectrum = spectrum,
                          .growing = curve_growing(count),
                          .rank = rank > 0 ? rank : 1,
                          .points = points,
                          .capacity = capacity};
    bool placed = rank == 0;
    for (uint64_t at = 1; at <= spectrum->count; at = next_rank(at)) {
        if (!placed && rank <= at) {
            placed = true;
            if (rank < at && !put_point(&curve, rank)) {
                return curve.used;
            }
        }
        if (!put_point(&curve, at)) {
            return curve.used;
        }
    }
    if (!placed) {
        put_point(&curve, rank);
    }
    return curve.used;
}
