/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Target rows: built from the count, flipped by name as PEFT matches.
 */
#include "explorer/targets.h"

#include <string.h>

#include "adapter/target.h"
#include "base/text.h"

/* The order in which groups stand on the screen. */
static const enum module_role role_order[] = {
    ROLE_ATTENTION, ROLE_MIXER, ROLE_MLP,    ROLE_EXPERTS, ROLE_ROUTER,
    ROLE_EMBEDDING, ROLE_HEAD,  ROLE_VISION, ROLE_OTHER,
};
_Static_assert(sizeof role_order / sizeof *role_order == MODULE_ROLES,
               "every role has its place");

static bool all_digits(const char *string)
{
    return *string != '\0' && strspn(string, "0123456789") == strlen(string);
}

/* The end of a pattern that tells its modules apart: the leaf, or the last two
 * parts where the leaf is a number ("mlp.0").
 */
static const char *distinct_tail(const struct module *module)
{
    const char *leaf = module->leaf;
    if (!all_digits(leaf) || leaf <= module->pattern + 1) {
        return leaf;
    }
    const char *start = leaf - 1;
    while (start > module->pattern && start[-1] != '.') {
        start--;
    }
    return start;
}

/* Fill row->names or row->reason. */
static void find_names(const struct inventory *inventory,
                       const struct adapter_settings *settings,
                       const struct module *module, struct target_row *row)
{
    if (module_is_layer(module)) {
        if (inventory_refuses(inventory, module->leaf)) {
            row->reason = "PEFT raises on this class of module, so it cannot "
                          "be a target";
        } else if (strstr(module->leaf, "{}") != NULL) {
            row->reason = "these modules are named by a number alone: write "
                          "a longer name with T";
        } else {
            row->names = distinct_tail(module);
        }
        return;
    }
    row->names = target_expert_names(inventory, settings, module);
    if (row->names == NULL && module_is_expert(module)) {
        row->reason = "fused experts are parameters, not modules: PEFT "
                      "reaches these by target_parameters only";
    } else if (row->names == NULL) {
        row->reason = "a bare parameter is no module: target_modules "
                      "cannot name it";
    }
}

static void fill_shape(const struct module *module, struct target_row *row)
{
    row->kind = module->kind;
    if (module_is_linear(module) || module_is_expert(module)) {
        row->dimensions = 2;
        row->shape[0] = module_out(module);
        row->shape[1] = module_in(module);
        return;
    }
    row->dimensions = module->dimensions;
    for (unsigned i = 0; i < module->dimensions; i++) {
        row->shape[i] = module->shape[i];
    }
}

static uint64_t experts_of(const struct module *module)
{
    if (module_is_expert(module)) {
        return module->shape[0];
    }
    bool many = module_role(module) == ROLE_EXPERTS && module->axes >= 2;
    return many ? module->axis[module->axes - 1].count : 0;
}

static bool same_kind(const struct target_row *row,
                      const struct target_row *other)
{
    if (row->heading || row->kind != other->kind ||
        row->dimensions != other->dimensions ||
        strcmp(row->label, other->label) != 0) {
        return false;
    }
    for (unsigned i = 0; i < row->dimensions; i++) {
        if (row->shape[i] != other->shape[i]) {
            return false;
        }
    }
    return row->experts == other->experts;
}

static void merge(struct target_row *into, const struct target_row *row)
{
    into->copies += row->copies;
    into->matched += row->matched;
    into->trainable += row->trainable;
    into->layers += row->layers;
    into->saved += row->saved;
    into->own_rank = into->own_rank || row->own_rank;
    into->own_alpha = into->own_alpha || row->own_alpha;
    if (row->matched == 0) {
        return;
    }
    bool first = into->matched == row->matched;
    if (first || row->alpha_low < into->alpha_low) {
        into->alpha_low = row->alpha_low;
    }
    if (first || row->alpha_high > into->alpha_high) {
        into->alpha_high = row->alpha_high;
    }
    if (into->rank_low == 0 || row->rank_low < into->rank_low) {
        into->rank_low = row->rank_low;
    }
    if (row->rank_high > into->rank_high) {
        into->rank_high = row->rank_high;
    }
}

