/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading the figures of a line that somebody's training run printed.
 *
 * Numbers are found first, then told apart by the words before them:
 * "trainable params: 4,194,304 || all params: 6,742,609,920 || trainable%:
 * 0.0622".  Digits that belong to a word (Llama-2-7b) or to a setting (r=16)
 * are no figures.
 */
#include "explorer/lookup.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

enum { NUMBERS_MOST = 64, GAP_SIZE = 64, DIGITS_SIZE = 48 };

struct number {
    const char *start, *end;  /* end: behind its unit or percent sign */
    char digits[DIGITS_SIZE]; /* without separators, with '.' as the point */
    double scale;             /* of its unit, 1 without one */
    bool rounded, percent;
};

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte & 0x80) != 0;
}

static size_t count_digits(const char *at)
{
    return strspn(at, "0123456789");
}

/* ---- one number ------------------------------------------------------------ */

/* Is there a separator and a group of exactly three digits at AT? */
static bool is_group(const char *at, char separator)
{
    return *at == separator && count_digits(at + 1) == 3;
}

/* The separator of the digits at AT: "4,194,304", "4_194_304", "4'194'304",
 * and points when there are two or more.
 */
static char find_separator(const char *at)
{
    const char *behind = at + count_digits(at);
    if (behind - at > 3) {
        return '\0';
    }
    for (const char *each = ",_'"; *each != '\0'; each++) {
        if (is_group(behind, *each)) {
            return *each;
        }
    }
    bool points = is_group(behind, '.') && is_group(behind + 4, '.');
    return points ? '.' : '\0';
}

static void keep_digit(struct number *number, size_t *used, char byte)
{
    if (*used + 1 < DIGITS_SIZE) {
        number->digits[(*used)++] = byte;
    }
}

static const char *read_digits(struct number *number, const char *at)
{
    size_t used = 0;
    char separator = find_separator(at);
    for (;; at++) {
        if (is_digit(*at)) {
            keep_digit(number, &used, *at);
        } else if (separator == '\0' || !is_group(at, separator)) {
            break;
        }
    }
    if (*at == '.' && is_digit(at[1])) {
        keep_digit(number, &used, *at);
        for (at++; is_digit(*at); at++) {
            keep_digit(number, &used, *at);
        }
    }
    number->digits[used] = '\0';
    return at;
}

static const struct {
    const char *name;
    double scale;
} units[] = {
    {"thousand", 1e3},  {"million", 1e6}, {"billion", 1e9},
    {"trillion", 1e12}, {"K", 1e3},       {"M", 1e6},
    {"B", 1e9},         {"G", 1e9},       {"T", 1e12},
};

/* "4.2M", "4.2 million", "4.19e6"; a letter alone after a space is a word. */
static const char *read_unit(struct number *number, const char *at)
{
    const char *word = at + strspn(at, " ");
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        size_t length = strlen(units[i].name);
        if (text_starts_fold(word, units[i].name) && !is_letter(word[length]) &&
            !is_digit(word[length])) {
            number->scale = units[i].scale;
            number->rounded = true;
            return word + length;
        }
    }
    const char *exponent = at + 1 + (at[0] != '\0' && at[1] == '+');
    if ((*at == 'e' || *at == 'E') && is_digit(*exponent)) {
        number->rounded = true;
        int power = 0;
        for (; is_digit(*exponent); exponent++) {
            power = power < 100 ? power * 10 + (*exponent - '0') : power;
        }
        number->scale = pow(10.0, power);
        return exponent;
    }
    return at;
}

/* Part of a word such as Llama-2-7b, v0.1 or a date? */
static bool is_in_word(const char *text, const char *start)
{
    if (start == text) {
        return false;
    }
    char before = start[-1];
    if (is_letter(before) || before == '_' || before == '.' || before == '#') {
        return true;
    }
    char further = start - text >= 2 ? start[-2] : ' ';
    return strchr("-:,", before) != NULL &&
           (is_digit(further) || (before == '-' && is_letter(further)));
}

/* Read the number at START; false when it is part of a word. */
static bool read_number(const char *text, const char *start,
                        struct number *number)
{
    *number = (struct number){.start = start, .scale = 1.0};
    number->end = read_digits(number, start);
    if (is_in_word(text, start)) {
        return false;
    }
    number->end = read_unit(number, number->end);
    const char *sign = number->end + strspn(number->end, " ");
    if (*sign == '%') {
        number->percent = true;
        number->end = sign + 1;
    }
    char next = number->end[0];
    bool goes_on = is_letter(next) || next == '_' ||
                   (strchr("-:", next) != NULL && next != '\0' &&
                    (is_digit(number->end[1]) || is_letter(number->end[1])));
    return !goes_on;
}

