/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The report of `count`: parameters, modules, bytes between steps.
 */
#include "explorer/report.h"

#include <string.h>

#include "base/units.h"
#include "explorer/report_build.h"

static const char *transformers_name(unsigned major)
{
    return major == 4 ? "4.57" : "5.23";
}

/* What the user asked for, as --target spells it. */
static const char *asked_targets(const struct adapter_settings *adapter)
{
    switch (adapter->mode) {
    case TARGET_UNSET:
    case TARGET_DEFAULT:
        return "default";
    case TARGET_ALL_LINEAR:
        return "all-linear";
    case TARGET_NONE:
        return "none";
    case TARGET_LIST:
        break;
    }
    return adapter->targets;
}

static const char *model_line(struct report *report, const struct model *model,
                              const struct explorer_setup *setup,
                              struct error *err)
{
    const struct inventory *inventory = &model->inventory;
    enum model_dtype dtype =
        setup->has_dtype ? setup->training.dtype : model->dtype;
    char parameters[UNITS_SIZE];
    char layers[UNITS_SIZE];
    struct text line = {0};
    text_appendf(&line, "%s: %s, %s", model->name, inventory->model_type,
                 inventory->class_name);
    if (inventory->layers > 0) {
        text_appendf(&line, ", %s layers",
                     units_count(layers, inventory->layers));
    }
    text_appendf(&line, ", %s parameters, %s",
                 units_count(parameters, inventory->parameters),
                 model_dtype_name(dtype));
    return report_keep(report, &line, err);
}

static const char *adapter_line(struct report *report,
                                const struct explorer_setup *setup,
                                const struct count *count, struct error *err)
{
    const struct adapter_settings *adapter = &setup->adapter;
    char rank[UNITS_SIZE];
    char alpha[UNITS_SIZE];
    struct text line = {0};
    text_appendf(&line, "LoRA: rank %s, alpha %s, target %s",
                 units_count(rank, adapter->rank),
                 units_real(alpha, adapter->alpha), asked_targets(adapter));
    if (adapter->mode != TARGET_LIST && adapter->mode != TARGET_NONE) {
        text_appendf(&line, " = %s", count->resolved);
    }
    if (count->parameters[0] != '\0') {
        text_appendf(&line, " and parameters %s", count->parameters);
    }
    text_appendf(&line, " (transformers %s, PEFT %s)",
                 transformers_name(setup->transformers),
                 peft_version_name(adapter->peft));
    return report_keep(report, &line, err);
}

static const char *file_line(struct report *report, const struct count *count,
                             enum model_dtype dtype, uint64_t file_bytes,
                             struct error *err)
{
    char bytes[UNITS_SIZE];
    char tensors[UNITS_SIZE];
    struct text line = {0};
    text_appendf(&line, "adapter file: %s bytes, %s tensors in %s",
                 units_count(bytes, file_bytes),
                 units_count(tensors, count->tensors), model_dtype_name(dtype));
    return report_keep(report, &line, err);
}

static bool add_head(struct report *report, const struct model *model,
                     const struct explorer_setup *setup,
                     const struct count *count, struct error *err)
{
    const char *about = model_line(report, model, setup, err);
    const char *how = adapter_line(report, setup, count, err);
    struct text printed = {0};
    count_append_line(count, &printed);
    report->headline = report_keep(report, &printed, err);
    if (about == NULL || how == NULL || report->headline == NULL) {
        return false;
    }
    const struct report_field lines[] = {
        {"", "", cell_text(about)},
        {"", "", cell_text(how)},
    };
    if (!report_add_fields(report, NULL, "", lines, 2, err)) {
        return false;
    }
    const struct adapter_settings *adapter = &setup->adapter;
    const struct report_field fields[] = {
        {"model", "", cell_text(model->name)},
        {"model_type", "", cell_text(model->inventory.model_type)},
        {"class", "", cell_text(model->inventory.class_name)},
        {"transformers", "", cell_text(transformers_name(setup->transformers))},
        {"peft", "", cell_text(peft_version_name(adapter->peft))},
        {"method", "", cell_text("lora")},
        {"rank", "", cell_count(adapter->rank)},
        {"alpha", "", cell_real(adapter->alpha)},
        {"dtype", "", cell_text(model_dtype_name(setup->training.dtype))},
        {"adapter_dtype", "",
         cell_text(model_dtype_name(setup->training.adapter_dtype))},
        {"optimizer", "", cell_text(setup->training.optimizer->name)},
        {"base_params", "", cell_count(count->base)},
        {"trainable", "", cell_count(count->trainable)},
        {"all", "", cell_count(count->all)},
        {"trainable_percent", "", cell_real(count_percent(count))},
        {"printed", "", cell_text(report->headline)},
        {"frozen_extra", "", cell_count(0)},
        {"adapter_params", "", cell_count(count->all - count->base)},
        {"adapter_tensors", "", cell_count(count->tensors)},
    };
    enum { FIELDS = sizeof fields / sizeof fields[0] };
    struct report_field hidden[FIELDS];
    for (size_t i = 0; i < FIELDS; i++) {
        hidden[i] = fields[i];
        hidden[i].cell = cell_for_programs(fields[i].cell);
    }
    return report_add_fields(report, "", "", hidden, FIELDS, err);
}

static bool add_totals(struct report *report, const struct count *count,
                       uint64_t file_bytes, struct error *err)
{
    if (file_bytes > 0) {
        const struct report_field field = {
            "adapter_bytes", "", cell_for_programs(cell_bytes(file_bytes))};
        if (!report_add_fields(report, "", "", &field, 1, err)) {
            return false;
        }
    }
    const struct report_field field = {
        "matched", "", cell_for_programs(cell_count(count->matched))};
    return report_add_fields(report, "", "", &field, 1, err);
}