/* A sanitised copy in the arena. */
static const char *label_copy(struct arena *arena, const char *name,
                              struct error *err)
{
    char clean[64];
    text_sanitize(clean, sizeof clean, name);
    return arena_copy(arena, clean, strlen(clean), err);
}

static bool make_row(struct targets *targets, const struct inventory *inventory,
                     const struct adapter_settings *settings,
                     const struct count_row *from, struct target_row *row,
                     struct error *err)
{
    const struct module *module = &from->module;
    *row = (struct target_row){.role = module_role(module)};
    row->label = label_copy(&targets->arena, distinct_tail(module), err);
    if (row->label == NULL) {
        return false;
    }
    find_names(inventory, settings, module, row);
    if (row->names != NULL) {
        row->names =
            arena_copy(&targets->arena, row->names, strlen(row->names), err);
        if (row->names == NULL) {
            return false;
        }
    }
    fill_shape(module, row);
    row->experts = experts_of(module);
    row->layers = module->axes > 0 ? module->axis[0].count : 0;
    row->copies = module->copies;
    row->matched = from->matched ? module->copies : 0;
    row->rank_low = row->rank_high = from->matched ? from->rank : 0;
    row->alpha_low = row->alpha_high = from->matched ? from->alpha : 0;
    row->own_rank = from->own_rank;
    row->own_alpha = from->own_alpha;
    row->trainable = from->trainable;
    return true;
}

/* Parameters of a whole copy of a module, times its copies. */
static uint64_t saved_parameters(const struct count_extra *extra)
{
    struct error ignored = {.code = ERROR_NONE};
    uint64_t sum = 0, size = 0;
    for (size_t i = 0; i < extra->tensor_count; i++) {
        if (extra->tensors[i].role == TENSOR_TRAINABLE &&
            tensor_elements(&extra->tensors[i], &size, &ignored)) {
            sum += size * extra->module.copies; /* checked by the count */
        }
    }
    return sum;
}

/* The row of the count that stands for the module of EXTRA; row_count: none,
 * as norms have no row without an adapter.
 */
static size_t counted_row(const struct count *count,
                          const struct count_extra *extra)
{
    size_t i = 0;
    while (i < count->row_count &&
           strcmp(count->rows[i].module.pattern, extra->module.pattern) != 0) {
        i++;
    }
    return i;
}

/* Put ROW of the role into its group, whose heading stands at HEADING; where it
 * went.
 */
static size_t put_row(struct targets *targets, size_t heading,
                      const struct target_row *row)
{
    if (targets->count == heading) {
        targets->rows[targets->count++] = (struct target_row){
            .heading = true,
            .role = row->role,
            .label = module_role_name(row->role),
        };
    }
    size_t k = heading + 1;
    while (k < targets->count && !same_kind(&targets->rows[k], row)) {
        k++;
    }
    if (k < targets->count) {
        merge(&targets->rows[k], row);
    } else {
        targets->rows[targets->count++] = *row;
    }
    return k;
}

/* Copies of modules_to_save: into the rows of their modules, or as rows. */
static bool add_saved(struct targets *targets,
                      const struct inventory *inventory,
                      const struct adapter_settings *settings,
                      const struct count *count, enum module_role role,
                      size_t heading, struct error *err)
{
    for (size_t i = 0; i < count->extra_count; i++) {
        const struct count_extra *extra = &count->extras[i];
        if (extra->kind != EXTRA_SAVED || module_role(&extra->module) != role) {
            continue;
        }
        size_t at = counted_row(count, extra);
        struct target_row *row = NULL, own;
        if (at < count->row_count) {
            row = &targets->rows[targets->row_of[at]];
            row->saved += extra->module.copies;
            row->trainable += saved_parameters(extra);
            continue;
        }
        const struct count_row from = {.module = extra->module};
        if (!make_row(targets, inventory, settings, &from, &own, err)) {
            return false;
        }
        own.saved = extra->module.copies;
        own.trainable = saved_parameters(extra);
        put_row(targets, heading, &own);
    }
    return true;
}

