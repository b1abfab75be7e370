/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the program can be asked for: one row for each command and option.
 */
#include "cli/options.h"

#include <string.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/values.h"

const struct cli_command cli_commands[] = {
    {COMMAND_EXPLORE, "", "[MODEL]", "open the explorer", 0, 1, cli_explore},
    {COMMAND_COUNT, "count", "MODEL",
     "parameters, adapter bytes, memory between steps", 1, 1, cli_count},
    {COMMAND_SWEEP, "sweep", "MODEL --ranks LIST", "count, one row per rank", 1,
     1, cli_sweep},
    {COMMAND_CHECK, "check", "LINE",
     "which settings print this line; is a claim true", 1, CHECK_OPERANDS_MOST,
     cli_check},
    {COMMAND_SPECTRUM, "spectrum", "SOURCE",
     "singular values and the ranks they suggest", 1, 1, cli_spectrum},
    {COMMAND_PRESETS, "presets", "[PATTERN]",
     "the models that are built in, by name or type", 0, 1, cli_presets},
    {COMMAND_METHODS, "methods", "[PATTERN]",
     "the methods of PEFT, by name or what they do", 0, 1, cli_methods},
    {COMMAND_COMPLETION, "completion", "SHELL",
     "print completions for bash, zsh or fish", 1, 1, cli_completion},
    {COMMAND_HELP, "help", "[COMMAND]", "show this, or a command's options", 0,
     1, cli_help},
    {COMMAND_LATER, "memory", "", "`count` shows the memory between steps", 0,
     0, NULL},
    {COMMAND_LATER, "fit", "",
     "`sweep` shows what each rank costs between steps", 0, 0, NULL},
    {COMMAND_LATER, "inspect", "",
     "`count` reads a config.json, `spectrum` a .npy", 0, 0, NULL},
    {COMMAND_LATER, "scan", "", "`spectrum` reads one matrix at a time", 0, 0,
     NULL},
    {COMMAND_LATER, "recommend", "",
     "`spectrum` shows the rank for 90, 95 and 99 % of the energy", 0, 0, NULL},
    {COMMAND_LATER, "lesson", "", "the explorer's `?` lists what to try", 0, 0,
     NULL},
    {COMMAND_LATER, "train-toy", "",
     "`spectrum sample:lora` shows what a trained LoRA can hold", 0, 0, NULL},
    {COMMAND_LATER, "merge", "", "there are no scans to join yet", 0, 0, NULL},
};
const size_t cli_command_count = sizeof cli_commands / sizeof cli_commands[0];

const struct cli_command *cli_command_find(const char *name)
{
    for (size_t i = 1; i < cli_command_count; i++) {
        if (strcmp(cli_commands[i].name, name) == 0) {
            return &cli_commands[i];
        }
    }
    return NULL;
}

const char *cli_command_nearest(const char *name)
{
    const char *nearest = NULL;
    size_t least = 3;
    for (size_t i = 1; i < cli_command_count; i++) {
        size_t distance = text_distance(cli_commands[i].name, name);
        if (distance < least && distance < strlen(cli_commands[i].name)) {
            least = distance;
            nearest = cli_commands[i].name;
        }
    }
    return nearest;
}

enum {
    EXPLORE = 1u << COMMAND_EXPLORE,
    COUNT = 1u << COMMAND_COUNT,
    SWEEP = 1u << COMMAND_SWEEP,
    SPECTRUM = 1u << COMMAND_SPECTRUM,
    PRESETS = 1u << COMMAND_PRESETS,
    METHODS = 1u << COMMAND_METHODS,
    CHECK = 1u << COMMAND_CHECK,
    MODELS = EXPLORE | COUNT | SWEEP,
    CLAIMS = MODELS | CHECK,
    REPORTS = CLAIMS | SPECTRUM | PRESETS | METHODS,
    ALL = REPORTS | 1u << COMMAND_COMPLETION | 1u << COMMAND_HELP,
};

