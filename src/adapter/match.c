/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which modules get an adapter: names against the plan, as PEFT matches them.
 *
 * Source: PEFT 0.18.1 and 0.21.2, tuners_utils.py, inject_adapter and
 * _inject_parameters.
 */
#include <stdio.h>
#include <string.h>

#include "adapter/counter.h"

enum { KINDS_MOST = 4096 }; /* different outcomes of one module's copies */

/* ---- blocks ----------------------------------------------------------------- */

/* A name that means a block of modules: PEFT raises on the first it meets. */
static bool check_block(struct counter *counter, const struct module *module,
                        const char *name, size_t size)
{
    enum selection selection = SELECT_NO;
    if (!selector_test(&counter->selector, name, size, false, &selection,
                       counter->err)) {
        return false;
    }
    return selection != SELECT_YES ||
           error_set(counter->err, ERROR_UNSUPPORTED,
                     "the targets match %.*s, a block of modules, PEFT can "
                     "only adapt the layers inside: name them (%s)",
                     (int)(size < 200 ? size : 200), name, module->leaf);
}

/* The blocks that NAME stands in, but for those of the name before it. */
static bool check_blocks(struct counter *counter, const struct module *module,
                         const struct text *name, const struct text *before)
{
    const char *all = text_string(name);
    const char *old = text_string(before);
    bool same = true;
    for (size_t i = 0; i < name->length; i++) {
        same = same && i < before->length && all[i] == old[i];
        bool known = same && i + 1 < before->length && old[i + 1] == '.';
        if (i + 1 < name->length && all[i + 1] == '.' && !known &&
            !check_block(counter, module, all, i + 1)) {
            return false;
        }
    }
    return true;
}

/* ---- modules without tensors ------------------------------------------------ */

/* Is MODULE worth a look?  A list reaches it by its last part alone. */
static bool may_match(const struct selector *selector,
                      const struct module *module)
{
    size_t size = strlen(module->leaf);
    bool ends = selector->form == FORM_REGEX;
    for (size_t i = 0; i < selector->name_count; i++) {
        const struct select_name *item = &selector->names[i];
        ends =
            ends || target_ends(item->name, item->length, module->leaf, size);
    }
    return ends;
}

static bool check_plain(struct counter *counter, const struct module *module)
{
    struct text name = {0};
    enum selection selection = SELECT_NO;
    uint64_t looked = counter->selector.by_number ? module->copies : 1;
    bool done = true;
    for (uint64_t copy = 0; done && copy < looked; copy++) {
        name.length = 0;
        module_append_name(module, copy, &name);
        done = text_ok(&name, counter->err) &&
               selector_test(&counter->selector, name.data, name.length, false,
                             &selection, counter->err);
        if (done && selection == SELECT_YES) {
            done = error_set(counter->err, ERROR_UNSUPPORTED,
                             "the targets match %.200s, which has no weight, "
                             "PEFT's %s cannot adapt it: keep it out of them",
                             name.data, counter->settings->method->name);
        }
    }
    text_clear(&name);
    return done;
}

/* PEFT raises on activations, dropouts and their like; LN tuning alone takes
 * every module.
 */
static bool check_plains(struct counter *counter)
{
    const struct inventory *inventory = counter->inventory;
    if ((counter->settings->method->kinds >> MODULE_NORM & 1u) != 0) {
        return true;
    }
    for (size_t i = 0; i < inventory->plain_count; i++) {
        const struct module *module = &inventory->plains[i];
        if (may_match(&counter->selector, module) &&
            !check_plain(counter, module)) {
            return false;
        }
    }
    return true;
}

/* ---- all copies ------------------------------------------------------------- */

struct outcomes {
    struct counter *counter;
    struct outcome kinds[KINDS_MOST];
    size_t count;
};

static bool outcomes_equal(const struct outcome *a, const struct outcome *b)
{
    return a->hit == b->hit && a->rank == b->rank && !(a->alpha < b->alpha) &&
           !(a->alpha > b->alpha) && a->special == b->special;
}

static bool find_kind(struct outcomes *outcomes, const struct outcome *outcome,
                      size_t *kind)
{
    for (*kind = 0; *kind < outcomes->count; (*kind)++) {
        if (outcomes_equal(&outcomes->kinds[*kind], outcome)) {
            return true;
        }
    }
    if (outcomes->count == KINDS_MOST) {
        return error_set(outcomes->counter->err, ERROR_RANGE,
                         "rank_pattern and alpha_pattern make more than %d "
                         "different adapters of one kind of module",
                         KINDS_MOST);
    }
    outcomes->kinds[outcomes->count++] = *outcome;
    return true;
}

/* Norms and the like are shown only when they are adapted. */
static bool add_part(void *payload, const struct module *part, size_t kind)
{
    struct outcomes *outcomes = payload;
    const struct outcome *outcome = &outcomes->kinds[kind];
    bool shown = module_is_layer(part) || module_is_expert(part) ||
                 (part->kind == MODULE_PARAMETER && part->dimensions == 2);
    return (!shown && outcome->hit == HIT_NONE) ||
           counter_add_row(outcomes->counter, part, outcome);
}

