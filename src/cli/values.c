/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading the values of options.
 */
#include "cli/values.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/units.h"

bool value_refuse(struct error *err, const char *option, const char *value,
                  const char *wanted)
{
    return error_set(err, ERROR_USAGE, "--%s takes %s, not \"%s\"", option,
                     wanted, value);
}

/* A value that the contract has and this version does not. */
static bool refuse_later(struct error *err, const char *option,
                         const char *value, const char *instead)
{
    return error_set(err, ERROR_USAGE,
                     "--%s %s is not part of this version; %s", option, value,
                     instead);
}

bool value_class(struct cli_call *call, const char *value, struct error *err)
{
    if (value[0] == '\0') {
        return value_refuse(err, "class", value,
                            "the name of a transformers class");
    }
    call->setup.class_name = value;
    return true;
}

bool value_num_labels(struct cli_call *call, const char *value,
                      struct error *err)
{
    enum { LABELS_MOST = 1 << 24 };
    if (!text_parse_count(value, 1, LABELS_MOST, &call->setup.labels)) {
        return value_refuse(err, "num-labels", value,
                            "a whole number from 1 to 16777216");
    }
    return true;
}

bool value_model(struct cli_call *call, const char *value, struct error *err)
{
    if (value[0] == '\0') {
        return value_refuse(err, "model", value,
                            "a preset, a file or a folder");
    }
    call->setup.model = value;
    call->model_given = true;
    return true;
}

struct version {
    uint64_t major;
    uint64_t minor;
    bool has_minor;
};

/* Read "major[.minor[.patch]]". */
static bool read_version(const char *value, struct version *version)
{
    uint64_t parts[3] = {0};
    size_t count = 0;
    const char *at = value;
    for (;;) {
        char digits[8];
        size_t length = strcspn(at, ".");
        if (count == 3 || length >= sizeof digits) {
            return false;
        }
        memcpy(digits, at, length);
        digits[length] = '\0';
        if (!text_parse_count(digits, 0, 999999, &parts[count])) {
            return false;
        }
        count++;
        if (at[length] == '\0') {
            break;
        }
        at += length + 1;
    }
    *version = (struct version){parts[0], parts[1], count > 1};
    return true;
}

bool value_transformers(struct cli_call *call, const char *value,
                        struct error *err)
{
    struct version version;
    if (!read_version(value, &version)) {
        return value_refuse(err, "transformers", value,
                            "a version such as 4.57 or 5");
    }
    call->setup.transformers = version.major <= 4 ? 4 : 5;
    call->transformers_given = true;
    return true;
}

bool value_peft(struct cli_call *call, const char *value, struct error *err)
{
    struct version version;
    if (!read_version(value, &version)) {
        return value_refuse(err, "peft", value,
                            "a version such as 0.18 or 0.21");
    }
    bool early = version.major == 0 && version.has_minor && version.minor < 20;
    call->setup.adapter.peft = early ? PEFT_0_18 : PEFT_0_21;
    call->peft_given = true;
    return true;
}

bool value_dtype(struct cli_call *call, const char *value, struct error *err)
{
    if (!model_dtype_find(value, &call->setup.training.dtype)) {
        return value_refuse(err, "dtype", value, "fp32, bf16 or fp16");
    }
    call->setup.has_dtype = true;
    return true;
}

bool value_adapter_dtype(struct cli_call *call, const char *value,
                         struct error *err)
{
    if (!model_dtype_find(value, &call->setup.training.adapter_dtype)) {
        return value_refuse(err, "adapter-dtype", value, "fp32, bf16 or fp16");
    }
    return true;
}

bool value_optimizer(struct cli_call *call, const char *value,
                     struct error *err)
{
    const struct optimizer *optimizer = optimizer_find(value, err);
    if (optimizer == NULL) {
        return false;
    }
    call->setup.training.optimizer = optimizer;
    return true;
}

bool value_size(struct cli_call *call, const char *value, struct error *err)
{
    enum { SIDE_MOST = 65536, DIGITS = 8 };
    char rows_text[DIGITS];
    uint64_t rows = 0;
    uint64_t cols = 0;
    size_t length = strcspn(value, "xX");
    bool ok = value[length] != '\0' && length < sizeof rows_text;
    if (ok) {
        memcpy(rows_text, value, length);
        rows_text[length] = '\0';
        ok = text_parse_count(rows_text, 1, SIDE_MOST, &rows) &&
             text_parse_count(value + length + 1, 1, SIDE_MOST, &cols);
    }
    if (!ok) {
        return value_refuse(
            err, "size", value,
            "rows and columns from 1 to 65536, such as 512x512");
    }
    call->setup.spectrum.rows = (size_t)rows;
    call->setup.spectrum.cols = (size_t)cols;
    return true;
}

