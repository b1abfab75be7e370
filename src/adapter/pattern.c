/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Python's regular expressions: compiled, bounded and matched by PCRE2.
 *
 * Invariant: nothing in a struct pattern changes after pattern_new, whatever a
 * match needs is allocated for it alone.
 */
#include "adapter/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdint.h>
#include <string.h>

#include "adapter/pattern_translate.h"
#include "base/alloc.h"
#include "base/text.h"

/* One match takes some 10 ms at the most.  A step of the interpreter copies a
 * frame, whose size grows with the groups of the pattern; one of the machine
 * code takes a few nanoseconds.
 */
enum {
    COMPILED_STEPS_MOST = 1000000,
    STEPS_MOST = 100000,
    STEPS_LEAST = 100,
    STEP_BYTES_MOST = 1 << 24, /* copied by all steps of a match */
    HEAP_KIB = 8192,
    NEST_MOST = 250,        /* PCRE2's own default */
    JIT_BYTES_MOST = 16384, /* longer programs are not worth machine code */
    SHOWN_COLUMNS = 60,
};

struct pattern {
    pcre2_general_context *memory;
    pcre2_match_context *limits;          /* of the interpreter */
    pcre2_match_context *compiled_limits; /* of machine code */
    pcre2_code *code;
    bool has_machine_code;
    char *shown; /* what sentences call the pattern: its text, cut */
};

/* ---- memory, by way of base/alloc -------------------------------------- */

static void *take(size_t size, void *data)
{
    struct error ignored = {0};
    (void)data;
    return memory_new(size, 1, &ignored);
}

static void give(void *block, void *data)
{
    (void)data;
    memory_free(block);
}

static bool no_memory(struct error *err)
{
    return error_set(err, ERROR_MEMORY,
                     "out of memory while matching a pattern");
}

/* ---- making ------------------------------------------------------------ */

static bool keep_shown(struct pattern *pattern, const char *python,
                       struct error *err)
{
    size_t size = strlen(python);
    size_t fit = size > SHOWN_COLUMNS ? text_fit(python, SHOWN_COLUMNS) : size;
    struct text shown = {0};
    text_append_bytes(&shown, python, fit);
    text_append(&shown, fit < size ? "..." : "");
    pattern->shown = shown.data;
    return text_ok(&shown, err);
}

static pcre2_match_context *new_limits(const struct pattern *pattern,
                                       size_t steps)
{
    pcre2_match_context *limits = pcre2_match_context_create(pattern->memory);
    if (limits != NULL) {
        (void)pcre2_set_match_limit(limits, (uint32_t)steps);
        (void)pcre2_set_depth_limit(limits, (uint32_t)steps);
        (void)pcre2_set_heap_limit(limits, HEAP_KIB);
    }
    return limits;
}

static bool set_limits(struct pattern *pattern, struct error *err)
{
    size_t frame = 0;
    (void)pcre2_pattern_info(pattern->code, PCRE2_INFO_FRAMESIZE, &frame);
    size_t steps = STEP_BYTES_MOST / (frame > 0 ? frame : 1);
    steps = steps > STEPS_MOST ? STEPS_MOST : steps;
    steps = steps < STEPS_LEAST ? STEPS_LEAST : steps;

    pattern->limits = new_limits(pattern, steps);
    pattern->compiled_limits = new_limits(pattern, COMPILED_STEPS_MOST);
    if (pattern->limits == NULL || pattern->compiled_limits == NULL) {
        return no_memory(err);
    }
    return true;
}

static bool explain_compile(int code, struct error *err)
{
    PCRE2_UCHAR why[120];
    if (code == PCRE2_ERROR_HEAP_FAILED) {
        return no_memory(err);
    }
    if (pcre2_get_error_message(code, why, sizeof why) < 0) {
        why[0] = '\0';
    }
    return error_set(err, ERROR_UNSUPPORTED, "PCRE2 says %s",
                     (const char *)why);
}

static bool compile(struct pattern *pattern, const struct text *text,
                    bool possessive, struct error *err)
{
    int code = 0;
    size_t offset = 0;
    size_t size = 0;
    uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_ALT_CIRCUMFLEX |
                       PCRE2_ANCHORED | PCRE2_NEVER_BACKSLASH_C;
    pcre2_compile_context *context =
        pcre2_compile_context_create(pattern->memory);

    if (context == NULL) {
        return no_memory(err);
    }
    (void)pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    (void)pcre2_set_parens_nest_limit(context, NEST_MOST);
    pattern->code = pcre2_compile((PCRE2_SPTR)text->data, text->length, options,
                                  &code, &offset, context);
    pcre2_compile_context_free(context);
    if (pattern->code == NULL) {
        return explain_compile(code, err);
    }
    (void)pcre2_pattern_info(pattern->code, PCRE2_INFO_SIZE, &size);
    /* The machine code of 10.42 keeps the groups of a possessive repeat when
     * it backtracks over it; the interpreter does not.
     */
    if (!possessive && size <= JIT_BYTES_MOST) {
        pattern->has_machine_code =
            pcre2_jit_compile(pattern->code, PCRE2_JIT_COMPLETE) == 0;
    }
    return set_limits(pattern, err);
}

/* PYTHON has a NUL at its LENGTH. */
static bool build(struct pattern *pattern, const char *python, size_t length,
                  enum pattern_anchor anchor, struct error *err)
{
    struct text text = {0};
    bool possessive = false;

