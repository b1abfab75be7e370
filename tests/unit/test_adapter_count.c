/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Counts of real PEFT runs: tests/data/models/lora_counts.tsv (config, class,
 * transformers, peft, run, trainable, all, modules, parameters, error).
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

enum { FIELDS = 10, LINE_SIZE = 4096 };
enum {
    CONFIG,
    CLASS,
    TRANSFORMERS,
    PEFT,
    RUN,
    TRAINABLE,
    ALL,
    MODULES,
    PARAMETERS,
    FAILURE
};

static const struct {
    const char *name, *targets;
    uint64_t rank;
} runs[] = {
    {"default_r8", "default", 8},
    {"llama7_r16", "q_proj,k_proj,v_proj,o_proj,gate_proj,up_proj,down_proj",
     16},
    {"all_linear_r16", "all-linear", 16},
};

/* The task that the run named, told by its class: its heads are copied. */
static bool set_task(struct adapter_settings *settings, const char *class_name)
{
    struct error err = {0};
    const char *task = NULL;
    if (strstr(class_name, "ForSequenceClassification") != NULL ||
        strstr(class_name, "ForImageClassification") != NULL) {
        task = "SEQ_CLS";
    } else if (strstr(class_name, "ForTokenClassification") != NULL) {
        task = "TOKEN_CLS";
    }
    if (task == NULL) {
        return true;
    }
    json_t *value = json_string(task);
    bool set = settings_set_field(settings, "task_type", value, &err);
    json_decref(value);
    return set;
}

static bool set_run(struct adapter_settings *settings, struct strings *strings,
                    char *fields[])
{
    struct error err = {0};
    settings_init(settings, strings);
    settings->peft = fields[TRANSFORMERS][0] == '4' ? PEFT_0_18 : PEFT_0_21;
    if (!set_task(settings, fields[CLASS])) {
        return false;
    }
    for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
        if (strcmp(runs[i].name, fields[RUN]) == 0) {
            settings->rank = runs[i].rank;
            return settings_set_targets(settings, runs[i].targets, &err);
        }
    }
    return false;
}

/* flan-T5 and mT5 were made without a checkpoint, whose ties they lack. */
static bool is_left_out(char *fields[])
{
    return fields[TRANSFORMERS][0] == '5' &&
           (strncmp(fields[CONFIG], "flan-t5", 7) == 0 ||
            strncmp(fields[CONFIG], "mt5", 3) == 0);
}

static bool agrees(const struct count *count, char *fields[])
{
    return count->trainable == strtoull(fields[TRAINABLE], NULL, 10) &&
           count->all == strtoull(fields[ALL], NULL, 10) &&
           count->matched == strtoull(fields[MODULES], NULL, 10) +
                                 strtoull(fields[PARAMETERS], NULL, 10);
}

/* True when our count, or our refusal, is PEFT's. */
static bool check(char *fields[], const struct resource_path *path,
                  struct strings *strings)
{
    struct error err = {0};
    struct adapter_settings settings;
    struct count count;
    struct model_options options = {.transformers =
                                        fields[TRANSFORMERS][0] == '4' ? 4 : 5,
                                    .class_name = fields[CLASS]};
    if (is_left_out(fields) || !set_run(&settings, strings, fields)) {
        return true;
    }
    struct model *model = model_load(path, fields[CONFIG], &options, &err);
    if (model == NULL) {
        print_error("%s: %s\n", fields[CONFIG], err.message);
        return false;
    }
    bool counted =
        count_trainable(&model->inventory, path, &settings, &count, &err);
    bool right = counted ? fields[FAILURE][0] == '\0' && agrees(&count, fields)
                         : fields[FAILURE][0] != '\0';
    if (!right) {
        print_error("%s %s tf %s %s: %" PRIu64 " of %" PRIu64 " in %" PRIu64
                    " (%s), wanted %s of %s in %s+%s %s\n",
                    fields[CONFIG], fields[CLASS], fields[TRANSFORMERS],
                    fields[RUN], counted ? count.trainable : 0,
                    counted ? count.all : 0, counted ? count.matched : 0,
                    err.message, fields[TRAINABLE], fields[ALL],
                    fields[MODULES], fields[PARAMETERS], fields[FAILURE]);
    }
    if (counted) {
        count_clear(&count);
    }
    model_free(model);
    return right;
}

static void test_peft_runs(void **state)
{
    (void)state;
    struct error err = {0};
    struct strings strings = {0};
    struct resource_path path;
    char line[LINE_SIZE];
    char *fields[FIELDS];
    size_t rows = 0;
    size_t wrong = 0;
    FILE *file = fopen("tests/data/models/lora_counts.tsv", "r");
    assert_non_null(file);
    assert_true(resource_path_init(&path, NULL, &err));
    assert_non_null(fgets(line, sizeof(line), file));
    while (fgets(line, sizeof(line), file) != NULL) {
        assert_int_equal(tsv_split(line, fields, FIELDS), FIELDS);
        rows++;
        wrong += !check(fields, &path, &strings);
    }
    fclose(file);
    resource_path_clear(&path);
    strings_clear(&strings);
    print_message("%zu PEFT runs, %zu wrong\n", rows, wrong);
    assert_true(rows > 500);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_peft_runs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
