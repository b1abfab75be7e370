/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Evaluating a family's formulas over one config.
 */
#include "model/builder.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "base/units.h"

enum {
    REPEATS_MOST = 65536,   /* layers, experts: far above any real model */
    LOOKUPS_MOST = 5000000, /* ends a formula that doubles at each let */
    KEY_SIZE = 512,
};

static const json_t *config_get(const json_t *config, const char *key)
{
    char part[KEY_SIZE];
    while (config != NULL && key != NULL) {
        const char *dot = strchr(key, '.');
        size_t length = dot != NULL ? (size_t)(dot - key) : strlen(key);
        snprintf(part, sizeof(part), "%.*s", (int)length, key);
        config = json_object_get(config, part);
        key = dot != NULL ? dot + 1 : NULL;
    }
    return config;
}

static struct value labels(const json_t *config)
{
    struct value value =
        value_from_json(json_object_get(config, "num_labels"), "num_labels");
    const json_t *names = json_object_get(config, "id2label");
    if (value.kind != VALUE_NULL) {
        return value;
    }
    size_t count = json_object_size(names);
    return value_integer(count > 0 ? (int64_t)count : 2);
}

static bool is_active(const struct builder *builder,
                      const struct architecture_binding *let)
{
    for (unsigned i = 0; i < builder->depth; i++) {
        if (builder->active[i] == let) {
            return true;
        }
    }
    return false;
}

static const struct architecture_binding *find_let(
    const struct builder *builder, const char *name)
{
    const struct architecture *from = builder->architecture;
    for (size_t i = 0; i < from->let_count; i++) {
        if (strcmp(from->lets[i].name, name) == 0) {
            return is_active(builder, &from->lets[i]) ? NULL : &from->lets[i];
        }
    }
    return NULL;
}

