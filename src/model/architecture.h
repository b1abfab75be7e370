/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Architecture families as data: which tensors a model_type has.
 *
 * A family is read from architectures/MODEL_TYPE.arch (presets/README.md has
 * the format), on top of the family it inherits from.  No C code mentions a
 * model by name.
 */
#ifndef MODEL_ARCHITECTURE_H
#define MODEL_ARCHITECTURE_H

#include "base/alloc.h"
#include "base/error.h"
#include "base/resource.h"
#include "model/expression.h"
#include "model/inventory.h"

#include <stdbool.h>
#include <stddef.h>

enum { ARCHITECTURE_LETS = 256 }; /* most lets and most loops of a family */

struct architecture_binding { /* let NAME = VALUE; for NAME < VALUE */
    const char *name;
    const struct expression *value;
};

struct architecture_row {
    enum module_kind kind;
    const char *name; /* "model.layers.{l}.self_attn.q_proj" */
    unsigned dimensions;
    const struct expression *shape[MODULE_DIMENSIONS];
    const struct expression *bias; /* NULL: none */
    const struct expression *tied; /* NULL: never */
    const struct expression *when; /* NULL: always */
    bool output;
    bool buffer; /* no parameter, though the file may hold it */
    bool plain;  /* a module without tensors: a name alone */
    bool inherited;
};

struct architecture_rename {
    const char *from, *to;
    const struct expression *when; /* NULL: always */
};

struct architecture {
    const char *model_type;
    const char *class_name; /* the family's own class */
    const char *backbone;   /* prefix of the bare model, NULL for none */
    const char *experts5;   /* or NULL */
    struct architecture_row *rows;
    size_t row_count, row_capacity;
    struct architecture_binding *lets;
    size_t let_count, let_capacity;
    struct architecture_binding *loops;
    size_t loop_count, loop_capacity;
    struct architecture_rename *renames;
    size_t rename_count, rename_capacity;
    const char **refused;
    size_t refused_count, refused_capacity;
    struct arena arena; /* strings and formulas */
};

/* Read the family of MODEL_TYPE, or of the one that lists it as an alias.
 *
 * errors   ERROR_NOT_FOUND, with the nearest known types, when nobody has
 *          mapped it; ERROR_FORMAT with file and line
 * owns     architecture_clear it, also after a failure
 */
bool architecture_load(const struct resource_path *path, const char *model_type,
                       struct architecture *architecture, struct error *err);
void architecture_clear(struct architecture *architecture);

#endif
