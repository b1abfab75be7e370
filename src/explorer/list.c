/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists: entries, fuzzy filter.
 */
#include "explorer/list.h"

#include <stdio.h>
#include <string.h>

#include "adapter/method.h"
#include "base/text.h"
#include "base/units.h"
#include "explorer/command.h"
#include "explorer/compare.h"
#include "spectrum/sample.h"

struct set {
    const char *name, *help;
};

static const struct set sets[] = {
    {"default", "what PEFT adapts when nothing is asked"},
    {"all-linear", "every linear layer but the head (QLoRA's choice)"},
    {"attention", "all projections of attention"},
    {"attention + MLP", "both, but embedding and head"},
    {"MLP", "the MLP and the experts"},
    {"q_proj, v_proj", "the pair of the LoRA paper, by name"},
    {"none", "nothing: the base model alone"},
    {"type names...", "target_modules, comma separated"},
};

static const struct set exports[EXPORT_FORMATS] = {
    {"table", "plain text, as `loraexplore count` prints it"},
    {"JSON", "as `loraexplore count --json` prints it"},
    {"CSV", "one line for each kind of module, RFC 4180"},
    {"command line", "the call that prints these numbers"},
    {"Python", "lines to paste: LoraConfig(...) and its like"},
    {"adapter_config.json", "PEFT's file, every field of the method"},
};

static const char *const class_helps[CLASS_HEADS] = {
    "predicts tokens", "none: the bare model", "classifies sequences",
    "classifies tokens", "finds the answer in a text"};

static const struct list_column model_columns[] = {
    {.title = "name"},
    {.title = "type", .width = 16},
    {.title = "parameters", .width = 17, .right = true},
    {.title = "layers", .width = 6, .right = true},
    {.title = "context", .width = 10, .right = true},
};
static const struct list_column command_columns[] = {
    {.title = "keys", .width = 13},
    {.title = "command", .width = 15},
    {.title = "what it does"},
};
static const struct list_column pair_columns[] = {
    {.title = "name", .width = 19},
    {.title = "what it is"},
};
static const struct list_column class_columns[] = {
    {.title = "class", .width = 33},
    {.title = "its head"},
};
static const struct list_column compare_columns[] = {
    [COMPARE_NAME] = {.title = ""},
    [COMPARE_RANK] = {.title = "rank", .width = 7, .right = true},
    [COMPARE_A] = {.title = "A: marked", .width = 15, .right = true},
    [COMPARE_B] = {.title = "B: now", .width = 15, .right = true},
    [COMPARE_DELTA] = {.title = "B - A",
                       .width = 16,
                       .right = true,
                       .keep = true},
};
static const struct list_column log_columns[] = {{.title = "message"}};

#define COLUMNS(table) (*columns = (table), sizeof(table) / sizeof *(table))

size_t list_columns(enum list_kind kind, const struct list_column **columns)
{
    switch (kind) {
    case LIST_MODELS:
        return COLUMNS(model_columns);
    case LIST_HELP:
    case LIST_PALETTE:
        return COLUMNS(command_columns);
    case LIST_SETS:
    case LIST_METHODS:
    case LIST_OPTIMIZERS:
    case LIST_SAMPLES:
    case LIST_EXPORT:
        return COLUMNS(pair_columns);
    case LIST_CLASSES:
        return COLUMNS(class_columns);
    case LIST_COMPARE:
        return COLUMNS(compare_columns);
    case LIST_LOG:
        return COLUMNS(log_columns);
    case LIST_NONE:
        break;
    }
    *columns = NULL;
    return 0;
}

const char *list_title(enum list_kind kind)
{
    switch (kind) {
    case LIST_NONE:
        break;
    case LIST_MODELS:
        return "models";
    case LIST_HELP:
        return "help: all commands";
    case LIST_PALETTE:
        return "run a command";
    case LIST_SETS:
        return "targets";
    case LIST_METHODS:
        return "methods";
    case LIST_CLASSES:
        return "classes of this model";
    case LIST_OPTIMIZERS:
        return "optimizer";
    case LIST_SAMPLES:
        return "sample updates";
    case LIST_EXPORT:
        return "export as";
    case LIST_COMPARE:
        return "compare: A is marked, B is here";
    case LIST_LOG:
        return "warnings and messages";
    }
    return "";
}

/* Models that stand above the presets: ./config.json, what the program was
 * started with when that is a file, then those opened lately.
 */
static bool starts_with_file(const struct state *state)
{
    return strchr(state->first_model, '/') != NULL ||
           text_ends(state->first_model, ".json");
}

static size_t files_above(const struct state *state)
{
    return (size_t)state->local_config + (size_t)starts_with_file(state);
}

bool list_is_file(const struct state *state, const char *name)
{
    return strcmp(name, "./config.json") == 0 ||
           (starts_with_file(state) && strcmp(name, state->first_model) == 0);
}

static size_t recent_above(const struct state *state)
{
    return state->list.filter.length == 0 ? state->recent_count : 0;
}

static size_t models_above(const struct state *state)
{
    return files_above(state) + recent_above(state);
}

