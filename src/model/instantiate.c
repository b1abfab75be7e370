/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A family's rows and a config's numbers make an inventory.
 */
#include "model/instantiate.h"

#include <stdio.h>
#include <string.h>

#include "model/builder.h"

enum {
    NAME_SIZE = 512,
    COPIES_MOST = 1000000, /* of one pattern; DeepSeek-V3's have 14,848 */
    SHAPES_MOST = 1024,    /* that one pattern takes over its indices */
};

static bool variants_equal(const struct variant *a, const struct variant *b)
{
    return a->exists == b->exists && a->bias == b->bias && a->tied == b->tied &&
           memcmp(a->shape, b->shape, sizeof(a->shape)) == 0;
}

/* ---- names --------------------------------------------------------------- */

/* The first FROM in the name at OUT becomes TO. */
static void rename_once(const struct architecture_rename *rename,
                        char out[NAME_SIZE])
{
    char renamed[NAME_SIZE];
    const char *hit = strstr(out, rename->from);
    if (hit != NULL) {
        snprintf(renamed, sizeof(renamed), "%.*s%s%s", (int)(hit - out), out,
                 rename->to, hit + strlen(rename->from));
        snprintf(out, NAME_SIZE, "%s", renamed);
    }
}

/* The name under this version and class: renamed, its backbone's prefix gone;
 * "" when the bare model has no such part.
 */
static bool final_name(struct builder *builder, const char *name,
                       char out[NAME_SIZE])
{
    const struct architecture *from = builder->architecture;
    snprintf(out, NAME_SIZE, "%s", name);
    for (size_t i = 0; i < from->rename_count; i++) {
        bool holds = false;
        if (!builder_flag(builder, from->renames[i].when, true, &holds)) {
            return false;
        }
        if (holds) {
            rename_once(&from->renames[i], out);
        }
    }
    if (strcmp(builder->inventory->head, "base") != 0 ||
        from->backbone == NULL) {
        return true;
    }
    size_t prefix = strlen(from->backbone);
    if (strncmp(out, from->backbone, prefix) != 0 || out[prefix] != '.') {
        out[0] = '\0';
        return true;
    }
    memmove(out, out + prefix + 1, strlen(out + prefix + 1) + 1);
    return true;
}

