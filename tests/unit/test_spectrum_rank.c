/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rank estimates against numpy's, from the golden singular values.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <float.h>

#include "spectra.h"
#include "spectrum/noise.h"
#include "spectrum/rank.h"

static const double float_epsilon = 0x1p-23;

/* The epsilon of the stored type, from the tolerance that numpy used. */
static double golden_epsilon(const struct golden *golden)
{
    const json_t *tol = json_object_get(golden->estimates, "tol");
    const size_t longest =
        golden->rows > golden->cols ? golden->rows : golden->cols;
    if (tol == NULL) {
        const bool single = strstr(golden->name, "f32") != NULL ||
                            strstr(golden->name, "f4") != NULL ||
                            strstr(golden->name, "f2") != NULL;
        return single ? float_epsilon : DBL_EPSILON;
    }
    return json_number_value(tol) /
                       (golden_sigma(golden, 0) * (double)longest) >
                   1e-8
               ? float_epsilon
               : DBL_EPSILON;
}

/* KEY's number; an absent one is not checked, null must be NaN. */
static void check_real(const struct golden *golden, const char *key,
                       double value)
{
    const json_t *wanted = json_object_get(golden->estimates, key);
    if (wanted == NULL) {
        return;
    }
    const double number = json_number_value(wanted);
    /* The reference has 12 digits, fewer where it is denormal. */
    const double bound = 3e-11 * fabs(number) + 4.9e-324;
    if (json_is_null(wanted) ? !isnan(value)
                             : !(fabs(value - number) <= bound)) {
        fail_msg("%s: %s is %.17g, wanted %.17g", golden->name, key, value,
                 number);
    }
}

static void check_count(const struct golden *golden, const char *key,
                        size_t value)
{
    check_real(golden, key, (double)value);
}

static void check_estimates(const struct golden *golden)
{
    struct rank_estimates found;
    struct error err = {0};
    if (golden->sv == NULL) {
        return;
    }
    double *sigma = malloc(golden->count * sizeof *sigma);
    assert_non_null(sigma);
    for (size_t k = 0; k < golden->count; k++) {
        sigma[k] = golden_sigma(golden, k);
    }
    assert_true(rank_estimate(sigma, golden->rows, golden->cols,
                              golden_epsilon(golden), &found, &err));
    check_count(golden, "numerical_rank", found.numerical);
    check_count(golden, "r50", found.r50);
    check_count(golden, "r90", found.r90);
    check_count(golden, "r95", found.r95);
    check_count(golden, "r99", found.r99);
    check_real(golden, "stable_rank", found.stable);
    check_real(golden, "erank", found.effective);
    check_real(golden, "erank_sq", found.effective_sigma2);
    check_real(golden, "participation", found.participation);
    check_real(golden, "fro", found.frobenius);
    check_real(golden, "nuclear", found.nuclear);
    check_real(golden, "gd_unknown_tau", found.gavish_donoho_tau);
    check_real(golden, "gd_unknown",
               isnan(found.gavish_donoho_tau) ? (double)NAN
                                              : (double)found.gavish_donoho);
    check_real(golden, "mdl_real", found.mdl);
    check_real(golden, "profile_likelihood", found.profile_likelihood);
    free(sigma);
}

static void test_packed(void **state)
{
    (void)state;
    assert_in_range(golden_run_packed(check_estimates), 20, 100);
}

static void test_all(void **state)
{
    (void)state;
    if (golden_run_all(check_estimates) == 0) {
        skip();
    }
}

static void close_to(double value, double wanted, double bound)
{
    if (!(fabs(value - wanted) <= bound)) {
        fail_msg("%.17g, wanted %.17g", value, wanted);
    }
}

