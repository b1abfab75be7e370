/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Advice on targets that reach less or more than they seem to: names that match
 * nothing, a vision tower beside the text.
 */
#include "adapter/advice.h"

#include <string.h>

#include "base/nearest.h"

enum { LEAVES_MOST = 64 };

static void add_leaf(struct text *list, const struct module *module)
{
    targets_add(list, module->leaf, strlen(module->leaf));
}

/* ---- names that match nothing ----------------------------------------------- */

/* Linear layers without an adapter, but for those of a vision tower. */
static size_t free_leaves(const struct counter *counter,
                          const char *leaves[LEAVES_MOST])
{
    size_t count = 0;
    for (size_t i = 0; i < counter->count->row_count && count < LEAVES_MOST;
         i++) {
        const struct count_row *row = &counter->rows[i];
        bool add = module_is_linear(&row->module) && !row->matched &&
                   !row->module.output &&
                   module_role(&row->module) != ROLE_VISION;
        for (size_t j = 0; add && j < count; j++) {
            add = strcmp(leaves[j], row->module.leaf) != 0;
        }
        if (add) {
            leaves[count++] = row->module.leaf;
        }
    }
    return count;
}

/* "(nearest: q_b_proj or kv_b_proj)", or what there is when nothing is near. */
static void append_near(const struct counter *counter, const char *wanted,
                        struct text *text)
{
    const char *leaves[LEAVES_MOST];
    const char *near[LEAVES_MOST];
    size_t count = free_leaves(counter, leaves);
    size_t close = 0;
    size_t allowed = strlen(wanted) / 2;
    for (size_t i = 0; i < count; i++) {
        if (text_distance(wanted, leaves[i]) <= allowed ||
            text_starts_fold(leaves[i], wanted) ||
            text_starts_fold(wanted, leaves[i])) {
            near[close++] = leaves[i];
        }
    }
    if (count > 0) {
        text_append(text, close > 0 ? " (nearest: " : " (the model has ");
        const char *slip = nearest_find(wanted, near, close);
        bool sure = slip != NULL && text_distance(wanted, slip) == 1;
        nearest_append(text, wanted, close > 0 ? near : leaves,
                       close > 0 ? close : count,
                       sure        ? 1
                       : close > 0 ? 2
                                   : 5);
        text_append(text, ")");
    }
}

static const char *last_part(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot != NULL ? dot + 1 : name;
}

/* The first row that ends in TARGET, whether it could be reached or not. */
static const struct count_row *find_row(const struct counter *counter,
                                        const char *target)
{
    for (size_t i = 0; i < counter->count->row_count; i++) {
        if (target_matches(counter->rows[i].module.pattern, target,
                           strlen(target))) {
            return &counter->rows[i];
        }
    }
    return NULL;
}

static bool warn_name(struct counter *counter, const char *name)
{
    struct text text = {0};
    const struct count_row *row = find_row(counter, name);
    text_appendf(&text, "the target %.160s matches no module", name);
    if (row != NULL) {
        text_append(&text, module_is_bare(&row->module)
                               ? ": it is a parameter, which target_parameters "
                                 "reaches"
                               : " that exclude_modules and modules_to_save "
                                 "leave");
        return advice_say(counter, &text);
    }
    row = find_row(counter, last_part(name));
    if (row != NULL) {
        text_appendf(&text, " (there is %.160s)", row->module.name);
    } else {
        append_near(counter, last_part(name), &text);
    }
    return advice_say(counter, &text);
}

/* One sentence for many names: the model has others. */
static bool warn_names(struct counter *counter, const char *names)
{
    const char *leaves[LEAVES_MOST];
    struct text text = {0};
    struct text list = {0};
    size_t count = free_leaves(counter, leaves);
    for (size_t i = 0; i < count; i++) {
        targets_add(&list, leaves[i], strlen(leaves[i]));
    }
    text_append(&text, "the targets ");
    advice_append_names(&text, names);
    text_append(&text, " match no module");
    if (count > 0) {
        text_append(&text, " (the model has ");
        advice_append_names(&text, text_string(&list));
        text_append(&text, ")");
    }
    bool done = text_ok(&list, counter->err) && advice_say(counter, &text);
    text_clear(&list);
    return done;
}

/* Multi-head latent attention: the projections that stand for q, k and v. */
static void latent_leaves(const struct counter *counter, struct text *list)
{
    bool latent = false;
    for (size_t i = 0; i < counter->count->row_count; i++) {
        const struct module *module = &counter->rows[i].module;
        latent = latent || strcmp(module->leaf, "kv_b_proj") == 0;
        if (module_is_linear(module) &&
            strstr(module->leaf, "o_proj") == NULL &&
            module_role(module) == ROLE_ATTENTION) {
            add_leaf(list, module);
        }
    }
    if (!latent) {
        text_clear(list);
    }
}

static bool warn_latent(struct counter *counter, const char *names,
                        const char *latent)
{
    struct text text = {0};
    text_appendf(&text, "the target%s ", advice_number(names, "", "s"));
    advice_append_names(&text, names);
    text_appendf(&text,
                 " match%s no module: attention here is latent (MLA), "
                 "its inputs are ",
                 advice_number(names, "es", ""));
    advice_append_names(&text, latent);
    return advice_say(counter, &text);
}

