/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The fields of a method's configuration: what was set, else PEFT's default.
 *
 * presets/method_fields.tsv says which fields a method has in which release,
 * with type and default.  Values are checked once, here, so that reading one
 * cannot fail.
 */
#ifndef ADAPTER_FIELDS_H
#define ADAPTER_FIELDS_H

#include "adapter/settings.h"
#include "base/error.h"
#include "base/resource.h"
#include "base/text.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct fields {
    enum peft_version peft;
    const struct method *method;
    json_t *values;  /* every field of the method, owned */
    json_t *unknown; /* names that PEFT ignores, a list, owned */
};

/* Resolve SETTINGS, rank, alpha and targets included.
 *
 * errors   a method that this release of PEFT lacks, a value of a wrong type
 */
bool fields_init(struct fields *fields, const struct resource_path *path,
                 const struct adapter_settings *settings, struct error *err);
void fields_clear(struct fields *fields);

/* The value of KEY; JSON null when the method has no such field. */
const json_t *field(const struct fields *fields, const char *key);

int64_t field_integer(const struct fields *fields, const char *key); /* or 0 */
uint64_t field_count(const struct fields *fields, const char *key);  /* or 0 */
double field_real(const struct fields *fields, const char *key);     /* or 0 */
const char *field_text(const struct fields *fields,
                       const char *key); /* NULL unless a string */
bool field_is_null(const struct fields *fields, const char *key);
/* Python's truth: not null, false, 0, "", [] or {}. */
bool field_flag(const struct fields *fields, const char *key);
bool field_is(const struct fields *fields, const char *key, const char *text);

/* The same of a value: a whole number (0 when it is none), Python's truth. */
int64_t json_whole(const json_t *value);
bool json_truth(const json_t *value);

/* target_modules and the alpha of SETTINGS as JSON; new references. */
json_t *settings_targets_new(const struct adapter_settings *settings);
json_t *settings_alpha_new(const struct adapter_settings *settings);

/* PEFT's task types as it spells them. */
enum { TASK_TYPES = 6 };
extern const char *const task_types[TASK_TYPES];
/* The one of them that is NAME with case folded; NULL: unknown. */
const char *task_type_find(const char *name);
/* All of them, for a message: "CAUSAL_LM, ... or FEATURE_EXTRACTION". */
const char *task_type_names(void);

/* PEFT's default of KEY for METHOD as a new reference, NULL when it has none. */
json_t *field_default_new(const struct resource_path *path,
                          const struct method *method, enum peft_version peft,
                          const char *key, struct error *err);

/* The names of all fields that METHOD has in any release, as the keys of a new
 * object.
 */
json_t *field_names_new(const struct resource_path *path,
                        const struct method *method, struct error *err);

#endif
