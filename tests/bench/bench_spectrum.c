/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Times of svd_values and of the samples, median of five, in milliseconds.
 *
 * Beside them numpy's svdvals on the same shapes, in a process of its own, when
 * python3 has numpy (tests/bench/peer_numpy.py), and the ratio.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spectrum/sample.h"
#include "spectrum/svd.h"
#include "spectrum/watch.h"

enum { RUNS = 5, LARGEST = 1024 };

static const size_t sizes[] = {256, 512, 1024};

static int compare(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double milliseconds_since(uint64_t start)
{
    return (double)(watch_now() - start) * 1e-6;
}

/* Medians of making a sample and of its values; false on an error. */
static bool measure(size_t n, double *make, double *values)
{
    static double sigma[LARGEST];
    double makes[RUNS], runs[RUNS];
    struct error err = {0};
    for (size_t i = 0; i < RUNS; i++) {
        struct matrix W;
        uint64_t start = watch_now();
        if (!sample_make(&samples[0], n, n, i, &W, &err)) {
            return false;
        }
        makes[i] = milliseconds_since(start);
        start = watch_now();
        bool ok = svd_values(&W, &svd_drivers[0], sigma, NULL, &err);
        runs[i] = milliseconds_since(start);
        matrix_clear(&W);
        if (!ok) {
            return false;
        }
    }
    qsort(makes, RUNS, sizeof makes[0], compare);
    qsort(runs, RUNS, sizeof runs[0], compare);
    *make = makes[RUNS / 2];
    *values = runs[RUNS / 2];
    return true;
}

/* numpy's median for N, 0 where there is no numpy. */
static double peer(size_t n)
{
    char command[96], line[64] = "";
    snprintf(command, sizeof command,
             "python3 tests/bench/peer_numpy.py %zu 2>/dev/null", n);
    FILE *pipe = popen(command, "r");
    if (pipe == NULL) {
        return 0.0;
    }
    if (fgets(line, sizeof line, pipe) == NULL) {
        line[0] = '\0';
    }
    pclose(pipe);
    return strtod(line, NULL);
}

int main(void)
{
    spectrum_init();
    printf("singular values in double, ms, median of %d; %s\n", (int)RUNS,
           spectrum_blas_name());
    printf("%6s %10s %10s %10s %8s\n", "n", "sample", svd_drivers[0].name,
           "numpy", "ratio");
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        double make = 0.0, values = 0.0;
        if (!measure(sizes[i], &make, &values)) {
            return 1;
        }
        double numpy = peer(sizes[i]);
        printf("%6zu %10.2f %10.2f", sizes[i], make, values);
        if (numpy > 0.0) {
            printf(" %10.2f %7.2fx\n", numpy, numpy / values);
        } else {
            printf(" %10s %8s\n", "-", "-");
        }
    }
    return 0;
}
