/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From what the user names to a spectrum: samples, .npy files, refusals.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <float.h>

#include "base/alloc.h"
#include "spectra.h"
#include "spectrum/source.h"

static struct spectrum *open_source(const char *source, struct error *err)
{
    struct spectrum_request request = {.rows = 64, .cols = 48, .seed = 1};
    snprintf(request.source, sizeof request.source, "%s", source);
    *err = (struct error){0};
    return spectrum_new(&request, NULL, err);
}

static void check_golden(const struct golden *golden)
{
    struct error err;
    struct spectrum *spectrum = open_source(golden->path, &err);
    if (golden->sv == NULL) {
        if (spectrum != NULL) {
            fail_msg("%s was not refused", golden->name);
        }
        assert_non_null(strstr(err.message, golden->name));
        return;
    }
    if (spectrum == NULL) {
        fail_msg("%s: %s", golden->name, err.message);
        return;
    }
    assert_int_equal(spectrum->rows, golden->rows);
    assert_int_equal(spectrum->cols, golden->cols);
    assert_int_equal(spectrum->count, golden->count);
    const json_t *rank = json_object_get(golden->estimates, "numerical_rank");
    assert_int_equal(spectrum->estimates.numerical, json_number_value(rank));
    const json_t *r90 = json_object_get(golden->estimates, "r90");
    assert_int_equal(spectrum->estimates.r90, json_number_value(r90));
    const json_t *mdl = json_object_get(golden->estimates, "mdl_real");
    if (json_is_null(mdl) != isnan(spectrum->estimates.mdl) && mdl != NULL) {
        fail_msg("%s: mdl %g", golden->name, spectrum->estimates.mdl);
    }
    spectrum_free(spectrum);
}

static void test_packed(void **state)
{
    (void)state;
    assert_in_range(golden_run_packed(check_golden), 20, 100);
}

static void test_all(void **state)
{
    (void)state;
    if (golden_run_all(check_golden) == 0) {
        skip();
    }
}

static void test_epsilon_is_the_stored_types(void **state)
{
    (void)state;
    struct error err;
    static const struct {
        const char *file;
        double epsilon;
    } files[] = {
        {"half-f2", 0x1p-23},      {"gauss-f32", 0x1p-23},
        {"hadamard", DBL_EPSILON}, {"int8", DBL_EPSILON},
        {"bool", DBL_EPSILON},
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[128];
        snprintf(path, sizeof path, "tests/data/spectra/%s.npy", files[i].file);
        struct spectrum *spectrum = open_source(path, &err);
        assert_non_null(spectrum);
        assert_true(spectrum->epsilon == files[i].epsilon);
        spectrum_free(spectrum);
    }
}

static void test_sample(void **state)
{
    (void)state;
    struct error err;
    struct spectrum *spectrum = open_source("sample:power-law", &err);
    assert_non_null(spectrum);
    assert_int_equal(spectrum->rows, 64);
    assert_int_equal(spectrum->count, 48);
    assert_string_equal(spectrum->source, "sample:power-law");
    assert_true(spectrum->seconds > 0.0 && spectrum->seconds < 60.0);
    assert_true(fabs(spectrum->sigma[1] - pow(2.0, -1.2)) < 1e-12);
    spectrum_free(spectrum);
}

static void check_refused(const char *source, enum error_code code,
                          const char *says)
{
    struct error err;
    assert_null(open_source(source, &err));
    if (err.code != code || strstr(err.message, says) == NULL) {
        fail_msg("%s: %s", source, err.message);
    }
}

static void test_refusals(void **state)
{
    (void)state;
    check_refused("sample:powr-law", ERROR_NOT_FOUND, "sample:power-law");
    check_refused("power-law", ERROR_NOT_FOUND, "sample:power-law");
    check_refused("tests", ERROR_UNSUPPORTED, "this version reads samples");
    check_refused("model.safetensors", ERROR_UNSUPPORTED, ".npy");
    check_refused("tests/data/spectra/matrices.json", ERROR_FORMAT, "no .npy");
    check_refused("tests/data/spectra/refuse-nan.npy", ERROR_NUMERIC,
                  "refuse-nan.npy");
    struct error err;
    assert_null(open_source("tests/data/spectra/none.npy", &err));
    assert_int_not_equal(err.code, ERROR_NONE);
    assert_null(open_source("/dev/zero", &err));
    assert_int_not_equal(err.code, ERROR_NONE);
}

static void test_huge_sample(void **state)
{
    (void)state;
    struct spectrum_request request = {
        .source = "sample:noise", .rows = 1000000000, .cols = 1000000000};
    struct error err = {0};
    assert_null(spectrum_new(&request, NULL, &err));
    assert_int_equal(err.code, ERROR_RANGE);
}

static bool stop(void *payload, double fraction)
{
    (void)payload;
    (void)fraction;
    return false;
}

static void test_stops(void **state)
{
    (void)state;
    const struct svd_progress progress = {stop, NULL};
    struct spectrum_request request = {
        .source = "sample:power-law", .rows = 800, .cols = 800, .seed = 1};
    struct error err = {0};
    assert_null(spectrum_new(&request, &progress, &err));
    assert_int_equal(err.code, ERROR_CANCELLED);
}

static void test_failing_memory(void **state)
{
    (void)state;
    static const char *const sources[] = {"sample:power-law", "sample:lora",
                                          "tests/data/spectra/wide.npy"};
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        bool ok = false;
        for (uint64_t n = 1; !ok && n < 100; n++) {
            struct error err;
            memory_fail_after(n);
            struct spectrum *spectrum = open_source(sources[i], &err);
            memory_fail_after(0);
            ok = spectrum != NULL;
            assert_true(ok || err.code == ERROR_MEMORY);
            spectrum_free(spectrum);
        }
        assert_true(ok);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_packed),
        cmocka_unit_test(test_all),
        cmocka_unit_test(test_epsilon_is_the_stored_types),
        cmocka_unit_test(test_sample),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_huge_sample),
        cmocka_unit_test(test_stops),
        cmocka_unit_test(test_failing_memory),
    };
    spectrum_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
