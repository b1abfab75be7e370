/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Questions that an inventory answers about its modules.
 */
#include "model/inventory.h"

#include <string.h>

static const char *const kind_names[] = {
    "linear", "conv1d",    "conv",    "embedding",
    "norm",   "parameter", "experts", "experts_t",
};
_Static_assert(sizeof(kind_names) / sizeof(kind_names[0]) == MODULE_KINDS,
               "a name for each kind");

static const char *const role_names[] = {
    "attention", "MLP",    "experts", "router", "embedding",
    "head",      "vision", "mixer",   "other",
};
_Static_assert(sizeof(role_names) / sizeof(role_names[0]) == MODULE_ROLES,
               "a name for each role");

/* Parts of a name that tell what a module is for; the first hit counts. */
static const struct {
    const char *part;
    enum module_role role;
} role_parts[] = {
    {"vision", ROLE_VISION},
    {"visual", ROLE_VISION},
    {"multi_modal", ROLE_VISION},
    {"connector", ROLE_VISION},
    {"shared_expert", ROLE_MLP},
    {"experts", ROLE_EXPERTS},
    {"router", ROLE_ROUTER},
    {"mamba", ROLE_MIXER},
    {"mixer", ROLE_MIXER},
    {"linear_attn", ROLE_MIXER},
    {".conv.", ROLE_MIXER},
    {"attn", ROLE_ATTENTION},
    {"attention", ROLE_ATTENTION},
    {"Attention", ROLE_ATTENTION},
    {"mlp", ROLE_MLP},
    {"feed_forward", ROLE_MLP},
    {"ffn", ROLE_MLP},
    {"intermediate", ROLE_MLP},
    {"DenseReluDense", ROLE_MLP},
    {"fc1", ROLE_MLP},
    {"fc2", ROLE_MLP},
    {"output.dense", ROLE_MLP},
};

void inventory_clear(struct inventory *inventory)
{
    json_decref(inventory->config);
    arena_clear(&inventory->arena);
    *inventory = (struct inventory){0};
}

const char *module_kind_name(enum module_kind kind)
{
    return kind_names[kind];
}

const char *module_role_name(enum module_role role)
{
    return role_names[role];
}

uint64_t module_elements(const struct module *module)
{
    uint64_t elements = 1;
    for (unsigned i = 0; i < module->dimensions; i++) {
        elements *= module->shape[i];
    }
    return elements;
}

uint64_t module_bias_elements(const struct module *module)
{
    return module->bias ? module_out(module) : 0;
}

uint64_t module_in(const struct module *module)
{
    switch (module->kind) {
    case MODULE_CONV1D:
    case MODULE_EMBEDDING:
    case MODULE_NORM:
        return module->shape[0];
    case MODULE_LINEAR:
    case MODULE_CONV:
    case MODULE_EXPERTS_T:
        return module->shape[1];
    case MODULE_EXPERTS:
        return module->shape[2];
    case MODULE_PARAMETER:
        return module->dimensions > 1 ? module->shape[1] : module->shape[0];
    }
    return 0;
}

uint64_t module_out(const struct module *module)
{
    switch (module->kind) {
    case MODULE_CONV1D:
    case MODULE_EMBEDDING:
    case MODULE_EXPERTS:
        return module->shape[1];
    case MODULE_EXPERTS_T:
        return module->shape[2];
    case MODULE_LINEAR:
    case MODULE_CONV:
    case MODULE_NORM:
    case MODULE_PARAMETER:
        return module->shape[0];
    }
    return 0;
}

bool module_is_linear(const struct module *module)
{
    return module->kind == MODULE_LINEAR || module->kind == MODULE_CONV1D;
}

bool module_is_expert(const struct module *module)
{
    return module->kind == MODULE_EXPERTS || module->kind == MODULE_EXPERTS_T;
}

bool inventory_refuses(const struct inventory *inventory, const char *leaf)
{
    for (size_t i = 0; i < inventory->refused_count; i++) {
        if (strcmp(inventory->refused[i], leaf) == 0) {
            return true;
        }
    }
    return false;
}

bool module_is_bare(const struct module *module)
{
    return module->kind == MODULE_PARAMETER || module_is_expert(module);
}

/* The vocabulary's size as the config says it, 0 when it does not. */
static uint64_t vocabulary(const json_t *config)
{
    static const char *const inner[] = {"text_config", "llm_config"};
    json_int_t size = json_integer_value(json_object_get(config, "vocab_size"));
    for (size_t i = 0; size <= 0 && i < sizeof(inner) / sizeof(inner[0]); i++) {
        const json_t *text = json_object_get(config, inner[i]);
        size = json_integer_value(json_object_get(text, "vocab_size"));
    }
    return size > 0 ? (uint64_t)size : 0;
}

