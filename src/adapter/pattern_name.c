/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Python's regular expressions rewritten for PCRE2: groups' names and numbers.
 */
#include "adapter/pattern_translate.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (c >= '0' && c <= '9');
}

/* An identifier with characters outside ASCII: Unicode's XID properties, by
 * the general categories they are made of.
 */
static bool is_wide_identifier(const char *name, size_t length)
{
    static const char identifier[] =
        "\\A[\\p{L}\\p{Nl}_][\\p{L}\\p{Nl}\\p{Mn}\\p{Mc}\\p{Nd}\\p{Pc}]*\\z";
    int code = 0;
    size_t offset = 0;
    pcre2_code *compiled =
        pcre2_compile((PCRE2_SPTR)identifier, PCRE2_ZERO_TERMINATED, PCRE2_UTF,
                      &code, &offset, NULL);
    pcre2_match_data *data =
        compiled != NULL ? pcre2_match_data_create(1, NULL) : NULL;
    bool is = data != NULL && pcre2_match(compiled, (PCRE2_SPTR)name, length, 0,
                                          0, data, NULL) >= 0;
    pcre2_match_data_free(data);
    pcre2_code_free(compiled);
    return is;
}

bool pattern_is_identifier(const char *name, size_t length)
{
    bool wide = false;
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)name[i] >= 0x80) {
            wide = true;
        } else if (!is_word(name[i])) {
            return false;
        }
    }
    if (wide) {
        return is_wide_identifier(name, length);
    }
    return length > 0 && (name[0] < '0' || name[0] > '9');
}

bool pattern_read_name(struct pattern_translator *t, uint32_t terminator,
                       const char **name, size_t *length)
{
    *name = t->at;
    while (t->token != terminator) {
        if (t->token == TOKEN_END) {
            return t->at == *name
                       ? pattern_refuse(t, t->at, "missing group name")
                       : pattern_refuse(t, *name,
                                        "missing %c, unterminated name",
                                        (int)terminator);
        }
        pattern_advance(t);
    }
    *length = (size_t)(t->at - *name);
    if (*length == 0) {
        return pattern_refuse(t, *name, "missing group name");
    }
    pattern_advance(t);
    return true;
}

bool pattern_check_name(struct pattern_translator *t, const char *name,
                        size_t length)
{
    if (pattern_is_identifier(name, length)) {
        return true;
    }
    return pattern_refuse(t, name, "bad character in group name '%.*s'",
                          length < 60 ? (int)length : 60, name);
}

size_t pattern_find_name(const struct pattern_translator *t, const char *name,
                         size_t length)
{
    for (size_t i = 1; i < t->count; i++) {
        if (t->captures[i].length == length && t->captures[i].name != NULL &&
            memcmp(t->captures[i].name, name, length) == 0) {
            return i;
        }
    }
    return 0;
}

bool pattern_read_number(const char *text, size_t length, uint64_t *number)
{
    static const char spaces[] = " \t\n\r\v\f";
    bool digit = false; /* was the last character one? */

    while (length > 0 && memchr(spaces, *text, sizeof spaces - 1) != NULL) {
        text++;
        length--;
    }
    while (length > 0 &&
           memchr(spaces, text[length - 1], sizeof spaces - 1) != NULL) {
        length--;
    }
    size_t i = length > 0 && (*text == '+' || *text == '-');
    bool negative = i == 1 && *text == '-';
    for (*number = 0; i < length; i++) {
        if (text[i] >= '0' && text[i] <= '9') {
            *number = *number * 10 + (uint64_t)(text[i] - '0');
            *number =
                *number < PATTERN_GROUP_MOST ? *number : PATTERN_GROUP_MOST;
            digit = true;
        } else if (text[i] == '_' && digit) {
            digit = false;
        } else {
            return false;
        }
    }
    return digit && !(negative && *number > 0);
}
