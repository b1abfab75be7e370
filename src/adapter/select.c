/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Does a name get an adapter?
 *
 * Source: PEFT 0.18.1 and 0.21.2, tuners_utils.py, check_target_module_exists;
 * utils/other.py, get_pattern_key.
 */
#include "adapter/select.h"

#include <string.h>

#include "adapter/method.h"
#include "base/alloc.h"
#include "base/text.h"

/* ---- compiling -------------------------------------------------------------- */

/* The slot of NAME, or the free one where it belongs. */
static size_t find_slot(const struct selector *selector, const char *name,
                        size_t length)
{
    size_t at = strings_hash(name, length) & (selector->slot_count - 1);
    for (; selector->slots[at] != 0;
         at = (at + 1) & (selector->slot_count - 1)) {
        const struct select_name *item =
            &selector->names[selector->slots[at] - 1];
        if (item->length == length && memcmp(item->name, name, length) == 0) {
            break;
        }
    }
    return at;
}

static bool take_names(struct selector *selector, const char *names,
                       struct error *err)
{
    size_t count = 0;
    for (const char *at = names; *at != '\0'; at++) {
        count += *at == ',';
    }
    selector->names = memory_new(count + 1, sizeof(*selector->names), err);
    selector->slot_count = 4;
    while (selector->slot_count < 2 * (count + 1)) {
        selector->slot_count *= 2;
    }
    selector->slots =
        memory_new(selector->slot_count, sizeof(*selector->slots), err);
    if (selector->names == NULL || selector->slots == NULL) {
        return false;
    }
    size_t length = 0;
    for (const char *name = settings_next_target(&names, &length); name != NULL;
         name = settings_next_target(&names, &length)) {
        selector->by_number |= !select_is_plain(name, length);
        selector->names[selector->name_count++] =
            (struct select_name){.name = name, .length = length};
        selector->slots[find_slot(selector, name, length)] =
            selector->name_count;
    }
    return true;
}

static bool take_target(struct selector *selector,
                        const struct target_plan *plan, struct error *err)
{
    const char *names = text_string(&plan->names);
    switch (plan->form) {
    case FORM_NAMES:
        return take_names(selector, names, err);
    case FORM_REGEX:
        selector->by_number = true;
        selector->regex =
            pattern_new(names, plan->names.length, PATTERN_FULL, err);
        return selector->regex != NULL ||
               error_prefix(err, "the target's regular expression");
    case FORM_LINEAR:
        break;
    }
    return true;
}

static bool take_exclude(struct selector *selector, const struct fields *fields,
                         struct error *err)
{
    const json_t *exclude = field(fields, "exclude_modules");
    if (json_is_string(exclude) && json_string_length(exclude) > 0) {
        selector->by_number = true;
        selector->exclude_regex =
            pattern_new(json_string_value(exclude), json_string_length(exclude),
                        PATTERN_FULL, err);
        return selector->exclude_regex != NULL ||
               error_prefix(err, "exclude_modules");
    }
    selector->exclude_names = exclude;
    for (size_t i = 0; i < json_array_size(exclude); i++) {
        const json_t *name = json_array_get(exclude, i);
        selector->by_number |=
            !select_is_plain(json_string_value(name), json_string_length(name));
    }
    return true;
}

static bool take_saved(struct selector *selector, const json_t *names,
                       struct error *err)
{
    size_t count = json_array_size(names);
    selector->saved = memory_new(count, sizeof(*selector->saved), err);
    if (selector->saved == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const char *name = json_string_value(json_array_get(names, i));
        struct select_saved *saved = &selector->saved[i];
        saved->name = name;
        saved->length = strlen(name);
        selector->saved_count = i + 1;
        selector->by_number |= !select_is_plain(name, saved->length);
        if (name_is_literal(name, saved->length)) {
            continue;
        }
        saved->pattern = name_pattern_new("(^|.*\\.)", name, "($|\\..*)",
                                          PATTERN_MATCH, err);
        if (saved->pattern == NULL) {
            return error_prefix(err, "modules_to_save");
        }
    }
    return true;
}

static bool add_layer_pattern(struct selector *selector, const char *before,
                              const char *text, struct error *err)
{
    struct pattern *pattern =
        name_pattern_new(before, text, "\\.(\\d+)\\.", PATTERN_MATCH, err);
    if (pattern == NULL) {
        return error_prefix(err, "layers_pattern");
    }
    selector->layer_patterns[selector->layer_pattern_count++] = pattern;
    return true;
}

/* Up to PEFT 0.19 the last index counts, since then the first. */
static bool take_layers(struct selector *selector, const struct fields *fields,
                        struct error *err)
{
    const json_t *layers = field(fields, "layers_to_transform");
    const json_t *patterns = field(fields, "layers_pattern");
    bool early = fields->peft == PEFT_0_18;
    const char *before = early ? ".*\\." : "(?:^|.*?\\.)";
    if (json_is_null(layers) ||
        (json_is_array(layers) && json_array_size(layers) == 0)) {
        return true;
    }
    selector->layers = layers;
    selector->by_number = true;
    selector->layer_patterns = (struct pattern **)memory_new(
        json_array_size(patterns) + 1, sizeof(struct pattern *), err);
    if (selector->layer_patterns == NULL) {
        return false;
    }
    if (!json_truth(patterns)) {
        return add_layer_pattern(selector, early ? ".*\\." : ".*?\\.", "[^.]*",
                                 err);
    }
    if (json_is_string(patterns)) {
        return add_layer_pattern(selector, before, json_string_value(patterns),
                                 err);
    }
    for (size_t i = 0; i < json_array_size(patterns); i++) {
        if (!add_layer_pattern(selector, before,
                               json_string_value(json_array_get(patterns, i)),
                               err)) {
            return false;
        }
    }
    return true;
}

