/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Trainings that PEFT publishes: parameters and file bytes of each method.
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
#include "adapter/count.h"
#include "adapter/method.h"
#include "tsv.h"

enum { FIELDS = 6, LINE_SIZE = 1024, RUNS = 35 };

struct bench {
    struct resource_path path;
    struct strings strings;
    struct model *model;
};

static void expect(const char *run, const char *what, uint64_t ours,
                   const char *theirs)
{
    if (ours != strtoull(theirs, NULL, 10)) {
        fail_msg("%s: %s %" PRIu64 ", PEFT %s", run, what, ours, theirs);
    }
}

static void check_run(struct bench *bench, char *fields[FIELDS])
{
    const struct count_dtypes dtypes = {DTYPE_BF16, DTYPE_FP32};
    struct adapter_settings settings;
    struct count count;
    struct error err = {0};
    uint64_t bytes = 0;
    settings_init(&settings, &bench->strings);
    bool ok = settings_read(&settings, &bench->path, fields[2],
                            strlen(fields[2]), fields[0], &err) &&
              (fields[1][0] == '-' ||
               settings_set_method(&settings, &bench->path,
                                   method_find(fields[1]), &err)) &&
              count_trainable(&bench->model->inventory, &bench->path, &settings,
                              &count, &err) &&
              count_file_bytes(&count, &dtypes, &bytes, &err);
    if (!ok) {
        fail_msg("%s: %s", fields[0], err.message);
    }
    expect(fields[0], "trainable", count.trainable, fields[3]);
    expect(fields[0], "all", count.all, fields[4]);
    expect(fields[0], "bytes", bytes, fields[5]);
    count_clear(&count);
}

static void test_runs(void **state)
{
    (void)state;
    struct bench bench = {0};
    struct error err = {0};
    const struct model_options options = {.transformers = 5};
    char line[LINE_SIZE];
    char *fields[FIELDS];
    size_t runs = 0;
    assert_true(resource_path_init(&bench.path, NULL, &err));
    bench.model = model_load(&bench.path, "Llama-3.2-3B", &options, &err);
    assert_non_null(bench.model);
    FILE *file = fopen("tests/data/peft/method_runs.tsv", "r");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file) != NULL) {
        if (line[0] != '#') {
            assert_int_equal(tsv_split(line, fields, FIELDS), FIELDS);
            check_run(&bench, fields);
            runs++;
        }
    }
    fclose(file);
    assert_int_equal(runs, RUNS);
    model_free(bench.model);
    strings_clear(&bench.strings);
    resource_path_clear(&bench.path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_runs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
