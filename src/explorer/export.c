/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A configuration as a shell command to paste.
 */
#include "explorer/export.h"

#include <inttypes.h>
#include <string.h>

#include "adapter/config.h"
#include "adapter/method.h"
#include "base/units.h"
#include "explorer/changed.h"
#include "explorer/literal.h"

/* Quoted for a POSIX shell, plain where no quote is needed. */
static void append_shell(struct text *out, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-./,:=+@%";
    if (word[0] != '\0' && strspn(word, plain) == strlen(word)) {
        text_append(out, word);
        return;
    }
    text_append(out, "'");
    for (const char *at = word; *at != '\0'; at++) {
        if (*at == '\'') {
            text_append(out, "'\\''");
        } else {
            text_append_bytes(out, at, 1);
        }
    }
    text_append(out, "'");
}

static void append_option(struct text *out, const char *option,
                          const char *value)
{
    text_appendf(out, " %s ", option);
    append_shell(out, value);
}

static void append_targets(struct text *out,
                           const struct adapter_settings *adapter)
{
    switch (adapter->mode) {
    case TARGET_UNSET:
        return;
    case TARGET_DEFAULT:
        append_option(out, "--target", "default");
        return;
    case TARGET_ALL_LINEAR:
        append_option(out, "--target", "all-linear");
        return;
    case TARGET_REGEX:
        append_option(out, "--target-regex", adapter->targets);
        return;
    case TARGET_NONE:
        append_option(out, "--target", "none");
        return;
    case TARGET_LIST:
        append_option(out, "--target",
                      adapter->targets[0] == '\0' ? "none" : adapter->targets);
        return;
    }
}

/* ---- fields that have an option ------------------------------------------ */

/* How an option spells a field's value. */
enum spelling {
    SPELL_TEXT,   /* a string */
    SPELL_FLAG,   /* true, by the option alone */
    SPELL_NAMES,  /* a list of names */
    SPELL_LAYERS, /* a list of numbers */
    SPELL_DICT,   /* the option once for each key */
};

struct field_option {
    const char *key, *option;
    enum spelling spelling;
};

static const struct field_option field_options[] = {
    {"exclude_modules", "--exclude", SPELL_NAMES},
    {"exclude_modules", "--exclude-regex", SPELL_TEXT},
    {"layers_to_transform", "--layers", SPELL_LAYERS},
    {"rank_pattern", "--rank-pattern", SPELL_DICT},
    {"alpha_pattern", "--alpha-pattern", SPELL_DICT},
    {"modules_to_save", "--modules-to-save", SPELL_NAMES},
    {"bias", "--bias", SPELL_TEXT},
    {"use_rslora", "--rslora", SPELL_FLAG},
    {"use_dora", "--dora", SPELL_FLAG},
    {"task_type", "--task", SPELL_TEXT},
};

/* Would the option read these names back as they are? */
static bool are_names(const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        if (name == NULL || name[0] == '\0' ||
            strpbrk(name, " \t\r\n,;'\"[](){}") != NULL) {
            return false;
        }
    }
    return json_array_size(list) > 0;
}

static bool are_whole(json_t *dict)
{
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach(dict, key, value)
    {
        if (key[0] == '\0' || json_integer_value(value) < 1) {
            return false;
        }
    }
    return json_is_object(dict);
}

static bool option_spells(const struct field_option *option, json_t *value)
{
    switch (option->spelling) {
    case SPELL_TEXT:
        return json_is_string(value);
    case SPELL_FLAG:
        return json_is_true(value);
    case SPELL_NAMES:
        return are_names(value);
    case SPELL_LAYERS:
        return changed_are_layers(value);
    case SPELL_DICT:
        return are_whole(value);
    }
    return false;
}

static const struct field_option *find_option(const char *key, json_t *value)
{
    for (size_t i = 0; i < sizeof field_options / sizeof field_options[0];
         i++) {
        if (strcmp(field_options[i].key, key) == 0 &&
            option_spells(&field_options[i], value)) {
            return &field_options[i];
        }
    }
    return NULL;
}

static void append_names(struct text *out, const char *option,
                         const json_t *list)
{
    struct text names = {0};
    for (size_t i = 0; i < json_array_size(list); i++) {
        text_appendf(&names, "%s%s", i == 0 ? "" : ",",
                     json_string_value(json_array_get(list, i)));
    }
    append_option(out, option, text_string(&names));
    out->failed = out->failed || names.failed;
    text_clear(&names);
}

