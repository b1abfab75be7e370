/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A family's rows and a config's numbers make an inventory.
 */
#include "model/instantiate.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "base/units.h"

enum {
    REPEATS_MOST = 65536,    /* layers, experts: far above any real model */
    LOOKUPS_MOST = 50000000, /* ends a formula that doubles at each let */
    DEPTH_MOST = 40,         /* lets within lets */
    NAME_SIZE = 512,
    LOOPS_MOST = 16,
};

struct builder {
    struct inventory *inventory;
    const struct architecture *architecture;
    const json_t *config;
    uint32_t index[LOOPS_MOST]; /* of each loop, while a row is evaluated */
    bool bound[LOOPS_MOST];
    const struct architecture_binding *active[DEPTH_MOST]; /* lets being read */
    unsigned depth;
    uint64_t lookups;
    size_t capacity; /* of inventory->modules, before they move to the arena */
    struct module *modules;
    struct error *err;
};

/* One shape that a row takes, and for which indices. */
struct variant {
    uint64_t shape[MODULE_DIMENSIONS];
    bool exists, bias, tied;
};

static const json_t *config_get(const json_t *config, const char *key) {
    char part[NAME_SIZE];
    while (config != NULL && key != NULL) {
        const char *dot = strchr(key, '.');
        size_t length = dot != NULL ? (size_t)(dot - key) : strlen(key);
        snprintf(part, sizeof(part), "%.*s", (int)length, key);
        config = json_object_get(config, part);
        key = dot != NULL ? dot + 1 : NULL;
    }
    return config;
}

static struct value labels(const json_t *config) {
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
                      const struct architecture_binding *let) {
    for (unsigned i = 0; i < builder->depth; i++) {
        if (builder->active[i] == let) {
            return true;
        }
    }
    return false;
}

static const struct architecture_binding *
find_let(const struct builder *builder, const char *name) {
    const struct architecture *from = builder->architecture;
    for (size_t i = 0; i < from->let_count; i++) {
        if (strcmp(from->lets[i].name, name) == 0) {
            return is_active(builder, &from->lets[i]) ? NULL : &from->lets[i];
        }
    }
    return NULL;
}

