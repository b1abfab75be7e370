/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * PEFT's default targets and the fields of its methods, as tables.
 *
 * The rows here are from PEFT 0.18.1 and 0.21.2 themselves; with
 * LORAEXPLORE_FACTS set, every row of the tables dumped from them is compared:
 * peft/default_targets.tsv (release, method, model type, value, form),
 * method_fields.tsv (type, since, in 0.18, in 0.21, field=default; ...) and
 * lora_config_fields.tsv (field, type, default, since, in 0.18, in 0.21).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapter/defaults.h"
#include "base/alloc.h"
#include "base/file.h"
#include "tsv.h"

enum { LIMIT = 1 << 20, ROWS = 1024, FIELDS = 8 };

/* A table, read and split; row 0 names the columns. */
struct table {
    char *data;
    size_t count;
    char *rows[ROWS][FIELDS];
};

static void split_table(struct table *table, char *data)
{
    table->data = data;
    for (char *line = data; line != NULL && *line != '\0';) {
        char *next = strchr(line, '\n');
        if (next != NULL) {
            *next++ = '\0';
        }
        assert_true(table->count < ROWS);
        (void)tsv_split(line, table->rows[table->count++], FIELDS);
        line = next;
    }
}

static struct table *read_facts(const char *name)
{
    const char *folder = getenv("LORAEXPLORE_FACTS");
    struct error err = {0};
    char path[512];
    char *data = NULL;
    size_t length = 0;
    struct table *table = memory_new(1, sizeof(*table), &err);
    if (folder == NULL) {
        memory_free(table);
        skip();
    }
    assert_non_null(table);
    assert_true(snprintf(path, sizeof(path), "%s/peft/%s", folder, name) <
                (int)sizeof(path));
    if (!file_read(path, LIMIT, &data, &length, &err)) {
        fail_msg("%s", err.message);
    }
    split_table(table, data);
    return table;
}

static struct table *read_fields(void)
{
    struct error err = {0};
    struct resource_path path;
    struct table *table = memory_new(1, sizeof(*table), &err);
    const char *data = NULL;
    char *owned = NULL;
    size_t length = 0;
    assert_non_null(table);
    assert_true(resource_path_init(&path, NULL, &err));
    assert_true(resource_read(&path, "method_fields.tsv", &data, &length,
                              &owned, &err));
    char *copy = memory_new(length + 1, 1, &err);
    assert_non_null(copy);
    memcpy(copy, data, length);
    split_table(table, copy);
    memory_free(owned);
    resource_path_clear(&path);
    return table;
}

static void free_table(struct table *table)
{
    memory_free(table->data);
    memory_free(table);
}

/* ---- default targets -------------------------------------------------------- */

static void expect(const struct resource_path *path, enum peft_version peft,
                   const char *method, const char *model_type,
                   const char *targets, bool regex)
{
    struct default_targets got;
    struct error err = {0};
    if (!default_targets(path, method, model_type, peft, &got, &err)) {
        fail_msg("%s %s: %s", method, model_type, err.message);
    }
    if (got.found != (targets != NULL) || got.regex != regex ||
        (got.found && strcmp(got.text, targets) != 0)) {
        fail_msg("%s %s %s: %s, wanted %s", peft_version_name(peft), method,
                 model_type, got.found ? got.text : "none",
                 targets != NULL ? targets : "none");
    }
    default_targets_clear(&got);
    assert_null(got.text);
}

