/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading and editing an adapter's settings.
 */
#include "adapter/settings.h"

#include <string.h>

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

void settings_init(struct adapter_settings *settings)
{
    *settings = (struct adapter_settings){
        .rank = 8, .alpha = 16, .mode = TARGET_UNSET, .peft = PEFT_0_21};
}

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

bool targets_add(char targets[TARGETS_SIZE], const char *name, size_t length)
{
    size_t used = strlen(targets);
    if (has(targets, name, length)) {
        return true;
    }
    if (used + length + 2 > TARGETS_SIZE) {
        return false;
    }
    if (used > 0) {
        targets[used++] = ',';
    }
    memcpy(targets + used, name, length);
    targets[used + length] = '\0';
    return true;
}

bool settings_has_target(const struct adapter_settings *settings,
                         const char *name)
{
    return has(settings->targets, name, strlen(name));
}

bool settings_add_target(struct adapter_settings *settings, const char *name)
{
    return targets_add(settings->targets, name, strlen(name));
}

void settings_remove_target(struct adapter_settings *settings, const char *name)
{
    char kept[TARGETS_SIZE] = "";
    const char *cursor = settings->targets;
    size_t length = 0;
    for (const char *item = settings_next_target(&cursor, &length);
         item != NULL; item = settings_next_target(&cursor, &length)) {
        if (length != strlen(name) || memcmp(item, name, length) != 0) {
            targets_add(kept, item, length);
        }
    }
    memcpy(settings->targets, kept, sizeof(kept));
}

static bool set_list(struct adapter_settings *settings, const char *text,
                     struct error *err)
{
    char targets[TARGETS_SIZE] = "";
    text += strspn(text, separators);
    while (*text != '\0') {
        size_t length = strcspn(text, separators);
        if (!targets_add(targets, text, length)) {
            return error_set(err, ERROR_USAGE,
                             "--target: the list is longer than the %d bytes "
                             "that can be kept",
                             TARGETS_SIZE - 1);
        }
        text += length;
        text += strspn(text, separators);
    }
    if (targets[0] == '\0') {
        return error_set(err, ERROR_USAGE,
                         "--target needs names (q_proj,v_proj), all-linear, "
                         "default or none");
    }
    memcpy(settings->targets, targets, sizeof(targets));
    settings->mode = TARGET_LIST;
    return true;
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
            settings->targets[0] = '\0';
            return true;
        }
    }
    return set_list(settings, text, err);
}
