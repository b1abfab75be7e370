/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finding, listing and loading base models.
 */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include "base/error.h"
#include "base/resource.h"
#include "model/classes.h"
#include "model/inventory.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum model_dtype { DTYPE_FP32, DTYPE_BF16, DTYPE_FP16 };
enum { MODEL_DTYPES = DTYPE_FP16 + 1 };
const char *model_dtype_name(enum model_dtype dtype); /* "bf16" */
unsigned model_dtype_bytes(enum model_dtype dtype);   /* 2 */
bool model_dtype_find(const char *name,
                      enum model_dtype *out); /* also torch's */

struct model_options {
    unsigned transformers; /* 4 or 5 */
    const char
        *class_name; /* NULL: the config's architectures, else the family's */
    uint64_t labels; /* of a head that classifies; 0: as the config says */
};

struct model {
    const char *name;        /* what to call it: the preset's, the file's */
    const char *origin;      /* "preset", or the path of the file */
    const char *source;      /* the preset's provenance, or "" */
    const char *config_type; /* the config's own model_type */
    uint64_t context;        /* max_position_embeddings, 0 when unknown */
    enum model_dtype dtype;  /* the config's torch_dtype, else bf16 */
    bool dtype_assumed;      /* the config says none that is known */
    const char *classes[CLASS_HEADS]; /* by head, "GPT2Model"; NULL: none */
    const char *const *warnings;
    size_t warning_count;
    struct inventory inventory;
};

/* Load MODEL: a file, a folder with a config.json, else a preset's name.
 *
 * Case is ignored, an exact name goes before a prefix, an ambiguous prefix is
 * an error that lists the candidates, and a Hugging Face id is looked up by
 * its last part ("meta-llama/Llama-3.1-8B", also -hf, -it, -Instruct).
 *
 * returns  a new model, or NULL with *err set; model_free it
 */
struct model *model_load(const struct resource_path *path, const char *name,
                         const struct model_options *options,
                         struct error *err);
void model_free(struct model *model);

/* Add WARNING, copied, to the model's. */
bool model_warn(struct model *model, const char *warning, struct error *err);

/* One line of `presets`, read without building the inventory. */
struct preset {
    const char *name;
    const char *model_type;
    const char *source;
    uint64_t parameters; /* as recorded with the preset; 0 when it is not */
    uint64_t layers;     /* 0 when the config does not say it plainly */
    uint64_t context;    /* 0 when the config does not say */
};

struct preset_list {
    struct preset *items; /* sorted by name, case folded */
    size_t count;
    struct arena arena;
};
bool preset_list_init(struct preset_list *list,
                      const struct resource_path *path, struct error *err);
void preset_list_clear(struct preset_list *list);

/* The preset that the program opens on. */
const char *model_default_name(void);

#endif
