/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Python's regular expressions rewritten for PCRE2: all that `(` can begin.
 */
#include "adapter/pattern_translate.h"

#include "base/alloc.h"

/* Groups in groups: each is at most two in what is written. */
enum { DEPTH_MOST = 100 };

static const char unterminated[] = "missing ), unterminated subpattern";

/* OPENER, the branches under FLAGS, and the closing parenthesis. */
static bool translate_body(struct pattern_translator *t, const char *opener,
                           unsigned flags, const char *start,
                           struct pattern_width *width)
{
    unsigned outer = t->flags;

    if (t->depth >= DEPTH_MOST) {
        return error_set(t->err, ERROR_UNSUPPORTED,
                         "groups nested more than %d deep", DEPTH_MOST);
    }
    text_append(t->out, opener);
    t->flags = flags;
    t->depth++;
    if (!pattern_translate_branches(t, width)) {
        return false;
    }
    t->depth--;
    t->flags = outer;
    if (!pattern_accept(t, ')')) {
        return pattern_refuse(t, start, unterminated);
    }
    text_append(t->out, ")");
    return true;
}

static bool translate_plain(struct pattern_translator *t,
                            struct pattern_branch *branch, const char *opener,
                            unsigned flags, const char *start)
{
    struct pattern_width width = {0, 0};
    if (!translate_body(t, opener, flags, start, &width)) {
        return false;
    }
    pattern_add(branch, ITEM_OTHER, width.least, width.most);
    return true;
}

/* ---- captures and their names ------------------------------------------ */

static bool translate_capture(struct pattern_translator *t,
                              struct pattern_branch *branch, const char *name,
                              size_t length, const char *start)
{
    size_t number = t->count;
    struct pattern_width width = {0, 0};
    void *grown = memory_grow(t->captures, &t->capacity, number + 1,
                              sizeof *t->captures, t->err);
    if (grown == NULL) {
        return false;
    }
    t->captures = grown;
    t->captures[number] =
        (struct pattern_capture){.name = name, .length = length};
    t->count++;
    if (!translate_body(t, "(", t->flags, start, &width)) {
        return false;
    }
    t->captures[number].width = width;
    t->captures[number].closed = true;
    pattern_add(branch, ITEM_OTHER, width.least, width.most);
    return true;
}

static bool translate_named(struct pattern_translator *t,
                            struct pattern_branch *branch, const char *start)
{
    const char *name = NULL;
    size_t length = 0;
    if (!pattern_read_name(t, '>', &name, &length) ||
        !pattern_check_name(t, name, length)) {
        return false;
    }
    size_t same = pattern_find_name(t, name, length);
    if (same != 0) {
        return pattern_refuse(
            t, name, "redefinition of the group name of group %zu", same);
    }
    return translate_capture(t, branch, name, length, start);
}

/* ---- references -------------------------------------------------------- */

/* Inside a look-behind only groups from before it have a known width. */
static bool check_lookbehind_reference(struct pattern_translator *t,
                                       uint64_t number, const char *at)
{
    if (t->lookbehind == 0) {
        return true;
    }
    if (number >= t->count || !t->captures[number].closed) {
        return pattern_refuse(t, at, "cannot refer to an open group");
    }
    if (number >= t->lookbehind) {
        return pattern_refuse(t, at,
                              "cannot refer to group defined in the same "
                              "lookbehind subpattern");
    }
    return true;
}

static bool check_reference(struct pattern_translator *t, uint64_t number,
                            const char *at)
{
    if (number >= t->count) {
        return pattern_refuse(t, at + 1, "invalid group reference %u",
                              (unsigned)number);
    }
    if (!t->captures[number].closed) {
        return pattern_refuse(t, at, "cannot refer to an open group");
    }
    return check_lookbehind_reference(t, number, t->at);
}

static void write_reference(struct pattern_translator *t,
                            struct pattern_branch *branch, size_t number)
{
    unsigned both = PATTERN_IGNORECASE | PATTERN_ASCII;
    text_appendf(t->out,
                 (t->flags & both) == both ? "(?i:\\g{%zu})" : "\\g{%zu}",
                 number);
    pattern_add(branch, ITEM_OTHER, t->captures[number].width.least,
                t->captures[number].width.most);
}

bool pattern_translate_reference(struct pattern_translator *t,
                                 struct pattern_branch *branch, size_t number,
                                 const char *at)
{
    if (!check_reference(t, number, at)) {
        return false;
    }
    write_reference(t, branch, number);
    return true;
}

static bool translate_named_reference(struct pattern_translator *t,
                                      struct pattern_branch *branch)
{
    const char *name = NULL;
    size_t length = 0;
    if (!pattern_read_name(t, ')', &name, &length) ||
        !pattern_check_name(t, name, length)) {
        return false;
    }
    size_t number = pattern_find_name(t, name, length);
    if (number == 0) {
        return pattern_refuse(t, name, "unknown group name '%.*s'",
                              length < 60 ? (int)length : 60, name);
    }
    return pattern_translate_reference(t, branch, number, name);
}

