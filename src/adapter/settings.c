/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading and editing an adapter's settings.
 */
#include "adapter/settings.h"

#include <string.h>

#include "adapter/method.h"
#include "base/alloc.h"
#include "base/text.h"

static const char separators[] = " \t\r\n,;'\"[](){}";

const char *peft_version_name(enum peft_version version)
{
    switch (version) {
    case PEFT_0_18:
        return "0.18";
    case PEFT_0_21:
        return "0.21";
    }
    return "";
}

void settings_init(struct adapter_settings *settings, struct strings *strings)
{
    *settings = (struct adapter_settings){.strings = strings,
                                          .peft = PEFT_0_21,
                                          .method = &method_table[0],
                                          .rank = 8,
                                          .alpha = 16,
                                          .mode = TARGET_UNSET,
                                          .targets = "",
                                          .fields = ""};
}

bool settings_equal(const struct adapter_settings *a,
                    const struct adapter_settings *b)
{
    return a->peft == b->peft && a->method == b->method && a->rank == b->rank &&
           !(a->alpha < b->alpha) && !(a->alpha > b->alpha) &&
           a->mode == b->mode && strcmp(a->targets, b->targets) == 0 &&
           strcmp(a->fields, b->fields) == 0;
}

/* ---- lists of names -------------------------------------------------------- */

const char *settings_next_target(const char **cursor, size_t *length)
{
    const char *start = *cursor;
    if (*start == '\0') {
        return NULL;
    }
    *length = strcspn(start, ",");
    *cursor = start + *length + (start[*length] == ',');
    return start;
}

static bool has(const char *targets, const char *name, size_t size)
{
    const char *cursor = targets;
    size_t length = 0;
    for (const char *item = settings_next_target(&cursor, &length);
         item != NULL; item = settings_next_target(&cursor, &length)) {
        if (length == size && memcmp(item, name, size) == 0) {
            return true;
        }
    }
    return false;
}

void targets_append(struct text *targets, const char *name, size_t length)
{
    text_append(targets, targets->length > 0 ? "," : "");
    text_append_bytes(targets, name, length);
}

void targets_add(struct text *targets, const char *name, size_t length)
{
    if (length > 0 && !has(text_string(targets), name, length)) {
        targets_append(targets, name, length);
    }
}

void target_list_add(struct target_list *list, const char *name, size_t length)
{
    struct error ignored = {0};
    size_t before = list->seen.count;
    if (length == 0 || list->text.failed) {
        return;
    }
    if (strings_keep(&list->seen, name, length, &ignored) == NULL) {
        list->text.failed = true;
    } else if (list->seen.count > before) {
        targets_append(&list->text, name, length);
    }
}

void target_list_clear(struct target_list *list)
{
    text_clear(&list->text);
    strings_clear(&list->seen);
}

void targets_split(struct text *out, const char *pasted)
{
    pasted += strspn(pasted, separators);
    while (*pasted != '\0') {
        size_t length = strcspn(pasted, separators);
        targets_add(out, pasted, length);
        pasted += length;
        pasted += strspn(pasted, separators);
    }
}

/* ---- targets --------------------------------------------------------------- */

/* Keep TEXT in the pool as the targets of MODE. */
static bool keep_targets(struct adapter_settings *settings,
                         enum target_mode mode, const struct text *text,
                         struct error *err)
{
    const char *kept = text_ok(text, err)
                           ? strings_keep(settings->strings, text_string(text),
                                          text->length, err)
                           : NULL;
    if (kept != NULL) {
        settings->mode = mode;
        settings->targets = kept;
    }
    return kept != NULL;
}

bool settings_has_target(const struct adapter_settings *settings,
                         const char *name)
{
    return settings->mode == TARGET_LIST &&
           has(settings->targets, name, strlen(name));
}

bool settings_add_target(struct adapter_settings *settings, const char *name,
                         struct error *err)
{
    struct text list = {0};
    if (settings->mode == TARGET_LIST) {
        text_append(&list, settings->targets);
    }
    targets_add(&list, name, strlen(name));
    bool done = keep_targets(settings, TARGET_LIST, &list, err);
    text_clear(&list);
    return done;
}

bool settings_remove_target(struct adapter_settings *settings, const char *name,
                            struct error *err)
{
    struct text kept = {0};
    const char *cursor = settings->mode == TARGET_LIST ? settings->targets : "";
    size_t length = 0;
    for (const char *item = settings_next_target(&cursor, &length);
         item != NULL; item = settings_next_target(&cursor, &length)) {
        if (length != strlen(name) || memcmp(item, name, length) != 0) {
            targets_add(&kept, item, length);
        }
    }
    bool done = keep_targets(settings, TARGET_LIST, &kept, err);
    text_clear(&kept);
    return done;
}