/* The last dotted part; of a bare parameter called weight, the last two. */
static const char *find_leaf(const char *pattern)
{
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
                      const char *name)
{
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
                      int loops[MODULE_AXES])
{
    int count = 0;
    for (const char *at = strchr(name, '{'); at != NULL; at = strchr(at, '{')) {
        char variable[16];
        size_t length = strcspn(at + 1, "}");
        snprintf(variable, sizeof(variable), "%.*s", (int)length, at + 1);
        int loop = builder_find_loop(builder, variable);
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
                     struct index_set *set)
{
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
                        size_t variant, uint32_t limit, struct index_set *set)
{
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

static bool add_total(struct builder *builder, const struct module *module)
{
    uint64_t weight = 1;
    uint64_t sum = 0;
    bool fits = true;
    for (unsigned i = 0; i < module->dimensions; i++) {
        fits = fits && checked_mul(weight, module->shape[i], &weight);
    }
    fits = fits &&
           checked_add(module->tied ? 0 : weight, module_bias_elements(module),
                       &sum) &&
           checked_mul(sum, module->copies, &sum) &&
           checked_add(builder->inventory->parameters, sum,
                       &builder->inventory->parameters);
    return fits ||
           error_set(builder->err, ERROR_RANGE,
                     "%s is larger than can be counted (2^64)", module->name);
}

static bool push(struct builder *builder, struct module_list *list,
                 const struct module *module)
{
    struct module *grown =
        memory_grow(list->items, &list->capacity, list->count + 1,
                    sizeof(*module), builder->err);
    if (grown == NULL) {
        return false;
    }
    list->items = grown;
    list->items[list->count++] = *module;
    return true;
}

static bool add_module(struct builder *builder,
                       const struct architecture_row *row, const char *name,
                       const struct variant *variant,
                       const struct index_set *axes, unsigned axis_count)
{
    bool counted = !row->plain && !row->buffer;
    struct module module = {.kind = row->kind,
                            .dimensions = row->dimensions,
                            .bias = variant->bias,
                            .tied = variant->tied,
                            .output = row->output,
                            .buffer = row->buffer,
                            .axes = axis_count,
                            .copies = 1};
    memcpy(module.shape, variant->shape, sizeof(module.shape));
    for (unsigned i = 0; i < axis_count; i++) {
        module.axis[i] = axes[i];
        if (!checked_mul(module.copies, axes[i].count, &module.copies) ||
            module.copies > COPIES_MOST) {
            return error_set(builder->err, ERROR_RANGE,
                             "%s has more than the 1,000,000 copies that any "
                             "model has",
                             name);
        }
    }
    if (module.copies == 0) {
        return true;
    }
    return set_names(builder, &module, name) &&
           (!counted || add_total(builder, &module)) &&
           push(builder,
                row->plain    ? &builder->plains
                : row->buffer ? &builder->buffers
                              : &builder->modules,
                &module);
}

/* Sets of all axes but VARYING, which is the caller's (-1: none). */
static bool fixed_axes(struct builder *builder, const int *loops, int count,
                       int varying, struct index_set *axes)
{
    for (int i = 0; i < count; i++) {
        uint32_t limit = 0;
        if (i == varying) {
            continue;
        }
        if (!builder_limit(builder, loops[i], &limit) ||
            !full_set(builder, limit, &axes[i])) {
            return false;
        }
    }
    return true;
}

/* A row whose formulas read the loop variable of axis VARYING. */
static bool add_varying_row(struct builder *builder,
                            const struct architecture_row *row,
                            const char *name, const int *loops, int count,
                            int varying)
{
    struct index_set axes[MODULE_AXES];
    uint32_t limit = 0;
    int loop = loops[varying];
    if (!builder_limit(builder, loop, &limit)) {
        return false;
    }
    struct variant *variants =
        memory_new(limit + 1, sizeof(*variants), builder->err);
    size_t *variant_of =
        memory_new(limit + 1, sizeof(*variant_of), builder->err);
    bool done = variants != NULL && variant_of != NULL;
    size_t distinct = 0;
    builder->bound[loop] = true;
    for (uint32_t i = 0; done && i < limit; i++) {
        builder->index[loop] = i;
        done = builder_variant(builder, row, &variants[distinct]);
        size_t same = 0;
        while (done && !variants_equal(&variants[same], &variants[distinct])) {
            same++;
        }
        distinct += done && same == distinct;
        if (done && distinct > SHAPES_MOST) {
            done = error_set(builder->err, ERROR_RANGE,
                             "%s has more than 1,024 different shapes", name);
        }
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

static bool add_row(struct builder *builder, const struct architecture_row *row)
{
    char name[NAME_SIZE];
    int loops[MODULE_AXES];
    struct index_set axes[MODULE_AXES];
    struct variant variant;
    if (!final_name(builder, row->name, name)) {
        return false;
    }
    if (name[0] == '\0') {
        return true;
    }
    int count = name_loops(builder, name, loops);
    if (count < 0) {
        return error_set(builder->err, ERROR_FORMAT,
                         "%s: an index that no `for` declares", row->name);
    }
    unsigned mask = builder_dependence(builder, row);
    for (int i = 0; i < count; i++) {
        if ((mask & (1U << loops[i])) != 0) {
            return add_varying_row(builder, row, name, loops, count, i);
        }
    }
    if (!builder_variant(builder, row, &variant)) {
        return false;
    }
    return !variant.exists ||
           (fixed_axes(builder, loops, count, -1, axes) &&
            add_module(builder, row, name, &variant, axes, (unsigned)count));
}

static bool keep_text(struct inventory *inventory, const char *text,
                      const char **out, struct error *err)
{
    *out = text == NULL
               ? NULL
               : arena_copy(&inventory->arena, text, strlen(text), err);
    return text == NULL || *out != NULL;
}

static bool keep_refused(struct inventory *inventory,
                         const struct architecture *from, struct error *err)
{
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

static bool set_layers(struct builder *builder)
{
    uint32_t layers = 0;
    if (builder->architecture->loop_count > 0 &&
        !builder_limit(builder, 0, &layers)) {
        return false;
    }
    builder->inventory->layers = layers;
    return true;
}

static bool keep_list(struct builder *builder, const struct module_list *list,
                      struct module **items, size_t *count)
{
    *items = arena_new(&builder->inventory->arena, list->count, sizeof(**items),
                       builder->err);
    if (*items == NULL) {
        return false;
    }
    if (list->count > 0) {
        memcpy(*items, list->items, list->count * sizeof(**items));
    }
    *count = list->count;
    return true;
}

static bool keep_modules(struct builder *builder)
{
    struct inventory *to = builder->inventory;
    return keep_list(builder, &builder->modules, &to->modules, &to->count) &&
           keep_list(builder, &builder->buffers, &to->buffers,
                     &to->buffer_count) &&
           keep_list(builder, &builder->plains, &to->plains, &to->plain_count);
}

bool inventory_init(struct inventory *inventory,
                    const struct architecture *architecture, json_t *config,
                    const char *class_name, const char *head,
                    unsigned transformers, struct error *err)
{
    *inventory = (struct inventory){.config = json_incref(config),
                                    .transformers = transformers};
    struct builder builder = {.inventory = inventory,
                              .architecture = architecture,
                              .config = config,
                              .err = err};
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
    if (done && builder.modules.count == 0) {
        done = error_set(err, ERROR_UNSUPPORTED, "the model has no parameters");
    }
    done = done && keep_modules(&builder);
    memory_free(builder.modules.items);
    memory_free(builder.buffers.items);
    memory_free(builder.plains.items);
    return done;
}

static bool visit_literal(void *payload, const char *name, bool literal)
{
    return !(literal && strcmp(name, payload) == 0);
}

bool architecture_has_head(const struct architecture *architecture,
                           const char *head)
{
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
