/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Completion scripts for three shells, written from the tables.
 */
#include <string.h>

#include "adapter/fields.h"
#include "adapter/method.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "spectrum/sample.h"

/* The values that an option's choices, or the table of methods, of tasks, of
 * drivers or of optimizers, offer; "" when anything goes.
 */
static void append_choices(const struct option_spec *option, struct text *out)
{
    if (option->choices != NULL) {
        text_append(out, option->choices);
    } else if (strcmp(option->name, "optimizer") == 0) {
        for (size_t i = 0; i < optimizer_count; i++) {
            text_appendf(out, "%s%s", i == 0 ? "" : " ", optimizers[i].name);
        }
    } else if (strcmp(option->name, "method") == 0) {
        for (size_t i = 0; i < method_count; i++) {
            text_appendf(out, "%s%s", i == 0 ? "" : " ", method_table[i].name);
        }
    } else if (strcmp(option->name, "task") == 0) {
        for (size_t i = 0; i < TASK_TYPES; i++) {
            text_appendf(out, "%s%s", i == 0 ? "" : " ", task_types[i]);
        }
    } else if (strcmp(option->name, "driver") == 0) {
        text_append(out, "auto");
        for (size_t i = 0; i < svd_driver_count; i++) {
            text_appendf(out, " %s", svd_drivers[i].name);
        }
    }
}

static bool takes_folder(const struct option_spec *option)
{
    return strcmp(option->name, "presets") == 0;
}

static bool takes_file(const struct option_spec *option)
{
    return option->argument != NULL && strcmp(option->argument, "FILE") == 0;
}

/* Options that add up when they are given again. */
static bool is_repeatable(const struct option_spec *option)
{
    return option->argument != NULL && strchr(option->argument, '=') != NULL;
}

/* TEXT inside single quotes, where ESCAPE stands for a quote. */
static void append_quoted(const char *text, const char *escape,
                          struct text *out)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '\'') {
            text_append(out, escape);
        } else {
            text_append_bytes(out, at, 1);
        }
    }
}

static const char zsh_quote[] = "'\\''";
static const char fish_quote[] = "\\'";

static void append_sources(struct text *out)
{
    for (size_t i = 0; i < sample_count; i++) {
        text_appendf(out, "%ssample:%s", i == 0 ? "" : " ", samples[i].name);
    }
}

static void append_command_names(struct text *out)
{
    bool first = true;
    for (size_t i = 1; i < cli_command_count; i++) {
        if (cli_commands[i].run != NULL) {
            text_appendf(out, "%s%s", first ? "" : " ", cli_commands[i].name);
            first = false;
        }
    }
}

static void append_option_names(const struct cli_command *command,
                                struct text *out)
{
    bool first = true;
    for (size_t i = 0; i < option_count; i++) {
        if (option_is_for(&option_table[i], command)) {
            text_appendf(out, "%s--%s", first ? "" : " ", option_table[i].name);
            first = false;
        }
    }
}

static void append_bash_values(struct text *out)
{
    text_append(out, "    case $prev in\n");
    for (size_t i = 0; i < option_count; i++) {
        if (option_table[i].apply == NULL || option_table[i].argument == NULL) {
            continue;
        }
        struct text choices = {0};
        append_choices(&option_table[i], &choices);
        if (takes_folder(&option_table[i]) || takes_file(&option_table[i])) {
            text_appendf(out,
                         "    --%s)\n"
                         "        compopt -o filenames\n"
                         "        COMPREPLY=($(compgen -%c -- \"$cur\"))\n"
                         "        return ;;\n",
                         option_table[i].name,
                         takes_file(&option_table[i]) ? 'f' : 'd');
        } else {
            text_appendf(out,
                         "    --%s)\n"
                         "        COMPREPLY=($(compgen -W '%s' -- \"$cur\"))\n"
                         "        return ;;\n",
                         option_table[i].name, text_string(&choices));
        }
        out->failed = out->failed || choices.failed;
        text_clear(&choices);
    }
    text_append(out, "    esac\n");
}

static void append_bash_options(struct text *out)
{
    text_append(out, "    if [[ $cur == -* ]]; then\n"
                     "        case $command in\n");
    for (size_t i = 0; i < cli_command_count; i++) {
        if (cli_commands[i].run == NULL) {
            continue;
        }
        text_appendf(out, "        %s) words='",
                     i == 0 ? "''" : cli_commands[i].name);
        append_option_names(&cli_commands[i], out);
        text_append(out, "' ;;\n");
    }
    text_append(out,
                "        esac\n"
                "        COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
                "        return\n"
                "    fi\n");
}

