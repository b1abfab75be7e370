/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What trains beside the adapters: copies of modules_to_save and biases.
 *
 * Source: PEFT 0.18.1 and 0.21.2, utils/other.py (_set_trainable,
 * ModulesToSaveWrapper), peft_model.py (heads by task), tuners_utils.py (bias).
 */
#include <string.h>

#include "adapter/counter.h"
#include "adapter/extras.h"
#include "adapter/tying.h"

/* ---- which names ------------------------------------------------------------ */

static bool task_is(const struct counter *counter, const char *task)
{
    return field_is(&counter->fields, "task_type", task);
}

static bool add_heads(struct counter *counter, const char *const *heads)
{
    for (; *heads != NULL; heads++) {
        if (json_array_append_new(counter->saved_names, json_string(*heads)) !=
            0) {
            return error_set(counter->err, ERROR_MEMORY,
                             "out of memory for the settings");
        }
    }
    return true;
}

/* A classifier's heads are known before targets are matched, and so leave them
 * out; the other tasks add theirs only afterwards.
 */
static bool add_task_heads(struct counter *counter, bool early)
{
    static const char *const classifiers[] = {"classifier", "score", NULL};
    static const char *const answers[] = {"qa_outputs", NULL};
    if (json_object_get(counter->fields.values, "modules_to_save") == NULL) {
        return true; /* a method that saves no modules */
    }
    if (early) {
        return !task_is(counter, "SEQ_CLS") || add_heads(counter, classifiers);
    }
    return (!task_is(counter, "TOKEN_CLS") ||
            add_heads(counter, classifiers)) &&
           (!task_is(counter, "QUESTION_ANS") || add_heads(counter, answers));
}

bool counter_saved_names(struct counter *counter)
{
    const json_t *names = field(&counter->fields, "modules_to_save");
    counter->saved_names = json_array();
    for (size_t i = 0; i < json_array_size(names); i++) {
        json_array_append(counter->saved_names, json_array_get(names, i));
    }
    return add_task_heads(counter, true);
}

/* ---- copies ----------------------------------------------------------------- */

/* Does the module called by the SIZE bytes at NAME end in a saved name?  PEFT
 * asks for no dot before it.
 */
static bool ends_saved(const struct counter *counter, const char *name,
                       size_t size)
{
    for (size_t i = 0; i < json_array_size(counter->saved_names); i++) {
        const json_t *item = json_array_get(counter->saved_names, i);
        size_t length = json_string_length(item);
        if (length <= size && memcmp(name + size - length,
                                     json_string_value(item), length) == 0) {
            return true;
        }
    }
    return false;
}

static bool fail_list(struct counter *counter, const char *name, size_t size)
{
    return error_set(counter->err, ERROR_UNSUPPORTED,
                     "modules_to_save reaches %.*s, a list of modules, which "
                     "PEFT cannot copy: name what is inside",
                     (int)(size < 200 ? size : 200), name);
}

/* How a module is copied: by itself, or with a block that it stands in. */
struct copying {
    unsigned times; /* names that reach it; PEFT copies the copy once more */
    unsigned below; /* dotted parts of its name within the outermost block */
};

static bool find_copying(struct counter *counter, const struct module *module,
                         const struct text *name, struct copying *copying)
{
    const char *all = text_string(name);
    *copying = (struct copying){0};
    for (size_t i = 1; i < name->length; i++) {
        if (all[i] != '.') {
            continue;
        }
        copying->below += copying->times > 0;
        if (!ends_saved(counter, all, i)) {
            continue;
        }
        size_t digits = strspn(all + i + 1, "0123456789");
        bool list = digits > 0 && all[i + 1 + digits] == '.' &&
                    strstr(module->pattern, "{}") != NULL;
        if (list) {
            return fail_list(counter, all, i);
        }
        copying->below += copying->times == 0;
        copying->times++;
    }
    if (!module_is_bare(module) && ends_saved(counter, all, name->length)) {
        copying->times++;
    }
    return true;
}

