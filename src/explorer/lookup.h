/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The reverse look-up: which settings print a line that PEFT printed, and
 * whether a claim about that line can be true.
 *
 * Every preset is counted with the target lists that people use, under both
 * layouts of transformers.  A trainable count is linear in the rank, so two
 * counts of a model and a list answer for every rank.
 */
#ifndef EXPLORER_LOOKUP_H
#define EXPLORER_LOOKUP_H

#include "adapter/settings.h"
#include "base/alloc.h"
#include "base/error.h"
#include "base/resource.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One figure of a line.  "4.2M" stands for all counts that round to it. */
struct lookup_figure {
    bool given;
    bool rounded;    /* has a unit or an exponent: no exact count */
    bool fraction;   /* written as "79953920.0" */
    uint64_t value;  /* the nominal one when rounded */
    uint64_t margin; /* how far the true count may lie from it; 0 if exact */
};

struct lookup_line {
    struct lookup_figure trainable, all;
    bool unnamed; /* one number, and no word says which it is */
    bool has_percent;
    double percent;
    double percent_margin; /* half a unit of its last digit */
};

/* Read a line as PEFT prints it, or what people make of it: commas or none,
 * fractions, no total, no percentage, text around it, a number alone.
 *
 * errors   ERROR_FORMAT when no figure can be read in TEXT
 */
bool lookup_line_read(struct lookup_line *line, const char *text,
                      struct error *err);

/* Could COUNT be what the figure says? */
bool lookup_figure_fits(const struct lookup_figure *figure, uint64_t count);

/* How the line's figures were counted. */
enum lookup_print {
    PRINT_TRUE,    /* every parameter once, as PEFT does */
    PRINT_PACKED,  /* two 4-bit weights in one element: a plain numel() */
    PRINT_HALVED,  /* qlora.py: the same, and half of the trainable ones */
    PRINT_BUFFERS, /* GPTQ, AWQ: quantised weights are no parameters */
};
enum { LOOKUP_PRINTS = PRINT_BUFFERS + 1 };
const char *lookup_print_name(enum lookup_print print); /* "packed 4-bit" */

/* Where the experts are, and what PEFT makes of their names. */
enum lookup_layout {
    LAYOUT_4,       /* transformers 4 */
    LAYOUT_5,       /* transformers 5, PEFT rewrites names of experts */
    LAYOUT_5_PLAIN, /* transformers 5, a PEFT before 0.20 */
    LAYOUT_EXPERTS, /* the 3-D experts as target_parameters besides */
    LAYOUT_4_LATE,  /* transformers 4, a PEFT from 0.20: what is stated only */
};
enum { LOOKUP_LAYOUTS = LAYOUT_4_LATE + 1 };

enum lookup_exact { EXACT_BOTH, EXACT_TRAINABLE, EXACT_ALL };
const char *lookup_exact_name(enum lookup_exact exact); /* "both" */

struct lookup_match {
    const char *model;
    const char *method;  /* "lora" */
    const char *targets; /* as --target takes it; NULL: it takes none */
    bool regex;          /* ... or --target-regex */
    bool base;           /* no settings found: the total is the base's */
    uint64_t rank;       /* 0: the method has none, or no settings found */
    unsigned layouts;    /* bits 1u << lookup_layout that give these figures */
    enum lookup_print print;
    enum lookup_exact exact;
    bool full; /* all that the line says comes out, if rounded or resized */
    int64_t vocabulary; /* rows more than the model's that explain the total */
    uint64_t labels;    /* of a head that classifies; 0: as the config says */
    const char *class_name; /* another class than the claim's, or NULL */
    const char *task;       /* a task_type that the claim lacks, or NULL */
    bool claimed;           /* the claim's own model */
    bool stated;            /* ... and its own targets and settings */
    unsigned rarity;        /* how odd the rank and the list are: 0 is common */
    bool common;            /* people use such a rank and such a method */
    bool near;              /* the total is within 2 % of this model's */
};

/* "transformers 4 or 5", "transformers 5"... */
const char *lookup_layouts_name(unsigned layouts);

struct lookup_claim {
    const char *model; /* a preset, a file or a folder; NULL: none claimed */
    const char *class_name;
    uint64_t labels; /* of its head; 0: not said */
    const struct adapter_settings *adapter;
    bool has_rank, has_targets, has_method;
    bool has_more;         /* any other setting of the adapter */
    unsigned transformers; /* 4 or 5; 0: not said */
    bool has_peft;         /* the release in ADAPTER is part of the claim */
    bool alone;            /* look at no model but the claimed one */
};

enum lookup_verdict { CLAIM_CONSISTENT, CLAIM_INCONSISTENT, CLAIM_UNKNOWN };
const char *lookup_verdict_name(enum lookup_verdict verdict);

struct lookup {
    struct lookup_match *matches; /* the best first */
    size_t count, capacity;
    bool claims;   /* something was claimed */
    bool modelled; /* ... a model: its matches come first */
    enum lookup_verdict verdict;
    const char *explanation; /* one sentence */
    struct arena arena;      /* owns the strings */
};

/* Search all presets and judge the claim.
 *
 * A claim with settings is first counted as it stands, as `count` does, under
 * each layout that it allows.  One without a rank holds when some rank fits; one
 * that has no more than a model and a rank, when some common list does.
 * errors   the claimed model is unknown or broken
 * owns     lookup_clear it
 */
bool lookup_search(struct lookup *lookup, const struct resource_path *path,
                   const struct lookup_line *line,
                   const struct lookup_claim *claim, struct error *err);
void lookup_clear(struct lookup *lookup);

#endif
