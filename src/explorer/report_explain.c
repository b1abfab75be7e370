/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * --explain: where each number of a report comes from.
 */
#include "explorer/report.h"

#include <string.h>

#include "adapter/method.h"
#include "base/units.h"
#include "explorer/report_build.h"

struct explanation {
    const char *number;
    const char *formula;
    const char *source;
};

/* Without a source it is the method's own. */
static const struct explanation count_explanations[] = {
    {"base_params", "elements of every tensor of the model, tied weights once",
     "the model's config.json and its architecture file"},
    {"trainable", "sum over the adapted modules, and what trains beside them",
     NULL},
    {"all", "base_params + adapter_params + copies of modules_to_save",
     "PEFT print_trainable_parameters"},
    {"trainable_percent", "100 trainable / all",
     "PEFT print_trainable_parameters"},
    {"scaling",
     "the update's factor: alpha / rank in LoRA, alpha / sqrt(rank) in rsLoRA",
     NULL},
    {"adapter_bytes", "8 + header + bytes of each tensor that is stored",
     "safetensors format; PEFT save_pretrained"},
};

static const struct explanation spectrum_explanations[] = {
    {"r90, r95, r99", "least k with sum_{i<=k} sigma_i^2 >= share of E",
     "Eckart and Young 1936"},
    {"stable", "E / sigma_1^2, E = sum sigma^2", "Rudelson and Vershynin 2007"},
    {"effective", "exp(-sum p ln p), p = sigma / sum sigma",
     "Roy and Vetterli 2007"},
    {"effective_sigma2", "exp(-sum p ln p), p = sigma^2 / E",
     "Roy and Vetterli 2007, on the energy"},
    {"numerical", "number of sigma > sigma_1 max(m, n) eps",
     "numpy.linalg.matrix_rank"},
    {"nuclear", "sum sigma", "nuclear norm"},
    {"participation", "E^2 / sum sigma^4", "participation ratio"},
    {"gavish_donoho", "number of sigma > omega(beta) median(sigma)",
     "Gavish and Donoho 2014, unknown noise"},
    {"noise_edge_rank",
     "number of sigma above the Marchenko-Pastur edge of the median's noise",
     "Marchenko and Pastur 1967"},
    {"mdl", "k of the shortest description of the eigenvalues",
     "Wax and Kailath 1985, real data"},
    {"profile_likelihood", "k that splits sigma into two Gaussian groups best",
     "Zhu and Ghodsi 2006"},
    {"energy", "sum_{i<=r} sigma_i^2 / E", "Eckart and Young 1936"},
    {"relative_error", "sqrt(1 - energy), summed from the tail",
     "Eckart and Young 1936"},
    {"params", "r (m + n)", "Hu et al. 2021, section 4.1"},
};

static const struct explanation check_explanations[] = {
    {"trainable, all", "the figures of the line, as they stand there", "LINE"},
    {"matches",
     "trainable = r times a slope and a rest, solved for r: each preset, list "
     "of targets and layout is counted at two ranks",
     "PEFT's counting, as `loraexplore count` has it"},
    {"exact", "which of the two figures the settings give: both, or one",
     "PEFT print_trainable_parameters"},
    {"printed", "how the total came about: in full, or 4-bit weights at half",
     "PEFT get_nb_trainable_parameters; notebooks of 2023"},
    {"claim", "the stated settings, counted under every layout and print",
     "presets/target_sets.tsv has the usual lists"},
};

static const struct explanation presets_explanations[] = {
    {"parameters",
     "elements of every tensor of the model, tied weights once; recorded with "
     "the preset, and counted again in a test",
     "the preset's own source"},
};

static const struct explanation methods_explanations[] = {
    {"PEFT", "the releases that have the method: 0.18 (0.18.1), 0.21 (0.21.2)",
     "presets/method_fields.tsv"},
};

static struct report_section *add_table(struct report *report,
                                        struct error *err)
{
    static const struct report_column columns[] = {
        {"number", "number"}, {"formula", "formula"}, {"source", "source"}};
    struct report_section *table = report_add_table(
        report, "explain", "Where the numbers come from", columns, 3, err);
    if (table != NULL) {
        table->wrapped = true;
    }
    return table;
}

static bool add_explanation(struct report *report, struct report_section *table,
                            const char *number, const char *formula,
                            const char *source, struct error *err)
{
    if (number == NULL || formula == NULL) {
        return false;
    }
    const struct cell cells[] = {cell_text(number), cell_text(formula),
                                 cell_text(source)};
    return report_add_row(report, table, cells, err);
}

static bool add_all(struct report *report, struct report_section *table,
                    const struct explanation *items, size_t count,
                    struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (!add_explanation(report, table, items[i].number, items[i].formula,
                             items[i].source, err)) {
            return false;
        }
    }
    return true;
}

enum { TENSORS_SHOWN = 4 };

