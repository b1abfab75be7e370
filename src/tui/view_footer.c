/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The two last rows: what is said or asked, and the keys that matter here.
 */
#include <stdio.h>
#include <string.h>

#include "adapter/method.h"
#include "base/text.h"
#include "explorer/action.h"
#include "explorer/command.h"
#include "tui/view.h"

static const char *prompt_label(const struct state *state)
{
    switch (state->prompt) {
    case PROMPT_NONE:
        break;
    case PROMPT_RANK:
    case PROMPT_ROW_RANK:
        return "rank";
    case PROMPT_ALPHA:
    case PROMPT_ROW_ALPHA:
        return state_has_alpha(state) ? state->choice.adapter.method->alpha_key
                                      : "alpha";
    case PROMPT_SEED:
        return "seed";
    case PROMPT_TARGETS:
        return "target_modules";
    case PROMPT_FILE:
        return "write to";
    case PROMPT_IMPORT:
        return "read settings from";
    case PROMPT_FIELD:
        return "field=value";
    }
    return "";
}

/* What is being typed; of a row, with its name. */
static int put_label(const struct pen *pen, const struct state *state,
                     struct rect area)
{
    const struct target_row *row = state_row(state);
    bool of_row =
        state->prompt == PROMPT_ROW_RANK || state->prompt == PROMPT_ROW_ALPHA;
    bool named = of_row && row != NULL;
    return pen_format(pen, area.y, area.x, area.cols, STYLE_BOLD,
                      "%s%s%s: ", prompt_label(state), named ? " of " : "",
                      named ? row->label : "");
}

/* The typed line, scrolled so that its cursor is seen. */
static void put_prompt(const struct pen *pen, const struct state *state,
                       struct rect area, int *y, int *x)
{
    const struct line *line = &state->line;
    int used = put_label(pen, state, area);
    int room = area.cols - used - 1;
    char before[LINE_SIZE];
    snprintf(before, sizeof before, "%.*s", (int)line->cursor, line->text);
    size_t skip = 0;
    while (before[skip] != '\0' && pen_columns(pen, before + skip) > room) {
        do {
            skip++;
        } while (((unsigned char)before[skip] & 0xc0U) == 0x80);
    }
    /* What is offered looks chosen, as typing takes its place. */
    pen_text(pen, area.y, area.x + used, area.cols - used,
             line->offered ? STYLE_SELECTED : STYLE_PLAIN, line->text + skip);
    *y = area.y;
    *x = area.x + used + pen_columns(pen, before + skip);
}

/* How many warnings stand behind what is shown, where there is room. */
static void put_count(const struct pen *pen, const struct state *state,
                      struct rect area, int used)
{
    size_t count = state_warnings(state);
    char text[48];
    snprintf(text, sizeof text, "! %zu warning%s", count,
             count == 1 ? "" : "s");
    if (count > 0 && used + 3 + (int)strlen(text) <= area.cols) {
        pen_right(pen, area.y, area.x, area.cols, STYLE_WARNING, text);
    }
}

/* A sentence; what is longer than the row ends in the key that shows it all. */
static int put_sentence(const struct pen *pen, const struct state *state,
                        struct rect area, enum severity severity,
                        const char *sentence)
{
    static const char *const before[] = {
        [SAY_PLAIN] = "", [SAY_WARNING] = "! ", [SAY_ERROR] = "error: "};
    static const enum style styles[] = {[SAY_PLAIN] = STYLE_PLAIN,
                                        [SAY_WARNING] = STYLE_WARNING,
                                        [SAY_ERROR] = STYLE_ERROR};
    static const char more[] = "  !: all";
    char text[MESSAGE_SIZE + 16];
    snprintf(text, sizeof text, "%s%s", before[severity], sentence);
    bool here = command_context(state) == CONTEXT_MAIN;
    if (pen_columns(pen, text) <= area.cols || !here) {
        return pen_text(pen, area.y, area.x, area.cols, styles[severity], text);
    }
    int room = area.cols - (int)strlen(more);
    int used = pen_text(pen, area.y, area.x, room, styles[severity], text);
    pen_text(pen, area.y, area.x + used, area.cols - used, STYLE_DIM, more);
    return area.cols;
}

