/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Dimension formulas over the keys of a config: `head_dim ?? hidden_size /
 * num_attention_heads`.
 *
 * Loosest first:  c ? a : b   a ?? b   ||   &&   == !=   < <= > >=   + -
 * * / %   ! -   list[index].  Integers are 64 bit and checked; `/` floors.
 * true and false are 1 and 0, a float without fraction is an integer.  null
 * (an absent key, or a division by zero) passes through arithmetic, and no
 * order comparison with it holds.  Functions: min max sum has(list, x) list(x)
 * len(x) ceildiv roundup int23.
 */
#ifndef MODEL_EXPRESSION_H
#define MODEL_EXPRESSION_H

#include "base/alloc.h"
#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum value_kind {
    VALUE_NULL,
    VALUE_INTEGER,
    VALUE_REAL, /* with a fraction: fit for comparing, not for counting */
    VALUE_TEXT,
    VALUE_JSON, /* a list or an object of the config */
};

struct value {
    enum value_kind kind;
    int64_t integer;
    double real;
    const char *text;
    const json_t *json;
    /* The config key it was read from, for messages: of a null the key that
     * is absent or zero, NULL when the value was computed.
     */
    const char *key;
    bool by_zero; /* a null that came from dividing by zero */
};

struct value value_integer(int64_t integer);
/* What a value of a config is in an expression; JSON may be NULL (absent). */
struct value value_from_json(const json_t *json, const char *key);
bool value_is_true(const struct value *value);

/* Names are looked up through the scope: loop variables, lets, config keys. */
struct expression_scope {
    bool (*lookup)(void *payload, const char *name, struct value *value,
                   struct error *err);
    void *payload;
};

struct expression; /* owned by the arena it was parsed into */

/* Parse the LENGTH bytes at TEXT; NULL with *err set on failure. */
const struct expression *expression_parse(const char *text, size_t length,
                                          struct arena *arena,
                                          struct error *err);

bool expression_evaluate(const struct expression *expression,
                         const struct expression_scope *scope,
                         struct value *value, struct error *err);

/* Call VISIT with every name that the expression looks up and every string
 * literal it holds (LITERAL true); stops at false and returns it.
 */
bool expression_visit(const struct expression *expression,
                      bool (*visit)(void *payload, const char *name,
                                    bool literal),
                      void *payload);

#endif
