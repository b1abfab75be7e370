/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From Python's regular expression syntax to PCRE2's: the parts' common state.
 *
 * One pass reads Python's grammar and writes PCRE2's at once.  Nothing of the
 * pattern is passed through unread: characters are written by their number,
 * everything else is written anew, so no PCRE2 syntax can come in.
 */
#ifndef ADAPTER_PATTERN_TRANSLATE_H
#define ADAPTER_PATTERN_TRANSLATE_H

#include "base/error.h"
#include "base/text.h"

#include <stddef.h>
#include <stdint.h>

enum pattern_flag {
    PATTERN_IGNORECASE = 1,
    PATTERN_MULTILINE = 2,
    PATTERN_DOTALL = 4,
    PATTERN_VERBOSE = 8,
    PATTERN_ASCII = 16,
    PATTERN_UNICODE = 32,
    PATTERN_TEMPLATE = 64, /* Python 3.11 still knows it; it does nothing */
};

/* Python reads a backslash and the character after it as one token. */
enum { TOKEN_ESCAPE = 0x1000000, TOKEN_END = 0x2000000 };

/* Characters that a part of the pattern takes; saturates at UINT64_MAX. */
struct pattern_width {
    uint64_t least, most;
};

struct pattern_capture {
    const char *name; /* in the pattern; NULL when it has none */
    size_t length;
    struct pattern_width width; /* known once closed */
    bool closed;
};

struct pattern_translator {
    const char *begin, *end; /* the pattern: valid UTF-8, *end is NUL */
    const char *at, *after;  /* the next token's bytes */
    uint32_t token;          /* a code point, TOKEN_ESCAPE added, or END */
    unsigned flags;          /* enum pattern_flag, in force here */
    size_t depth;            /* groups open around here */
    struct pattern_capture *captures; /* [0] is the whole pattern */
    size_t count, capacity;
    size_t lookbehind;     /* captures when the outermost one began, or 0 */
    bool loose_lookbehind; /* one had no fixed width */
    bool possessive;       /* a repeat gives nothing back */
    uint64_t condition;    /* the highest group a conditional asks about */
    const char *condition_at;
    uint64_t folded; /* characters of ranges that PCRE2 has to fold */
    struct text *out;
    struct error *err;
};

/* No group has a number from here on. */
enum { PATTERN_GROUP_MOST = 1 << 30 };

/* What the last item of a sequence is decides whether it may be repeated. */
enum pattern_item { ITEM_NONE, ITEM_POSITION, ITEM_REPEAT, ITEM_OTHER };

struct pattern_branch {
    enum pattern_item last;
    struct pattern_width before; /* of all but the last item */
    struct pattern_width width;  /* of the last item */
    bool first;                  /* where global flags may stand */
};

/* What an escape such as \w stands for: the items of a set, for Unicode and
 * under the flag a.
 */
struct pattern_category {
    char letter;
    const char *unicode, *ascii;
};

/* Append to *out the PCRE2 pattern that means what the LENGTH bytes at PYTHON,
 * with a NUL after them, mean to Python.  The result needs PCRE2_UTF,
 * PCRE2_UCP, PCRE2_ALT_CIRCUMFLEX and newlines that are LF alone.
 * *possessive: it has a repeat as a*+ or (a)++.
 */
bool pattern_translate(const char *python, size_t length, struct text *out,
                       bool *possessive, struct error *err);

/* Go on to the next token. */
void pattern_advance(struct pattern_translator *t);

/* Go on if the next token is TOKEN. */
bool pattern_accept(struct pattern_translator *t, uint32_t token);

/* ERROR_FORMAT, the sentence ending in the position of AT; returns false. */
bool pattern_refuse(struct pattern_translator *t, const char *at,
                    const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Note an item that has been written. */
void pattern_add(struct pattern_branch *branch, enum pattern_item kind,
                 uint64_t least, uint64_t most);

/* The width of all items of a branch. */
struct pattern_width pattern_branch_width(const struct pattern_branch *branch);

/* Items up to `|`, `)` or the end. */
bool pattern_translate_branch(struct pattern_translator *t, bool first,
                              struct pattern_width *width);

/* Branches with `|` between them, up to `)` or the end. */
bool pattern_translate_branches(struct pattern_translator *t,
                                struct pattern_width *width);

/* What follows a `(` that stood at START. */
bool pattern_translate_group(struct pattern_translator *t,
                             struct pattern_branch *branch, const char *start);

/* The flags of `(?flags)` or `(?flags:`, after its `?`; START is its `(`.
 *
 * *global: it was the former, which is now in force and written.  Otherwise
 * *flags are those of the group that begins, and nothing is written.
 */
bool pattern_read_flags(struct pattern_translator *t,
                        const struct pattern_branch *branch, const char *start,
                        unsigned *flags, bool *global);

/* Can TOKEN begin flags? */
bool pattern_is_flag(uint32_t token);

/* Does PCRE2 have to ignore case under FLAGS?  Under the flag a only ASCII
 * letters fold, which is written out instead.
 */
bool pattern_is_caseless(unsigned flags);

/* A group's name up to TERMINATOR, which is read too; any characters. */
bool pattern_read_name(struct pattern_translator *t, uint32_t terminator,
                       const char **name, size_t *length);

/* Is it a Python identifier?  The second refuses the pattern if not. */
bool pattern_is_identifier(const char *name, size_t length);
bool pattern_check_name(struct pattern_translator *t, const char *name,
                        size_t length);

/* The capture of that name; 0 when there is none. */
size_t pattern_find_name(const struct pattern_translator *t, const char *name,
                         size_t length);

/* A group's number as Python's int reads it, with spaces around it, a sign,
 * underscores between digits; capped at PATTERN_GROUP_MOST.
 */
bool pattern_read_number(const char *text, size_t length, uint64_t *number);

/* What follows a `[` that stood at START. */
bool pattern_translate_set(struct pattern_translator *t,
                           struct pattern_branch *branch, const char *start);

/* The escape that stood at START, its first token TOKEN read. */
bool pattern_translate_escape(struct pattern_translator *t,
                              struct pattern_branch *branch, uint32_t token,
                              const char *start);

/* One character of the pattern that means itself. */
void pattern_translate_character(struct pattern_translator *t,
                                 struct pattern_branch *branch, uint32_t point);

/* The items of a set that stand for the characters [lo, hi] and, under the
 * flag i, for all that Python takes for one of them; false when there are
 * none, because a surrogate is in no UTF-8.
 */
bool pattern_write_items(struct pattern_translator *t, uint32_t lo,
                         uint32_t hi);

/* NULL when LETTER is no category. */
const struct pattern_category *pattern_find_category(uint32_t letter);

void pattern_write_category(struct pattern_translator *t,
                            const struct pattern_category *category);

/* ASCII's letters and digits; the locale has no say. */
bool pattern_is_letter(uint32_t point);
bool pattern_is_digit(uint32_t point);

/* A reference to what capture NUMBER took; refuses at AT. */
bool pattern_translate_reference(struct pattern_translator *t,
                                 struct pattern_branch *branch, size_t number,
                                 const char *at);

#endif