/* Median and threshold, six digits, computed with mpmath. */
static void test_marchenko_pastur(void **state)
{
    (void)state;
    static const struct {
        double beta, median, omega;
    } known[] = {
        {0.10, 0.966565, 1.608772},
        {0.25, 0.916004, 1.836866},
        {0.50, 0.830466, 2.171185},
        {0.75, 0.742948, 2.501430},
        {1.00, 0.652776, 2.858362},
        {4096.0 / 11008.0, 0.874445, 2.003235},
        {4096.0 / 14336.0, 0.903887, 1.886585},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        close_to(noise_median(known[i].beta), known[i].median, 6e-7);
        close_to(noise_threshold(known[i].beta), known[i].omega, 6e-7);
    }
    /* A long thin matrix: all its values are nearly equal. */
    close_to(noise_median(1e-9), 1.0, 1e-4);
}

/* sigma = k^-p, n = 4096: stable, both effective ranks, r90, r95, r99. */
static void test_power_laws(void **state)
{
    (void)state;
    static const struct {
        double p, stable, effective, effective_sigma2, participation;
        size_t r90, r95, r99;
    } known[] = {
        {0.50, 8.895, 3138.5, 431.1, 48.1, 1683, 2626, 3748},
        {0.75, 2.581, 1634.1, 21.0, 5.54, 48, 156, 1229},
        {1.00, 1.645, 431.1, 5.13, 2.50, 6, 12, 60},
        {1.50, 1.202, 21.0, 1.97, 1.42, 2, 3, 6},
        {2.00, 1.082, 5.1, 1.40, 1.17, 1, 2, 3},
    };
    static double sigma[4096];
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct rank_estimates found;
        struct error err = {0};
        for (size_t k = 0; k < 4096; k++) {
            sigma[k] = pow((double)k + 1.0, -known[i].p);
        }
        assert_true(
            rank_estimate(sigma, 4096, 4096, DBL_EPSILON, &found, &err));
        close_to(found.stable, known[i].stable, 6e-4);
        close_to(found.effective, known[i].effective, 6e-2);
        close_to(found.effective_sigma2, known[i].effective_sigma2, 6e-2);
        close_to(found.participation, known[i].participation, 6e-2);
        assert_int_equal(found.r90, known[i].r90);
        assert_int_equal(found.r95, known[i].r95);
        assert_int_equal(found.r99, known[i].r99);
    }
}

static void test_zero_matrix(void **state)
{
    (void)state;
    const double sigma[3] = {0.0};
    struct rank_estimates found;
    struct error err = {0};
    assert_true(rank_estimate(sigma, 3, 5, DBL_EPSILON, &found, &err));
    assert_int_equal(found.r90 + found.r99 + found.numerical, 0);
    assert_int_equal(found.gavish_donoho + found.noise_edge_rank, 0);
    assert_true(isnan(found.stable) && isnan(found.effective));
    assert_true(isnan(found.mdl) && isnan(found.profile_likelihood));
    assert_true(found.frobenius == 0.0 && found.nuclear == 0.0);
    assert_true(rank_energy(sigma, 3, 1) == 1.0);
    assert_true(rank_truncation_error(sigma, 3, 1) == 0.0);
}

/* 4, 2, 1: 16, 20 and 21 of 21; a tail that 1 - energy could not show. */
static void test_energy_and_error(void **state)
{
    (void)state;
    const double sigma[3] = {4.0, 2.0, 1.0};
    close_to(rank_energy(sigma, 3, 0), 0.0, 0.0);
    close_to(rank_energy(sigma, 3, 1), 16.0 / 21.0, 1e-15);
    close_to(rank_energy(sigma, 3, 2), 20.0 / 21.0, 1e-15);
    close_to(rank_energy(sigma, 3, 9), 1.0, 0.0);
    close_to(rank_truncation_error(sigma, 3, 0), 1.0, 1e-15);
    close_to(rank_truncation_error(sigma, 3, 1), sqrt(5.0 / 21.0), 1e-15);
    const double tiny[2] = {1e200, 1e188};
    close_to(rank_truncation_error(tiny, 2, 1), 1e-12, 1e-26);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_packed),
        cmocka_unit_test(test_all),
        cmocka_unit_test(test_marchenko_pastur),
        cmocka_unit_test(test_power_laws),
        cmocka_unit_test(test_zero_matrix),
        cmocka_unit_test(test_energy_and_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
