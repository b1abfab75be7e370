/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rank estimates, each from its own definition.
 *
 * All sums are over sigma / 2^k, the power of two that brings sigma_1 to
 * [1/2, 1), so that squares of 1e-200 and 1e+200 count; what has a unit is
 * scaled back at the end.
 */
#include "spectrum/rank.h"

#include <float.h>
#include <math.h>

#include "base/alloc.h"
#include "spectrum/noise.h"

/* The spectrum in the scale of the sums. */
struct scaled {
    const double *s; /* p, descending, s_1 in [1/2, 1) */
    size_t p, longest;
    double energy; /* sum of squares */
    double sum;
};

/* Least k whose first k squares make up SHARE of the energy. */
static size_t energy_rank(const struct scaled *v, double share)
{
    const double wanted = (share - 1e-12) * v->energy;
    double sum = 0.0;
    for (size_t k = 0; k < v->p; k++) {
        sum += v->s[k] * v->s[k];
        if (sum >= wanted) {
            return k + 1;
        }
    }
    return v->p;
}

/* How many values exceed LIMIT; they descend. */
static size_t count_above(const struct scaled *v, double limit)
{
    size_t count = 0;
    while (count < v->p && v->s[count] > limit) {
        count++;
    }
    return count;
}

static double surprise(double p)
{
    return p > 0.0 ? -p * log(p) : 0.0;
}

static void estimate_ratios(const struct scaled *v, struct rank_estimates *out)
{
    double entropy = 0.0, entropy_squares = 0.0, fourth = 0.0;
    for (size_t i = 0; i < v->p; i++) {
        const double square = v->s[i] * v->s[i];
        entropy += surprise(v->s[i] / v->sum);
        entropy_squares += surprise(square / v->energy);
        fourth += square * square;
    }
    out->stable = v->energy / (v->s[0] * v->s[0]);
    out->effective = exp(entropy);
    out->effective_sigma2 = exp(entropy_squares);
    out->participation = v->energy * v->energy / fourth;
}

static void estimate_noise(const struct scaled *v, struct rank_estimates *out)
{
    const double beta = (double)v->p / (double)v->longest;
    const double median = 0.5 * (v->s[(v->p - 1) / 2] + v->s[v->p / 2]);
    out->gavish_donoho_tau = noise_threshold(beta) * median;
    out->gavish_donoho = count_above(v, out->gavish_donoho_tau);
    out->noise_edge_rank = count_above(v, noise_edge(beta) * median);
}

/* Wax and Kailath 1985 for real data: p eigenvalues sigma^2 of N samples.
 *
 * MDL(k) = (p - k) N / 2 ln(arithmetic / geometric mean of the tail)
 *          + k (2p - k + 1) / 4 ln N, least at the answer.
 */
static double estimate_mdl(const struct scaled *v)
{
    const double p = (double)v->p, samples = (double)v->longest;
    double sum = 0.0, logs = 0.0, least = (double)INFINITY;
    size_t best = 0;
    for (size_t k = v->p; k-- > 0;) {
        const double square = v->s[k] * v->s[k], d = (double)k;
        sum += square;
        logs += log(square);
        const double tail = p - d;
        const double fit =
            0.5 * tail * samples * (log(sum / tail) - logs / tail);
        const double mdl = fit + 0.25 * d * (2.0 * p - d + 1.0) * log(samples);
        if (mdl <= least) {
            least = mdl;
            best = k;
        }
    }
    return (double)best;
}

/* Sum of squared distances from the mean, value by value (Welford 1962). */
struct spread {
    double count, mean, squares;
};

static void spread_add(struct spread *spread, double value)
{
    const double before = value - spread->mean;
    spread->count += 1.0;
    spread->mean += before / spread->count;
    spread->squares += before * (value - spread->mean);
}

/* Zhu and Ghodsi 2006: two Gaussian groups with a pooled variance.  The
 * likelihood is greatest where the pooled sum of squares is least.
 */