/* Append the rows of one role behind a heading. */
static bool build_group(struct targets *targets,
                        const struct inventory *inventory,
                        const struct adapter_settings *settings,
                        const struct count *count, enum module_role role,
                        struct error *err)
{
    size_t heading = targets->count;
    for (size_t i = 0; i < count->row_count; i++) {
        if (module_role(&count->rows[i].module) != role) {
            continue;
        }
        struct target_row row;
        if (!make_row(targets, inventory, settings, &count->rows[i], &row,
                      err)) {
            return false;
        }
        targets->row_of[i] = put_row(targets, heading, &row);
    }
    return add_saved(targets, inventory, settings, count, role, heading, err);
}

static void mark_row(struct target_row *row,
                     const struct adapter_settings *settings, bool refused)
{
    if (row->matched > 0) {
        row->mark = row->matched == row->copies ? MARK_ON : MARK_PART;
    } else if (row->saved > 0) {
        row->mark = MARK_COPY;
    } else if (row->names == NULL) {
        row->mark = MARK_CANNOT;
    } else if (refused && settings->mode == TARGET_LIST &&
               targets_listed(settings, row->names)) {
        row->mark = MARK_ON;
    }
}

static void mark_heading(struct target_row *heading,
                         const struct target_row *rows, size_t count)
{
    size_t on = 0, off = 0;
    for (size_t i = 0; i < count; i++) {
        merge(heading, &rows[i]);
        if (rows[i].experts > heading->experts) {
            heading->experts = rows[i].experts;
        }
        on += rows[i].mark == MARK_ON || rows[i].mark == MARK_PART;
        off += rows[i].mark == MARK_OFF || rows[i].mark == MARK_PART;
    }
    heading->mark = on == 0    ? (off == 0 ? MARK_CANNOT : MARK_OFF)
                    : off == 0 ? MARK_ON
                               : MARK_PART;
}

/* What the whole table has to know of a row. */
static void note_row(struct targets *targets, const struct target_row *row)
{
    targets->own_rank = targets->own_rank || row->own_rank;
    targets->own_alpha = targets->own_alpha || row->own_alpha;
    if (row->dimensions == 2) {
        uint64_t least =
            row->shape[0] < row->shape[1] ? row->shape[0] : row->shape[1];
        targets->rank_most =
            least > targets->rank_most ? least : targets->rank_most;
    }
}

bool targets_build(const struct inventory *inventory, const struct count *count,
                   const struct adapter_settings *settings, bool refused,
                   struct targets *targets, struct error *err)
{
    *targets = (struct targets){0};
    targets->rows = arena_new(
        &targets->arena, count->row_count + count->extra_count + MODULE_ROLES,
        sizeof *targets->rows, err);
    targets->row_of = arena_new(&targets->arena, count->row_count + 1,
                                sizeof *targets->row_of, err);
    if (targets->rows == NULL || targets->row_of == NULL) {
        targets_clear(targets);
        return false;
    }
    for (size_t i = 0; i < MODULE_ROLES; i++) {
        if (!build_group(targets, inventory, settings, count, role_order[i],
                         err)) {
            targets_clear(targets);
            return false;
        }
    }
    for (size_t i = targets->count, below = 0; i-- > 0;) {
        struct target_row *row = &targets->rows[i];
        note_row(targets, row);
        if (row->heading) {
            mark_heading(row, row + 1, below);
            below = 0;
        } else {
            mark_row(row, settings, refused);
            below++;
        }
    }
    return true;
}

void targets_clear(struct targets *targets)
{
    arena_clear(&targets->arena);
    *targets = (struct targets){0};
}
