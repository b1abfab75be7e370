/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Patterns against what Python's re says of them, and their bounds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "adapter/pattern.h"
#include "base/alloc.h"
#include "tsv.h"

enum { LINE_SIZE = 600, FIELDS = 5, ROWS_LEAST = 250 };

/* Undo %XX in place; how many bytes are left. */
static size_t unescape(char *field)
{
    char *to = field;
    for (const char *from = field; *from != '\0'; from++) {
        if (*from == '%') {
            char digits[3] = {from[1], from[2], '\0'};
            *to++ = (char)strtoul(digits, NULL, 16);
            from += 2;
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
    return (size_t)(to - field);
}

static void check_refused(const char *text, size_t length, const char *position)
{
    struct error err = {0};
    char wanted[40];
    struct pattern *pattern = pattern_new(text, length, PATTERN_FULL, &err);
    if (pattern != NULL) {
        fail_msg("'%s' is taken, Python refuses it", text);
    }
    assert_int_equal(err.code, ERROR_FORMAT);
    (void)snprintf(wanted, sizeof wanted, " at position %s", position);
    if (*position != '-' &&
        (strlen(err.message) < strlen(wanted) ||
         strcmp(err.message + strlen(err.message) - strlen(wanted), wanted) !=
             0)) {
        fail_msg("'%s': %s; Python says%s", text, err.message, wanted);
    }
}

static bool ask(const char *text, size_t length, enum pattern_anchor anchor,
                const char *subject, size_t size, char group[40])
{
    struct error err = {0};
    bool matched = false;
    size_t start = 0;
    size_t end = 0;
    struct pattern *pattern = pattern_new(text, length, anchor, &err);
    if (pattern == NULL ||
        !pattern_test(pattern, subject, size, &matched, &err)) {
        fail_msg("%s", err.message);
    }
    assert_true(pattern_group(pattern, subject, size, &start, &end, &err));
    (void)snprintf(group, 40, "-");
    if (start != SIZE_MAX) {
        assert_true(matched);
        (void)snprintf(group, 40, "%zu-%zu", start, end);
    }
    pattern_free(pattern);
    return matched;
}

static void check_row(char *fields[FIELDS])
{
    char group[40];
    char ignored[40];
    size_t length = unescape(fields[0]);
    size_t size = unescape(fields[1]);
    if (strcmp(fields[2], "refused") == 0) {
        check_refused(fields[0], length, fields[3]);
        return;
    }
    bool match = ask(fields[0], length, PATTERN_MATCH, fields[1], size, group);
    bool full = ask(fields[0], length, PATTERN_FULL, fields[1], size, ignored);
    if (match != (*fields[2] == 'y') || full != (*fields[3] == 'y') ||
        strcmp(group, fields[4]) != 0) {
        fail_msg("'%s' on '%s': match %d, full %d, group %s; Python says %s, "
                 "%s, %s",
                 fields[0], fields[1], match, full, group, fields[2], fields[3],
                 fields[4]);
    }
}

static void test_as_python(void **state)
{
    char line[LINE_SIZE];
    char *fields[FIELDS];
    size_t rows = 0;
    FILE *file = fopen("tests/data/patterns.tsv", "r");
    (void)state;
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        if (line[0] != '#') {
            assert_int_equal(tsv_split(line, fields, FIELDS), FIELDS);
            check_row(fields);
            rows++;
        }
    }
    (void)fclose(file);
    assert_true(rows >= ROWS_LEAST);
}

static void refuse(const char *text, size_t length, enum error_code code,
                   const char *part)
{
    struct error err = {0};
    assert_null(pattern_new(text, length, PATTERN_MATCH, &err));
    assert_int_equal(err.code, code);
    if (strstr(err.message, part) == NULL) {
        fail_msg("no '%s' in: %s", part, err.message);
    }
}

static void test_sentences(void **state)
{
    (void)state;
    refuse("*.q_proj", 8, ERROR_FORMAT,
           "'*.q_proj' is no Python regular expression: nothing to repeat");
    refuse("a\\N{DIGIT ONE}", 14, ERROR_UNSUPPORTED, "by name");
    refuse("a\xff", 2, ERROR_FORMAT, "a byte that is not UTF-8 at position 1");
    refuse("a\xc3", 2, ERROR_FORMAT, "not UTF-8");
    assert_null(pattern_new("(", 1, PATTERN_MATCH, NULL));
}

/* A LENGTH times repeated PART. */
static char *repeated(const char *part, size_t count, size_t *length)
{
    size_t size = strlen(part);
    char *text = memory_new(count * size + 1, 1, NULL);
    assert_non_null(text);
    for (size_t i = 0; i < count; i++) {
        memcpy(text + i * size, part, size);
    }
    *length = count * size;
    return text;
}

static void test_size_is_bounded(void **state)
{
    static const char *const parts[] = {
        "(",       "(?:",     "(?i:",     "(?=",    "(?<=",  "[",
        "\\b",     "a*",      "()",       "(?P<a>", "(?(1)", "[\\x00-\\uffff]",
        "a{9999}", "(a|b)*+", "(?a:\\b)", "|",
    };
    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        size_t length = 0;
        struct error err = {0};
        char *text = repeated(parts[i], 9000 / strlen(parts[i]), &length);
        pattern_free(pattern_new(text, length, PATTERN_FULL, &err));
        memory_free(text);
    }
    size_t length = 0;
    char *text = repeated("a", PATTERN_MOST + 1, &length);
    refuse(text, length, ERROR_RANGE, "longer than 65536");
    memory_free(text);
    text = repeated("(?:", 101, &length);
    refuse(text, length, ERROR_UNSUPPORTED, "nested more than 100 deep");
    memory_free(text);
}