/* ---- one module's copies ---------------------------------------------------- */

/* A copying as one number, 0 for none. */
enum { KEPT, TIMES = 256 };

static size_t copying_kind(const struct copying *copying)
{
    return (size_t)copying->times * TIMES + copying->below % TIMES;
}

struct unit {
    struct counter *counter;
    const struct count_row *row; /* its adapter, or NULL */
};

/* Are trained biases written?  PEFT 0.18 loses those of lora_only, and filters
 * all of them by their prefix in most methods.
 */
static bool writes_biases(const struct counter *counter, bool all)
{
    static const char *const types[] = {"LORA", "ADALORA", "BOFT"};
    const char *type = counter->settings->method->peft_type;
    bool known = counter->settings->peft != PEFT_0_18;
    for (size_t i = 0; all && i < sizeof(types) / sizeof(types[0]); i++) {
        known = known || strcmp(type, types[i]) == 0;
    }
    return known;
}

static bool is_bias(const struct counter *counter, const struct module *part)
{
    const char *bias = field_text(&counter->fields, "bias");
    if (bias == NULL || strcmp(bias, "all") != 0 || !module_is_bare(part)) {
        return false;
    }
    /* Up to PEFT 0.20 a parameter counts when its name only holds "bias". */
    return counter->settings->peft == PEFT_0_18
               ? strstr(part->pattern, "bias") != NULL
               : strcmp(part->leaf, "bias") == 0;
}

/* bias "all" writes every name that ends in "bias", those inside of the wrapper
 * of a copied block too: BELOW dotted parts of PART's name stand in the block.
 */
static bool add_wrapped_biases(struct counter *counter,
                               const struct module *part, unsigned below)
{
    bool bare = is_bias(counter, part); /* its name ends in "bias" itself */
    /* PEFT takes its adapter's name off the end of a name only. */
    const char *wrapped[] = {".original_module",
                             below > (bare ? 1 : 0) ? ".modules_to_save.default"
                                                    : ".modules_to_save"};
    uint64_t bias[] = {module_bias_elements(part)};
    bool written = (part->bias || bare) &&
                   field_is(&counter->fields, "bias", "all") &&
                   writes_biases(counter, true);
    for (size_t i = 0; written && i < 2; i++) {
        struct tensor_list list = {.arena = &counter->count->arena};
        tensors_add(&list, bare ? "" : ".bias", TENSOR_WRITTEN,
                    bare ? part->dimensions : 1, bare ? part->shape : bias)
            ->type = TENSOR_OF_BASE;
        if (!extras_add(counter, EXTRA_STORED, part, &list)) {
            return false;
        }
        struct count_extra *extra =
            &counter->extras[counter->count->extra_count - 1];
        extra->insert = wrapped[i];
        extra->below = below;
    }
    return true;
}

/* trainable_token_indices on a copied embedding wraps the copy once more. */
static const char *weight_suffix(const struct counter *counter,
                                 const struct module *part)
{
    const json_t *tokens = field(&counter->fields, "trainable_token_indices");
    const struct module *input = inventory_input_embedding(counter->inventory);
    if (json_is_array(tokens) && input != NULL &&
        part->pattern == input->pattern) {
        return ".token_adapter.base_layer.weight";
    }
    return module_is_bare(part) ? "" : ".weight";
}

/* What a copied weight is: a buffer stays one, a bare parameter that is tied
 * has its other name in the copy too.
 */
static enum tensor_role copy_role(const struct module *part)
{
    if (part->buffer) {
        return TENSOR_BUFFER;
    }
    return module_is_bare(part) && part->tied ? TENSOR_WRITTEN
                                              : TENSOR_TRAINABLE;
}

