/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * .npy files: numpy's own verdict on well and badly formed ones.
 *
 * tests/data/npy/cases.jsonl: one file a line in base64, with what numpy 2.4.6
 * says of it.  LORAEXPLORE_FACTS's neighbour data/hostile has more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/npy.h"

static int base64_digit(char c)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c == '\0' ? NULL : strchr(digits, c);
    return at == NULL ? -1 : (int)(at - digits);
}

/* Decode into a block of exactly the right size, so that a sanitizer sees the
 * first byte read past the end.
 */
static unsigned char *decode(const char *text, size_t *length)
{
    unsigned char *bytes = malloc(strlen(text) + 1);
    unsigned long bits = 0;
    int held = 0;
    assert_non_null(bytes);
    *length = 0;
    for (; base64_digit(*text) >= 0; text++) {
        bits = bits << 6 | (unsigned long)base64_digit(*text);
        held += 6;
        if (held >= 8) {
            held -= 8;
            bytes[(*length)++] = (unsigned char)(bits >> held & 0xFF);
        }
    }
    unsigned char *exact = malloc(*length > 0 ? *length : 1);
    assert_non_null(exact);
    memcpy(exact, bytes, *length);
    free(bytes);
    return exact;
}

/* numpy's repr of an entry, "True" for bool, against ours. */
static void check_value(const char *label, const char *expected, double value)
{
    double wanted = strcmp(expected, "True") == 0    ? 1.0
                    : strcmp(expected, "False") == 0 ? 0.0
                                                     : strtod(expected, NULL);
    if (!(value == wanted || (isnan(value) && isnan(wanted)))) {
        fail_msg("%s: %.17g where numpy reads %s", label, value, expected);
    }
}

static void check_values(const char *label, const struct npy *npy,
                         const json_t *values)
{
    for (size_t k = 0; k < json_array_size(values); k++) {
        const json_t *value = json_array_get(values, k);
        char text[64];
        if (json_is_string(value)) {
            snprintf(text, sizeof text, "%s", json_string_value(value));
        } else if (json_is_boolean(value)) {
            snprintf(text, sizeof text, "%d", json_is_true(value));
        } else {
            snprintf(text, sizeof text, "%.17g", json_number_value(value));
        }
        check_value(label, text, npy_value(npy, k / npy->cols, k % npy->cols));
    }
}

static void check_case(const json_t *entry)
{
    const char *group = json_string_value(json_object_get(entry, "group"));
    const char *title = json_string_value(json_object_get(entry, "name"));
    const json_t *shape = json_object_get(entry, "shape");
    const bool usable = json_is_true(json_object_get(entry, "usable_matrix"));
    char label[128];
    size_t length = 0;
    struct npy npy;
    struct error err = {0};
    snprintf(label, sizeof label, "%s: %s", group, title);
    unsigned char *bytes =
        decode(json_string_value(json_object_get(entry, "base64")), &length);
    if (npy_open(bytes, length, "w.npy", &npy, &err) != usable) {
        fail_msg("%s: numpy says %d, we say: %s", label, usable, err.message);
    }
    if (usable) {
        assert_int_equal(npy.rows,
                         json_integer_value(json_array_get(shape, 0)));
        assert_int_equal(npy.cols,
                         json_integer_value(json_array_get(shape, 1)));
        check_values(label, &npy, json_object_get(entry, "values"));
    } else {
        assert_int_not_equal(err.code, ERROR_NONE);
        assert_memory_equal(err.message, "w.npy: ", 7);
        assert_int_not_equal(err.message[strlen(err.message) - 1], '.');
    }
    free(bytes);
}

static size_t check_cases(const char *path)
{
    enum { LINE = 1 << 18 };
    size_t count = 0;
    char *line = malloc(LINE);
    FILE *file = fopen(path, "r");
    if (file == NULL || line == NULL) {
        free(line);
        return 0;
    }
    while (fgets(line, LINE, file) != NULL) {
        json_t *entry = json_loads(line, JSON_ALLOW_NUL, NULL);
        assert_non_null(entry);
        check_case(entry);
        json_decref(entry);
        count++;
    }
    fclose(file);
    free(line);
    return count;
}

static void test_agrees_with_numpy(void **state)
{
    (void)state;
    assert_in_range(check_cases("tests/data/npy/cases.jsonl"), 100, 1000);
}

static void test_agrees_with_numpy_on_all_cases(void **state)
{
    (void)state;
    const char *facts = getenv("LORAEXPLORE_FACTS");
    char path[1024];
    if (facts == NULL) {
        skip();
    }
    snprintf(path, sizeof path, "%s/../data/hostile/npy_cases.jsonl", facts);
    if (check_cases(path) == 0) {
        skip();
    }
}

static void check_refused(const char *header, const char *reason)
{
    unsigned char file[512] = "\x93NUMPY\x01";
    struct npy npy;
    struct error err = {0};
    size_t length = strlen(header);
    file[7] = 0;
    file[8] = (unsigned char)(length & 0xFF);
    file[9] = (unsigned char)(length >> 8);
    memcpy(file + 10, header, length);
    assert_false(npy_open(file, sizeof file, "w.npy", &npy, &err));
    if (strstr(err.message, reason) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", err.message, reason);
    }
}

static void test_says_why(void **state)
{
    (void)state;
    check_refused("{'descr': '<c8', 'fortran_order': False, 'shape': (2, 3)}",
                  "complex");
    check_refused("{'descr': '|O', 'fortran_order': False, 'shape': (2, 3)}",
                  "Python objects");
    check_refused("{'descr': '<V2', 'fortran_order': False, 'shape': (2, 3)}",
                  "bfloat16");
    check_refused(
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3, 4)}",
        "3-dimensional");
    check_refused("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 4)}",
                  "empty");
    check_refused("{'descr': '<f8', 'fortran_order': False, 'shape': (99, 4)}",
                  "the file has");
    check_refused("{'descr': '<f8', 'fortran_order': False, "
                  "'shape': (18446744073709551616, 1)}",
                  "2^64");
}

static void test_names_other_files(void **state)
{
    (void)state;
    static const char pointer[] =
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n";
    struct npy npy;
    struct error err = {0};
    assert_false(npy_open(pointer, sizeof pointer - 1, "w.npy", &npy, &err));
    assert_non_null(strstr(err.message, "Git LFS"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agrees_with_numpy),
        cmocka_unit_test(test_agrees_with_numpy_on_all_cases),
        cmocka_unit_test(test_says_why),
        cmocka_unit_test(test_names_other_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
