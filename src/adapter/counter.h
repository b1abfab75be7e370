/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A count under way, shared by the files that match, add and warn.
 */
#ifndef ADAPTER_COUNTER_H
#define ADAPTER_COUNTER_H

#include "adapter/count.h"
#include "adapter/fields.h"
#include "adapter/method.h"
#include "adapter/select.h"
#include "adapter/target.h"

struct counter {
    const struct inventory *inventory;
    const struct resource_path *path;
    const struct adapter_settings *settings;
    struct fields fields;
    struct target_plan plan;
    struct selector selector;
    struct pattern_map ranks, alphas, specials;
    json_t *saved_names; /* modules_to_save, with the heads of the task */
    struct count *count;
    size_t row_capacity, extra_capacity, warning_capacity;
    struct count_row *rows; /* growing; moved to the arena at the end */
    struct count_extra *extras;
    const char **warnings;
    struct inventory
        replicated;    /* what `inventory` is with layer_replication */
    bool ties_targets; /* ensure_weight_tying: what is tied is adapted too */
    const json_t **specials_of; /* the special value of each row, growing */
    size_t special_capacity;
    struct method_group group; /* all that is adapted; sites in the arena */
    struct error *err;
};

/* What happens to one name: the adapter that it gets, or none. */
enum hit { HIT_NONE, HIT_MODULE, HIT_PARAMETER };
struct outcome {
    enum hit hit;
    uint64_t rank;
    double alpha;
    bool own_rank, own_alpha; /* a pattern gave it */
    const json_t *special;
};

/* A warning, copied into the count, once. */
bool counter_warn(struct counter *counter, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A row for MODULE with its adapter. */
bool counter_add_row(struct counter *counter, const struct module *module,
                     const struct outcome *outcome);

/* The tensors of every row that matched. */
bool counter_adapt(struct counter *counter);

/* match_name.c: what happens to the COPY-th copy of MODULE, whose name goes to
 * NAME.
 */
bool counter_try(struct counter *counter, const struct module *module,
                 uint64_t copy, struct text *name, struct outcome *outcome);

/* prepare.c: refuse what no model could take; compile the patterns; fill lists
 * from PEFT's table.
 */
bool counter_check(struct counter *counter);
bool counter_compile(struct counter *counter);
bool counter_fill(struct counter *counter);

/* match.c: a row for every module that could be adapted, matched or not.
 *
 * errors   what PEFT refuses: nothing matches, a block, a norm
 */
bool counter_match(struct counter *counter);

/* saved.c: copies of modules_to_save, biases, rows of embeddings, and what is
 * stored along.
 */
bool counter_saved_names(struct counter *counter);
bool counter_add_extras(struct counter *counter);

/* nest.c: the names of several parameters of one block. */
bool counter_nest(struct counter *counter);

/* split.c: room for a kind of each copy, of whatever module has the most;
 * memory_free it.
 */
size_t *counter_kinds_new(struct counter *counter);

/* Which copies of a module are meant: adds a part for each run of equal ones. */
typedef bool counter_part(void *payload, const struct module *part,
                          size_t kind);
bool counter_split(struct counter *counter, const struct module *module,
                   const size_t *kinds, counter_part *add, void *payload);

/* advice.c: what PEFT does silently and a user would want to know. */
bool counter_advise(struct counter *counter);

#endif