int builder_find_loop(const struct builder *builder, const char *name)
{
    const struct architecture *from = builder->architecture;
    for (size_t i = 0; i < from->loop_count && i < BUILDER_LOOPS; i++) {
        if (strcmp(from->loops[i].name, name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

static bool lookup(void *payload, const char *name, struct value *value,
                   struct error *err);

static bool evaluate(struct builder *builder, const struct expression *formula,
                     struct value *value)
{
    struct expression_scope scope = {lookup, builder};
    return expression_evaluate(formula, &scope, value, builder->err);
}

static bool lookup_let(struct builder *builder,
                       const struct architecture_binding *let,
                       struct value *value)
{
    if (builder->depth == BUILDER_LETS) {
        return error_set(builder->err, ERROR_FORMAT,
                         "let %s: nested too deeply", let->name);
    }
    builder->active[builder->depth++] = let;
    bool done = evaluate(builder, let->value, value);
    builder->depth--;
    return done;
}

/* Loop variable, let, pseudo-key, config key: the first that knows the name.
 * A let sees the config key of its own name.
 */
static bool lookup(void *payload, const char *name, struct value *value,
                   struct error *err)
{
    struct builder *builder = payload;
    int loop = builder_find_loop(builder, name);
    if (++builder->lookups > LOOKUPS_MOST) {
        return error_set(err, ERROR_FORMAT, "the architecture never ends");
    }
    if (loop >= 0 && builder->bound[loop]) {
        *value = value_integer(builder->index[loop]);
        return true;
    }
    const struct architecture_binding *let = find_let(builder, name);
    if (let != NULL) {
        return lookup_let(builder, let, value);
    }
    if (strcmp(name, "transformers") == 0) {
        *value = value_integer(builder->inventory->transformers);
    } else if (strcmp(name, "head") == 0) {
        *value = (struct value){.kind = VALUE_TEXT,
                                .text = builder->inventory->head};
    } else if (strcmp(name, "labels") == 0) {
        *value = labels(builder->config);
    } else {
        *value = value_from_json(config_get(builder->config, name), name);
    }
    return true;
}

/* ---- which loop variable a row depends on ------------------------------- */

struct dependence {
    struct builder *builder;
    unsigned mask;                /* bit i: loop i */
    bool seen[ARCHITECTURE_LETS]; /* lets looked into: once is enough */
    unsigned depth;
};

static bool visit_name(void *payload, const char *name, bool literal)
{
    struct dependence *seen = payload;
    if (literal) {
        return true;
    }
    int loop = builder_find_loop(seen->builder, name);
    if (loop >= 0) {
        seen->mask |= 1U << loop;
        return true;
    }
    const struct architecture_binding *let = find_let(seen->builder, name);
    if (let == NULL || seen->depth == BUILDER_LETS) {
        return true;
    }
    size_t which = (size_t)(let - seen->builder->architecture->lets);
    if (seen->seen[which]) {
        return true;
    }
    seen->seen[which] = true;
    seen->depth++;
    seen->builder->active[seen->builder->depth++] = let;
    bool done = expression_visit(let->value, visit_name, seen);
    seen->builder->depth--;
    seen->depth--;
    return done;
}

unsigned builder_dependence(struct builder *builder,
                            const struct architecture_row *row)
{
    struct dependence seen = {.builder = builder};
    const struct expression *parts[] = {row->when, row->bias, row->tied};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (parts[i] != NULL) {
            expression_visit(parts[i], visit_name, &seen);
        }
    }
    for (unsigned i = 0; i < row->dimensions; i++) {
        expression_visit(row->shape[i], visit_name, &seen);
    }
    return seen.mask;
}

/* ---- numbers, or a sentence ---------------------------------------------- */

static bool fail_missing(struct builder *builder, const char *key,
                         const char *name)
{
    const char *keys[256];
    size_t count = 0;
    const char *known = NULL;
    if (config_get(builder->config, key) != NULL) {
        return error_set(builder->err, ERROR_FORMAT,
                         "%s is null, a whole number is needed for %s", key,
                         name);
    }
    const json_t *unused = NULL;
    json_object_foreach((json_t *)(uintptr_t)builder->config, known, unused)
    {
        if (count < sizeof(keys) / sizeof(keys[0])) {
            keys[count++] = known;
        }
    }
    struct text near = {0};
    nearest_append(&near, key, keys, count, 2);
    error_set(builder->err, ERROR_FORMAT,
              "the key %s is missing, which model_type %s needs for %s; the "
              "nearest keys in it are %s",
              key, builder->architecture->model_type, name, text_string(&near));
    text_clear(&near);
    return false;
}

/* The spellings that Python's JSON has beyond the standard; see json.h. */
static bool is_odd_real(const char *text)
{
    return strcmp(text, "NaN") == 0 || strcmp(text, "Infinity") == 0 ||
           strcmp(text, "-Infinity") == 0;
}

static bool fail_number(struct builder *builder, const struct value *value,
                        const char *name)
{
    char number[UNITS_SIZE];
    const char *key = value->key != NULL ? value->key : name;
    switch (value->kind) {
    case VALUE_NULL:
        if (value->by_zero) {
            return error_set(builder->err, ERROR_FORMAT,
                             "%s is 0, and %s needs to divide by it", key,
                             name);
        }
        return fail_missing(builder, key, name);
    case VALUE_INTEGER:
        return error_set(builder->err, ERROR_FORMAT,
                         "%s is %" PRId64 ", a positive whole number is needed "
                         "for %s",
                         key, value->integer, name);
    case VALUE_REAL:
        return error_set(builder->err, ERROR_FORMAT,
                         "%s is %s, a whole number is needed for %s", key,
                         units_real(number, value->real), name);
    case VALUE_TEXT:
        return error_set(builder->err, ERROR_FORMAT,
                         is_odd_real(value->text)
                             ? "%s is %.40s, a whole number is needed for %s"
                             : "%s is the text \"%.40s\", a whole number is "
                               "needed for %s",
                         key, value->text, name);
    case VALUE_JSON:
        break;
    }
    return error_set(
        builder->err, ERROR_FORMAT,
        "%s is a list or an object, a whole number is needed for %s", key,
        name);
}

static bool evaluate_size(struct builder *builder,
                          const struct expression *formula, const char *name,
                          uint64_t *out)
{
    struct value value;
    if (!evaluate(builder, formula, &value)) {
        return false;
    }
    if (value.kind != VALUE_INTEGER || value.integer <= 0) {
        return fail_number(builder, &value, name);
    }
    *out = (uint64_t)value.integer;
    return true;
}

bool builder_flag(struct builder *builder, const struct expression *formula,
                  bool absent, bool *out)
{
    struct value value;
    *out = absent;
    if (formula == NULL) {
        return true;
    }
    if (!evaluate(builder, formula, &value)) {
        return false;
    }
    *out = value_is_true(&value);
    return true;
}

bool builder_limit(struct builder *builder, int loop, uint32_t *out)
{
    const struct architecture_binding *limit =
        &builder->architecture->loops[loop];
    struct value value;
    char number[UNITS_SIZE];
    if (!evaluate(builder, limit->value, &value)) {
        return false;
    }
    if (value.kind != VALUE_INTEGER || value.integer < 0) {
        return fail_number(builder, &value, "the number of repetitions");
    }
    if (value.integer > REPEATS_MOST) {
        return error_set(builder->err, ERROR_RANGE,
                         "%s is %s, more than the 65,536 repetitions that any "
                         "model has",
                         value.key != NULL ? value.key : limit->name,
                         units_count(number, (uint64_t)value.integer));
    }
    *out = (uint32_t)value.integer;
    return true;
}

bool builder_variant(struct builder *builder,
                     const struct architecture_row *row,
                     struct variant *variant)
{
    *variant = (struct variant){0};
    if (!builder_flag(builder, row->when, true, &variant->exists)) {
        return false;
    }
    if (!variant->exists) {
        return true;
    }
    for (unsigned i = 0; i < row->dimensions; i++) {
        if (!evaluate_size(builder, row->shape[i], row->name,
                           &variant->shape[i])) {
            return false;
        }
    }
    return builder_flag(builder, row->bias, false, &variant->bias) &&
           builder_flag(builder, row->tied, false, &variant->tied);
}
