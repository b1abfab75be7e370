/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The fields of a method's configuration, read from the table of PEFT's.
 */
#include "adapter/fields.h"

#include <math.h>
#include <string.h>

#include "adapter/field_type.h"
#include "adapter/method.h"
#include "base/alloc.h"

/* Columns of presets/method_fields.tsv. */
enum column {
    COLUMN_METHOD,
    COLUMN_FIELD,
    COLUMN_DEFAULT,
    COLUMN_TYPE,
    COLUMN_018,
    COLUMN_021,
    COLUMNS,
};

struct row {
    const char *start[COLUMNS];
    size_t length[COLUMNS];
};

static bool cell_is(const struct row *row, enum column column, const char *text)
{
    return strlen(text) == row->length[column] &&
           memcmp(row->start[column], text, row->length[column]) == 0;
}

/* Split the line at *AT into ROW and step to the next; false at the end. */
static bool next_row(const char **at, struct row *row)
{
    if (**at == '\0') {
        return false;
    }
    for (int i = 0; i < COLUMNS; i++) {
        row->start[i] = *at;
        row->length[i] = strcspn(*at, "\t\r\n");
        *at += row->length[i];
        *at += **at == '\t';
    }
    *at += strcspn(*at, "\n");
    *at += **at == '\n';
    return true;
}

static bool row_holds(const struct row *row, const struct method *method,
                      enum peft_version peft)
{
    enum column release = peft == PEFT_0_18 ? COLUMN_018 : COLUMN_021;
    return (cell_is(row, COLUMN_METHOD, "*") ||
            cell_is(row, COLUMN_METHOD, method->peft_type)) &&
           cell_is(row, release, "yes");
}

static json_t *default_value(const struct row *row)
{
    json_t *value =
        json_loadb(row->start[COLUMN_DEFAULT], row->length[COLUMN_DEFAULT],
                   JSON_DECODE_ANY, NULL);
    return value != NULL ? value : json_null();
}

static bool check_type(const struct row *row, const json_t *value,
                       struct error *err)
{
    struct text wanted = {0};
    bool fits = field_type_fits(row->start[COLUMN_TYPE],
                                row->length[COLUMN_TYPE], value, &wanted);
    if (!fits) {
        error_set(err, ERROR_FORMAT, "%.*s must be %s",
                  (int)row->length[COLUMN_FIELD], row->start[COLUMN_FIELD],
                  text_string(&wanted));
    }
    text_clear(&wanted);
    return fits;
}

/* ---- resolving ------------------------------------------------------------- */

/* Target names as PEFT's JSON list; a comma within one is put back. */
static json_t *targets_value(const struct adapter_settings *settings)
{
    json_t *list = json_array();
    const char *cursor = settings->targets;
    size_t length = 0;
    for (const char *item = settings_next_target(&cursor, &length);
         item != NULL; item = settings_next_target(&cursor, &length)) {
        struct text name = {0};
        text_append_bytes(&name, item, length);
        for (size_t i = 0; i < name.length; i++) {
            name.data[i] = name.data[i] == TARGET_COMMA ? ',' : name.data[i];
        }
        json_array_append_new(list, json_string(text_string(&name)));
        text_clear(&name);
    }
    return list;
}

json_t *settings_targets_new(const struct adapter_settings *settings)
{
    switch (settings->mode) {
    case TARGET_UNSET:
    case TARGET_DEFAULT:
        return json_null();
    case TARGET_ALL_LINEAR:
        return json_string("all-linear");
    case TARGET_REGEX:
        return json_string(settings->targets);
    case TARGET_NONE:
    case TARGET_LIST:
        break;
    }
    return targets_value(settings);
}

json_t *settings_alpha_new(const struct adapter_settings *settings)
{
    double alpha = settings->alpha;
    bool whole = alpha >= -9e15 && alpha <= 9e15 && !(alpha < floor(alpha)) &&
                 !(alpha > floor(alpha));
    return whole ? json_integer((json_int_t)alpha) : json_real(alpha);
}