static const struct {
    enum peft_version peft;
    const char *method, *model_type, *targets;
    bool regex;
} known[] = {
    {PEFT_0_21, "lora", "llama", "q_proj,v_proj", false},
    {PEFT_0_18, "lora", "gpt2", "c_attn", false},
    {PEFT_0_21, "lora", "gemma4", ".*language_model\\..*\\.(q_proj|v_proj)",
     true},
    {PEFT_0_21, "hira", "gemma4", ".*language_model\\..*\\.(q_proj|v_proj)",
     true},
    {PEFT_0_18, "lora", "gemma4", NULL, false},
    {PEFT_0_18, "hira", "llama", NULL, false}, /* 0.18 has no HIRA */
    {PEFT_0_18, "bone", "llama", "q_proj,v_proj", false},
    {PEFT_0_21, "bone", "llama", NULL, false},
    {PEFT_0_21, "vera", "gpt_neox", "query_key_value", false},
    {PEFT_0_21, "ia3", "t5", "k,v,wo", false},
    {PEFT_0_21, "ia3_feedforward", "t5", "wo", false},
    {PEFT_0_21, "ia3_feedforward", "mt5", "", false}, /* a list of none */
    {PEFT_0_21, "fourierft", "gpt2", "mlp.c_proj", false},
    {PEFT_0_21, "fourierft", "llama", "q_proj,v_proj", false},
    {PEFT_0_21, "lora", "btlm", "c_proj,c_attn", false},
    {PEFT_0_21, "waveft", "btlm", NULL, false},
    {PEFT_0_21, "waveft", "llama", "q_proj,v_proj", false},
    {PEFT_0_21, "prompt_tuning", "llama", NULL, false},
    {PEFT_0_21, "lora", "unheard-of", NULL, false},
    {PEFT_0_21, "boft", "*", NULL, false},
};

static void test_known(void **state)
{
    (void)state;
    struct error err = {0};
    struct resource_path path;
    assert_true(resource_path_init(&path, NULL, &err));
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        expect(&path, known[i].peft, known[i].method, known[i].model_type,
               known[i].targets, known[i].regex);
    }
    resource_path_clear(&path);
}

/* The row that holds for a release, method and model type; NULL: none. */
static char **find_fact(struct table *facts, const char *release,
                        const char *method, const char *model_type)
{
    char **star = NULL;
    for (size_t i = 1; i < facts->count; i++) {
        char **row = facts->rows[i];
        if (strcmp(row[0], release) != 0 || strcmp(row[1], method) != 0) {
            continue;
        }
        if (strcmp(row[2], model_type) == 0) {
            return strcmp(row[4], "none") == 0 ? NULL : row;
        }
        star = strcmp(row[2], "*") == 0 ? row : star;
    }
    return star == NULL ? NULL : find_fact(facts, release, star[3], model_type);
}

/* Every method with every model type that any of them knows. */
static void test_all(void **state)
{
    (void)state;
    static const char *const releases[] = {"0.18.1", "0.21.2"};
    struct error err = {0};
    struct resource_path path;
    struct table *facts = read_facts("default_targets.tsv");
    assert_true(resource_path_init(&path, NULL, &err));
    assert_true(facts->count > 400);
    for (size_t i = 1; i < facts->count; i++) {
        const char *method = facts->rows[i][1];
        if (strcmp(method, facts->rows[i - 1][1]) == 0) {
            continue;
        }
        for (size_t j = 1; j < facts->count; j++) {
            const char *type = facts->rows[j][2];
            for (unsigned k = 0; k < 2 && strcmp(type, "*") != 0; k++) {
                char **row = find_fact(facts, releases[k], method, type);
                expect(&path, k == 0 ? PEFT_0_18 : PEFT_0_21, method, type,
                       row == NULL ? NULL : row[3],
                       row != NULL && strcmp(row[4], "regex") == 0);
            }
        }
    }
    resource_path_clear(&path);
    free_table(facts);
}

static const struct {
    const char *table, *targets, *message;
} overrides[] = {
    {"0.21\tlora\tllama\tmine\tlist\r\n", "mine", NULL},
    {"0.21\tlora\tllama\tmine\tlist", "mine", NULL},
    {"0.21\tlora\tllama\n0.21\tlora\n\n\t\t\t\t\t\t\n", NULL, "form \"\""},
    {"0.21\tlora\tllama\tq_proj\tnames\n", NULL, "form \"names\""},
    {"0.21\tlora\t*\tlora\tas\n", NULL, "again and again"},
    {"0.21\tlora\t*\tvera\tas\n0.21\tvera\tllama\tlora\tas\n", NULL,
     "again and again"},
    {"0.21\tlora\t*\tnobody\tas\n", NULL, NULL},
    {"", NULL, NULL},
};