bool value_seed(struct cli_call *call, const char *value, struct error *err)
{
    if (!text_parse_count(value, 0, UINT64_MAX, &call->setup.spectrum.seed)) {
        return value_refuse(err, "seed", value, "a whole number from 0");
    }
    return true;
}

static void append_drivers(struct text *out)
{
    text_append(out, "auto");
    for (size_t i = 0; i < svd_driver_count; i++) {
        text_appendf(out, " or %s", svd_drivers[i].name);
    }
}

bool value_driver(struct cli_call *call, const char *value, struct error *err)
{
    static const char *const later[] = {"full", "krylov", "factored", "golub"};
    call->setup.spectrum.driver = NULL;
    if (strcmp(value, "auto") == 0) {
        return true;
    }
    call->setup.spectrum.driver = svd_driver_find(value);
    if (call->setup.spectrum.driver != NULL) {
        return true;
    }
    struct text names = {0};
    append_drivers(&names);
    bool known = false;
    for (size_t i = 0; i < sizeof later / sizeof later[0]; i++) {
        known = known || strcmp(value, later[i]) == 0;
    }
    if (known) {
        error_set(err, ERROR_USAGE,
                  "--driver %s is not part of this version; use %s", value,
                  text_string(&names));
    } else {
        value_refuse(err, "driver", value, text_string(&names));
    }
    text_clear(&names);
    return false;
}

bool value_precision(struct cli_call *call, const char *value,
                     struct error *err)
{
    (void)call;
    if (strcmp(value, "double") == 0) {
        return true;
    }
    if (strcmp(value, "float") == 0) {
        return refuse_later(err, "precision", value, "use double");
    }
    return value_refuse(err, "precision", value, "double");
}

bool value_values(struct cli_call *call, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    call->values = true;
    return true;
}

bool value_plot(struct cli_call *call, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    call->plot = true;
    return true;
}

static bool set_format(struct cli_call *call, enum render_format format,
                       struct error *err)
{
    if (call->format_given && call->format != format) {
        return error_set(err, ERROR_USAGE,
                         "--json and --csv exclude each other; give one");
    }
    call->format = format;
    call->format_given = true;
    return true;
}

bool value_json(struct cli_call *call, const char *value, struct error *err)
{
    (void)value;
    return set_format(call, RENDER_JSON, err);
}

bool value_csv(struct cli_call *call, const char *value, struct error *err)
{
    (void)value;
    return set_format(call, RENDER_CSV, err);
}

bool value_explain(struct cli_call *call, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    call->explain = true;
    return true;
}

bool value_ascii(struct cli_call *call, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    call->setup.ascii = true;
    return true;
}

bool value_si(struct cli_call *call, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    call->setup.units = UNITS_SI;
    return true;
}

bool value_color(struct cli_call *call, const char *value, struct error *err)
{
    static const char *const names[] = {
        [COLOR_AUTO] = "auto",
        [COLOR_ALWAYS] = "always",
        [COLOR_NEVER] = "never",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(value, names[i]) == 0) {
            call->setup.color = (enum color_mode)i;
            return true;
        }
    }
    return value_refuse(err, "color", value, "auto, always or never");
}

bool value_write_adapter_config(struct cli_call *call, const char *value,
                                struct error *err)
{
    if (value[0] == '\0') {
        return value_refuse(err, "write-adapter-config", value,
                            "a file's name, or - for standard output");
    }
    call->write_config = value;
    return true;
}

bool value_force(struct cli_call *call, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    call->force = true;
    return true;
}

bool value_python(struct cli_call *call, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    call->python = true;
    return true;
}

bool value_presets(struct cli_call *call, const char *value, struct error *err)
{
    (void)err;
    call->presets = value;
    return true;
}

bool value_help(struct cli_call *call, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    call->help = true;
    return true;
}

bool value_version(struct cli_call *call, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    call->version = true;
    return true;
}
