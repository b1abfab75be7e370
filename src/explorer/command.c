/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command table.  A key stands once in each context; a test proves it.
 */
#include "explorer/command.h"

#include <string.h>

#include "adapter/method.h"
#include "explorer/action.h"

struct footer_item {
    const char *name;
    unsigned priority;
};

enum {
    CONTROL_A = 1,
    CONTROL_D = 4,
    CONTROL_E = 5,
    CONTROL_L = 12,
    CONTROL_N = 14,
    CONTROL_P = 16,
    CONTROL_R = 18,
    CONTROL_U = 21,
    CONTROL_W = 23,
    CONTROL_Z = 26
};

static const char *needs_rows(const struct state *state)
{
    return state->figures == NULL ? "no model is loaded" : NULL;
}

static const char no_rows[] =
    "there are no rows: this method adapts no single modules";

static const char *needs_row(const struct state *state)
{
    return state_row(state) == NULL ? no_rows : NULL;
}

static const char *needs_rank(const struct state *state)
{
    bool has = state->choice.adapter.method->rank_key != NULL;
    return has ? NULL : "this method has no rank";
}

static const char *needs_alpha(const struct state *state)
{
    return state_has_alpha(state) ? NULL : "this method has no alpha";
}

static const char *at_least_rank(const struct state *state)
{
    uint64_t rank = state->choice.adapter.rank;
    const char *none = needs_rank(state);
    return none != NULL ? none
           : rank == 0  ? "no rank is chosen"
           : rank == 1  ? "the rank is 1 already"
                        : NULL;
}

static const char *at_most_rank(const struct state *state)
{
    const char *none = needs_rank(state);
    return none != NULL                              ? none
           : state->choice.adapter.rank >= RANK_MOST ? "the rank is at its most"
                                                     : NULL;
}

static const char *at_most_matrix(const struct state *state)
{
    const char *none = at_most_rank(state);
    return none != NULL ? none
           : state->choice.adapter.rank >= state_rank_most(state)
               ? "no matrix here has a higher rank; digits type one anyway"
               : NULL;
}

static const char *needs_rank_pattern(const struct state *state)
{
    return needs_row(state) != NULL ? no_rows
           : state->figures->takes_rank_pattern
               ? NULL
               : "this method has no rank_pattern of ranks";
}

static const char *needs_alpha_pattern(const struct state *state)
{
    return needs_row(state) != NULL ? no_rows
           : state->figures->takes_alpha_pattern
               ? NULL
               : "this method has no alpha_pattern";
}

static const char *can_mark(const struct state *state)
{
    return state->reference != NULL  ? NULL
           : state->figures == NULL  ? "no model is loaded"
           : state->figures->refused ? "PEFT refuses this choice, so it cannot "
                                       "be marked"
                                     : NULL;
}

static const char *needs_mark(const struct state *state)
{
    return state->reference == NULL ? "= marks a choice to compare with"
           : state->figures == NULL ? "no model is loaded"
                                    : NULL;
}

static const char *needs_past(const struct state *state)
{
    return state->history.past_count == 0 ? "nothing to undo" : NULL;
}

static const char *needs_future(const struct state *state)
{
    return state->history.future_count == 0 ? "nothing to redo" : NULL;
}

static const char *needs_sample(const struct state *state)
{
    bool sample = strncmp(state->choice.source, "sample:", 7) == 0;
    return sample ? NULL : "the matrix is read from a file, not sampled";
}

static const char *needs_notes(const struct state *state)
{
    return state_notes(state) == 0 ? "no messages yet" : NULL;
}

#define MAIN CONTEXT_MAIN
#define LIST CONTEXT_LIST
#define TYPE CONTEXT_PROMPT
#define ASK CONTEXT_CONFIRM

