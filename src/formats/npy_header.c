/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A reader for the one Python literal that heads a .npy file.
 *
 * numpy evaluates the header with ast.literal_eval; this accepts what that
 * accepts of dictionaries with the keys descr, fortran_order and shape, in any
 * order, the last of equal keys winning, and nothing that is no such thing.
 */
#include "formats/npy_header.h"

#include <string.h>

#include "base/alloc.h"

enum { KEY_DESCR, KEY_ORDER, KEY_SHAPE, KEY_COUNT };

static const char *const keys[KEY_COUNT] = {"descr", "fortran_order", "shape"};

struct reader {
    const char *at, *end;
    const char *name;
    struct error *err;
};

static bool refuse(struct reader *reader, const char *what)
{
    return error_set(reader->err, ERROR_FORMAT,
                     "%s: the .npy header %s; write the file again with "
                     "numpy.save",
                     reader->name, what);
}

static char peek(const struct reader *reader)
{
    return reader->at < reader->end ? *reader->at : '\0';
}

/* Skip blanks, line ends and comments. */
static void skip(struct reader *reader)
{
    while (reader->at < reader->end) {
        if (*reader->at == '#') {
            while (reader->at < reader->end && *reader->at != '\n') {
                reader->at++;
            }
        } else if (strchr(" \t\f\r\n", *reader->at) != NULL &&
                   *reader->at != '\0') {
            reader->at++;
        } else {
            return;
        }
    }
}

/* Take C, after blanks, if it comes next. */
static bool take(struct reader *reader, char c)
{
    skip(reader);
    if (reader->at < reader->end && *reader->at == c) {
        reader->at++;
        return true;
    }
    return false;
}

