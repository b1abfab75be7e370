/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one table of commands: keys, footer, `?`, palette and manual page all
 * come from it.
 */
#ifndef EXPLORER_COMMAND_H
#define EXPLORER_COMMAND_H

#include "explorer/state.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Keys that are no characters; characters are their code points, control
 * characters 1 to 26.
 */
enum input {
    INPUT_UP = 0x110000,
    INPUT_DOWN,
    INPUT_LEFT,
    INPUT_RIGHT,
    INPUT_PAGE_UP,
    INPUT_PAGE_DOWN,
    INPUT_HOME,
    INPUT_END,
    INPUT_ENTER,
    INPUT_ESCAPE,
    INPUT_TAB,
    INPUT_BACK_TAB,
    INPUT_BACKSPACE,
    INPUT_DELETE,
};

enum context {
    CONTEXT_MAIN = 1,
    CONTEXT_LIST = 2,
    CONTEXT_PROMPT = 4,
    CONTEXT_CONFIRM = 8,
};

struct effects;

enum { COMMAND_KEYS = 6 };

struct command {
    const char *name;   /* "rank-up", as the palette and the manual say */
    const char *keys;   /* for people: "right l + ="; "" for none */
    const char *glyphs; /* for the footer in UTF-8, or NULL: keys' first */
    const char *plain;  /* and in ASCII, where there are glyphs */
    const char *help;   /* one line, no full stop */
    const char *label;  /* in the footer: "rank"; NULL: not there */
    unsigned contexts;  /* of enum context */
    int32_t key[COMMAND_KEYS]; /* 0 ends them */
    /* Why it can do nothing now, in a few words; NULL when it can. */
    const char *(*disabled)(const struct state *state);
    void (*run)(struct state *state, struct effects *effects);
};

extern const struct command command_table[];
extern const size_t command_count;

/* The context that keys go to now. */
enum context command_context(const struct state *state);

/* The command of a key in a context; NULL for none. */
const struct command *command_find(enum context context, int32_t key);
/* By name, for tests and scripts; NULL for none. */
const struct command *command_named(const char *name);

/* Why COMMAND can do nothing now; NULL when it can. */
const char *command_disabled(const struct command *command,
                             const struct state *state);

/* A command in the footer; of two that do not both fit, the one of the smaller
 * priority stays.
 */
struct command_hint {
    const struct command *command;
    unsigned priority;
};

/* What the footer shows now, from left to right; returns how many. */
size_t command_footer(const struct state *state, struct command_hint *out,
                      size_t capacity);

#endif