/* clang-format off */
const struct command command_table[] = {
    {"rank-up", "right l +", "\u2190\u2192", "+-",
     "raise the rank by one",
     "rank", MAIN, {INPUT_RIGHT, 'l', '+'}, at_most_rank, action_rank_up},
    {"rank-down", "left h -", NULL, NULL,
     "lower the rank by one",
     NULL, MAIN, {INPUT_LEFT, 'h', '-'}, at_least_rank, action_rank_down},
    {"rank-double", "]", NULL, NULL,
     "double the rank",
     NULL, MAIN, {']'}, at_most_matrix, action_rank_double},
    {"rank-halve", "[", "[ ]", "[ ]",
     "halve the rank",
     "half/double", MAIN, {'['}, at_least_rank, action_rank_halve},
    {"rank-type", "1-9", NULL, NULL,
     "type a rank",
     NULL, MAIN, {0}, needs_rank, action_rank_type},
    {"row-rank-type", "R", NULL, NULL,
     "type a rank for this row alone, or nothing for none of its own",
     NULL, MAIN, {'R'}, needs_rank_pattern, action_row_rank_type},
    {"row-rank-halve", "{", NULL, NULL,
     "halve the rank of this row alone",
     NULL, MAIN, {'{'}, needs_rank_pattern, action_row_rank_halve},
    {"row-rank-double", "}", NULL, NULL,
     "double the rank of this row alone",
     NULL, MAIN, {'}'}, needs_rank_pattern, action_row_rank_double},
    {"row-up", "up k", NULL, NULL,
     "go to the row above",
     NULL, MAIN, {INPUT_UP, 'k'}, needs_row, action_row_up},
    {"row-down", "down j", "\u2191\u2193", "up/down",
     "go to the row below",
     "row", MAIN, {INPUT_DOWN, 'j'}, needs_row, action_row_down},
    {"page-up", "PgUp", NULL, NULL,
     "go a page up",
     NULL, MAIN, {INPUT_PAGE_UP}, needs_row, action_page_up},
    {"page-down", "PgDn", NULL, NULL,
     "go a page down",
     NULL, MAIN, {INPUT_PAGE_DOWN}, needs_row, action_page_down},
    {"row-first", "Home g", NULL, NULL,
     "go to the first row",
     NULL, MAIN, {INPUT_HOME, 'g'}, needs_row, action_row_first},
    {"row-last", "End G", NULL, NULL,
     "go to the last row",
     NULL, MAIN, {INPUT_END, 'G'}, needs_row, action_row_last},
    {"toggle", "space", NULL, NULL,
     "adapt the modules of this row, or leave them alone",
     "on/off", MAIN, {' '}, needs_row, action_toggle},
    {"enter", "Enter", NULL, NULL,
     "fold a heading, toggle a row",
     NULL, MAIN, {INPUT_ENTER}, needs_row, action_enter},
    {"fold", "f", NULL, NULL,
     "fold or unfold the group of this row",
     NULL, MAIN, {'f'}, needs_row, action_fold},
    {"attention", "A", NULL, NULL,
     "adapt all of attention, or none of it",
     NULL, MAIN, {'A'}, needs_rows, action_attention},
    {"mlp", "M", NULL, NULL,
     "adapt the MLP and the experts, or none of them",
     NULL, MAIN, {'M'}, needs_rows, action_mlp},
    {"all-linear", "L", NULL, NULL,
     "adapt every linear layer but the head",
     NULL, MAIN, {'L'}, needs_rows, action_all_linear},
    {"default", "D", NULL, NULL,
     "take PEFT's default targets for this model type",
     NULL, MAIN, {'D'}, needs_rows, action_default},
    {"none", "N", NULL, NULL,
     "adapt nothing",
     NULL, MAIN, {'N'}, needs_rows, action_none},
    {"sets", "t", NULL, NULL,
     "choose among sets of targets",
     "sets", MAIN, {'t'}, needs_rows, action_sets},
    {"targets-type", "T", NULL, NULL,
     "type target_modules: names, or a regular expression",
     NULL, MAIN, {'T'}, needs_rows, action_targets_type},
    {"models", "p", NULL, NULL,
     "choose a model",
     "models", MAIN, {'p'}, NULL, action_models},
    {"class", "C", NULL, NULL,
     "choose the model's class: with another head, or without one",
     NULL, MAIN, {'C'}, needs_rows, action_classes},
    {"method", "m", NULL, NULL,
     "choose the method: LoRA, DoRA, VeRA, IA3 and all others of PEFT",
     "method", MAIN, {'m'}, NULL, action_methods},
    {"field", "F", NULL, NULL,
     "type any other field of PEFT's, such as use_rslora=true",
     NULL, MAIN, {'F'}, NULL, action_field},
    {"alpha-type", "a", NULL, NULL,
     "type alpha",
     NULL, MAIN, {'a'}, needs_alpha, action_alpha_type},
    {"alpha-halve", "<", NULL, NULL,
     "halve alpha",
     NULL, MAIN, {'<'}, needs_alpha, action_alpha_halve},
    {"alpha-double", ">", NULL, NULL,
     "double alpha",
     NULL, MAIN, {'>'}, needs_alpha, action_alpha_double},
    {"row-alpha-type", "@", NULL, NULL,
     "type an alpha for this row alone, or nothing for none of its own",
     NULL, MAIN, {'@'}, needs_alpha_pattern, action_row_alpha_type},
    {"row-alpha-halve", "(", NULL, NULL,
     "halve the alpha of this row alone",
     NULL, MAIN, {'('}, needs_alpha_pattern, action_row_alpha_halve},
    {"row-alpha-double", ")", NULL, NULL,
     "double the alpha of this row alone",
     NULL, MAIN, {')'}, needs_alpha_pattern, action_row_alpha_double},
    {"optimizer", "o", NULL, NULL,
     "choose the optimizer",
     NULL, MAIN, {'o'}, NULL, action_optimizers},
    {"dtype", "w", NULL, NULL,
     "next precision of the frozen weights",
     NULL, MAIN, {'w'}, NULL, action_dtype},
    {"transformers", "v", NULL, NULL,
     "switch between the layouts of transformers 4 and 5",
     NULL, MAIN, {'v'}, NULL, action_transformers},
    {"peft", "V", NULL, NULL,
     "switch between PEFT 0.18 and 0.21",
     NULL, MAIN, {'V'}, NULL, action_peft},
    {"mark", "=", NULL, NULL,
     "mark this choice to compare others with it, or unmark the marked one",
     NULL, MAIN, {'='}, can_mark, action_mark},
    {"compare", "c", NULL, NULL,
     "show the marked choice and this one side by side",
     "compare", MAIN, {'c'}, needs_mark, action_compare},
    {"swap", "x", NULL, NULL,
     "go to the marked choice and mark this one instead",
     NULL, MAIN, {'x'}, needs_mark, action_swap},
    {"view-next", "Tab", NULL, NULL,
     "next view: spectrum, trade-off curve, memory",
     "views", MAIN, {INPUT_TAB}, NULL, action_view_next},
    {"view-previous", "S-Tab", NULL, NULL,
     "previous view",
     NULL, MAIN, {INPUT_BACK_TAB}, NULL, action_view_previous},
    {"zoom", "z", NULL, NULL,
     "give the view the whole screen, or take it back",
     NULL, MAIN, {'z'}, NULL, action_zoom},
    {"sample-next", "s", NULL, NULL,
     "next sample update",
     NULL, MAIN, {'s'}, NULL, action_sample_next},
    {"samples", "S", NULL, NULL,
     "choose among the sample updates",
     NULL, MAIN, {'S'}, NULL, action_samples},
    {"seed-next", "n", NULL, NULL,
     "draw the sample with the next seed",
     NULL, MAIN, {'n'}, needs_sample, action_seed_next},
    {"seed-type", "r", NULL, NULL,
     "type the seed of the sample",
     NULL, MAIN, {'r'}, needs_sample, action_seed_type},
    {"units", "b", NULL, NULL,
     "switch between GiB and GB",
     NULL, MAIN, {'b'}, NULL, action_units},
    {"exact", "#", NULL, NULL,
     "show bytes as whole numbers, or rounded",
     NULL, MAIN, {'#'}, NULL, action_exact},
    {"export", "e", NULL, NULL,
     "write adapter_config.json, Python lines, a table, JSON or CSV",
     "export", MAIN, {'e'}, needs_rows, action_export},
    {"import", "i", NULL, NULL,
     "read all settings from an adapter_config.json",
     NULL, MAIN, {'i'}, NULL, action_import},
    {"yank", "y", NULL, NULL,
     "copy the number of this row to the clipboard",
     NULL, MAIN, {'y'}, needs_rows, action_yank},
    {"yank-line", "Y", NULL, NULL,
     "copy PEFT's line to the clipboard",
     NULL, MAIN, {'Y'}, needs_rows, action_yank_line},
    {"undo", "u", NULL, NULL,
     "undo the last change",
     "undo", MAIN, {'u'}, needs_past, action_undo},
    {"redo", "Ctrl-R", NULL, NULL,
     "do again what was undone",
     NULL, MAIN, {CONTROL_R}, needs_future, action_redo},
    {"log", "!", NULL, NULL,
     "list what warns now and the messages so far",
     NULL, MAIN, {'!'}, needs_notes, action_log},
    {"palette", ": / Ctrl-P", NULL, NULL,
     "run a command by its name",
     NULL, MAIN, {':', '/', CONTROL_P}, NULL, action_palette},
    {"help", "?", NULL, NULL,
     "list all commands",
     "help", MAIN, {'?'}, NULL, action_help},
    {"cancel", "Esc", NULL, NULL,
     "stop the spectrum, leave the zoom",
     NULL, MAIN, {INPUT_ESCAPE}, NULL, action_cancel},
    {"redraw", "Ctrl-L", NULL, NULL,
     "draw the screen anew",
     NULL, MAIN | LIST | TYPE | ASK, {CONTROL_L}, NULL, action_redraw},
    {"suspend", "Ctrl-Z", NULL, NULL,
     "stop the program, fg brings it back",
     NULL, MAIN | LIST | TYPE | ASK, {CONTROL_Z}, NULL, action_suspend},
    {"quit", "q", NULL, NULL,
     "leave the program",
     "quit", MAIN, {'q'}, NULL, action_quit},

    {"list-accept", "Enter", NULL, NULL,
     "take the row under the cursor",
     "take", LIST, {INPUT_ENTER}, NULL, action_accept_list},
    {"list-leave", "Esc", NULL, NULL,
     "leave with nothing changed",
     "back", LIST, {INPUT_ESCAPE}, NULL, action_leave},
    {"list-up", "up Ctrl-P", NULL, NULL,
     "go to the row above",
     NULL, LIST, {INPUT_UP, CONTROL_P, INPUT_BACK_TAB}, NULL, action_list_up},
    {"list-down", "down Ctrl-N", "\u2191\u2193", "up/down",
     "go to the row below",
     "row", LIST, {INPUT_DOWN, CONTROL_N, INPUT_TAB}, NULL, action_list_down},
    {"list-page-up", "PgUp", NULL, NULL,
     "go a page up",
     NULL, LIST, {INPUT_PAGE_UP}, NULL, action_list_page_up},
    {"list-page-down", "PgDn", NULL, NULL,
     "go a page down",
     NULL, LIST, {INPUT_PAGE_DOWN}, NULL, action_list_page_down},
    {"list-first", "Home", NULL, NULL,
     "go to the first row",
     NULL, LIST, {INPUT_HOME}, NULL, action_list_first},
    {"list-last", "End", NULL, NULL,
     "go to the last row",
     NULL, LIST, {INPUT_END}, NULL, action_list_last},
    {"list-erase", "Backspace", NULL, NULL,
     "take the filter's last character back",
     NULL, LIST, {INPUT_BACKSPACE}, NULL, action_erase},
    {"list-erase-all", "Ctrl-U", NULL, NULL,
     "empty the filter",
     NULL, LIST, {CONTROL_U, CONTROL_W}, NULL, action_erase_line},

    {"prompt-accept", "Enter", NULL, NULL,
     "take what was typed",
     "take", TYPE, {INPUT_ENTER}, NULL, action_accept_prompt},
    {"prompt-leave", "Esc", NULL, NULL,
     "leave with nothing changed",
     "back", TYPE, {INPUT_ESCAPE}, NULL, action_leave},
    {"prompt-erase", "Backspace", NULL, NULL,
     "erase the character before the cursor",
     NULL, TYPE, {INPUT_BACKSPACE}, NULL, action_erase},
    {"prompt-delete", "Delete Ctrl-D", NULL, NULL,
     "erase the character under the cursor",
     NULL, TYPE, {INPUT_DELETE, CONTROL_D}, NULL, action_line_delete},
    {"prompt-erase-all", "Ctrl-U", NULL, NULL,
     "erase the line",
     "empty", TYPE, {CONTROL_U, CONTROL_W}, NULL, action_erase_line},
    {"prompt-left", "left", NULL, NULL,
     "one character left",
     NULL, TYPE, {INPUT_LEFT}, NULL, action_line_left},
    {"prompt-right", "right", NULL, NULL,
     "one character right",
     NULL, TYPE, {INPUT_RIGHT}, NULL, action_line_right},
    {"prompt-first", "Home Ctrl-A", NULL, NULL,
     "start of the line",
     NULL, TYPE, {INPUT_HOME, CONTROL_A}, NULL, action_line_first},
    {"prompt-last", "End Ctrl-E", NULL, NULL,
     "end of the line",
     NULL, TYPE, {INPUT_END, CONTROL_E}, NULL, action_line_last},

    {"overwrite", "y", NULL, NULL,
     "overwrite the file",
     "overwrite", ASK, {'y'}, NULL, action_overwrite},
    {"keep", "n Esc", NULL, NULL,
     "leave the file as it is",
     "keep", ASK, {'n', INPUT_ESCAPE, 'q'}, NULL, action_leave},
};
/* clang-format on */
const size_t command_count = sizeof command_table / sizeof *command_table;