static void test_overrides(void **state)
{
    (void)state;
    char folder[] = "/tmp/loraexplore-test-XXXXXX";
    char file[64];
    struct error err = {0};
    struct resource_path path;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(file, sizeof(file), "%s/default_targets.tsv", folder);
    assert_true(resource_path_init(&path, folder, &err));
    for (size_t i = 0; i < sizeof(overrides) / sizeof(overrides[0]); i++) {
        struct default_targets got;
        const char *table = overrides[i].table;
        assert_true(file_write(file, table, strlen(table), true, &err));
        if (overrides[i].message == NULL) {
            expect(&path, PEFT_0_21, "lora", "llama", overrides[i].targets,
                   false);
            continue;
        }
        assert_false(
            default_targets(&path, "lora", "llama", PEFT_0_21, &got, &err));
        assert_int_equal(err.code, ERROR_FORMAT);
        assert_non_null(strstr(err.message, overrides[i].message));
        default_targets_clear(&got);
    }
    resource_path_clear(&path);
    (void)unlink(file);
    (void)rmdir(folder);
}

/* ---- fields ----------------------------------------------------------------- */

enum { METHOD, FIELD, DEFAULT, TYPE, IN_0_18, IN_0_21 };

static char **find_field(struct table *fields, const char *method,
                         const char *field, int release)
{
    for (size_t i = 1; i < fields->count; i++) {
        char **row = fields->rows[i];
        if (strcmp(row[METHOD], method) == 0 &&
            strcmp(row[FIELD], field) == 0 &&
            strcmp(row[release], "yes") == 0) {
            return row;
        }
    }
    return NULL;
}

static size_t count_fields(const struct table *fields, const char *method,
                           int release)
{
    size_t count = 0;
    for (size_t i = 1; i < fields->count; i++) {
        count += strcmp(fields->rows[i][METHOD], method) == 0 &&
                 strcmp(fields->rows[i][release], "yes") == 0;
    }
    return count;
}

static void expect_default(char **row, const char *method, const char *field,
                           const char *value)
{
    if (row == NULL) {
        fail_msg("%s has no %s", method, field);
        return;
    }
    json_t *got = json_loads(row[DEFAULT], JSON_DECODE_ANY, NULL);
    json_t *wanted = json_loads(value, JSON_DECODE_ANY, NULL);
    if (wanted == NULL || !json_equal(got, wanted)) {
        fail_msg("%s.%s: %s, wanted %s", method, field, row[DEFAULT], value);
    }
    json_decref(got);
    json_decref(wanted);
}

/* One row of the facts; its list of field=default is cut up in place. */
static void compare_method(struct table *fields, char *row[])
{
    int release = strcmp(row[3], "yes") == 0 ? IN_0_21 : IN_0_18;
    size_t count = 0;
    for (char *at = row[4]; at != NULL; count++) {
        char *next = strstr(at, "; ");
        if (next != NULL) {
            *next = '\0';
            next += 2;
        }
        char *value = strchr(at, '=');
        assert_non_null(value);
        *value++ = '\0';
        expect_default(find_field(fields, row[0], at, release), row[0], at,
                       value);
        at = next;
    }
    assert_int_equal(count_fields(fields, row[0], release), count);
    assert_int_equal(count_fields(fields, row[0], IN_0_18) > 0,
                     strcmp(row[2], "yes") == 0);
    assert_int_equal(count_fields(fields, row[0], IN_0_21) > 0,
                     strcmp(row[3], "yes") == 0);
}

static void test_methods(void **state)
{
    (void)state;
    struct table *facts = read_facts("method_fields.tsv");
    struct table *fields = read_fields();
    assert_int_equal(facts->count, 47);
    for (size_t i = 1; i < facts->count; i++) {
        compare_method(fields, facts->rows[i]);
    }
    free_table(fields);
    free_table(facts);
}