bool settings_set_list(struct adapter_settings *settings, const char *names,
                       struct error *err)
{
    struct target_list list = {0};
    size_t length = 0;
    for (const char *item = settings_next_target(&names, &length); item != NULL;
         item = settings_next_target(&names, &length)) {
        target_list_add(&list, item, length);
    }
    bool done = keep_targets(settings, TARGET_LIST, &list.text, err);
    target_list_clear(&list);
    return done;
}

bool settings_set_regex(struct adapter_settings *settings, const char *text,
                        struct error *err)
{
    struct text regex = {0};
    text_append(&regex, text);
    bool done = keep_targets(settings, TARGET_REGEX, &regex, err);
    text_clear(&regex);
    return done;
}

/* Is TEXT the word, in quotes or spaces or not?  In brackets it is a name. */
static bool is_word(const char *text, const char *word)
{
    static const char around[] = " \t'\"";
    text += strspn(text, around);
    size_t length = strlen(word);
    return text_starts_fold(text, word) &&
           text[length + strspn(text + length, around)] == '\0';
}

bool settings_set_targets(struct adapter_settings *settings, const char *text,
                          struct error *err)
{
    static const struct {
        const char *word;
        enum target_mode mode;
    } words[] = {{"all-linear", TARGET_ALL_LINEAR},
                 {"default", TARGET_DEFAULT},
                 {"none", TARGET_NONE}};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (is_word(text, words[i].word)) {
            settings->mode = words[i].mode;
            settings->targets = "";
            return true;
        }
    }
    struct text list = {0};
    targets_split(&list, text);
    bool done = list.length > 0 || list.failed
                    ? keep_targets(settings, TARGET_LIST, &list, err)
                    : error_set(err, ERROR_USAGE,
                                "targets are names (q_proj,v_proj), "
                                "all-linear, default or none");
    text_clear(&list);
    return done;
}

const char *settings_targets_text(const struct adapter_settings *settings)
{
    switch (settings->mode) {
    case TARGET_UNSET:
    case TARGET_DEFAULT:
        return "default";
    case TARGET_ALL_LINEAR:
        return "all-linear";
    case TARGET_NONE:
        return "none";
    case TARGET_LIST:
    case TARGET_REGEX:
        break;
    }
    return settings->targets;
}

/* ---- the other fields ------------------------------------------------------ */

/* The fields as an object; a new reference. */
static json_t *fields_new(const struct adapter_settings *settings,
                          struct error *err)
{
    json_t *object = settings->fields[0] == '\0'
                         ? json_object()
                         : json_loads(settings->fields, 0, NULL);
    if (object == NULL) {
        error_set(err, ERROR_MEMORY, "out of memory for the settings");
    }
    return object;
}

bool settings_set_fields(struct adapter_settings *settings, json_t *object,
                         struct error *err)
{
    if (json_object_size(object) == 0) {
        settings->fields = "";
        return true;
    }
    char *text = json_dumps(object, JSON_COMPACT);
    if (text == NULL) {
        return error_set(err, ERROR_MEMORY, "out of memory for the settings");
    }
    const char *kept = strings_keep(settings->strings, text, strlen(text), err);
    memory_free(text);
    if (kept != NULL) {
        settings->fields = kept;
    }
    return kept != NULL;
}

json_t *settings_field_new(const struct adapter_settings *settings,
                           const char *key)
{
    struct error ignored = {0};
    json_t *object = fields_new(settings, &ignored);
    json_t *value = json_incref(json_object_get(object, key));
    json_decref(object);
    return value;
}

bool settings_set_field(struct adapter_settings *settings, const char *key,
                        json_t *value, struct error *err)
{
    json_t *object = fields_new(settings, err);
    if (object == NULL) {
        return false;
    }
    if (value == NULL) {
        json_object_del(object, key);
    } else if (json_object_set(object, key, value) != 0) {
        json_decref(object);
        return error_set(err, ERROR_MEMORY, "out of memory for the settings");
    }
    bool done = settings_set_fields(settings, object, err);
    json_decref(object);
    return done;
}

bool settings_set_rank(struct adapter_settings *settings, uint64_t rank,
                       struct error *err)
{
    const char *excluded = settings->method->rank_excludes;
    settings->rank = rank;
    if (excluded == NULL) {
        return true;
    }
    json_t *zero = json_integer(0);
    bool done = settings_set_field(settings, excluded, zero, err);
    json_decref(zero);
    return done;
}
