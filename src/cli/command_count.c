/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * loraexplore count MODEL.
 */
#include <string.h>

#include "adapter/config.h"
#include "adapter/count.h"
#include "adapter/method.h"
#include "base/file.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "explorer/export.h"
#include "explorer/report.h"
#include "memory/ledger.h"
#include "model/preset.h"

/* The preset that the last part of a model's NAME means. */
static bool find_base(const struct resource_path *path, const char *name,
                      char found[PRESET_NAME_SIZE])
{
    struct error ignored = {0};
    struct file_names names = {0};
    struct text id = {0};
    const char *slash = strrchr(name, '/');
    /* As of the Hub: no ending of a name is guessed. */
    text_appendf(&id, "hub/%s", slash != NULL ? slash + 1 : name);
    bool is = text_ok(&id, &ignored) &&
              resource_list(path, "models", ".json", &names, &ignored) &&
              preset_find(&names, id.data, found, &ignored);
    file_names_clear(&names);
    text_clear(&id);
    return is;
}

/* An adapter_config.json names the model that it was made for. */
static bool compare_base(const struct cli_call *call, struct model *model,
                         struct error *err)
{
    json_t *base =
        settings_field_new(&call->setup.adapter, "base_model_name_or_path");
    const char *name = json_string_value(base);
    char found[PRESET_NAME_SIZE];
    bool done = true;
    if (name != NULL && strcmp(model->origin, "preset") == 0 &&
        find_base(&call->path, name, found) &&
        strcmp(found, model->name) != 0) {
        struct text text = {0};
        text_appendf(&text,
                     "the adapter_config.json was made for %.120s, this "
                     "model is %s",
                     name, model->name);
        done =
            text_ok(&text, err) && model_warn(model, text_string(&text), err);
        text_clear(&text);
    }
    json_decref(base);
    return done;
}

static struct model *load_under(const struct cli_call *call,
                                unsigned transformers, struct error *err)
{
    const struct model_options wanted = {
        .transformers = transformers,
        .class_name = call->setup.class_name,
        .labels = call->setup.labels,
    };
    return model_load(&call->path, call->setup.model, &wanted, err);
}

struct model *cli_load_model(const struct cli_call *call, struct error *err)
{
    struct model *model = load_under(call, call->setup.transformers, err);
    if (model != NULL && !compare_base(call, model, err)) {
        model_free(model);
        return NULL;
    }
    return model;
}

/* Say in the settings what was assumed here: PEFT has no default targets for
 * this model, or makes no prompts without a task.
 */
static bool settle(struct adapter_settings *settings, const struct model *model,
                   const struct count *count, struct error *err)
{
    const char *task =
        export_task_type(model->inventory.class_name, &model->inventory);
    json_t *own = settings_field_new(settings, "task_type");
    bool asked = json_is_string(own);
    json_decref(own);
    if (count->assumed_all_linear) {
        settings->mode = TARGET_ALL_LINEAR;
    }
    if (settings->method->reach != REACH_PROMPT || task == NULL || asked) {
        return true;
    }
    json_t *value = json_string(task);
    bool done =
        value != NULL
            ? settings_set_field(settings, "task_type", value, err)
            : error_set(err, ERROR_MEMORY, "out of memory for the settings");
    json_decref(value);
    return done;
}

static bool write_config(const struct cli_call *call, const struct model *model,
                         const struct count *count, struct error *err)
{
    struct adapter_settings settings = call->setup.adapter;
    struct text out = {0};
    bool to_file = strcmp(call->write_config, "-") != 0;
    if (to_file && !call->force && file_exists(call->write_config)) {
        return error_set(err, ERROR_IO, "%s exists, --force replaces it",
                         call->write_config);
    }
    bool ok = settle(&settings, model, count, err) &&
              settings_write(&settings, &call->path, &out, err);
    if (ok && !to_file) {
        text_append(&out, "\n");
        ok = output_write(&out, err);
    } else if (ok) {
        ok = file_write(call->write_config, text_string(&out), out.length,
                        call->force, err);
    }
    text_clear(&out);
    return ok;
}

