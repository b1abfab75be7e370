/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lines that people's training runs printed, to the last digit.
 *
 * tests/data/models/logs.tsv: model, class, r, target modules, trainable, all,
 * and keys (dotted) that were other than the preset's.
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
#include <unistd.h>

#include "adapter/count.h"
#include "base/alloc.h"
#include "base/file.h"
#include "formats/json.h"
#include "model/model.h"
#include "tsv.h"

enum { FIELDS = 7, LINE_SIZE = 4096 };
enum { MODEL, CLASS, RANK, TARGETS, TRAINABLE, ALL, OVERRIDE };

static void set_dotted(json_t *config, const char *key, json_t *value)
{
    char part[128];
    size_t length = strcspn(key, ".");
    snprintf(part, sizeof(part), "%.*s", (int)length, key);
    if (key[length] == '\0') {
        json_object_set(config, part, value);
    } else {
        set_dotted(json_object_get(config, part), key + length + 1, value);
    }
}

/* The preset with other values for some keys, as a file. */
static void write_override(const struct resource_path *path, char *fields[],
                           const char *file)
{
    char name[256];
    const char *data = NULL;
    size_t length = 0;
    char *owned = NULL;
    const char *key = NULL;
    json_t *value = NULL;
    struct error err = {0};
    snprintf(name, sizeof(name), "models/%s.json", fields[MODEL]);
    assert_true(resource_read(path, name, &data, &length, &owned, &err));
    json_t *config = json_parse_config(data, length, name, &err);
    json_t *changes = json_parse_config(fields[OVERRIDE],
                                        strlen(fields[OVERRIDE]), "data", &err);
    assert_non_null(config);
    assert_non_null(changes);
    json_object_foreach(changes, key, value)
    {
        set_dotted(config, key, value);
    }
    assert_int_equal(json_dump_file(config, file, 0), 0);
    json_decref(changes);
    json_decref(config);
    memory_free(owned);
}

static bool check(const struct resource_path *path, char *fields[])
{
    char file[] = "/tmp/loraexplore-log-XXXXXX";
    struct error err = {0};
    struct strings strings = {0};
    struct adapter_settings settings;
    struct count count = {0};
    struct model_options options = {.transformers = 4,
                                    .class_name = fields[CLASS]};
    bool changed = fields[OVERRIDE][0] != '\0';
    if (changed) {
        int descriptor = mkstemp(file);
        assert_true(descriptor >= 0);
        close(descriptor);
        write_override(path, fields, file);
    }
    struct model *model =
        model_load(path, changed ? file : fields[MODEL], &options, &err);
    if (changed) {
        unlink(file);
    }
    settings_init(&settings, &strings);
    settings.peft = PEFT_0_18;
    settings.rank = strtoull(fields[RANK], NULL, 10);
    bool right =
        model != NULL &&
        settings_set_targets(&settings, fields[TARGETS], &err) &&
        count_trainable(&model->inventory, path, &settings, &count, &err) &&
        count.trainable == strtoull(fields[TRAINABLE], NULL, 10) &&
        (fields[ALL][0] == '\0' || /* not printed */
         count.all == strtoull(fields[ALL], NULL, 10));
    if (!right) {
        print_error(
            "%s r %s %s: %" PRIu64 " of %" PRIu64 ", printed %s of %s %s\n",
            fields[MODEL], fields[RANK], fields[TARGETS], count.trainable,
            count.all, fields[TRAINABLE], fields[ALL], err.message);
    }
    count_clear(&count);
    model_free(model);
    strings_clear(&strings);
    return right;
}

static void test_logs(void **state)
{
    (void)state;
    struct error err = {0};
    struct resource_path path;
    char line[LINE_SIZE];
    char *fields[FIELDS];
    size_t rows = 0;
    size_t wrong = 0;
    FILE *file = fopen("tests/data/models/logs.tsv", "r");
    assert_non_null(file);
    assert_true(resource_path_init(&path, NULL, &err));
    assert_non_null(fgets(line, sizeof(line), file));
    while (fgets(line, sizeof(line), file) != NULL) {
        assert_int_equal(tsv_split(line, fields, FIELDS), FIELDS);
        rows++;
        wrong += !check(&path, fields);
    }
    fclose(file);
    resource_path_clear(&path);
    print_message("%zu logs, %zu wrong\n", rows, wrong);
    assert_true(rows > 50);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_logs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
