/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Python's regular expressions rewritten for PCRE2: escapes and sets.
 */
#include "adapter/pattern_translate.h"

#include <string.h>

enum { LAST_POINT = 0x10ffff };

/* ---- escapes ----------------------------------------------------------- */

/* Exactly DIGITS hexadecimal digits. */
static bool read_hexadecimal(struct pattern_translator *t, int digits,
                             const char *start, uint32_t *point)
{
    static const char alphabet[] = "0123456789abcdef";
    *point = 0;
    for (int i = 0; i < digits; i++) {
        uint32_t lower =
            pattern_is_letter(t->token) ? t->token | 0x20 : t->token;
        const char *digit =
            lower > 0 && lower < 0x80 ? strchr(alphabet, (int)lower) : NULL;
        if (digit == NULL) {
            return pattern_refuse(t, start, "incomplete escape %.*s",
                                  (int)(t->at - start), start);
        }
        *point = *point << 4 | (uint32_t)(digit - alphabet);
        pattern_advance(t);
    }
    if (*point > LAST_POINT) {
        return pattern_refuse(t, start, "bad escape %.*s", (int)(t->at - start),
                              start);
    }
    return true;
}

/* MOST octal digits at most, after those that make VALUE. */
static bool read_octal(struct pattern_translator *t, uint32_t value, int most,
                       const char *start, uint32_t *point)
{
    for (int i = 0; i < most && t->token >= '0' && t->token <= '7'; i++) {
        value = value * 8 + (t->token - '0');
        pattern_advance(t);
    }
    *point = value;
    if (value > 0377) {
        return pattern_refuse(t, start,
                              "octal escape value %.*s outside of range "
                              "0-0o377",
                              (int)(t->at - start), start);
    }
    return true;
}

/* The character that the escape of LETTER means, in a set or outside. */
static bool read_escape(struct pattern_translator *t, uint32_t letter,
                        const char *start, uint32_t *point)
{
    static const char letters[] = "afnrtv";
    static const char controls[] = "\a\f\n\r\t\v";
    const char *known =
        letter > 0 && letter < 0x80 ? strchr(letters, (int)letter) : NULL;
    switch (letter) {
    case 'x':
        return read_hexadecimal(t, 2, start, point);
    case 'u':
        return read_hexadecimal(t, 4, start, point);
    case 'U':
        return read_hexadecimal(t, 8, start, point);
    case 'N':
        if (t->token != '{') {
            return pattern_refuse(t, t->at, "missing {");
        }
        return error_set(t->err, ERROR_UNSUPPORTED,
                         "characters by name, \\N{...}, are not known here; "
                         "write \\u and four digits");
    default:
        break;
    }
    if (known != NULL) {
        *point = (uint32_t)controls[known - letters];
        return true;
    }
    if (pattern_is_letter(letter) || pattern_is_digit(letter)) {
        return pattern_refuse(t, start, "bad escape \\%c", (int)letter);
    }
    *point = letter;
    return true;
}

/* A digit from 1: three octal digits are a character, else it is a group. */
static bool translate_number(struct pattern_translator *t,
                             struct pattern_branch *branch, uint32_t digit,
                             const char *start)
{
    uint32_t number = digit - '0';
    uint32_t point = 0;

    if (pattern_is_digit(t->token)) {
        bool octal = digit <= '7' && t->token <= '7';
        uint32_t second = t->token - '0';
        pattern_advance(t);
        if (octal && t->token >= '0' && t->token <= '7') {
            if (!read_octal(t, number * 8 + second, 1, start, &point)) {
                return false;
            }
            pattern_translate_character(t, branch, point);
            return true;
        }
        number = number * 10 + second;
    }
    return pattern_translate_reference(t, branch, number, start);
}

/* \A \Z \b \B; without the flag a PCRE2 has the same edges of words, but
 * Python never finds a \B in an empty subject.
 */
static bool translate_position(struct pattern_translator *t,
                               struct pattern_branch *branch, uint32_t letter)
{
    bool ascii = (t->flags & PATTERN_ASCII) != 0;
    switch (letter) {
    case 'A':
        text_append(t->out, "\\A");
        break;
    case 'Z':
        text_append(t->out, "\\z");
        break;
    case 'b':
        text_append(t->out, ascii ? "(?:(?<=[0-9A-Z_a-z])(?![0-9A-Z_a-z])|"
                                    "(?<![0-9A-Z_a-z])(?=[0-9A-Z_a-z]))"
                                  : "\\b");
        break;
    case 'B':
        text_append(t->out, ascii
                                ? "(?:(?<=[0-9A-Z_a-z])(?=[0-9A-Z_a-z])|"
                                  "(?<![0-9A-Z_a-z])(?![0-9A-Z_a-z]))(?!\\A\\z)"
                                : "\\B(?!\\A\\z)");
        break;
    default:
        return false;
    }
    pattern_add(branch, ITEM_POSITION, 0, 0);
    return true;
}