static bool add_modules(struct report *report, const struct count *count,
                        struct error *err)
{
    static const struct report_column columns[] = {
        {"name", "module"},   {"kind", "kind"},           {"shape", "out x in"},
        {"copies", "copies"}, {"rank", "rank"},           {"alpha", "alpha"},
        {"scaling", "scale"}, {"trainable", "trainable"},
    };
    enum { COLUMNS = sizeof columns / sizeof columns[0] };
    struct report_section *table =
        report_add_table(report, "modules", "", columns, COLUMNS, err);
    if (table == NULL) {
        return false;
    }
    for (size_t i = 0; i < count->row_count; i++) {
        const struct count_row *row = &count->rows[i];
        if (!row->matched) {
            continue;
        }
        const struct cell cells[COLUMNS] = {
            cell_text(row->module.name),
            cell_text(module_kind_name(row->module.kind)),
            cell_shape(report, module_out(&row->module),
                       module_in(&row->module), err),
            cell_count(row->module.copies),
            cell_count(row->rank),
            cell_real(row->alpha),
            cell_real(row->scaling),
            cell_count(row->trainable),
        };
        if (cells[2].kind == CELL_NULL ||
            !report_add_row(report, table, cells, err)) {
            return false;
        }
    }
    return true;
}

static bool add_warnings(struct report *report, const struct model *model,
                         const struct count *count, struct error *err)
{
    size_t total = model->warning_count + count->warning_count;
    const char **texts =
        arena_new(&report->arena, total + 1, sizeof *texts, err);
    if (texts == NULL) {
        return false;
    }
    size_t used = 0;
    for (size_t i = 0; i < model->warning_count; i++) {
        texts[used++] = model->warnings[i];
    }
    for (size_t i = 0; i < count->warning_count; i++) {
        texts[used++] = count->warnings[i];
    }
    const struct report_field field = {
        "warnings", "", cell_for_programs(cell_texts(texts, total))};
    return report_add_fields(report, "", "", &field, 1, err);
}

static bool add_memory_object(struct report *report,
                              const struct ledger *ledger, struct error *err)
{
    struct report_field fields[LEDGER_LINES + 2];
    size_t used = 0;
    for (size_t i = 0; i < LEDGER_LINES; i++) {
        fields[used++] = (struct report_field){
            ledger_line_name((enum ledger_line_kind)i), "",
            cell_for_programs(cell_bytes(ledger->bytes[i]))};
    }
    fields[used++] = (struct report_field){
        "total", "", cell_for_programs(cell_bytes(ledger->total))};
    fields[used++] = (struct report_field){
        "full_fine_tune", "",
        cell_for_programs(cell_bytes(ledger->full_total))};
    return report_add_fields(report, "memory", "", fields, used, err);
}

static bool add_memory_table(struct report *report, const struct ledger *ledger,
                             struct error *err)
{
    static const struct report_column columns[] = {
        {"line", "between steps"},
        {"adapter", "this adapter"},
        {"full", "full fine-tuning"},
    };
    struct report_section *table =
        report_add_table(report, NULL, "", columns, 3, err);
    if (table == NULL) {
        return false;
    }
    for (size_t i = 0; i < LEDGER_LINES; i++) {
        const struct cell cells[] = {
            cell_text(ledger_line_name((enum ledger_line_kind)i)),
            cell_bytes(ledger->bytes[i]),
            cell_bytes(ledger->full[i]),
        };
        if (!report_add_row(report, table, cells, err)) {
            return false;
        }
    }
    const struct cell cells[] = {
        cell_text("total"),
        cell_bytes(ledger->total),
        cell_bytes(ledger->full_total),
    };
    return report_add_row(report, table, cells, err);
}

static bool add_closing(struct report *report,
                        const struct explorer_setup *setup,
                        const struct count *count, const struct ledger *ledger,
                        uint64_t file_bytes, struct error *err)
{
    struct report_field lines[2];
    size_t used = 0;
    if (ledger != NULL) {
        struct text line = {0};
        text_appendf(&line,
                     "optimizer %s, adapter in %s; activations not "
                     "counted",
                     setup->training.optimizer->label,
                     model_dtype_name(setup->training.adapter_dtype));
        lines[used++] = (struct report_field){
            "", "", cell_text(report_keep(report, &line, err))};
    }
    if (file_bytes > 0) {
        lines[used++] = (struct report_field){
            "", "",
            cell_text(file_line(report, count, setup->training.adapter_dtype,
                                file_bytes, err))};
    }
    for (size_t i = 0; i < used; i++) {
        if (lines[i].cell.kind == CELL_NULL) {
            return false;
        }
    }
    return used == 0 || report_add_fields(report, NULL, "", lines, used, err);
}

bool report_count(struct report *report, const struct model *model,
                  const struct explorer_setup *setup, const struct count *count,
                  const struct ledger *ledger, uint64_t file_bytes,
                  struct error *err)
{
    memset(report, 0, sizeof *report);
    bool ok = add_head(report, model, setup, count, err) &&
              add_totals(report, count, file_bytes, err) &&
              add_modules(report, count, err) &&
              add_warnings(report, model, count, err);
    if (ok && ledger != NULL) {
        ok = add_memory_object(report, ledger, err) &&
             add_memory_table(report, ledger, err);
    }
    ok = ok && add_closing(report, setup, count, ledger, file_bytes, err);
    if (!ok) {
        report_clear(report);
    }
    return ok;
}
