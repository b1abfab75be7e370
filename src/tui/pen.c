/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The drawing primitives under all views.
 */
#include "tui/pen.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { PEN_SIZE = 1024 };

int pen_columns(const struct pen *pen, const char *text)
{
    char shown[PEN_SIZE];
    theme_text(pen->theme, shown, sizeof shown, text);
    return (int)text_columns(shown);
}

/* How many of COLS columns from x lie inside the window. */
static int clip(const struct pen *pen, int y, int x, int cols)
{
    int rows, width;
    getmaxyx(pen->window, rows, width);
    if (y < 0 || y >= rows || x < 0 || x >= width) {
        return 0;
    }
    return cols < width - x ? cols : width - x;
}

static void put(const struct pen *pen, int y, int x, enum style style,
                const char *text)
{
    const struct theme *theme = pen->theme;
    wattr_set(pen->window, theme->attributes[style], theme->pairs[style], NULL);
    mvwaddnstr(pen->window, y, x, text, -1);
    wattr_set(pen->window, A_NORMAL, 0, NULL);
}

int pen_text(const struct pen *pen, int y, int x, int cols, enum style style,
             const char *text)
{
    char shown[PEN_SIZE];
    cols = clip(pen, y, x, cols);
    if (cols <= 0) {
        return 0;
    }
    theme_text(pen->theme, shown, sizeof shown - 8, text);
    int columns = (int)text_columns(shown);
    if (columns > cols) {
        size_t fit = text_fit(shown, (size_t)cols - 1);
        snprintf(shown + fit, sizeof shown - fit, "%s",
                 pen->theme->utf8 ? "\u2026" : "~");
        columns = (int)text_columns(shown);
    }
    put(pen, y, x, style, shown);
    return columns;
}

int pen_text_if(const struct pen *pen, int y, int x, int cols, enum style style,
                const char *text)
{
    return pen_columns(pen, text) <= cols
               ? pen_text(pen, y, x, cols, style, text)
               : 0;
}

int pen_format(const struct pen *pen, int y, int x, int cols, enum style style,
               const char *format, ...)
{
    char text[PEN_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return pen_text(pen, y, x, cols, style, text);
}

void pen_right(const struct pen *pen, int y, int x, int cols, enum style style,
               const char *text)
{
    int columns = pen_columns(pen, text);
    int start = columns < cols ? x + cols - columns : x;
    pen_text(pen, y, start, columns < cols ? columns : cols, style, text);
}

void pen_fill(const struct pen *pen, int y, int x, int cols, enum style style,
              const char *glyph)
{
    char shown[16];
    theme_text(pen->theme, shown, sizeof shown, glyph);
    cols = clip(pen, y, x, cols);
    for (int i = 0; i < cols; i++) {
        put(pen, y, x + i, style, shown);
    }
}

const char *pen_block(int level)
{
    static const char *const blocks[] = {
        " ",      "\u2581", "\u2582", "\u2583", "\u2584",
        "\u2585", "\u2586", "\u2587", "\u2588",
    };
    return blocks[level < 0 ? 0 : level > 8 ? 8 : level];
}

void pen_bar(const struct pen *pen, int y, int x, int cols, enum style style,
             double fraction)
{
    static const char *const parts[] = {
        " ",      "\u258f", "\u258e", "\u258d",
        "\u258c", "\u258b", "\u258a", "\u2589",
    };
    if (!(fraction > 0) || cols <= 0) {
        return;
    }
    int eighths = (int)lround((fraction > 1 ? 1 : fraction) * cols * 8);
    eighths = eighths < 1 ? 1 : eighths; /* something is never nothing */
    pen_fill(pen, y, x, eighths / 8, style, "\u2588");
    if (eighths % 8 > 0) {
        pen_fill(pen, y, x + eighths / 8, 1, style, parts[eighths % 8]);
    }
}

void pen_rule(const struct pen *pen, int y, int x, int cols, const char *title,
              const char *right, bool bold)
{
    pen_fill(pen, y, x, cols, STYLE_DIM, "\u2500");
    int used = 0;
    if (title[0] != '\0' && cols > 8) {
        pen_text(pen, y, x + 2, 1, STYLE_DIM, " ");
        used = pen_text(pen, y, x + 3, cols - 6,
                        bold ? STYLE_BOLD : STYLE_PLAIN, title);
        pen_text(pen, y, x + 3 + used, 1, STYLE_DIM, " ");
        used += 5;
    }
    int columns = pen_columns(pen, right);
    if (columns > 0 && used + columns + 4 < cols) {
        pen_text(pen, y, x + cols - columns - 3, 1, STYLE_DIM, " ");
        pen_text(pen, y, x + cols - columns - 2, columns, STYLE_DIM, right);
        pen_text(pen, y, x + cols - 2, 1, STYLE_DIM, " ");
    }
}
