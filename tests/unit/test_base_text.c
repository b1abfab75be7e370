/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests of base/error and base/text: what reaches a terminal, and strictness.
 */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/text.h"

static void test_error_returns_false_and_formats(void **state)
{
    struct error err;

    (void)state;
    assert_false(
        error_set(&err, ERROR_RANGE, "r is %d; use %s", 0, "1 or more"));
    assert_int_equal(err.code, ERROR_RANGE);
    assert_string_equal(err.message, "r is 0; use 1 or more");
    assert_false(error_prefix(&err, "shard %d of %d", 3, 7));
    assert_string_equal(err.message, "shard 3 of 7: r is 0; use 1 or more");
    assert_int_equal(err.code, ERROR_RANGE);
    assert_false(error_set(NULL, ERROR_IO, "nobody listens"));
}

static void test_error_replaces_hostile_bytes(void **state)
{
    struct error err;

    (void)state;
    (void)error_set(&err, ERROR_FORMAT, "name %s",
                    "a\033[2Jb\xff\r\n\xe2\x80\xae");
    assert_string_equal(err.message, "name a?[2Jb????");
}

static void test_error_cuts_at_a_character(void **state)
{
    struct error err;
    char euros[3 * 1000 + 1];
    size_t length;

    (void)state;
    for (size_t i = 0; i < 1000; i++) {
        memcpy(euros + 3 * i, "\xe2\x82\xac", 3);
    }
    euros[3000] = '\0';
    (void)error_set(&err, ERROR_FORMAT, "x%s", euros);
    length = strlen(err.message);
    assert_int_equal((length - 1) % 3, 0);
    assert_true(length < sizeof err.message && length > sizeof err.message - 4);
    (void)error_prefix(&err, "%s", euros);
    assert_true(strlen(err.message) < sizeof err.message);
}

/* Bytes that no shortest-form UTF-8 decoder may take (Unicode 15, table 3-7). */
static void test_decode_refuses_malformed(void **state)
{
    static const char *const bad[] = {
        "\x80",
        "\xc0\x80",
        "\xc1\xbf",
        "\xe0\x80\x80",
        "\xed\xa0\x80",
        "\xf0\x80\x80\x80",
        "\xf4\x90\x80\x80",
        "\xf8\x88\x80\x80",
        "\xe2\x82",
        "\xff",
    };
    uint32_t point;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(text_decode(bad[i], &point), 1);
        assert_int_equal(point, TEXT_INVALID);
    }
    assert_int_equal(text_decode("\xf4\x8f\xbf\xbf", &point), 4);
    assert_int_equal(point, 0x10ffff);
    assert_int_equal(text_decode("", &point), 0);
}

static void check_sanitized(const char *source, const char *expected)
{
    char target[64];

    text_sanitize(target, sizeof target, source);
    assert_string_equal(target, expected);
}

static void check_in_any_locale(void)
{
    check_sanitized("Llama-2 \xce\x94W caf\xc3\xa9",
                    "Llama-2 \xce\x94W caf\xc3\xa9");
    check_sanitized("a\tb\x7f\xc2\x9b", "a?b??");
    check_sanitized("\xe2\x81\xa6x\xe2\x80\x8f\xef\xbb\xbf", "?x??");
    check_sanitized("\xf3\xa0\x80\x81", "?");
    check_sanitized("\xe5\x90\x8d", "\xe5\x90\x8d");
    assert_int_equal(text_columns("\xe5\x90\x8d"
                                  "a"),
                     3);
    assert_int_equal(text_columns("\xff\033"), 2);
    assert_int_equal(text_fit("\xe5\x90\x8d\xe5\x90\x8d", 3), 3);
    assert_int_equal(text_fit("abc", 9), 3);
    assert_int_equal(text_fit("abc", 0), 0);
}

static void test_sanitize_in_the_c_locale(void **state)
{
    (void)state;
    assert_non_null(setlocale(LC_CTYPE, "C"));
    check_in_any_locale();
    check_sanitized("e\xcc\x81", "e?");
}

static void test_sanitize_in_a_utf8_locale(void **state)
{
    (void)state;
    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL) {
        skip();
    }
    check_in_any_locale();
    check_sanitized("e\xcc\x81", "e\xcc\x81");
    assert_int_equal(text_columns("e\xcc\x81"), 1);
    assert_int_equal(text_fit("e\xcc\x81z", 1), 3);
    (void)setlocale(LC_CTYPE, "C");
}

