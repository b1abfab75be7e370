/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Samples have the spectra that their table promises, bit for bit each time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "spectrum/rank.h"
#include "spectrum/sample.h"
#include "spectrum/svd.h"

static struct matrix make(const char *name, size_t rows, size_t cols,
                          uint64_t seed)
{
    struct matrix W;
    struct error err = {0};
    const struct sample *sample = sample_find(name, &err);
    assert_non_null(sample);
    assert_true(sample_make(sample, rows, cols, seed, &W, &err));
    return W;
}

static double *spectrum_of(const char *name, size_t rows, size_t cols)
{
    struct matrix W = make(name, rows, cols, 1);
    struct error err = {0};
    double *sigma = malloc((rows < cols ? rows : cols) * sizeof *sigma);
    assert_non_null(sigma);
    assert_true(svd_values(&W, svd_driver_find("auto"), sigma, NULL, &err));
    matrix_clear(&W);
    return sigma;
}

static void close_to(double value, double wanted, double bound)
{
    if (!(fabs(value - wanted) <= bound)) {
        fail_msg("%.17g, wanted %.17g", value, wanted);
    }
}

static void test_power_law_is_exact(void **state)
{
    (void)state;
    double *square = spectrum_of("power-law", 160, 160);
    double *wide = spectrum_of("sample:power-law", 70, 150);
    for (size_t k = 0; k < 160; k++) {
        close_to(square[k], pow((double)k + 1.0, -1.2), 1e-12);
    }
    for (size_t k = 0; k < 70; k++) {
        close_to(wide[k], pow((double)k + 1.0, -1.2), 1e-12);
    }
    free(square);
    free(wide);
}

static void check_rank(const char *name, size_t rank)
{
    double *sigma = spectrum_of(name, 90, 120);
    struct rank_estimates found;
    struct error err = {0};
    assert_true(rank_estimate(sigma, 90, 120, DBL_EPSILON, &found, &err));
    assert_int_equal(found.numerical, rank);
    free(sigma);
}

static void test_ranks(void **state)
{
    (void)state;
    check_rank("exact-rank", 16);
    check_rank("lora", 16);
    check_rank("sam-v", 16);
    check_rank("gpt2-mlp", 8);
    check_rank("noise", 90);
    check_rank("spiked", 90);
}

static void test_exact_rank_is_flat(void **state)
{
    (void)state;
    double *sigma = spectrum_of("exact-rank", 60, 40);
    for (size_t k = 0; k < 40; k++) {
        close_to(sigma[k], k < 16 ? 1.0 : 0.0, 1e-13);
    }
    free(sigma);
}

/* Marchenko and Pastur: the edge is at 1, and sums of squares are known. */
static void test_noise_follows_the_law(void **state)
{
    (void)state;
    enum { M = 300, N = 200 };
    double *sigma = spectrum_of("noise", M, N);
    const double roots = sqrt((double)M) + sqrt((double)N);
    struct rank_estimates found;
    struct error err = {0};
    close_to(sigma[0], 1.0, 0.04);
    close_to(sigma[N - 1], (sqrt((double)M) - sqrt((double)N)) / roots, 0.04);
    assert_true(rank_estimate(sigma, M, N, DBL_EPSILON, &found, &err));
    close_to(found.frobenius, sqrt((double)M * N) / roots,
             0.01 * found.frobenius);
    assert_int_equal(found.gavish_donoho, 0);
    assert_in_range(found.noise_edge_rank, 0, 2);
    free(sigma);
}

static void test_spikes_are_found(void **state)
{
    (void)state;
    double *sigma = spectrum_of("spiked", 200, 200);
    struct rank_estimates found;
    struct error err = {0};
    assert_true(rank_estimate(sigma, 200, 200, DBL_EPSILON, &found, &err));
    assert_int_equal(found.gavish_donoho, 8);
    assert_true(found.mdl == 8.0);
    free(sigma);
}

/* Columns of U and V carry no trace of the axes: entries of a mixed identity
 * look Gaussian, kurtosis 3.
 */
static void test_vectors_are_spread(void **state)
{
    (void)state;
    const struct sample identity = {"identity", "",  SAMPLE_POWER_LAW,
                                    0,          0.0, 0.0};
    struct matrix W;
    struct error err = {0};
    double second = 0.0, fourth = 0.0, largest = 0.0;
    enum { N = 128 };
    assert_true(sample_make(&identity, N, N, 3, &W, &err));
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < N; j++) {
            const double x = W.data[i * W.stride + j];
            second += x * x / (N * N);
            fourth += x * x * x * x / (N * N);
            largest = fmax(largest, fabs(x));
        }
    }
    close_to(second * N, 1.0, 1e-12);
    close_to(fourth / (second * second), 3.0, 0.3);
    assert_true(largest < 7.0 / sqrt((double)N));
    matrix_clear(&W);
}

static bool equal(const struct matrix *A, const struct matrix *B)
{
    for (size_t i = 0; i < A->rows; i++) {
        if (memcmp(A->data + i * A->stride, B->data + i * B->stride,
                   A->cols * sizeof(double)) != 0) {
            return false;
        }
    }
    return true;
}

static void test_seeds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sample_count; i++) {
        struct matrix one = make(samples[i].name, 33, 47, 1);
        struct matrix again = make(samples[i].name, 33, 47, 1);
        struct matrix other = make(samples[i].name, 33, 47, 2);
        assert_true(equal(&one, &again));
        assert_false(equal(&one, &other));
        matrix_clear(&one);
        matrix_clear(&again);
        matrix_clear(&other);
    }
}

static void test_small_shapes(void **state)
{
    (void)state;
    static const size_t shapes[][2] = {{1, 1}, {1, 9}, {9, 1}, {3, 2}, {5, 5}};
    for (size_t i = 0; i < sample_count; i++) {
        for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++) {
            struct matrix W =
                make(samples[i].name, shapes[s][0], shapes[s][1], 7);
            struct error err = {0};
            assert_true(matrix_check_finite(&W, &err));
            matrix_clear(&W);
        }
    }
}

static void test_names(void **state)
{
    (void)state;
    struct error err = {0};
    assert_string_equal(sample_find("SAMPLE:Power-Law", &err)->name,
                        "power-law");
    assert_null(sample_find("sample:powerlaw", &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    assert_non_null(strstr(err.message, "sample:power-law"));
}

static void test_too_large(void **state)
{
    (void)state;
    struct matrix W;
    struct error err = {0};
    assert_false(sample_make(&samples[0], SIZE_MAX, 3, 1, &W, &err));
    assert_int_equal(err.code, ERROR_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_power_law_is_exact),
        cmocka_unit_test(test_ranks),
        cmocka_unit_test(test_exact_rank_is_flat),
        cmocka_unit_test(test_noise_follows_the_law),
        cmocka_unit_test(test_spikes_are_found),
        cmocka_unit_test(test_vectors_are_spread),
        cmocka_unit_test(test_seeds),
        cmocka_unit_test(test_small_shapes),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_too_large),
    };
    spectrum_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