    pattern->memory = pcre2_general_context_create(take, give, NULL);
    if (pattern->memory == NULL) {
        return no_memory(err);
    }
    if (!keep_shown(pattern, python, err)) {
        return false;
    }
    text_append(&text, anchor == PATTERN_FULL ? "(?:" : "");
    bool ok = pattern_translate(python, length, &text, &possessive, err);
    text_append(&text, anchor == PATTERN_FULL ? ")\\z" : "");
    ok = ok && text_ok(&text, err) && compile(pattern, &text, possessive, err);
    text_clear(&text);
    if (!ok && err->code == ERROR_FORMAT) {
        (void)error_prefix(err, "'%s' is no Python regular expression",
                           pattern->shown);
    } else if (!ok && err->code == ERROR_UNSUPPORTED) {
        (void)error_prefix(err, "the pattern '%s' cannot be used here",
                           pattern->shown);
    }
    return ok;
}

struct pattern *pattern_new(const char *python, size_t length,
                            enum pattern_anchor anchor, struct error *err)
{
    struct error own = {0};
    struct text copy = {0};

    err = err != NULL ? err : &own;
    if (length > PATTERN_MOST) {
        (void)error_set(err, ERROR_RANGE,
                        "a pattern of %zu bytes is longer than %d, shorten it",
                        length, (int)PATTERN_MOST);
        return NULL;
    }
    struct pattern *pattern = memory_new(1, sizeof *pattern, err);
    if (pattern == NULL) {
        return NULL;
    }
    text_append(&copy, "");
    text_append_bytes(&copy, python, length);
    if (!text_ok(&copy, err) ||
        !build(pattern, text_string(&copy), length, anchor, err)) {
        pattern_free(pattern);
        pattern = NULL;
    }
    text_clear(&copy);
    return pattern;
}

void pattern_free(struct pattern *pattern)
{
    if (pattern == NULL) {
        return;
    }
    pcre2_code_free(pattern->code);
    pcre2_match_context_free(pattern->limits);
    pcre2_match_context_free(pattern->compiled_limits);
    pcre2_general_context_free(pattern->memory);
    memory_free(pattern->shown);
    memory_free(pattern);
}

/* ---- matching ---------------------------------------------------------- */

static bool explain_match(const struct pattern *pattern, const char *subject,
                          size_t length, int code, struct error *err)
{
    int shown = length < SHOWN_COLUMNS ? (int)length : SHOWN_COLUMNS;
    switch (code) {
    case PCRE2_ERROR_MATCHLIMIT:
    case PCRE2_ERROR_DEPTHLIMIT:
    case PCRE2_ERROR_HEAPLIMIT:
    case PCRE2_ERROR_JIT_STACKLIMIT:
        return error_set(err, ERROR_RANGE,
                         "the pattern '%s' takes too many steps on '%.*s', "
                         "simplify it",
                         pattern->shown, shown, subject);
    case PCRE2_ERROR_NOMEMORY:
        return no_memory(err);
    default:
        return error_set(err, ERROR_FORMAT,
                         "the pattern '%s' cannot be tried on '%.*s', which "
                         "is not UTF-8",
                         pattern->shown, shown, subject);
    }
}

/* PCRE2's answer; machine code that runs out of its small stack leaves the
 * match to the interpreter, which has the heap.
 */
static int run(const struct pattern *pattern, const char *subject,
               size_t length, pcre2_match_data *data)
{
    PCRE2_SPTR bytes = (PCRE2_SPTR)subject;
    if (pattern->has_machine_code) {
        int code = pcre2_match(pattern->code, bytes, length, 0, 0, data,
                               pattern->compiled_limits);
        if (code != PCRE2_ERROR_JIT_STACKLIMIT) {
            return code;
        }
    }
    return pcre2_match(pattern->code, bytes, length, 0, PCRE2_NO_JIT, data,
                       pattern->limits);
}

/* Where group 1 of a match is, both SIZE_MAX when there is none; *matched
 * without it too.
 */
static bool match(const struct pattern *pattern, const char *subject,
                  size_t length, bool *matched, size_t group[2],
                  struct error *err)
{
    *matched = false;
    group[0] = group[1] = SIZE_MAX;
    if (length > PATTERN_SUBJECT_MOST) {
        return error_set(err, ERROR_RANGE,
                         "a name of %zu bytes is longer than %d, no pattern is "
                         "tried on it",
                         length, (int)PATTERN_SUBJECT_MOST);
    }
    pcre2_match_data *data = pcre2_match_data_create(2, pattern->memory);
    if (data == NULL) {
        return no_memory(err);
    }
    int code = run(pattern, subject, length, data);
    *matched = code >= 0;
    /* 0: there are groups beyond the two that DATA holds. */
    if (code == 0 || code > 1) {
        const size_t *offsets = pcre2_get_ovector_pointer(data);
        group[0] = offsets[2];
        group[1] = offsets[3];
    }
    pcre2_match_data_free(data);
    if (code >= 0 || code == PCRE2_ERROR_NOMATCH) {
        return true;
    }
    return explain_match(pattern, subject, length, code, err);
}

bool pattern_test(const struct pattern *pattern, const char *subject,
                  size_t length, bool *matched, struct error *err)
{
    size_t group[2];
    return match(pattern, subject, length, matched, group, err);
}

bool pattern_group(const struct pattern *pattern, const char *subject,
                   size_t length, size_t *start, size_t *end, struct error *err)
{
    bool matched = false;
    size_t group[2];
    bool ok = match(pattern, subject, length, &matched, group, err);
    *start = group[0];
    *end = group[1];
    return ok;
}