/* What SETTINGS say of KEY, as a new reference; NULL: nothing. */
static json_t *own_value(const struct adapter_settings *settings,
                         const json_t *object, const char *key)
{
    const struct method *method = settings->method;
    if (method->rank_key != NULL && strcmp(key, method->rank_key) == 0) {
        return json_integer((json_int_t)settings->rank);
    }
    if (method->alpha_key != NULL && strcmp(key, method->alpha_key) == 0) {
        return settings_alpha_new(settings);
    }
    if (strcmp(key, "target_modules") == 0) {
        return settings_targets_new(settings);
    }
    if (strcmp(key, "peft_type") == 0) {
        return json_string(method->peft_type);
    }
    return json_incref(json_object_get(object, key));
}

/* Put one row's field into the values. */
static bool take_row(struct fields *fields, const struct row *row,
                     const struct adapter_settings *settings,
                     const json_t *object, struct error *err)
{
    char key[64];
    size_t length = row->length[COLUMN_FIELD];
    if (length >= sizeof(key)) {
        return error_set(err, ERROR_FORMAT,
                         "method_fields.tsv: a name is too "
                         "long");
    }
    memcpy(key, row->start[COLUMN_FIELD], length);
    key[length] = '\0';
    json_t *value = own_value(settings, object, key);
    if (value != NULL && !check_type(row, value, err)) {
        json_decref(value);
        return false;
    }
    if (value == NULL) {
        value = default_value(row);
    }
    return json_object_set_new(fields->values, key, value) == 0 ||
           error_set(err, ERROR_MEMORY, "out of memory for the settings");
}

/* The method is missing in this release; the other may have it. */
static bool fail_method(const char *data,
                        const struct adapter_settings *settings,
                        struct error *err)
{
    enum peft_version other =
        settings->peft == PEFT_0_18 ? PEFT_0_21 : PEFT_0_18;
    const char *name = peft_version_name(other);
    struct row row;
    bool has = false;
    for (const char *at = data; next_row(&at, &row);) {
        has = has || (row_holds(&row, settings->method, other) &&
                      !cell_is(&row, COLUMN_METHOD, "*"));
    }
    return has ? error_set(err, ERROR_UNSUPPORTED,
                           "PEFT %s has no method %s; PEFT %s has it (--peft "
                           "%s)",
                           peft_version_name(settings->peft),
                           settings->method->peft_type, name, name)
               : error_set(err, ERROR_UNSUPPORTED,
                           "PEFT %s has no method %s, take another",
                           peft_version_name(settings->peft),
                           settings->method->peft_type);
}

static bool fill(struct fields *fields, const char *data,
                 const struct adapter_settings *settings, const json_t *object,
                 struct error *err)
{
    struct row row;
    bool known = false;
    for (const char *at = data; next_row(&at, &row);) {
        if (!row_holds(&row, settings->method, settings->peft)) {
            continue;
        }
        known |= !cell_is(&row, COLUMN_METHOD, "*");
        if (!take_row(fields, &row, settings, object, err)) {
            return false;
        }
    }
    return known || fail_method(data, settings, err);
}

static bool list_unknown(struct fields *fields, json_t *object)
{
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach(object, key, value)
    {
        if (json_object_get(fields->values, key) == NULL &&
            json_array_append_new(fields->unknown, json_string(key)) != 0) {
            return false;
        }
    }
    return true;
}

bool fields_init(struct fields *fields, const struct resource_path *path,
                 const struct adapter_settings *settings, struct error *err)
{
    const char *data = NULL;
    size_t size = 0;
    char *owned = NULL;
    *fields =
        (struct fields){.peft = settings->peft, .method = settings->method};
    if (!resource_read(path, "method_fields.tsv", &data, &size, &owned, err)) {
        return false;
    }
    json_t *object = settings->fields[0] == '\0'
                         ? json_object()
                         : json_loads(settings->fields, 0, NULL);
    fields->values = json_object();
    fields->unknown = json_array();
    bool done = fill(fields, data, settings, object, err);
    if (done && !list_unknown(fields, object)) {
        done = error_set(err, ERROR_MEMORY, "out of memory for the settings");
    }
    json_decref(object);
    memory_free(owned);
    if (!done) {
        fields_clear(fields);
    }
    return done;
}

void fields_clear(struct fields *fields)
{
    json_decref(fields->values);
    json_decref(fields->unknown);
    *fields = (struct fields){0};
}