/* A copy of a copy: the one between neither trains nor is written. */
static void add_inner_copies(struct tensor_list *list,
                             const struct module *part,
                             const struct copying *copying)
{
    uint64_t bias[] = {module_bias_elements(part)};
    for (unsigned i = 1; i < copying->times; i++) {
        tensors_add(list, ".weight", TENSOR_FROZEN, part->dimensions,
                    part->shape)
            ->type = TENSOR_OF_BASE;
        if (part->bias) {
            tensors_add(list, ".bias", TENSOR_FROZEN, 1, bias)->type =
                TENSOR_OF_BASE;
        }
    }
}

static bool add_saved(struct counter *counter, const struct module *part,
                      const struct copying *copying)
{
    struct tensor_list list = {.arena = &counter->count->arena};
    uint64_t bias[] = {module_bias_elements(part)};
    struct adapter_tensor *weight =
        tensors_add(&list, weight_suffix(counter, part), copy_role(part),
                    part->dimensions, part->shape);
    weight->type = TENSOR_OF_BASE;
    weight->stored = true;
    if (part->bias) {
        tensors_add(&list, ".bias", TENSOR_TRAINABLE, 1, bias)->type =
            TENSOR_OF_BASE;
    }
    add_inner_copies(&list, part, copying);
    return extras_add(counter, EXTRA_SAVED, part, &list) &&
           add_wrapped_biases(counter, part, copying->below);
}

/* Names such as relative_attention_bias.weight, in PEFT 0.18. */
static bool weight_is_bias(const struct counter *counter,
                           const struct module *part)
{
    return counter->settings->peft == PEFT_0_18 &&
           field_is(&counter->fields, "bias", "all") &&
           strstr(part->pattern, "bias") != NULL && !part->tied;
}

bool saved_writes_bias(const struct counter *counter)
{
    const char *bias = field_text(&counter->fields, "bias");
    return bias != NULL && strcmp(bias, "none") != 0 &&
           writes_biases(counter, strcmp(bias, "all") == 0);
}

static bool add_biases(struct unit *unit, const struct module *part)
{
    struct counter *counter = unit->counter;
    const char *bias = field_text(&counter->fields, "bias");
    struct tensor_list list = {.arena = &counter->count->arena};
    uint64_t size[] = {module_bias_elements(part)};
    bool adapted = unit->row != NULL && unit->row->matched;
    if (bias == NULL || strcmp(bias, "none") == 0) {
        return true;
    }
    bool all = strcmp(bias, "all") == 0;
    bool writes = writes_biases(counter, all);
    if (part->bias && (all || adapted)) {
        tensors_add(&list, adapted ? ".base_layer.bias" : ".bias", TENSOR_BASE,
                    1, size)
            ->stored = writes;
    }
    if (is_bias(counter, part)) {
        bool written = part->tied || part->buffer;
        tensors_add(&list, "", written ? TENSOR_WRITTEN : TENSOR_BASE,
                    part->dimensions, part->shape)
            ->type = TENSOR_OF_BASE;
    } else if (!module_is_bare(part) && weight_is_bias(counter, part)) {
        tensors_add(&list, adapted ? ".base_layer.weight" : ".weight",
                    TENSOR_BASE, part->dimensions, part->shape)
            ->stored = writes;
    }
    return list.count == 0 || extras_add(counter, EXTRA_BIAS, part, &list);
}

static bool add_unit_part(void *payload, const struct module *part, size_t kind)
{
    struct unit *unit = payload;
    if (kind == KEPT) {
        return add_biases(unit, part);
    }
    if (unit->row != NULL && unit->row->matched) {
        return error_set(unit->counter->err, ERROR_UNSUPPORTED,
                         "%s gets an adapter and modules_to_save copies it, "
                         "PEFT does one of them: take it off the targets or "
                         "off modules_to_save",
                         part->leaf);
    }
    return add_saved(unit->counter, part,
                     &(struct copying){.times = (unsigned)(kind / TIMES),
                                       .below = (unsigned)(kind % TIMES)});
}

static bool saved_by_number(const struct counter *counter)
{
    for (size_t i = 0; i < json_array_size(counter->saved_names); i++) {
        const json_t *name = json_array_get(counter->saved_names, i);
        if (!select_is_plain(json_string_value(name),
                             json_string_length(name))) {
            return true;
        }
    }
    return false;
}