/* ---- what it counts -------------------------------------------------------- */

enum meaning {
    MEANS_NOTHING, /* no word says */
    MEANS_TRAINABLE,
    MEANS_ALL,
    MEANS_PERCENT,
    MEANS_OTHER, /* what does not train */
};

/* The words between the number before and this one, the last GAP_SIZE bytes. */
static void copy_gap(char gap[GAP_SIZE], const char *from, const char *to)
{
    size_t length = (size_t)(to - from);
    size_t kept = length < GAP_SIZE ? length : GAP_SIZE - 1;
    memcpy(gap, to - kept, kept);
    gap[kept] = '\0';
}

/* Does GAP end in the name of a setting, as in "r=" or "rank: "? */
static bool ends_with_setting(const char *gap)
{
    static const char *const settings[] = {
        "r",     "rank",   "lora_r", "alpha", "lora_alpha", "dropout",
        "epoch", "epochs", "step",   "steps", "bits",       "lr",
    };
    size_t end = strlen(gap);
    while (end > 0 && strchr(" =:\"'", gap[end - 1]) != NULL) {
        end--;
    }
    size_t start = end;
    while (start > 0 && (is_letter(gap[start - 1]) || gap[start - 1] == '_')) {
        start--;
    }
    char word[GAP_SIZE];
    memcpy(word, gap + start, end - start);
    word[end - start] = '\0';
    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
        if (text_equal_fold(word, settings[i])) {
            return true;
        }
    }
    return false;
}

/* "non-", "un" before the word at AT? */
static bool is_denied(const char *gap, const char *at)
{
    size_t before = (size_t)(at - gap);
    return (before >= 4 && (text_starts_fold(at - 4, "non-") ||
                            text_starts_fold(at - 4, "non "))) ||
           (before >= 2 && text_starts_fold(at - 2, "un"));
}

/* The meaning of the last word in GAP that has one. */
static enum meaning read_gap(const char *gap)
{
    static const struct {
        const char *word;
        enum meaning meaning;
    } words[] = {
        {"trainable%", MEANS_PERCENT}, {"trainable %", MEANS_PERCENT},
        {"percent", MEANS_PERCENT},    {"trainable", MEANS_TRAINABLE},
        {"frozen", MEANS_OTHER},       {"all param", MEANS_ALL},
        {"all_param", MEANS_ALL},      {"all:", MEANS_ALL},
        {"all\":", MEANS_ALL},         {"total param", MEANS_ALL},
        {"total_param", MEANS_ALL},    {"total:", MEANS_ALL},
    };
    for (const char *at = gap + strlen(gap); at-- > gap;) {
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
            if (text_starts_fold(at, words[i].word)) {
                return is_denied(gap, at) ? MEANS_OTHER : words[i].meaning;
            }
        }
    }
    return MEANS_NOTHING;
}

/* "41,943,040/8,072,204,288", "41,943,040 of 8,072,204,288" */
static bool is_part_of(const char *gap)
{
    const char *word = gap + strspn(gap, " ");
    return strcmp(word, "/") == 0 || strcmp(word, "/ ") == 0 ||
           text_equal_fold(word, "of ") || text_equal_fold(word, "out of ");
}

/* ---- figures --------------------------------------------------------------- */

/* Half a unit of the last digit written, times the unit. */
static double half_digit(const struct number *number)
{
    const char *point = strchr(number->digits, '.');
    double decimals = point != NULL ? (double)strlen(point + 1) : 0.0;
    return 0.5 * number->scale * pow(10.0, -decimals);
}

static bool set_figure(struct lookup_figure *figure, const struct number *from)
{
    char whole[DIGITS_SIZE];
    size_t length = strcspn(from->digits, ".");
    bool fraction = from->digits[length] == '.';
    memcpy(whole, from->digits, length);
    whole[length] = '\0';
    *figure = (struct lookup_figure){.given = true, .fraction = fraction};
    if (!from->rounded) {
        return text_parse_count(whole, 0, UINT64_MAX, &figure->value);
    }
    double value = 0.0; /* "0e99" is none with a margin beyond all bounds */
    if (!text_parse_real(from->digits, &value) ||
        !(value * from->scale < 1e18) || !(half_digit(from) < 1e18)) {
        return false;
    }
    figure->rounded = true;
    figure->value = (uint64_t)llround(value * from->scale);
    figure->margin = (uint64_t)ceil(half_digit(from));
    return true;
}

