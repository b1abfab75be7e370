/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Advice on copies of modules, tied weights, and embeddings in the file.
 */
#include "adapter/advice.h"

#include <string.h>

#include "adapter/tying.h"
#include "base/units.h"

/* ---- modules_to_save -------------------------------------------------------- */

/* Does a block that NAME stands in, or NAME itself, end in the SIZE bytes at
 * SUFFIX?  PEFT asks for no dot before it.
 */
static bool name_reached(const char *name, const char *suffix, size_t size)
{
    for (size_t i = 1; i <= strlen(name); i++) {
        bool end = name[i] == '.' || name[i] == '\0';
        if (end && i >= size && memcmp(name + i - size, suffix, size) == 0) {
            return true;
        }
    }
    return false;
}

static bool extra_reached(const struct count_extra *extra, const char *suffix)
{
    size_t size = strlen(suffix);
    bool plain = select_is_plain(suffix, size);
    uint64_t looked = plain ? 1 : extra->module.copies;
    struct text name = {0};
    bool found = name_reached(extra->module.pattern, suffix, size);
    for (uint64_t copy = 0; !found && copy < looked; copy++) {
        name.length = 0;
        module_append_name(&extra->module, copy, &name);
        found = name_reached(text_string(&name), suffix, size);
    }
    text_clear(&name);
    return found;
}

static bool advise_unsaved(struct counter *counter)
{
    const json_t *names = field(&counter->fields, "modules_to_save");
    struct text missing = {0};
    struct text text = {0};
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        bool found = false;
        for (size_t j = 0; !found && j < counter->count->extra_count; j++) {
            const struct count_extra *extra = &counter->extras[j];
            found = extra->kind == EXTRA_SAVED && extra_reached(extra, name);
        }
        if (!found) {
            targets_add(&missing, name, strlen(name));
        }
    }
    if (missing.length == 0) {
        text_clear(&missing);
        return true;
    }
    advice_append_names(&text, missing.data);
    text_appendf(&text,
                 " of modules_to_save match%s no module: nothing is copied "
                 "for %s",
                 advice_number(missing.data, "es", ""),
                 advice_number(missing.data, "it", "them"));
    text_clear(&missing);
    return advice_say(counter, &text);
}

/* A task whose head PEFT copies, on a model that has none to copy. */
static bool advise_head(struct counter *counter)
{
    static const struct {
        const char *task, *head, *words, *ending;
    } tasks[] = {
        {"SEQ_CLS", "seqcls", "classification head",
         "ForSequenceClassification"},
        {"TOKEN_CLS", "tokcls", "classification head",
         "ForTokenClassification"},
        {"QUESTION_ANS", "qa", "head for questions", "ForQuestionAnswering"},
    };
    const struct inventory *inventory = counter->inventory;
    for (size_t i = 0; i < sizeof(tasks) / sizeof(tasks[0]); i++) {
        bool copied = false;
        if (!field_is(&counter->fields, "task_type", tasks[i].task) ||
            strcmp(inventory->head, tasks[i].head) == 0) {
            continue;
        }
        for (size_t j = 0; j < counter->count->extra_count; j++) {
            copied = copied || counter->extras[j].kind == EXTRA_SAVED;
        }
        return copied ||
               counter_warn(
                   counter, "%s has no %s, so none is copied: --class %s",
                   inventory->class_name, tasks[i].words, tasks[i].ending);
    }
    return true;
}

/* The parts of NAME that merely end in SUFFIX into LEAKS. */
static void add_leaks(const char *name, const char *suffix, struct text *leaks)
{
    size_t size = strlen(suffix);
    const char *part = name;
    for (const char *at = name;; at++) {
        if (*at != '.' && *at != '\0') {
            continue;
        }
        size_t length = (size_t)(at - part);
        if (length > size && memcmp(at - size, suffix, size) == 0) {
            targets_add(leaks, part, length);
        }
        if (*at == '\0') {
            return;
        }
        part = at + 1;
    }
}

