/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a model is adapted, as PEFT's configuration says it.
 *
 * A plain value: copy it, compare it, keep it for undo.  All of its text lies
 * in a pool that outlives it.
 */
#ifndef ADAPTER_SETTINGS_H
#define ADAPTER_SETTINGS_H

#include "base/error.h"
#include "base/strings.h"
#include "base/text.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum target_mode {
    TARGET_UNSET,   /* nothing asked: PEFT's default, else all-linear */
    TARGET_DEFAULT, /* PEFT's default for the model type, or refused */
    TARGET_ALL_LINEAR,
    TARGET_NONE,
    TARGET_LIST,  /* the names in `targets` */
    TARGET_REGEX, /* `targets` is a regular expression: a full match */
};

enum peft_version { PEFT_0_18, PEFT_0_21 };
const char *peft_version_name(enum peft_version version); /* "0.21" */

enum { RANK_MOST = 1 << 20 };

struct method;

struct adapter_settings {
    struct strings *strings; /* keeps all text below; borrowed */
    enum peft_version peft;
    const struct method *method; /* a row of the table in adapter/method.c */
    uint64_t rank;               /* of the method's rank_key; 0 without one */
    double alpha;                /* of its alpha_key; 0 without one */
    enum target_mode mode;
    const char *targets; /* comma separated, each once, in order; or a regex */
    /* Every other key of an adapter_config.json, a JSON object as text, keys
     * in their order; known to PEFT or not.
     */
    const char *fields;
};

/* LoRA, rank 8, alpha 16, targets unset, PEFT 0.21. */
void settings_init(struct adapter_settings *settings, struct strings *strings);

bool settings_equal(const struct adapter_settings *a,
                    const struct adapter_settings *b);

/* Choose a rank; what excludes it in the method (OFT's block size) becomes 0. */
bool settings_set_rank(struct adapter_settings *settings, uint64_t rank,
                       struct error *err);

/* Read --target's argument into mode and targets.
 *
 * "all-linear" (case folded), "default", "none", or names as pasted from
 * Python: spaces, quotes and brackets are tolerated.
 */
bool settings_set_targets(struct adapter_settings *settings, const char *text,
                          struct error *err);
bool settings_set_regex(struct adapter_settings *settings, const char *text,
                        struct error *err);
/* Names, comma separated, as they are: no separators but commas. */
bool settings_set_list(struct adapter_settings *settings, const char *names,
                       struct error *err);

/* What was asked for, as --target spells it. */
const char *settings_targets_text(const struct adapter_settings *settings);

/* Is NAME in the list?  Add or remove it. */
bool settings_has_target(const struct adapter_settings *settings,
                         const char *name);
bool settings_add_target(struct adapter_settings *settings, const char *name,
                         struct error *err);
bool settings_remove_target(struct adapter_settings *settings, const char *name,
                            struct error *err);

/* A field by PEFT's name.  The getter returns a new reference, NULL when it is
 * absent; the setter borrows VALUE and removes the key when that is NULL.
 * Not for rank, alpha, target_modules and peft_type, which have their own.
 */
json_t *settings_field_new(const struct adapter_settings *settings,
                           const char *key);
bool settings_set_field(struct adapter_settings *settings, const char *key,
                        json_t *value, struct error *err);

/* All of them at once: an object, borrowed. */
bool settings_set_fields(struct adapter_settings *settings, json_t *object,
                         struct error *err);

/* Walk a comma separated list: the next name's start and length; NULL at the
 * end.  *cursor starts as the list.  A comma that is part of a name stands as
 * TARGET_COMMA.
 */
enum { TARGET_COMMA = 0x1f };
const char *settings_next_target(const char **cursor, size_t *length);

/* Add the LENGTH bytes at NAME to a comma separated list, once. */
void targets_add(struct text *targets, const char *name, size_t length);

/* The same for a name that is known to be new. */
void targets_append(struct text *targets, const char *name, size_t length);
/* targets_add for lists of any length: what stands in it is found by its hash. */
struct target_list {
    struct text text; /* failed: a name found no memory */
    struct strings seen;
};
void target_list_add(struct target_list *list, const char *name, size_t length);
void target_list_clear(struct target_list *list);

/* A list as pasted from Python, split and joined by commas, into OUT. */
void targets_split(struct text *out, const char *pasted);

#endif
