/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * update(state, message) -> effects: what every key and every result does.
 *
 * Pure: no files, clock or threads; the only memory it takes is the pool that
 * keeps the settings' text.  So a list of messages is a test and a replay;
 * explorer/app carries the effects out.
 */
#ifndef EXPLORER_UPDATE_H
#define EXPLORER_UPDATE_H

#include "explorer/command.h"
#include "explorer/state.h"

#include <stddef.h>
#include <stdint.h>

enum message_kind {
    MESSAGE_START,    /* the first one: load the model, start the spectrum */
    MESSAGE_KEY,      /* key */
    MESSAGE_PASTE,    /* key: one pasted character */
    MESSAGE_COMMAND,  /* command */
    MESSAGE_RESIZE,   /* rows, cols, page */
    MESSAGE_MODEL,    /* model, or error */
    MESSAGE_FIGURES,  /* figures, or error */
    MESSAGE_SETTINGS, /* adapter, or error; text: what was done, or NULL */
    MESSAGE_MARKED,   /* reference, or error; both NULL: unmarked */
    MESSAGE_PRESETS,  /* presets and local_config, or error */
    MESSAGE_SPECTRUM, /* generation; spectrum, or error */
    MESSAGE_PROGRESS, /* generation, progress */
    MESSAGE_NOTE,     /* text: what the terminal could not do */
    MESSAGE_WRITTEN, /* text is the path; error: why not; exists: it is there */
};

struct message {
    enum message_kind kind;
    int32_t key;
    const struct command *command;
    unsigned rows, cols, page;
    uint64_t generation;
    double progress;
    const struct model *model;
    const struct figures *figures;
    const struct adapter_settings *adapter;
    const struct reference *reference;
    const struct preset_list *presets;
    const struct spectrum *spectrum;
    const struct error *error;
    const char *text;
    bool local_config;
    bool exists;
    bool asks; /* the settings lack the field in text */
};

enum effect_kind {
    EFFECT_LOAD_MODEL, /* state->choice.model, .transformers */
    EFFECT_COUNT,      /* the figures of state->choice */
    EFFECT_PRESETS,    /* list the models there are */
    EFFECT_METHOD,     /* the settings with another method */
    EFFECT_IMPORT,     /* text is the path of an adapter_config.json */
    EFFECT_FIELD,      /* text: a field of PEFT's, KEY=VALUE */
    EFFECT_MARK,       /* state->settled, to compare with */
    EFFECT_UNMARK,
    EFFECT_SPECTRUM,   /* of state->choice, as state->generation */
    EFFECT_CANCEL,     /* stop the spectrum */
    EFFECT_WRITE_FILE, /* text is the path; replace an existing file? */
    EFFECT_YANK,       /* text to the clipboard */
    EFFECT_YANK_LINE,  /* PEFT's line to the clipboard */
    EFFECT_REDRAW,     /* the whole screen */
    EFFECT_SUSPEND,
    EFFECT_QUIT,
};

struct effect {
    enum effect_kind kind;
    bool replace;
    const struct method *method;
    char text[LINE_SIZE];
};

enum { EFFECTS_MOST = 8 };

struct effects {
    struct effect items[EFFECTS_MOST];
    size_t count;
};

/* Add one; returns it to be filled. */
struct effect *effects_add(struct effects *effects, enum effect_kind kind);

void update(struct state *state, const struct message *message,
            struct effects *effects);

#endif
