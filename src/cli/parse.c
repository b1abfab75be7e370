/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading argv with getopt_long and the table of options.
 *
 * Operands are collected here rather than permuted by getopt, so that options
 * may follow them whatever POSIXLY_CORRECT says.
 */
#include "cli/call.h"

#include <assert.h>
#include <getopt.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "cli/options.h"
#include "cli/values.h"

enum { LONG_BASE = 256, LETTERS_SIZE = 64 };

/* Options as getopt_long wants them; freed after parsing. */
struct getopt_tables {
    struct option *longs;
    char letters[LETTERS_SIZE]; /* "+:hr:..." */
};

static bool tables_init(struct getopt_tables *tables, struct error *err)
{
    tables->longs = memory_new(option_count + 1, sizeof *tables->longs, err);
    if (tables->longs == NULL) {
        return false;
    }
    size_t used = 0;
    tables->letters[used++] = '+';
    tables->letters[used++] = ':';
    for (size_t i = 0; i < option_count; i++) {
        tables->longs[i] = (struct option){
            .name = option_table[i].name,
            .has_arg = option_table[i].argument != NULL ? required_argument
                                                        : no_argument,
            .val = LONG_BASE + (int)i,
        };
        if (option_table[i].letter != 0 && used + 3 < LETTERS_SIZE) {
            tables->letters[used++] = option_table[i].letter;
            if (option_table[i].argument != NULL) {
                tables->letters[used++] = ':';
            }
        }
    }
    tables->letters[used] = '\0';
    return true;
}

static const struct option_spec *option_of(int value)
{
    if (value >= LONG_BASE) {
        return &option_table[value - LONG_BASE];
    }
    for (size_t i = 0; i < option_count; i++) {
        if (option_table[i].letter != 0 && option_table[i].letter == value) {
            return &option_table[i];
        }
    }
    return NULL;
}

static const char *nearest_option(const char *name)
{
    const char *nearest = NULL;
    size_t least = 4;
    for (size_t i = 0; i < option_count; i++) {
        size_t distance = text_distance(option_table[i].name, name);
        if (distance < least && distance < strlen(option_table[i].name)) {
            least = distance;
            nearest = option_table[i].name;
        }
    }
    return nearest;
}

/* "--ran": the options it could mean, when there are several. */
static bool refuse_abbreviation(const char *name, struct error *err)
{
    struct text list = {0};
    size_t matches = 0;
    for (size_t i = 0; i < option_count; i++) {
        if (strncmp(option_table[i].name, name, strlen(name)) == 0) {
            text_appendf(&list, "%s--%s", matches == 0 ? "" : ", ",
                         option_table[i].name);
            matches++;
        }
    }
    if (matches > 1) {
        error_set(err, ERROR_USAGE, "option --%s is ambiguous: %s", name,
                  text_string(&list));
    }
    text_clear(&list);
    return matches > 1;
}

static bool refuse_long(const char *word, struct error *err)
{
    char name[64];
    const char *start = word + strspn(word, "-");
    size_t length = strcspn(start, "=");
    length = length < sizeof name ? length : sizeof name - 1;
    memcpy(name, start, length);
    name[length] = '\0';
    if (refuse_abbreviation(name, err)) {
        return false;
    }
    const char *nearest = nearest_option(name);
    if (nearest != NULL) {
        return error_set(err, ERROR_USAGE,
                         "unknown option --%s; the nearest is --%s", name,
                         nearest);
    }
    return error_set(err, ERROR_USAGE,
                     "unknown option --%s; see loraexplore --help", name);
}

/* What getopt_long refused: '?' with optopt telling apart the cases. */
static bool refuse_option(const char *word, struct error *err)
{
    if (optopt >= LONG_BASE) {
        return error_set(err, ERROR_USAGE,
                         "--%s takes no value; write it without \"=\"",
                         option_of(optopt)->name);
    }
    if (strncmp(word, "--", 2) == 0) {
        return refuse_long(word, err);
    }
    return error_set(err, ERROR_USAGE,
                     "unknown option -%c; see loraexplore --help", optopt);
}

static bool refuse_missing(const char *word, struct error *err)
{
    const struct option_spec *option = option_of(optopt);
    if (option == NULL) {
        return error_set(err, ERROR_USAGE, "%s needs a value", word);
    }
    return error_set(err, ERROR_USAGE, "--%s needs a value: --%s %s",
                     option->name, option->name, option->argument);
}

/* What argv says, before it is known which command it is for. */
struct collected {
    const struct option_spec *option;
    const char *value;
};

struct collection {
    struct collected *items; /* argc at most */
    size_t count;
};

static bool collect(struct cli_call *call, struct collection *collection,
                    const struct getopt_tables *tables, int argc, char **argv,
                    struct error *err)
{
    opterr = 0;
    optind = 0; /* start over, on every libc */
    for (;;) {
        int before = optind == 0 ? 1 : optind;
        int found =
            getopt_long(argc, argv, tables->letters, tables->longs, NULL);
        if (found == '?') {
            return refuse_option(argv[before], err);
        }
        if (found == ':') {
            return refuse_missing(argv[before], err);
        }
        if (found != -1) {
            collection->items[collection->count++] =
                (struct collected){option_of(found), optarg};
            continue;
        }
        bool ended = optind > before; /* it stepped over "--" */
        while (optind < argc) {
            call->operands[call->operand_count++] = argv[optind++];
            if (!ended) {
                break;
            }
        }
        if (ended || (optind >= argc && before >= argc)) {
            return true;
        }
    }
}

