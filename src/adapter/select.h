/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Does a name get an adapter?  PEFT's check_target_module_exists, compiled.
 */
#ifndef ADAPTER_SELECT_H
#define ADAPTER_SELECT_H

#include "adapter/fields.h"
#include "adapter/pattern.h"
#include "adapter/pattern_map.h"
#include "adapter/target.h"
#include "base/error.h"
#include "model/inventory.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum selection { SELECT_NO, SELECT_EXCLUDED, SELECT_YES };

/* A name of the list, and whether it matched anything. */
struct select_name {
    const char *name; /* borrowed from the plan */
    size_t length;
    bool hit;
};

/* A name of modules_to_save, as it leaves modules out. */
struct select_saved {
    struct pattern *pattern; /* NULL: a name of literals and dots */
    const char *name;
    size_t length;
};

struct selector {
    enum target_form form;
    struct pattern *regex; /* FORM_REGEX */
    struct select_name *names;
    size_t name_count;
    size_t *slots; /* where a name stands in `names`, plus 1; 0 is free */
    size_t slot_count;
    struct pattern *exclude_regex;
    const json_t *exclude_names; /* borrowed from the fields */
    struct select_saved *saved;
    size_t saved_count;
    const json_t *layers; /* layers_to_transform; NULL: all */
    struct pattern **layer_patterns;
    size_t layer_pattern_count;
    bool by_number; /* names that differ in an index alone can differ here */
    bool excluded;  /* something was */
};

/* errors  a pattern that Python's re refuses */
bool selector_init(struct selector *selector, const struct target_plan *plan,
                   const struct fields *fields, const json_t *saved_names,
                   struct error *err);
void selector_clear(struct selector *selector);

/* LINEAR: the name is in all-linear. */
bool selector_test(struct selector *selector, const char *name, size_t size,
                   bool linear, enum selection *selection, struct error *err);

#endif
