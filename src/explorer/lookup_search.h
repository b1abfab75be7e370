/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The search under way: one model after the other, one list of targets after
 * the other, shared by the lookup_*.c files.
 */
#ifndef EXPLORER_LOOKUP_SEARCH_H
#define EXPLORER_LOOKUP_SEARCH_H

#include "explorer/lookup.h"
#include "explorer/lookup_claim.h"
#include "explorer/lookup_model.h"

enum { LOOKUP_METHODS = 6 };

struct lookup_search {
    struct lookup *lookup;
    const struct resource_path *path;
    const struct lookup_line *line;
    const struct lookup_claim *claim;
    struct lookup_findings findings;
    struct lookup_sets sets;
    struct adapter_settings stated; /* the claim's, with what PEFT insists on */
    struct adapter_settings methods[LOOKUP_METHODS];
    size_t method_count;
    const struct lookup_model *model; /* the one being searched */
    const char *name;                 /* its name, in the lookup's arena */
    bool claimed;
    size_t first; /* its first match */
};

/* What PEFT refuses is an answer; a lack of memory is not, and goes to *err. */
bool lookup_is_refusal(const struct error *refused, struct error *err);

/* Add all matches of search->model. */
bool lookup_try_model(struct lookup_search *search, struct error *err);

/* ---- one way to adapt it --------------------------------------------------- */

/* What a claim may have left out: another class, its task, a count of labels. */
struct lookup_variant {
    const char *class_name, *task;
    uint64_t labels;
};

/* SETTINGS with the targets of SET, NULL for its own, under one layout. */
struct lookup_trial {
    enum lookup_layout layout;
    const struct adapter_settings *settings;
    const struct lookup_set *set;
    struct lookup_variant variant;
    const char *targets, *method;
    bool regex, stated;
    bool partly;    /* the model lacks some of the names */
    unsigned place; /* among the lists that suit the model */
    struct lookup_slope slope;
};

/* Add the trial at RANK if its COUNT gives the line. */
bool lookup_trial_count(struct lookup_search *search,
                        const struct lookup_trial *trial, uint64_t rank,
                        const struct lookup_count *count, struct error *err);

/* Add it at every rank that gives the line, as its slope has it. */
bool lookup_trial_ranks(struct lookup_search *search,
                        const struct lookup_trial *trial, struct error *err);

/* Add the model alone, where the total is its own, or its own with the printed
 * count more.
 */
bool lookup_trial_base(struct lookup_search *search, enum lookup_layout layout,
                       struct error *err);

/* ---- the claim ------------------------------------------------------------- */

/* The claim as it stands, and at other ranks, under every layout. */
bool lookup_try_stated(struct lookup_search *search, struct error *err);

/* The same with other labels, and with the classes that classify, unless the
 * line has been explained.
 */
bool lookup_try_heads(struct lookup_search *search, struct error *err);

#endif
