/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How things look: attributes, colours and glyphs, each with a plain twin.
 *
 * The background is always the terminal's own; colours are the 16 that the
 * user chose; without them bold, dim and glyphs say the same.
 */
#ifndef TUI_THEME_H
#define TUI_THEME_H

#include <curses.h>
#include <stdbool.h>
#include <stddef.h>

enum style {
    STYLE_PLAIN,
    STYLE_DIM,      /* secondary text, rules */
    STYLE_BOLD,     /* titles */
    STYLE_KEY,      /* keys in the footer */
    STYLE_ACCENT,   /* what the rank keeps; the rank itself */
    STYLE_ON,       /* adapted */
    STYLE_CHANGED,  /* changed by the last key */
    STYLE_SELECTED, /* the row of a list */
    STYLE_WARNING,
    STYLE_ERROR,
    STYLE_WEIGHTS, /* the four parts of the ledger */
    STYLE_ADAPTERS,
    STYLE_GRADIENTS,
    STYLE_OPTIMIZER,
};
enum { STYLES = STYLE_OPTIMIZER + 1 };

struct theme {
    bool utf8;
    attr_t attributes[STYLES];
    short pairs[STYLES];
};

/* COLOR: start_color has succeeded.  Calls init_pair. */
void theme_init(struct theme *theme, bool utf8, bool color);

/* Is the codeset of LC_CTYPE UTF-8, and a box a single column wide? */
bool theme_locale_is_utf8(void);

/* TEXT as this theme can show it: itself, or with ASCII for every glyph that
 * the program uses and '?' for others.  Returns OUT.
 */
char *theme_text(const struct theme *theme, char *out, size_t size,
                 const char *text);

#endif
