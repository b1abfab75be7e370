/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One model of the look-up: loaded twice, counted under every layout.
 */
#include "explorer/lookup_model.h"

#include <string.h>

#include "adapter/count.h"
#include "adapter/method.h"
#include "base/text.h"

/* ---- totals ---------------------------------------------------------------- */

/* Is it a matrix that 4-bit loading quantises?  The output layer never is. */
static bool is_quantised(const struct module *module)
{
    return module_is_linear(module) && !module->output && !module->tied;
}

/* The rows of the token embedding: those of the output layer, else the most
 * that an embedding has.
 */
static uint64_t vocabulary_rows(const struct inventory *inventory)
{
    uint64_t rows = 0;
    for (size_t i = 0; i < inventory->count; i++) {
        const struct module *module = &inventory->modules[i];
        if (module->output && module->kind == MODULE_LINEAR) {
            return module->shape[0];
        }
        if (module->kind == MODULE_EMBEDDING && module->shape[0] > rows) {
            rows = module->shape[0];
        }
    }
    return rows;
}

/* What one row more of the vocabulary adds in this module. */
static uint64_t row_parameters(const struct module *module, uint64_t rows)
{
    bool is_table = module->kind == MODULE_EMBEDDING || module->output;
    if (!is_table || module->dimensions != 2 || module->shape[0] != rows) {
        return 0;
    }
    uint64_t weight = module->tied ? 0 : module->shape[1];
    return module->copies * (weight + (module->bias ? 1 : 0));
}

/* Sums below the model's own total, which was checked on loading. */
static void sum_totals(const struct inventory *inventory,
                       struct lookup_totals *totals)
{
    uint64_t base = inventory->parameters;
    uint64_t packed = 0;
    uint64_t buffers = 0;
    totals->vocabulary = vocabulary_rows(inventory);
    totals->row = 0;
    for (size_t i = 0; i < inventory->count; i++) {
        const struct module *module = &inventory->modules[i];
        uint64_t elements = module_elements(module);
        totals->row += row_parameters(module, totals->vocabulary);
        if (is_quantised(module)) {
            packed += module->copies * (elements / 2);
            buffers +=
                module->copies * (elements + module_bias_elements(module));
        }
    }
    totals->base[PRINT_TRUE] = base;
    totals->base[PRINT_PACKED] = base - packed;
    totals->base[PRINT_HALVED] = base - packed;
    totals->base[PRINT_BUFFERS] = base - buffers;
}

/* ---- loading --------------------------------------------------------------- */

static bool same_module(const struct module *a, const struct module *b)
{
    return a->kind == b->kind && a->dimensions == b->dimensions &&
           a->bias == b->bias && a->tied == b->tied && a->output == b->output &&
           a->copies == b->copies &&
           memcmp(a->shape, b->shape, sizeof(a->shape)) == 0 &&
           strcmp(a->name, b->name) == 0;
}

static bool are_alike(const struct model *four, const struct model *five)
{
    if (four == NULL || five == NULL ||
        four->inventory.count != five->inventory.count ||
        five->inventory.experts5 != NULL) {
        return false;
    }
    for (size_t i = 0; i < four->inventory.count; i++) {
        if (!same_module(&four->inventory.modules[i],
                         &five->inventory.modules[i])) {
            return false;
        }
    }
    return true;
}

bool lookup_model_load(struct lookup_model *model,
                       const struct resource_path *path, const char *name,
                       const char *class_name, uint64_t labels,
                       struct error *err)
{
    static const unsigned versions[] = {4, 5};
    struct error why = {0};
    *model = (struct lookup_model){0};
    for (size_t i = 0; i < 2; i++) {
        const struct model_options options = {.transformers = versions[i],
                                              .class_name = class_name,
                                              .labels = labels};
        struct error refused = {0};
        model->loaded[i] = model_load(path, name, &options, &refused);
        if (model->loaded[i] == NULL) {
            why = refused;
            continue;
        }
        model->name = model->loaded[i]->name;
        sum_totals(&model->loaded[i]->inventory, &model->totals[i]);
    }
    if (model->name == NULL) {
        *err = why;
        return false;
    }
    model->alike = are_alike(model->loaded[LOADED_4], model->loaded[LOADED_5]);
    return true;
}

