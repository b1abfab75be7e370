/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests of formats/json: what Python reads, where errors are, what is written.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "formats/json.h"

static json_t *parse(const char *text, struct error *err)
{
    return json_parse_config(text, strlen(text), "config.json", err);
}

static void check_fails(const char *text, enum error_code code,
                        const char *part)
{
    struct error err = {0};
    json_t *root = parse(text, &err);

    assert_null(root);
    if (strstr(err.message, part) == NULL) {
        fail_msg("\"%s\" does not hold \"%s\"", err.message, part);
    }
    assert_int_equal(err.code, code);
}

static void check_word(json_t *root, const char *key, const char *expected)
{
    const char *word = json_string_value(json_object_get(root, key));

    assert_non_null(word);
    assert_string_equal(word, expected);
}

static void test_python_numbers_become_strings(void **state)
{
    struct error err = {0};
    json_t *root =
        parse("\xef\xbb\xbf{\"a\": NaN, \"b\":-Infinity,\"c\":[Infinity],"
              " \"d\": \"NaN \\\" Infinity\"}",
              &err);

    (void)state;
    assert_non_null(root);
    check_word(root, "a", "NaN");
    check_word(root, "b", "-Infinity");
    check_word(root, "d", "NaN \" Infinity");
    assert_string_equal(
        json_string_value(json_array_get(json_object_get(root, "c"), 0)),
        "Infinity");
    json_decref(root);
}

static void test_keeps_order_integers_and_the_last_key(void **state)
{
    struct error err = {0};
    json_t *root = parse("{\"z\":1,\"a\":9223372036854775807,\"z\":2}", &err);

    (void)state;
    assert_non_null(root);
    assert_int_equal(json_object_size(root), 2);
    assert_string_equal(json_object_iter_key(json_object_iter(root)), "z");
    assert_int_equal(json_integer_value(json_object_get(root, "z")), 2);
    assert_true(json_integer_value(json_object_get(root, "a")) == INT64_MAX);
    json_decref(root);
}

static void test_errors_say_where(void **state)
{
    (void)state;
    check_fails("{\n  \"r\": 8,\n  oops\n}", ERROR_FORMAT, "config.json:3:6: ");
    check_fails("{\"r\": NaN, \"s\": NaN oops}", ERROR_FORMAT,
                "config.json:1:24: ");
    check_fails("{\"\xc3\xa9\": oops}", ERROR_FORMAT, "config.json:1:10: ");
    check_fails("", ERROR_FORMAT, "config.json:1:1: ");
    check_fails("{\"a\": \"b", ERROR_FORMAT, "config.json:1:");
    check_fails("\"\\", ERROR_FORMAT, "config.json:1:");
}

static void test_refuses_what_json_is_not(void **state)
{
    static const char *const bad[] = {
        "{'a': 1}",     "{\"a\": 1,}",   "[1,]",       "{\"a\": 01}",
        "[+1]",         "[.5]",          "[-NaN]",     "[NaNs]",
        "[--Infinity]", "[\"\\ud800\"]", "[\"a\nb\"]", "{\"a\": True}",
        "// x\n{}",     "[1] [2]",       "[\"\xff\"]", "nan",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        check_fails(bad[i], ERROR_FORMAT, "config.json:");
    }
}

static void test_numbers_out_of_range(void **state)
{
    (void)state;
    check_fails("[1e400]", ERROR_RANGE, "too large");
    check_fails("[9223372036854775808]", ERROR_RANGE, "too large");
    check_fails("[-99999999999999999999999]", ERROR_RANGE, "too large");
}

static void test_deep_nesting_is_a_sentence(void **state)
{
    char *deep = malloc(200001);

    (void)state;
    assert_non_null(deep);
    memset(deep, '[', 200000);
    deep[200000] = '\0';
    check_fails(deep, ERROR_FORMAT, "nested too deeply");
    free(deep);
}

static void test_nul_bytes(void **state)
{
    struct error err = {0};

    (void)state;
    assert_null(json_parse_config("{}\0x", 4, "c", &err));
    assert_null(json_parse_config("{\"a\0\": 1}", 9, "c", &err));
    check_fails("[\"\\u0000\"]", ERROR_FORMAT, "u0000");
    check_fails("{\"\\u0000\": 1}", ERROR_FORMAT, "u0000");
}

/* Cut at every byte: an error each time, never a crash. */
static void test_truncated_everywhere(void **state)
{
    static const char whole[] = "{\"a\": [1.5e3, NaN, -Infinity, \"\\u00e9\"]}";
    struct error err = {0};

    (void)state;
    for (size_t length = 0; length < sizeof whole - 1; length++) {
        assert_null(json_parse_config(whole, length, "c", &err));
    }
}

static void test_writer_lays_out(void **state)
{
    struct text out = {0};
    struct json_writer writer = {.out = &out};

    (void)state;
    json_begin_object(&writer, NULL);
    json_put_text(&writer, "name", "a\"b\\\n\x01\xff\xc3\xa9");
    json_put_count(&writer, "r", UINT64_MAX);
    json_put_real(&writer, "alpha", 0.1);
    json_begin_list(&writer, "targets");
    json_put_text(&writer, NULL, "q_proj");
    json_put_null(&writer, NULL);
    json_end_list(&writer);
    json_begin_object(&writer, "empty");
    json_end_object(&writer);
    json_put_bool(&writer, "dora", false);
    json_end_object(&writer);
    assert_string_equal(
        text_string(&out),
        "{\n"
        "  \"name\": \"a\\\"b\\\\\\n\\u0001\xef\xbf\xbd\xc3\xa9\",\n"
        "  \"r\": 18446744073709551615,\n"
        "  \"alpha\": 0.1,\n"
        "  \"targets\": [\n"
        "    \"q_proj\",\n"
        "    null\n"
        "  ],\n"
        "  \"empty\": {},\n"
        "  \"dora\": false\n"
        "}");
    text_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_python_numbers_become_strings),
        cmocka_unit_test(test_keeps_order_integers_and_the_last_key),
        cmocka_unit_test(test_errors_say_where),
        cmocka_unit_test(test_refuses_what_json_is_not),
        cmocka_unit_test(test_numbers_out_of_range),
        cmocka_unit_test(test_deep_nesting_is_a_sentence),
        cmocka_unit_test(test_nul_bytes),
        cmocka_unit_test(test_truncated_everywhere),
        cmocka_unit_test(test_writer_lays_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
