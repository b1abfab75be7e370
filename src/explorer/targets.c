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
    row->names = target_expert_names(inventory, settings->peft, module);
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
    if (row->rank_low == 0) {
        return;
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
    row->trainable = from->trainable;
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
        if (targets->count == heading) {
            targets->rows[targets->count++] = (struct target_row){
                .heading = true,
                .role = role,
                .label = module_role_name(role),
            };
        }
        size_t k = heading + 1;
        while (k < targets->count && !same_kind(&targets->rows[k], &row)) {
            k++;
        }
        if (k < targets->count) {
            merge(&targets->rows[k], &row);
        } else {
            targets->rows[targets->count++] = row;
        }
    }
    return true;
}

/* Is every name of a row in the list, also as the end of a longer one? */
static bool names_in_list(const struct adapter_settings *settings,
                          const char *names);

static void mark_row(struct target_row *row,
                     const struct adapter_settings *settings, bool refused)
{
    if (row->matched > 0) {
        row->mark = row->matched == row->copies ? MARK_ON : MARK_PART;
    } else if (row->names == NULL) {
        row->mark = MARK_CANNOT;
    } else if (refused && settings->mode == TARGET_LIST &&
               names_in_list(settings, row->names)) {
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

bool targets_build(const struct inventory *inventory, const struct count *count,
                   const struct adapter_settings *settings, bool refused,
                   struct targets *targets, struct error *err)
{
    *targets = (struct targets){0};
    targets->rows = arena_new(&targets->arena, count->row_count + MODULE_ROLES,
                              sizeof *targets->rows, err);
    if (targets->rows == NULL) {
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

/* Walk "a,b,c": copies the next name into NAME; false at the end. */
static bool next_name(const char **cursor, char *name, size_t size)
{
    while (**cursor == ',') {
        (*cursor)++;
    }
    size_t length = strcspn(*cursor, ",");
    if (length == 0) {
        return false;
    }
    size_t kept = length < size - 1 ? length : size - 1;
    memcpy(name, *cursor, kept);
    name[kept] = '\0';
    *cursor += length;
    return true;
}

enum { NAME_SIZE = 256 };

/* Does the list hold NAME, or a longer name that ends in it? */
static bool list_reaches(const struct adapter_settings *settings,
                         const char *name)
{
    char item[NAME_SIZE], tail[NAME_SIZE + 1] = ".";
    memcpy(tail + 1, name, strlen(name) + 1);
    const char *cursor = settings->targets;
    while (next_name(&cursor, item, sizeof item)) {
        if (strcmp(item, name) == 0 || text_ends(item, tail)) {
            return true;
        }
    }
    return false;
}

static bool names_in_list(const struct adapter_settings *settings,
                          const char *names)
{
    char name[NAME_SIZE];
    while (next_name(&names, name, sizeof name)) {
        if (!list_reaches(settings, name)) {
            return false;
        }
    }
    return true;
}

/* Take NAME and every longer name that ends in it off the list. */
static void remove_reaching(struct adapter_settings *settings, const char *name)
{
    char item[NAME_SIZE], tail[NAME_SIZE + 1] = ".";
    memcpy(tail + 1, name, strlen(name) + 1);
    bool again = true;
    while (again) {
        again = false;
        const char *cursor = settings->targets;
        while (next_name(&cursor, item, sizeof item)) {
            if (strcmp(item, name) == 0 || text_ends(item, tail)) {
                size_t before = strlen(settings->targets);
                settings_remove_target(settings, item);
                again = strlen(settings->targets) < before;
                break;
            }
        }
    }
}

static bool add_names(struct adapter_settings *settings, const char *names,
                      struct error *err)
{
    char name[NAME_SIZE];
    while (next_name(&names, name, sizeof name)) {
        if (!settings_has_target(settings, name) &&
            !settings_add_target(settings, name)) {
            return error_set(err, ERROR_RANGE,
                             "the list of targets is full: take %s or another "
                             "name off first",
                             name);
        }
    }
    settings->mode = TARGET_LIST;
    return true;
}

static void remove_names(struct adapter_settings *settings, const char *names)
{
    char name[NAME_SIZE];
    while (next_name(&names, name, sizeof name)) {
        remove_reaching(settings, name);
    }
    if (settings->targets[0] == '\0') {
        settings->mode = TARGET_NONE;
    }
}

bool targets_make_explicit(const struct targets *targets,
                           const struct count *count,
                           struct adapter_settings *settings, struct error *err)
{
    if (settings->mode == TARGET_LIST) {
        return true;
    }
    settings->targets[0] = '\0';
    if (settings->mode == TARGET_NONE) {
        settings->mode = TARGET_LIST;
        return true;
    }
    if (count->resolved != NULL && count->resolved[0] != '\0' &&
        !settings_set_targets(settings, count->resolved, err)) {
        return false;
    }
    settings->mode = TARGET_LIST;
    /* Names that PEFT moved to target_parameters are not in `resolved`. */
    for (size_t i = 0; i < targets->count; i++) {
        const struct target_row *row = &targets->rows[i];
        if (!row->heading && row->matched > 0 && row->names != NULL &&
            !names_in_list(settings, row->names) &&
            !add_names(settings, row->names, err)) {
            return false;
        }
    }
    return true;
}

/* Do two comma separated lists share a name? */
static bool share_name(const char *a, const char *b)
{
    char left[NAME_SIZE], right[NAME_SIZE];
    while (next_name(&a, left, sizeof left)) {
        const char *cursor = b;
        while (next_name(&cursor, right, sizeof right)) {
            if (strcmp(left, right) == 0) {
                return true;
            }
        }
    }
    return false;
}

static const char *where_name(enum module_role role)
{
    switch (role) {
    case ROLE_VISION:
        return "the vision tower";
    case ROLE_OTHER:
        return "other parts";
    case ROLE_ATTENTION:
        return "attention";
    case ROLE_MLP:
        return "the MLP";
    case ROLE_EXPERTS:
        return "the experts";
    case ROLE_ROUTER:
        return "the router";
    case ROLE_EMBEDDING:
        return "the embedding";
    case ROLE_HEAD:
        return "the head";
    case ROLE_MIXER:
        return "the mixer";
    }
    return "other parts";
}

/* Which other group do the names of a row reach?  Said once, the largest. */
static void note_shared(const struct targets *targets, size_t index,
                        struct error *note)
{
    const struct target_row *row = &targets->rows[index];
    uint64_t also[MODULE_ROLES] = {0};
    for (size_t i = 0; i < targets->count; i++) {
        const struct target_row *other = &targets->rows[i];
        if (i != index && !other->heading && other->names != NULL &&
            other->role != row->role && share_name(row->names, other->names)) {
            also[other->role] += other->copies;
        }
    }
    size_t most = 0;
    for (size_t i = 1; i < MODULE_ROLES; i++) {
        most = also[i] > also[most] ? i : most;
    }
    if (also[most] == 0) {
        return;
    }
    error_set(note, ERROR_UNSUPPORTED, "%s also names %llu module%s in %s",
              row->names, (unsigned long long)also[most],
              also[most] == 1 ? "" : "s", where_name((enum module_role)most));
}

bool targets_toggle(const struct targets *targets, size_t index,
                    const struct count *count,
                    struct adapter_settings *settings, struct error *note,
                    struct error *err)
{
    const struct target_row *row = &targets->rows[index];
    if (row->names == NULL) {
        return error_set(err, ERROR_UNSUPPORTED, "%s: %s", row->label,
                         row->reason != NULL ? row->reason : "no target");
    }
    struct adapter_settings next = *settings;
    if (!targets_make_explicit(targets, count, &next, err)) {
        return false;
    }
    bool on = row->mark == MARK_ON || row->mark == MARK_PART;
    if (on) {
        remove_names(&next, row->names);
    } else if (names_in_list(&next, row->names)) {
        return error_set(err, ERROR_UNSUPPORTED,
                         "%s is in the list already, yet PEFT gives these "
                         "modules no adapter",
                         row->names);
    } else if (!add_names(&next, row->names, err)) {
        return false;
    }
    *settings = next;
    note_shared(targets, index, note);
    return true;
}

static bool in_roles(const struct target_row *row, unsigned roles)
{
    return !row->heading && row->names != NULL &&
           (roles >> (unsigned)row->role & 1U) != 0;
}

static bool nothing_there(struct error *err)
{
    return error_set(err, ERROR_NOT_FOUND,
                     "this model has no such modules that target_modules "
                     "reaches");
}

/* Put the rows of some roles on the list, or take them off. */
static bool set_rows(const struct targets *targets, unsigned roles, bool on,
                     struct adapter_settings *settings, struct error *err)
{
    for (size_t i = 0; i < targets->count; i++) {
        const struct target_row *row = &targets->rows[i];
        if (!in_roles(row, roles)) {
            continue;
        }
        if (!on) {
            remove_names(settings, row->names);
        } else if (!add_names(settings, row->names, err)) {
            return false;
        }
    }
    return true;
}

bool targets_toggle_roles(const struct targets *targets, unsigned roles,
                          const struct count *count,
                          struct adapter_settings *settings, struct error *err)
{
    struct adapter_settings next = *settings;
    if (!targets_make_explicit(targets, count, &next, err)) {
        return false;
    }
    bool any = false, all_on = true;
    for (size_t i = 0; i < targets->count; i++) {
        const struct target_row *row = &targets->rows[i];
        if (in_roles(row, roles)) {
            any = true;
            /* By name: PEFT may give modules of a name no adapter. */
            all_on = all_on && names_in_list(&next, row->names);
        }
    }
    if (!any) {
        return nothing_there(err);
    }
    if (!set_rows(targets, roles, !all_on, &next, err)) {
        return false;
    }
    *settings = next;
    return true;
}

bool targets_set_roles(const struct targets *targets, unsigned roles,
                       struct adapter_settings *settings, struct error *err)
{
    struct adapter_settings next = *settings;
    next.mode = TARGET_LIST;
    next.targets[0] = '\0';
    if (!set_rows(targets, roles, true, &next, err)) {
        return false;
    }
    if (next.targets[0] == '\0') {
        return nothing_there(err);
    }
    *settings = next;
    return true;
}