const struct module *inventory_input_embedding(
    const struct inventory *inventory)
{
    const struct module *first = NULL;
    uint64_t size = vocabulary(inventory->config);
    for (size_t i = 0; i < inventory->count; i++) {
        const struct module *module = &inventory->modules[i];
        if (module->kind != MODULE_EMBEDDING || module->axes > 0) {
            continue;
        }
        if (module->shape[0] == size) {
            return module;
        }
        first = first != NULL ? first : module;
    }
    return first;
}

const struct module *inventory_output_embedding(
    const struct inventory *inventory)
{
    for (size_t i = 0; i < inventory->count; i++) {
        if (inventory->modules[i].output) {
            return &inventory->modules[i];
        }
    }
    return NULL;
}

bool inventory_is_tied(const struct inventory *inventory)
{
    const struct module *output = inventory_output_embedding(inventory);
    return output != NULL && output->tied;
}

bool module_is_layer(const struct module *module)
{
    return module_is_linear(module) || module->kind == MODULE_CONV ||
           module->kind == MODULE_EMBEDDING;
}

uint64_t module_groups(const struct module *module)
{
    bool depthwise = module->kind == MODULE_CONV && module->dimensions == 3 &&
                     module->shape[1] == 1;
    return depthwise ? module->shape[0] : 1;
}

uint32_t module_index(const struct module *module, uint64_t copy, unsigned axis)
{
    for (unsigned i = module->axes; i-- > axis + 1;) {
        copy /= module->axis[i].count;
    }
    copy %= module->axis[axis].count;
    const struct index_set *set = &module->axis[axis];
    for (size_t i = 0; i < set->range_count; i++) {
        uint64_t size =
            (uint64_t)set->ranges[i].last - set->ranges[i].first + 1;
        if (copy < size) {
            return set->ranges[i].first + (uint32_t)copy;
        }
        copy -= size;
    }
    return 0;
}

void module_append_name(const struct module *module, uint64_t copy,
                        struct text *out)
{
    const char *at = module->pattern;
    for (unsigned axis = 0; axis < module->axes; axis++) {
        const char *hole = strstr(at, "{}");
        if (hole == NULL) {
            break;
        }
        text_append_bytes(out, at, (size_t)(hole - at));
        text_appendf(out, "%u", (unsigned)module_index(module, copy, axis));
        at = hole + 2;
    }
    text_append(out, at);
}

static void append_set(struct text *text, const struct index_set *set)
{
    text_append(text, "{");
    for (size_t i = 0; i < set->range_count; i++) {
        struct index_range range = set->ranges[i];
        text_appendf(text, "%s%u", i > 0 ? "," : "", (unsigned)range.first);
        if (range.last > range.first) {
            text_appendf(text, "-%u", (unsigned)range.last);
        }
    }
    text_append(text, "}");
}

/* The collapsed spelling of one dotted part of a pattern: "{}" becomes the
 * indices of its axis, a literal number "0" becomes "{0}", as PEFT's users see
 * numbers collapsed.
 */
static void append_part(struct text *name, const struct module *module,
                        const char *part, size_t length, unsigned *axis)
{
    bool number = length > 0 && strspn(part, "0123456789") >= length;
    if (length == 2 && part[0] == '{' && *axis < module->axes) {
        append_set(name, &module->axis[(*axis)++]);
        return;
    }
    text_append(name, number ? "{" : "");
    text_append_bytes(name, part, length);
    text_append(name, number ? "}" : "");
}

bool module_set_name(struct module *module, struct arena *arena,
                     struct error *err)
{
    struct text name = {0};
    unsigned axis = 0;
    for (const char *at = module->pattern; *at != '\0';) {
        size_t length = strcspn(at, ".");
        append_part(&name, module, at, length, &axis);
        at += length;
        if (*at == '.') {
            text_append(&name, ".");
            at++;
        }
    }
    module->name = text_ok(&name, err)
                       ? arena_copy(arena, name.data, name.length, err)
                       : NULL;
    text_clear(&name);
    return module->name != NULL;
}

enum module_role module_role(const struct module *module)
{
    if (module->output) {
        return ROLE_HEAD;
    }
    for (size_t i = 0; i < sizeof(role_parts) / sizeof(role_parts[0]); i++) {
        if (strstr(module->pattern, role_parts[i].part) != NULL) {
            return role_parts[i].role;
        }
    }
    return module->kind == MODULE_EMBEDDING ? ROLE_EMBEDDING : ROLE_OTHER;
}
