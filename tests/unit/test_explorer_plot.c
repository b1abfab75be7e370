/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The glyph raster: expectations worked out by hand and drawn as rows.
 */
#include "explorer/plot.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"

static const struct plot_options linear = {.ascii = false};
static const struct plot_options ascii = {.ascii = true};
static const struct plot_options logarithmic = {.log_x = true};

/* The rows of PLOT, each with '\n', are WANTED. */
static void assert_rows(const struct plot *plot, const char *wanted)
{
    struct text rows = {0};

    for (size_t row = 0; row < plot->height; row++) {
        plot_append_row(plot, row, &rows);
        text_append(&rows, "\n");
    }
    assert_string_equal(text_string(&rows), wanted);
    text_clear(&rows);
}

struct spectrum_case {
    size_t width, height;
    const double *sigma;
    size_t count;
    uint64_t rank;
    const struct plot_options *options;
    const char *rows;
    size_t marker;
};

static void check_spectrum(const struct spectrum_case *c)
{
    struct plot plot;
    struct error err;

    assert_true(plot_init(&plot, c->width, c->height, &err));
    assert_int_equal(
        plot_spectrum(&plot, c->sigma, c->count, c->rank, c->options),
        c->marker);
    assert_rows(&plot, c->rows);
    plot_clear(&plot);
}

static void labels_decades(void **state)
{
    static const double sigma[] = {100.0, 10.0, 1.0};
    const struct spectrum_case wide = {14,
                                       4,
                                       sigma,
                                       3,
                                       1,
                                       &linear,
                                       "100 ███┊\n"
                                       "10  ███┊\n"
                                       "    ███┊███\n"
                                       "1   ███┊███▁▁▁\n",
                                       7};
    const struct spectrum_case plain = {14,
                                        4,
                                        sigma,
                                        3,
                                        2,
                                        &ascii,
                                        "100 ###   |\n"
                                        "10  ###   |\n"
                                        "    ######|\n"
                                        "1   ######|___\n",
                                        10};

    (void)state;
    check_spectrum(&wide);
    check_spectrum(&plain);
}

static void draws_one_row_without_labels(void **state)
{
    static const double sigma[] = {1.0, 0.1, 0.01, 0.0, 0.0};
    const struct spectrum_case blocks = {6, 1,       sigma,      5,
                                         2, &linear, "█▄┊▁··\n", 2};
    const struct spectrum_case plain = {6, 1,      sigma,      5,
                                        2, &ascii, "#-|_00\n", 2};
    const struct spectrum_case none = {5, 1,       sigma,     5,
                                       0, &linear, "█▄▁··\n", PLOT_NOWHERE};
    const struct spectrum_case all = {6,  1,       sigma,      5,
                                      99, &linear, "█▄▁··┊\n", 5};

    (void)state;
    check_spectrum(&blocks);
    check_spectrum(&plain);
    check_spectrum(&none);
    check_spectrum(&all);
}

static void labels_the_baseline(void **state)
{
    static const double tiny[] = {1.0, 0.1, 1e-9, 0.0};
    static const double zero[] = {0.0, 0.0};
    static const double exact[] = {1.0, 0.1, 0.0};
    const struct spectrum_case below = {12,
                                        2,
                                        tiny,
                                        4,
                                        0,
                                        &linear,
                                        "1     █\n"
                                        "<1e-6 █▁··\n",
                                        PLOT_NOWHERE};
    const struct spectrum_case nothing = {12,
                                          2,
                                          zero,
                                          2,
                                          0,
                                          &linear,
                                          "\n"
                                          "0 ······\n",
                                          PLOT_NOWHERE};
    const struct spectrum_case rank_two = {12,
                                           3,
                                           exact,
                                           3,
                                           2,
                                           &linear,
                                           "1 ███   ┊\n"
                                           "  ███   ┊\n"
                                           "0 ███▁▁▁┊···\n",
                                           8};

    (void)state;
    check_spectrum(&below);
    check_spectrum(&nothing);
    check_spectrum(&rank_two);
}

