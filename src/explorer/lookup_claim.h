/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the search hands to the judgement of a claim.
 */
#ifndef EXPLORER_LOOKUP_CLAIM_H
#define EXPLORER_LOOKUP_CLAIM_H

#include "explorer/lookup.h"
#include "explorer/lookup_model.h"

/* A model's totals, kept after the model is gone. */
struct lookup_base {
    const char *name;
    struct lookup_totals totals;
};

struct lookup_findings {
    const struct lookup_line *line;
    const struct lookup_claim *claim;
    struct lookup_base *bases; /* the claimed model's first */
    size_t base_count, base_capacity;
    const char *claimed; /* the claimed model's name, NULL without one */
    /* The stated settings at the stated rank, under the first layout that PEFT
     * takes them in.
     */
    bool counted;
    bool linear;  /* ... and their count grows evenly with the rank */
    bool roughly; /* they round to the figures of the line */
    struct lookup_count stated;
    uint64_t stated_all;  /* ... with the base */
    struct error refused; /* why not, when it is not counted */
};

/* The layouts that a claim allows, as bits. */
unsigned lookup_claim_layouts(const struct lookup_claim *claim);

/* Does the claim say which modules are adapted?  With a method or anything else
 * of the adapter, its defaults count as said.
 */
bool lookup_claim_aims(const struct lookup_claim *claim);

/* How a line's total comes about. */
struct lookup_fit {
    bool exact;
    enum lookup_print print;
    int64_t rows; /* of vocabulary, else; 0: not explained */
    bool near;
};

/* The total of the line against a model's totals with ADDED parameters more. */
struct lookup_fit lookup_fit_total(const struct lookup_totals *totals,
                                   const struct lookup_line *line,
                                   uint64_t added);

/* Set the verdict and the explanation; the matches are complete and sorted. */
bool lookup_judge(struct lookup *lookup, const struct lookup_findings *findings,
                  struct error *err);

#endif
