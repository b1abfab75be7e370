/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Commands that move about or look at things differently: nothing to undo.
 */
#include <stdio.h>
#include <string.h>

#include "adapter/method.h"
#include "base/units.h"
#include "explorer/action.h"
#include "explorer/list.h"

static void move(struct state *state, long distance)
{
    state->cursor = state_row_step(state, state->cursor, distance);
}

static long page_of(const struct state *state)
{
    return state->page > 2 ? (long)state->page - 1 : 1;
}

void action_row_up(struct state *state, struct effects *effects)
{
    (void)effects;
    move(state, -1);
}

void action_row_down(struct state *state, struct effects *effects)
{
    (void)effects;
    move(state, 1);
}

void action_page_up(struct state *state, struct effects *effects)
{
    (void)effects;
    move(state, -page_of(state));
}

void action_page_down(struct state *state, struct effects *effects)
{
    (void)effects;
    move(state, page_of(state));
}

void action_row_first(struct state *state, struct effects *effects)
{
    (void)effects;
    move(state, -(long)LIST_MOST * 16);
}

void action_row_last(struct state *state, struct effects *effects)
{
    (void)effects;
    move(state, (long)LIST_MOST * 16);
}

void action_fold(struct state *state, struct effects *effects)
{
    (void)effects;
    const struct target_row *row = state_row(state);
    if (row == NULL) {
        return;
    }
    state->folded[row->role] = !state->folded[row->role];
    while (state->cursor > 0 &&
           !state->figures->targets.rows[state->cursor].heading) {
        state->cursor--;
    }
    if (!state_row_visible(state, state->cursor)) {
        state->cursor++; /* unfolded, and its heading is not shown here */
    }
}

void action_enter(struct state *state, struct effects *effects)
{
    action_toggle(state, effects);
}

static void turn_view(struct state *state, unsigned by)
{
    state->view = (enum view)(((unsigned)state->view + by) % VIEWS);
}

void action_view_next(struct state *state, struct effects *effects)
{
    (void)effects;
    turn_view(state, 1);
}

void action_view_previous(struct state *state, struct effects *effects)
{
    (void)effects;
    turn_view(state, VIEWS - 1);
}

void action_zoom(struct state *state, struct effects *effects)
{
    (void)effects;
    state->zoom = !state->zoom;
}

void action_units(struct state *state, struct effects *effects)
{
    (void)effects;
    bool iec = state->units == UNITS_IEC;
    state->units = iec ? UNITS_SI : UNITS_IEC;
    state_say(state, SAY_PLAIN,
              iec ? "GB: powers of 1000" : "GiB: powers of 1024");
}

void action_exact(struct state *state, struct effects *effects)
{
    (void)effects;
    state->exact = !state->exact;
}

void action_models(struct state *state, struct effects *effects)
{
    list_open(state, LIST_MODELS);
    /* Each time: a config.json may have come since. */
    effects_add(effects, EFFECT_PRESETS);
}

void action_sets(struct state *state, struct effects *effects)
{
    (void)effects;
    list_open(state, LIST_SETS);
}

void action_methods(struct state *state, struct effects *effects)
{
    (void)effects;
    list_open(state, LIST_METHODS);
}

void action_classes(struct state *state, struct effects *effects)
{
    (void)effects;
    list_open(state, LIST_CLASSES);
}

void action_compare(struct state *state, struct effects *effects)
{
    (void)effects;
    list_open(state, LIST_COMPARE);
}

void action_optimizers(struct state *state, struct effects *effects)
{
    (void)effects;
    list_open(state, LIST_OPTIMIZERS);
}

void action_samples(struct state *state, struct effects *effects)
{
    (void)effects;
    list_open(state, LIST_SAMPLES);
}

void action_export(struct state *state, struct effects *effects)
{
    (void)effects;
    list_open(state, LIST_EXPORT);
}

void action_help(struct state *state, struct effects *effects)
{
    (void)effects;
    list_open(state, LIST_HELP);
}

void action_palette(struct state *state, struct effects *effects)
{
    (void)effects;
    list_open(state, LIST_PALETTE);
}

void action_log(struct state *state, struct effects *effects)
{
    (void)effects;
    list_open(state, LIST_LOG);
}

