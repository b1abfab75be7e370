/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The target list as people choose from it: one row for each kind of module,
 * grouped by what it is for.
 *
 * target_modules works by name, so every row of one leaf name flips together;
 * a row knows the names that reach it and says so when there are none.
 */
#ifndef EXPLORER_TARGETS_H
#define EXPLORER_TARGETS_H

#include "adapter/count.h"
#include "base/alloc.h"
#include "base/error.h"
#include "model/inventory.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum target_mark {
    MARK_OFF,
    MARK_ON,
    MARK_PART,   /* some of its copies */
    MARK_COPY,   /* no adapter: modules_to_save trains a copy of each */
    MARK_CANNOT, /* no name in target_modules reaches it */
};

struct target_row {
    bool heading; /* stands for its whole group; sums below */
    enum module_role role;
    enum target_mark mark;
    const char *label;  /* "q_proj", sanitised; of a heading "attention" */
    const char *names;  /* what to put into target_modules, comma
                              * separated; NULL when nothing reaches it */
    const char *reason; /* why nothing does, one sentence; else NULL */
    enum module_kind kind;
    unsigned dimensions;
    uint64_t shape[MODULE_DIMENSIONS]; /* (out, in) where there is one */
    uint64_t experts;                  /* experts in each layer, 0 elsewhere */
    uint64_t layers; /* values of its first index, 0 without one */
    uint64_t copies, matched;
    uint64_t rank_low, rank_high; /* of what is matched; 0 for none */
    double alpha_low, alpha_high; /* the same */
    bool own_rank, own_alpha;     /* rank_pattern, alpha_pattern gave some */
    uint64_t saved;               /* copies in modules_to_save */
    uint64_t trainable;           /* parameters, summed over the copies */
};

struct targets {
    struct target_row *rows; /* each heading before its rows */
    size_t count;
    size_t *row_of;           /* the row that each row of the count went into */
    bool own_rank, own_alpha; /* some row has one */
    uint64_t rank_most;       /* the highest rank that a matrix here has */
    struct arena arena;
};

/* Group and merge the rows of COUNT.
 *
 * REFUSED: COUNT was made without targets because the chosen ones failed, so
 * the marks come from the names in SETTINGS.
 * owns     targets_clear it; it borrows nothing
 */
bool targets_build(const struct inventory *inventory, const struct count *count,
                   const struct adapter_settings *settings, bool refused,
                   struct targets *targets, struct error *err);
void targets_clear(struct targets *targets);

/* Are all of the comma separated NAMES reached by the list in SETTINGS? */
bool targets_listed(const struct adapter_settings *settings, const char *names);

/* Turn default, all-linear or unset into the list they came to. */
bool targets_make_explicit(const struct targets *targets,
                           const struct count *count,
                           struct adapter_settings *settings,
                           struct error *err);

/* Flip a row: its names leave the list or join it.
 *
 * *note gets what the user should know ("q_proj also names 27 modules in the
 * vision tower") or stays ERROR_NONE.
 * errors   a row that nothing reaches, a list that is full; SETTINGS untouched
 */
bool targets_toggle(const struct targets *targets, size_t row,
                    const struct count *count,
                    struct adapter_settings *settings, struct error *note,
                    struct error *err);

/* Flip all rows of some roles (a bit 1 << role each): off when all that can be
 * reached are on, else on.  errors as targets_toggle.
 */
bool targets_toggle_roles(const struct targets *targets, unsigned roles,
                          const struct count *count,
                          struct adapter_settings *settings, struct error *err);

/* Make the list exactly the rows of some roles. */
bool targets_set_roles(const struct targets *targets, unsigned roles,
                       struct adapter_settings *settings, struct error *err);

/* Can a row have a rank of its own?  A heading cannot, nor one that is off. */
bool targets_can_own(const struct target_row *row, struct error *err);

/* Give the modules of a row a rank or an alpha of their own: entries of
 * rank_pattern or alpha_pattern under the shortest names that reach them and
 * no others.
 *
 * PEFT takes the first entry that matches, so a new one goes to the end when
 * nothing else matches these modules, and else to the front.  The value that
 * all modules have anyway takes the entry off; so do rank 0 and a NULL alpha.
 * errors   a heading, a row without adapters; SETTINGS untouched
 */
bool targets_set_rank(const struct targets *targets, size_t row,
                      const struct count *count,
                      struct adapter_settings *settings, uint64_t rank,
                      struct error *err);
bool targets_set_alpha(const struct targets *targets, size_t row,
                       const struct count *count,
                       struct adapter_settings *settings, const double *alpha,
                       struct error *err);

/* "rank_pattern {"q_proj": 16}", sanitised, or "" when there are none; owned by
 * ARENA.
 */
const char *targets_patterns(const struct adapter_settings *settings,
                             struct arena *arena, struct error *err);

#endif
