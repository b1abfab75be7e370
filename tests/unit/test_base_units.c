/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests of base/units: expected texts are from Python or by hand.
 */
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "base/units.h"

static void test_counts_have_commas(void **state)
{
    char out[UNITS_SIZE];

    (void)state;
    assert_string_equal(units_count(out, 0), "0");
    assert_string_equal(units_count(out, 999), "999");
    assert_string_equal(units_count(out, 1000), "1,000");
    assert_string_equal(units_count(out, 6738415616), "6,738,415,616");
    assert_string_equal(units_count(out, UINT64_MAX),
                        "18,446,744,073,709,551,615");
}

static void test_deltas_have_signs(void **state)
{
    char out[UNITS_SIZE];

    (void)state;
    assert_string_equal(units_delta(out, 5, 5), "+0");
    assert_string_equal(units_delta(out, 10, 2), "-8");
    assert_string_equal(units_delta(out, 0, 2097152), "+2,097,152");
    assert_string_equal(units_delta(out, UINT64_MAX, 0),
                        "-18,446,744,073,709,551,615");
}

static void test_bytes_in_both_systems(void **state)
{
    char out[UNITS_SIZE];

    (void)state;
    assert_string_equal(units_bytes(out, 512, UNITS_IEC), "512 B");
    assert_string_equal(units_bytes(out, 1023, UNITS_IEC), "1023 B");
    assert_string_equal(units_bytes(out, 1000, UNITS_SI), "1.00 kB");
    assert_string_equal(units_bytes(out, 16066650112, UNITS_IEC), "14.96 GiB");
    assert_string_equal(units_bytes(out, 16066650112, UNITS_SI), "16.07 GB");
    assert_string_equal(units_bytes(out, 16777216, UNITS_IEC), "16.00 MiB");
}

/* A value that rounds to a whole next unit is shown in that unit. */
static void test_bytes_round_into_the_next_unit(void **state)
{
    char out[UNITS_SIZE];

    (void)state;
    assert_string_equal(units_bytes(out, 1048575, UNITS_IEC), "1.00 MiB");
    assert_string_equal(units_bytes(out, 999999, UNITS_SI), "1.00 MB");
    assert_string_equal(units_bytes(out, 999994, UNITS_SI), "999.99 kB");
    assert_string_equal(units_bytes(out, UINT64_MAX, UNITS_IEC), "16.00 EiB");
    assert_string_equal(units_bytes(out, UINT64_MAX, UNITS_SI), "18.45 EB");
}

static void test_reals_read_back(void **state)
{
    static const double values[] = {0.1,
                                    1.0 / 3,
                                    5e-324,
                                    1.7976931348623157e308,
                                    123456789012345680.0,
                                    0.30000000000000004};
    char out[UNITS_SIZE];
    double back;

    (void)state;
    assert_string_equal(units_real(out, 0.1), "0.1");
    assert_string_equal(units_real(out, 0.30000000000000004),
                        "0.30000000000000004");
    assert_string_equal(units_real(out, 2.0), "2");
    assert_string_equal(units_real(out, (double)NAN), "null");
    assert_string_equal(units_real(out, -(double)INFINITY), "null");
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        assert_true(text_parse_real(units_real(out, -values[i]), &back));
        assert_true(back == -values[i]);
    }
}

static void test_fixed_decimals(void **state)
{
    char out[UNITS_SIZE];

    (void)state;
    assert_string_equal(units_fixed(out, 0.0622, 4), "0.0622");
    assert_string_equal(units_fixed(out, 99.999, 2), "100.00");
    assert_string_equal(units_fixed(out, -0.001, 2), "0.00");
    assert_string_equal(units_fixed(out, -0.1, 1), "-0.1");
    assert_string_equal(units_fixed(out, 1e300, 2), "1e+300");
    assert_string_equal(units_fixed(out, (double)NAN, 2), "null");
}

/* A decimal comma must reach neither what is written nor what is read. */
static void test_decimal_comma_locales(void **state)
{
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8",
                                        "fr_FR.UTF-8"};
    char out[UNITS_SIZE];
    double value = 0;
    bool found = false;

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0] && !found; i++) {
        found = setlocale(LC_NUMERIC, names[i]) != NULL;
    }
    if (!found) {
        skip();
    }
    assert_string_equal(units_real(out, 0.5), "0.5");
    assert_string_equal(units_fixed(out, 2.25, 1), "2.2");
    assert_true(text_parse_real("1.5", &value) && value == 1.5);
    assert_false(text_parse_real("1,5", &value));
    (void)setlocale(LC_NUMERIC, "C");
}

static void test_parse_bytes(void **state)
{
    static const char *const bad[] = {
        "",        "GiB",   "24G",         "24 ", "-1GB",  "1e3",
        "24  GiB", "1.GiB", "16777216TiB", "1.5", "24GiBs"};
    uint64_t bytes = 7;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(units_parse_bytes(bad[i], &bytes));
    }
    assert_true(bytes == 7);
    assert_true(units_parse_bytes("24GiB", &bytes) && bytes == 25769803776);
    assert_true(units_parse_bytes("24 GiB", &bytes) && bytes == 25769803776);
    assert_true(units_parse_bytes("24GB", &bytes) && bytes == 24000000000);
    assert_true(units_parse_bytes("24000000000", &bytes) &&
                bytes == 24000000000);
    assert_true(units_parse_bytes("1.5kB", &bytes) && bytes == 1500);
    assert_true(units_parse_bytes("0.5gib", &bytes) && bytes == 536870912);
    assert_true(units_parse_bytes("512 B", &bytes) && bytes == 512);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts_have_commas),
        cmocka_unit_test(test_deltas_have_signs),
        cmocka_unit_test(test_bytes_in_both_systems),
        cmocka_unit_test(test_bytes_round_into_the_next_unit),
        cmocka_unit_test(test_reals_read_back),
        cmocka_unit_test(test_fixed_decimals),
        cmocka_unit_test(test_decimal_comma_locales),
        cmocka_unit_test(test_parse_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
