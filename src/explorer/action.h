/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the commands of the table do.  Each has the type of command.run.
 */
#ifndef EXPLORER_ACTION_H
#define EXPLORER_ACTION_H

#include "explorer/update.h"

/* Become NEXT: remember the present for undo and ask for what changed.
 * Returns false when nothing is different.
 */
bool action_change(struct state *state, const struct choice *next,
                   struct effects *effects);
/* The same without a step in the history: undo and redo. */
void action_apply(struct state *state, const struct choice *next,
                  struct effects *effects);
/* Become the same choice with another rank or alpha of the row under the
 * cursor; rank 0 or a NULL alpha: none of its own.  False when it cannot be.
 */
bool action_set_row_rank(struct state *state, uint64_t rank,
                         struct effects *effects);
bool action_set_row_alpha(struct state *state, const double *alpha,
                          struct effects *effects);
/* Ask for the spectrum of the present choice. */
void action_spectrum(struct state *state, struct effects *effects);

/* Open or close what lies over the main screen. */
void action_open_prompt(struct state *state, enum prompt_kind kind,
                        const char *text);
void action_close(struct state *state);
/* Enter in a prompt. */
void action_accept_prompt(struct state *state, struct effects *effects);
/* Enter in a list. */
void action_accept_list(struct state *state, struct effects *effects);

void action_rank_up(struct state *state, struct effects *effects);
void action_rank_down(struct state *state, struct effects *effects);
void action_rank_double(struct state *state, struct effects *effects);
void action_rank_halve(struct state *state, struct effects *effects);
void action_rank_type(struct state *state, struct effects *effects);
void action_row_rank_type(struct state *state, struct effects *effects);
void action_row_rank_halve(struct state *state, struct effects *effects);
void action_row_rank_double(struct state *state, struct effects *effects);
void action_row_alpha_type(struct state *state, struct effects *effects);
void action_row_alpha_halve(struct state *state, struct effects *effects);
void action_row_alpha_double(struct state *state, struct effects *effects);
void action_methods(struct state *state, struct effects *effects);
void action_classes(struct state *state, struct effects *effects);
void action_peft(struct state *state, struct effects *effects);
void action_mark(struct state *state, struct effects *effects);
void action_compare(struct state *state, struct effects *effects);
void action_swap(struct state *state, struct effects *effects);
void action_field(struct state *state, struct effects *effects);
void action_import(struct state *state, struct effects *effects);
void action_alpha_type(struct state *state, struct effects *effects);
void action_alpha_double(struct state *state, struct effects *effects);
void action_alpha_halve(struct state *state, struct effects *effects);
void action_row_up(struct state *state, struct effects *effects);
void action_row_down(struct state *state, struct effects *effects);
void action_page_up(struct state *state, struct effects *effects);
void action_page_down(struct state *state, struct effects *effects);
void action_row_first(struct state *state, struct effects *effects);
void action_row_last(struct state *state, struct effects *effects);
void action_toggle(struct state *state, struct effects *effects);
void action_enter(struct state *state, struct effects *effects);
void action_fold(struct state *state, struct effects *effects);
void action_attention(struct state *state, struct effects *effects);
void action_mlp(struct state *state, struct effects *effects);
void action_all_linear(struct state *state, struct effects *effects);
void action_default(struct state *state, struct effects *effects);
void action_none(struct state *state, struct effects *effects);
void action_sets(struct state *state, struct effects *effects);
void action_targets_type(struct state *state, struct effects *effects);
void action_optimizers(struct state *state, struct effects *effects);
void action_dtype(struct state *state, struct effects *effects);
void action_transformers(struct state *state, struct effects *effects);
void action_models(struct state *state, struct effects *effects);
void action_sample_next(struct state *state, struct effects *effects);
void action_samples(struct state *state, struct effects *effects);
void action_seed_next(struct state *state, struct effects *effects);
void action_seed_type(struct state *state, struct effects *effects);
void action_view_next(struct state *state, struct effects *effects);
void action_view_previous(struct state *state, struct effects *effects);
void action_zoom(struct state *state, struct effects *effects);
void action_units(struct state *state, struct effects *effects);
void action_exact(struct state *state, struct effects *effects);
void action_export(struct state *state, struct effects *effects);
void action_yank(struct state *state, struct effects *effects);
void action_yank_line(struct state *state, struct effects *effects);
void action_undo(struct state *state, struct effects *effects);
void action_redo(struct state *state, struct effects *effects);
void action_help(struct state *state, struct effects *effects);
void action_palette(struct state *state, struct effects *effects);
void action_log(struct state *state, struct effects *effects);
void action_cancel(struct state *state, struct effects *effects);
void action_redraw(struct state *state, struct effects *effects);
void action_suspend(struct state *state, struct effects *effects);
void action_quit(struct state *state, struct effects *effects);

void action_list_up(struct state *state, struct effects *effects);
void action_list_down(struct state *state, struct effects *effects);
void action_list_page_up(struct state *state, struct effects *effects);
void action_list_page_down(struct state *state, struct effects *effects);
void action_list_first(struct state *state, struct effects *effects);
void action_list_last(struct state *state, struct effects *effects);
void action_leave(struct state *state, struct effects *effects);
void action_erase(struct state *state, struct effects *effects);
void action_erase_line(struct state *state, struct effects *effects);
void action_line_left(struct state *state, struct effects *effects);
void action_line_right(struct state *state, struct effects *effects);
void action_line_first(struct state *state, struct effects *effects);
void action_line_last(struct state *state, struct effects *effects);
void action_line_delete(struct state *state, struct effects *effects);
void action_overwrite(struct state *state, struct effects *effects);

#endif