bool pattern_translate_escape(struct pattern_translator *t,
                              struct pattern_branch *branch, uint32_t token,
                              const char *start)
{
    uint32_t letter = token & ~(uint32_t)TOKEN_ESCAPE;
    const struct pattern_category *category = pattern_find_category(letter);
    uint32_t point = 0;

    if (category != NULL) {
        text_append(t->out, "[");
        pattern_write_category(t, category);
        text_append(t->out, "]");
        pattern_add(branch, ITEM_OTHER, 1, 1);
        return true;
    }
    if (translate_position(t, branch, letter)) {
        return true;
    }
    if (letter >= '1' && letter <= '9') {
        return translate_number(t, branch, letter, start);
    }
    if (!(letter == '0' ? read_octal(t, 0, 2, start, &point)
                        : read_escape(t, letter, start, &point))) {
        return false;
    }
    pattern_translate_character(t, branch, point);
    return true;
}

/* ---- sets -------------------------------------------------------------- */

struct member {
    const struct pattern_category *category; /* or NULL: */
    uint32_t point;
};

static bool read_member(struct pattern_translator *t, const char *set,
                        struct member *member)
{
    uint32_t token = t->token;
    const char *start = t->at;
    uint32_t letter = token & ~(uint32_t)TOKEN_ESCAPE;

    if (token == TOKEN_END) {
        return pattern_refuse(t, set, "unterminated character set");
    }
    pattern_advance(t);
    *member = (struct member){NULL, token};
    if (!(token & TOKEN_ESCAPE)) {
        return true;
    }
    member->category = pattern_find_category(letter);
    if (member->category != NULL) {
        return true;
    }
    if (letter == 'b') {
        member->point = '\b';
        return true;
    }
    if (letter >= '0' && letter <= '7') {
        return read_octal(t, letter - '0', 2, start, &member->point);
    }
    return read_escape(t, letter, start, &member->point);
}

static bool write_member(struct pattern_translator *t,
                         const struct member *member)
{
    if (member->category != NULL) {
        pattern_write_category(t, member->category);
        return true;
    }
    return pattern_write_items(t, member->point, member->point);
}

/* One member or range of the set at SET; *any turns true when a character of
 * it can be in a subject.
 */
static bool translate_member(struct pattern_translator *t, const char *set,
                             bool *any)
{
    struct member first = {NULL, 0};
    struct member second = {NULL, 0};
    const char *start = t->at;

    if (!read_member(t, set, &first)) {
        return false;
    }
    if (!pattern_accept(t, '-')) {
        *any = write_member(t, &first) || *any;
        return true;
    }
    if (t->token == ']') {
        *any = true;
        (void)write_member(t, &first);
        return pattern_write_items(t, '-', '-');
    }
    if (!read_member(t, set, &second)) {
        return false;
    }
    if (first.category != NULL || second.category != NULL ||
        second.point < first.point) {
        int shown = t->at - start < 60 ? (int)(t->at - start) : 60;
        return pattern_refuse(t, start, "bad character range %.*s", shown,
                              start);
    }
    *any = pattern_write_items(t, first.point, second.point) || *any;
    return true;
}

bool pattern_translate_set(struct pattern_translator *t,
                           struct pattern_branch *branch, const char *start)
{
    size_t mark = t->out->length;
    bool any = false;
    bool negated = pattern_accept(t, '^');

    text_append(t->out, negated ? "[^" : "[");
    /* A `]` that comes first stands for itself. */
    for (bool first = true; first || t->token != ']'; first = false) {
        if (!translate_member(t, start, &any)) {
            return false;
        }
    }
    pattern_advance(t);
    if (any) {
        text_append(t->out, "]");
    } else if (text_ok(t->out, t->err)) {
        t->out->length = mark;
        text_append(t->out, negated ? "(?s:.)" : "(?!)");
    }
    pattern_add(branch, ITEM_OTHER, 1, 1);
    return true;
}
