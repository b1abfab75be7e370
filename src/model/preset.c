/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From what the user typed to the preset that is meant.
 */
#include "model/preset.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "base/text.h"

enum { CANDIDATES_MOST = 6 };

static const char *const endings[] = {"-hf", "-it", "-Instruct"};

enum find_result { FIND_NONE, FIND_ONE, FIND_SEVERAL };

/* Only what people type is completed; a Hub id (WHOLE) names one model. */
static enum find_result find(const struct file_names *names, const char *wanted,
                             bool whole, char out[PRESET_NAME_SIZE])
{
    size_t hits = 0;
    for (size_t i = 0; i < names->count; i++) {
        bool exact = text_equal_fold(names->items[i], wanted);
        if (exact || (!whole && text_starts_fold(names->items[i], wanted))) {
            snprintf(out, PRESET_NAME_SIZE, "%s", names->items[i]);
            hits++;
        }
        if (exact) {
            return FIND_ONE;
        }
    }
    return hits == 0 ? FIND_NONE : hits == 1 ? FIND_ONE : FIND_SEVERAL;
}

static bool fail_ambiguous(const struct file_names *names, const char *wanted,
                           struct error *err)
{
    struct text list = {0};
    size_t hits = 0;
    for (size_t i = 0; i < names->count; i++) {
        if (text_starts_fold(names->items[i], wanted) &&
            hits++ < CANDIDATES_MOST) {
            text_appendf(&list, "%s%s", hits > 1 ? ", " : "", names->items[i]);
        }
    }
    error_set(
        err, ERROR_NOT_FOUND,
        "the model \"%s\" could be any of %zu presets (%s%s), type more of "
        "its name",
        wanted, hits, text_string(&list),
        hits > CANDIDATES_MOST ? ", ..." : "");
    text_clear(&list);
    return false;
}

/* ORG/NAME of plain characters: what the Hub accepts. */
static bool is_hub_id(const char *wanted)
{
    const char *slash = strchr(wanted, '/');
    if (slash == NULL || slash == wanted || slash[1] == '\0' ||
        strchr(slash + 1, '/') != NULL || !isalnum((unsigned char)wanted[0]) ||
        text_ends(wanted, ".json")) {
        return false;
    }
    for (const char *byte = wanted; *byte != '\0'; byte++) {
        if (!isalnum((unsigned char)*byte) && strchr("._-/", *byte) == NULL) {
            return false;
        }
    }
    return strlen(wanted) < PRESET_NAME_SIZE;
}

static bool fail_unknown(const struct file_names *names, const char *wanted,
                         struct error *err)
{
    if (is_hub_id(wanted)) {
        return error_set(err, ERROR_NOT_FOUND,
                         "%s is not among the presets, fetch its config with "
                         "`curl -fL -o config.json "
                         "https://huggingface.co/%s/resolve/main/config.json` "
                         "and open config.json",
                         wanted, wanted);
    }
    struct text near = {0};
    nearest_append(&near, wanted, (const char *const *)names->items,
                   names->count, 3);
    error_set(err, ERROR_NOT_FOUND,
              "no file, folder or preset is called \"%.100s\", the nearest "
              "presets are %s",
              wanted, text_string(&near));
    text_clear(&near);
    return false;
}

/* Cut one of the tolerated endings off NAME; false when it has none. */
static bool strip_ending(char name[PRESET_NAME_SIZE])
{
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        size_t tail = strlen(endings[i]);
        if (length > tail &&
            text_equal_fold(name + length - tail, endings[i])) {
            name[length - tail] = '\0';
            return true;
        }
    }
    return false;
}

bool preset_find(const struct file_names *names, const char *wanted,
                 char out[PRESET_NAME_SIZE], struct error *err)
{
    char name[PRESET_NAME_SIZE];
    const char *slash = strrchr(wanted, '/');
    bool is_path = slash != NULL && !is_hub_id(wanted);
    const char *last = slash != NULL ? slash + 1 : wanted;
    if (is_path || last[0] == '\0' || strlen(last) >= sizeof(name)) {
        return fail_unknown(names, wanted, err);
    }
    snprintf(name, sizeof(name), "%s", last);
    do {
        switch (find(names, name, slash != NULL, out)) {
        case FIND_ONE:
            return true;
        case FIND_SEVERAL:
            return fail_ambiguous(names, name, err);
        case FIND_NONE:
            break;
        }
    } while (strip_ending(name));
    return fail_unknown(names, wanted, err);
}