static bool match_copies(struct counter *counter, const struct module *module,
                         struct outcomes *outcomes, size_t *kinds)
{
    struct text name = {0};
    struct text before = {0};
    bool done = true;
    for (uint64_t copy = 0; done && copy < module->copies; copy++) {
        struct outcome outcome;
        done = counter_try(counter, module, copy, &name, &outcome) &&
               check_blocks(counter, module, &name, &before) &&
               find_kind(outcomes, &outcome, &kinds[copy]);
        before.length = 0;
        text_append(&before, text_string(&name));
        done = done && text_ok(&before, counter->err);
    }
    text_clear(&name);
    text_clear(&before);
    return done && counter_split(counter, module, kinds, add_part, outcomes);
}

static bool match_whole(struct counter *counter, const struct module *module,
                        struct outcomes *outcomes)
{
    struct text name = {0};
    const struct text before = {0};
    struct outcome outcome;
    size_t kind = 0;
    bool done = counter_try(counter, module, 0, &name, &outcome) &&
                check_blocks(counter, module, &name, &before) &&
                find_kind(outcomes, &outcome, &kind) &&
                add_part(outcomes, module, kind);
    text_clear(&name);
    return done;
}

/* Can copies that differ in an index alone fare differently? */
static bool by_number(const struct counter *counter)
{
    const struct text *parameters = &counter->plan.parameters;
    const char *cursor = text_string(parameters);
    bool plain = true;
    size_t length = 0;
    for (const char *item = settings_next_target(&cursor, &length);
         item != NULL; item = settings_next_target(&cursor, &length)) {
        plain = plain && select_is_plain(item, length);
    }
    return counter->selector.by_number || !plain || !counter->ranks.plain ||
           !counter->alphas.plain || !counter->specials.plain;
}

static bool match_all(struct counter *counter, struct outcomes *outcomes,
                      size_t *kinds)
{
    const struct inventory *inventory = counter->inventory;
    for (size_t i = 0; i < inventory->count; i++) {
        const struct module *module = &inventory->modules[i];
        outcomes->count = 0;
        if (kinds != NULL ? !match_copies(counter, module, outcomes, kinds)
                          : !match_whole(counter, module, outcomes)) {
            return false;
        }
    }
    return true;
}

/* ---- nothing ---------------------------------------------------------------- */

enum { LEAVES_MOST = 256, LEAVES_SHOWN = 12 };

/* The names that linear layers end in; returns how many. */
static size_t linear_leaves(const struct inventory *inventory,
                            const char *leaves[LEAVES_MOST])
{
    size_t count = 0;
    for (size_t i = 0; i < inventory->count && count < LEAVES_MOST; i++) {
        const struct module *module = &inventory->modules[i];
        bool linear = module_is_linear(module);
        for (size_t j = 0; linear && j < count; j++) {
            linear = strcmp(leaves[j], module->leaf) != 0;
        }
        if (linear) {
            leaves[count++] = module->leaf;
        }
    }
    return count;
}

/* "q_proj, k_proj and v_proj"; a long list ends in "... (14 in all)". */
static void append_leaves(const struct inventory *inventory, struct text *text)
{
    const char *leaves[LEAVES_MOST];
    size_t count = linear_leaves(inventory, leaves);
    size_t shown = count > LEAVES_SHOWN ? LEAVES_SHOWN : count;
    for (size_t i = 0; i < shown; i++) {
        bool last = i + 1 == count;
        text_append(text, i == 0 ? "" : last ? " and " : ", ");
        text_append(text, leaves[i]);
    }
    if (shown < count) {
        text_appendf(text, ", ... (%zu in all)", count);
    }
}

static bool fail_nothing(struct counter *counter)
{
    const struct inventory *inventory = counter->inventory;
    const struct target_plan *plan = &counter->plan;
    struct text near = {0};
    const char *names = text_string(&plan->names);
    const char *cut = plan->names.length > 120 ? "..." : "";
    append_leaves(inventory, &near);
    if (counter->selector.excluded) {
        error_set(counter->err, ERROR_UNSUPPORTED,
                  "every module that the targets match is left out by "
                  "exclude_modules or modules_to_save, change one of them");
    } else if (plan->form == FORM_REGEX) {
        error_set(counter->err, ERROR_UNSUPPORTED,
                  "no module's whole name matches the pattern %.120s%s, write "
                  ".*\\.name for a last part; %s has %s",
                  names, cut, inventory->class_name, text_string(&near));
    } else if (names[0] == '\0') {
        error_set(counter->err, ERROR_UNSUPPORTED,
                  "no target_modules, and no parameter matches "
                  "target_parameters, name the targets (%s)",
                  text_string(&near));
    } else {
        error_set(counter->err, ERROR_UNSUPPORTED,
                  "no module of %s matches the targets %.120s%s%s, it has %s",
                  inventory->class_name, names, cut,
                  counter->selector.layers != NULL ? " in the chosen layers"
                                                   : "",
                  text_string(&near));
    }
    text_clear(&near);
    return false;
}

bool counter_match(struct counter *counter)
{
    size_t *kinds = NULL;
    struct outcomes *outcomes = memory_new(1, sizeof(*outcomes), counter->err);
    if (outcomes == NULL) {
        return false;
    }
    outcomes->counter = counter;
    bool done = true;
    if (by_number(counter)) {
        kinds = counter_kinds_new(counter);
        done = kinds != NULL;
    }
    done = done && match_all(counter, outcomes, kinds) &&
           check_plains(counter) && counter_adapt(counter) &&
           counter_nest(counter);
    memory_free(kinds);
    memory_free(outcomes);
    bool may_be_none = counter->settings->mode == TARGET_NONE &&
                       counter->plan.parameters.length == 0;
    return done && (counter->count->matched > 0 || may_be_none ||
                    fail_nothing(counter));
}
