/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All usual names counted at once.
 *
 * A plain name in target_modules matches the modules whose last part it is,
 * whatever else is in the list.  So one count of a model with every name that
 * some list has gives the counts of all those lists, as sums of rows; where
 * PEFT refuses the whole, rewrites the names of experts, or adds something once
 * for all modules, the lists are counted one by one.
 */
#include <string.h>

#include "adapter/count.h"
#include "adapter/method.h"
#include "base/text.h"
#include "explorer/lookup_model.h"

/* Comma separated: the names of the lists that layers of the model have. */
static void join_names(const struct lookup_sets *sets,
                       const struct inventory *inventory, struct text *out)
{
    for (size_t i = 0; i < sets->count; i++) {
        const struct lookup_set *set = &sets->items[i];
        const char *cursor = set->form == SET_NAMES ? set->targets : "";
        size_t length = 0;
        const char *name = NULL;
        while ((name = settings_next_target(&cursor, &length)) != NULL) {
            if (lookup_has_leaf(inventory, name, length)) {
                targets_add(out, name, length);
            }
        }
    }
}

static bool sum_frozen(const struct count_row *row, uint64_t *frozen)
{
    *frozen = 0;
    for (size_t i = 0; i < row->tensor_count; i++) {
        uint64_t elements = 0;
        struct error ignored = {0};
        if (row->tensors[i].role == TENSOR_FROZEN &&
            !(tensor_elements(&row->tensors[i], &elements, &ignored) &&
              checked_mul(elements, row->module.copies, &elements) &&
              checked_add(*frozen, elements, frozen))) {
            return false;
        }
    }
    return true;
}

/* The matched rows at rank 1; their counts do not change with the rank yet. */
static bool take_rows(struct lookup_table *table, const struct count *count,
                      struct error *err)
{
    table->rows = memory_new(count->row_count + 1, sizeof *table->rows, err);
    table->valid = table->rows != NULL;
    for (size_t i = 0; table->valid && i < count->row_count; i++) {
        const struct count_row *from = &count->rows[i];
        struct lookup_row *row = &table->rows[table->count];
        if (from->matched) {
            row->leaf = from->module.leaf;
            row->slope.slope = from->trainable;
            row->slope.signature = lookup_sign(0, &from->module);
            table->valid = sum_frozen(from, &row->slope.frozen);
            table->count++;
        }
    }
    return table->rows != NULL;
}

/* The same rows at rank 2 tell what grows from what does not. */
static void take_growth(struct lookup_table *table, const struct count *count)
{
    size_t used = 0;
    for (size_t i = 0; i < count->row_count; i++) {
        const struct count_row *from = &count->rows[i];
        if (!from->matched) {
            continue;
        }
        struct lookup_slope *slope =
            used < table->count ? &table->rows[used++].slope : NULL;
        uint64_t low = slope != NULL ? slope->slope : 0;
        table->valid = table->valid && from->trainable > low &&
                       from->trainable - low <= low;
        if (!table->valid) {
            return;
        }
        uint64_t frozen = 0;
        slope->slope = from->trainable - low;
        slope->constant = low - slope->slope;
        table->valid = sum_frozen(from, &frozen) && frozen >= slope->frozen &&
                       frozen - slope->frozen <= slope->frozen;
        slope->frozen_slope = frozen - slope->frozen;
        slope->frozen -= slope->frozen_slope;
    }
    table->valid = table->valid && used == table->count;
}

static bool count_names(struct lookup_table *table,
                        const struct inventory *inventory,
                        const struct resource_path *path,
                        const struct adapter_settings *settings,
                        struct error *err)
{
    struct adapter_settings asked = *settings;
    struct count count = {0};
    struct error refused = {0};
    asked.rank = 1;
    bool done = true;
    if (count_trainable(inventory, path, &asked, &count, &refused)) {
        done = take_rows(table, &count, err);
        count_clear(&count);
    }
    if (refused.code == ERROR_MEMORY) {
        *err = refused;
        return false;
    }
    asked.rank = 2;
    if (done && table->valid && !lookup_is_plain(settings)) {
        table->valid =
            count_trainable(inventory, path, &asked, &count, &refused);
        if (table->valid) {
            take_growth(table, &count);
            count_clear(&count);
        }
    }
    return done;
}

bool lookup_table_init(struct lookup_table *table,
                       const struct lookup_model *model,
                       const struct resource_path *path,
                       enum lookup_layout layout,
                       const struct adapter_settings *settings,
                       const struct lookup_sets *sets, struct error *err)
{
    const struct inventory *inventory = lookup_inventory(model, layout);
    struct adapter_settings asked = *settings;
    struct text names = {0};
    *table = (struct lookup_table){0};
    if (layout == LAYOUT_EXPERTS || !lookup_has_rank(settings) ||
        settings->method->share != NULL ||
        (layout == LAYOUT_5 && inventory->experts5 != NULL)) {
        return true;
    }
    asked.peft = layout == LAYOUT_5 ? PEFT_0_21 : PEFT_0_18;
    join_names(sets, inventory, &names);
    bool done = text_ok(&names, err);
    if (done && names.length > 0) {
        done = settings_set_list(&asked, text_string(&names), err) &&
               count_names(table, inventory, path, &asked, err);
    }
    text_clear(&names);
    return done;
}

void lookup_table_clear(struct lookup_table *table)
{
    memory_free(table->rows);
    *table = (struct lookup_table){0};
}

/* Add the rows of one name; false when it has none. */
static bool add_name(const struct lookup_table *table, const char *name,
                     size_t length, struct lookup_slope *sum)
{
    bool found = false;
    for (size_t i = 0; i < table->count; i++) {
        const struct lookup_row *row = &table->rows[i];
        if (strncmp(row->leaf, name, length) == 0 &&
            row->leaf[length] == '\0') {
            found = true;
            sum->slope += row->slope.slope;
            sum->constant += row->slope.constant;
            sum->frozen += row->slope.frozen;
            sum->frozen_slope += row->slope.frozen_slope;
            sum->signature ^= row->slope.signature;
        }
    }
    return found;
}

bool lookup_table_slope(const struct lookup_table *table,
                        const struct lookup_set *set,
                        struct lookup_slope *slope)
{
    *slope = (struct lookup_slope){0};
    const char *cursor = set->targets;
    size_t length = 0;
    const char *name = NULL;
    bool found = table->valid && set->form == SET_NAMES;
    while (found && (name = settings_next_target(&cursor, &length)) != NULL) {
        found = add_name(table, name, length, slope);
    }
    return found;
}
