/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Recorded PEFT runs, one JSON object a line, and the models they ran on.
 *
 * Included by the tests that hold a count against what PEFT did.
 */
#ifndef TESTS_UNIT_CASES_H
#define TESTS_UNIT_CASES_H

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapter/count.h"
#include "base/alloc.h"
#include "base/file.h"
#include "formats/json.h"
#include "model/model.h"

enum { CASES_FILE_MOST = 64 << 20, CASES_NAME_SIZE = 512 };

static inline const char *case_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text == NULL ? "" : text;
}

static inline uint64_t case_number(const json_t *object, const char *key)
{
    return (uint64_t)json_integer_value(json_object_get(object, key));
}

/* Every line of FILE as an object of a list; NULL when one is no JSON. */
static inline json_t *cases_read(const char *file)
{
    struct error err = {0};
    char *data = NULL;
    size_t length = 0;
    if (!file_read(file, CASES_FILE_MOST, &data, &length, &err)) {
        fprintf(stderr, "%s\n", err.message);
        return NULL;
    }
    json_t *list = json_array();
    for (const char *at = data; at < data + length;) {
        json_error_t why;
        size_t line = strcspn(at, "\n");
        json_t *item = json_loadb(at, line, 0, &why);
        if (item == NULL) {
            fprintf(stderr, "%s: %.60s: %s\n", file, at, why.text);
            json_decref(list);
            list = NULL;
            break;
        }
        json_array_append_new(list, item);
        at += line + 1;
    }
    memory_free(data);
    return list;
}

/* Put CHANGES into CONFIG, objects within objects. */
static inline void case_merge(json_t *config, const json_t *changes)
{
    void *at = json_object_iter((json_t *)(uintptr_t)changes);
    for (; at != NULL;
         at = json_object_iter_next((json_t *)(uintptr_t)changes, at)) {
        const char *key = json_object_iter_key(at);
        json_t *value = json_object_iter_value(at);
        json_t *old = json_object_get(config, key);
        if (json_is_object(value) && json_is_object(old)) {
            case_merge(old, value);
        } else {
            json_object_set(config, key, value);
        }
    }
}

/* The config NAME of FOLDER, when there is one, else of the presets. */
static inline json_t *case_config_new(const struct resource_path *path,
                                      const char *folder, const char *name,
                                      struct error *err)
{
    char place[1024];
    const char *data = NULL;
    size_t length = 0;
    char *owned = NULL;
    bool read = false;
    snprintf(place, sizeof(place), "%s/%s", folder, name);
    if (file_is_regular(place)) {
        read = file_read(place, CASES_FILE_MOST, &owned, &length, err);
        data = owned;
    } else {
        snprintf(place, sizeof(place), "models/%s", name);
        read = resource_read(path, place, &data, &length, &owned, err);
    }
    json_t *config = read ? json_parse_config(data, length, place, err) : NULL;
    memory_free(owned);
    return config;
}

/* Load the model of a CASE: its config and what it overrides, its class and
 * its transformers.
 */
static inline struct model *case_model_new(const struct resource_path *path,
                                           const char *folder,
                                           const json_t *a_case,
                                           struct error *err)
{
    char file[] = "/tmp/loraexplore-case-XXXXXX";
    struct model_options options = {
        .transformers = case_text(a_case, "transformers")[0] == '4' ? 4 : 5,
        .class_name = case_text(a_case, "class")};
    json_t *config =
        case_config_new(path, folder, case_text(a_case, "config"), err);
    if (config == NULL) {
        return NULL;
    }
    case_merge(config, json_object_get(a_case, "config_override"));
    int descriptor = mkstemp(file);
    bool written = descriptor >= 0 && json_dumpfd(config, descriptor, 0) == 0;
    json_decref(config);
    if (descriptor >= 0) {
        close(descriptor);
    }
    struct model *model =
        written ? model_load(path, file, &options, err) : NULL;
    unlink(file);
    return model;
}

/* A set of names, as far as comparing needs it: how many, and a sum of hashes
 * that does not depend on their order.
 */
struct case_names {
    uint64_t count, sum;
};

