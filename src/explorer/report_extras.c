/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The part of `count` about what lies beside the adapted modules: copies,
 * biases, rows of embeddings, and what a method adds once or never trains.
 */
#include "explorer/report_extras.h"

#include <string.h>

#include "adapter/tensors.h"
#include "base/units.h"
#include "explorer/report_build.h"

static const struct {
    const char *name, *words;
} kinds[] = {
    [EXTRA_SAVED] = {"saved", "copy of "},
    [EXTRA_BIAS] = {"bias", "bias of "},
    [EXTRA_TOKENS] = {"tokens", "rows of "},
    [EXTRA_STORED] = {"stored", "stored along: "},
    [EXTRA_SHARED] = {"shared", "once: "},
};

/* What one row of the table stands for: tensors FROM to TO of an extra. */
struct part {
    const struct count_extra *extra;
    size_t from, to;
    uint64_t copies, trainable;
    const char *name;
};

static bool trains(const struct adapter_tensor *tensor)
{
    return tensor->role == TENSOR_TRAINABLE || tensor->role == TENSOR_BASE;
}

/* Parameters that train in the part; the count has summed them before. */
static bool sum_part(struct part *part, struct error *err)
{
    part->trainable = 0;
    for (size_t i = part->from; i < part->to; i++) {
        const struct adapter_tensor *tensor = &part->extra->tensors[i];
        uint64_t size = 0;
        if (!tensor_elements(tensor, &size, err)) {
            return false;
        }
        part->trainable += trains(tensor) ? size * part->copies : 0;
    }
    return true;
}

static bool add_part(struct report *report, struct report_section *table,
                     const struct part *part, struct error *err)
{
    struct text words = {0};
    text_appendf(&words, "%s%s", kinds[part->extra->kind].words, part->name);
    const char *label = report_keep(report, &words, err);
    const struct cell cells[] = {
        cell_for_readers(cell_text(label)),
        cell_for_programs(cell_text(kinds[part->extra->kind].name)),
        cell_for_programs(cell_text(part->name)),
        cell_count(part->copies),
        cell_count(part->trainable),
    };
    return label != NULL && report_add_row(report, table, cells, err);
}

/* "/NAME" is a whole name, another suffix stands after "base_model.". */
static const char *shared_name(struct report *report,
                               const struct adapter_tensor *tensor,
                               struct error *err)
{
    struct text name = {0};
    bool whole = tensor->suffix[0] == '/';
    text_appendf(&name, "%s%s", whole ? "" : "base_model.",
                 tensor->suffix + (whole ? 1 : 0));
    return report_keep(report, &name, err);
}

/* Tensors that belong to no module have a row each. */
static bool add_shared(struct report *report, struct report_section *table,
                       const struct count_extra *extra, struct error *err)
{
    struct part part = {
        .extra = extra,
        .copies = extra->module.copies > 0 ? extra->module.copies : 1};
    for (size_t i = 0; i < extra->tensor_count; i++) {
        part.from = i;
        part.to = i + 1;
        part.name = shared_name(report, &extra->tensors[i], err);
        if (part.name == NULL || !sum_part(&part, err) ||
            !add_part(report, table, &part, err)) {
            return false;
        }
    }
    return true;
}

static bool add_extra(struct report *report, struct report_section *table,
                      const struct count_extra *extra, struct error *err)
{
    if (extra->module.pattern == NULL) {
        return add_shared(report, table, extra, err);
    }
    struct part part = {.extra = extra,
                        .to = extra->tensor_count,
                        .copies = extra->module.copies,
                        .name = extra->module.name};
    return sum_part(&part, err) && add_part(report, table, &part, err);
}

bool report_add_extras(struct report *report, const struct count *count,
                       struct error *err)
{
    static const struct report_column columns[] = {
        {"label", "beside them"},
        {"kind", ""},
        {"name", ""},
        {"copies", "copies"},
        {"trainable", "trainable"},
    };
    struct report_section *table = report_add_table(
        report, "extras", "", columns, sizeof columns / sizeof columns[0], err);
    bool ok = table != NULL;
    for (size_t i = 0; ok && i < count->extra_count; i++) {
        ok = add_extra(report, table, &count->extras[i], err);
    }
    return ok;
}

static bool add_line(struct report *report, struct text *line,
                     struct error *err)
{
    const struct report_field field = {
        "", "", cell_text(report_keep(report, line, err))};
    return field.cell.kind != CELL_NULL &&
           report_add_fields(report, NULL, "", &field, 1, err);
}

bool report_add_untrained(struct report *report, const struct count *count,
                          struct error *err)
{
    char number[UNITS_SIZE];
    struct text line = {0};
    if (count->frozen == 0 && count->buffers == 0) {
        return true;
    }
    text_append(&line, "never trained: ");
    if (count->frozen > 0) {
        text_appendf(&line, "%s parameters",
                     units_count(number, count->frozen));
    }
    if (count->buffers > 0) {
        text_appendf(&line, "%s%s numbers in buffers, which are no parameters",
                     count->frozen > 0 ? " and " : "",
                     units_count(number, count->buffers));
    }
    return add_line(report, &line, err);
}