bool selector_init(struct selector *selector, const struct target_plan *plan,
                   const struct fields *fields, const json_t *saved_names,
                   struct error *err)
{
    *selector = (struct selector){.form = plan->form};
    return take_target(selector, plan, err) &&
           take_exclude(selector, fields, err) &&
           take_saved(selector, saved_names, err) &&
           take_layers(selector, fields, err);
}

void selector_clear(struct selector *selector)
{
    for (size_t i = 0; i < selector->saved_count; i++) {
        pattern_free(selector->saved[i].pattern);
    }
    for (size_t i = 0; i < selector->layer_pattern_count; i++) {
        pattern_free(selector->layer_patterns[i]);
    }
    pattern_free(selector->regex);
    pattern_free(selector->exclude_regex);
    memory_free(selector->saved);
    memory_free(selector->slots);
    memory_free((void *)selector->layer_patterns);
    memory_free(selector->names);
    *selector = (struct selector){0};
}

/* ---- testing ---------------------------------------------------------------- */

static bool is_excluded(const struct selector *selector, const char *name,
                        size_t size, bool *excluded, struct error *err)
{
    *excluded = false;
    if (selector->exclude_regex != NULL &&
        !pattern_test(selector->exclude_regex, name, size, excluded, err)) {
        return false;
    }
    for (size_t i = 0;
         !*excluded && i < json_array_size(selector->exclude_names); i++) {
        const json_t *item = json_array_get(selector->exclude_names, i);
        *excluded = target_ends(name, size, json_string_value(item),
                                json_string_length(item));
    }
    for (size_t i = 0; !*excluded && i < selector->saved_count; i++) {
        const struct select_saved *saved = &selector->saved[i];
        if (saved->pattern == NULL) {
            *excluded =
                name_literal_within(name, size, saved->name, saved->length);
        } else if (!pattern_test(saved->pattern, name, size, excluded, err)) {
            return false;
        }
    }
    return true;
}

static bool has_layer(const json_t *layers, const char *digits, size_t length)
{
    int64_t layer = 0;
    for (size_t i = 0; i < length && layer < INT32_MAX; i++) {
        layer = layer * 10 + (digits[i] - '0');
    }
    if (!json_is_array(layers)) {
        return json_whole(layers) == layer;
    }
    for (size_t i = 0; i < json_array_size(layers); i++) {
        if (json_whole(json_array_get(layers, i)) == layer) {
            return true;
        }
    }
    return false;
}

/* Is the layer that NAME stands in among layers_to_transform? */
static bool in_layers(const struct selector *selector, const char *name,
                      size_t size, bool *inside, struct error *err)
{
    *inside = selector->layers == NULL;
    for (size_t i = 0; !*inside && i < selector->layer_pattern_count; i++) {
        size_t start = 0;
        size_t end = 0;
        if (!pattern_group(selector->layer_patterns[i], name, size, &start,
                           &end, err)) {
            return false;
        }
        if (start != SIZE_MAX) {
            *inside = has_layer(selector->layers, name + start, end - start);
            return true;
        }
    }
    return true;
}

/* Every dotted ending is looked up, to know in the end which names matched. */
static void test_names(struct selector *selector, const char *name, size_t size,
                       bool *exact, bool *ends)
{
    for (size_t i = 0; i < size; i++) {
        if (i > 0 && name[i - 1] != '.') {
            continue;
        }
        size_t slot = selector->slots[find_slot(selector, name + i, size - i)];
        if (slot > 0) {
            *exact |= i == 0;
            *ends = true;
            selector->names[slot - 1].hit = true;
        }
    }
}

bool selector_test(struct selector *selector, const char *name, size_t size,
                   bool linear, enum selection *selection, struct error *err)
{
    bool matched = false;
    bool exact = false;
    *selection = SELECT_NO;
    if (!is_excluded(selector, name, size, &matched, err)) {
        return false;
    }
    if (matched) {
        selector->excluded = true;
        *selection = SELECT_EXCLUDED;
        return true;
    }
    switch (selector->form) {
    case FORM_LINEAR:
        matched = linear;
        break;
    case FORM_REGEX:
        if (!pattern_test(selector->regex, name, size, &matched, err)) {
            return false;
        }
        break;
    case FORM_NAMES:
        test_names(selector, name, size, &exact, &matched);
        if (matched && !exact &&
            !in_layers(selector, name, size, &matched, err)) {
            return false;
        }
        break;
    }
    *selection = matched ? SELECT_YES : SELECT_NO;
    return true;
}