json_t *field_default_new(const struct resource_path *path,
                          const struct method *method, enum peft_version peft,
                          const char *key, struct error *err)
{
    const char *data = NULL;
    size_t size = 0;
    char *owned = NULL;
    json_t *value = NULL;
    if (!resource_read(path, "method_fields.tsv", &data, &size, &owned, err)) {
        return NULL;
    }
    struct row row;
    for (const char *at = data; value == NULL && next_row(&at, &row);) {
        if (row_holds(&row, method, peft) && cell_is(&row, COLUMN_FIELD, key)) {
            value = default_value(&row);
        }
    }
    memory_free(owned);
    return value;
}

json_t *field_names_new(const struct resource_path *path,
                        const struct method *method, struct error *err)
{
    const char *data = NULL;
    size_t size = 0;
    char *owned = NULL;
    if (!resource_read(path, "method_fields.tsv", &data, &size, &owned, err)) {
        return NULL;
    }
    json_t *names = json_object();
    struct row row;
    for (const char *at = data; next_row(&at, &row);) {
        if (row_holds(&row, method, PEFT_0_18) ||
            row_holds(&row, method, PEFT_0_21)) {
            json_t *name =
                json_stringn(row.start[COLUMN_FIELD], row.length[COLUMN_FIELD]);
            json_object_set_new(names, json_string_value(name), json_true());
            json_decref(name);
        }
    }
    memory_free(owned);
    return names;
}

/* ---- reading one ----------------------------------------------------------- */

const json_t *field(const struct fields *fields, const char *key)
{
    const json_t *value = json_object_get(fields->values, key);
    return value != NULL ? value : json_null();
}

int64_t json_whole(const json_t *value)
{
    if (json_is_real(value)) {
        double real = json_real_value(value);
        return real > -9e18 && real < 9e18 ? (int64_t)real : 0;
    }
    return json_is_true(value) ? 1 : json_integer_value(value);
}

int64_t field_integer(const struct fields *fields, const char *key)
{
    return json_whole(field(fields, key));
}

uint64_t field_count(const struct fields *fields, const char *key)
{
    int64_t value = field_integer(fields, key);
    return value > 0 ? (uint64_t)value : 0;
}

double field_real(const struct fields *fields, const char *key)
{
    const json_t *value = field(fields, key);
    return json_is_true(value) ? 1.0 : json_number_value(value);
}

const char *field_text(const struct fields *fields, const char *key)
{
    return json_string_value(field(fields, key));
}

bool field_is_null(const struct fields *fields, const char *key)
{
    return json_is_null(field(fields, key));
}

bool json_truth(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return json_object_size(value) > 0;
    case JSON_ARRAY:
        return json_array_size(value) > 0;
    case JSON_STRING:
        return json_string_length(value) > 0;
    case JSON_INTEGER:
        return json_integer_value(value) != 0;
    case JSON_REAL:
        return json_real_value(value) < 0 || json_real_value(value) > 0;
    case JSON_TRUE:
        return true;
    case JSON_FALSE:
    case JSON_NULL:
        break;
    }
    return false;
}

bool field_flag(const struct fields *fields, const char *key)
{
    return json_truth(field(fields, key));
}

bool field_is(const struct fields *fields, const char *key, const char *text)
{
    const char *value = field_text(fields, key);
    return value != NULL && strcmp(value, text) == 0;
}

/* ---- tasks ------------------------------------------------------------------ */

const char *const task_types[TASK_TYPES] = {
    "CAUSAL_LM", "SEQ_2_SEQ_LM", "SEQ_CLS",
    "TOKEN_CLS", "QUESTION_ANS", "FEATURE_EXTRACTION"};

const char *task_type_find(const char *name)
{
    for (size_t i = 0; i < TASK_TYPES; i++) {
        if (text_equal_fold(name, task_types[i])) {
            return task_types[i];
        }
    }
    return NULL;
}

const char *task_type_names(void)
{
    return "CAUSAL_LM, SEQ_2_SEQ_LM, SEQ_CLS, TOKEN_CLS, QUESTION_ANS or "
           "FEATURE_EXTRACTION";
}
