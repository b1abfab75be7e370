/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The lists that open over the main screen: what stands in them and what the
 * filter leaves.
 *
 * An entry is asked for by number and written into the caller's storage, so a
 * view allocates nothing.
 */
#ifndef EXPLORER_LIST_H
#define EXPLORER_LIST_H

#include "explorer/state.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LIST_CELLS = 5, LIST_CELL_SIZE = 128 };

struct list_entry {
    char cells[LIST_CELLS][LIST_CELL_SIZE]; /* sanitised; "" for none */
    const char *disabled; /* why it cannot be taken, or NULL */
    bool current;         /* what is chosen now */
};

struct list_column {
    const char *title;
    unsigned width; /* columns it would like; 0: what is left */
    bool right;     /* aligned */
    bool keep;      /* stays where there is little room */
};

/* The title and the columns of a kind of list; returns how many columns. */
const char *list_title(enum list_kind kind);
size_t list_columns(enum list_kind kind, const struct list_column **columns);

/* Open a list of KIND, unfiltered, the cursor on what is chosen now. */
void list_open(struct state *state, enum list_kind kind);
/* Apply state->list.filter again; the cursor goes to the best match. */
void list_filter(struct state *state);

/* Entry INDEX, before the filter. */
void list_entry(const struct state *state, size_t index,
                struct list_entry *entry);

/* What model_load takes for entry INDEX of LIST_MODELS. */
void list_model_name(const struct state *state, size_t index,
                     char out[CHOICE_NAME_SIZE]);
/* Does NAME stand among the files on top of LIST_MODELS? */
bool list_is_file(const struct state *state, const char *name);
/* The class of entry INDEX of LIST_CLASSES. */
const char *list_class_name(const struct state *state, size_t index);
/* What spectrum_request.source takes for entry INDEX of LIST_SAMPLES. */
void list_sample_name(const struct state *state, size_t index,
                      char out[CHOICE_NAME_SIZE]);
size_t list_sample_count(const struct state *state);

/* How well PATTERN matches TEXT: its characters in order, case folded; runs
 * and starts of words count more.  0 is no match.
 */
unsigned list_score(const char *pattern, const char *text);

#endif
