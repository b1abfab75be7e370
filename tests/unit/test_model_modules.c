/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every module name and shape, as transformers builds them.
 *
 * tests/data/models/modules_v4.tsv and _v5.tsv, one row a pattern: config,
 * class, total, modules, pattern, kind, weight shape, bias, tied, count.  With
 * LORAEXPLORE_FACTS set, all of its model_modules_v4.tsv and _v5.tsv.
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

#include "base/alloc.h"
#include "base/file.h"
#include "model/model.h"

enum { NAME_SIZE = 128 };

static const char *const kinds[MODULE_KINDS] = {
    "linear", "conv1d_t", "conv",      "embed",
    "param",  "param",    "experts3d", "experts3d"};

static void append_row(struct text *out, const struct module *module,
                       const char *part, bool is_bias)
{
    text_appendf(out, "%s%s\t%s\t", module->name, part, kinds[module->kind]);
    if (is_bias) {
        text_appendf(out, "%" PRIu64, module_bias_elements(module));
    }
    for (unsigned i = 0; i < module->dimensions && !is_bias; i++) {
        text_appendf(out, "%s%" PRIu64, i > 0 ? "x" : "", module->shape[i]);
    }
    bool layer = module_is_layer(module);
    text_appendf(out, "\t%d\t%d\t%" PRIu64 "\n", layer && module->bias,
                 layer && module->tied, module->copies);
}

/* The inventory in the words of the data. */
static char *describe(const struct model *model)
{
    struct text out = {0};
    text_append(&out, "\n");
    for (size_t i = 0; i < model->inventory.count; i++) {
        const struct module *module = &model->inventory.modules[i];
        if (module->kind != MODULE_NORM) {
            append_row(&out, module, "", false);
            continue;
        }
        append_row(&out, module, ".weight", false);
        if (module->bias) {
            append_row(&out, module, ".bias", true);
        }
    }
    return out.data;
}

/* The families whose ties transformers 5 sets by the checkpoint. */
static bool is_tied_by_checkpoint(const char *config, unsigned transformers)
{
    return transformers == 5 && (strncmp(config, "flan-t5", 7) == 0 ||
                                 strncmp(config, "mt5", 3) == 0);
}

struct seen {
    char config[NAME_SIZE], class_name[NAME_SIZE];
    char *rows;
    size_t row_count, matched, wrong;
    size_t pairs;
};

static size_t count_lines(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++) {
        count += *text == '\n';
    }
    return count;
}

static void finish_pair(struct seen *seen)
{
    if (seen->rows != NULL && seen->matched != seen->row_count) {
        seen->wrong++;
        print_error("%s %s: %zu rows, %zu are in the data\n", seen->config,
                    seen->class_name, seen->row_count, seen->matched);
    }
    memory_free(seen->rows);
    seen->rows = NULL;
}

static void start_pair(struct seen *seen, const struct resource_path *path,
                       unsigned transformers, const char *total)
{
    struct error err = {0};
    struct model_options options = {.transformers = transformers,
                                    .class_name = seen->class_name};
    struct model *model = model_load(path, seen->config, &options, &err);
    if (model == NULL) {
        fail_msg("%s %s: %s", seen->config, seen->class_name, err.message);
    }
    seen->pairs++;
    seen->rows = describe(model);
    seen->row_count = count_lines(seen->rows) - 1;
    seen->matched = 0;
    if (strtoull(total, NULL, 10) != model->inventory.parameters) {
        seen->wrong++;
        print_error("%s %s: total %" PRIu64 ", wanted %s\n", seen->config,
                    seen->class_name, model->inventory.parameters, total);
    }
    model_free(model);
}

/* LINE: config, class, total, modules, then a row in our own words. */
static void check_line(struct seen *seen, const struct resource_path *path,
                       unsigned transformers, const char *line, size_t length)
{
    char config[NAME_SIZE];
    char class_name[NAME_SIZE];
    char row[2048];
    size_t first = strcspn(line, "\t");
    const char *second = line + first + 1;
    const char *total = second + strcspn(second, "\t") + 1;
    const char *rest = total + strcspn(total, "\t") + 1;
    rest += strcspn(rest, "\t") + 1;
    snprintf(config, sizeof(config), "%.*s", (int)first, line);
    snprintf(class_name, sizeof(class_name), "%.*s", (int)(total - second - 1),
             second);
    snprintf(row, sizeof(row), "\n%.*s\n", (int)(line + length - rest), rest);
    if (is_tied_by_checkpoint(config, transformers)) {
        return;
    }
    if (strcmp(config, seen->config) != 0 ||
        strcmp(class_name, seen->class_name) != 0) {
        finish_pair(seen);
        snprintf(seen->config, NAME_SIZE, "%s", config);
        snprintf(seen->class_name, NAME_SIZE, "%s", class_name);
        start_pair(seen, path, transformers, total);
    }
    if (strstr(seen->rows, row) != NULL) {
        seen->matched++;
    } else if (seen->wrong++ < 40) {
        print_error("%s %s lacks%s", config, class_name, row);
    }
}

static void check_file(const char *file, unsigned transformers)
{
    struct error err = {0};
    struct resource_path path;
    struct seen seen = {{0}, {0}, NULL, 0, 0, 0, 0};
    char *data = NULL;
    size_t length = 0;
    if (!file_read(file, 1 << 24, &data, &length, &err)) {
        fail_msg("%s", err.message);
    }
    assert_true(resource_path_init(&path, NULL, &err));
    char *line = strchr(data, '\n');
    for (line = line != NULL ? line + 1 : data; *line != '\0';) {
        size_t size = strcspn(line, "\n");
        check_line(&seen, &path, transformers, line, size);
        line += size + (line[size] == '\n');
    }
    finish_pair(&seen);
    print_message("%s: %zu models, %zu differences\n", file, seen.pairs,
                  seen.wrong);
    memory_free(data);
    resource_path_clear(&path);
    assert_true(seen.pairs > 20);
    assert_int_equal(seen.wrong, 0);
}

static void test_packed_v4(void **state)
{
    (void)state;
    check_file("tests/data/models/modules_v4.tsv", 4);
}

static void test_packed_v5(void **state)
{
    (void)state;
    check_file("tests/data/models/modules_v5.tsv", 5);
}

static void check_facts(const char *name, unsigned transformers)
{
    const char *facts = getenv("LORAEXPLORE_FACTS");
    char file[1024];
    if (facts == NULL) {
        skip();
    }
    snprintf(file, sizeof(file), "%s/peft/%s", facts, name);
    check_file(file, transformers);
}

static void test_facts_v4(void **state)
{
    (void)state;
    check_facts("model_modules_v4.tsv", 4);
}

static void test_facts_v5(void **state)
{
    (void)state;
    check_facts("model_modules_v5.tsv", 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_packed_v4),
        cmocka_unit_test(test_packed_v5),
        cmocka_unit_test(test_facts_v4),
        cmocka_unit_test(test_facts_v5),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