/* "lora_A 8 * 4,096": a tensor's name without what all end in, its shape. */
static void append_tensor(const struct adapter_tensor *tensor,
                          struct text *text)
{
    char number[UNITS_SIZE];
    const char *name = tensor->suffix + strspn(tensor->suffix, "./");
    size_t length = strlen(name);
    if (text_ends(name, ".weight")) {
        length -= strlen(".weight");
    }
    text_append_bytes(text, name, length);
    for (unsigned i = 0; i < tensor->dimensions; i++) {
        text_appendf(text, "%s%s", i == 0 ? " " : " * ",
                     units_count(number, tensor->shape[i]));
    }
}

static bool trains(const struct adapter_tensor *tensor)
{
    return tensor->role == TENSOR_TRAINABLE || tensor->role == TENSOR_BASE;
}

/* "lora_A 8 * 4,096 + lora_B 4,096 * 8, 32 times: 2,097,152": the tensors that
 * train, with their shapes.
 */
static const char *row_formula(struct report *report,
                               const struct count_row *row, struct error *err)
{
    char number[UNITS_SIZE];
    struct text text = {0};
    size_t shown = 0;
    for (size_t i = 0; i < row->tensor_count; i++) {
        if (trains(&row->tensors[i]) && shown++ < TENSORS_SHOWN) {
            text_append(&text, shown == 1 ? "" : " + ");
            append_tensor(&row->tensors[i], &text);
        }
    }
    if (shown > TENSORS_SHOWN) {
        text_appendf(&text, " + %s more",
                     units_count(number, shown - TENSORS_SHOWN));
    }
    text_append(&text, shown == 0 ? "nothing of its own trains" : "");
    if (row->module.copies > 1) {
        text_appendf(&text, ", %s times",
                     units_count(number, row->module.copies));
    }
    text_appendf(&text, ": %s", units_count(number, row->trainable));
    return report_keep(report, &text, err);
}

static bool add_modules(struct report *report, struct report_section *table,
                        const struct method *method, const struct count *count,
                        struct error *err)
{
    for (size_t i = 0; i < count->row_count; i++) {
        const struct count_row *row = &count->rows[i];
        if (row->matched && !add_explanation(report, table, row->module.name,
                                             row_formula(report, row, err),
                                             method->source, err)) {
            return false;
        }
    }
    return true;
}

static bool add_figures(struct report *report, struct report_section *table,
                        const struct method *method, struct error *err)
{
    enum { FIGURES = sizeof count_explanations / sizeof count_explanations[0] };
    struct explanation items[FIGURES];
    for (size_t i = 0; i < FIGURES; i++) {
        items[i] = count_explanations[i];
        items[i].source =
            items[i].source != NULL ? items[i].source : method->source;
    }
    return add_all(report, table, items, FIGURES, err) &&
           add_explanation(report, table, method->label, method->summary,
                           method->source, err);
}

/* What was taken for granted: a dtype, and that a saved file trains. */
static bool add_assumptions(struct report *report, struct report_section *table,
                            const struct model *model,
                            const struct explorer_setup *setup,
                            struct error *err)
{
    json_t *saved = settings_field_new(&setup->adapter, "inference_mode");
    bool frozen = json_is_true(saved);
    json_decref(saved);
    if (model->dtype_assumed && !setup->has_dtype &&
        !add_explanation(report, table, "dtype",
                         "bf16 is assumed: the config names none, --dtype "
                         "says otherwise",
                         "the model's config.json", err)) {
        return false;
    }
    return !frozen ||
           add_explanation(report, table, "inference_mode",
                           "true, as in every saved file: the count is of what "
                           "trains when it is false",
                           "PEFT save_pretrained", err);
}

bool report_explain_count(struct report *report, const struct model *model,
                          const struct explorer_setup *setup,
                          const struct count *count, struct error *err)
{
    const struct method *method = setup->adapter.method;
    struct report_section *table = add_table(report, err);
    if (table == NULL || !add_figures(report, table, method, err) ||
        !add_assumptions(report, table, model, setup, err) ||
        !add_modules(report, table, method, count, err)) {
        return false;
    }
    for (size_t i = 0; i < LEDGER_LINES; i++) {
        enum ledger_line_kind line = (enum ledger_line_kind)i;
        if (!add_explanation(report, table, ledger_line_name(line),
                             ledger_line_formula(line),
                             "torch tensors, bytes without padding", err)) {
            return false;
        }
    }
    const struct optimizer *optimizer = setup->training.optimizer;
    return add_explanation(report, table, optimizer->label, optimizer->formula,
                           optimizer->source, err);
}

#define EXPLAIN(report, items, err) \
    explain(report, items, sizeof(items) / sizeof((items)[0]), err)

static bool explain(struct report *report, const struct explanation *items,
                    size_t count, struct error *err)
{
    struct report_section *table = add_table(report, err);
    return table != NULL && add_all(report, table, items, count, err);
}

bool report_explain_spectrum(struct report *report, struct error *err)
{
    return EXPLAIN(report, spectrum_explanations, err);
}

bool report_explain_check(struct report *report, struct error *err)
{
    return EXPLAIN(report, check_explanations, err);
}

bool report_explain_presets(struct report *report, struct error *err)
{
    return EXPLAIN(report, presets_explanations, err);
}

bool report_explain_methods(struct report *report, struct error *err)
{
    return EXPLAIN(report, methods_explanations, err);
}
