/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a model is adapted, as PEFT's LoraConfig says it.  A plain value: copy
 * it, compare it, keep it for undo.
 */
#ifndef ADAPTER_SETTINGS_H
#define ADAPTER_SETTINGS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum target_mode {
    TARGET_UNSET,   /* nothing asked: PEFT's default, else all-linear */
    TARGET_DEFAULT, /* PEFT's default for the model type, or refused */
    TARGET_ALL_LINEAR,
    TARGET_NONE,
    TARGET_LIST, /* the names in `targets` */
};

enum peft_version { PEFT_0_18, PEFT_0_21 };
const char *peft_version_name(enum peft_version version); /* "0.21" */

enum { TARGETS_SIZE = 4096, RANK_MOST = 1 << 20 };

struct adapter_settings {
    uint64_t rank; /* r, 1 to RANK_MOST */
    double alpha;  /* lora_alpha */
    enum target_mode mode;
    char targets[TARGETS_SIZE]; /* comma separated, each once, in order */
    enum peft_version peft;
};

/* rank 8, alpha 16, targets unset, PEFT 0.21. */
void settings_init(struct adapter_settings *settings);

/* Read --target's argument into mode and targets.
 *
 * "all-linear" (case folded), "default", "none", or names as pasted from
 * Python: spaces, quotes and brackets are tolerated.
 */
bool settings_set_targets(struct adapter_settings *settings, const char *text,
                          struct error *err);

/* Add the LENGTH bytes at NAME to a comma separated list, once; false when the
 * list is full.
 */
bool targets_add(char targets[TARGETS_SIZE], const char *name, size_t length);

/* Is NAME in the list?  Add or remove it; false when the list is full. */
bool settings_has_target(const struct adapter_settings *settings,
                         const char *name);
bool settings_add_target(struct adapter_settings *settings, const char *name);
void settings_remove_target(struct adapter_settings *settings,
                            const char *name);

/* Walk a comma separated list: the next name's start and length; NULL at the
 * end.  *cursor starts as settings->targets.
 */
const char *settings_next_target(const char **cursor, size_t *length);

#endif
