/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tensors that each method of PEFT adds to one module.
 *
 * tests/data/peft/method_shapes.tsv was made by running PEFT 0.18.1 and 0.21.2
 * on a model of one module "m": every parameter and buffer that appeared,
 * "role:shape", and every tensor of the state dict, "file.name:dtype:shape"
 * (a slash before names that belong to no module); sorted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapter/config.h"
#include "adapter/fields.h"
#include "adapter/method.h"
#include "base/alloc.h"
#include "base/file.h"
#include "base/text.h"
#include "tsv.h"

enum { LIMIT = 1 << 20, TOKENS = 32, COLUMNS = 6 };
enum column { PEFT, METHOD, KIND, SHAPE, FIELDS, TENSORS };

struct bench {
    struct resource_path path;
    struct strings strings;
    struct adapter_settings settings;
    struct fields fields;
    struct inventory inventory;
    struct module module;
    struct method_site site;
    struct method_group group;
    struct arena arena;
    struct error err;
};

/* ---- one module and its settings ------------------------------------------- */

static enum module_kind kind_of(const char *name)
{
    for (int kind = 0; kind < MODULE_KINDS; kind++) {
        if (strcmp(module_kind_name((enum module_kind)kind), name) == 0) {
            return (enum module_kind)kind;
        }
    }
    fail_msg("no kind %s", name);
    return MODULE_LINEAR;
}

static void read_shape(struct module *module, const char *text)
{
    char *end = NULL;
    do {
        module->shape[module->dimensions++] = strtoull(text, &end, 10);
        text = end + 1;
    } while (*end == 'x');
}

/* As an adapter_config.json says it. */
static bool set_fields(struct bench *bench, const char *const row[])
{
    settings_init(&bench->settings, &bench->strings);
    bench->settings.peft =
        strcmp(row[PEFT], "0.18") == 0 ? PEFT_0_18 : PEFT_0_21;
    struct text file = {0};
    text_appendf(&file, "{\"peft_type\": \"%s\", \"target_modules\": [\"m\"]",
                 row[METHOD]);
    text_appendf(&file, "%s%s", row[FIELDS][1] == '}' ? "" : ", ",
                 row[FIELDS] + 1);
    bool ok = settings_read(&bench->settings, &bench->path, text_string(&file),
                            file.length, "row", &bench->err) &&
              fields_init(&bench->fields, &bench->path, &bench->settings,
                          &bench->err);
    text_clear(&file);
    return ok;
}

/* The value of the method's pattern for "m", else its field. */
static const json_t *special_of(const struct fields *fields)
{
    const struct method *method = fields->method;
    if (method->special_key == NULL) {
        return NULL;
    }
    const json_t *own =
        json_object_get(field(fields, method->special_pattern), "m");
    return own != NULL ? own : field(fields, method->special_key);
}

/* Made without a bias where there is a choice. */
static bool has_bias(const char *kind)
{
    return strcmp(kind, "norm") == 0 || strcmp(kind, "conv1d") == 0;
}

static void set_site(struct bench *bench, const char *const row[])
{
    bench->module = (struct module){.pattern = "m",
                                    .name = "m",
                                    .leaf = "m",
                                    .kind = kind_of(row[KIND]),
                                    .bias = has_bias(row[KIND]),
                                    .copies = 1};
    read_shape(&bench->module, row[SHAPE]);
    bench->inventory =
        (struct inventory){.modules = &bench->module, .count = 1};
    bench->group = (struct method_group){.inventory = &bench->inventory,
                                         .fields = &bench->fields,
                                         .sites = &bench->site,
                                         .count = 1};
    bench->site = (struct method_site){.module = &bench->module,
                                       .inventory = &bench->inventory,
                                       .fields = &bench->fields,
                                       .in = module_in(&bench->module),
                                       .out = module_out(&bench->module),
                                       .rank = bench->settings.rank,
                                       .alpha = bench->settings.alpha,
                                       .special = special_of(&bench->fields),
                                       .group = &bench->group};
}