/* Does the written file take the place of the report? */
static bool writes_to_output(const struct cli_call *call)
{
    return call->write_config != NULL && strcmp(call->write_config, "-") == 0;
}

static bool show_python(const struct explorer_setup *setup,
                        const struct model *model, const struct count *count,
                        struct error *err)
{
    struct text out = {0};
    export_lora_config(setup, &model->inventory, count, &out);
    bool ok = output_write(&out, err);
    text_clear(&out);
    return ok;
}

/* What PEFT's file cannot say. */
static void warn_of_file(const struct cli_call *call)
{
    static const char *const sentence =
        "PEFT has no field for LoRA-FA: the file says LoRA, its optimizer is "
        "peft.optimizers.create_lorafa_optimizer";
    if (call->write_config != NULL &&
        strcmp(call->setup.adapter.method->name, "lora_fa") == 0) {
        output_warnings(&sentence, 1);
    }
}

/* Everything but the counting itself, which may have been refused. */
static bool show_count(const struct cli_call *call, const struct model *model,
                       const struct count *count, struct error *err)
{
    struct explorer_setup setup = call->setup;
    if (!setup.has_dtype) {
        setup.training.dtype = model->dtype;
    }
    const struct count_dtypes dtypes = setup_dtypes(&setup, model);
    struct ledger ledger;
    uint64_t file_bytes = 0;
    struct report report = {0};
    bool ok =
        ledger_compute(&model->inventory, count, &setup.training, &ledger,
                       err) &&
        count_file_bytes(count, &dtypes, &file_bytes, err) &&
        report_count(&report, model, &setup, count, &ledger, file_bytes, err) &&
        (!call->explain ||
         report_explain_count(&report, model, &setup, count, err)) &&
        (call->write_config == NULL || write_config(call, model, count, err)) &&
        (writes_to_output(call) ||
         (call->python ? show_python(&setup, model, count, err)
                       : output_report(call, &report, NULL, err)));
    report_clear(&report);
    if (ok) {
        output_warnings(model->warnings, model->warning_count);
        output_warnings(count->warnings, count->warning_count);
        warn_of_file(call);
    }
    return ok;
}

/* One answer goes to standard output. */
static bool check_outputs(const struct cli_call *call, struct error *err)
{
    bool shown = call->format_given || call->explain;
    if (call->python && shown) {
        return error_set(err, ERROR_USAGE,
                         "--python writes Python; leave out --json, --csv and "
                         "--explain");
    }
    if (writes_to_output(call) && (call->python || shown)) {
        return error_set(err, ERROR_USAGE,
                         "--write-adapter-config - takes standard output; name "
                         "a file, or leave out the other format");
    }
    return true;
}

/* Names differ between releases of transformers: say so when the other one
 * would have taken these.
 */
static void suggest_release(const struct cli_call *call, struct error *err)
{
    unsigned other = call->setup.transformers == 4 ? 5 : 4;
    struct error ignored = {0};
    struct count count = {0};
    const struct error why = *err;
    struct model *model = why.code == ERROR_UNSUPPORTED
                              ? load_under(call, other, &ignored)
                              : NULL;
    if (model != NULL &&
        count_trainable(&model->inventory, &call->path, &call->setup.adapter,
                        &count, &ignored)) {
        *err = (struct error){0};
        error_set(err, why.code,
                  "%s; transformers %u has it (--transformers %u)", why.message,
                  other, other);
        count_clear(&count);
    }
    model_free(model);
}

int cli_count(struct cli_call *call, struct error *err)
{
    if (!check_outputs(call, err)) {
        return STATUS_USAGE;
    }
    if (call->operand_count > 0) {
        call->setup.model = call->operands[0];
    }
    struct model *model = cli_load_model(call, err);
    if (model == NULL) {
        return STATUS_FAILED;
    }
    struct count count = {0};
    bool ok = count_trainable(&model->inventory, &call->path,
                              &call->setup.adapter, &count, err);
    if (ok) {
        ok = show_count(call, model, &count, err);
        count_clear(&count);
    } else {
        suggest_release(call, err);
    }
    model_free(model);
    return ok ? STATUS_DONE : STATUS_FAILED;
}
