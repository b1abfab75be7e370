/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the look-up knows of one model: its totals and its counts, by layout.
 */
#ifndef EXPLORER_LOOKUP_MODEL_H
#define EXPLORER_LOOKUP_MODEL_H

#include "explorer/lookup.h"
#include "model/model.h"

/* The total of a base model, however it is printed. */
struct lookup_totals {
    uint64_t base[LOOKUP_PRINTS];
    uint64_t vocabulary; /* rows of the token embedding; 0: not known */
    uint64_t row;        /* parameters that one of its rows has */
};

/* A model under transformers 4 and 5; either may be NULL. */
struct lookup_model {
    const char *name; /* borrowed from one of them */
    struct model *loaded[2];
    struct lookup_totals totals[2];
    bool alike; /* both versions have the same modules: only 5 is counted */
};

enum { LOADED_4, LOADED_5 };

/* errors  the model's own when neither version can load it */
bool lookup_model_load(struct lookup_model *model,
                       const struct resource_path *path, const char *name,
                       const char *class_name, uint64_t labels,
                       struct error *err);
void lookup_model_clear(struct lookup_model *model);

/* Its inventory and totals under LAYOUT, NULL where it has none of its own. */
const struct inventory *lookup_inventory(const struct lookup_model *model,
                                         enum lookup_layout layout);
const struct lookup_totals *lookup_model_totals(
    const struct lookup_model *model, enum lookup_layout layout);

/* A count as a function of the rank: trainable = constant + slope rank, and
 * frozen + frozen_slope rank more are added that do not train.  Without a rank
 * both slopes are 0.
 */
struct lookup_slope {
    uint64_t slope, constant;
    uint64_t frozen, frozen_slope;
    uint64_t signature; /* equal for lists that match the same modules */
};

/* What an adapter trains and adds at one rank. */
struct lookup_count {
    uint64_t trainable;
    uint64_t added;
    uint64_t signature;
};

/* Count SETTINGS at RANK.
 * errors   what PEFT refuses
 */
bool lookup_model_count(const struct lookup_model *model,
                        const struct resource_path *path,
                        enum lookup_layout layout,
                        const struct adapter_settings *settings, uint64_t rank,
                        struct lookup_count *count, struct error *err);

/* Two counts make the line; false when it is none or PEFT refuses.  Whether
 * other ranks are on it too is for the caller to count.
 */
bool lookup_model_slope(const struct lookup_model *model,
                        const struct resource_path *path,
                        enum lookup_layout layout,
                        const struct adapter_settings *settings,
                        struct lookup_slope *slope, struct error *err);

/* The rank that SETTINGS lets one choose; false: the method has none. */
bool lookup_has_rank(const struct adapter_settings *settings);

/* LoRA and nothing else: proportional to the rank. */
bool lookup_is_plain(const struct adapter_settings *settings);

/* SIGNATURE with one matched module more; the order does not matter. */
uint64_t lookup_sign(uint64_t signature, const struct module *module);

/* The rank from 1 to MOST at which SLOPE trains COUNT parameters into *rank, 0
 * when SLOPE has no rank; false when there is none.
 */
bool lookup_slope_solve(const struct lookup_slope *slope, uint64_t count,
                        uint64_t most, uint64_t *rank);

/* What SLOPE adds at RANK without training it. */
uint64_t lookup_slope_frozen(const struct lookup_slope *slope, uint64_t rank);

/* ---- the lists that people use --------------------------------------------- */

enum lookup_form { SET_NAMES, SET_ALL_LINEAR, SET_REGEX };

struct lookup_set {
    const char *targets;
    enum lookup_form form;
    bool whole;       /* of use only to a model that has every name */
    const char *part; /* a regex: what some name of the model must hold */
};

struct lookup_sets {
    struct lookup_set *items; /* the most common first */
    size_t count, capacity;
    struct arena arena;
};

/* Read target_sets.tsv. */
bool lookup_sets_init(struct lookup_sets *sets,
                      const struct resource_path *path, struct error *err);
void lookup_sets_clear(struct lookup_sets *sets);

/* Settings for METHOD, the rest as PEFT has it; then with SET's targets. */
bool lookup_settings_init(struct adapter_settings *settings,
                          struct strings *strings,
                          const struct resource_path *path, const char *method,
                          struct error *err);
bool lookup_settings_aim(struct adapter_settings *settings,
                         const struct lookup_set *set, struct error *err);

const char *lookup_settings_method(const struct adapter_settings *settings);
bool lookup_settings_regex(const struct adapter_settings *settings);

/* Could the list be meant for this model?  *partly: it lacks some names. */
bool lookup_set_suits(const struct lookup_set *set,
                      const struct inventory *inventory, bool *partly);

/* Does a layer's name end in the LENGTH bytes at NAME? */
bool lookup_has_leaf(const struct inventory *inventory, const char *name,
                     size_t length);

/* ---- all of them at once --------------------------------------------------- */

struct lookup_row {
    const char *leaf; /* borrowed from the inventory */
    struct lookup_slope slope;
};

struct lookup_table {
    struct lookup_row *rows;
    size_t count;
    bool valid; /* else the lists must be counted one by one */
};

bool lookup_table_init(struct lookup_table *table,
                       const struct lookup_model *model,
                       const struct resource_path *path,
                       enum lookup_layout layout,
                       const struct adapter_settings *settings,
                       const struct lookup_sets *sets, struct error *err);
void lookup_table_clear(struct lookup_table *table);

/* SET's sum of rows; false when the table cannot tell. */
bool lookup_table_slope(const struct lookup_table *table,
                        const struct lookup_set *set,
                        struct lookup_slope *slope);

#endif