/* Index i from 1 spans log i to log(i + 1): 7 values in 3 columns begin at 1,
 * 2 and 4, heights 8, 5.33 and 2.67 eighths.
 */
static void bins_logarithmically(void **state)
{
    static const double sigma[] = {1.0, 0.1, 0.05, 0.01, 0.001, 0.001, 0.001};
    struct spectrum_case c = {4, 1, sigma, 7, 1, &logarithmic, "█┊▅▃\n", 1};

    (void)state;
    check_spectrum(&c);
    c.rows = "█▅┊▃\n";
    c.marker = 2;
    for (c.rank = 2; c.rank <= 3; c.rank++) {
        check_spectrum(&c);
    }
    c.rows = "█▅▃┊\n";
    c.marker = 3;
    for (c.rank = 4; c.rank <= 9; c.rank++) {
        check_spectrum(&c);
    }
}

/* 8 values in 4 columns: indices 0, 2, 4, 6; log10 is 0, -1, -2, -4 of 4. */
static void bins_linearly(void **state)
{
    static const double sigma[] = {1.0, 1.0, 0.1, 0.1, 0.01, 0.01, 1e-4, 1e-4};
    const struct spectrum_case c = {4, 1,       sigma,    8,
                                    0, &linear, "█▆▄▁\n", PLOT_NOWHERE};

    (void)state;
    check_spectrum(&c);
}

static void labels_what_fits(void **state)
{
    static const double sigma[] = {1e4, 1e-4};
    const struct plot_options deep = {.decades = 12};
    struct plot plot;
    struct error err;
    static const char *const labels[] = {"1e4 ", "1000", "100 ", "10  ", "1   ",
                                         ".1  ", ".01 ", ".001", "1e-4"};

    (void)state;
    assert_true(plot_init(&plot, 12, 9, &err));
    assert_int_equal(plot_spectrum(&plot, sigma, 2, 0, &deep), PLOT_NOWHERE);
    for (size_t row = 0; row < 9; row++) {
        struct text text = {0};

        plot_append_row(&plot, row, &text);
        assert_memory_equal(text_string(&text), labels[row],
                            strlen(labels[row]));
        text_clear(&text);
    }
    plot_clear(&plot);
    const struct spectrum_case thin = {12,
                                       2,
                                       sigma,
                                       2,
                                       0,
                                       &deep,
                                       "1e4  ███\n"
                                       "1e-4 ███▁▁▁\n",
                                       PLOT_NOWHERE};
    check_spectrum(&thin);
}

static void takes_hostile_values(void **state)
{
    static const double odd[] = {(double)NAN, HUGE_VAL, -1.0};
    static const double flat[] = {1.0, 1.0};
    static const double extreme[] = {1e308, 5e-324};
    const struct spectrum_case dots = {3, 1,       odd,     3,
                                       0, &linear, "···\n", PLOT_NOWHERE};
    const struct spectrum_case full = {2, 1,       flat,   2,
                                       0, &linear, "██\n", PLOT_NOWHERE};
    const struct spectrum_case range = {2, 1,       extreme, 2,
                                        0, &linear, "█·\n",  PLOT_NOWHERE};
    const struct spectrum_case single = {1, 1,       flat,  1,
                                         1, &linear, "█\n", PLOT_NOWHERE};
    const struct spectrum_case empty = {2, 2,       flat,   0,
                                        1, &linear, "\n\n", PLOT_NOWHERE};
    const struct spectrum_case without = {0, 3,       flat, 2,
                                          1, &linear, "",   PLOT_NOWHERE};

    (void)state;
    check_spectrum(&dots);
    check_spectrum(&full);
    check_spectrum(&range);
    check_spectrum(&single);
    check_spectrum(&empty);
    check_spectrum(&without);
}

/* Every size up to 40 x 6, both axes, every rank: the marker is inside, every
 * glyph is one column wide, and one column is the marker's.
 */