static void set_percent(struct lookup_line *line, const struct number *from)
{
    if (!line->has_percent && !from->rounded &&
        text_parse_real(from->digits, &line->percent)) {
        line->has_percent = true;
        line->percent_margin = half_digit(from);
    }
}

/* A fraction other than .0 is no count. */
static bool is_whole(const struct number *number)
{
    const char *point = strchr(number->digits, '.');
    return point == NULL || point[1 + strspn(point + 1, "0")] == '\0' ||
           number->rounded;
}

/* Among words, a small number without a name counts something else. */
enum { UNNAMED_LEAST = 1000 };

static bool is_likely(const struct lookup_figure *figure, const char *text)
{
    for (; *text != '\0'; text++) {
        if (is_letter(*text) && figure->value < UNNAMED_LEAST) {
            return false;
        }
    }
    return true;
}

/* What is left is told by size: the total is the larger one. */
static bool take_unnamed(struct lookup_line *line, const char *text,
                         const struct number *const *numbers, size_t count)
{
    struct lookup_figure figures[2] = {{0}, {0}};
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        if (numbers[i]->percent || (used > 0 && !is_whole(numbers[i]))) {
            set_percent(line, numbers[i]);
        } else if (!is_whole(numbers[i]) || used == 2) {
            return false;
        } else if (set_figure(&figures[used], numbers[i])) {
            if (!is_likely(&figures[used], text)) {
                return false;
            }
            used++;
        }
    }
    bool swapped = used == 2 && figures[1].value < figures[0].value;
    line->trainable = figures[swapped ? 1 : 0];
    line->all = figures[swapped ? 0 : 1];
    line->unnamed = used == 1;
    return used > 0;
}

static void take(struct lookup_line *line, const struct number *number,
                 enum meaning meaning)
{
    bool small = !is_whole(number) || strlen(number->digits) < 3;
    if (number->percent || meaning == MEANS_PERCENT ||
        (meaning == MEANS_TRAINABLE && line->trainable.given && small)) {
        set_percent(line, number);
    } else if (meaning == MEANS_TRAINABLE && !line->trainable.given &&
               is_whole(number)) {
        line->trainable.given = set_figure(&line->trainable, number);
    } else if (meaning == MEANS_ALL && !line->all.given && is_whole(number)) {
        line->all.given = set_figure(&line->all, number);
    }
}

static bool read_figures(struct lookup_line *line, const char *text)
{
    struct number numbers[NUMBERS_MOST];
    const struct number *unnamed[4];
    size_t count = 0;
    size_t left = 0;
    const char *behind = text;
    enum meaning before = MEANS_NOTHING;
    for (const char *at = text; *at != '\0' && count < NUMBERS_MOST; at++) {
        struct number *number = &numbers[count];
        if (!is_digit(*at)) {
            continue;
        }
        if (!read_number(text, at, number)) {
            at = number->end > at ? number->end - 1 : at;
            continue;
        }
        char gap[GAP_SIZE];
        copy_gap(gap, behind, at);
        if (ends_with_setting(gap)) { /* the words before it go on */
            at = number->end - 1;
            continue;
        }
        enum meaning meaning = read_gap(gap);
        if (before == MEANS_TRAINABLE && is_part_of(gap)) {
            meaning = MEANS_ALL;
        }
        take(line, number, meaning);
        if (meaning == MEANS_NOTHING && left < 4) {
            unnamed[left++] = number;
        }
        before = meaning;
        behind = number->end;
        at = number->end - 1;
        count++;
    }
    bool named = line->trainable.given || line->all.given;
    return named || (left < 4 && take_unnamed(line, text, unnamed, left));
}

bool lookup_line_read(struct lookup_line *line, const char *text,
                      struct error *err)
{
    *line = (struct lookup_line){0};
    if (read_figures(line, text)) {
        return true;
    }
    return error_set(err, ERROR_FORMAT,
                     "no figure of parameters can be read in \"%.60s\", give "
                     "a line such as \"trainable params: 4,194,304 || all "
                     "params: 6,742,609,920\"",
                     text);
}

bool lookup_figure_fits(const struct lookup_figure *figure, uint64_t count)
{
    uint64_t away =
        count > figure->value ? count - figure->value : figure->value - count;
    return away <= figure->margin;
}
