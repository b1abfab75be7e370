/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The search under way: one model after the other, shared by lookup.c and
 * lookup_try.c.
 */
#ifndef EXPLORER_LOOKUP_SEARCH_H
#define EXPLORER_LOOKUP_SEARCH_H

#include "explorer/lookup.h"
#include "explorer/lookup_claim.h"
#include "explorer/lookup_model.h"

enum { LOOKUP_METHODS = 4 };

struct lookup_search {
    struct lookup *lookup;
    const struct resource_path *path;
    const struct lookup_line *line;
    const struct lookup_claim *claim;
    struct lookup_findings findings;
    struct lookup_sets sets;
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

#endif
