/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the user chose, as a value, and the way back through earlier choices.
 */
#ifndef EXPLORER_HISTORY_H
#define EXPLORER_HISTORY_H

#include "adapter/settings.h"
#include "memory/ledger.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CHOICE_NAME_SIZE = 512, CHOICE_CLASS_SIZE = 128, HISTORY_DEPTH = 64 };

/* Everything that undo brings back. */
struct choice {
    char model[CHOICE_NAME_SIZE];       /* as model_load takes it */
    char class_name[CHOICE_CLASS_SIZE]; /* "": the model's own */
    char source[CHOICE_NAME_SIZE];      /* "sample:power-law" or a path */
    uint64_t seed;                      /* of a sample */
    unsigned transformers;              /* 4 or 5 */
    bool has_dtype;                     /* chosen; else the model's own */
    struct adapter_settings adapter;
    struct training_settings training;
};

bool choice_equal(const struct choice *a, const struct choice *b);

/* Two stacks of values; the present is kept by the caller. */
struct history {
    struct choice past[HISTORY_DEPTH], future[HISTORY_DEPTH];
    size_t past_count, future_count;
};

/* Remember PRESENT before it changes; forgets the oldest when full and all of
 * the future.
 */
void history_push(struct history *history, const struct choice *present);

/* Swap *present with the choice before or after it; false when there is none. */
bool history_undo(struct history *history, struct choice *present);
bool history_redo(struct history *history, struct choice *present);

/* Forget a newest step that equals PRESENT: a change that failed. */
void history_drop(struct history *history, const struct choice *present);

#endif