static void append_dict(struct text *out, const char *option, json_t *dict)
{
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach(dict, key, value)
    {
        struct text pair = {0};
        text_appendf(&pair, "%s=%lld", key,
                     (long long)json_integer_value(value));
        append_option(out, option, text_string(&pair));
        out->failed = out->failed || pair.failed;
        text_clear(&pair);
    }
}

/* Any field at all: --set KEY=JSON. */
static void append_set(struct text *out, const char *key, json_t *value)
{
    struct text pair = {0};
    text_appendf(&pair, "%s=", key);
    literal_append(&pair, value, LITERAL_JSON);
    append_option(out, "--set", text_string(&pair));
    out->failed = out->failed || pair.failed;
    text_clear(&pair);
}

static void append_field(struct text *out, const char *key, json_t *value)
{
    const struct field_option *option = find_option(key, value);
    if (option == NULL) {
        append_set(out, key, value);
        return;
    }
    switch (option->spelling) {
    case SPELL_TEXT:
        append_option(out, option->option, json_string_value(value));
        return;
    case SPELL_FLAG:
        text_appendf(out, " %s", option->option);
        return;
    case SPELL_NAMES:
        append_names(out, option->option, value);
        return;
    case SPELL_LAYERS:
        text_appendf(out, " %s ", option->option);
        changed_append_layers(out, value);
        return;
    case SPELL_DICT:
        append_dict(out, option->option, value);
        return;
    }
}

/* What ADAPTER says and --method alone, which is PLAIN, does not. */
static void append_fields(struct text *out,
                          const struct adapter_settings *adapter,
                          const struct adapter_settings *plain,
                          const struct resource_path *path)
{
    json_t *changed = changed_fields_new(adapter, path);
    const char *key = NULL;
    json_t *value = NULL;
    out->failed = out->failed || changed == NULL;
    json_object_foreach(changed, key, value)
    {
        json_t *named = settings_field_new(plain, key);
        if (named == NULL || !json_equal(named, value)) {
            append_field(out, key, value);
        }
        json_decref(named);
    }
    json_decref(changed);
}

/* ---- the command --------------------------------------------------------- */

static void append_numbers(struct text *out,
                           const struct adapter_settings *adapter,
                           const struct adapter_settings *plain)
{
    char number[UNITS_SIZE];
    if (adapter->method->rank_key != NULL && adapter->rank != plain->rank) {
        text_appendf(out, " --rank %" PRIu64, adapter->rank);
    }
    if (adapter->method->alpha_key != NULL &&
        (adapter->alpha < plain->alpha || adapter->alpha > plain->alpha)) {
        append_option(out, "--alpha", units_real(number, adapter->alpha));
    }
}

static void append_adapter(struct text *out,
                           const struct adapter_settings *adapter,
                           const struct adapter_settings *defaults,
                           const struct resource_path *path)
{
    struct error ignored = {0};
    struct adapter_settings plain = *defaults;
    plain.peft = adapter->peft;
    if (adapter->method != defaults->method) {
        append_option(out, "--method", adapter->method->name);
        out->failed =
            out->failed ||
            !settings_set_method(&plain, path, adapter->method, &ignored);
    }
    append_numbers(out, adapter, &plain);
    if (changed_knows(adapter, path, "target_modules")) {
        append_targets(out, adapter);
    }
    append_fields(out, adapter, &plain, path);
    if (adapter->peft != defaults->peft) {
        append_option(out, "--peft", peft_version_name(adapter->peft));
    }
}

void export_command_line(const struct explorer_setup *setup, struct text *out)
{
    struct explorer_setup defaults;
    explorer_setup_init(&defaults, setup->path, setup->adapter.strings);
    text_append(out, "loraexplore count ");
    if (setup->model[0] == '-' && setup->model[1] != '\0') {
        text_append(out, "./"); /* a file whose name begins like an option */
    }
    append_shell(out, setup->model);
    if (setup->class_name != NULL) {
        append_option(out, "--class", setup->class_name);
    }
    if (setup->labels != 0) {
        text_appendf(out, " --num-labels %" PRIu64, setup->labels);
    }
    if (setup->transformers != defaults.transformers) {
        append_option(out, "--transformers",
                      setup->transformers == 4 ? "4" : "5");
    }
    append_adapter(out, &setup->adapter, &defaults.adapter, setup->path);
    if (setup->has_dtype) {
        append_option(out, "--dtype", model_dtype_name(setup->training.dtype));
    }
    if (setup->training.adapter_dtype != defaults.training.adapter_dtype) {
        append_option(out, "--adapter-dtype",
                      model_dtype_name(setup->training.adapter_dtype));
    }
    if (setup->training.optimizer != defaults.training.optimizer) {
        append_option(out, "--optimizer", setup->training.optimizer->name);
    }
}