/* The first operand is the command when it has a command's name. */
static void choose_command(struct cli_call *call)
{
    call->command = &cli_commands[0];
    if (call->operand_count == 0) {
        return;
    }
    const struct cli_command *command = cli_command_find(call->operands[0]);
    if (command != NULL) {
        call->command = command;
        call->operands++;
        call->operand_count--;
    }
}

static bool refuse_later_option(const struct option_spec *option,
                                struct error *err)
{
    return error_set(err, ERROR_USAGE,
                     "--%s is not part of this version; loraexplore --help "
                     "lists what is",
                     option->name);
}

static bool refuse_elsewhere(const struct option_spec *option,
                             const struct cli_command *command,
                             struct error *err)
{
    const char *name = command->name;
    return error_set(err, ERROR_USAGE,
                     "%s has no option --%s; see loraexplore%s%s --help",
                     name[0] == '\0' ? "the explorer" : name, option->name,
                     name[0] == '\0' ? "" : " ", name);
}

/* Options that others need when they are read: where the tables of PEFT lie
 * and whose release counts, and whether anything is to be read at all.
 */
static bool comes_first(const struct option_spec *option)
{
    return option->apply == value_help || option->apply == value_version ||
           option->apply == value_presets || option->apply == value_peft;
}

static bool is_pattern(const struct option_spec *option)
{
    return option->apply == value_rank_pattern ||
           option->apply == value_alpha_pattern;
}

static bool apply_options(struct cli_call *call,
                          const struct collection *collection, bool first,
                          struct error *err)
{
    for (size_t i = 0; i < collection->count; i++) {
        const struct collected *item = &collection->items[i];
        assert(item->option != NULL);
        if (item->option->apply == NULL) {
            return refuse_later_option(item->option, err);
        }
        if (!option_is_for(item->option, call->command)) {
            return refuse_elsewhere(item->option, call->command, err);
        }
        if (comes_first(item->option) != first) {
            continue;
        }
        if (!first && !is_pattern(item->option) &&
            !values_set_patterns(call, err)) {
            return false;
        }
        if (!item->option->apply(call, item->value, err)) {
            return false;
        }
    }
    return values_set_patterns(call, err);
}

static bool refuse_first(const struct cli_call *call, struct error *err)
{
    const char *nearest = cli_command_nearest(call->operands[0]);
    if (nearest != NULL) {
        return error_set(err, ERROR_USAGE,
                         "unknown command \"%s\"; the nearest is %s",
                         call->operands[0], nearest);
    }
    return error_set(err, ERROR_USAGE,
                     "\"%s\" is no command and one MODEL is enough; see "
                     "loraexplore --help",
                     call->operands[0]);
}

static bool check_operands(const struct cli_call *call, struct error *err)
{
    const struct cli_command *command = call->command;
    if (command->run == NULL) {
        return error_set(err, ERROR_USAGE, "%s is not part of this version; %s",
                         command->name, command->summary);
    }
    if (call->operand_count > command->most) {
        if (command->id == COMMAND_EXPLORE) {
            return refuse_first(call, err);
        }
        return error_set(err, ERROR_USAGE,
                         "\"%s\" is one operand too many; write loraexplore "
                         "%s %s",
                         call->operands[command->most], command->name,
                         command->operands);
    }
    if (call->operand_count < command->least) {
        return error_set(err, ERROR_USAGE,
                         "%s needs an operand; write loraexplore %s %s",
                         command->name, command->name, command->operands);
    }
    return true;
}

static bool parse(struct cli_call *call, int argc, char **argv,
                  struct collection *collection,
                  const struct getopt_tables *tables, struct error *err)
{
    if (!collect(call, collection, tables, argc, argv, err)) {
        return false;
    }
    choose_command(call);
    if (call->command->run == NULL) {
        return check_operands(call, err);
    }
    if (!apply_options(call, collection, true, err)) {
        return false;
    }
    if (call->help || call->version) {
        return true;
    }
    return resource_path_init(&call->path, call->presets, err) &&
           apply_options(call, collection, false, err) &&
           check_operands(call, err) && values_check_adapter(call, err);
}

bool cli_call_parse(struct cli_call *call, int argc, char **argv,
                    struct error *err)
{
    memset(call, 0, sizeof *call);
    explorer_setup_init(&call->setup, &call->path, &call->strings);
    call->command = &cli_commands[0];
    struct getopt_tables tables = {0};
    struct collection collection = {0};
    size_t most = argc > 0 ? (size_t)argc + 1 : 1;
    /* A cluster such as -hV holds more options than words. */
    size_t letters = 0;
    for (int i = 1; i < argc; i++) {
        letters += strlen(argv[i]);
    }
    call->operand_block = memory_new(most, sizeof *call->operand_block, err);
    collection.items =
        memory_new(most + letters, sizeof *collection.items, err);
    call->operands = call->operand_block;
    bool ok = call->operand_block != NULL && collection.items != NULL &&
              tables_init(&tables, err) &&
              parse(call, argc, argv, &collection, &tables, err);
    memory_free(collection.items);
    memory_free(tables.longs);
    return ok;
}

void cli_call_clear(struct cli_call *call)
{
    memory_free(call->operand_block);
    memory_free(call->ranks);
    resource_path_clear(&call->path);
    json_decref(call->asked);
    json_decref(call->patterns);
    strings_clear(&call->strings);
    memset(call, 0, sizeof *call);
}