void lookup_model_clear(struct lookup_model *model)
{
    model_free(model->loaded[LOADED_4]);
    model_free(model->loaded[LOADED_5]);
    *model = (struct lookup_model){0};
}

static bool has_experts(const struct inventory *inventory)
{
    for (size_t i = 0; i < inventory->count; i++) {
        if (module_is_expert(&inventory->modules[i])) {
            return true;
        }
    }
    return false;
}

static size_t loaded_index(enum lookup_layout layout)
{
    return layout == LAYOUT_4 || layout == LAYOUT_4_LATE ? LOADED_4 : LOADED_5;
}

const struct inventory *lookup_inventory(const struct lookup_model *model,
                                         enum lookup_layout layout)
{
    const struct model *loaded = model->loaded[loaded_index(layout)];
    if (loaded == NULL) {
        return NULL;
    }
    const struct inventory *inventory = &loaded->inventory;
    bool differs = true;
    switch (layout) {
    case LAYOUT_4:
        differs = !model->alike;
        break;
    case LAYOUT_5:
        break;
    case LAYOUT_5_PLAIN:
        differs = inventory->experts5 != NULL;
        break;
    case LAYOUT_EXPERTS:
        differs = has_experts(inventory);
        break;
    case LAYOUT_4_LATE:
        differs = false;
        break;
    }
    return differs ? inventory : NULL;
}

const struct lookup_totals *lookup_model_totals(
    const struct lookup_model *model, enum lookup_layout layout)
{
    return &model->totals[loaded_index(layout)];
}

/* ---- counting -------------------------------------------------------------- */

/* What target_parameters adds for all the experts: r E (in + out) each. */
static bool count_experts(const struct inventory *inventory, uint64_t rank,
                          uint64_t *sum)
{
    for (size_t i = 0; i < inventory->count; i++) {
        const struct module *module = &inventory->modules[i];
        uint64_t each = module_in(module) + module_out(module);
        if (module_is_expert(module) &&
            !(checked_mul(each, module->shape[0], &each) &&
              checked_mul(each, module->copies, &each) &&
              checked_mul(each, rank, &each) && checked_add(*sum, each, sum))) {
            return false;
        }
    }
    return true;
}

uint64_t lookup_sign(uint64_t signature, const struct module *module)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (const char *byte = module->name; *byte != '\0'; byte++) {
        hash = (hash ^ (unsigned char)*byte) * 1099511628211u;
    }
    return signature ^ hash;
}

static uint64_t sign_rows(const struct count *count)
{
    uint64_t signature = 0;
    for (size_t i = 0; i < count->row_count; i++) {
        if (count->rows[i].matched) {
            signature = lookup_sign(signature, &count->rows[i].module);
        }
    }
    return signature;
}

static enum peft_version layout_peft(enum lookup_layout layout)
{
    return layout == LAYOUT_5 || layout == LAYOUT_4_LATE ? PEFT_0_21
                                                         : PEFT_0_18;
}

bool lookup_has_rank(const struct adapter_settings *settings)
{
    return settings->method->rank_key != NULL && settings->rank > 0;
}

bool lookup_model_count(const struct lookup_model *model,
                        const struct resource_path *path,
                        enum lookup_layout layout,
                        const struct adapter_settings *settings, uint64_t rank,
                        struct lookup_count *result, struct error *err)
{
    const struct model *loaded = model->loaded[loaded_index(layout)];
    struct adapter_settings asked = *settings;
    asked.peft = layout_peft(layout);
    struct count count = {0};
    if (rank != asked.rank && !settings_set_rank(&asked, rank, err)) {
        return false;
    }
    if (!count_trainable(&loaded->inventory, path, &asked, &count, err)) {
        return false;
    }
    *result = (struct lookup_count){
        .trainable = count.trainable,
        .added = count.all - count.base,
        .signature = sign_rows(&count),
    };
    count_clear(&count);
    if (layout != LAYOUT_EXPERTS) {
        return true;
    }
    uint64_t experts = 0;
    return (count_experts(&loaded->inventory, rank, &experts) &&
            checked_add(result->trainable, experts, &result->trainable) &&
            checked_add(result->added, experts, &result->added)) ||
           error_set(err, ERROR_RANGE, "%s has too many parameters to count",
                     model->name);
}

