/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was assumed because a config does not say it.
 */
#include "model/remarks.h"

#include <string.h>

#include "base/text.h"
#include "model/classes.h"
#include "model/config.h"

/* Takes TEXT. */
static bool remark(struct model *model, struct text *text, struct error *err)
{
    char clean[320];
    text_sanitize(clean, sizeof(clean), text_string(text));
    bool done = text_ok(text, err);
    text_clear(text);
    const char *kept =
        done ? arena_copy(&model->inventory.arena, clean, strlen(clean), err)
             : NULL;
    if (kept == NULL) {
        return false;
    }
    const char **all = arena_new(&model->inventory.arena,
                                 model->warning_count + 1, sizeof(*all), err);
    if (all == NULL) {
        return false;
    }
    for (size_t i = 0; i < model->warning_count; i++) {
        all[i] = model->warnings[i];
    }
    all[model->warning_count++] = kept;
    model->warnings = all;
    return true;
}

bool model_warn(struct model *model, const char *warning, struct error *err)
{
    struct text text = {0};
    text_append(&text, warning);
    return remark(model, &text, err);
}

bool remarks_labels(struct model *model, uint64_t labels, struct error *err)
{
    const char *head = model->inventory.head;
    struct text text = {0};
    if (labels == 0 || (strcmp(head, "lm") != 0 && strcmp(head, "base") != 0)) {
        return true;
    }
    text_appendf(&text,
                 "--num-labels has no effect: %.80s has no head with labels, "
                 "--class ForSequenceClassification has one",
                 model->inventory.class_name);
    return remark(model, &text, err);
}

static bool remark_dtype(struct model *model, const json_t *config,
                         struct error *err)
{
    struct text text = {0};
    if (config_says_dtype(config)) {
        return true;
    }
    text_appendf(&text,
                 "the config has no dtype that is known: %s is assumed, "
                 "--dtype says otherwise",
                 model_dtype_name(config_dtype(config)));
    return remark(model, &text, err);
}

static bool remark_class(struct model *model, const json_t *config,
                         struct error *err)
{
    const json_t *list = json_object_get(config, "architectures");
    const char *listed = json_string_value(json_array_get(list, 0));
    struct text text = {0};
    if (listed == NULL || class_head(listed) != NULL) {
        return true;
    }
    text_appendf(&text, "the class %.80s is not known: counted as %s", listed,
                 model->inventory.class_name);
    return remark(model, &text, err);
}

/* ---- defaults of a class ---------------------------------------------------- */

/* The one key of the config that a formula reads. */
struct keys {
    const char *name;
    size_t count;
};

static bool note_key(void *payload, const char *name, bool literal)
{
    struct keys *keys = payload;
    if (!literal) {
        keys->name = name;
        keys->count++;
    }
    return true;
}

static bool look_up_nothing(void *payload, const char *name,
                            struct value *value, struct error *err)
{
    (void)payload;
    (void)err;
    *value = value_from_json(NULL, name);
    return true;
}

/* `key ?? 8`, with the key absent: 8 is what the class in transformers takes. */
static bool remark_default(struct model *model,
                           const struct architecture_binding *let,
                           const json_t *config, struct error *err)
{
    const struct expression_scope scope = {look_up_nothing, NULL};
    struct error ignored = {0};
    struct keys keys = {0};
    struct value value;
    struct text text = {0};
    expression_visit(let->value, note_key, &keys);
    if (keys.count != 1 || config_says(config, keys.name) ||
        !expression_evaluate(let->value, &scope, &value, &ignored) ||
        value.kind != VALUE_INTEGER || value.integer < 1) {
        return true;
    }
    text_appendf(&text,
                 "the config has no %s: %lld is assumed, as the class "
                 "does",
                 keys.name, (long long)value.integer);
    return remark(model, &text, err);
}

/* Only where a wrong guess would change most shapes. */
static bool remark_defaults(struct model *model,
                            const struct architecture *architecture,
                            const json_t *config, struct error *err)
{
    static const char *const names[] = {"kv_heads", "head_dim"};
    for (size_t i = 0; i < architecture->let_count; i++) {
        const struct architecture_binding *let = &architecture->lets[i];
        bool wanted = strcmp(let->name, names[0]) == 0 ||
                      strcmp(let->name, names[1]) == 0;
        if (wanted && !remark_default(model, let, config, err)) {
            return false;
        }
    }
    return true;
}

bool remarks_add(struct model *model, const struct architecture *architecture,
                 const json_t *config, bool given, struct error *err)
{
    return (given || remark_class(model, config, err)) &&
           remark_defaults(model, architecture, config, err) &&
           remark_dtype(model, config, err);
}