static size_t preset_count(const struct state *state)
{
    return state->presets != NULL ? state->presets->count : 0;
}

void list_model_name(const struct state *state, size_t index,
                     char out[CHOICE_NAME_SIZE])
{
    size_t files = files_above(state);
    const char *name = "config.json";
    if (index < files) {
        bool local = state->local_config && index == 0;
        name = local ? "./config.json" : state->first_model;
    } else if (index < models_above(state)) {
        name = state->recent[index - files];
    } else if (index - models_above(state) < preset_count(state)) {
        name = state->presets->items[index - models_above(state)].name;
    }
    snprintf(out, CHOICE_NAME_SIZE, "%s", name);
}

static size_t first_source_is_file(const struct state *state)
{
    return strncmp(state->first_source, "sample:", 7) != 0;
}

size_t list_sample_count(const struct state *state)
{
    return sample_count + first_source_is_file(state);
}

void list_sample_name(const struct state *state, size_t index,
                      char out[CHOICE_NAME_SIZE])
{
    if (index < sample_count) {
        snprintf(out, CHOICE_NAME_SIZE, "sample:%s", samples[index].name);
    } else {
        snprintf(out, CHOICE_NAME_SIZE, "%s", state->first_source);
    }
}

/* The head of entry INDEX: those of the model's that have a class. */
static size_t class_at(const struct state *state, size_t index)
{
    size_t head = 0;
    for (; head < CLASS_HEADS; head++) {
        if (state->model->classes[head] != NULL && index-- == 0) {
            break;
        }
    }
    return head;
}

static size_t class_count(const struct state *state)
{
    size_t count = 0;
    for (size_t i = 0; state->model != NULL && i < CLASS_HEADS; i++) {
        count += state->model->classes[i] != NULL;
    }
    return count;
}

const char *list_class_name(const struct state *state, size_t index)
{
    size_t head = class_at(state, index);
    return head < CLASS_HEADS ? state->model->classes[head] : "";
}

static size_t count_entries(const struct state *state, enum list_kind kind)
{
    switch (kind) {
    case LIST_NONE:
        break;
    case LIST_MODELS:
        return models_above(state) + preset_count(state);
    case LIST_HELP:
    case LIST_PALETTE:
        return command_count;
    case LIST_SETS:
        return sizeof sets / sizeof *sets;
    case LIST_METHODS:
        return method_count;
    case LIST_CLASSES:
        return class_count(state);
    case LIST_OPTIMIZERS:
        return optimizer_count;
    case LIST_SAMPLES:
        return list_sample_count(state);
    case LIST_EXPORT:
        return EXPORT_FORMATS;
    case LIST_COMPARE:
        return compare_count(state);
    case LIST_LOG:
        return state_notes(state);
    }
    return 0;
}

static void put(struct list_entry *entry, size_t cell, const char *text)
{
    text_sanitize(entry->cells[cell], LIST_CELL_SIZE, text);
}

static void put_count(struct list_entry *entry, size_t cell, uint64_t value)
{
    if (value > 0) {
        char number[UNITS_SIZE];
        put(entry, cell, units_count(number, value));
    }
}

static const struct preset *find_preset(const struct state *state,
                                        const char *name)
{
    for (size_t i = 0; i < preset_count(state); i++) {
        if (strcmp(state->presets->items[i].name, name) == 0) {
            return &state->presets->items[i];
        }
    }
    return NULL;
}

static void model_entry(const struct state *state, size_t index,
                        struct list_entry *entry)
{
    char name[CHOICE_NAME_SIZE];
    list_model_name(state, index, name);
    put(entry, 0, name);
    entry->current = strcmp(name, state->choice.model) == 0;
    const struct preset *preset = find_preset(state, name);
    if (preset == NULL) {
        put(entry, 1, index < files_above(state) ? "your file" : "");
        return;
    }
    put(entry, 1, preset->model_type);
    put_count(entry, 2, preset->parameters);
    put_count(entry, 3, preset->layers);
    put_count(entry, 4, preset->context);
}

static void command_entry(const struct state *state, size_t index,
                          struct list_entry *entry)
{
    const struct command *command = &command_table[index];
    put(entry, 0, command->keys);
    put(entry, 1, command->name);
    put(entry, 2, command->help);
    bool here = (command->contexts & (unsigned)CONTEXT_MAIN) != 0;
    entry->disabled =
        here ? command_disabled(command, state) : "works in lists and prompts";
}

