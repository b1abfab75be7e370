/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Evaluating a family's formulas over one config: names, numbers, sentences.
 */
#ifndef MODEL_BUILDER_H
#define MODEL_BUILDER_H

#include "base/error.h"
#include "model/architecture.h"
#include "model/expression.h"
#include "model/inventory.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BUILDER_LETS = 40,  /* lets within lets */
    BUILDER_LOOPS = 16, /* loop variables of a family */
};

/* Modules being listed, before they move to the arena. */
struct module_list {
    struct module *items;
    size_t count, capacity;
};

struct builder {
    struct inventory *inventory;
    const struct architecture *architecture;
    const json_t *config;
    uint32_t index[BUILDER_LOOPS]; /* of each loop, while a row is evaluated */
    bool bound[BUILDER_LOOPS];
    const struct architecture_binding
        *active[BUILDER_LETS]; /* lets being read */
    unsigned depth;
    uint64_t lookups;
    struct module_list modules, buffers, plains;
    struct error *err;
};

/* One shape that a row takes, and for which indices. */
struct variant {
    uint64_t shape[MODULE_DIMENSIONS];
    bool exists, bias, tied;
};

/* The number of the loop whose variable is NAME; -1 when there is none. */
int builder_find_loop(const struct builder *builder, const char *name);

/* Bit i is set when a formula of ROW reads loop i, through lets too. */
unsigned builder_dependence(struct builder *builder,
                            const struct architecture_row *row);

/* How often loop LOOP runs; at most 65,536 times. */
bool builder_limit(struct builder *builder, int loop, uint32_t *out);

/* Is FORMULA true at the bound indices?  ABSENT is what NULL means. */
bool builder_flag(struct builder *builder, const struct expression *formula,
                  bool absent, bool *out);

/* Whether ROW exists at the bound indices, and its shape there. */
bool builder_variant(struct builder *builder,
                     const struct architecture_row *row,
                     struct variant *variant);

#endif
