/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a count reports beside the modules, and what it says was assumed.
 */
#include "report_fixture.h"

/* The last column of a CSV, summed, and how many rows there are. */
static uint64_t csv_sum(const char *csv, size_t *rows)
{
    uint64_t sum = 0;
    *rows = 0;
    for (const char *at = strchr(csv, '\n'); at != NULL && at[1] != '\0';
         at = strchr(at + 1, '\n')) {
        const char *end = strchr(at + 1, '\r');
        const char *digit = end;
        uint64_t value = 0;
        assert_non_null(end);
        while (digit[-1] != ',') {
            digit--;
        }
        for (; digit < end; digit++) {
            value = value * 10 + (uint64_t)(*digit - '0');
        }
        sum += value;
        (*rows)++;
    }
    return sum;
}

static void test_csv_adds_up(void **state)
{
    (void)state;
    static const char *const tokens = "{\"num_virtual_tokens\": 20}";
    static const struct {
        const char *model, *targets, *method, *fields;
        size_t rows;        /* 0: not asked */
        uint64_t trainable; /* 0: what the count says */
    } cases[] = {
        {"gpt2", "c_attn", "lora", NULL, 1, 12 * 8 * (768 + 2304)},
        {"gpt2", "c_attn", "lora", "{\"modules_to_save\": [\"lm_head\"]}", 2,
         12 * 8 * (768 + 2304) + 50257 * 768},
        {"gpt2", "c_attn", "lora", "{\"bias\": \"lora_only\"}", 2,
         12 * (8 * (768 + 2304) + 2304)},
        {"Llama-2-7b", "q_proj", "lora",
         "{\"trainable_token_indices\": [1, 2]}", 2,
         32 * 8 * (4096 + 4096) + 2 * 4096},
        {"gpt2", NULL, "prompt_tuning", tokens, 1, 20 * 768},
        {"gpt2", NULL, "p_tuning", tokens, 0, 0},
        {"gpt2", "c_attn", "tinylora", NULL, 0, 0},
        {"Llama-2-7b", "q_proj", "lily", NULL, 0, 0},
        {"Llama-2-7b", "q_proj", "vblora", NULL, 0, 0},
        {"gpt2", "c_attn", "vera", NULL, 3, 12 * (256 + 2304)},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct subject subject;
        struct error err = {0};
        struct report report;
        size_t rows = 0;
        subject_init_method(&subject, cases[i].model, cases[i].targets,
                            cases[i].method, cases[i].fields);
        assert_true(report_count(&report, subject.model, &subject.setup,
                                 &subject.count, &subject.ledger,
                                 subject.file_bytes, &err));
        char *csv = render_new(&report, RENDER_CSV, false);
        assert_int_equal(csv_sum(csv, &rows), subject.count.trainable);
        if (cases[i].trainable != 0) {
            assert_int_equal(subject.count.trainable, cases[i].trainable);
        }
        if (cases[i].rows != 0) {
            assert_int_equal(rows, cases[i].rows);
        }
        memory_free(csv);
        report_clear(&report);
        subject_clear(&subject);
    }
}

/* One A for each of 32 layers (stride_A 1), one B: two rows, not 33. */
static void test_shared_tensors_fold(void **state)
{
    (void)state;
    struct subject subject;
    struct error err = {0};
    struct report report;
    size_t rows = 0;
    subject_init_method(&subject, "Llama-2-7b", "q_proj", "lily",
                        "{\"stride_A\": 1}");
    assert_true(report_count(&report, subject.model, &subject.setup,
                             &subject.count, &subject.ledger,
                             subject.file_bytes, &err));
    char *csv = render_new(&report, RENDER_CSV, false);
    csv_sum(csv, &rows);
    assert_int_equal(rows, 3);
    assert_non_null(strstr(csv, "base_model.lily_A.weight,shared,,32,"));
    memory_free(csv);
    report_clear(&report);
    subject_clear(&subject);
}

/* gpt2's config names no dtype, gemma-3-27b's does. */
static void test_an_assumed_dtype_is_said(void **state)
{
    (void)state;
    struct subject subject;
    subject_init(&subject, "gpt2", "c_attn");
    json_t *root = count_json_new(&subject);
    assert_true(json_is_true(json_object_get(root, "dtype_assumed")));
    json_decref(root);
    subject.setup.has_dtype = true;
    root = count_json_new(&subject);
    assert_null(json_object_get(root, "dtype_assumed"));
    json_decref(root);
    subject_clear(&subject);
    subject_init(&subject, "gemma-3-27b", "all-linear");
    root = count_json_new(&subject);
    assert_null(json_object_get(root, "dtype_assumed"));
    json_decref(root);
    subject_clear(&subject);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv_adds_up),
        cmocka_unit_test(test_shared_tensors_fold),
        cmocka_unit_test(test_an_assumed_dtype_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