/* Which release has which field of LoRA's, the common ones included. */
static void test_lora(void **state)
{
    (void)state;
    struct table *facts = read_facts("lora_config_fields.tsv");
    struct table *fields = read_fields();
    for (size_t i = 1; i < facts->count; i++) {
        char **row = facts->rows[i];
        for (int k = 0; k < 2; k++) {
            const char *method = "*";
            char **got = find_field(fields, method, row[0], IN_0_18 + k);
            if (got == NULL) {
                method = "LORA";
                got = find_field(fields, method, row[0], IN_0_18 + k);
            }
            if (strcmp(row[4 + k], "yes") != 0) {
                assert_null(got);
                continue;
            }
            expect_default(got, method, row[0], row[2]);
        }
    }
    free_table(fields);
    free_table(facts);
}

static const struct {
    const char *method, *field, *value, *type;
    int release;
} known_fields[] = {
    {"*", "inference_mode", "false", "bool", IN_0_18},
    {"LORA", "r", "8", "int", IN_0_18},
    {"LORA", "lora_alpha", "8", "int|float", IN_0_21},
    {"LORA", "target_modules", "null", "string|list|null", IN_0_21},
    {"LORA", "layers_to_transform", "null", "int|ints|null", IN_0_21},
    {"LORA", "layer_replication", "null", "pairs|null", IN_0_21},
    {"LORA", "init_lora_weights", "true", "bool|string|null", IN_0_21},
    {"OSF", "init_weights", "null", "bool|null", IN_0_18}, /* changed since */
    {"OSF", "init_weights", "true", "bool|null", IN_0_21},
    {"BONE", "r", "64", "int", IN_0_18},
    {"BONE", "r", NULL, NULL, IN_0_21},
    {"LORA", "kasa_config", NULL, NULL, IN_0_18},
    {"OFT", "eps", "6e-05", "float", IN_0_21},
    {"TRAINABLE_TOKENS", "token_indices", "[]", "ints", IN_0_18},
};

static void test_known_fields(void **state)
{
    (void)state;
    struct table *fields = read_fields();
    for (size_t i = 0; i < sizeof(known_fields) / sizeof(known_fields[0]);
         i++) {
        const char *method = known_fields[i].method;
        const char *name = known_fields[i].field;
        char **row = find_field(fields, method, name, known_fields[i].release);
        if (known_fields[i].value == NULL) {
            assert_null(row);
            continue;
        }
        expect_default(row, method, name, known_fields[i].value);
        assert_string_equal(row[TYPE], known_fields[i].type);
    }
    free_table(fields);
}

static bool type_takes(const char *type, const json_t *value)
{
    bool real = json_is_real(value);
    bool whole = json_is_integer(value);
    return (json_is_null(value) && strcmp(type, "null") == 0) ||
           (json_is_boolean(value) && strcmp(type, "bool") == 0) ||
           (json_is_string(value) && strcmp(type, "string") == 0) ||
           (json_is_object(value) && strcmp(type, "dict") == 0) ||
           (json_is_array(value) && strcmp(type, "ints") == 0) ||
           (whole && strcmp(type, "int") == 0) ||
           ((whole || real) && strcmp(type, "float") == 0);
}

static void check_types(char *row[])
{
    static const char *const types[] = {"int",  "float", "bool",
                                        "list", "ints",  "string",
                                        "dict", "pairs", "null"};
    json_t *value = json_loads(row[DEFAULT], JSON_DECODE_ANY, NULL);
    bool taken = false;
    assert_non_null(value);
    for (char *type = row[TYPE]; type != NULL;) {
        char *next = strchr(type, '|');
        bool found = false;
        if (next != NULL) {
            *next++ = '\0';
        }
        for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
            found = found || strcmp(types[i], type) == 0;
        }
        assert_true(found);
        taken = taken || type_takes(type, value);
        type = next;
    }
    json_decref(value);
    if (!taken) {
        fail_msg("%s.%s: default is of another type", row[METHOD], row[FIELD]);
    }
}

static void test_types(void **state)
{
    (void)state;
    struct table *fields = read_fields();
    assert_true(fields->count > 500);
    for (size_t i = 1; i < fields->count; i++) {
        check_types(fields->rows[i]);
    }
    free_table(fields);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),     cmocka_unit_test(test_all),
        cmocka_unit_test(test_overrides), cmocka_unit_test(test_known_fields),
        cmocka_unit_test(test_types),     cmocka_unit_test(test_methods),
        cmocka_unit_test(test_lora),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
