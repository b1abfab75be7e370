/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Totals and LoRA counts of real models, as PEFT and the Hub give them.
 *
 * tests/data/models/golden_counts.tsv: model, type, class, total, default
 * targets, counts with them at r 8, all-linear at r 16 (transformers 4 and 5),
 * and the seven Llama names at r 16.
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

#include "adapter/count.h"
#include "model/model.h"
#include "tsv.h"

enum { FIELDS = 9, LINE_SIZE = 4096 };

static const char llama7[] =
    "q_proj,k_proj,v_proj,o_proj,gate_proj,up_proj,down_proj";

static size_t wrong;

static void check(const char *model, const char *what, uint64_t got,
                  const char *wanted, const struct error *err)
{
    char number[32];
    snprintf(number, sizeof(number), "%" PRIu64, got);
    if (strcmp(number, wanted) != 0) {
        wrong++;
        print_error("%s %s: %s, wanted %s (%s)\n", model, what, number,
                    wanted[0] != '\0' ? wanted : "a refusal", err->message);
    }
}

/* The trainable count; 0 when refused. */
static uint64_t trainable(const struct model *model,
                          const struct resource_path *path, uint64_t rank,
                          const char *targets, enum peft_version peft,
                          struct error *err)
{
    struct strings strings = {0};
    struct adapter_settings settings;
    struct count count;
    settings_init(&settings, &strings);
    settings.rank = rank;
    settings.peft = peft;
    assert_true(settings_set_targets(&settings, targets, err));
    bool counted =
        count_trainable(&model->inventory, path, &settings, &count, err);
    uint64_t result = counted ? count.trainable : 0;
    if (counted) {
        count_clear(&count);
    }
    strings_clear(&strings);
    return result;
}

/* One version's column; an empty cell is a refusal, which counts as 0. */
static void check_run(char *fields[], const struct resource_path *path,
                      unsigned transformers, uint64_t rank, const char *targets,
                      const char *wanted, const char *what)
{
    struct error err = {0};
    struct model_options options = {.transformers = transformers,
                                    .class_name = fields[2]};
    struct model *model = model_load(path, fields[0], &options, &err);
    if (model == NULL) {
        wrong++;
        print_error("%s: %s\n", fields[0], err.message);
        return;
    }
    if (targets == NULL) {
        check(fields[0], what, model->inventory.parameters, wanted, &err);
    } else {
        uint64_t got =
            trainable(model, path, rank, targets,
                      transformers == 4 ? PEFT_0_18 : PEFT_0_21, &err);
        check(fields[0], what, got, wanted[0] == '\0' ? "0" : wanted, &err);
    }
    model_free(model);
}

static void test_golden(void **state)
{
    (void)state;
    struct error err = {0};
    struct resource_path path;
    char line[LINE_SIZE];
    char *fields[FIELDS];
    FILE *file = fopen("tests/data/models/golden_counts.tsv", "r");
    assert_non_null(file);
    assert_true(resource_path_init(&path, NULL, &err));
    assert_non_null(fgets(line, sizeof(line), file));
    size_t rows = 0;
    while (fgets(line, sizeof(line), file) != NULL) {
        assert_int_equal(tsv_split(line, fields, FIELDS), FIELDS);
        rows++;
        check_run(fields, &path, 4, 0, NULL, fields[3], "total");
        if (fields[4][0] != '\0') {
            check_run(fields, &path, 4, 8, fields[4], fields[5], "default r8");
        }
        check_run(fields, &path, 4, 16, "all-linear", fields[6],
                  "all-linear 4");
        check_run(fields, &path, 5, 16, "all-linear", fields[7],
                  "all-linear 5");
        check_run(fields, &path, 4, 16, llama7, fields[8], "llama7");
    }
    fclose(file);
    resource_path_clear(&path);
    print_message("%zu models, %zu figures wrong\n", rows, wrong);
    assert_true(rows > 100);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_golden)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
