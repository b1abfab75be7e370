/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Flipping target rows: the list of names that they stand for.
 */
#include "explorer/targets.h"

#include <string.h>

#include "adapter/target.h"

enum { NAME_SIZE = 1024 }; /* longer names are no module's */

/* Walk "a,b,c": copies the next name into NAME; false at the end. */
static bool next_name(const char **cursor, char *name, size_t size)
{
    size_t length = 0;
    const char *start = settings_next_target(cursor, &length);
    if (start == NULL || length >= size) {
        return false;
    }
    memcpy(name, start, length);
    name[length] = '\0';
    return true;
}

/* Does the list hold NAME, or a longer name that ends in it? */
static bool list_reaches(const struct adapter_settings *settings,
                         const char *name)
{
    char item[NAME_SIZE];
    const char *cursor = settings->targets;
    while (next_name(&cursor, item, sizeof item)) {
        if (target_matches(item, name, strlen(name))) {
            return true;
        }
    }
    return false;
}

bool targets_listed(const struct adapter_settings *settings, const char *names)
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
static bool remove_reaching(struct adapter_settings *settings, const char *name,
                            struct error *err)
{
    char item[NAME_SIZE];
    const char *cursor = settings->targets; /* the pool keeps the old list */
    while (next_name(&cursor, item, sizeof item)) {
        if (target_matches(item, name, strlen(name)) &&
            !settings_remove_target(settings, item, err)) {
            return false;
        }
    }
    return true;
}

static bool add_names(struct adapter_settings *settings, const char *names,
                      struct error *err)
{
    char name[NAME_SIZE];
    while (next_name(&names, name, sizeof name)) {
        if (!settings_add_target(settings, name, err)) {
            return false;
        }
    }
    settings->mode = TARGET_LIST;
    return true;
}

static bool remove_names(struct adapter_settings *settings, const char *names,
                         struct error *err)
{
    char name[NAME_SIZE];
    while (next_name(&names, name, sizeof name)) {
        if (!remove_reaching(settings, name, err)) {
            return false;
        }
    }
    if (settings->targets[0] == '\0') {
        settings->mode = TARGET_NONE;
    }
    return true;
}

bool targets_make_explicit(const struct targets *targets,
                           const struct count *count,
                           struct adapter_settings *settings, struct error *err)
{
    if (settings->mode == TARGET_LIST) {
        return true;
    }
    settings->targets = "";
    if (settings->mode == TARGET_NONE) {
        settings->mode = TARGET_LIST;
        return true;
    }
    if (count->resolved != NULL && count->resolved[0] != '\0' &&
        !settings_set_list(settings, count->resolved, err)) {
        return false;
    }
    settings->mode = TARGET_LIST;
    /* Names that PEFT moved to target_parameters are not in `resolved`. */
    for (size_t i = 0; i < targets->count; i++) {
        const struct target_row *row = &targets->rows[i];
        if (!row->heading && row->matched > 0 && row->names != NULL &&
            !targets_listed(settings, row->names) &&
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
    if (row->mark == MARK_COPY) {
        return error_set(err, ERROR_UNSUPPORTED,
                         "%s trains whole, as a copy: F edits modules_to_save",
                         row->label);
    }
    if (row->names == NULL) {
        return error_set(err, ERROR_UNSUPPORTED, "%s can't be chosen: %s",
                         row->label,
                         row->reason != NULL ? row->reason : "no target");
    }
    struct adapter_settings next = *settings;
    if (!targets_make_explicit(targets, count, &next, err)) {
        return false;
    }
    bool on = row->mark == MARK_ON || row->mark == MARK_PART;
    if (on) {
        if (!remove_names(&next, row->names, err)) {
            return false;
        }
    } else if (targets_listed(&next, row->names)) {
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
        if (on ? !add_names(settings, row->names, err)
               : !remove_names(settings, row->names, err)) {
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
            all_on = all_on && targets_listed(&next, row->names);
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
    next.targets = "";
    if (!set_rows(targets, roles, true, &next, err)) {
        return false;
    }
    if (next.targets[0] == '\0') {
        return nothing_there(err);
    }
    *settings = next;
    return true;
}