static bool take_word(struct reader *reader, const char *word)
{
    skip(reader);
    size_t length = strlen(word);
    if ((size_t)(reader->end - reader->at) < length ||
        memcmp(reader->at, word, length) != 0) {
        return false;
    }
    reader->at += length;
    return true;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

/* The character after a backslash; only what can spell a plain ASCII name. */
static bool read_escape(struct reader *reader, char *out)
{
    const char *at = reader->at;
    if (reader->end - at >= 3 && at[0] == 'x' && digit(at[1]) < 8 &&
        digit(at[2]) < 16) {
        *out = (char)(digit(at[1]) * 16 + digit(at[2]));
        reader->at += 3;
        return *out != '\0' || refuse(reader, "has a NUL in a string");
    }
    if (at < reader->end && (*at == '\\' || *at == '\'' || *at == '"')) {
        *out = *at;
        reader->at++;
        return true;
    }
    return refuse(reader, "has an escape that no key or type needs");
}

/* A quoted string; what does not fit in SIZE is cut, and so matches nothing. */
static bool read_string(struct reader *reader, char *out, size_t size)
{
    skip(reader);
    const char quote = peek(reader);
    if (quote != '\'' && quote != '"') {
        return refuse(reader, "has something else where a string belongs");
    }
    reader->at++;
    size_t length = 0;
    while (reader->at < reader->end && *reader->at != quote &&
           *reader->at != '\n') {
        char c = *reader->at++;
        if (c == '\\' && !read_escape(reader, &c)) {
            return false;
        }
        if (length + 1 < size) {
            out[length++] = c;
        }
    }
    out[length] = '\0';
    if (peek(reader) != quote) {
        return refuse(reader, "has a string without an end");
    }
    reader->at++;
    return true;
}

/* The base that a prefix 0x, 0o or 0b announces, taken; else 10. */
static int read_base(struct reader *reader)
{
    if (peek(reader) != '0' || reader->end - reader->at < 2) {
        return 10;
    }
    const char mark = (char)(reader->at[1] | 0x20);
    const int base = mark == 'x' ? 16 : mark == 'o' ? 8 : mark == 'b' ? 2 : 10;
    reader->at += base == 10 ? 0 : 2;
    return base;
}

/* A dimension: 3, +3, 0x3, 1_000, and Python 2's 3L. */
static bool read_dimension(struct reader *reader, uint64_t *out)
{
    take(reader, '+');
    if (take(reader, '-')) {
        return refuse(reader, "has a negative size");
    }
    const int base = read_base(reader);
    const char *start = reader->at;
    uint64_t value = 0;
    while (digit(peek(reader)) < base) {
        if (!checked_mul(value, (uint64_t)base, &value) ||
            !checked_add(value, (uint64_t)digit(peek(reader)), &value)) {
            return refuse(reader, "has a size past 2^64");
        }
        reader->at++;
        if (peek(reader) == '_' && reader->end - reader->at > 1 &&
            digit(reader->at[1]) < base) {
            reader->at++;
        }
    }
    if (reader->at == start) {
        return refuse(reader, "has a shape that is no tuple of whole numbers");
    }
    if (base == 10 && *start == '0' && value != 0) {
        return refuse(reader, "has a size that begins with 0");
    }
    if (peek(reader) == 'L') {
        reader->at++;
    }
    *out = value;
    return true;
}

static bool read_shape(struct reader *reader, struct npy_header *header)
{
    if (!take(reader, '(')) {
        return refuse(reader, "has a shape that is no tuple of whole numbers");
    }
    size_t count = 0;
    bool comma = true;
    while (!take(reader, ')')) {
        uint64_t value = 0;
        if (!comma) {
            return refuse(reader, "has a shape that is no tuple");
        }
        if (!read_dimension(reader, &value)) {
            return false;
        }
        if (count < 2) {
            header->shape[count] = value;
        }
        count++;
        comma = take(reader, ',');
    }
    if (count == 1 && !comma) {
        return refuse(reader, "has a number for a shape, not a tuple");
    }
    header->dimensions = count;
    return true;
}

static bool read_order(struct reader *reader, struct npy_header *header)
{
    if (take_word(reader, "True")) {
        header->fortran = true;
        return true;
    }
    if (take_word(reader, "False")) {
        header->fortran = false;
        return true;
    }
    return refuse(reader, "has a fortran_order that is neither True nor False");
}

/* Structured types are known by their bracket and not read any further. */
static bool read_descr(struct reader *reader, struct npy_header *header)
{
    skip(reader);
    header->structured = peek(reader) == '[' || peek(reader) == '(';
    return header->structured ||
           read_string(reader, header->descr, sizeof header->descr);
}

static bool read_entry(struct reader *reader, struct npy_header *header,
                       bool seen[KEY_COUNT])
{
    char key[32];
    if (!read_string(reader, key, sizeof key)) {
        return false;
    }
    size_t k = 0;
    while (k < KEY_COUNT && strcmp(key, keys[k]) != 0) {
        k++;
    }
    if (k == KEY_COUNT) {
        return refuse(reader, "has a key other than descr, fortran_order and "
                              "shape");
    }
    if (!take(reader, ':')) {
        return refuse(reader, "lacks a colon after a key");
    }
    seen[k] = true;
    return k == KEY_DESCR   ? read_descr(reader, header)
           : k == KEY_ORDER ? read_order(reader, header)
                            : read_shape(reader, header);
}

bool npy_header_parse(const char *text, size_t length, const char *name,
                      struct npy_header *header, struct error *err)
{
    struct reader reader = {text, text + length, name, err};
    bool seen[KEY_COUNT] = {false};
    *header = (struct npy_header){0};
    if (memchr(text, '\0', length) != NULL) {
        return refuse(&reader, "holds a NUL byte");
    }
    if (!take(&reader, '{')) {
        return refuse(&reader, "is no dictionary");
    }
    bool comma = true;
    while (!take(&reader, '}')) {
        if (!comma) {
            return refuse(&reader, "lacks a comma or its closing brace");
        }
        if (!read_entry(&reader, header, seen)) {
            return false;
        }
        if (header->structured) {
            return true;
        }
        comma = take(&reader, ',');
    }
    skip(&reader);
    if (reader.at < reader.end) {
        return refuse(&reader, "goes on after its dictionary");
    }
    if (!seen[KEY_DESCR] || !seen[KEY_ORDER] || !seen[KEY_SHAPE]) {
        return refuse(&reader, "lacks descr, fortran_order or shape");
    }
    return true;
}