static void append_bash(struct text *out)
{
    text_append(out, "# bash completion for loraexplore; made by `loraexplore "
                     "completion bash`\n"
                     "# shellcheck shell=bash disable=SC2194,SC2207\n"
                     "_loraexplore() {\n"
                     "    local cur=${COMP_WORDS[COMP_CWORD]}\n"
                     "    local prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                     "    local command='' files='' words='' word\n"
                     "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
                     "        case \" ");
    append_command_names(out);
    text_append(out, " \" in\n"
                     "        *\" $word \"*) command=$word; break ;;\n"
                     "        esac\n"
                     "    done\n");
    append_bash_values(out);
    append_bash_options(out);
    text_append(out, "    [[ -z $command ]] && words='");
    append_command_names(out);
    text_append(out,
                "'\n"
                "    case $command in\n"
                "    '' | count | sweep)\n"
                "        words+=\" $(loraexplore presets --csv 2>/dev/null |\n"
                "            sed '1d;s/,.*//')\"\n"
                "        files=yes ;;\n"
                "    spectrum)\n        files=yes\n        words='");
    append_sources(out);
    text_append(out, "' ;;\n"
                     "    completion)\n        words='bash zsh fish' ;;\n"
                     "    help)\n        words='");
    append_command_names(out);
    text_append(out,
                "' ;;\n"
                "    esac\n"
                "    if [[ $prev == : || $cur == : ]]; then\n"
                "        # readline ends a word at the colon of sample:NAME\n"
                "        words=${words//sample:/}\n"
                "        cur=${cur#:}\n"
                "    fi\n"
                "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
                "    [[ -z $files ]] && return\n"
                "    compopt -o filenames\n"
                "    COMPREPLY+=($(compgen -f -- \"$cur\"))\n"
                "}\n"
                "complete -F _loraexplore loraexplore\n");
}

static void append_zsh_command(const struct cli_command *command,
                               struct text *out)
{
    for (size_t i = 0; i < option_count; i++) {
        const struct option_spec *option = &option_table[i];
        if (!option_is_for(option, command)) {
            continue;
        }
        struct text choices = {0};
        append_choices(option, &choices);
        text_appendf(out, "        '%s--%s[", is_repeatable(option) ? "*" : "",
                     option->name);
        append_quoted(option->help, zsh_quote, out);
        text_append(out, "]");
        if (takes_folder(option)) {
            text_append(out, ":folder:_files -/");
        } else if (takes_file(option)) {
            text_append(out, ":file:_files");
        } else if (option->argument != NULL && choices.length > 0) {
            text_appendf(out, ":%s:(%s)", option->argument,
                         text_string(&choices));
        } else if (option->argument != NULL) {
            text_appendf(out, ":%s: ", option->argument);
        }
        text_append(out, "' \\\n");
        out->failed = out->failed || choices.failed;
        text_clear(&choices);
    }
}

static void append_zsh_operands(const struct cli_command *command,
                                struct text *out)
{
    switch (command->id) {
    case COMMAND_EXPLORE:
        text_append(out, "        '1:command or model:_loraexplore_first'\n");
        return;
    case COMMAND_COUNT:
    case COMMAND_SWEEP:
        text_append(out, "        '1:model:_loraexplore_models'\n");
        return;
    case COMMAND_SPECTRUM:
        text_append(out, "        '1:source:_loraexplore_sources'\n");
        return;
    case COMMAND_CHECK:
        text_append(out, "        '*:line: '\n");
        return;
    case COMMAND_COMPLETION:
        text_append(out, "        '1:shell:(bash zsh fish)'\n");
        return;
    case COMMAND_HELP:
        text_append(out, "        '1:command:_loraexplore_commands'\n");
        return;
    case COMMAND_PRESETS:
    case COMMAND_METHODS:
    case COMMAND_LATER:
        text_append(out, "        '1:pattern: '\n");
        return;
    }
}

static void append_zsh_functions(struct text *out)
{
    text_append(out, "_loraexplore_commands() {\n    local -a names=(\n");
    for (size_t i = 1; i < cli_command_count; i++) {
        if (cli_commands[i].run != NULL) {
            text_appendf(out, "        '%s:", cli_commands[i].name);
            append_quoted(cli_commands[i].summary, zsh_quote, out);
            text_append(out, "'\n");
        }
    }
    text_append(
        out,
        "    )\n"
        "    _describe command names\n"
        "}\n\n"
        "_loraexplore_models() {\n"
        "    local -a names=(${(f)\"$(loraexplore presets --csv 2>/dev/null |\n"
        "        sed '1d;s/,.*//')\"})\n"
        "    compadd -a names\n"
        "    _files\n"
        "}\n\n"
        "_loraexplore_first() {\n"
        "    _loraexplore_commands\n"
        "    _loraexplore_models\n"
        "}\n\n"
        "_loraexplore_sources() {\n"
        "    compadd -- ");
    append_sources(out);
    text_append(out, "\n    _files -g '*.npy'\n}\n\n");
}