/* ---- what it gains, as the table writes it --------------------------------- */

struct tokens {
    char *items[TOKENS];
    size_t count;
};

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_token(struct tokens *tokens,
                      const struct adapter_tensor *tensor, const char *head)
{
    struct text text = {0};
    text_append(&text, head);
    for (unsigned i = 0; i < tensor->dimensions; i++) {
        text_appendf(&text, "%s%" PRIu64, i > 0 ? "x" : "", tensor->shape[i]);
    }
    assert_true(tokens->count < TOKENS && !text.failed);
    tokens->items[tokens->count++] = text.data;
}

static void add_tensors(struct tokens *tokens, const struct tensor_list *list,
                        const char *separator)
{
    static const char *const roles[] = {"trainable:", "frozen:", "buffer:"};
    static const char *const types[] = {
        [TENSOR_OWN] = "F32", [TENSOR_OF_BASE] = "F32", [TENSOR_F32] = "F32",
        [TENSOR_I64] = "I64", [TENSOR_I32] = "I32",     [TENSOR_I16] = "I16",
        [TENSOR_U8] = "U8",   [TENSOR_BOOL] = "BOOL"};
    char head[160];
    for (size_t i = 0; i < list->count; i++) {
        const struct adapter_tensor *tensor = &list->items[i];
        if (tensor->role <= TENSOR_BUFFER) {
            add_token(tokens, tensor, roles[tensor->role]);
        }
        if (tensor->stored) {
            snprintf(head, sizeof(head), "file%s%s:%s:", separator,
                     tensor->suffix, types[tensor->type]);
            add_token(tokens, tensor, head);
        }
    }
}

static void join(struct tokens *tokens, struct text *out)
{
    qsort(tokens->items, tokens->count, sizeof(*tokens->items), compare);
    for (size_t i = 0; i < tokens->count; i++) {
        text_append(out, i > 0 ? " " : "");
        text_append(out, tokens->items[i]);
        memory_free(tokens->items[i]);
    }
    text_append(out, tokens->count == 0 ? "nothing" : "");
}

static bool list_all(struct bench *bench, struct text *out)
{
    const struct method *method = bench->fields.method;
    struct tokens tokens = {.count = 0};
    struct tensor_list own = {.arena = &bench->arena};
    struct tensor_list shared = {.arena = &bench->arena};
    if ((method->kinds & 1u << bench->module.kind) == 0 ||
        !method->adapt(&bench->site, &own, &bench->err) ||
        (method->share != NULL &&
         !method->share(&bench->group, &shared, &bench->err))) {
        return false;
    }
    assert_true(tensors_ok(&own, &bench->err));
    assert_true(tensors_ok(&shared, &bench->err));
    add_tensors(&tokens, &own, "");
    add_tensors(&tokens, &shared, "/");
    join(&tokens, out);
    return true;
}

static void check_row(const char *const row[])
{
    struct bench bench = {0};
    struct text got = {0};
    assert_true(resource_path_init(&bench.path, NULL, &bench.err));
    bool ok = set_fields(&bench, row);
    if (ok) {
        const struct method *method = bench.settings.method;
        set_site(&bench, row);
        ok = (method->check == NULL ||
              method->check(&bench.fields, &bench.err)) &&
             list_all(&bench, &got);
        fields_clear(&bench.fields);
    }
    if (!ok) {
        text_append(&got, "refused");
    }
    if (strcmp(text_string(&got), row[TENSORS]) != 0) {
        fail_msg("%s %s %s %s %s:\n  ours %s %s\n  PEFT %s", row[PEFT],
                 row[METHOD], row[KIND], row[SHAPE], row[FIELDS],
                 text_string(&got), bench.err.message, row[TENSORS]);
    }
    text_clear(&got);
    strings_clear(&bench.strings);
    arena_clear(&bench.arena);
    resource_path_clear(&bench.path);
}

