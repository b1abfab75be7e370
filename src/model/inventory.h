/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A base model as an inventory of named tensors.
 *
 * Copies of one pattern that have one shape stand in one entry: 256 experts in
 * 58 layers are one struct module, not 14,848.  A name is expanded only where
 * somebody needs it.
 */
#ifndef MODEL_INVENTORY_H
#define MODEL_INVENTORY_H

#include "base/alloc.h"
#include "base/error.h"
#include "base/text.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum module_kind {
    MODULE_LINEAR,    /* nn.Linear: weight (out, in) */
    MODULE_CONV1D,    /* GPT-2's Conv1D: weight (in, out) */
    MODULE_CONV,      /* nn.ConvNd: weight (out, in / groups, kernel...) */
    MODULE_EMBEDDING, /* nn.Embedding: weight (rows, dim) */
    MODULE_NORM,      /* a layer norm: weight (size) */
    MODULE_PARAMETER, /* a bare nn.Parameter of any shape */
    MODULE_EXPERTS,   /* a bare 3-D nn.Parameter (experts, out, in) */
    MODULE_EXPERTS_T, /* the same stored (experts, in, out) */
};
enum { MODULE_KINDS = MODULE_EXPERTS_T + 1 };

/* "linear", "experts"... as --json and the architecture files spell it. */
const char *module_kind_name(enum module_kind kind);

enum {
    MODULE_DIMENSIONS = 6, /* most dimensions of a weight */
    MODULE_AXES = 3,       /* most indices in a name */
};

struct index_range {
    uint32_t first, last; /* both included */
};

/* The values that one index of a name takes, ascending. */
struct index_set {
    const struct index_range *ranges;
    size_t range_count;
    uint64_t count; /* values in all */
};

struct module {
    const char *pattern; /* "model.layers.{}.self_attn.q_proj" */
    const char *name;    /* collapsed: "model.layers.{0-31}.self_attn.q_proj" */
    const char
        *leaf; /* its last part, "q_proj" ("gate.weight"); inside pattern */
    enum module_kind kind;
    unsigned dimensions;
    uint64_t shape[MODULE_DIMENSIONS]; /* of the weight as torch stores it */
    bool bias;                         /* has a bias (norms too) */
    bool tied;   /* the weight is another module's, not counted again */
    bool output; /* the output embedding: all-linear leaves it out */
    bool buffer; /* no parameter: among the inventory's buffers alone */
    unsigned axes;
    struct index_set axis[MODULE_AXES]; /* one for each "{}" of pattern */
    uint64_t copies; /* product of the axes' counts; 1 without axes */
};

struct inventory {
    const char *model_type; /* the family that was used */
    const char *class_name; /* a transformers class */
    const char *head;       /* "lm", "base", "seqcls", "tokcls", "qa" */
    unsigned transformers;  /* 4 or 5 */
    const char *experts5;   /* PEFT's rewriting of expert targets, or NULL */
    const char *const *refused; /* leaves on which PEFT raises */
    size_t refused_count;
    struct module *modules; /* in the order of the architecture */
    size_t count;
    struct module *buffers; /* persistent ones: counted nowhere */
    size_t buffer_count;
    struct module *plains; /* modules without tensors (activations, dropouts):
                              names and indices alone */
    size_t plain_count;
    json_t *config;      /* what it was built from; a reference */
    uint64_t parameters; /* total, tied weights once */
    uint64_t layers;     /* of the first loop variable: num_hidden_layers */
    struct arena arena;  /* owns all of it */
};

void inventory_clear(struct inventory *inventory);

/* Elements of the weight of one copy; shape products were checked on loading. */
uint64_t module_elements(const struct module *module);

/* Size of the bias of one copy; 0 without one. */
uint64_t module_bias_elements(const struct module *module);

/* Features that LoRA's A reads and B writes: (in, out) of a linear, Conv1D or
 * expert parameter; (rows, dim) of an embedding.
 */
uint64_t module_in(const struct module *module);
uint64_t module_out(const struct module *module);

/* Groups of a convolution: those of the depthwise 1-D ones are their channels,
 * which their weight (channels, 1, kernel) shows; else 1.
 */
uint64_t module_groups(const struct module *module);

/* nn.Linear or GPT-2's Conv1D: what all-linear means by linear. */
bool module_is_linear(const struct module *module);

/* A 3-D parameter of fused experts, in either layout. */
bool module_is_expert(const struct module *module);

/* Does PEFT raise on modules of this model whose last part is LEAF? */
bool inventory_refuses(const struct inventory *inventory, const char *leaf);

/* The module of get_input_embeddings(): the first embedding of the vocabulary's
 * size, else the first of all; NULL without one.
 */
const struct module *inventory_input_embedding(
    const struct inventory *inventory);

/* The module of get_output_embeddings(); NULL without one. */
const struct module *inventory_output_embedding(
    const struct inventory *inventory);

/* Is the output embedding's weight the input embedding's? */
bool inventory_is_tied(const struct inventory *inventory);

/* A bare nn.Parameter: a name of its own, no module. */
bool module_is_bare(const struct module *module);

/* Is it a module that a name in target_modules can adapt? */
bool module_is_layer(const struct module *module);

/* Write the COPY-th expanded name (0 <= copy < copies, last axis fastest). */
void module_append_name(const struct module *module, uint64_t copy,
                        struct text *out);

/* The COPY-th copy's index on AXIS. */
uint32_t module_index(const struct module *module, uint64_t copy,
                      unsigned axis);

/* Build MODULE's collapsed name from its pattern and axes, in ARENA. */
bool module_set_name(struct module *module, struct arena *arena,
                     struct error *err);

/* What a module is for, told by its name and kind; for grouping on screens. */
enum module_role {
    ROLE_ATTENTION,
    ROLE_MLP,
    ROLE_EXPERTS,
    ROLE_ROUTER,
    ROLE_EMBEDDING,
    ROLE_HEAD,
    ROLE_VISION,
    ROLE_MIXER /* Mamba and its like */,
    ROLE_OTHER,
};
enum { MODULE_ROLES = ROLE_OTHER + 1 };
enum module_role module_role(const struct module *module);
const char *module_role_name(enum module_role role); /* "attention" */

#endif
