/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * --help and --version, written from the tables.
 */
#include <string.h>

#include "cli/commands.h"
#include "cli/output.h"
#include "explorer/version.h"
#include "spectrum/svd.h"

enum { OPTION_COLUMNS = 26, COMMAND_COLUMNS = 30 };

static void append_padded(struct text *out, const char *label, size_t columns)
{
    text_append(out, label);
    size_t used = text_columns(label);
    text_append(out, used < columns ? "" : "\n");
    for (size_t i = used < columns ? used : 0; i < columns; i++) {
        text_append(out, " ");
    }
}

/* " (count)": the commands that have an option which the explorer lacks. */
static void append_commands_of(const struct option_spec *option,
                               struct text *out)
{
    const char *before = " (";
    if (option_is_for(option, &cli_commands[0])) {
        return;
    }
    for (size_t i = 1; i < cli_command_count; i++) {
        if (cli_commands[i].run != NULL &&
            option_is_for(option, &cli_commands[i])) {
            text_appendf(out, "%s%s", before, cli_commands[i].name);
            before = ", ";
        }
    }
    text_append(out, ")");
}

/* A claim that leaves something out does not claim the default. */
static bool has_standard(const struct option_spec *option,
                         const struct cli_command *command)
{
    bool everywhere = (option->commands & (1u << COMMAND_PRESETS)) != 0;
    return option->standard != NULL &&
           (command->id != COMMAND_CHECK || everywhere);
}

/* The program's own help says which commands have it. */
static void append_option(const struct option_spec *option,
                          const struct cli_command *command, struct text *out)
{
    struct text label = {0};
    if (option->letter != 0) {
        text_appendf(&label, "  -%c, --%s", option->letter, option->name);
    } else {
        text_appendf(&label, "      --%s", option->name);
    }
    if (option->argument != NULL) {
        text_appendf(&label, " %s", option->argument);
    }
    append_padded(out, text_string(&label), OPTION_COLUMNS);
    text_append(out, option->help);
    if (has_standard(option, command)) {
        text_appendf(out, " [%s]", option->standard);
    }
    if (command->id == COMMAND_EXPLORE) {
        append_commands_of(option, out);
    }
    text_append(out, "\n");
    out->failed = out->failed || label.failed;
    text_clear(&label);
}

/* The groups of the table, by their first options. */
static const struct {
    const char *first, *heading;
} groups[] = {
    {"adapter-config", "The adapter"},
    {"model", "The model"},
    {"dtype", "Memory and file"},
    {"size", "The spectrum"},
    {"json", "Output"},
    {"help", "Help"},
};

static const char *group_at(const struct option_spec *option)
{
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        if (strcmp(groups[i].first, option->name) == 0) {
            return groups[i].heading;
        }
    }
    return NULL;
}

/* The program's own help lists the options of every command. */
static void append_options(const struct cli_command *command, struct text *out)
{
    bool all = command->id == COMMAND_EXPLORE;
    const char *heading = NULL;
    for (size_t i = 0; i < option_count; i++) {
        const struct option_spec *option = &option_table[i];
        const char *group = group_at(option);
        heading = group != NULL ? group : heading;
        if (option->apply == NULL ||
            (!all && !option_is_for(option, command))) {
            continue;
        }
        if (heading != NULL) {
            text_appendf(out, "\n%s:\n", heading);
            heading = NULL;
        }
        append_option(option, command, out);
    }
}

static void append_commands(struct text *out)
{
    text_append(out, "\nCommands:\n");
    for (size_t i = 1; i < cli_command_count; i++) {
        if (cli_commands[i].run == NULL) {
            continue;
        }
        struct text label = {0};
        text_appendf(&label, "  %s %s", cli_commands[i].name,
                     cli_commands[i].operands);
        append_padded(out, text_string(&label), COMMAND_COLUMNS);
        text_appendf(out, "%s\n", cli_commands[i].summary);
        out->failed = out->failed || label.failed;
        text_clear(&label);
    }
}

static void append_program(struct text *out)
{
    text_append(
        out,
        "Usage: loraexplore [MODEL] [options]\n"
        "       loraexplore COMMAND [operands] [options]\n"
        "\n"
        "What a LoRA rank costs, and what rank the update needs.\n"
        "Without a command it opens the explorer, or prints what `count`\n"
        "prints when standard output is no terminal.\n"
        "\n"
        "MODEL   a config.json, a folder that holds one, or a built-in name:\n"
        "        see `loraexplore presets`; meta-llama/Llama-3.1-8B works too\n"
        "SOURCE  sample:NAME or a .npy file\n");
}

void help_append(const struct cli_command *command, struct text *out)
{
    if (command->id == COMMAND_EXPLORE) {
        append_program(out);
        append_commands(out);
    } else {
        text_appendf(out, "Usage: loraexplore %s %s%s\n\n%s\n", command->name,
                     command->operands,
                     command->id == COMMAND_HELP ? "" : " [options]",
                     command->summary);
    }
    append_options(command, out);
    if (command->id == COMMAND_EXPLORE) {
        text_append(out, "\n`loraexplore COMMAND --help` lists a command's "
                         "own options.\n");
    }
}

void help_append_version(struct text *out)
{
    text_appendf(out, "loraexplore %s\nGSL %s, BLAS: %s\n", LORAEXPLORE_VERSION,
                 spectrum_gsl_version(), spectrum_blas_name());
    text_append(out, "Licence GPL-3.0-or-later\n");
}

int cli_help(struct cli_call *call, struct error *err)
{
    const struct cli_command *command = &cli_commands[0];
    if (call->operand_count == 1) {
        command = cli_command_find(call->operands[0]);
    }
    if (command == NULL || command->run == NULL) {
        const char *nearest = cli_command_nearest(call->operands[0]);
        if (command != NULL) {
            error_set(err, ERROR_USAGE, "%s is not part of this version; %s",
                      command->name, command->summary);
        } else if (nearest != NULL) {
            error_set(err, ERROR_USAGE,
                      "unknown command \"%s\"; the nearest is %s",
                      call->operands[0], nearest);
        } else {
            error_set(err, ERROR_USAGE,
                      "unknown command \"%s\"; see loraexplore --help",
                      call->operands[0]);
        }
        return STATUS_USAGE;
    }
    struct text out = {0};
    help_append(command, &out);
    bool ok = output_write(&out, err);
    text_clear(&out);
    return ok ? STATUS_DONE : STATUS_FAILED;
}