void action_yank(struct state *state, struct effects *effects)
{
    const struct target_row *row = state_row(state);
    bool own = row != NULL && row->trainable > 0;
    uint64_t value = own ? row->trainable : state_trainable(state);
    struct effect *effect = effects_add(effects, EFFECT_YANK);
    snprintf(effect->text, sizeof effect->text, "%llu",
             (unsigned long long)value);
    char shown[UNITS_SIZE];
    state_say(state, SAY_PLAIN, "copied %s: parameters of %s",
              units_count(shown, value), own ? row->label : "all targets");
}

void action_yank_line(struct state *state, struct effects *effects)
{
    effects_add(effects, EFFECT_YANK_LINE);
    state_say(state, SAY_PLAIN, "copied the line that PEFT prints");
}

void action_cancel(struct state *state, struct effects *effects)
{
    if (state->busy) {
        state->busy = false;
        state->generation++;
        effects_add(effects, EFFECT_CANCEL);
        state_say(state, SAY_WARNING,
                  "stopped: the spectrum shown may be of another sample");
        return;
    }
    state->zoom = false;
}

void action_redraw(struct state *state, struct effects *effects)
{
    (void)state;
    effects_add(effects, EFFECT_REDRAW);
}

void action_suspend(struct state *state, struct effects *effects)
{
    (void)state;
    effects_add(effects, EFFECT_SUSPEND);
}

void action_quit(struct state *state, struct effects *effects)
{
    (void)state;
    effects_add(effects, EFFECT_QUIT);
}

/* --- lists --- */

static void list_move(struct state *state, long distance)
{
    struct list *list = &state->list;
    if (list->shown_count == 0) {
        return;
    }
    long last = (long)list->shown_count - 1;
    long at = (long)list->cursor + distance;
    list->cursor = (size_t)(at < 0 ? 0 : at > last ? last : at);
}

static long list_page(const struct state *state)
{
    return state->rows > 8 ? (long)state->rows - 6 : 2;
}

void action_list_up(struct state *state, struct effects *effects)
{
    (void)effects;
    list_move(state, -1);
}

void action_list_down(struct state *state, struct effects *effects)
{
    (void)effects;
    list_move(state, 1);
}

void action_list_page_up(struct state *state, struct effects *effects)
{
    (void)effects;
    list_move(state, -list_page(state));
}

void action_list_page_down(struct state *state, struct effects *effects)
{
    (void)effects;
    list_move(state, list_page(state));
}

void action_list_first(struct state *state, struct effects *effects)
{
    (void)effects;
    list_move(state, -LIST_MOST);
}

void action_list_last(struct state *state, struct effects *effects)
{
    (void)effects;
    list_move(state, LIST_MOST);
}

void action_close(struct state *state)
{
    state->list.kind = LIST_NONE;
    state->prompt = PROMPT_NONE;
    state->confirm = false;
    state->has_draft = false;
}

void action_leave(struct state *state, struct effects *effects)
{
    (void)effects;
    bool asked = state->confirm, drafted = state->has_draft;
    action_close(state);
    if (asked) {
        state_say(state, SAY_PLAIN, "%s is as it was", state->line.text);
    } else if (drafted) {
        state_say(state, SAY_PLAIN, "%s stays",
                  state->choice.adapter.method->label);
    }
}

/* --- what is being typed --- */

static struct line *typed_line(struct state *state)
{
    return state->prompt != PROMPT_NONE ? &state->line : &state->list.filter;
}

static void typed(struct state *state)
{
    if (state->prompt == PROMPT_NONE && state->list.kind != LIST_NONE) {
        list_filter(state);
    }
}

void action_erase(struct state *state, struct effects *effects)
{
    (void)effects;
    line_backspace(typed_line(state));
    typed(state);
}

void action_erase_line(struct state *state, struct effects *effects)
{
    (void)effects;
    line_set(typed_line(state), "");
    typed(state);
}

void action_line_left(struct state *state, struct effects *effects)
{
    (void)effects;
    line_left(&state->line);
}

void action_line_right(struct state *state, struct effects *effects)
{
    (void)effects;
    line_right(&state->line);
}

void action_line_first(struct state *state, struct effects *effects)
{
    (void)effects;
    line_first(&state->line);
}

void action_line_last(struct state *state, struct effects *effects)
{
    (void)effects;
    line_last(&state->line);
}

void action_line_delete(struct state *state, struct effects *effects)
{
    (void)effects;
    line_delete(&state->line);
}
