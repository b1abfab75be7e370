/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The report of `count`: parameters, modules, bytes between steps.
 */
#include "explorer/report.h"

#include <string.h>

#include "adapter/method.h"
#include "base/units.h"
#include "explorer/report_build.h"
#include "explorer/report_extras.h"

const char *report_model_line(struct report *report, const struct model *model,
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
    text_appendf(&line, ", %s parameters, %s%s",
                 units_count(parameters, inventory->parameters),
                 model_dtype_name(dtype),
                 model->dtype_assumed && !setup->has_dtype ? " (assumed)" : "");
    return report_keep(report, &line, err);
}

/* Is there a stored tensor of another dtype than the adapter's? */
static bool has_mixed_types(const struct count *count)
{
    bool mixed = false;
    for (size_t i = 0; i < count->row_count; i++) {
        const struct count_row *row = &count->rows[i];
        for (size_t j = 0; j < row->tensor_count; j++) {
            mixed |=
                row->tensors[j].stored && row->tensors[j].type != TENSOR_OWN;
        }
    }
    for (size_t i = 0; i < count->extra_count; i++) {
        const struct count_extra *extra = &count->extras[i];
        for (size_t j = 0; j < extra->tensor_count; j++) {
            mixed |= extra->tensors[j].stored &&
                     extra->tensors[j].type != TENSOR_OWN;
        }
    }
    return mixed;
}

static const char *file_line(struct report *report, const struct count *count,
                             enum model_dtype dtype, uint64_t file_bytes,
                             struct error *err)
{
    char bytes[UNITS_SIZE];
    char tensors[UNITS_SIZE];
    struct text line = {0};
    text_appendf(&line, "adapter file: %s bytes, %s tensor%s%s in %s",
                 units_count(bytes, file_bytes),
                 units_count(tensors, count->tensors),
                 count->tensors == 1 ? "" : "s",
                 has_mixed_types(count) ? ", the method's own" : "",
                 model_dtype_name(dtype));
    return report_keep(report, &line, err);
}

/* A rank and an alpha; null, and no column for readers, where the method has
 * none.  A rank of 0 is one that another setting rules, OFT's block size.
 */
static struct cell rank_cell(const struct method *method, uint64_t rank)
{
    if (method->rank_key == NULL) {
        return cell_for_programs(cell_null());
    }
    return rank > 0 ? cell_count(rank) : cell_null();
}

static struct cell alpha_cell(const struct method *method, double alpha)
{
    return method->alpha_key != NULL ? cell_real(alpha)
                                     : cell_for_programs(cell_null());
}

/* COUNT fields that only programs see. */
static bool add_hidden(struct report *report, struct report_field *fields,
                       size_t count, struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        fields[i].cell = cell_for_programs(fields[i].cell);
    }
    return report_add_fields(report, "", "", fields, count, err);
}

static bool add_lines(struct report *report, const struct model *model,
                      const struct explorer_setup *setup,
                      const struct count *count, struct error *err)
{
    const char *about = report_model_line(report, model, setup, err);
    const char *how = report_adapter_line(report, setup, count, true, err);
    const char *with = report_fields_line(report, setup, err);
    struct text printed = {0};
    count_append_line(count, &printed);
    report->headline = report_keep(report, &printed, err);
    if (about == NULL || how == NULL || with == NULL ||
        report->headline == NULL) {
        return false;
    }
    const struct report_field lines[] = {
        {"", "", cell_text(about)},
        {"", "", cell_text(how)},
        {"", "", cell_text(with)},
    };
    return report_add_fields(report, NULL, "", lines, with[0] == '\0' ? 2 : 3,
                             err);
}

/* "lora" for LORA, and the row's own name where that says more. */
static bool add_method(struct report *report, const struct method *method,
                       struct error *err)
{
    struct text type = {0};
    for (const char *at = method->peft_type; *at != '\0'; at++) {
        char letter = (char)(*at >= 'A' && *at <= 'Z' ? *at - 'A' + 'a' : *at);
        text_append_bytes(&type, &letter, 1);
    }
    const char *kept = report_keep(report, &type, err);
    if (kept == NULL) {
        return false;
    }
    struct report_field fields[] = {{"method", "", cell_text(kept)},
                                    {"variant", "", cell_text(method->name)}};
    return add_hidden(report, fields, strcmp(kept, method->name) == 0 ? 1 : 2,
                      err);
}

