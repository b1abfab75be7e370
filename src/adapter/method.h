/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The methods of PEFT: one row each, and a small function that lists the
 * tensors one adapted module gains.
 */
#ifndef ADAPTER_METHOD_H
#define ADAPTER_METHOD_H

#include "adapter/fields.h"
#include "adapter/tensors.h"
#include "base/error.h"
#include "base/text.h"
#include "model/inventory.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One module that is adapted, with what the patterns made of its settings. */
struct method_site {
    const struct module *module; /* its copies are all alike */
    const struct inventory *inventory;
    const struct fields *fields;
    uint64_t in, out; /* features; rows and dim of an embedding */
    uint64_t rank;    /* after rank_pattern */
    double alpha;     /* after alpha_pattern */
    /* What the method's own pattern says ("n_frequency_pattern"), else the
     * field it stands for; NULL without such a pattern.
     */
    const json_t *special;
    const struct method_group *group; /* all sites, for what they share */
    bool parameter;                   /* reached through target_parameters */
};

/* All adapted modules, for what a method adds once to the model. */
struct method_group {
    const struct inventory *inventory;
    const struct fields *fields;
    const struct method_site *sites; /* in the inventory's order */
    size_t count;
    struct text *resolved; /* target_modules, where share finds the modules */
};

/* How a method finds its place. */
enum method_reach {
    REACH_MODULES, /* target_modules */
    REACH_PROMPT,  /* in front of the model: nothing is matched */
};

struct method {
    const char *name;         /* "vera", "dora": what --method takes */
    const char *label;        /* "VeRA", "DoRA": as people write it */
    const char *peft_type;    /* "VERA", "LORA" */
    const char *config_class; /* "VeraConfig", "LoraConfig" */
    const char *summary;      /* one line */
    const char *source;       /* paper; PEFT's folder */
    const char *sets; /* JSON object: fields that make this variant, or NULL */
    const char *rank_key, *alpha_key; /* PEFT's names, NULL: has none */
    /* dW can be any matrix of at most that rank: a cut of its spectrum. */
    bool low_rank;
    const char *trains; /* what it trains instead, in few words, or NULL */
    const char *rank_excludes;   /* a field that is 0 when a rank is chosen */
    const char *special_key;     /* the field that special_pattern varies */
    const char *special_pattern; /* "n_frequency_pattern", or NULL */
    bool own_patterns;    /* its rank_pattern says something else than a rank */
    const char *defaults; /* its rows of default_targets.tsv: "lora", or NULL */
    bool linear_default;  /* all-linear where PEFT's table has no row */
    /* A second list that PEFT fills when it is null, and from which rows. */
    const char *filled_key, *filled_defaults;
    enum method_reach reach;
    unsigned kinds; /* bits 1u << module_kind that it can adapt */
    /* What the settings alone make PEFT refuse; or NULL. */
    bool (*check)(const struct fields *fields, struct error *err);
    /* The tensors of one copy of a module, and list->scaling; or NULL. */
    bool (*adapt)(const struct method_site *site, struct tensor_list *list,
                  struct error *err);
    /* What is added once: suffixes are whole names after "base_model."; or
     * NULL.
     */
    bool (*share)(const struct method_group *group, struct tensor_list *list,
                  struct error *err);
};

extern const struct method method_table[];
extern const size_t method_count;

/* By name or peft_type, case folded; NULL. */
const struct method *method_find(const char *name);

/* The first row of a peft_type as PEFT spells it; NULL. */
const struct method *method_find_type(const char *peft_type);

#endif