/* Why PEFT refuses the choice, or what to press then. */
static void put_problem(const struct pen *pen, const struct state *state,
                        struct rect area)
{
    char hint[MESSAGE_SIZE];
    bool brief = area.cols < LAYOUT_NORMAL_COLS;
    bool told = state_hint(state, brief, hint, sizeof hint);
    put_sentence(pen, state, area, SAY_ERROR,
                 told ? hint : state->figures->problem.message);
}

/* Is the message what stands anyway? */
static bool is_problem(const struct state *state)
{
    return state->figures != NULL && state->severity == SAY_ERROR &&
           state->figures->problem.code != ERROR_NONE &&
           strcmp(state->message, state->figures->problem.message) == 0;
}

static void put_message(const struct pen *pen, const struct state *state,
                        struct rect area)
{
    if (is_problem(state)) {
        put_problem(pen, state, area);
        return;
    }
    int used = put_sentence(pen, state, area, state->severity, state->message);
    if (state->list.kind == LIST_NONE && state->prompt == PROMPT_NONE) {
        put_count(pen, state, area, used);
    }
}

/* The first of what warns, and how many more there are. */
static void put_warning(const struct pen *pen, const struct count *count,
                        struct rect area)
{
    char text[MESSAGE_SIZE], more[48] = "";
    text_sanitize(text, sizeof text, count->warnings[0]);
    if (count->warning_count > 1) {
        snprintf(more, sizeof more, " (+%zu more, !: all)",
                 count->warning_count - 1);
    } else if (pen_columns(pen, text) + 2 > area.cols) {
        snprintf(more, sizeof more, " (!: all of it)");
    }
    int room = area.cols - (int)strlen(more);
    int used =
        pen_format(pen, area.y, area.x, room, STYLE_WARNING, "! %s", text);
    pen_text(pen, area.y, area.x + used, area.cols - used, STYLE_DIM, more);
}

/* Where the header has no room for them: what else is chosen. */
static void put_rest(const struct pen *pen, const struct state *state,
                     struct rect area)
{
    const struct optimizer *optimizer = state->choice.training.optimizer;
    char text[160];
    snprintf(text, sizeof text, "%s \u00b7 %s \u00b7 tf %u \u00b7 PEFT %s",
             model_dtype_name(state->choice.training.dtype),
             optimizer != NULL ? optimizer->label : "no optimizer",
             state->choice.transformers,
             peft_version_name(state->choice.adapter.peft));
    pen_text(pen, area.y, area.x, area.cols, STYLE_DIM, text);
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
    int used = 0;
    if (figures == NULL) {
        return;
    }
    if (figures->problem.code != ERROR_NONE) {
        put_problem(pen, state, area);
    } else if (row != NULL && row->reason != NULL) {
        used = pen_format(pen, area.y, area.x, area.cols, STYLE_DIM, "%s: %s",
                          row->label, row->reason);
        put_count(pen, state, area, used);
    } else if (row != NULL && (row->own_rank || row->own_alpha)) {
        used = pen_text(pen, area.y, area.x, area.cols, STYLE_DIM,
                        figures->patterns);
        put_count(pen, state, area, used);
    } else if (figures->count.warning_count > 0) {
        put_warning(pen, &figures->count, area);
    } else if (area.cols < LAYOUT_NORMAL_COLS) {
        put_rest(pen, state, area);
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

/* There is no other view to turn to. */
static bool shows_all_views(const struct pen *pen, const struct state *state)
{
    struct layout layout;
    int rows, cols;
    getmaxyx(pen->window, rows, cols);
    layout_make(&layout, rows, cols, state->zoom);
    return layout.kind == LAYOUT_WIDE && layout.second.rows > 0;
}

void view_footer(const struct pen *pen, const struct state *state,
                 struct rect area)
{
    enum { FOOTER_MOST = 16 };
    struct command_hint hints[FOOTER_MOST];
    if (area.rows <= 0) {
        return;
    }
    if (state->prompt != PROMPT_NONE && !state->confirm &&
        state->message[0] != '\0') { /* what was wrong with the last try */
        put_message(pen, state, area);
        return;
    }
    size_t all = command_footer(state, hints, FOOTER_MOST), count = 0;
    bool wide = shows_all_views(pen, state);
    for (size_t i = 0; i < all; i++) {
        bool idle = wide && hints[i].command->run == action_view_next;
        if (!idle && command_disabled(hints[i].command, state) == NULL) {
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