void list_entry(const struct state *state, size_t index,
                struct list_entry *entry)
{
    memset(entry, 0, sizeof *entry);
    char name[CHOICE_NAME_SIZE];
    switch (state->list.kind) {
    case LIST_NONE:
        break;
    case LIST_MODELS:
        model_entry(state, index, entry);
        break;
    case LIST_HELP:
    case LIST_PALETTE:
        command_entry(state, index, entry);
        break;
    case LIST_SETS:
        put(entry, 0, sets[index].name);
        put(entry, 1, sets[index].help);
        break;
    case LIST_METHODS:
        put(entry, 0, method_table[index].name);
        put(entry, 1, method_table[index].summary);
        entry->current = state->choice.adapter.method == &method_table[index];
        break;
    case LIST_CLASSES:
        put(entry, 0, list_class_name(state, index));
        put(entry, 1, class_helps[class_at(state, index)]);
        entry->current =
            strcmp(list_class_name(state, index), state_class(state)) == 0;
        break;
    case LIST_OPTIMIZERS:
        put(entry, 0, optimizers[index].name);
        put(entry, 1, optimizers[index].description);
        entry->current = state->choice.training.optimizer == &optimizers[index];
        break;
    case LIST_SAMPLES:
        list_sample_name(state, index, name);
        put(entry, 0, index < sample_count ? samples[index].name : name);
        put(entry, 1,
            index < sample_count ? samples[index].description
                                 : "the file of the command line");
        entry->current = strcmp(name, state->choice.source) == 0;
        break;
    case LIST_EXPORT:
        put(entry, 0, exports[index].name);
        put(entry, 1, exports[index].help);
        break;
    case LIST_COMPARE:
        compare_entry(state, index, entry);
        break;
    case LIST_LOG:
        put(entry, 0, state_note(state, index, &entry->current));
        break;
    }
}

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_word(char c)
{
    c = fold(c);
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           (unsigned char)c >= 0x80;
}

unsigned list_score(const char *pattern, const char *text)
{
    unsigned score = 1, run = 0;
    const char *at = text;
    for (; *pattern != '\0'; pattern++) {
        if (*pattern == ' ') {
            run = 0;
            continue;
        }
        const char *start = at;
        while (*at != '\0' && fold(*at) != fold(*pattern)) {
            at++;
        }
        if (*at == '\0') {
            return 0;
        }
        bool begins = at == text || !is_word(at[-1]);
        run = at == start && at != text ? run + 1 : 1;
        score += run * 4 + (begins ? 6 : 0);
        at++;
    }
    /* A number typed is that number: llama3 means Llama-3, not llama-30b. */
    score += is_word(*at) ? 0 : 3;
    /* Short texts first among equals: little is left unsaid. */
    size_t rest = strlen(at);
    return score * 64 + (rest < 63 ? 63 - (unsigned)rest : 0);
}

enum { BEGINS = 1 << 21 };

/* A whole part of the text beats scattered letters. */
static unsigned match(const char *pattern, const char *text)
{
    if (text_equal_fold(text, pattern)) {
        return 1U << 30;
    }
    unsigned score = list_score(pattern, text);
    if (text_starts_fold(text, pattern)) {
        return score + BEGINS;
    }
    return text_contains_fold(text, pattern) ? score + (1U << 20) : score;
}

static unsigned entry_score(const struct state *state, size_t index)
{
    struct list_entry entry;
    list_entry(state, index, &entry);
    const char *filter = state->list.filter.text;
    unsigned best = 0;
    bool commands =
        state->list.kind == LIST_HELP || state->list.kind == LIST_PALETTE;
    size_t cells = commands ? 3 : 2;
    for (size_t i = 0; i < cells; i++) {
        /* Prose matches by whole parts only: letters scattered over a
         * sentence mean nothing.
         */
        bool prose = (commands && i == 2) ||
                     (!commands && state->list.kind != LIST_MODELS && i == 1) ||
                     state->list.kind == LIST_LOG;
        unsigned score = prose ? text_contains_fold(entry.cells[i], filter)
                               : match(filter, entry.cells[i]);
        if (state->list.kind == LIST_MODELS && i == 1) {
            score = score < BEGINS ? score : BEGINS - 1; /* names go first */
        }
        best = score > best ? score : best;
    }
    return best;
}

static bool listed(const struct state *state, size_t index)
{
    if (state->list.kind != LIST_PALETTE) {
        return true;
    }
    /* The palette is for what can be run here. */
    const struct command *command = &command_table[index];
    return (command->contexts & (unsigned)CONTEXT_MAIN) != 0;
}

void list_filter(struct state *state)
{
    struct list *list = &state->list;
    unsigned scores[LIST_MOST];
    list->entry_count = count_entries(state, list->kind);
    list->shown_count = list->cursor = 0;
    for (size_t i = 0; i < list->entry_count && i < LIST_MOST; i++) {
        unsigned score = list->filter.length > 0 ? entry_score(state, i) : 1;
        if (score == 0 || !listed(state, i)) {
            continue;
        }
        /* Insertion keeps equals in their order. */
        size_t at = list->shown_count++;
        while (at > 0 && scores[at - 1] < score) {
            scores[at] = scores[at - 1];
            list->shown[at] = list->shown[at - 1];
            at--;
        }
        scores[at] = score;
        list->shown[at] = (uint16_t)i;
    }
}

void list_open(struct state *state, enum list_kind kind)
{
    state->list.kind = kind;
    line_set(&state->list.filter, "");
    list_filter(state);
    bool chosen = kind != LIST_COMPARE && kind != LIST_LOG;
    for (size_t i = 0; chosen && i < state->list.shown_count; i++) {
        struct list_entry entry;
        list_entry(state, state->list.shown[i], &entry);
        if (entry.current) {
            state->list.cursor = i;
            break;
        }
    }
}