static bool estimate_profile(const struct scaled *v, double *out,
                             struct error *err)
{
    *out = (double)NAN;
    if (v->p < 3 || (v->s[0] - v->s[v->p - 1]) / v->s[0] < 1e-12) {
        return true;
    }
    double *below = memory_new(v->p, sizeof *below, err);
    if (below == NULL) {
        return false;
    }
    struct spread lower = {0}, upper = {0};
    for (size_t q = v->p; q-- > 1;) {
        spread_add(&lower, v->s[q]);
        below[q] = lower.squares;
    }
    double least = (double)INFINITY;
    for (size_t q = 1; q < v->p; q++) {
        spread_add(&upper, v->s[q - 1]);
        if (upper.squares + below[q] < least) {
            least = upper.squares + below[q];
            *out = (double)q;
        }
    }
    memory_free(below);
    return true;
}

static void estimate_nothing(struct rank_estimates *out)
{
    *out = (struct rank_estimates){.stable = (double)NAN,
                                   .effective = (double)NAN,
                                   .effective_sigma2 = (double)NAN,
                                   .participation = (double)NAN,
                                   .gavish_donoho_tau = (double)NAN,
                                   .mdl = (double)NAN,
                                   .profile_likelihood = (double)NAN};
}

static bool estimate_scaled(const struct scaled *v, double epsilon, int power,
                            struct rank_estimates *out, struct error *err)
{
    const double longest = (double)v->longest;
    out->r50 = energy_rank(v, 0.50);
    out->r90 = energy_rank(v, 0.90);
    out->r95 = energy_rank(v, 0.95);
    out->r99 = energy_rank(v, 0.99);
    out->numerical = count_above(v, v->s[0] * longest * epsilon);
    estimate_ratios(v, out);
    /* The values themselves are only known to this, whatever was stored. */
    if (v->s[v->p - 1] > v->s[0] * longest * DBL_EPSILON) {
        estimate_noise(v, out);
        out->mdl = estimate_mdl(v);
    }
    out->gavish_donoho_tau = ldexp(out->gavish_donoho_tau, power);
    out->nuclear = ldexp(v->sum, power);
    out->frobenius = ldexp(sqrt(v->energy), power);
    return estimate_profile(v, &out->profile_likelihood, err);
}

bool rank_estimate(const double *sigma, size_t rows, size_t cols,
                   double epsilon, struct rank_estimates *out,
                   struct error *err)
{
    struct scaled v = {.p = rows < cols ? rows : cols,
                       .longest = rows < cols ? cols : rows};
    estimate_nothing(out);
    if (sigma[0] == 0.0) {
        return true;
    }
    double *s = memory_new(v.p, sizeof *s, err);
    if (s == NULL) {
        return false;
    }
    int power = 0;
    frexp(sigma[0], &power);
    for (size_t i = 0; i < v.p; i++) {
        s[i] = ldexp(sigma[i], -power);
        v.energy += s[i] * s[i];
        v.sum += s[i];
    }
    v.s = s;
    bool ok = estimate_scaled(&v, epsilon, power, out, err);
    memory_free(s);
    return ok;
}

/* Sum of (sigma / sigma_1)^2 from the small end, over FROM to COUNT - 1. */
static double tail_energy(const double *sigma, size_t count, size_t from)
{
    double sum = 0.0;
    for (size_t k = count; k-- > from;) {
        const double ratio = sigma[k] / sigma[0];
        sum += ratio * ratio;
    }
    return sum;
}

double rank_energy(const double *sigma, size_t count, size_t rank)
{
    if (count == 0 || sigma[0] == 0.0 || rank >= count) {
        return 1.0;
    }
    return tail_energy(sigma, rank, 0) / tail_energy(sigma, count, 0);
}

double rank_truncation_error(const double *sigma, size_t count, size_t rank)
{
    if (count == 0 || sigma[0] == 0.0 || rank >= count) {
        return 0.0;
    }
    return sqrt(tail_energy(sigma, count, rank) / tail_energy(sigma, count, 0));
}
