/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Colours and the ASCII twins of glyphs.
 */
#include "tui/theme.h"

#include <langinfo.h>
#include <string.h>
#include <wchar.h>

struct look {
    attr_t attributes;
    short color; /* -1: the default */
};

static const struct look looks[STYLES] = {
    [STYLE_PLAIN] = {A_NORMAL, -1},
    [STYLE_DIM] = {A_DIM, -1},
    [STYLE_BOLD] = {A_BOLD, -1},
    [STYLE_KEY] = {A_BOLD, -1},
    [STYLE_ACCENT] = {A_BOLD, COLOR_CYAN},
    [STYLE_ON] = {A_NORMAL, COLOR_GREEN},
    [STYLE_CHANGED] = {A_BOLD, -1},
    [STYLE_SELECTED] = {A_REVERSE, -1},
    [STYLE_WARNING] = {A_BOLD, COLOR_MAGENTA},
    [STYLE_ERROR] = {A_BOLD, COLOR_RED},
    [STYLE_WEIGHTS] = {A_NORMAL, COLOR_CYAN},
    [STYLE_ADAPTERS] = {A_NORMAL, COLOR_GREEN},
    [STYLE_GRADIENTS] = {A_NORMAL, COLOR_MAGENTA},
    [STYLE_OPTIMIZER] = {A_NORMAL, COLOR_YELLOW},
};

void theme_init(struct theme *theme, bool utf8, bool color)
{
    theme->utf8 = utf8;
    for (size_t i = 0; i < STYLES; i++) {
        short number = (short)(i + 1);
        theme->attributes[i] = looks[i].attributes;
        theme->pairs[i] = 0;
        if (color && looks[i].color >= 0 &&
            init_pair(number, looks[i].color, -1) == OK) {
            theme->pairs[i] = number;
        }
    }
}

bool theme_locale_is_utf8(void)
{
    const char *codeset = nl_langinfo(CODESET);
    return (strcmp(codeset, "UTF-8") == 0 || strcmp(codeset, "utf8") == 0) &&
           wcwidth(0x2500) == 1 && wcwidth(0x2588) == 1;
}

struct twin {
    const char *glyph, *ascii;
};

/* Blocks come as a ladder by height: "_.:-=+*#". */
static const struct twin twins[] = {
    {"\u2581", "_"},     {"\u2582", "."},     {"\u2583", "."},
    {"\u2584", ":"},     {"\u2585", "-"},     {"\u2586", "="},
    {"\u2587", "*"},     {"\u2588", "#"},     {"\u258f", "."},
    {"\u258e", "."},     {"\u258d", ":"},     {"\u258c", "-"},
    {"\u258b", "="},     {"\u258a", "+"},     {"\u2589", "*"},
    {"\u2593", "%"},     {"\u2592", "+"},     {"\u2591", "."},
    {"\u2500", "-"},     {"\u2502", "|"},     {"\u250a", ":"},
    {"\u25c2", "<"},     {"\u25b8", ">"},     {"\u2026", "~"},
    {"\u00d7", "x"},     {"\u00b7", "."},     {"\u0394", "d"},
    {"\u03b1", "alpha"}, {"\u03c3", "sigma"}, {"\u2190", "<"},
    {"\u2191", "^"},     {"\u2192", ">"},     {"\u2193", "v"},
    {"\u25cf", "o"},     {"\u2717", "!"},     {"\u2013", "-"},
    {"\u2265", ">="},    {"\u2014", "-"},     {"\u221a", "sqrt "},
    {"\u2081", "1"},     {"\u02d9", "'"},
};

static const char *find_twin(const char *glyph, size_t length)
{
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++) {
        if (strlen(twins[i].glyph) == length &&
            memcmp(twins[i].glyph, glyph, length) == 0) {
            return twins[i].ascii;
        }
    }
    return "?";
}

static size_t sequence_length(const char *text)
{
    size_t length = 1;
    while (((unsigned char)text[length] & 0xc0U) == 0x80) {
        length++;
    }
    return length;
}

char *theme_text(const struct theme *theme, char *out, size_t size,
                 const char *text)
{
    size_t used = 0;
    while (*text != '\0') {
        size_t length = sequence_length(text), from = length;
        const char *piece = text;
        if (!theme->utf8 && (unsigned char)*text >= 0x80) {
            piece = find_twin(text, length);
            length = strlen(piece);
        }
        if (used + length >= size) {
            break;
        }
        memcpy(out + used, piece, length);
        used += length;
        text += from;
    }
    out[used] = '\0';
    return out;
}