bool lookup_is_plain(const struct adapter_settings *settings)
{
    return strcmp(settings->method->name, "lora") == 0 &&
           settings->fields[0] == '\0';
}

/* The line through the counts at rank LOW and twice that. */
static bool set_slope(struct lookup_slope *slope, uint64_t low,
                      const struct lookup_count *one,
                      const struct lookup_count *two)
{
    uint64_t rest[2] = {one->added - one->trainable,
                        two->added - two->trainable};
    if (two->trainable <= one->trainable || rest[1] < rest[0] ||
        (two->trainable - one->trainable) % low != 0 ||
        (rest[1] - rest[0]) % low != 0) {
        return false;
    }
    uint64_t grows = two->trainable - one->trainable;
    uint64_t frozen = rest[1] - rest[0];
    if (grows > one->trainable || frozen > rest[0]) {
        return false;
    }
    *slope = (struct lookup_slope){.slope = grows / low,
                                   .constant = one->trainable - grows,
                                   .frozen_slope = frozen / low,
                                   .frozen = rest[0] - frozen,
                                   .signature = one->signature};
    return true;
}

/* Two ranks that the method takes: some want a multiple of something. */
static bool count_twice(const struct lookup_model *model,
                        const struct resource_path *path,
                        enum lookup_layout layout,
                        const struct adapter_settings *settings,
                        struct lookup_slope *slope, struct error *err)
{
    static const uint64_t ranks[] = {1, 16};
    struct lookup_count one = {0};
    struct lookup_count two = {0};
    for (size_t i = 0; i < sizeof(ranks) / sizeof(ranks[0]); i++) {
        uint64_t low = ranks[i];
        *err = (struct error){0};
        if (lookup_model_count(model, path, layout, settings, low, &one, err) &&
            lookup_model_count(model, path, layout, settings, 2 * low, &two,
                               err)) {
            return set_slope(slope, low, &one, &two) ||
                   error_set(err, ERROR_UNSUPPORTED,
                             "the count does not grow evenly with the rank");
        }
        if (err->code == ERROR_MEMORY) {
            break;
        }
    }
    return false;
}

bool lookup_model_slope(const struct lookup_model *model,
                        const struct resource_path *path,
                        enum lookup_layout layout,
                        const struct adapter_settings *settings,
                        struct lookup_slope *slope, struct error *err)
{
    bool ranked = lookup_has_rank(settings);
    struct lookup_count one = {0};
    if (ranked && !lookup_is_plain(settings)) {
        return count_twice(model, path, layout, settings, slope, err);
    }
    if (!lookup_model_count(model, path, layout, settings,
                            ranked ? 1 : settings->rank, &one, err)) {
        return false;
    }
    *slope = (struct lookup_slope){
        .slope = ranked ? one.trainable : 0,
        .constant = ranked ? 0 : one.trainable,
        .frozen = one.added - one.trainable,
        .signature = one.signature,
    };
    return true;
}

bool lookup_slope_solve(const struct lookup_slope *slope, uint64_t count,
                        uint64_t most, uint64_t *rank)
{
    *rank = 0;
    if (slope->slope == 0) {
        return count > 0 && count == slope->constant;
    }
    if (count <= slope->constant ||
        (count - slope->constant) % slope->slope != 0) {
        return false;
    }
    *rank = (count - slope->constant) / slope->slope;
    return *rank <= most;
}

uint64_t lookup_slope_frozen(const struct lookup_slope *slope, uint64_t rank)
{
    return slope->frozen + slope->frozen_slope * rank;
}
