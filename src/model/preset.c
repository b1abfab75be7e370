/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From what the user typed to the preset that is meant.
 */
#include "model/preset.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
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

/* No preset's name looks like these, a path does. */
static bool is_path_like(const char *wanted)
{
    return strchr(wanted, '/') != NULL || wanted[0] == '.' ||
           wanted[0] == '~' || text_ends(wanted, ".json") ||
           text_ends(wanted, ".safetensors");
}

/* Does NAME begin with WANTED, or read like it, but for some letters? */
static bool is_near(const char *name, const char *wanted)
{
    char start[PRESET_NAME_SIZE];
    size_t length = strlen(wanted);
    size_t allowed = length / 4 + 1;
    if (length >= sizeof(start) - 1 || length < 2) {
        return false;
    }
    snprintf(start, sizeof(start), "%.*s", (int)length, name);
    size_t least = text_distance(wanted, start);
    snprintf(start, sizeof(start), "%.*s", (int)length + 1, name);
    size_t longer = text_distance(wanted, start);
    return (longer < least ? longer : least) <= allowed ||
           text_distance(wanted, name) <= length / 3;
}

/* The presets near WANTED into *near, a new list; the strings are borrowed. */
static size_t near_names(const struct file_names *names, const char *wanted,
                         const char ***near, struct error *err)
{
    size_t count = 0;
    *near = (const char **)memory_new(names->count + 1, sizeof(**near), err);
    for (size_t i = 0; *near != NULL && i < names->count; i++) {
        if (is_near(names->items[i], wanted)) {
            (*near)[count++] = names->items[i];
        }
    }
    return count;
}

static void fail_misspelt(const struct file_names *names, const char *wanted,
                          struct error *err)
{
    const char **near = NULL;
    size_t count = near_names(names, wanted, &near, err);
    struct text list = {0};
    nearest_append(&list, wanted, near, count, 3);
    if (count > 0) {
        error_set(err, ERROR_NOT_FOUND,
                  "no file, folder or preset is called \"%.100s\", the "
                  "nearest preset%s %s",
                  wanted, count == 1 ? " is" : "s are", text_string(&list));
    } else if (near != NULL) {
        error_set(err, ERROR_NOT_FOUND,
                  "no file, folder or preset is called \"%.100s\", give its "
                  "config.json; `loraexplore presets` lists what is built in",
                  wanted);
    }
    text_clear(&list);
    memory_free((void *)near);
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
    if (is_path_like(wanted)) {
        return error_set(err, ERROR_NOT_FOUND,
                         "there is no file or folder %.200s, give a model's "
                         "config.json or a preset's name",
                         wanted);
    }
    fail_misspelt(names, wanted, err);
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
