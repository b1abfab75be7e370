/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Advice on experts that are 3-D parameters and on target_parameters.
 */
#include "adapter/advice.h"

#include <string.h>

/* The last two parts of a name, as target_parameters wants it. */
static const char *two_parts(const char *pattern)
{
    const char *at = pattern + strlen(pattern);
    for (int dots = 0; at > pattern; at--) {
        dots += at[-1] == '.';
        if (dots == 2) {
            break;
        }
    }
    return at;
}

static void add_suffix(struct text *list, const struct module *module)
{
    const char *suffix = two_parts(module->pattern);
    targets_add(list, suffix, strlen(suffix));
}

/* Do the targets mean MLPs?  Attention alone misses no experts. */
static bool wants_mlp(const struct counter *counter)
{
    static const char *const usual[] = {"gate_proj", "up_proj", "down_proj",
                                        "w1",        "w2",      "w3"};
    if (counter->settings->mode == TARGET_ALL_LINEAR ||
        counter->plan.assumed_all_linear) {
        return true;
    }
    for (size_t i = 0; i < counter->count->row_count; i++) {
        const struct count_row *row = &counter->rows[i];
        enum module_role role = module_role(&row->module);
        if (row->matched && !row->parameter &&
            (role == ROLE_MLP || role == ROLE_EXPERTS)) {
            return true;
        }
    }
    for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
        if (counter->settings->mode == TARGET_LIST &&
            settings_has_target(counter->settings, usual[i])) {
            return true;
        }
    }
    return false;
}

static bool warn_missed(struct counter *counter, const char *names)
{
    struct text text = {0};
    bool can =
        json_object_get(counter->fields.values, "target_parameters") != NULL;
    advice_append_names(&text, names);
    text_appendf(
        &text, " %s and get%s no adapter: ",
        advice_number(names, "is a 3-D parameter", "are 3-D parameters"),
        advice_number(names, "s", ""));
    const char *them = advice_number(names, "it", "them");
    text_appendf(&text,
                 can ? "target_parameters reaches %s by name"
                     : "only LoRA's target_parameters reaches %s",
                 them);
    return advice_say(counter, &text);
}

static bool advise_missed(struct counter *counter)
{
    struct text missed = {0};
    for (size_t i = 0; i < counter->count->row_count; i++) {
        const struct count_row *row = &counter->rows[i];
        if (module_is_expert(&row->module) && !row->matched) {
            add_suffix(&missed, &row->module);
        }
    }
    bool done = missed.length == 0 || !wants_mlp(counter) ||
                warn_missed(counter, missed.data);
    text_clear(&missed);
    return done;
}

/* ---- rewriting -------------------------------------------------------------- */

/* Is LEAF a name that PEFT moved to the experts? */
static bool was_moved(const struct counter *counter, const char *leaf)
{
    for (size_t i = 0; i < counter->count->row_count; i++) {
        const struct count_row *row = &counter->rows[i];
        const char *names =
            row->parameter
                ? target_expert_names(counter->inventory, counter->settings,
                                      &row->module)
                : NULL;
        if (names != NULL && advice_has_name(names, leaf)) {
            return true;
        }
    }
    return false;
}

/* Dense and shared MLPs lose the names that the experts take. */
static bool advise_lost(struct counter *counter)
{
    struct text names = {0};
    struct text text = {0};
    const char *example = NULL;
    uint64_t modules = 0;
    for (size_t i = 0; i < counter->count->row_count; i++) {
        const struct count_row *row = &counter->rows[i];
        if (module_is_linear(&row->module) && !row->matched &&
            was_moved(counter, row->module.leaf)) {
            targets_add(&names, row->module.leaf, strlen(row->module.leaf));
            modules += row->module.copies;
            example = two_parts(row->module.pattern);
        }
    }
    if (modules == 0) {
        text_clear(&names);
        return true;
    }
    text_appendf(&text, "PEFT 0.21 moves ");
    advice_append_names(&text, text_string(&names));
    text_appendf(
        &text,
        " to the experts' parameters: %llu dense or shared module%s of "
        "these names get%s no adapter, target_parameters reaches such "
        "as %s.weight",
        (unsigned long long)modules, modules == 1 ? "" : "s",
        modules == 1 ? "s" : "", example);
    bool done = text_ok(&names, counter->err) && advice_say(counter, &text);
    text_clear(&names);
    return done;
}

/* Gate and up in one parameter get twice the rank. */
static bool advise_fused(struct counter *counter)
{
    for (size_t i = 0; i < counter->count->row_count; i++) {
        const struct count_row *row = &counter->rows[i];
        if (row->matched && row->parameter && !row->own_rank &&
            counter->plan.fused != NULL &&
            row->rank == TARGET_FUSE * counter->settings->rank) {
            return counter_warn(counter,
                                "%s holds two projections: PEFT gives it twice "
                                "the rank, %llu",
                                row->module.leaf,
                                (unsigned long long)row->rank);
        }
    }
    return true;
}

/* ---- target_parameters ------------------------------------------------------ */

static bool row_has_name(const struct count_row *row, const char *name,
                         size_t length)
{
    static const char *const parts[] = {"", ".weight", ".bias"};
    bool plain = select_is_plain(name, length);
    uint64_t looked = plain ? 1 : row->module.copies;
    struct text full = {0};
    bool found = false;
    for (uint64_t copy = 0; !found && copy < looked; copy++) {
        for (size_t i = 0; !found && i < 3; i++) {
            full.length = 0;
            module_append_name(&row->module, copy, &full);
            text_append(&full, parts[i]);
            found = target_matches(text_string(&full), name, length);
        }
    }
    text_clear(&full);
    return found;
}

/* What the experts are instead: parameters of other names, or layers. */
static void append_instead(const struct counter *counter, struct text *text)
{
    struct text names = {0};
    bool layers = false;
    for (size_t i = 0; i < counter->count->row_count; i++) {
        const struct count_row *row = &counter->rows[i];
        if (module_is_expert(&row->module)) {
            add_suffix(&names, &row->module);
        }
        layers = layers || (module_is_linear(&row->module) &&
                            module_role(&row->module) == ROLE_EXPERTS);
    }
    if (names.length > 0) {
        text_append(text, " (the experts' are ");
        advice_append_names(text, text_string(&names));
        text_append(text, ")");
    } else if (layers) {
        text_append(text,
                    ": the experts are layers here, target_modules reaches "
                    "them");
    }
    text_clear(&names);
}

static bool advise_parameters(struct counter *counter)
{
    const char *cursor = text_string(&counter->plan.parameters);
    struct text missing = {0};
    struct text text = {0};
    size_t length = 0;
    for (const char *name = settings_next_target(&cursor, &length);
         name != NULL; name = settings_next_target(&cursor, &length)) {
        bool found = false;
        for (size_t i = 0; !found && i < counter->count->row_count; i++) {
            const struct count_row *row = &counter->rows[i];
            found = row->parameter && row_has_name(row, name, length);
        }
        if (!found) {
            targets_append(&missing, name, length);
        }
    }
    if (missing.length == 0) {
        text_clear(&missing);
        return true;
    }
    advice_append_names(&text, missing.data);
    text_appendf(&text, " of target_parameters match%s no parameter",
                 advice_number(missing.data, "es", ""));
    append_instead(counter, &text);
    text_clear(&missing);
    return advice_say(counter, &text);
}

bool advice_experts(struct counter *counter)
{
    return advise_parameters(counter) && advise_missed(counter) &&
           (!counter->plan.rewritten ||
            (advise_lost(counter) && advise_fused(counter)));
}
