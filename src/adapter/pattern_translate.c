/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Python's regular expressions rewritten for PCRE2: sequences and repeats.
 *
 * Python 3.11, "Regular Expression Syntax" of the library reference; where it
 * is silent, what re.compile does.  Positions are counted in characters.
 */
#include "adapter/pattern_translate.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

/* Python's own bound on a repeat count, and PCRE2's.  No subject is as long
 * as the latter, so what is above it is as good as without bound.
 */
static const uint64_t repeat_most = UINT32_MAX;
enum { PCRE2_REPEAT_MOST = 65535 };

/* Caseless ranges are folded character by character when they are compiled,
 * so a small pattern could ask for hours of it.
 */
enum { FOLDED_MOST = 1 << 23 };

static uint64_t add_capped(uint64_t a, uint64_t b)
{
    return checked_add(a, b, &a) ? a : UINT64_MAX;
}

static uint64_t multiply_capped(uint64_t a, uint64_t b)
{
    return checked_mul(a, b, &a) ? a : UINT64_MAX;
}

/* ---- tokens ------------------------------------------------------------ */

/* The character at AT, which is not the end; NUL is one like any other. */
static size_t decode(const char *at, uint32_t *point)
{
    size_t size = text_decode(at, point);
    if (size == 0) {
        *point = 0;
        size = 1;
    }
    return size;
}

static void load(struct pattern_translator *t)
{
    t->after = t->at;
    if (t->at == t->end) {
        t->token = TOKEN_END;
        return;
    }
    t->after += decode(t->at, &t->token);
    if (t->token == '\\' && t->after < t->end) {
        uint32_t point = 0;
        t->after += decode(t->after, &point);
        t->token = point | TOKEN_ESCAPE;
    }
}

void pattern_advance(struct pattern_translator *t)
{
    t->at = t->after;
    load(t);
}

bool pattern_accept(struct pattern_translator *t, uint32_t token)
{
    if (t->token != token) {
        return false;
    }
    pattern_advance(t);
    return true;
}

bool pattern_refuse(struct pattern_translator *t, const char *at,
                    const char *format, ...)
{
    char what[200];
    size_t position = 0;
    va_list args;

    for (const char *p = t->begin; p < at; p++) {
        position += ((unsigned char)*p & 0xc0u) != 0x80u;
    }
    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return error_set(t->err, ERROR_FORMAT, "%s at position %zu", what,
                     position);
}

/* ---- sequences --------------------------------------------------------- */

void pattern_add(struct pattern_branch *branch, enum pattern_item kind,
                 uint64_t least, uint64_t most)
{
    branch->before = pattern_branch_width(branch);
    branch->last = kind;
    branch->width = (struct pattern_width){least, most};
}

struct pattern_width pattern_branch_width(const struct pattern_branch *branch)
{
    return (struct pattern_width){
        add_capped(branch->before.least, branch->width.least),
        add_capped(branch->before.most, branch->width.most),
    };
}

/* In verbose patterns: was TOKEN a space, or did it begin a comment? */
static bool skip_verbose(struct pattern_translator *t, uint32_t token)
{
    if (token == ' ' || (token >= '\t' && token <= '\r')) {
        return true;
    }
    if (token != '#') {
        return false;
    }
    while (t->token != TOKEN_END && t->token != '\n') {
        pattern_advance(t);
    }
    pattern_accept(t, '\n');
    return true;
}

struct repeat {
    uint64_t least, most; /* most is repeat_most when there is no bound */
};

/* A count of a repeat, capped; false when there is no digit. */
static bool read_count(struct pattern_translator *t, uint64_t *count)
{
    bool any = false;
    uint64_t value = 0;
    while (t->token >= '0' && t->token <= '9') {
        value = value * 10 + (t->token - '0');
        value = value < repeat_most ? value : repeat_most;
        any = true;
        pattern_advance(t);
    }
    if (any) {
        *count = value;
    }
    return any;
}