/* The whole name that was meant: of one module, SUFFIX and no more. */
static const char *meant_name(const struct counter *counter, const char *suffix)
{
    const char *name = NULL;
    for (size_t i = 0; i < counter->inventory->count; i++) {
        const struct module *module = &counter->inventory->modules[i];
        if (target_matches(module->pattern, suffix, strlen(suffix))) {
            if (name != NULL || module->axes > 0) {
                return NULL;
            }
            name = module->pattern;
        }
    }
    return name;
}

static bool warn_leak(struct counter *counter, const char *name,
                      const char *leaks)
{
    struct text text = {0};
    const char *meant = meant_name(counter, name);
    text_appendf(&text, "%.80s of modules_to_save also copies ", name);
    advice_append_names(&text, leaks);
    text_append(&text, ", PEFT asks for no dot before a name");
    if (meant != NULL && strcmp(meant, name) != 0) {
        text_appendf(&text, ": write %.120s", meant);
    }
    return advice_say(counter, &text);
}

static bool advise_leaks(struct counter *counter)
{
    bool done = true;
    for (size_t i = 0; done && i < json_array_size(counter->saved_names); i++) {
        const char *name =
            json_string_value(json_array_get(counter->saved_names, i));
        struct text leaks = {0};
        for (size_t j = 0; j < counter->count->extra_count; j++) {
            const struct count_extra *extra = &counter->extras[j];
            if (extra->kind == EXTRA_SAVED && name[0] != '\0') {
                add_leaks(extra->module.pattern, name, &leaks);
            }
        }
        done = leaks.length == 0 || warn_leak(counter, name, leaks.data);
        text_clear(&leaks);
    }
    return done;
}

/* ---- tied weights ----------------------------------------------------------- */

/* The input and output embedding, and what happens to each. */
struct pair {
    const struct module *in, *out;
    bool in_saved, out_saved, in_adapted, out_adapted;
};

static void find_pair(const struct counter *counter, struct pair *pair)
{
    const struct inventory *inventory = counter->inventory;
    *pair = (struct pair){.in = inventory_input_embedding(inventory),
                          .out = inventory_output_embedding(inventory)};
    if (pair->in == NULL || pair->out == NULL) {
        return;
    }
    for (size_t i = 0; i < counter->count->row_count; i++) {
        const struct count_row *row = &counter->rows[i];
        const char *pattern = row->module.pattern;
        pair->in_adapted |= row->matched && pattern == pair->in->pattern;
        pair->out_adapted |= row->matched && pattern == pair->out->pattern;
    }
    for (size_t i = 0; i < counter->count->extra_count; i++) {
        const struct count_extra *extra = &counter->extras[i];
        const char *pattern = extra->module.pattern;
        bool saved = extra->kind == EXTRA_SAVED;
        pair->in_saved |= saved && pattern == pair->in->pattern;
        pair->out_saved |= saved && pattern == pair->out->pattern;
    }
}

static bool has_tying(const struct counter *counter)
{
    return json_object_get(counter->fields.values, "ensure_weight_tying") !=
           NULL;
}

static bool warn_saved(struct counter *counter, const struct pair *pair)
{
    const char *remedy = has_tying(counter)
                             ? "set ensure_weight_tying to keep them one"
                             : "this method cannot keep them one";
    if (pair->in_saved && pair->out_saved) {
        return counter_warn(counter,
                            "%s and %s share one weight, modules_to_save "
                            "makes two copies that drift apart: %s",
                            pair->in->leaf, pair->out->leaf, remedy);
    }
    const struct module *one = pair->in_saved ? pair->in : pair->out;
    const struct module *other = pair->in_saved ? pair->out : pair->in;
    return counter_warn(counter,
                        "%s shares its weight with %s, modules_to_save copies "
                        "%s alone and the two drift apart: %s",
                        one->leaf, other->leaf, one->leaf, remedy);
}