static void check_releases(const char *row[])
{
    if (strcmp(row[PEFT], "both") != 0) {
        check_row(row);
        return;
    }
    row[PEFT] = "0.18";
    check_row(row);
    row[PEFT] = "0.21";
    check_row(row);
}

static void peft_shapes(void **state)
{
    (void)state;
    struct error err = {0};
    char *data = NULL;
    size_t length = 0;
    assert_true(file_read("tests/data/peft/method_shapes.tsv", LIMIT, &data,
                          &length, &err));
    size_t rows = 0;
    for (char *line = strchr(data, '\n') + 1; *line != '\0';) {
        char *next = strchr(line, '\n');
        *next++ = '\0';
        char *cells[COLUMNS];
        const char *row[COLUMNS];
        assert_int_equal(tsv_split(line, cells, COLUMNS), COLUMNS);
        memcpy(row, cells, sizeof(row));
        check_releases(row);
        rows++;
        line = next;
    }
    assert_true(rows > 250);
    memory_free(data);
}

/* ---- the table ------------------------------------------------------------- */

static void names_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < method_count; i++) {
        const struct method *method = &method_table[i];
        assert_ptr_equal(method_find(method->name), method);
        assert_string_equal(method_find_type(method->peft_type)->peft_type,
                            method->peft_type);
        assert_true(strlen(method->summary) > 0 && strlen(method->source) > 0);
        assert_true((method->special_key == NULL) ==
                    (method->special_pattern == NULL));
        assert_true(method->reach == REACH_PROMPT ||
                    (method->kinds != 0 && method->adapt != NULL));
    }
    assert_string_equal(method_find("LoRA")->name, "lora");
    assert_string_equal(method_find("VERA")->peft_type, "VERA");
    assert_null(method_find("lor"));
    assert_null(method_find_type("lora"));
}

static void variants_are_json(void **state)
{
    (void)state;
    for (size_t i = 0; i < method_count; i++) {
        if (method_table[i].sets != NULL) {
            json_t *object = json_loads(method_table[i].sets, 0, NULL);
            assert_true(json_object_size(object) > 0);
            json_decref(object);
        }
    }
}

/* alpha / r of LoHa, lambda / r of DeLoRA, the fields of the transforms. */
static void scalings(void **state)
{
    (void)state;
    static const char *const rows[][COLUMNS] = {
        {"0.21", "LOHA", "linear", "24x36", "{\"r\":4,\"alpha\":6}", "1.5"},
        {"0.21", "DELORA", "linear", "24x36", "{\"r\":4}", "3.75"},
        {"0.21", "FOURIERFT", "linear", "24x36", "{\"n_frequency\":5}", "150"},
        {"0.21", "WAVEFT", "linear", "24x36", "{\"n_frequency\":5}", "25"},
        {"0.21", "RANDLORA", "linear", "24x36", "{\"r\":32}", "20"},
        {"0.21", "VERA", "linear", "24x36", "{\"r\":8}", "1"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *const *row = rows[i];
        struct bench bench = {0};
        assert_true(resource_path_init(&bench.path, NULL, &bench.err));
        assert_true(set_fields(&bench, row));
        set_site(&bench, row);
        struct tensor_list list = {.arena = &bench.arena};
        assert_true(bench.fields.method->adapt(&bench.site, &list, &bench.err));
        double wanted = strtod(row[TENSORS], NULL);
        assert_true(list.scaling > wanted - 1e-12 &&
                    list.scaling < wanted + 1e-12);
        fields_clear(&bench.fields);
        strings_clear(&bench.strings);
        arena_clear(&bench.arena);
        resource_path_clear(&bench.path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(peft_shapes),
        cmocka_unit_test(names_are_found),
        cmocka_unit_test(variants_are_json),
        cmocka_unit_test(scalings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
