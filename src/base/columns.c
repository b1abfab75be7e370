/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Characters on a terminal: decoding UTF-8, columns, and what is safe to show.
 *
 * UTF-8 is decoded here, because mbrtowc does so only in a UTF-8 locale and
 * file contents are UTF-8 whatever the locale.  Widths come from wcwidth, so
 * that they agree with curses; in other locales wcwidth knows only ASCII and
 * the tables below stand in for it.
 */
#include "base/text.h"

#include <langinfo.h>
#include <string.h>
#include <wchar.h>

struct range {
    uint32_t first, last;
};

/* Never shown: controls, bidirectional marks and overrides, other invisible
 * format characters, separators that break lines, tags.
 */
static const struct range unsafe_ranges[] = {
    {0x0000, 0x001f},   {0x007f, 0x009f},    {0x00ad, 0x00ad}, {0x061c, 0x061c},
    {0x180e, 0x180e},   {0x200b, 0x200f},    {0x2028, 0x202e}, {0x2060, 0x206f},
    {0xd800, 0xdfff},   {0xfeff, 0xfeff},    {0xfff0, 0xfffb}, {0xfffe, 0xffff},
    {0x1d173, 0x1d17a}, {0xe0000, 0x10ffff},
};

/* Without a UTF-8 locale also not shown: combining marks, private use, and
 * what is mostly unassigned.
 */
static const struct range unknown_ranges[] = {
    {0x0300, 0x036f},   {0x0483, 0x0489},   {0x0591, 0x05c7},
    {0x0610, 0x061a},   {0x064b, 0x065f},   {0x0670, 0x0670},
    {0x06d6, 0x06ed},   {0x0711, 0x0711},   {0x0730, 0x074a},
    {0x07a6, 0x0902},   {0x093a, 0x094f},   {0x0951, 0x0957},
    {0x0962, 0x0963},   {0x0980, 0x0e00},   {0x0e31, 0x0e31},
    {0x0e34, 0x0e3a},   {0x0e47, 0x0e4e},   {0x0e80, 0x109f},
    {0x1160, 0x11ff},   {0x135d, 0x135f},   {0x1700, 0x1dff},
    {0x20d0, 0x20ff},   {0x2cef, 0x2cf1},   {0x2de0, 0x2dff},
    {0x302a, 0x302f},   {0x3099, 0x309a},   {0xa4d0, 0xabff},
    {0xd7a4, 0xf8ff},   {0xfb1e, 0xfb1e},   {0xfe00, 0xfe0f},
    {0xfe20, 0xfe2f},   {0x10000, 0x1d0ff}, {0x1d100, 0x1d3ff},
    {0x1d800, 0x1efff}, {0x1fb00, 0x1ffff}, {0x2fa20, 0x2ffff},
    {0x31350, 0xdffff},
};

static const struct range wide_ranges[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x23e9, 0x23ec},
    {0x2e80, 0x303e},   {0x3041, 0xa4cf},   {0xac00, 0xd7a3},
    {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff01, 0xff60},
    {0xffe0, 0xffe6},   {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff},
    {0x1f900, 0x1faff}, {0x20000, 0x3fffd},
};

#define RANGES(table) (table), sizeof(table) / sizeof(table)[0]

static bool in_ranges(uint32_t point, const struct range *ranges, size_t count)
{
    size_t low = 0;

    while (low < count) {
        size_t middle = low + (count - low) / 2;

        if (point > ranges[middle].last) {
            low = middle + 1;
        } else if (point < ranges[middle].first) {
            count = middle;
        } else {
            return true;
        }
    }
    return false;
}

/* Bytes that the lead byte announces, 0 when it cannot lead; *point gets its
 * payload and *smallest the least code point that needs so many bytes.
 */
static size_t decode_lead(unsigned char lead, uint32_t *point,
                          uint32_t *smallest)
{
    if (lead < 0x80) {
        *point = lead;
        *smallest = 0;
        return 1;
    }
    if ((lead & 0xe0) == 0xc0) {
        *point = lead & 0x1f;
        *smallest = 0x80;
        return 2;
    }
    if ((lead & 0xf0) == 0xe0) {
        *point = lead & 0x0f;
        *smallest = 0x800;
        return 3;
    }
    if ((lead & 0xf8) == 0xf0) {
        *point = lead & 0x07;
        *smallest = 0x10000;
        return 4;
    }
    return 0;
}

size_t text_decode(const char *string, uint32_t *point)
{
    uint32_t value = 0;
    uint32_t smallest = 0;
    size_t length = decode_lead((unsigned char)string[0], &value, &smallest);

    if (string[0] == '\0') {
        *point = 0;
        return 0;
    }
    *point = TEXT_INVALID;
    for (size_t i = 1; i < length; i++) {
        unsigned char byte = (unsigned char)string[i];

        if ((byte & 0xc0) != 0x80) { /* the final NUL stops here too */
            return 1;
        }
        value = value << 6 | (byte & 0x3f);
    }
    if (length == 0 || value < smallest || value > 0x10ffff ||
        (value >= 0xd800 && value <= 0xdfff)) {
        return 1;
    }
    *point = value;
    return length;
}

static bool locale_is_utf8(void)
{
    const char *codeset = nl_langinfo(CODESET);

    return text_equal_fold(codeset, "UTF-8") ||
           text_equal_fold(codeset, "utf8");
}

/* Columns of a code point, -1 when it must not be shown. */
static int point_width(uint32_t point, bool utf8)
{
    if (point >= 0x20 && point < 0x7f) {
        return 1;
    }
    if (point >= TEXT_INVALID || in_ranges(point, RANGES(unsafe_ranges))) {
        return -1;
    }
    if (utf8) {
        return wcwidth((wchar_t)point);
    }
    if (in_ranges(point, RANGES(unknown_ranges))) {
        return -1;
    }
    return in_ranges(point, RANGES(wide_ranges)) ? 2 : 1;
}

void text_sanitize(char *target, size_t size, const char *source)
{
    bool utf8 = locale_is_utf8();
    size_t used = 0;
    uint32_t point;
    size_t length;

    if (size == 0) {
        return;
    }
    while ((length = text_decode(source, &point)) > 0) {
        bool shown = point_width(point, utf8) >= 0;
        size_t bytes = shown ? length : 1;

        if (bytes >= size - used) {
            break;
        }
        memcpy(target + used, shown ? source : "?", bytes);
        used += bytes;
        source += length;
    }
    target[used] = '\0';
}

/* What cannot be shown takes the one column of its '?'. */
static size_t shown_columns(uint32_t point, bool utf8)
{
    int width = point_width(point, utf8);

    return width < 0 ? 1 : (size_t)width;
}

size_t text_columns(const char *string)
{
    bool utf8 = locale_is_utf8();
    size_t columns = 0;
    uint32_t point;
    size_t length;

    while ((length = text_decode(string, &point)) > 0) {
        columns += shown_columns(point, utf8);
        string += length;
    }
    return columns;
}

size_t text_fit(const char *string, size_t columns)
{
    bool utf8 = locale_is_utf8();
    size_t bytes = 0;
    uint32_t point;
    size_t length;

    while ((length = text_decode(string + bytes, &point)) > 0) {
        size_t width = shown_columns(point, utf8);

        if (width > columns) {
            break;
        }
        columns -= width;
        bytes += length;
    }
    return bytes;
}