static void works_at_every_size(void **state)
{
    double sigma[33];

    (void)state;
    for (size_t i = 0; i < 33; i++) {
        sigma[i] = i < 30 ? pow((double)i + 1.0, -1.2) : 0.0;
    }
    for (size_t width = 1; width <= 40; width++) {
        for (size_t height = 1; height <= 6; height++) {
            struct plot plot;
            struct error err;

            assert_true(plot_init(&plot, width, height, &err));
            for (uint64_t rank = 0; rank <= 34; rank++) {
                const struct plot_options *options =
                    rank % 2 == 0 ? &linear : &logarithmic;
                size_t at = plot_spectrum(&plot, sigma, 33, rank, options);
                bool drawn = rank > 0 && width > 1;

                assert_true(drawn ? at < width : at == PLOT_NOWHERE);
                for (size_t i = 0; i < width * height; i++) {
                    assert_int_equal(text_columns(plot.cells[i].glyph), 1);
                    assert_int_equal(plot.cells[i].role == PLOT_CURSOR,
                                     drawn && i % width == at);
                }
            }
            plot_clear(&plot);
        }
    }
}

struct curve_case {
    size_t width, height;
    const double *x, *y;
    size_t n, current;
    const struct plot_options *options;
    const char *rows;
    size_t column;
};

static void check_curve(const struct curve_case *c)
{
    struct plot plot;
    struct error err;

    assert_true(plot_init(&plot, c->width, c->height, &err));
    assert_int_equal(
        plot_curve(&plot, c->x, c->y, c->n, c->current, c->options), c->column);
    assert_rows(&plot, c->rows);
    plot_clear(&plot);
}

static void draws_a_curve(void **state)
{
    static const double x[] = {1.0, 2.0, 3.0};
    static const double y[] = {0.0, 0.5, 1.0};
    const struct curve_case marked = {3, 2, x, y, 3, 1, &linear, " ●˙\n.\n", 1};
    const struct curve_case plain = {3, 2, x, y, 3, 1, &ascii, " O'\n.\n", 1};
    const struct curve_case bare = {3, 2,       x,          y,           3,
                                    3, &linear, " .˙\n.\n", PLOT_NOWHERE};
    const struct curve_case lone = {3, 2, x, y, 1, 0, &linear, "\n●\n", 0};
    const struct curve_case one = {1, 1, x, y, 3, 2, &linear, "●\n", 0};

    (void)state;
    check_curve(&marked);
    check_curve(&plain);
    check_curve(&bare);
    check_curve(&lone);
    check_curve(&one);
}

static void joins_what_jumps(void **state)
{
    static const double x[] = {0.0, 1.0};
    static const double y[] = {0.0, 1.0};
    const struct curve_case c = {
        2, 4, x, y, 2, 9, &logarithmic, " ˙\n ·\n ·\n.\n", PLOT_NOWHERE};

    (void)state;
    check_curve(&c);
}

/* Half way from 1 to 100 is 10 on a logarithmic axis; on a linear one 50.5,
 * where y is 0.75 + 0.25 * 0.45 = 0.8625.
 */
static void places_points_on_both_axes(void **state)
{
    static const double x[] = {1.0, 10.0, 100.0};
    static const double y[] = {0.5, 0.75, 1.0};
    const struct curve_case by_log = {
        3, 1, x, y, 3, 9, &logarithmic, ".·˙\n", PLOT_NOWHERE};
    const struct curve_case by_value = {3, 1,       x,       y,           3,
                                        9, &linear, ".˙˙\n", PLOT_NOWHERE};
    const struct curve_case middle = {3,       1, x, y, 3, 1, &logarithmic,
                                      ".●˙\n", 1};
    const struct curve_case near_start = {3, 1,       x,       y, 3,
                                          1, &linear, "●˙˙\n", 0};

    (void)state;
    check_curve(&by_log);
    check_curve(&by_value);
    check_curve(&middle);
    check_curve(&near_start);
}

static void labels_percent(void **state)
{
    static const double x[] = {1.0, 2.0};
    static const double y[] = {0.6, 0.6};
    const struct curve_case c = {12,
                                 5,
                                 x,
                                 y,
                                 2,
                                 1,
                                 &linear,
                                 "100%\n"
                                 "\n"
                                 "80%\n"
                                 "\n"
                                 "60%  ......●\n",
                                 11};

    (void)state;
    check_curve(&c);
}

