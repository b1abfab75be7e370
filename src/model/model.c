/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finding, listing and loading base models.
 */
#include "model/model.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/nearest.h"
#include "formats/json.h"
#include "model/architecture.h"
#include "model/classes.h"
#include "model/config.h"
#include "model/instantiate.h"
#include "model/preset.h"
#include "model/remarks.h"

enum { CONFIG_LIMIT = 16 << 20 };

const char *model_default_name(void)
{
    return "Llama-3.1-8B";
}

/* ---- class and head -------------------------------------------------------- */

enum { CLASS_NAME_SIZE = 128 };

struct choice {
    const char *class_name, *head;
    char derived[CLASS_NAME_SIZE]; /* an ending, after the family's own name */
};

/* "ForSequenceClassification" alone is the class of that ending of the one
 * that FAMILY names; one with the same head is the family's own.
 */
static void complete_ending(struct choice *choice, const char *family)
{
    const char *ending = class_ending(choice->class_name);
    const char *own = class_ending(family);
    if (ending == NULL || own == NULL ||
        strcmp(ending, choice->class_name) != 0) {
        return;
    }
    if (strcmp(class_head(family), choice->head) == 0) {
        choice->class_name = family;
        return;
    }
    size_t stem = strlen(family) - strlen(own);
    snprintf(choice->derived, sizeof(choice->derived), "%.*s%s", (int)stem,
             family, ending);
    choice->class_name = choice->derived;
}

static bool choose_given(const char *class_name, struct choice *choice,
                         struct error *err)
{
    choice->class_name = class_name;
    choice->head = class_head(class_name);
    return choice->head != NULL ||
           error_set(err, ERROR_NOT_FOUND,
                     "--class %.60s: no class of a name like that is known, it "
                     "must end in one of %s",
                     class_name, class_endings());
}

/* The first of the config's architectures, else the family's own class. */
static const char *own_class(const struct architecture *architecture,
                             const json_t *config)
{
    const json_t *list = json_object_get(config, "architectures");
    const char *listed = json_string_value(json_array_get(list, 0));
    if (listed != NULL && class_head(listed) != NULL) {
        return listed;
    }
    return architecture->class_name != NULL ? architecture->class_name
                                            : "AutoModelForCausalLM";
}

/* --class, else the config's task_head, else its architectures, else the
 * family's own class.
 */
static bool choose_class(const struct architecture *architecture,
                         const json_t *config,
                         const struct model_options *options,
                         struct choice *choice, struct error *err)
{
    *choice = (struct choice){.class_name = own_class(architecture, config)};
    if (options->class_name != NULL) {
        const char *family = choice->class_name;
        if (!choose_given(options->class_name, choice, err)) {
            return false;
        }
        complete_ending(choice, family);
        return true;
    }
    choice->head = class_head(choice->class_name);
    const char *task = json_string_value(json_object_get(config, "task_head"));
    if (task != NULL) {
        choice->head = class_task_head(task);
        return choice->head != NULL ||
               error_set(err, ERROR_FORMAT,
                         "task_head is \"%.40s\", one of lm, base, seqcls, "
                         "tokcls and qa is needed",
                         task);
    }
    return choice->head != NULL ||
           error_set(err, ERROR_NOT_FOUND, "the class %.60s is not known",
                     choice->class_name);
}

static bool check_head(const struct architecture *architecture,
                       const struct choice *choice, struct error *err)
{
    bool plain =
        strcmp(choice->head, "lm") == 0 || strcmp(choice->head, "base") == 0;
    return plain || architecture_has_head(architecture, choice->head) ||
           error_set(err, ERROR_UNSUPPORTED,
                     "%.60s: no such head is known for model_type %s",
                     choice->class_name, architecture->model_type);
}

/* ---- loading --------------------------------------------------------------- */

/* What other classes there are for the config. */
static bool keep_classes(struct model *model,
                         const struct architecture *architecture,
                         const json_t *config, struct error *err)
{
    const char *own = own_class(architecture, config);
    bool text = json_object_get(config, "vocab_size") != NULL;
    bool images = !text && json_object_get(config, "image_size") != NULL;
    bool pairs = json_is_true(json_object_get(config, "is_encoder_decoder"));
    enum class_reads reads = images  ? READS_IMAGES
                             : pairs ? READS_PAIRS
                                     : READS_TEXT;
    for (size_t i = 0; i < CLASS_HEADS; i++) {
        const char *head = class_heads[i];
        char name[CLASS_NAME_SIZE];
        bool known = strcmp(class_head(own), head) == 0 ||
                     strcmp(head, "base") == 0 ||
                     architecture_has_head(architecture, head);
        if (!known || !class_sibling(own, head, reads, name, sizeof(name))) {
            continue;
        }
        model->classes[i] =
            arena_copy(&model->inventory.arena, name, strlen(name), err);
        if (model->classes[i] == NULL) {
            return false;
        }
    }
    return true;
}

static bool keep(struct model *model, const char *text, const char **out,
                 struct error *err)
{
    *out = arena_copy(&model->inventory.arena, text, strlen(text), err);
    return *out != NULL;
}

