/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON read: Python's NaN and Infinity quoted, then jansson, then a sentence.
 *
 * jansson tells where it stopped in the text it was given; the quotes put in
 * are taken off again, so that line and column are those of the file.
 */
#include "formats/json.h"

#include <string.h>

#include "base/alloc.h"

static const char bom[] = "\xef\xbb\xbf";

/* Bytes that numbers and words are made of, wrongly spelled ones included. */
static bool is_word_byte(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
           (c >= 'a' && c <= 'z') || c == '_' || c == '+' || c == '-' ||
           c == '.';
}

static size_t word_length(const char *text, size_t length)
{
    size_t n = 0;

    while (n < length && is_word_byte(text[n])) {
        n++;
    }
    return n;
}

/* Bytes of the string that begins with the quote at TEXT, quotes included. */
static size_t string_length(const char *text, size_t length)
{
    size_t n = 1;

    while (n < length && text[n] != '"') {
        n += text[n] == '\\' && n + 1 < length ? 2 : 1;
    }
    return n < length ? n + 1 : length;
}

static bool is_word(const char *text, size_t length, const char *word)
{
    return length == strlen(word) && memcmp(text, word, length) == 0;
}

/* Length of the next token; *special when it is a number only Python writes. */
static size_t next_token(const char *text, size_t length, bool *special)
{
    size_t n;

    *special = false;
    if (text[0] == '"') {
        return string_length(text, length);
    }
    n = word_length(text, length);
    *special = is_word(text, n, "NaN") || is_word(text, n, "Infinity") ||
               is_word(text, n, "-Infinity");
    return n > 0 ? n : 1;
}

static void quote_specials(struct text *out, const char *text, size_t length)
{
    size_t at = 0;

    while (at < length) {
        bool special;
        size_t n = next_token(text + at, length - at, &special);

        if (special) {
            text_append(out, "\"");
        }
        text_append_bytes(out, text + at, n);
        if (special) {
            text_append(out, "\"");
        }
        at += n;
    }
}

/* The place in the original text of byte POSITION of the quoted one. */
static size_t original_position(const char *text, size_t length,
                                size_t position)
{
    size_t at = 0;
    size_t quoted = 0;

    while (at < length) {
        bool special;
        size_t n = next_token(text + at, length - at, &special);
        size_t grown = special ? n + 2 : n;

        if (quoted + grown > position) {
            size_t inside = position - quoted;

            if (special && inside > 0) {
                inside--;
            }
            return at + (inside < n ? inside : n);
        }
        quoted += grown;
        at += n;
    }
    return length;
}

struct place {
    size_t line, column; /* both from 1; columns are characters */
};

static struct place find_place(const char *text, size_t position)
{
    struct place place = {1, 0};

    for (size_t i = 0; i < position; i++) {
        if (text[i] == '\n') {
            place.line++;
            place.column = 0;
        } else if (((unsigned char)text[i] & 0xc0) != 0x80) {
            place.column++;
        }
    }
    if (place.column == 0) {
        place.column = 1;
    }
    return place;
}

/* What a user can do about jansson's verdict; NULL for plain bad syntax. */
static const char *explain(enum json_error_code code)
{
    static const struct {
        enum json_error_code code;
        const char *text;
    } known[] = {
        {json_error_stack_overflow, "lists and objects are nested too deeply; "
                                    "at most 2048 levels are read"},
        {json_error_invalid_utf8,
         "the bytes are not UTF-8; save the file as UTF-8"},
        {json_error_premature_end_of_input,
         "the text ends too early; check that the file is complete"},
        {json_error_end_of_input_expected,
         "something follows the end of the JSON value; remove it"},
        {json_error_null_character,
         "a string holds \\u0000, which no name or setting may have"},
        {json_error_null_byte_in_key,
         "a key holds \\u0000, which no name may have"},
        {json_error_numeric_overflow,
         "the number is too large: whole numbers go to 9223372036854775807, "
         "others to 1.8e308"},
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].code == code) {
            return known[i].text;
        }
    }
    return NULL;
}

static void fail_parse(const char *text, size_t length, const char *name,
                       const json_error_t *reason, struct error *err)
{
    enum json_error_code code = json_error_code(reason);
    const char *sentence = explain(code);
    size_t position = reason->position > 0 ? (size_t)reason->position : 0;
    struct place place =
        find_place(text, original_position(text, length, position));

    if (code == json_error_out_of_memory) {
        (void)error_set(err, ERROR_MEMORY,
                        "the system gave no memory to read \"%.200s\"; close "
                        "other programs and try again",
                        name);
    } else if (sentence != NULL) {
        (void)error_set(
            err,
            code == json_error_numeric_overflow ? ERROR_RANGE : ERROR_FORMAT,
            "%.200s:%zu:%zu: %s", name, place.line, place.column, sentence);
    } else {
        (void)error_set(
            err, ERROR_FORMAT,
            "%.200s:%zu:%zu: this is not JSON (%s); correct it there", name,
            place.line, place.column, reason->text);
    }
}

json_t *json_parse_config(const char *text, size_t length, const char *name,
                          struct error *err)
{
    const size_t mark = sizeof bom - 1;
    struct text quoted = {0};
    json_error_t reason;
    json_t *root;

    if (length >= mark && memcmp(text, bom, mark) == 0) {
        text += mark;
        length -= mark;
    }
    quote_specials(&quoted, text, length);
    if (!text_ok(&quoted, err)) {
        text_clear(&quoted);
        return NULL;
    }
    root = json_loadb(text_string(&quoted), quoted.length, JSON_DECODE_ANY,
                      &reason);
    if (root == NULL) {
        fail_parse(text, length, name, &reason, err);
    }
    text_clear(&quoted);
    return root;
}