static void append_zsh(struct text *out)
{
    text_append(out, "#compdef loraexplore\n"
                     "# zsh completion for loraexplore; made by `loraexplore "
                     "completion zsh`\n\n");
    append_zsh_functions(out);
    text_append(out, "_loraexplore() {\n"
                     "    local command=$words[2]\n"
                     "    case $command in\n");
    for (size_t i = 1; i <= cli_command_count; i++) {
        const struct cli_command *command =
            &cli_commands[i % cli_command_count];
        if (command->run == NULL) {
            continue;
        }
        bool last = i == cli_command_count;
        text_appendf(out, "    %s)\n%s        _arguments -s \\\n",
                     last ? "*" : command->name,
                     last ? ""
                          : "        shift words\n"
                            "        (( CURRENT-- ))\n");
        append_zsh_command(command, out);
        append_zsh_operands(command, out);
        text_append(out, "        ;;\n");
    }
    text_append(out, "    esac\n}\n\n_loraexplore \"$@\"\n");
}

/* "count sweep": the commands that have the option, for fish's condition. */
static void append_commands_with(const struct option_spec *option,
                                 struct text *out)
{
    for (size_t i = 1; i < cli_command_count; i++) {
        if (cli_commands[i].run != NULL &&
            option_is_for(option, &cli_commands[i])) {
            text_appendf(out, " %s", cli_commands[i].name);
        }
    }
}

static void append_fish_option(const struct option_spec *option,
                               struct text *out)
{
    struct text choices = {0};
    append_choices(option, &choices);
    text_append(out, "complete -c loraexplore -n '");
    if (option_is_for(option, &cli_commands[0])) {
        text_append(out, "not __fish_seen_subcommand_from ");
        append_command_names(out);
        text_append(out, "; or ");
    }
    text_append(out, "__fish_seen_subcommand_from");
    append_commands_with(option, out);
    text_appendf(out, "' -l %s", option->name);
    if (option->letter != 0) {
        text_appendf(out, " -s %c", option->letter);
    }
    if (takes_folder(option)) {
        text_append(out, " -x -a '(__fish_complete_directories)'");
    } else if (takes_file(option)) {
        text_append(out, " -r -F");
    } else if (option->argument != NULL) {
        text_append(out, " -x");
    }
    if (choices.length > 0) {
        text_appendf(out, " -a '%s'", text_string(&choices));
    }
    text_append(out, " -d '");
    append_quoted(option->help, fish_quote, out);
    text_append(out, "'\n");
    out->failed = out->failed || choices.failed;
    text_clear(&choices);
}

static void append_fish(struct text *out)
{
    text_append(out, "# fish completion for loraexplore; made by `loraexplore "
                     "completion fish`\n");
    for (size_t i = 1; i < cli_command_count; i++) {
        if (cli_commands[i].run != NULL) {
            text_appendf(out,
                         "complete -c loraexplore -n "
                         "__fish_use_subcommand -a %s -d '",
                         cli_commands[i].name);
            append_quoted(cli_commands[i].summary, fish_quote, out);
            text_append(out, "'\n");
        }
    }
    text_append(out, "complete -c loraexplore -n '__fish_use_subcommand; or "
                     "__fish_seen_subcommand_from count sweep' -a "
                     "'(loraexplore presets --csv 2>/dev/null | sed "
                     "\"1d;s/,.*//\")'\n"
                     "complete -c loraexplore -n "
                     "'__fish_seen_subcommand_from spectrum' -a '");
    append_sources(out);
    text_append(out, "'\n"
                     "complete -c loraexplore -n "
                     "'__fish_seen_subcommand_from completion' -f -a 'bash zsh "
                     "fish'\n");
    for (size_t i = 0; i < option_count; i++) {
        if (option_table[i].apply != NULL) {
            append_fish_option(&option_table[i], out);
        }
    }
}

bool completion_append(const char *shell, struct text *out)
{
    if (strcmp(shell, "bash") == 0) {
        append_bash(out);
    } else if (strcmp(shell, "zsh") == 0) {
        append_zsh(out);
    } else if (strcmp(shell, "fish") == 0) {
        append_fish(out);
    } else {
        return false;
    }
    return true;
}

int cli_completion(struct cli_call *call, struct error *err)
{
    struct text out = {0};
    if (!completion_append(call->operands[0], &out)) {
        error_set(err, ERROR_USAGE,
                  "no completion for \"%s\"; ask for bash, zsh or fish",
                  call->operands[0]);
        return STATUS_USAGE;
    }
    bool ok = output_write(&out, err);
    text_clear(&out);
    return ok ? STATUS_DONE : STATUS_FAILED;
}
