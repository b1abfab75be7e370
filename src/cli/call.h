/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One call of the program: a command, its operands, its options, read.
 */
#ifndef CLI_CALL_H
#define CLI_CALL_H

#include "base/error.h"
#include "base/resource.h"
#include "explorer/render.h"
#include "explorer/setup.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SWEEP_MOST = 4096,          /* ranks that one sweep takes */
    CHECK_OPERANDS_MOST = 4096, /* words of a line */
};

enum {
    STATUS_DONE = 0,
    STATUS_FAILED = 1,
    STATUS_USAGE = 2,
    STATUS_INTERRUPTED = 130
};

struct cli_command;
struct cli_screen;

struct cli_call {
    const struct cli_command *command;
    const struct cli_screen *screen; /* set by cli_run */
    const char **operands;           /* what is no option; borrowed from argv */
    size_t operand_count;
    const char **operand_block; /* owned; operands points into it */
    struct strings strings;     /* the settings point into it */
    struct explorer_setup setup;
    struct resource_path path; /* setup.path points here */
    const char *presets;       /* --presets, or NULL */
    enum render_format format;
    bool format_given; /* --json or --csv */
    bool explain;
    bool help, version;
    bool values, plot; /* spectrum */
    /* What --rank and --alpha said since the last --adapter-config. */
    bool rank_given, alpha_given;
    uint64_t rank;
    double alpha;
    json_t *asked;    /* fields that options set since then: key -> option */
    json_t *patterns; /* dicts of --rank-pattern and its like, not set yet */
    bool model_given; /* check: --model */
    /* check: part of the claim */
    bool method_given, config_given, transformers_given, peft_given;
    const char *write_config; /* --write-adapter-config, or NULL */
    bool force;
    bool python;     /* PEFT's lines in place of the report */
    uint64_t *ranks; /* sweep: --ranks, in order */
    size_t rank_count;
};

/* Read argv, and the files that options name.  On failure *err has the code
 * that main turns into a status; the call can be cleared either way.
 */
bool cli_call_parse(struct cli_call *call, int argc, char **argv,
                    struct error *err);
void cli_call_clear(struct cli_call *call);

/* "1,2,4", "1..64", "1..256x2" -> a new list; memory_free it. */
bool cli_parse_ranks(const char *text, uint64_t **ranks, size_t *count,
                     struct error *err);

#endif
