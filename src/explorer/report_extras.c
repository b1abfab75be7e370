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

/* What one row of a table stands for: tensors FROM to TO of an extra, or TIMES
 * tensors alike of which the first is FROM.
 */
struct part {
    const struct count_extra *extra;
    size_t from, to;
    uint64_t copies, trainable;
    const char *name;
    uint64_t times;
    uint64_t first, last; /* the numbers in their names */
    size_t before;        /* bytes of the name before its number */
};

/* The parts of all extras, in the report's arena. */
struct parts {
    struct part *items;
    size_t count;
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

/* ---- tensors that the method adds once --------------------------------------- */

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

/* Where the first part of NAME that is a number begins; its length and value. */
static size_t find_number(const char *name, size_t *length, uint64_t *value)
{
    char digits[24];
    for (const char *at = name; *at != '\0';) {
        size_t size = strcspn(at, ".");
        if (size > 0 && size < sizeof digits &&
            strspn(at, "0123456789") == size) {
            memcpy(digits, at, size);
            digits[size] = '\0';
            *length = size;
            return text_parse_count(digits, 0, UINT64_MAX - 1, value)
                       ? (size_t)(at - name)
                       : SIZE_MAX;
        }
        at += size;
        at += *at == '.';
    }
    *length = 0;
    return SIZE_MAX;
}

static bool same_tensor(const struct adapter_tensor *a,
                        const struct adapter_tensor *b)
{
    bool same = a->role == b->role && a->dimensions == b->dimensions;
    for (unsigned i = 0; same && i < a->dimensions; i++) {
        same = a->shape[i] == b->shape[i];
    }
    return same;
}

/* Is NAME that of PART but for the next number? */
static bool follows(const struct part *part, const char *name)
{
    size_t length = 0;
    size_t old_length = 0;
    uint64_t value = 0;
    uint64_t old = 0;
    size_t at = find_number(name, &length, &value);
    if (at != part->before || at == SIZE_MAX || value != part->last + 1) {
        return false;
    }
    find_number(part->name, &old_length, &old);
    return memcmp(part->name, name, at) == 0 &&
           strcmp(part->name + at + old_length, name + at + length) == 0;
}

enum { LOOKED_BACK = 8 }; /* tensors that one layer has, at most */

/* Take the tensor of PART, named, into an earlier part of its pattern. */
static bool fold(struct parts *parts, size_t from, const struct part *part)
{
    const struct adapter_tensor *tensor = &part->extra->tensors[part->from];
    for (size_t i = 0; i < LOOKED_BACK && i < parts->count - from; i++) {
        struct part *other = &parts->items[parts->count - 1 - i];
        bool equal =
            part->before == SIZE_MAX && strcmp(other->name, part->name) == 0;
        if (same_tensor(&other->extra->tensors[other->from], tensor) &&
            (equal || follows(other, part->name))) {
            other->times++;
            other->trainable += part->trainable;
            other->last = part->last;
            return true;
        }
    }
    return false;
}

/* Tensors that belong to no module have a part each, or one for a run of them
 * over the layers: FOLDED.
 */
static bool collect_shared(struct report *report,
                           const struct count_extra *extra, bool folded,
                           struct parts *parts, struct error *err)
{
    size_t from = parts->count;
    struct part part = {
        .extra = extra,
        .times = 1,
        .copies = extra->module.copies > 0 ? extra->module.copies : 1};
    for (size_t i = 0; i < extra->tensor_count; i++) {
        size_t length = 0;
        part.from = i;
        part.to = i + 1;
        part.last = 0;
        part.name = shared_name(report, &extra->tensors[i], err);
        if (part.name == NULL || !sum_part(&part, err)) {
            return false;
        }
        part.before = find_number(part.name, &length, &part.last);
        part.first = part.last;
        if (!folded || !fold(parts, from, &part)) {
            parts->items[parts->count++] = part;
        }
    }
    return true;
}

/* "base_model.tinylora_v.{0-27}" for 28 tensors. */
static bool name_run(struct report *report, struct part *part,
                     struct error *err)
{
    struct text name = {0};
    size_t length = 0;
    uint64_t value = 0;
    if (part->first == part->last || part->before == SIZE_MAX) {
        return true;
    }
    find_number(part->name, &length, &value);
    text_append_bytes(&name, part->name, part->before);
    text_appendf(&name, "{%llu-%llu}%s", (unsigned long long)part->first,
                 (unsigned long long)part->last,
                 part->name + part->before + length);
    part->name = report_keep(report, &name, err);
    return part->name != NULL;
}

/* ---- all of them ------------------------------------------------------------ */

static bool collect(struct report *report, const struct count *count,
                    bool folded, struct parts *parts, struct error *err)
{
    size_t most = 1;
    for (size_t i = 0; i < count->extra_count; i++) {
        most += 1 + count->extras[i].tensor_count;
    }
    *parts = (struct parts){
        .items = arena_new(&report->arena, most, sizeof *parts->items, err)};
    bool ok = parts->items != NULL;
    for (size_t i = 0; ok && i < count->extra_count; i++) {
        const struct count_extra *extra = &count->extras[i];
        if (extra->module.pattern == NULL) {
            ok = collect_shared(report, extra, folded, parts, err);
            continue;
        }
        struct part part = {.extra = extra,
                            .to = extra->tensor_count,
                            .copies = extra->module.copies,
                            .times = 1,
                            .name = extra->module.name};
        ok = sum_part(&part, err);
        parts->items[parts->count++] = part;
    }
    for (size_t i = 0; ok && i < parts->count; i++) {
        ok = name_run(report, &parts->items[i], err);
    }
    return ok;
}

/* For JSON, a row for each tensor. */
static bool add_listed(struct report *report, const struct parts *parts,
                       struct error *err)
{
    static const struct report_column columns[] = {
        {"kind", ""}, {"name", ""}, {"copies", ""}, {"trainable", ""}};
    struct report_section *table =
        report_add_table(report, "extras", "", columns, 4, err);
    bool ok = table != NULL;
    for (size_t i = 0; ok && i < parts->count; i++) {
        const struct part *part = &parts->items[i];
        const struct cell cells[] = {
            cell_for_programs(cell_text(kinds[part->extra->kind].name)),
            cell_for_programs(cell_text(part->name)),
            cell_for_programs(cell_count(part->copies)),
            cell_for_programs(cell_count(part->trainable)),
        };
        ok = report_add_row(report, table, cells, err);
    }
    return ok;
}

static bool add_shown(struct report *report, const struct parts *parts,
                      struct error *err)
{
    static const struct report_column columns[] = {
        {"", "beside them"}, {"", "copies"}, {"", "trainable"}};
    struct report_section *table =
        report_add_table(report, NULL, "", columns, 3, err);
    bool ok = table != NULL;
    for (size_t i = 0; ok && i < parts->count; i++) {
        const struct part *part = &parts->items[i];
        struct text words = {0};
        text_appendf(&words, "%s%s", kinds[part->extra->kind].words,
                     part->name);
        const char *label = report_keep(report, &words, err);
        const struct cell cells[] = {
            cell_text(label),
            cell_count(part->copies * part->times),
            cell_count(part->trainable),
        };
        ok = label != NULL && report_add_row(report, table, cells, err);
    }
    return ok;
}

/* Rows below those of the modules: CSV alone shows them. */
static bool add_appended(struct report *report, const struct parts *parts,
                         struct error *err)
{
    struct report_section *table = report_add_table(
        report, NULL, "", report_module_columns, MODULE_COLUMNS, err);
    const struct cell none = cell_for_programs(cell_null());
    bool ok = table != NULL;
    for (size_t i = 0; ok && i < parts->count; i++) {
        const struct part *part = &parts->items[i];
        const struct cell cells[MODULE_COLUMNS] = {
            cell_for_programs(cell_text(part->name)),
            cell_for_programs(cell_text(kinds[part->extra->kind].name)),
            none,
            cell_for_programs(cell_count(part->copies * part->times)),
            none,
            none,
            none,
            cell_for_programs(cell_count(part->trainable)),
        };
        ok = report_add_row(report, table, cells, err);
    }
    return ok;
}

bool report_add_extras(struct report *report, const struct count *count,
                       struct error *err)
{
    struct parts parts;
    return collect(report, count, false, &parts, err) &&
           add_listed(report, &parts, err) &&
           collect(report, count, true, &parts, err) &&
           add_shown(report, &parts, err) && add_appended(report, &parts, err);
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