/* What follows a `{`.  *literal: it was no repeat but a brace. */
static bool read_braces(struct pattern_translator *t, struct repeat *repeat,
                        bool *literal)
{
    const char *here = t->at;
    bool bounded;

    *literal = t->token == '}';
    if (*literal) {
        return true;
    }
    bool counted = read_count(t, &repeat->least);
    if (pattern_accept(t, ',')) {
        bounded = read_count(t, &repeat->most);
    } else {
        bounded = counted;
        repeat->most = counted ? repeat->least : repeat->most;
    }
    if (!pattern_accept(t, '}')) {
        t->at = here;
        load(t);
        *literal = true;
        return true;
    }
    if (repeat->least >= repeat_most ||
        (bounded && repeat->most >= repeat_most)) {
        return pattern_refuse(t, here, "the repetition number is too large");
    }
    if (repeat->most < repeat->least) {
        return pattern_refuse(t, here, "min repeat greater than max repeat");
    }
    return true;
}

static void write_repeat(struct pattern_translator *t,
                         const struct repeat *repeat)
{
    uint64_t least =
        repeat->least < PCRE2_REPEAT_MOST ? repeat->least : PCRE2_REPEAT_MOST;
    if (repeat->most > PCRE2_REPEAT_MOST) {
        text_appendf(t->out, "{%u,}", (unsigned)least);
    } else {
        text_appendf(t->out, "{%u,%u}", (unsigned)least,
                     (unsigned)repeat->most);
    }
    if (pattern_accept(t, '?')) {
        text_append(t->out, "?");
    } else if (pattern_accept(t, '+')) {
        text_append(t->out, "+");
        t->possessive = true;
    }
}

static bool check_repeatable(struct pattern_translator *t,
                             const struct pattern_branch *branch,
                             const char *start)
{
    switch (branch->last) {
    case ITEM_NONE:
        return pattern_refuse(t, start,
                              "nothing to repeat (any text is .* here)");
    case ITEM_POSITION:
        return pattern_refuse(t, start, "nothing to repeat");
    case ITEM_REPEAT:
        return pattern_refuse(t, start, "multiple repeat");
    case ITEM_OTHER:
        break;
    }
    return true;
}

/* One of * + ? {, which stood at START. */
static bool translate_repeat(struct pattern_translator *t,
                             struct pattern_branch *branch, uint32_t token,
                             const char *start)
{
    struct repeat repeat = {token == '+', token == '?' ? 1 : repeat_most};
    bool literal = false;

    if (token == '{' && !read_braces(t, &repeat, &literal)) {
        return false;
    }
    if (literal) {
        pattern_translate_character(t, branch, '{');
        return true;
    }
    if (!check_repeatable(t, branch, start)) {
        return false;
    }
    if (t->flags & PATTERN_TEMPLATE) {
        return pattern_refuse(t, start, "a repeat under the flag t");
    }
    write_repeat(t, &repeat);
    branch->last = ITEM_REPEAT;
    branch->width.least = multiply_capped(branch->width.least, repeat.least);
    if (repeat.most == repeat_most && branch->width.most > 0) {
        branch->width.most = UINT64_MAX;
    } else {
        branch->width.most = multiply_capped(branch->width.most, repeat.most);
    }
    return true;
}

/* `.`, `^` and `$` hold whatever the flags are, so the flag goes with them. */
static void translate_special(struct pattern_translator *t,
                              struct pattern_branch *branch, uint32_t token)
{
    bool lines = (t->flags & PATTERN_MULTILINE) != 0;
    if (token == '.') {
        text_append(t->out, t->flags & PATTERN_DOTALL ? "(?s:.)" : ".");
        pattern_add(branch, ITEM_OTHER, 1, 1);
        return;
    }
    if (token == '^') {
        text_append(t->out, lines ? "(?m:^)" : "\\A");
    } else {
        text_append(t->out, lines ? "(?m:$)" : "$");
    }
    pattern_add(branch, ITEM_POSITION, 0, 0);
}

