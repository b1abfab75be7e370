/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tables of commands and options: --help, completions and the manual's
 * lists all come from here, and tests prove that they agree.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli/call.h"

#include <stdbool.h>
#include <stddef.h>

enum cli_command_id {
    COMMAND_EXPLORE, /* no name: loraexplore [MODEL] */
    COMMAND_COUNT,
    COMMAND_SWEEP,
    COMMAND_SPECTRUM,
    COMMAND_PRESETS,
    COMMAND_METHODS,
    COMMAND_CHECK,
    COMMAND_COMPLETION,
    COMMAND_HELP,
    COMMAND_LATER, /* its name is known; this version does not do it */
};

struct cli_command {
    enum cli_command_id id;
    const char *name;     /* "" for the explorer */
    const char *operands; /* "MODEL", "[PATTERN]" */
    const char *summary;  /* one line; for a later command, what to use now */
    size_t least, most;   /* operands */
    int (*run)(struct cli_call *call, struct error *err); /* NULL: later */
};

extern const struct cli_command cli_commands[];
extern const size_t cli_command_count;
const struct cli_command *cli_command_find(const char *name);
/* The nearest command's name within two typing errors, or NULL. */
const char *cli_command_nearest(const char *name);

struct option_spec {
    const char *name;     /* without the dashes */
    char letter;          /* of a short option, or 0 */
    const char *argument; /* "N", or NULL */
    const char *standard; /* the default as text, or NULL */
    unsigned commands;    /* bits: 1u << command_id; 0 for a later option */
    const char *choices;  /* for completion, space separated, or NULL */
    const char *help;     /* one line */
    /* Take VALUE (NULL without argument); NULL for a later option. */
    bool (*apply)(struct cli_call *call, const char *value, struct error *err);
};

extern const struct option_spec option_table[];
extern const size_t option_count;

/* Is the option part of this version, and of this command? */
bool option_is_for(const struct option_spec *option,
                   const struct cli_command *command);

#endif