enum context command_context(const struct state *state)
{
    if (state->confirm) {
        return CONTEXT_CONFIRM;
    }
    if (state->prompt != PROMPT_NONE) {
        return CONTEXT_PROMPT;
    }
    return state->list.kind != LIST_NONE ? CONTEXT_LIST : CONTEXT_MAIN;
}

const struct command *command_find(enum context context, int32_t key)
{
    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = &command_table[i];
        if ((command->contexts & (unsigned)context) == 0) {
            continue;
        }
        for (size_t k = 0; k < COMMAND_KEYS && command->key[k] != 0; k++) {
            if (command->key[k] == key) {
                return command;
            }
        }
    }
    return NULL;
}

const struct command *command_named(const char *name)
{
    for (size_t i = 0; i < command_count; i++) {
        if (strcmp(command_table[i].name, name) == 0) {
            return &command_table[i];
        }
    }
    return NULL;
}

const char *command_disabled(const struct command *command,
                             const struct state *state)
{
    return command->disabled != NULL ? command->disabled(state) : NULL;
}

/* The footer of the main screen from left to right, and how much each matters:
 * a narrow terminal keeps the small numbers.
 */
static const struct footer_item main_footer[] = {
    {"rank-up", 1},     {"row-down", 5}, {"toggle", 2},    {"sets", 6},
    {"method", 8},      {"models", 7},   {"view-next", 9}, {"help", 3},
    {"quit", 4},        {"undo", 10},    {"compare", 11},  {"export", 12},
    {"rank-halve", 13},
};

static size_t main_items(struct command_hint *out, size_t capacity)
{
    size_t all = sizeof main_footer / sizeof *main_footer, count = 0;
    for (size_t i = 0; i < all && count < capacity; i++) {
        out[count++] = (struct command_hint){
            .command = command_named(main_footer[i].name),
            .priority = main_footer[i].priority,
        };
    }
    return count;
}

size_t command_footer(const struct state *state, struct command_hint *out,
                      size_t capacity)
{
    size_t count = 0;
    enum context context = command_context(state);
    if (context == CONTEXT_MAIN) {
        return main_items(out, capacity);
    }
    for (size_t i = 0; i < command_count && count < capacity; i++) {
        const struct command *command = &command_table[i];
        if ((command->contexts & (unsigned)context) != 0 &&
            command->label != NULL) {
            out[count] = (struct command_hint){command, (unsigned)count + 1};
            count++;
        }
    }
    return count;
}