const struct option_spec option_table[] = {
    {"adapter-config", 0, "FILE", NULL, CLAIMS, NULL,
     "PEFT's adapter_config.json, or its folder", value_adapter_config},
    {"method", 0, "NAME", "lora", CLAIMS, NULL,
     "method of PEFT: see loraexplore methods", value_method},
    {"rank", 'r', "N", "8", EXPLORE | COUNT | SPECTRUM | CHECK, NULL,
     "LoRA rank r; on a spectrum, the rank to look at", value_rank},
    {"ranks", 0, "LIST", NULL, SWEEP, NULL,
     "ranks to count: 1,2,4,8 or 1..64 or 1..256x2", value_ranks},
    {"alpha", 'a', "X", "16", CLAIMS, NULL,
     "lora_alpha; an update is scaled by alpha / rank", value_alpha},
    {"target", 't', "LIST", "default", CLAIMS, "default all-linear none",
     "module names, all-linear, default or none", value_target},
    {"target-regex", 0, "RE", NULL, CLAIMS, NULL,
     "modules whose whole name matches", value_target_regex},
    {"exclude", 0, "LIST", NULL, CLAIMS, NULL, "module names to leave alone",
     value_exclude},
    {"exclude-regex", 0, "RE", NULL, CLAIMS, NULL,
     "modules to leave alone, by whole name", value_exclude_regex},
    {"layers", 0, "LIST", NULL, CLAIMS, NULL,
     "layers to adapt, such as 0-3,7; else all", value_layers},
    {"rank-pattern", 0, "K=N", NULL, CLAIMS, NULL,
     "rank N where K matches; repeatable, first hit", value_rank_pattern},
    {"alpha-pattern", 0, "K=X", NULL, CLAIMS, NULL,
     "alpha X where K matches; repeatable, first hit", value_alpha_pattern},
    {"modules-to-save", 0, "LIST", NULL, CLAIMS, NULL,
     "modules to train whole, as copies", value_modules_to_save},
    {"bias", 0, "WHICH", "none", CLAIMS, "none all lora_only",
     "biases to train: none, all or lora_only", value_bias},
    {"rslora", 0, NULL, NULL, CLAIMS, NULL, "scale by alpha / sqrt(rank)",
     value_rslora},
    {"dora", 0, NULL, NULL, CLAIMS, NULL, "train magnitudes too: DoRA",
     value_dora},
    {"task", 0, "TYPE", NULL, CLAIMS, NULL,
     "PEFT's task_type, such as CAUSAL_LM", value_task},
    {"set", 0, "KEY=VALUE", NULL, CLAIMS, NULL,
     "any other field of PEFT's, in JSON", value_set},
    {"model", 0, "MODEL", NULL, CHECK, NULL,
     "the model that the line is said to be of", value_model},
    {"class", 0, "NAME", NULL, CLAIMS, NULL,
     "transformers class; the config's own otherwise", value_class},
    {"num-labels", 0, "N", NULL, CLAIMS, NULL,
     "labels of a head that classifies; else the config's", value_num_labels},
    {"transformers", 0, "V", "5", CLAIMS, "4 5",
     "version whose module names count: 4 or 5", value_transformers},
    {"peft", 0, "V", "0.21", CLAIMS, "0.18 0.21",
     "version whose rules count: 0.18 or 0.21", value_peft},
    {"presets", 0, "DIR", NULL, REPORTS, NULL,
     "folder that overrides the built-in data", value_presets},
    {"dtype", 0, "TYPE", NULL, MODELS, "fp32 bf16 fp16",
     "of the frozen weights; the config's own otherwise", value_dtype},
    {"adapter-dtype", 0, "TYPE", "fp32", MODELS, "fp32 bf16 fp16",
     "of the method's own tensors", value_adapter_dtype},
    {"optimizer", 0, "NAME", "adamw", MODELS, NULL,
     "whose states count, by Hugging Face's name", value_optimizer},
    {"size", 0, "MxN", "512x512", EXPLORE | SPECTRUM, NULL,
     "rows and columns of a sample", value_size},
    {"seed", 0, "N", "1", EXPLORE | SPECTRUM, NULL, "of a sample", value_seed},
    {"driver", 0, "NAME", "auto", EXPLORE | SPECTRUM, NULL,
     "how singular values are computed", value_driver},
    {"precision", 0, "TYPE", "double", SPECTRUM, "double", "of the arithmetic",
     value_precision},
    {"values", 0, NULL, NULL, SPECTRUM, NULL,
     "all singular values, not the leading 16", value_values},
    {"plot", 0, NULL, NULL, SPECTRUM, NULL, "draw the spectrum", value_plot},
    {"json", 0, NULL, NULL, REPORTS, NULL, "write JSON with exact numbers",
     value_json},
    {"csv", 0, NULL, NULL, REPORTS, NULL, "write the main table as CSV",
     value_csv},
    {"python", 0, NULL, NULL, COUNT, NULL, "write the Python lines for PEFT",
     value_python},
    {"explain", 0, NULL, NULL, REPORTS, NULL,
     "add formula and source of each number", value_explain},
    {"write-adapter-config", 0, "FILE", NULL, COUNT, NULL,
     "write adapter_config.json; - for stdout", value_write_adapter_config},
    {"force", 0, NULL, NULL, COUNT, NULL, "let it replace an existing file",
     value_force},
    {"si", 0, NULL, NULL, REPORTS, NULL, "GB (1000) in place of GiB (1024)",
     value_si},
    {"ascii", 0, NULL, NULL, REPORTS, NULL, "ASCII characters only",
     value_ascii},
    {"color", 0, "WHEN", "auto", REPORTS, "auto always never",
     "colours: auto, always or never", value_color},
    {"help", 'h', NULL, NULL, ALL, NULL, "show help and exit", value_help},
    {"version", 'V', NULL, NULL, ALL, NULL, "show the version and exit",
     value_version},
    /* Known by name, so that asking for them gets an honest answer. */
    {.name = "profile", .argument = "NAME"},
    {.name = "quant", .argument = "TYPE"},
    {.name = "batch", .argument = "N"},
    {.name = "seq", .argument = "N"},
    {.name = "checkpointing", .argument = "HOW"},
    {.name = "attention", .argument = "KERNEL"},
    {.name = "kernels", .argument = "HOW"},
    {.name = "loss-head", .argument = "HOW"},
    {.name = "autocast", .argument = "ON"},
    {.name = "dropout", .argument = "X"},
    {.name = "kbit-prep", .argument = "HOW"},
    {.name = "gpus", .argument = "N"},
    {.name = "sharding", .argument = "HOW"},
    {.name = "estimates", .argument = "WHICH"},
    {.name = "module", .argument = "NAME"},
    {.name = "vram", .argument = "SIZE"},
    {.name = "max", .argument = "WHAT"},
    {.name = "shard", .argument = "I/N"},
    {.name = "resume"},
    {.name = "energy", .argument = "F"},
    {.name = "params", .argument = "N"},
    {.name = "bytes", .argument = "SIZE"},
};
const size_t option_count = sizeof option_table / sizeof option_table[0];

bool option_is_for(const struct option_spec *option,
                   const struct cli_command *command)
{
    return option->apply != NULL &&
           (option->commands & (1u << command->id)) != 0;
}