static void takes_hostile_curves(void **state)
{
    static const double values[] = {(double)NAN, HUGE_VAL, -HUGE_VAL,
                                    0.0,         -1.0,     1e308};
    struct plot plot;
    struct error err;

    (void)state;
    assert_true(plot_init(&plot, 13, 3, &err));
    for (size_t i = 0; i < 1296; i++) {
        double x[] = {values[i % 6], values[i / 6 % 6], 1.0};
        double y[] = {values[i / 36 % 6], values[i / 216 % 6], 1.0};

        assert_true(plot_curve(&plot, x, y, 3, 1, &logarithmic) < 13);
        assert_true(plot_curve(&plot, x, y, 2, 1, &linear) < 13);
    }
    plot_clear(&plot);
}

/* 2,097,152 and 1,310,720 of 3,407,872 in 18 columns: 11.08 and 6.92. */
static void draws_bars(void **state)
{
    char out[64];

    (void)state;
    assert_int_equal(
        plot_bar(out, sizeof out, 2097152.0 / 3407872.0, 18, false), 12);
    assert_string_equal(out, "███████████▏");
    assert_int_equal(
        plot_bar(out, sizeof out, 1310720.0 / 3407872.0, 18, false), 7);
    assert_string_equal(out, "██████▉");
    assert_int_equal(plot_bar(out, sizeof out, 1.0, 3, false), 3);
    assert_string_equal(out, "███");
    assert_int_equal(plot_bar(out, sizeof out, 7.0, 3, true), 3);
    assert_string_equal(out, "###");
    assert_int_equal(plot_bar(out, sizeof out, 0.5, 3, true), 2);
    assert_string_equal(out, "#-");
    assert_int_equal(plot_bar(out, sizeof out, 1e-9, 10, false), 1);
    assert_string_equal(out, "▏");
}

static void draws_no_bar(void **state)
{
    char out[8] = "x";

    (void)state;
    assert_int_equal(plot_bar(out, sizeof out, 0.0, 10, false), 0);
    assert_string_equal(out, "");
    assert_int_equal(plot_bar(out, sizeof out, (double)NAN, 10, false), 0);
    assert_int_equal(plot_bar(out, sizeof out, -1.0, 10, false), 0);
    assert_int_equal(plot_bar(out, sizeof out, 1.0, 0, false), 0);
    assert_int_equal(plot_bar(out, sizeof out, 1.0, 9, false), 2);
    assert_string_equal(out, "██");
    assert_int_equal(plot_bar(out, 3, 1.0, 9, false), 0);
    assert_string_equal(out, "");
    assert_int_equal(plot_bar(out, 0, 1.0, 9, false), 0);
}

static void reports_memory(void **state)
{
    struct plot plot;
    struct error err = {0};

    (void)state;
    memory_fail_after(1);
    assert_false(plot_init(&plot, 80, 24, &err));
    memory_fail_after(0);
    assert_int_equal(err.code, ERROR_MEMORY);
    assert_false(plot_init(&plot, SIZE_MAX, SIZE_MAX, &err));
    assert_int_equal(plot.width, 0);
    plot_erase(&plot);
    plot_clear(&plot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_decades),
        cmocka_unit_test(draws_one_row_without_labels),
        cmocka_unit_test(labels_the_baseline),
        cmocka_unit_test(bins_logarithmically),
        cmocka_unit_test(bins_linearly),
        cmocka_unit_test(labels_what_fits),
        cmocka_unit_test(takes_hostile_values),
        cmocka_unit_test(works_at_every_size),
        cmocka_unit_test(draws_a_curve),
        cmocka_unit_test(joins_what_jumps),
        cmocka_unit_test(places_points_on_both_axes),
        cmocka_unit_test(labels_percent),
        cmocka_unit_test(takes_hostile_curves),
        cmocka_unit_test(draws_bars),
        cmocka_unit_test(draws_no_bar),
        cmocka_unit_test(reports_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