static bool add_unit(struct counter *counter, const struct module *module,
                     const struct count_row *row, size_t *kinds)
{
    struct unit unit = {counter, row};
    struct text name = {0};
    uint64_t looked = kinds != NULL ? module->copies : 1;
    size_t one = KEPT;
    size_t *kind = kinds != NULL ? kinds : &one;
    bool done = true;
    for (uint64_t copy = 0; done && copy < looked; copy++) {
        struct copying copying = {0};
        name.length = 0;
        module_append_name(module, copy, &name);
        done = text_ok(&name, counter->err) &&
               find_copying(counter, module, &name, &copying);
        kind[copy] = copying_kind(&copying);
    }
    text_clear(&name);
    if (!done) {
        return false;
    }
    return kinds != NULL
               ? counter_split(counter, module, kinds, add_unit_part, &unit)
               : add_unit_part(&unit, module, one);
}

/* ---- all of it -------------------------------------------------------------- */

/* The rows hold what can be adapted, in parts; the rest stands only in the
 * inventory.
 */
static bool has_rows(const struct counter *counter, const struct module *module)
{
    for (size_t i = 0; i < counter->count->row_count; i++) {
        if (counter->rows[i].module.pattern == module->pattern) {
            return true;
        }
    }
    return false;
}

static bool add_units(struct counter *counter, size_t *kinds)
{
    const struct inventory *inventory = counter->inventory;
    for (size_t i = 0; i < counter->count->row_count; i++) {
        const struct count_row row = counter->rows[i];
        if (!add_unit(counter, &row.module, &row, kinds)) {
            return false;
        }
    }
    for (size_t i = 0; i < inventory->count; i++) {
        const struct module *module = &inventory->modules[i];
        if (!has_rows(counter, module) &&
            !add_unit(counter, module, NULL, kinds)) {
            return false;
        }
    }
    for (size_t i = 0; i < inventory->buffer_count; i++) {
        if (!add_unit(counter, &inventory->buffers[i], NULL, kinds)) {
            return false;
        }
    }
    return true;
}

static bool check_bias(const struct counter *counter)
{
    const char *bias = field_text(&counter->fields, "bias");
    return bias == NULL || strcmp(bias, "none") == 0 ||
           strcmp(bias, "all") == 0 || text_ends(bias, "_only") ||
           error_set(counter->err, ERROR_UNSUPPORTED,
                     "bias is \"%.40s\", PEFT takes none, all or lora_only",
                     bias);
}

/* The adapter's own lists bear names too, which PEFT finds and cannot copy. */
static bool check_own_names(struct counter *counter)
{
    static const char *const own[] = {
        "lora_dropout",     "lora_A",           "lora_B",
        "lora_embedding_A", "lora_embedding_B", "lora_magnitude_vector"};
    bool lora = strcmp(counter->settings->method->peft_type, "LORA") == 0;
    for (size_t i = 0;
         lora && counter->count->matched > 0 && i < sizeof(own) / sizeof(*own);
         i++) {
        if (ends_saved(counter, own[i], strlen(own[i]))) {
            return fail_list(counter, own[i], strlen(own[i]));
        }
    }
    return true;
}

bool saved_add(struct counter *counter)
{
    size_t *kinds = NULL;
    if (!check_bias(counter) || !add_task_heads(counter, false) ||
        !tying_saved(counter) || !check_own_names(counter)) {
        return false;
    }
    bool biased = field_text(&counter->fields, "bias") != NULL &&
                  !field_is(&counter->fields, "bias", "none");
    if (!biased && json_array_size(counter->saved_names) == 0) {
        return true;
    }
    if (saved_by_number(counter)) {
        kinds = counter_kinds_new(counter);
        if (kinds == NULL) {
            return false;
        }
    }
    bool done = add_units(counter, kinds);
    memory_free(kinds);
    return done;
}