static bool translate_item(struct pattern_translator *t,
                           struct pattern_branch *branch)
{
    uint32_t token = t->token;
    const char *start = t->at;

    pattern_advance(t);
    if ((t->flags & PATTERN_VERBOSE) && skip_verbose(t, token)) {
        return true;
    }
    if (token & TOKEN_ESCAPE) {
        return pattern_translate_escape(t, branch, token, start);
    }
    switch (token) {
    case '[':
        return pattern_translate_set(t, branch, start);
    case '(':
        return pattern_translate_group(t, branch, start);
    case '*':
    case '+':
    case '?':
    case '{':
        return translate_repeat(t, branch, token, start);
    case '.':
    case '^':
    case '$':
        translate_special(t, branch, token);
        return true;
    default:
        pattern_translate_character(t, branch, token);
        return true;
    }
}

bool pattern_translate_branch(struct pattern_translator *t, bool first,
                              struct pattern_width *width)
{
    struct pattern_branch branch = {.last = ITEM_NONE, .first = first};
    while (t->token != TOKEN_END && t->token != '|' && t->token != ')') {
        if (!translate_item(t, &branch)) {
            return false;
        }
    }
    *width = pattern_branch_width(&branch);
    return true;
}

bool pattern_translate_branches(struct pattern_translator *t,
                                struct pattern_width *width)
{
    bool first = t->depth == 0;
    if (!pattern_translate_branch(t, first, width)) {
        return false;
    }
    while (pattern_accept(t, '|')) {
        struct pattern_width other = {0, 0};
        text_append(t->out, "|");
        if (!pattern_translate_branch(t, false, &other)) {
            return false;
        }
        width->least = other.least < width->least ? other.least : width->least;
        width->most = other.most > width->most ? other.most : width->most;
    }
    return true;
}

/* ---- the whole --------------------------------------------------------- */

/* UTF-8 throughout, and no backslash without a character after it. */
static bool check_bytes(struct pattern_translator *t)
{
    uint32_t point = 0;
    for (const char *at = t->begin; at < t->end;) {
        at += decode(at, &point);
        if (point == TEXT_INVALID) {
            return pattern_refuse(t, at - 1, "a byte that is not UTF-8");
        }
    }
    for (load(t); t->token != TOKEN_END; pattern_advance(t)) {
        if (t->token == '\\') {
            return pattern_refuse(t, t->at, "bad escape (end of pattern)");
        }
    }
    t->at = t->begin;
    load(t);
    return true;
}

/* What can only be told once all of the pattern has been read. */
static bool check_whole(struct pattern_translator *t)
{
    if (t->token == ')') {
        return pattern_refuse(t, t->at, "unbalanced parenthesis");
    }
    if (t->condition >= t->count) {
        return pattern_refuse(t, t->condition_at, "invalid group reference %u",
                              (unsigned)t->condition);
    }
    if (t->loose_lookbehind) {
        return error_set(t->err, ERROR_FORMAT,
                         "look-behind requires fixed-width pattern");
    }
    if (t->folded > FOLDED_MOST) {
        return error_set(t->err, ERROR_UNSUPPORTED,
                         "too many wide character ranges under the flag i");
    }
    return text_ok(t->out, t->err);
}

bool pattern_translate(const char *python, size_t length, struct text *out,
                       bool *possessive, struct error *err)
{
    struct pattern_translator t = {
        .begin = python, .end = python + length, .at = python, .out = out};
    struct pattern_width width = {0, 0};

    t.err = err;
    t.captures = memory_grow(NULL, &t.capacity, 1, sizeof *t.captures, err);
    if (t.captures == NULL) {
        return false;
    }
    t.count = 1;
    bool ok = check_bytes(&t) && pattern_translate_branches(&t, &width) &&
              check_whole(&t);
    memory_free(t.captures);
    *possessive = t.possessive;
    return ok;
}
