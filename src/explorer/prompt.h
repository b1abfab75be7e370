/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A line of text being typed: bounded, UTF-8, a cursor between characters.
 */
#ifndef EXPLORER_PROMPT_H
#define EXPLORER_PROMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LINE_SIZE = 512 }; /* bytes, NUL included */

struct line {
    char text[LINE_SIZE];
    size_t length, cursor; /* bytes */
    bool offered;          /* the first character typed replaces all of it */
};

void line_set(struct line *line, const char *text); /* cursor at the end */
/* The same, for a value that is rather replaced than added to. */
void line_offer(struct line *line, const char *text);
/* Insert one character; false when it is no printable one or does not fit. */
bool line_insert(struct line *line, int32_t character);
void line_backspace(struct line *line);
void line_delete(struct line *line);
void line_left(struct line *line);
void line_right(struct line *line);
void line_first(struct line *line);
void line_last(struct line *line);

#endif
