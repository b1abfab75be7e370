/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The line editor behind every prompt and filter.
 */
#include "explorer/prompt.h"

#include <string.h>

#include "base/text.h"

void line_set(struct line *line, const char *text)
{
    text_sanitize(line->text, sizeof line->text, text);
    line->length = line->cursor = strlen(line->text);
    line->offered = false;
}

void line_offer(struct line *line, const char *text)
{
    line_set(line, text);
    line->offered = true;
}

/* UTF-8 of a code point; 0 bytes for what cannot be one. */
static size_t encode(int32_t character, char out[4])
{
    uint32_t c = (uint32_t)character;
    if (character < 0x20 || (c >= 0x7f && c < 0xa0) || c > 0x10ffff ||
        (c >= 0xd800 && c < 0xe000)) {
        return 0;
    }
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

bool line_insert(struct line *line, int32_t character)
{
    char bytes[5] = {0}, clean[8];
    size_t length = encode(character, bytes);
    if (line->offered && length > 0) {
        line_set(line, "");
    }
    if (length == 0 || line->length + length >= sizeof line->text) {
        return false;
    }
    text_sanitize(clean, sizeof clean, bytes);
    if (strcmp(clean, bytes) != 0) {
        return false; /* a direction mark or a width nobody knows */
    }
    memmove(line->text + line->cursor + length, line->text + line->cursor,
            line->length - line->cursor + 1);
    memcpy(line->text + line->cursor, bytes, length);
    line->cursor += length;
    line->length += length;
    return true;
}

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xc0U) == 0x80;
}

void line_left(struct line *line)
{
    line->offered = false;
    while (line->cursor > 0 && is_continuation(line->text[line->cursor - 1])) {
        line->cursor--;
    }
    if (line->cursor > 0) {
        line->cursor--;
    }
}

void line_right(struct line *line)
{
    line->offered = false;
    if (line->cursor < line->length) {
        line->cursor++;
    }
    while (line->cursor < line->length &&
           is_continuation(line->text[line->cursor])) {
        line->cursor++;
    }
}

void line_first(struct line *line)
{
    line->offered = false;
    line->cursor = 0;
}

void line_last(struct line *line)
{
    line->offered = false;
    line->cursor = line->length;
}

void line_backspace(struct line *line)
{
    size_t end = line->cursor;
    line_left(line);
    memmove(line->text + line->cursor, line->text + end,
            line->length - end + 1);
    line->length -= end - line->cursor;
}

void line_delete(struct line *line)
{
    if (line->cursor < line->length) {
        line_right(line);
        line_backspace(line);
    }
}