static bool warn_adapted(struct counter *counter, const struct pair *pair)
{
    bool can = has_tying(counter) && counter->settings->peft != PEFT_0_18;
    const char *remedy =
        can ? "set ensure_weight_tying to adapt both alike"
            : "untie them (tie_word_embeddings false) before merging";
    if (pair->in_adapted && pair->out_adapted) {
        return counter_warn(counter,
                            "%s and %s share one weight and get two adapters, "
                            "which merging cannot keep apart: %s",
                            pair->in->leaf, pair->out->leaf, remedy);
    }
    const struct module *one = pair->in_adapted ? pair->in : pair->out;
    const struct module *other = pair->in_adapted ? pair->out : pair->in;
    return counter_warn(counter,
                        "%s shares its weight with %s, which merging the "
                        "adapter of %s changes too: %s",
                        one->leaf, other->leaf, one->leaf, remedy);
}

/* By its name: PEFT looks for no others. */
static bool is_known(const struct module *module)
{
    return tying_is_embedding(module->pattern, strlen(module->pattern));
}

/* Was anything tied because ensure_weight_tying asks for it? */
static bool ties_something(const struct counter *counter,
                           const struct pair *pair)
{
    bool tokens =
        json_is_object(field(&counter->fields, "trainable_token_indices"));
    bool tied = inventory_is_tied(counter->inventory) ||
                counter->settings->peft == PEFT_0_18;
    return counter->ties_targets || tokens ||
           (tied && ((pair->in_saved && is_known(pair->in)) ||
                     (pair->out_saved && is_known(pair->out))));
}

static bool warn_untied(struct counter *counter, const struct pair *pair)
{
    if (pair->in == NULL || pair->out == NULL ||
        !inventory_is_tied(counter->inventory)) {
        return counter_warn(counter, "ensure_weight_tying has no effect: no "
                                     "layer shares the embedding's weight");
    }
    bool targets = counter->settings->peft != PEFT_0_18;
    return counter_warn(counter,
                        "ensure_weight_tying has no effect: PEFT %s wants "
                        "embed_tokens or lm_head in modules_to_save%s",
                        peft_version_name(counter->settings->peft),
                        targets ? " or target_modules" : "");
}

static bool advise_tying(struct counter *counter)
{
    struct pair pair;
    find_pair(counter, &pair);
    bool both = pair.in != NULL && pair.out != NULL;
    if (field_flag(&counter->fields, "ensure_weight_tying")) {
        return (both && ties_something(counter, &pair)) ||
               warn_untied(counter, &pair);
    }
    if (!both || !inventory_is_tied(counter->inventory)) {
        return true;
    }
    if (pair.in_saved || pair.out_saved) {
        return warn_saved(counter, &pair);
    }
    return (!pair.in_adapted && !pair.out_adapted) ||
           warn_adapted(counter, &pair);
}

/* ---- the file --------------------------------------------------------------- */

static bool advise_stored(struct counter *counter)
{
    struct text names = {0};
    struct text text = {0};
    char size[UNITS_SIZE];
    uint64_t values = 0;
    for (size_t i = 0; i < counter->count->extra_count; i++) {
        const struct count_extra *extra = &counter->extras[i];
        if (extra->kind == EXTRA_STORED) {
            const char *leaf = extra->module.leaf;
            targets_add(&names, leaf, strlen(leaf));
            values += module_elements(&extra->module);
        }
    }
    if (names.length == 0) {
        text_clear(&names);
        return true;
    }
    text_append(&text, "the file also holds the base's ");
    advice_append_names(&text, names.data);
    text_appendf(&text,
                 ", %s values: save_pretrained(save_embedding_layers=False) "
                 "leaves %s out",
                 units_count(size, values),
                 advice_number(names.data, "it", "them"));
    text_clear(&names);
    return advice_say(counter, &text);
}

bool advice_saved(struct counter *counter)
{
    return advise_head(counter) && advise_unsaved(counter) &&
           advise_leaks(counter) && advise_tying(counter) &&
           advise_stored(counter);
}