/* Which group a conditional asks about. */
static bool read_condition(struct pattern_translator *t, uint64_t *number)
{
    const char *name = NULL;
    size_t length = 0;
    if (!pattern_read_name(t, ')', &name, &length)) {
        return false;
    }
    if (pattern_is_identifier(name, length)) {
        *number = pattern_find_name(t, name, length);
        if (*number == 0) {
            return pattern_refuse(t, name, "unknown group name '%.*s'",
                                  length < 60 ? (int)length : 60, name);
        }
    } else if (!pattern_read_number(name, length, number)) {
        return pattern_check_name(t, name, length);
    } else if (*number == 0) {
        return pattern_refuse(t, name, "bad group number");
    } else if (*number >= PATTERN_GROUP_MOST) {
        return pattern_refuse(t, name, "invalid group reference");
    }
    if (*number > t->condition) {
        t->condition = *number;
        t->condition_at = name;
    }
    return check_lookbehind_reference(t, *number, t->at);
}

static bool translate_conditional(struct pattern_translator *t,
                                  struct pattern_branch *branch,
                                  const char *start)
{
    struct pattern_width yes = {0, 0};
    struct pattern_width no = {0, 0};
    uint64_t number = 0;

    if (t->depth >= DEPTH_MOST) {
        return error_set(t->err, ERROR_UNSUPPORTED,
                         "groups nested more than %d deep", DEPTH_MOST);
    }
    if (!read_condition(t, &number)) {
        return false;
    }
    text_appendf(t->out, "(?(%u)", (unsigned)number);
    t->depth++;
    if (!pattern_translate_branch(t, false, &yes)) {
        return false;
    }
    if (pattern_accept(t, '|')) {
        text_append(t->out, "|");
        if (!pattern_translate_branch(t, false, &no)) {
            return false;
        }
    }
    t->depth--;
    if (t->token == '|') {
        return pattern_refuse(
            t, t->at, "conditional backref with more than two branches");
    }
    if (!pattern_accept(t, ')')) {
        return pattern_refuse(t, start, unterminated);
    }
    text_append(t->out, ")");
    pattern_add(branch, ITEM_OTHER, yes.least < no.least ? yes.least : no.least,
                yes.most > no.most ? yes.most : no.most);
    return true;
}

/* (?flags) or (?flags:...). */
static bool translate_flags(struct pattern_translator *t,
                            struct pattern_branch *branch, const char *start)
{
    unsigned flags = 0;
    bool global = false;
    const char *opener = "(?:";

    if (!pattern_read_flags(t, branch, start, &flags, &global)) {
        return false;
    }
    if (global) {
        return true;
    }
    if (pattern_is_caseless(flags) != pattern_is_caseless(t->flags)) {
        opener = pattern_is_caseless(flags) ? "(?i:" : "(?-i:";
    }
    return translate_plain(t, branch, opener, flags, start);
}

/* ---- which group is it? ------------------------------------------------ */

static bool skip_comment(struct pattern_translator *t, const char *start)
{
    while (!pattern_accept(t, ')')) {
        if (t->token == TOKEN_END) {
            return pattern_refuse(t, start, "missing ), unterminated comment");
        }
        pattern_advance(t);
    }
    return true;
}

static bool translate_look(struct pattern_translator *t,
                           struct pattern_branch *branch, const char *opener,
                           const char *start)
{
    struct pattern_width width = {0, 0};
    if (!translate_body(t, opener, t->flags, start, &width)) {
        return false;
    }
    pattern_add(branch, ITEM_OTHER, 0, 0);
    return true;
}

static bool translate_lookbehind(struct pattern_translator *t,
                                 struct pattern_branch *branch,
                                 const char *start)
{
    const char *opener = t->token == '=' ? "(?<=" : "(?<!";
    struct pattern_width width = {0, 0};
    size_t outer = t->lookbehind;

    if (t->token != '=' && t->token != '!') {
        return pattern_refuse(t, start + 1, "unknown extension ?<");
    }
    pattern_advance(t);
    if (outer == 0) {
        t->lookbehind = t->count;
    }
    if (!translate_body(t, opener, t->flags, start, &width)) {
        return false;
    }
    t->lookbehind = outer;
    t->loose_lookbehind = t->loose_lookbehind || width.least != width.most;
    pattern_add(branch, ITEM_OTHER, 0, 0);
    return true;
}

static bool translate_python(struct pattern_translator *t,
                             struct pattern_branch *branch, const char *start)
{
    if (pattern_accept(t, '<')) {
        return translate_named(t, branch, start);
    }
    if (pattern_accept(t, '=')) {
        return translate_named_reference(t, branch);
    }
    if (t->token == TOKEN_END) {
        return pattern_refuse(t, t->at, "unexpected end of pattern");
    }
    return pattern_refuse(t, start + 1, "unknown extension ?P");
}

bool pattern_translate_group(struct pattern_translator *t,
                             struct pattern_branch *branch, const char *start)
{
    if (!pattern_accept(t, '?')) {
        return translate_capture(t, branch, NULL, 0, start);
    }
    uint32_t token = t->token;
    if (pattern_is_flag(token)) {
        return translate_flags(t, branch, start);
    }
    pattern_advance(t);
    switch (token) {
    case ':':
        return translate_plain(t, branch, "(?:", t->flags, start);
    case '>':
        return translate_plain(t, branch, "(?>", t->flags, start);
    case '=':
        return translate_look(t, branch, "(?=", start);
    case '!':
        return translate_look(t, branch, "(?!", start);
    case '<':
        return translate_lookbehind(t, branch, start);
    case 'P':
        return translate_python(t, branch, start);
    case '(':
        return translate_conditional(t, branch, start);
    case '#':
        return skip_comment(t, start);
    case TOKEN_END:
        return pattern_refuse(t, t->at, "unexpected end of pattern");
    default:
        return pattern_refuse(t, start + 1, "unknown extension ?");
    }
}