static inline bool case_names_equal(const struct case_names *a,
                                    const struct case_names *b)
{
    return a->count == b->count && a->sum == b->sum;
}

static inline void case_names_add(struct case_names *names, const char *name)
{
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */
    for (const char *at = name; *at != '\0'; at++) {
        hash = (hash ^ (unsigned char)*at) * UINT64_C(1099511628211);
    }
    names->count++;
    names->sum += hash ^ (hash >> 29);
}

/* Add what NAME and then the collapsed REST stand for: "a.{0-3,7}.b" is five
 * names, two braces are a product.  NAME ends as it came.
 */
static inline void case_names_expand(struct case_names *names,
                                     struct text *name, const char *rest)
{
    size_t length = name->length;
    const char *open = strchr(rest, '{');
    const char *close = open == NULL ? NULL : strchr(open, '}');
    if (close == NULL) {
        text_append(name, rest);
        case_names_add(names, text_string(name));
        name->length = length;
        return;
    }
    for (const char *at = open + 1; at < close;) {
        char *end = NULL;
        unsigned long first = strtoul(at, &end, 10);
        unsigned long last = *end == '-' ? strtoul(end + 1, &end, 10) : first;
        for (unsigned long i = first; i <= last; i++) {
            text_append_bytes(name, rest, (size_t)(open - rest));
            text_appendf(name, "%lu", i);
            case_names_expand(names, name, close + 1);
            name->length = length;
        }
        at = end + 1;
    }
}

/* The names that a list of collapsed lines stands for. */
static inline struct case_names case_names_of(const json_t *lines)
{
    struct case_names names = {0};
    struct text name = {0};
    for (size_t i = 0; i < json_array_size(lines); i++) {
        case_names_expand(&names, &name,
                          json_string_value(json_array_get(lines, i)));
    }
    text_clear(&name);
    return names;
}

/* A module's own name, or that of its weight where target_parameters reach a
 * layer: "q_proj.weight".
 */
static inline const char *case_weight(const struct count_row *row)
{
    bool layer = row->parameter && module_is_layer(&row->module) &&
                 !text_ends(row->module.pattern, ".weight");
    return layer ? ".weight" : "";
}

/* The names with an adapter, of modules or of target_parameters. */
static inline struct case_names case_names_matched(const struct count *count,
                                                   bool parameters)
{
    struct case_names names = {0};
    struct text name = {0};
    for (size_t i = 0; i < count->row_count; i++) {
        const struct count_row *row = &count->rows[i];
        for (uint64_t copy = 0; row->matched && row->parameter == parameters &&
                                copy < row->module.copies;
             copy++) {
            name.length = 0;
            module_append_name(&row->module, copy, &name);
            text_append(&name, case_weight(row));
            case_names_add(&names, text_string(&name));
        }
    }
    text_clear(&name);
    return names;
}

/* The names of a list as settings and counts keep one, each once. */
static inline json_t *case_list_new(const char *joined)
{
    json_t *set = json_object();
    const char *cursor = joined;
    size_t length = 0;
    for (const char *at = settings_next_target(&cursor, &length); at != NULL;
         at = settings_next_target(&cursor, &length)) {
        char name[CASES_NAME_SIZE];
        snprintf(name, sizeof(name), "%.*s", (int)length, at);
        for (char *c = name; *c != '\0'; c++) {
            *c = *c == TARGET_COMMA ? ',' : *c;
        }
        json_object_set_new(set, name, json_true());
    }
    return set;
}

/* Is JOINED the same set as LIST, PEFT's list, or its one string? */
static inline bool case_list_equal(const char *joined, const json_t *list)
{
    if (json_is_string(list)) {
        return strcmp(joined, json_string_value(list)) == 0;
    }
    json_t *ours = case_list_new(joined);
    json_t *theirs = json_object();
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_object_set_new(theirs, json_string_value(json_array_get(list, i)),
                            json_true());
    }
    bool equal = json_equal(ours, theirs) == 1;
    json_decref(ours);
    json_decref(theirs);
    return equal;
}

#endif