static int find_loop(const struct builder *builder, const char *name) {
    const struct architecture *from = builder->architecture;
    for (size_t i = 0; i < from->loop_count && i < LOOPS_MOST; i++) {
        if (strcmp(from->loops[i].name, name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

static bool lookup(void *payload, const char *name, struct value *value,
                   struct error *err);

static bool evaluate(struct builder *builder, const struct expression *formula,
                     struct value *value) {
    struct expression_scope scope = {lookup, builder};
    return expression_evaluate(formula, &scope, value, builder->err);
}

static bool lookup_let(struct builder *builder,
                       const struct architecture_binding *let,
                       struct value *value) {
    if (builder->depth == DEPTH_MOST) {
        return error_set(builder->err, ERROR_FORMAT, "let %s: nested too deeply",
                         let->name);
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
                   struct error *err) {
    struct builder *builder = payload;
    int loop = find_loop(builder, name);
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
    unsigned mask; /* bit i: loop i */
    unsigned depth;
};

static bool visit_name(void *payload, const char *name, bool literal) {
    struct dependence *seen = payload;
    if (literal) {
        return true;
    }
    int loop = find_loop(seen->builder, name);
    if (loop >= 0) {
        seen->mask |= 1U << loop;
        return true;
    }
    const struct architecture_binding *let = find_let(seen->builder, name);
    if (let == NULL || seen->depth == DEPTH_MOST) {
        return true;
    }
    seen->depth++;
    seen->builder->active[seen->builder->depth++] = let;
    bool done = expression_visit(let->value, visit_name, seen);
    seen->builder->depth--;
    seen->depth--;
    return done;
}

static unsigned row_dependence(struct builder *builder,
                               const struct architecture_row *row) {
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
                         const char *name) {
    const char *keys[256];
    size_t count = 0;
    const char *known = NULL;
    const json_t *unused = NULL;
    json_object_foreach((json_t *)(uintptr_t)builder->config, known, unused) {
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
static bool is_odd_real(const char *text) {
    return strcmp(text, "NaN") == 0 || strcmp(text, "Infinity") == 0 ||
           strcmp(text, "-Infinity") == 0;
}

static bool fail_number(struct builder *builder, const struct value *value,
                        const char *name) {
    char number[UNITS_SIZE];
    const char *key = value->key != NULL ? value->key : name;
    switch (value->kind) {
    case VALUE_NULL:
        if (value->by_zero) {
            return error_set(builder->err, ERROR_FORMAT,
                             "%s is 0, and %s needs to divide by it", key, name);
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
    return error_set(builder->err, ERROR_FORMAT,
                     "%s is a list or an object, a whole number is needed for %s",
                     key, name);
}

static bool evaluate_size(struct builder *builder,
                          const struct expression *formula, const char *name,
                          uint64_t *out) {
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

static bool evaluate_flag(struct builder *builder,
                          const struct expression *formula, bool absent,
                          bool *out) {
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

static bool evaluate_limit(struct builder *builder, int loop, uint32_t *out) {
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

static bool evaluate_variant(struct builder *builder,
                             const struct architecture_row *row,
                             struct variant *variant) {
    *variant = (struct variant){0};
    if (!evaluate_flag(builder, row->when, true, &variant->exists)) {
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
    return evaluate_flag(builder, row->bias, false, &variant->bias) &&
           evaluate_flag(builder, row->tied, false, &variant->tied);
}

static bool variants_equal(const struct variant *a, const struct variant *b) {
    return a->exists == b->exists && a->bias == b->bias && a->tied == b->tied &&
           memcmp(a->shape, b->shape, sizeof(a->shape)) == 0;
}

/* ---- names --------------------------------------------------------------- */

/* The name under this version and class: renamed, its backbone's prefix gone.
 * False without an error when the bare model has no such part.
 */
static bool final_name(const struct builder *builder, const char *name,
                       char out[NAME_SIZE]) {
    const struct architecture *from = builder->architecture;
    char renamed[NAME_SIZE];
    snprintf(out, NAME_SIZE, "%s", name);
    for (size_t i = 0;
         i < from->rename_count && builder->inventory->transformers == 5; i++) {
        const char *hit = strstr(out, from->renames[i].from);
        if (hit != NULL) {
            snprintf(renamed, sizeof(renamed), "%.*s%s%s", (int)(hit - out), out,
                     from->renames[i].to, hit + strlen(from->renames[i].from));
            snprintf(out, NAME_SIZE, "%s", renamed);
        }
    }
    if (strcmp(builder->inventory->head, "base") != 0 || from->backbone == NULL) {
        return true;
    }
    size_t prefix = strlen(from->backbone);
    if (strncmp(out, from->backbone, prefix) != 0 || out[prefix] != '.') {
        return false;
    }
    memmove(out, out + prefix + 1, strlen(out + prefix + 1) + 1);
    return true;
}

/* The last dotted part; of a bare parameter called weight, the last two. */
static const char *find_leaf(const char *pattern) {
    const char *leaf = pattern;
    const char *before = pattern;
    for (const char *at = strchr(pattern, '.'); at != NULL;
         at = strchr(at + 1, '.')) {
        before = leaf;
        leaf = at + 1;
    }
    return strcmp(leaf, "weight") == 0 ? before : leaf;
}

/* Fill pattern, name and leaf of MODULE, whose axes are set. */
static bool set_names(struct builder *builder, struct module *module,
                      const char *name) {
    struct arena *arena = &builder->inventory->arena;
    struct text pattern = {0};
    for (const char *at = name; *at != '\0';) {
        const char *close = *at == '{' ? strchr(at, '}') : NULL;
        if (close != NULL) {
            text_append(&pattern, "{}");
            at = close + 1;
        } else {
            text_append_bytes(&pattern, at++, 1);
        }
    }
    module->pattern =
        text_ok(&pattern, builder->err)
            ? arena_copy(arena, pattern.data, pattern.length, builder->err)
            : NULL;
    text_clear(&pattern);
    if (module->pattern == NULL) {
        return false;
    }
    module->leaf = find_leaf(module->pattern);
    return module_set_name(module, arena, builder->err);
}

/* The loops whose variables stand in NAME, in order; -1 for an unknown one. */
static int name_loops(const struct builder *builder, const char *name,
                      int loops[MODULE_AXES]) {
    int count = 0;
    for (const char *at = strchr(name, '{'); at != NULL; at = strchr(at, '{')) {
        char variable[16];
        size_t length = strcspn(at + 1, "}");
        snprintf(variable, sizeof(variable), "%.*s", (int)length, at + 1);
        int loop = find_loop(builder, variable);
        if (loop < 0 || count == MODULE_AXES) {
            return -1;
        }
        loops[count++] = loop;
        at += length;
    }
    return count;
}

/* ---- rows to modules ------------------------------------------------------ */

static bool full_set(struct builder *builder, uint32_t limit,
                     struct index_set *set) {
    struct index_range *range =
        arena_new(&builder->inventory->arena, 1, sizeof(*range), builder->err);
    if (range == NULL) {
        return false;
    }
    *range = (struct index_range){0, limit > 0 ? limit - 1 : 0};
    *set = (struct index_set){range, 1, limit};
    return true;
}

/* The indices of `chosen` (one flag each) as ranges. */
static bool flagged_set(struct builder *builder, const size_t *variant_of,
                        size_t variant, uint32_t limit, struct index_set *set) {
    size_t count = 0;
    for (uint32_t i = 0; i < limit; i++) {
        count += variant_of[i] == variant &&
                 (i == 0 || variant_of[i - 1] != variant);
    }
    struct index_range *ranges = arena_new(&builder->inventory->arena, count,
                                           sizeof(*ranges), builder->err);
    if (ranges == NULL) {
        return false;
    }
    *set = (struct index_set){ranges, count, 0};
    size_t at = 0;
    for (uint32_t i = 0; i < limit; i++) {
        if (variant_of[i] != variant) {
            continue;
        }
        bool starts = i == 0 || variant_of[i - 1] != variant;
        if (starts) {
            ranges[at++].first = i;
        }
        ranges[at - 1].last = i;
        set->count++;
    }
    return true;
}

static bool add_total(struct builder *builder, const struct module *module) {
    uint64_t weight = 1;
    uint64_t sum = 0;
    bool fits = true;
    for (unsigned i = 0; i < module->dimensions; i++) {
        fits = fits && checked_mul(weight, module->shape[i], &weight);
    }
    fits = fits && checked_add(module->tied ? 0 : weight,
                               module_bias_elements(module), &sum) &&
           checked_mul(sum, module->copies, &sum) &&
           checked_add(builder->inventory->parameters, sum,
                       &builder->inventory->parameters);
    return fits || error_set(builder->err, ERROR_RANGE,
                             "%s is larger than can be counted (2^64)",
                             module->name);
}

static bool add_module(struct builder *builder, const struct architecture_row *row,
                       const char *name, const struct variant *variant,
                       const struct index_set *axes, unsigned axis_count) {
    struct inventory *to = builder->inventory;
    struct module module = {.kind = row->kind, .dimensions = row->dimensions,
                            .bias = variant->bias, .tied = variant->tied,
                            .output = row->output, .axes = axis_count,
                            .copies = 1};
    memcpy(module.shape, variant->shape, sizeof(module.shape));
    for (unsigned i = 0; i < axis_count; i++) {
        module.axis[i] = axes[i];
        if (!checked_mul(module.copies, axes[i].count, &module.copies)) {
            return error_set(builder->err, ERROR_RANGE, "too many copies of %s",
                             name);
        }
    }
    if (module.copies == 0) {
        return true;
    }
    struct module *grown = memory_grow(builder->modules, &builder->capacity,
                                       to->count + 1, sizeof(module),
                                       builder->err);
    if (grown == NULL) {
        return false;
    }
    builder->modules = grown;
    if (!set_names(builder, &module, name) || !add_total(builder, &module)) {
        return false;
    }
    builder->modules[to->count++] = module;
    return true;
}

/* Sets of all axes but VARYING, which is the caller's (-1: none). */
static bool fixed_axes(struct builder *builder, const int *loops, int count,
                       int varying, struct index_set *axes) {
    for (int i = 0; i < count; i++) {
        uint32_t limit = 0;
        if (i == varying) {
            continue;
        }
        if (!evaluate_limit(builder, loops[i], &limit) ||
            !full_set(builder, limit, &axes[i])) {
            return false;
        }
    }
    return true;
}

/* A row whose formulas read the loop variable of axis VARYING. */
static bool add_varying_row(struct builder *builder,
                            const struct architecture_row *row, const char *name,
                            const int *loops, int count, int varying) {
    struct index_set axes[MODULE_AXES];
    uint32_t limit = 0;
    int loop = loops[varying];
    if (!evaluate_limit(builder, loop, &limit)) {
        return false;
    }
    struct variant *variants = memory_new(limit + 1, sizeof(*variants), builder->err);
    size_t *variant_of = memory_new(limit + 1, sizeof(*variant_of), builder->err);
    bool done = variants != NULL && variant_of != NULL;
    size_t distinct = 0;
    builder->bound[loop] = true;
    for (uint32_t i = 0; done && i < limit; i++) {
        builder->index[loop] = i;
        done = evaluate_variant(builder, row, &variants[distinct]);
        size_t same = 0;
        while (done && !variants_equal(&variants[same], &variants[distinct])) {
            same++;
        }
        distinct += done && same == distinct;
        variant_of[i] = same;
    }
    builder->bound[loop] = false;
    for (size_t i = 0; done && i < distinct; i++) {
        done = !variants[i].exists ||
               (fixed_axes(builder, loops, count, varying, axes) &&
                flagged_set(builder, variant_of, i, limit, &axes[varying]) &&
                add_module(builder, row, name, &variants[i], axes,
                           (unsigned)count));
    }
    memory_free(variants);
    memory_free(variant_of);
    return done;
}

static bool add_row(struct builder *builder, const struct architecture_row *row) {
    char name[NAME_SIZE];
    int loops[MODULE_AXES];
    struct index_set axes[MODULE_AXES];
    struct variant variant;
    if (!final_name(builder, row->name, name)) {
        return true;
    }
    int count = name_loops(builder, name, loops);
    if (count < 0) {
        return error_set(builder->err, ERROR_FORMAT,
                         "%s: an index that no `for` declares", row->name);
    }
    unsigned mask = row_dependence(builder, row);
    for (int i = 0; i < count; i++) {
        if ((mask & (1U << loops[i])) != 0) {
            return add_varying_row(builder, row, name, loops, count, i);
        }
    }
    if (!evaluate_variant(builder, row, &variant)) {
        return false;
    }
    return !variant.exists ||
           (fixed_axes(builder, loops, count, -1, axes) &&
            add_module(builder, row, name, &variant, axes, (unsigned)count));
}

static bool keep_text(struct inventory *inventory, const char *text,
                      const char **out, struct error *err) {
    *out = text == NULL
               ? NULL
               : arena_copy(&inventory->arena, text, strlen(text), err);
    return text == NULL || *out != NULL;
}

static bool keep_refused(struct inventory *inventory,
                         const struct architecture *from, struct error *err) {
    const char **refused = arena_new(&inventory->arena, from->refused_count + 1,
                                     sizeof(*refused), err);
    if (refused == NULL) {
        return false;
    }
    for (size_t i = 0; i < from->refused_count; i++) {
        if (!keep_text(inventory, from->refused[i], &refused[i], err)) {
            return false;
        }
    }
    inventory->refused = refused;
    inventory->refused_count = from->refused_count;
    return true;
}

static bool set_layers(struct builder *builder) {
    uint32_t layers = 0;
    if (builder->architecture->loop_count > 0 &&
        !evaluate_limit(builder, 0, &layers)) {
        return false;
    }
    builder->inventory->layers = layers;
    return true;
}

static bool keep_modules(struct builder *builder) {
    struct inventory *to = builder->inventory;
    to->modules = arena_new(&to->arena, to->count, sizeof(*to->modules),
                            builder->err);
    if (to->modules == NULL) {
        return false;
    }
    memcpy(to->modules, builder->modules, to->count * sizeof(*to->modules));
    return true;
}

bool inventory_init(struct inventory *inventory,
                    const struct architecture *architecture,
                    const json_t *config, const char *class_name,
                    const char *head, unsigned transformers, struct error *err) {
    *inventory = (struct inventory){.transformers = transformers};
    struct builder builder = {.inventory = inventory,
                              .architecture = architecture,
                              .config = config, .err = err};
    bool done = keep_text(inventory, architecture->model_type,
                          &inventory->model_type, err) &&
                keep_text(inventory, class_name, &inventory->class_name, err) &&
                keep_text(inventory, head, &inventory->head, err) &&
                keep_text(inventory, architecture->experts5,
                          &inventory->experts5, err) &&
                keep_refused(inventory, architecture, err) &&
                set_layers(&builder);
    for (size_t i = 0; done && i < architecture->row_count; i++) {
        done = add_row(&builder, &architecture->rows[i]);
    }
    if (done && inventory->count == 0) {
        done = error_set(err, ERROR_UNSUPPORTED, "the model has no parameters");
    }
    done = done && keep_modules(&builder);
    memory_free(builder.modules);
    return done;
}

static bool visit_literal(void *payload, const char *name, bool literal) {
    return !(literal && strcmp(name, payload) == 0);
}

bool architecture_has_head(const struct architecture *architecture,
                           const char *head) {
    char wanted[16];
    snprintf(wanted, sizeof(wanted), "%s", head);
    for (size_t i = 0; i < architecture->row_count; i++) {
        const struct expression *when = architecture->rows[i].when;
        if (when != NULL && !expression_visit(when, visit_literal, wanted)) {
            return true;
        }
    }
    return false;
}