static void test_sanitize_cuts_whole_characters(void **state)
{
    char target[4];

    (void)state;
    text_sanitize(target, sizeof target, "ab\xc3\xa9");
    assert_string_equal(target, "ab");
    text_sanitize(target, 1, "x");
    assert_string_equal(target, "");
    text_sanitize(target, 0, "x");
}

static void test_buffer_grows_and_fails_once(void **state)
{
    struct text text = {0};
    struct error err = {0};

    (void)state;
    assert_string_equal(text_string(&text), "");
    for (int i = 0; i < 1000; i++) {
        text_appendf(&text, "%d,", i % 10);
    }
    assert_int_equal(text.length, 2000);
    assert_true(text_ok(&text, &err));
    text_clear(&text);
    memory_fail_after(1);
    text_append(&text, "a");
    text_append(&text, "b");
    assert_false(text_ok(&text, &err));
    assert_int_equal(err.code, ERROR_MEMORY);
    assert_int_equal(text.length, 0);
    text_clear(&text);
}

static void test_comparisons_fold_ascii(void **state)
{
    (void)state;
    assert_true(text_equal_fold("LLaMA", "llama"));
    assert_false(text_equal_fold("llama", "llama2"));
    assert_true(text_starts_fold("Mistral-7B", "mistral"));
    assert_false(text_starts_fold("Mis", "mistral"));
    assert_true(text_contains_fold("meta/Llama-2", "LLAMA"));
    assert_true(text_contains_fold("", ""));
    assert_false(text_contains_fold("abc", "d"));
    assert_true(text_ends("a.json", ".json"));
    assert_false(text_ends("n", ".json"));
}

static void test_distance_by_hand(void **state)
{
    char longest[200];

    (void)state;
    assert_int_equal(text_distance("kitten", "sitting"), 3);
    assert_int_equal(text_distance("lora", "LoRA"), 0);
    assert_int_equal(text_distance("lroa", "lora"), 1);
    assert_int_equal(text_distance("", "abc"), 3);
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_int_equal(text_distance(longest, ""), 64);
}

static void test_counts_are_strict(void **state)
{
    static const char *const bad[] = {"",     "-1",  "+1",
                                      " 1",   "1 ",  "1e3",
                                      "0x10", "1.0", "18446744073709551616"};
    uint64_t value = 7;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(text_parse_count(bad[i], 0, UINT64_MAX, &value));
    }
    assert_false(text_parse_count("9", 10, 20, &value));
    assert_false(text_parse_count("21", 10, 20, &value));
    assert_true(value == 7);
    assert_true(
        text_parse_count("18446744073709551615", 0, UINT64_MAX, &value));
    assert_true(value == UINT64_MAX);
    assert_true(text_parse_count("010", 10, 20, &value));
}

static void test_reals_are_strict(void **state)
{
    static const char *const bad[] = {
        "",    ".",     "-",  "1e", "1e+",   "nan", "inf", "0x1p3",
        "1,5", "1.5.2", " 1", "1 ", "1e400", "e5",  "--1", "1.5f",
    };
    double value = 7;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(text_parse_real(bad[i], &value));
    }
    assert_true(value == 7);
    assert_true(text_parse_real("-1.25e2", &value) && value == -125);
    assert_true(text_parse_real(".5", &value) && value == 0.5);
    assert_true(text_parse_real("3.", &value) && value == 3);
    assert_true(text_parse_real("1e-400", &value) && value == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_error_returns_false_and_formats),
        cmocka_unit_test(test_error_replaces_hostile_bytes),
        cmocka_unit_test(test_error_cuts_at_a_character),
        cmocka_unit_test(test_decode_refuses_malformed),
        cmocka_unit_test(test_sanitize_in_the_c_locale),
        cmocka_unit_test(test_sanitize_in_a_utf8_locale),
        cmocka_unit_test(test_sanitize_cuts_whole_characters),
        cmocka_unit_test(test_buffer_grows_and_fails_once),
        cmocka_unit_test(test_comparisons_fold_ascii),
        cmocka_unit_test(test_distance_by_hand),
        cmocka_unit_test(test_counts_are_strict),
        cmocka_unit_test(test_reals_are_strict),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
