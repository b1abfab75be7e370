/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The two last rows: what is said or asked, and the keys that matter here.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "explorer/command.h"
#include "tui/view.h"

static const char *prompt_label(enum prompt_kind kind)
{
    switch (kind) {
    case PROMPT_NONE:
        break;
    case PROMPT_RANK:
        return "rank: ";
    case PROMPT_ALPHA:
        return "lora_alpha: ";
    case PROMPT_SEED:
        return "seed: ";
    case PROMPT_TARGETS:
        return "target_modules: ";
    case PROMPT_FILE:
        return "write to: ";
    }
    return "";
}

/* The typed line, scrolled so that its cursor is seen. */
static void put_prompt(const struct pen *pen, const struct state *state,
                       struct rect area, int *y, int *x)
{
    const struct line *line = &state->line;
    int used = pen_text(pen, area.y, area.x, area.cols, STYLE_BOLD,
                        prompt_label(state->prompt));
    int room = area.cols - used - 1;
    char before[LINE_SIZE];
    snprintf(before, sizeof before, "%.*s", (int)line->cursor, line->text);
    size_t skip = 0;
    while (before[skip] != '\0' && pen_columns(pen, before + skip) > room) {
        do {
            skip++;
        } while (((unsigned char)before[skip] & 0xc0U) == 0x80);
    }
    pen_text(pen, area.y, area.x + used, area.cols - used, STYLE_PLAIN,
             line->text + skip);
    *y = area.y;
    *x = area.x + used + pen_columns(pen, before + skip);
    /* What was wrong with the last try stands behind it. */
    int end = area.x + used + pen_columns(pen, line->text + skip) + 2;
    if (state->message[0] != '\0' && end < area.x + area.cols - 10) {
        pen_text(pen, area.y, end, area.x + area.cols - end, STYLE_WARNING,
                 state->message);
    }
}

static void put_message(const struct pen *pen, const struct state *state,
                        struct rect area)
{
    switch (state->severity) {
    case SAY_PLAIN:
        pen_text(pen, area.y, area.x, area.cols, STYLE_PLAIN, state->message);
        break;
    case SAY_WARNING:
        pen_format(pen, area.y, area.x, area.cols, STYLE_WARNING, "! %s",
                   state->message);
        break;
    case SAY_ERROR:
        pen_format(pen, area.y, area.x, area.cols, STYLE_ERROR, "error: %s",
                   state->message);
        break;
    }
}

/* Nobody said anything: what stands, or what the row is about. */
static void put_standing(const struct pen *pen, const struct state *state,
                         struct rect area)
{
    if (state->list.kind != LIST_NONE) {
        view_list_detail(pen, state, area);
        return;
    }
    const struct target_row *row = state_row(state);
    const struct figures *figures = state->figures;
    if (figures != NULL && figures->problem.code != ERROR_NONE) {
        pen_format(pen, area.y, area.x, area.cols, STYLE_ERROR, "error: %s",
                   figures->problem.message);
    } else if (row != NULL && row->reason != NULL) {
        pen_format(pen, area.y, area.x, area.cols, STYLE_DIM, "%s: %s",
                   row->label, row->reason);
    } else if (figures != NULL && figures->count.warning_count > 0) {
        char text[MESSAGE_SIZE];
        text_sanitize(text, sizeof text, figures->count.warnings[0]);
        pen_format(pen, area.y, area.x, area.cols, STYLE_WARNING, "! %s", text);
    }
}

void view_message(const struct pen *pen, const struct state *state,
                  struct rect area, int *y, int *x)
{
    if (area.rows <= 0) {
        return;
    }
    if (state->confirm) {
        *x = area.x + pen_format(pen, area.y, area.x, area.cols - 1,
                                 STYLE_WARNING, "! %s exists: overwrite it? ",
                                 state->line.text);
        *y = area.y;
    } else if (state->prompt != PROMPT_NONE) {
        put_prompt(pen, state, area, y, x);
    } else if (state->message[0] != '\0') {
        put_message(pen, state, area);
    } else {
        put_standing(pen, state, area);
    }
}

/* The first of the keys, for the footer. */
static void key_text(const struct pen *pen, const struct command *command,
                     char *out, size_t size)
{
    if (command->glyphs != NULL) {
        snprintf(out, size, "%s",
                 pen->theme->utf8 ? command->glyphs : command->plain);
        return;
    }
    size_t length = strcspn(command->keys, " ");
    snprintf(out, size, "%.*s", (int)length, command->keys);
}

/* Columns of the hints whose priority is at most MOST. */
static int hints_columns(const struct pen *pen,
                         const struct command_hint *hints, size_t count,
                         unsigned most)
{
    int total = 0;
    for (size_t i = 0; i < count; i++) {
        char key[32];
        if (hints[i].priority <= most) {
            key_text(pen, hints[i].command, key, sizeof key);
            total += pen_columns(pen, key) + 1 +
                     pen_columns(pen, hints[i].command->label) +
                     (total > 0 ? 2 : 0);
        }
    }
    return total;
}

void view_footer(const struct pen *pen, const struct state *state,
                 struct rect area)
{
    enum { FOOTER_MOST = 16 };
    struct command_hint hints[FOOTER_MOST];
    if (area.rows <= 0) {
        return;
    }
    size_t all = command_footer(state, hints, FOOTER_MOST), count = 0;
    for (size_t i = 0; i < all; i++) {
        if (command_disabled(hints[i].command, state) == NULL) {
            hints[count++] = hints[i];
        }
    }
    unsigned most = FOOTER_MOST;
    while (most > 1 && hints_columns(pen, hints, count, most) > area.cols) {
        most--;
    }
    int x = area.x, end = area.x + area.cols;
    for (size_t i = 0; i < count; i++) {
        if (hints[i].priority > most) {
            continue;
        }
        char key[32];
        key_text(pen, hints[i].command, key, sizeof key);
        x += pen_text(pen, area.y, x, end - x, STYLE_KEY, key) + 1;
        x += pen_text(pen, area.y, x, end - x, STYLE_DIM,
                      hints[i].command->label) +
             2;
    }
}
