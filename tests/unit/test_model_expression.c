/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Formulas, checked by hand arithmetic.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "formats/json.h"
#include "model/expression.h"

static const char config_text[] =
    "{\"h\": 4096, \"heads\": 32, \"no\": null, \"yes\": true, \"x\": 2.0,"
    " \"f\": 0.5, \"s\": \"gelu\", \"list\": [1, 0, 3], \"big\": "
    "9223372036854775807, \"zero\": 0}";

/* The key of the last value: the value's own goes with the arena. */
static char last_key[32];

static bool lookup(void *payload, const char *name, struct value *value,
                   struct error *err)
{
    (void)err;
    *value = value_from_json(json_object_get(payload, name), name);
    return true;
}

static bool run(const char *formula, struct value *value, struct error *err)
{
    json_t *config =
        json_parse_config(config_text, strlen(config_text), "test", err);
    assert_non_null(config);
    struct arena arena = {0};
    struct expression_scope scope = {lookup, config};
    const struct expression *parsed =
        expression_parse(formula, strlen(formula), &arena, err);
    bool done =
        parsed != NULL && expression_evaluate(parsed, &scope, value, err);
    snprintf(last_key, sizeof(last_key), "%s",
             done && value->key != NULL ? value->key : "");
    arena_clear(&arena);
    json_decref(config);
    return done;
}

static void test_values(void **state)
{
    (void)state;
    static const struct {
        const char *formula;
        int64_t value;
    } cases[] = {
        {"1 + 2 * 3", 7},
        {"(1 + 2) * 3", 9},
        {"h / heads", 128},
        {"7 / 2", 3},
        {"-7 / 2", -4},
        {"-7 % 2", 1},
        {"gone ?? h / heads", 128},
        {"no ?? 5", 5},
        {"yes + 1", 2},
        {"x * 3", 6},
        {"s == 'gelu'", 1},
        {"s != 'gelu'", 0},
        {"gone == null", 1},
        {"gone < 3", 0},
        {"gone >= 3", 0},
        {"f < 1", 1},
        {"list[2]", 3},
        {"has(list, 3) && !has(list, 4)", 1},
        {"sum(list)", 4},
        {"len(list)", 3},
        {"len(gone)", 0},
        {"list(list) ? 10 : 20", 10},
        {"list(h) ? 10 : 20", 20},
        {"ceildiv(7, 2)", 4},
        {"roundup(7, 4)", 8},
        {"int23(12288)", 8192},
        {"min(3, 2) + max(3, 2)", 5},
        {"0 || 0", 0},
        {"1 ? 2 : 3 ? 4 : 5", 2},
        {"2 - 1 - 1", 0},
        {"(h / zero) ?? 9", 9},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct value value;
        struct error err = {0};
        if (!run(cases[i].formula, &value, &err)) {
            fail_msg("%s: %s", cases[i].formula, err.message);
        }
        assert_int_equal(value.kind, VALUE_INTEGER);
        if (value.integer != cases[i].value) {
            fail_msg("%s is %lld", cases[i].formula, (long long)value.integer);
        }
    }
}

static void test_null_names_its_key(void **state)
{
    (void)state;
    struct value value;
    struct error err = {0};
    assert_true(run("gone * 2 + h", &value, &err));
    assert_int_equal(value.kind, VALUE_NULL);
    assert_string_equal(last_key, "gone");
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const formulas[] = {
        "",      "1 +",     "(1",          "1)",    "foo(1)", "min(1)",
        "'open", "big + 1", "big * 2",     "s + 1", "f * 2",  "list + 1",
        "h[0]",  "list[3]", "list[0 - 1]", "1 ? 2", "@",      "sum(1, 2)",
    };
    for (size_t i = 0; i < sizeof(formulas) / sizeof(formulas[0]); i++) {
        struct value value;
        struct error err = {0};
        if (run(formulas[i], &value, &err)) {
            fail_msg("\"%s\" was accepted", formulas[i]);
        }
        assert_true(err.message[0] != '\0');
    }
}

static void test_depth_is_bounded(void **state)
{
    (void)state;
    char deep[10001];
    struct value value;
    struct error err = {0};
    memset(deep, '(', sizeof(deep) - 1);
    deep[sizeof(deep) - 1] = '\0';
    assert_false(run(deep, &value, &err));
    memset(deep, '!', sizeof(deep) - 1);
    assert_false(run(deep, &value, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_null_names_its_key),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_depth_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
