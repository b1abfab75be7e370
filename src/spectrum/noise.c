/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Marchenko-Pastur law: its median, solved for, and what follows from it.
 *
 * Marchenko and Pastur 1967; Gavish and Donoho, "The optimal hard threshold
 * for singular values is 4/sqrt 3" (2014).
 */
#include "spectrum/noise.h"

#include <gsl/gsl_integration.h>
#include <gsl/gsl_math.h>
#include <math.h>
#include <stddef.h>

enum { POINTS = 64, HALVINGS = 60 };

/* With t = 1 + b + 2 sqrt(b) cos phi the law's density is this in phi, smooth
 * and without square roots; phi = 0 is the upper edge.
 */
static double density(double phi, void *payload)
{
    const double beta = *(const double *)payload;
    const double sine = sin(phi);
    return M_2_PI * sine * sine / (1.0 + beta + 2.0 * sqrt(beta) * cos(phi));
}

double noise_median(double beta)
{
    gsl_integration_glfixed_table *table =
        gsl_integration_glfixed_table_alloc(POINTS);
    if (table == NULL) {
        return (double)NAN;
    }
    gsl_function law = {.function = density, .params = &beta};
    /* The upper half lies well away from phi = pi for every beta. */
    double low = 0.0, high = 3.0;
    for (int i = 0; i < HALVINGS; i++) {
        double middle = 0.5 * (low + high);
        if (gsl_integration_glfixed(&law, 0.0, middle, table) < 0.5) {
            low = middle;
        } else {
            high = middle;
        }
    }
    gsl_integration_glfixed_table_free(table);
    return 1.0 + beta + 2.0 * sqrt(beta) * cos(0.5 * (low + high));
}

double noise_threshold(double beta)
{
    const double root = sqrt(beta * beta + 14.0 * beta + 1.0);
    const double known =
        sqrt(2.0 * (beta + 1.0) + 8.0 * beta / (beta + 1.0 + root));
    return known / sqrt(noise_median(beta));
}

double noise_edge(double beta)
{
    return (1.0 + sqrt(beta)) / sqrt(noise_median(beta));
}