static bool describe(struct model *model, const char *name, const char *origin,
                     const json_t *config, struct error *err)
{
    const json_t *about = json_object_get(config, "_loraexplore");
    const char *source = json_string_value(json_object_get(about, "source"));
    const char *type = json_string_value(json_object_get(config, "model_type"));
    model->context = config_context(config);
    model->dtype = config_dtype(config);
    model->dtype_assumed = !config_says_dtype(config);
    return keep(model, name, &model->name, err) &&
           keep(model, origin, &model->origin, err) &&
           keep(model, source != NULL ? source : "", &model->source, err) &&
           keep(model, type, &model->config_type, err);
}

static const char *config_model_type(const json_t *config, struct error *err)
{
    const json_t *type = json_object_get(config, "model_type");
    if (!json_is_object(config)) {
        error_set(err, ERROR_FORMAT,
                  "this is no model's config: an object with a model_type is "
                  "needed");
    } else if (type == NULL) {
        error_set(
            err, ERROR_FORMAT,
            "the key model_type is missing, this is no model's config.json");
    } else if (!json_is_string(type)) {
        error_set(err, ERROR_FORMAT, "model_type must be a string");
    }
    return err->code == ERROR_NONE ? json_string_value(type) : NULL;
}

/* As from_pretrained(num_labels=N) has it. */
static bool set_labels(json_t *config, uint64_t labels, struct error *err)
{
    return labels == 0 ||
           json_object_set_new(config, "num_labels",
                               json_integer((json_int_t)labels)) == 0 ||
           error_set(err, ERROR_MEMORY, "out of memory for the config");
}

/* OWN: a file of the user's, which may leave out what presets leave out too. */
static bool build(struct model *model, const struct resource_path *path,
                  json_t *config, const struct model_options *options, bool own,
                  struct error *err)
{
    const char *type = config_model_type(config, err);
    if (type == NULL) {
        return false;
    }
    struct architecture architecture;
    struct choice choice;
    bool done = architecture_load(path, type, &architecture, err) &&
                choose_class(&architecture, config, options, &choice, err) &&
                check_head(&architecture, &choice, err) &&
                set_labels(config, options->labels, err) &&
                inventory_init(&model->inventory, &architecture, config,
                               choice.class_name, choice.head,
                               options->transformers, err) &&
                remarks_labels(model, options->labels, err) &&
                keep_classes(model, &architecture, config, err) &&
                (!own || remarks_add(model, &architecture, config,
                                     options->class_name != NULL, err));
    architecture_clear(&architecture);
    return done;
}

static struct model *parse(const struct resource_path *path, const char *name,
                           const char *origin, const char *data, size_t length,
                           const struct model_options *options,
                           struct error *err)
{
    json_t *config = json_parse_config(data, length, origin, err);
    if (config == NULL) {
        return NULL;
    }
    struct model *model = memory_new(1, sizeof(*model), err);
    bool own = strcmp(origin, "preset") != 0;
    bool done = model != NULL;
    if (done && !build(model, path, config, options, own, err)) {
        done = error_prefix(err, "%s", name);
    }
    done = done && describe(model, name, origin, config, err);
    json_decref(config);
    if (!done) {
        model_free(model);
        return NULL;
    }
    return model;
}

static struct model *load_file(const struct resource_path *path,
                               const char *file,
                               const struct model_options *options,
                               struct error *err)
{
    char *data = NULL;
    size_t length = 0;
    if (!file_read(file, CONFIG_LIMIT, &data, &length, err)) {
        return NULL;
    }
    const char *name = strcmp(file, "-") == 0 ? "standard input" : file;
    struct model *model = parse(path, name, name, data, length, options, err);
    memory_free(data);
    return model;
}

static struct model *load_folder(const struct resource_path *path,
                                 const char *folder,
                                 const struct model_options *options,
                                 struct error *err)
{
    char *file = file_join_new(folder, "config.json", err);
    if (file == NULL) {
        return NULL;
    }
    struct model *model = NULL;
    if (file_exists(file)) {
        model = load_file(path, file, options, err);
    } else {
        error_set(err, ERROR_IO, "%s: the folder has no config.json", folder);
    }
    memory_free(file);
    return model;
}

static struct model *load_preset(const struct resource_path *path,
                                 const char *wanted,
                                 const struct model_options *options,
                                 struct error *err)
{
    struct file_names names = {0};
    char name[PRESET_NAME_SIZE];
    char file[PRESET_NAME_SIZE + 16];
    const char *data = NULL;
    size_t length = 0;
    char *owned = NULL;
    bool found = resource_list(path, "models", ".json", &names, err) &&
                 preset_find(&names, wanted, name, err);
    file_names_clear(&names);
    if (!found) {
        return NULL;
    }
    snprintf(file, sizeof(file), "models/%s.json", name);
    if (!resource_read(path, file, &data, &length, &owned, err)) {
        return NULL;
    }
    struct model *model =
        parse(path, name, "preset", data, length, options, err);
    memory_free(owned);
    return model;
}

struct model *model_load(const struct resource_path *path, const char *name,
                         const struct model_options *options, struct error *err)
{
    if (strcmp(name, "-") == 0) {
        return load_file(path, name, options, err);
    }
    if (file_is_folder(name)) {
        return load_folder(path, name, options, err);
    }
    if (file_exists(name)) {
        return load_file(path, name, options, err);
    }
    return load_preset(path, name, options, err);
}

void model_free(struct model *model)
{
    if (model != NULL) {
        inventory_clear(&model->inventory);
        memory_free(model);
    }
}
