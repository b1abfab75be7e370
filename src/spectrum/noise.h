/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a matrix of independent noise looks like: the Marchenko-Pastur law.
 */
#ifndef SPECTRUM_NOISE_H
#define SPECTRUM_NOISE_H

/* The median of the Marchenko-Pastur law of shape BETA = min / max, 0 to 1:
 * half of the eigenvalues of X X^T / max lie below it, for entries of unit
 * variance.
 */
double noise_median(double beta);

/* omega(beta) of Gavish and Donoho 2014: the best hard threshold over the
 * median singular value, when the noise level is not known.
 */
double noise_threshold(double beta);

/* The edge of the noise's singular values over their median. */
double noise_edge(double beta);

#endif
