/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * --explain: where each number of a report comes from.
 */
#include "explorer/report.h"

#include "base/units.h"
#include "explorer/report_build.h"

struct explanation {
    const char *number;
    const char *formula;
    const char *source;
};

static const struct explanation count_explanations[] = {
    {"base_params", "elements of every tensor of the model, tied weights once",
     "the model's config.json and its architecture file"},
    {"trainable", "sum over the adapted modules, below",
     "Hu et al. 2021, section 4.1; PEFT tuners/lora/layer.py"},
    {"all", "base_params + adapter_params", "PEFT print_trainable_parameters"},
    {"trainable_percent", "100 trainable / all",
     "PEFT print_trainable_parameters"},
    {"scaling", "alpha / rank", "PEFT tuners/lora/layer.py"},
    {"adapter_bytes", "8 + header + 4 bytes for each parameter",
     "safetensors format; PEFT save_pretrained, fp32"},
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

static struct report_section *add_table(struct report *report,
                                        struct error *err)
{
    static const struct report_column columns[] = {
        {"number", "number"}, {"formula", "formula"}, {"source", "source"}};
    return report_add_table(report, "explain", "Where the numbers come from",
                            columns, 3, err);
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

/* "8 (4,096 + 4,096) 32 = 2,097,152", the formula with its numbers. */
static const char *row_formula(struct report *report,
                               const struct count_row *row, struct error *err)
{
    const struct module *module = &row->module;
    char rank[UNITS_SIZE];
    char in[UNITS_SIZE];
    char out[UNITS_SIZE];
    char copies[UNITS_SIZE];
    char experts[UNITS_SIZE];
    char sum[UNITS_SIZE];
    units_count(rank, row->rank);
    units_count(in, module_in(module));
    units_count(out, module_out(module));
    units_count(copies, module->copies);
    units_count(sum, row->trainable);
    struct text text = {0};
    if (module->kind == MODULE_EXPERTS || module->kind == MODULE_EXPERTS_T) {
        text_appendf(&text,
                     "r E (in + out) copies = %s * %s * (%s + %s) * "
                     "%s = %s",
                     rank, units_count(experts, module->shape[0]), in, out,
                     copies, sum);
    } else if (module->kind == MODULE_CONV) {
        text_appendf(&text, "(r in/groups prod(kernel) + out r) copies = %s",
                     sum);
    } else {
        text_appendf(&text, "r (in + out) copies = %s * (%s + %s) * %s = %s",
                     rank, in, out, copies, sum);
    }
    return report_keep(report, &text, err);
}

static bool add_modules(struct report *report, struct report_section *table,
                        const struct count *count, struct error *err)
{
    for (size_t i = 0; i < count->row_count; i++) {
        const struct count_row *row = &count->rows[i];
        if (!row->matched) {
            continue;
        }
        if (!add_explanation(report, table, row->module.name,
                             row_formula(report, row, err),
                             "PEFT tuners/lora/layer.py", err)) {
            return false;
        }
    }
    return true;
}

bool report_explain_count(struct report *report,
                          const struct explorer_setup *setup,
                          const struct count *count, struct error *err)
{
    struct report_section *table = add_table(report, err);
    if (table == NULL ||
        !add_all(report, table, count_explanations,
                 sizeof count_explanations / sizeof count_explanations[0],
                 err) ||
        !add_modules(report, table, count, err)) {
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

bool report_explain_spectrum(struct report *report, struct error *err)
{
    struct report_section *table = add_table(report, err);
    return table != NULL && add_all(report, table, spectrum_explanations,
                                    sizeof spectrum_explanations /
                                        sizeof spectrum_explanations[0],
                                    err);
}
