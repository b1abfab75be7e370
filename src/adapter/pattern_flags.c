/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Python's regular expressions rewritten for PCRE2: the flags in a pattern.
 */
#include "adapter/pattern_translate.h"

static const unsigned type_flags = PATTERN_ASCII | PATTERN_UNICODE;

bool pattern_is_caseless(unsigned flags)
{
    return (flags & PATTERN_IGNORECASE) && !(flags & PATTERN_ASCII);
}

static unsigned flag_of(uint32_t token)
{
    switch (token) {
    case 'i':
        return PATTERN_IGNORECASE;
    case 'm':
        return PATTERN_MULTILINE;
    case 's':
        return PATTERN_DOTALL;
    case 'x':
        return PATTERN_VERBOSE;
    case 'a':
        return PATTERN_ASCII;
    case 'u':
        return PATTERN_UNICODE;
    case 't':
        return PATTERN_TEMPLATE;
    default:
        return 0;
    }
}

bool pattern_is_flag(uint32_t token)
{
    return token == '-' || token == 'L' || flag_of(token) != 0;
}

/* Flags to turn on, up to `)`, `:` or `-`. */
static bool read_added(struct pattern_translator *t, unsigned *added)
{
    while (t->token != ')' && t->token != ':' && t->token != '-') {
        unsigned flag = flag_of(t->token);
        if (t->token == 'L') {
            return pattern_refuse(t, t->after,
                                  "bad inline flags: cannot use 'L' flag with "
                                  "a str pattern");
        }
        if (flag == 0) {
            return pattern_refuse(t, t->at,
                                  "unknown flag, or missing -, : or )");
        }
        *added |= flag;
        if ((*added & type_flags) == type_flags) {
            return pattern_refuse(t, t->after,
                                  "bad inline flags: flags 'a', 'u' and 'L' "
                                  "are incompatible");
        }
        pattern_advance(t);
    }
    return true;
}

/* Flags to turn off, up to `:`. */
static bool read_removed(struct pattern_translator *t, unsigned *removed)
{
    do {
        unsigned flag = flag_of(t->token);
        if ((flag & type_flags) || t->token == 'L') {
            return pattern_refuse(t, t->after,
                                  "bad inline flags: cannot turn off flags "
                                  "'a', 'u' and 'L'");
        }
        if (flag == 0) {
            return pattern_refuse(t, t->at, "unknown flag, or missing :");
        }
        *removed |= flag;
        pattern_advance(t);
    } while (t->token != ':');
    return true;
}

/* (?flags), which holds for all of the pattern and so stands at its start. */
static bool set_flags(struct pattern_translator *t,
                      const struct pattern_branch *branch, unsigned added,
                      const char *start)
{
    bool before = pattern_is_caseless(t->flags);
    if (!branch->first || branch->last != ITEM_NONE) {
        return pattern_refuse(
            t, start, "global flags not at the start of the expression");
    }
    t->flags |= added;
    if ((t->flags & type_flags) == type_flags) {
        return pattern_refuse(t, start,
                              "ASCII and UNICODE flags are incompatible");
    }
    if (pattern_is_caseless(t->flags) != before) {
        text_append(t->out, before ? "(?-i)" : "(?i)");
    }
    return true;
}

bool pattern_read_flags(struct pattern_translator *t,
                        const struct pattern_branch *branch, const char *start,
                        unsigned *flags, bool *global)
{
    unsigned added = 0;
    unsigned removed = 0;

    if (!read_added(t, &added)) {
        return false;
    }
    if (pattern_accept(t, ')')) {
        *global = true;
        return set_flags(t, branch, added, start);
    }
    if (pattern_accept(t, '-') && !read_removed(t, &removed)) {
        return false;
    }
    if ((added | removed) & PATTERN_TEMPLATE) {
        return pattern_refuse(t, t->at,
                              "bad inline flags: cannot turn a global flag on "
                              "or off");
    }
    if (added & removed) {
        return pattern_refuse(t, t->at,
                              "bad inline flags: flag turned on and off");
    }
    pattern_advance(t);
    unsigned kept = added & type_flags ? t->flags & ~type_flags : t->flags;
    *flags = (kept | added) & ~removed;
    return true;
}