static bool add_names(struct report *report, const struct model *model,
                      const struct explorer_setup *setup, struct error *err)
{
    struct report_field fields[] = {
        {"model", "", cell_text(model->name)},
        {"model_type", "", cell_text(model->inventory.model_type)},
        {"class", "", cell_text(model->inventory.class_name)},
        {"transformers", "",
         cell_text(report_transformers_name(setup->transformers))},
        {"peft", "", cell_text(peft_version_name(setup->adapter.peft))},
    };
    return add_hidden(report, fields, sizeof fields / sizeof fields[0], err) &&
           add_method(report, setup->adapter.method, err);
}

/* Only where it is so. */
static bool add_assumed(struct report *report, const struct model *model,
                        const struct explorer_setup *setup, struct error *err)
{
    struct report_field field = {
        "dtype_assumed", "", {.kind = CELL_BOOL, .count = 1}};
    bool assumed = model->dtype_assumed && !setup->has_dtype;
    return !assumed || add_hidden(report, &field, 1, err);
}

/* RANK: one for the whole report, as in a count. */
static bool add_settings(struct report *report, const struct model *model,
                         const struct explorer_setup *setup, bool rank,
                         struct error *err)
{
    const struct adapter_settings *adapter = &setup->adapter;
    const struct training_settings *training = &setup->training;
    enum model_dtype dtype = setup->has_dtype ? training->dtype : model->dtype;
    struct report_field fields[] = {
        {"rank", "", rank_cell(adapter->method, adapter->rank)},
        {"alpha", "", alpha_cell(adapter->method, adapter->alpha)},
        {"targets", "", cell_text(settings_targets_text(adapter))},
        {"dtype", "", cell_text(model_dtype_name(dtype))},
    };
    struct report_field last[] = {
        {"adapter_dtype", "",
         cell_text(model_dtype_name(training->adapter_dtype))},
        {"optimizer", "", cell_text(training->optimizer->name)},
    };
    size_t from = rank ? 0 : 1;
    return add_hidden(report, fields + from,
                      sizeof fields / sizeof fields[0] - from, err) &&
           add_assumed(report, model, setup, err) &&
           add_hidden(report, last, sizeof last / sizeof last[0], err);
}

bool report_add_setup(struct report *report, const struct model *model,
                      const struct explorer_setup *setup, bool rank,
                      struct error *err)
{
    return add_names(report, model, setup, err) &&
           add_settings(report, model, setup, rank, err);
}

static bool add_figures(struct report *report, const struct count *count,
                        uint64_t file_bytes, struct error *err)
{
    struct report_field fields[] = {
        {"base_params", "", cell_count(count->base)},
        {"trainable", "", cell_count(count->trainable)},
        {"all", "", cell_count(count->all)},
        {"trainable_percent", "", cell_real(count_percent(count))},
        {"printed", "", cell_text(report->headline)},
        {"frozen_extra", "", cell_count(count->frozen)},
        {"buffers_extra", "", cell_count(count->buffers)},
        {"adapter_params", "",
         cell_count(count->all - count->base - count->saved)},
        {"adapter_tensors", "", cell_count(count->tensors)},
        {"adapter_bytes", "", cell_bytes(file_bytes)},
    };
    size_t all = sizeof fields / sizeof fields[0];
    struct report_field matched[] = {
        {"matched", "", cell_count(count->matched)}};
    /* Without tensors there is no file. */
    return add_hidden(report, fields, file_bytes > 0 ? all : all - 1, err) &&
           add_hidden(report, matched, 1, err);
}

const struct report_column report_module_columns[] = {
    {"name", "module"},   {"kind", "kind"},           {"shape", "out x in"},
    {"copies", "copies"}, {"rank", "rank"},           {"alpha", "alpha"},
    {"scaling", "scale"}, {"trainable", "trainable"},
};
_Static_assert(sizeof report_module_columns ==
                   MODULE_COLUMNS * sizeof report_module_columns[0],
               "MODULE_COLUMNS of them");

static bool add_modules(struct report *report, const struct method *method,
                        const struct count *count, struct error *err)
{
    enum { COLUMNS = MODULE_COLUMNS };
    struct report_section *table = report_add_table(
        report, "modules", "", report_module_columns, COLUMNS, err);
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
            rank_cell(method, row->rank),
            alpha_cell(method, row->alpha),
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
    bool ok = add_lines(report, model, setup, count, err) &&
              report_add_setup(report, model, setup, true, err) &&
              add_figures(report, count, file_bytes, err) &&
              add_modules(report, setup->adapter.method, count, err) &&
              report_add_extras(report, count, err) &&
              report_add_untrained(report, count, err) &&
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
