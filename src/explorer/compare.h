/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The marked configuration and the present one side by side, line by line.
 */
#ifndef EXPLORER_COMPARE_H
#define EXPLORER_COMPARE_H

#include "explorer/list.h"
#include "explorer/state.h"

#include <stddef.h>

enum { COMPARE_NAME, COMPARE_RANK, COMPARE_A, COMPARE_B, COMPARE_DELTA };

/* Lines: what was chosen, the totals, then every row that one of them has.
 * Only with state->reference and state->figures.
 */
size_t compare_count(const struct state *state);

/* Line INDEX; `current` marks what differs. */
void compare_entry(const struct state *state, size_t index,
                   struct list_entry *entry);

/* The row of state->figures->targets that line INDEX shows; SIZE_MAX for none.
 */
size_t compare_row(const struct state *state, size_t index);

#endif