/* Take what MISSING asks of ordinary attention into USUAL. */
static void split_usual(struct text *missing, struct text *usual)
{
    struct text others = {0};
    const char *cursor = text_string(missing);
    size_t length = 0;
    for (const char *name = settings_next_target(&cursor, &length);
         name != NULL; name = settings_next_target(&cursor, &length)) {
        static const char *const inputs[] = {"q_proj", "k_proj", "v_proj",
                                             "q_a_proj", "q_b_proj"};
        bool is = false;
        for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
            is = is || target_ends(name, length, inputs[i], strlen(inputs[i]));
        }
        targets_append(is ? usual : &others, name, length);
    }
    text_clear(missing);
    *missing = others;
}

static bool warn_missing(struct counter *counter, const char *names)
{
    if (advice_count_names(names) > 2) {
        return warn_names(counter, names);
    }
    size_t length = 0;
    bool done = true;
    for (const char *item = settings_next_target(&names, &length);
         done && item != NULL; item = settings_next_target(&names, &length)) {
        struct text name = {0};
        text_append_bytes(&name, item, length);
        done = text_ok(&name, counter->err) &&
               warn_name(counter, text_string(&name));
        text_clear(&name);
    }
    return done;
}

static bool advise_missing(struct counter *counter)
{
    const struct selector *selector = &counter->selector;
    struct text missing = {0};
    struct text usual = {0};
    struct text latent = {0};
    if (counter->settings->mode != TARGET_LIST) {
        return true;
    }
    for (size_t i = 0; i < selector->name_count; i++) {
        const struct select_name *item = &selector->names[i];
        if (!item->hit) {
            targets_append(&missing, item->name, item->length);
        }
    }
    latent_leaves(counter, &latent);
    if (missing.length > 0 && latent.length > 0) {
        split_usual(&missing, &usual);
    }
    bool done = (usual.length == 0 ||
                 warn_latent(counter, usual.data, text_string(&latent))) &&
                warn_missing(counter, text_string(&missing));
    text_clear(&missing);
    text_clear(&usual);
    text_clear(&latent);
    return done;
}

/* ---- a vision tower --------------------------------------------------------- */

/* Names by which the modules of a tower are told: see module_role. */
static const char *const tower_parts[] = {"vision", "visual", "multi_modal",
                                          "connector"};
enum { TOWER_PARTS = sizeof(tower_parts) / sizeof(tower_parts[0]) };

static bool text_has_leaf(const struct counter *counter, const char *leaf)
{
    for (size_t i = 0; i < counter->count->row_count; i++) {
        const struct count_row *row = &counter->rows[i];
        if (row->matched && !row->parameter &&
            module_role(&row->module) != ROLE_VISION &&
            (leaf == NULL || strcmp(row->module.leaf, leaf) == 0)) {
            return true;
        }
    }
    return false;
}

static void append_exclusion(struct text *text, unsigned parts)
{
    bool one = (parts & (parts - 1)) == 0;
    const char *before = one ? ".*" : ".*(";
    for (unsigned i = 0; i < TOWER_PARTS; i++) {
        if ((parts >> i & 1u) != 0) {
            text_append(text, before);
            text_append(text, tower_parts[i]);
            before = "|";
        }
    }
    text_append(text, one ? ".*" : ").*");
}

static bool warn_tower(struct counter *counter, const char *names,
                       uint64_t modules, unsigned parts)
{
    struct text text = {0};
    if (counter->plan.form == FORM_LINEAR) {
        text_append(&text, "all-linear also matches");
    } else {
        advice_append_names(&text, names);
        text_appendf(&text, " also match%s", advice_number(names, "es", ""));
    }
    text_appendf(&text, " %llu module%s of the vision tower; exclude_modules '",
                 (unsigned long long)modules, modules == 1 ? "" : "s");
    append_exclusion(&text, parts);
    text_appendf(&text, "' leaves %s out", modules == 1 ? "it" : "them");
    return advice_say(counter, &text);
}

static unsigned tower_part(const char *pattern)
{
    for (unsigned i = 0; i < TOWER_PARTS; i++) {
        if (strstr(pattern, tower_parts[i]) != NULL) {
            return 1u << i;
        }
    }
    return 0;
}

/* A bare model, such as CLIP, has both towers for their own sake. */
static bool advise_tower(struct counter *counter)
{
    struct text names = {0};
    bool every = counter->plan.form == FORM_LINEAR;
    bool bare = strcmp(counter->inventory->head, "base") == 0;
    uint64_t modules = 0;
    unsigned parts = 0;
    for (size_t i = 0; !bare && i < counter->count->row_count; i++) {
        const struct count_row *row = &counter->rows[i];
        if (row->matched && !row->parameter &&
            module_role(&row->module) == ROLE_VISION &&
            text_has_leaf(counter, every ? NULL : row->module.leaf)) {
            add_leaf(&names, &row->module);
            modules += row->module.copies;
            parts |= tower_part(row->module.pattern);
        }
    }
    bool done = modules == 0 || parts == 0 ||
                warn_tower(counter, text_string(&names), modules, parts);
    text_clear(&names);
    return done;
}

bool advice_targets(struct counter *counter)
{
    return advise_missing(counter) && advise_tower(counter);
}
