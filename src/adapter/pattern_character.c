/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Python's regular expressions rewritten for PCRE2: characters and categories.
 */
#include "adapter/pattern_translate.h"

enum { SURROGATE_FIRST = 0xd800, SURROGATE_LAST = 0xdfff };

bool pattern_is_letter(uint32_t point)
{
    return (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z');
}

bool pattern_is_digit(uint32_t point)
{
    return point >= '0' && point <= '9';
}

/* ---- characters -------------------------------------------------------- */

/* Letters that Python takes for one under the flag i, and PCRE2 does not. */
static const struct {
    uint32_t points[4];
    const char *items;
} twins[] = {
    {{'I', 'i', 0x130, 0x131}, "Ii\\x{130}\\x{131}"},
    {{0x390, 0x1fd3, 0x390, 0x390}, "\\x{390}\\x{1fd3}"},
    {{0x3b0, 0x1fe3, 0x3b0, 0x3b0}, "\\x{3b0}\\x{1fe3}"},
    {{0xfb05, 0xfb06, 0xfb05, 0xfb05}, "\\x{fb05}\\x{fb06}"},
};
enum { TWINS = sizeof twins / sizeof *twins };

/* Is one of the twins at INDEX in [lo, hi]? */
static bool has_twin(size_t index, uint32_t lo, uint32_t hi)
{
    for (size_t i = 0; i < 4; i++) {
        uint32_t point = twins[index].points[i];
        if (point >= lo && point <= hi) {
            return true;
        }
    }
    return false;
}

static bool folds_ascii(const struct pattern_translator *t)
{
    unsigned both = PATTERN_IGNORECASE | PATTERN_ASCII;
    return (t->flags & both) == both;
}

static bool folds_unicode(const struct pattern_translator *t)
{
    return (t->flags & PATTERN_IGNORECASE) && !(t->flags & PATTERN_ASCII);
}

/* The ends of [lo, hi] that are surrogates moved inwards: a Python pattern may
 * name them, valid UTF-8 never holds them.  False when nothing is left.
 */
static bool clip_surrogates(uint32_t *lo, uint32_t *hi)
{
    if (*lo >= SURROGATE_FIRST && *lo <= SURROGATE_LAST) {
        *lo = SURROGATE_LAST + 1;
    }
    if (*hi >= SURROGATE_FIRST && *hi <= SURROGATE_LAST) {
        *hi = SURROGATE_FIRST - 1;
    }
    return *lo <= *hi;
}

static void write_range(struct pattern_translator *t, uint32_t lo, uint32_t hi)
{
    text_appendf(t->out, "\\x{%x}", (unsigned)lo);
    if (lo < hi) {
        text_appendf(t->out, "-\\x{%x}", (unsigned)hi);
    }
}

/* What [FIRST, LAST] has of [lo, hi], shifted to the other case. */
static void write_shifted(struct pattern_translator *t, uint32_t lo,
                          uint32_t hi, char first, char last, int shift)
{
    uint32_t from = lo > (uint32_t)first ? lo : (uint32_t)first;
    uint32_t to = hi < (uint32_t)last ? hi : (uint32_t)last;
    if (from <= to) {
        write_range(t, (uint32_t)((int)from + shift),
                    (uint32_t)((int)to + shift));
    }
}

bool pattern_write_items(struct pattern_translator *t, uint32_t lo, uint32_t hi)
{
    if (!clip_surrogates(&lo, &hi)) {
        return false;
    }
    write_range(t, lo, hi);
    if (folds_ascii(t)) {
        write_shifted(t, lo, hi, 'a', 'z', 'A' - 'a');
        write_shifted(t, lo, hi, 'A', 'Z', 'a' - 'A');
    } else if (folds_unicode(t)) {
        t->folded += hi - lo;
        for (size_t i = 0; i < TWINS; i++) {
            text_append(t->out, has_twin(i, lo, hi) ? twins[i].items : "");
        }
    }
    return true;
}

/* The twins of a character, as set items; NULL when it has none. */
static const char *find_twins(const struct pattern_translator *t,
                              uint32_t point)
{
    for (size_t i = 0; i < TWINS && folds_unicode(t); i++) {
        if (has_twin(i, point, point)) {
            return twins[i].items;
        }
    }
    return NULL;
}

void pattern_translate_character(struct pattern_translator *t,
                                 struct pattern_branch *branch, uint32_t point)
{
    const char *items = find_twins(t, point);
    if (point >= SURROGATE_FIRST && point <= SURROGATE_LAST) {
        text_append(t->out, "(?!)");
    } else if (items != NULL) {
        text_appendf(t->out, "[%s]", items);
    } else if (folds_ascii(t) && pattern_is_letter(point)) {
        text_appendf(t->out, "[%c%c]", (int)point, (int)(point ^ 0x20));
    } else if (pattern_is_letter(point) || pattern_is_digit(point) ||
               point == '_') {
        text_appendf(t->out, "%c", (int)point);
    } else {
        write_range(t, point, point);
    }
    pattern_add(branch, ITEM_OTHER, 1, 1);
}

/* ---- categories -------------------------------------------------------- */

/* Spaces are written out, as PCRE2 has others: U+180E, and not U+001C to
 * U+001F.
 */
static const struct pattern_category categories[] = {
    {'d', "\\d", "0-9"},
    {'D', "\\D", "\\x{0}-/:-\\x{10ffff}"},
    {'w', "\\w", "0-9A-Z_a-z"},
    {'W', "\\W", "\\x{0}-/:-@\\x{5b}-\\x{5e}`{-\\x{10ffff}"},
    {'s',
     "\\t-\\r\\x{1c}-\\x{20}\\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}"
     "\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}",
     "\\t-\\r "},
    {'S',
     "\\x{0}-\\x{8}\\x{e}-\\x{1b}!-\\x{84}\\x{86}-\\x{9f}\\x{a1}-\\x{167f}"
     "\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}"
     "\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{10ffff}",
     "\\x{0}-\\x{8}\\x{e}-\\x{1f}!-\\x{10ffff}"},
};

const struct pattern_category *pattern_find_category(uint32_t letter)
{
    for (size_t i = 0; i < sizeof categories / sizeof *categories; i++) {
        if ((uint32_t)categories[i].letter == letter) {
            return &categories[i];
        }
    }
    return NULL;
}

void pattern_write_category(struct pattern_translator *t,
                            const struct pattern_category *category)
{
    bool ascii = (t->flags & PATTERN_ASCII) != 0;
    text_append(t->out, ascii ? category->ascii : category->unicode);
}
