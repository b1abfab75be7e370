/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a spectrum says about rank.  sigma is descending, p = min(m, n) long,
 * E = sum of sigma squared.
 */
#ifndef SPECTRUM_RANK_H
#define SPECTRUM_RANK_H

#include "base/error.h"

#include <stddef.h>

/* NaN stands for undefined (JSON null); the zero matrix has ranks 0. */
struct rank_estimates {
    size_t r50, r90, r95, r99; /* least k with that share of E, slack 1e-12 E */
    size_t numerical;          /* # sigma > sigma_1 max(m, n) eps */
    double stable;             /* E / sigma_1^2 */
    double effective;          /* exp(-sum p ln p), p = sigma / sum sigma
                                * Roy and Vetterli 2007 */
    double effective_sigma2;   /* the same with p = sigma^2 / E */
    double nuclear;            /* nuclear norm, sum of sigma */
    double participation;      /* E^2 / sum sigma^4 */
    size_t gavish_donoho;      /* # sigma > omega(beta) median(sigma), 2014 */
    double gavish_donoho_tau;  /* that threshold; NaN, and so undefined what
                                * is counted above it and above the noise edge,
                                * where the tail is zero or rounding */
    size_t noise_edge_rank;    /* # sigma above the Marchenko-Pastur edge of the
                                * noise level read off the median */
    double mdl;                /* Wax and Kailath 1985, real data; NaN where the
                                * tail is zero or rounding */
    double profile_likelihood; /* Zhu and Ghodsi 2006, 1 to p - 1; NaN where
                                * (sigma_1 - sigma_p) / sigma_1 < 1e-12 */
    double frobenius;          /* sqrt E */
};

/* EPSILON is the stored type's: 2^-52 for double and integers, 2^-23 for
 * float32 and float16.
 */
bool rank_estimate(const double *sigma, size_t rows, size_t cols,
                   double epsilon, struct rank_estimates *out,
                   struct error *err);

/* Share of E that the first RANK values hold, 0 to 1; 1 for the zero matrix. */
double rank_energy(const double *sigma, size_t count, size_t rank);

/* ||W - W_k||_F / ||W||_F = sqrt(1 - energy), summed from the tail so that
 * small errors keep their digits (Eckart and Young 1936).
 */
double rank_truncation_error(const double *sigma, size_t count, size_t rank);

#endif