/* Patterns that take Python longer than anybody waits. */
static void test_steps_are_bounded(void **state)
{
    static const char *const patterns[] = {
        "(a+)+$", "(a|aa)+$", "(a*)*$", "(?i)(?:\\w+\\s?)+$", "(?:a++|a)*?$",
    };
    char subject[61];
    (void)state;
    memset(subject, 'a', sizeof subject);
    subject[60] = '!';
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        struct error err = {0};
        bool matched = true;
        struct pattern *pattern =
            pattern_new(patterns[i], strlen(patterns[i]), PATTERN_MATCH, &err);
        assert_non_null(pattern);
        clock_t before = clock();
        bool ok =
            pattern_test(pattern, subject, sizeof subject, &matched, &err);
        double seconds = (double)(clock() - before) / CLOCKS_PER_SEC;
        assert_false(matched);
        if (!ok) {
            assert_int_equal(err.code, ERROR_RANGE);
            assert_non_null(strstr(err.message, "too many steps on 'aaa"));
        }
        assert_true(seconds < 2.0); /* of some 10 ms; sanitizers are slow */
        pattern_free(pattern);
    }
}

static void test_subject_is_checked(void **state)
{
    struct error err = {0};
    bool matched = true;
    size_t length = 0;
    struct pattern *pattern = pattern_new(".*", 2, PATTERN_FULL, &err);
    char *text = repeated("a", PATTERN_SUBJECT_MOST + 1, &length);
    (void)state;
    assert_non_null(pattern);
    assert_true(pattern_test(pattern, text, length - 1, &matched, &err));
    assert_true(matched);
    assert_false(pattern_test(pattern, text, length, &matched, &err));
    assert_false(matched);
    assert_int_equal(err.code, ERROR_RANGE);
    assert_false(pattern_test(pattern, "a\xff", 2, &matched, &err));
    assert_int_equal(err.code, ERROR_FORMAT);
    assert_non_null(strstr(err.message, "not UTF-8"));
    memory_free(text);
    pattern_free(pattern);
}

/* Each request for memory fails once; nothing leaks, nothing crashes. */
static void test_no_memory(void **state)
{
    static const char text[] = "(?P<a>[a-z]+)\\.(?(a)\\d|x)*(b)";
    uint64_t n = 1;
    (void)state;
    for (bool whole = false; !whole && n < 200; n++) {
        struct error err = {0};
        bool matched = false;
        memory_fail_after(n);
        struct pattern *pattern =
            pattern_new(text, sizeof text - 1, PATTERN_FULL, &err);
        whole = pattern != NULL &&
                pattern_test(pattern, "ab.12b", 6, &matched, &err);
        memory_fail_after(0);
        assert_int_equal(err.code, whole ? ERROR_NONE : ERROR_MEMORY);
        assert_int_equal(matched, whole);
        pattern_free(pattern);
    }
    assert_true(n > 5 && n < 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_python),
        cmocka_unit_test(test_sentences),
        cmocka_unit_test(test_size_is_bounded),
        cmocka_unit_test(test_steps_are_bounded),
        cmocka_unit_test(test_subject_is_checked),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
