/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reports and their three forms.  The figures of Llama-2-7b are those that
 * PEFT printed; everything else is hand arithmetic.
 */
#include "report_fixture.h"

static json_int_t integer(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    assert_true(json_is_integer(value));
    return json_integer_value(value);
}

/* Two columns and a row of awkward values. */
static void make_awkward(struct report *report)
{
    static const struct report_column columns[] = {{"name", "name"},
                                                   {"count", "count"},
                                                   {"real", "real"},
                                                   {"none", "none"}};
    struct error err = {0};
    memset(report, 0, sizeof *report);
    struct report_section *table =
        report_add_table(report, "rows", "", columns, 4, &err);
    assert_non_null(table);
    const struct cell first[] = {cell_text("a,\"b\"\x1b[31m"),
                                 cell_count(UINT64_MAX), cell_real(0.1),
                                 cell_real((double)NAN)};
    const struct cell second[] = {cell_text("\xe6\xbc\xa2\xe5\xad\x97"),
                                  cell_count(7), cell_real(-2.0), cell_null()};
    assert_true(report_add_row(report, table, first, &err));
    assert_true(report_add_row(report, table, second, &err));
}

static void test_text_is_aligned_and_safe(void **state)
{
    (void)state;
    struct report report;
    make_awkward(&report);
    char *text = render_new(&report, RENDER_TEXT, true);
    /* 10 columns of names, of which the CJK name takes 4, and 26 of counts. */
    assert_string_equal(
        text, "name                             count  real  none\n"
              "a,\"b\"?[31m  18,446,744,073,709,551,615   0.1  -\n"
              "\xe6\xbc\xa2\xe5\xad\x97                                 7  "
              "  -2  -\n");
    memory_free(text);
    report_clear(&report);
}

static void test_csv_is_rfc_4180(void **state)
{
    (void)state;
    struct report report;
    make_awkward(&report);
    char *text = render_new(&report, RENDER_CSV, false);
    assert_string_equal(text,
                        "name,count,real,none\r\n"
                        "\"a,\"\"b\"\"\x1b[31m\",18446744073709551615,0.1,\r\n"
                        "\xe6\xbc\xa2\xe5\xad\x97,7,-2,\r\n");
    memory_free(text);
    report_clear(&report);
}

static void test_json_is_exact(void **state)
{
    (void)state;
    struct report report;
    make_awkward(&report);
    char *text = render_new(&report, RENDER_JSON, false);
    assert_non_null(strstr(text, "\"count\": 18446744073709551615"));
    assert_non_null(strstr(text, "\"real\": 0.1"));
    assert_non_null(strstr(text, "\"none\": null"));
    assert_non_null(strstr(text, "\\u001b[31m"));
    memory_free(text);
    report_clear(&report);
}

static void check_keys(const json_t *object, const char *const *keys,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (json_object_get(object, keys[i]) == NULL) {
            fail_msg("no key %s", keys[i]);
        }
    }
    assert_int_equal(json_object_size(object), count);
}

static void test_count_has_the_contracts_keys(void **state)
{
    (void)state;
    static const char *const keys[] = {"loraexplore",
                                       "model",
                                       "model_type",
                                       "class",
                                       "transformers",
                                       "peft",
                                       "method",
                                       "rank",
                                       "alpha",
                                       "targets",
                                       "dtype",
                                       "adapter_dtype",
                                       "optimizer",
                                       "base_params",
                                       "trainable",
                                       "all",
                                       "trainable_percent",
                                       "printed",
                                       "frozen_extra",
                                       "buffers_extra",
                                       "adapter_params",
                                       "adapter_tensors",
                                       "adapter_bytes",
                                       "matched",
                                       "modules",
                                       "extras",
                                       "warnings",
                                       "memory"};
    static const char *const module_keys[] = {"name",    "kind",     "shape",
                                              "copies",  "rank",     "alpha",
                                              "scaling", "trainable"};
    static const char *const memory_keys[] = {"frozen",    "adapters",
                                              "gradients", "optimizer",
                                              "total",     "full_fine_tune"};
    struct subject subject;
    subject_init(&subject, "Llama-2-7b", "q_proj,v_proj");
    subject.setup.has_dtype = true;
    json_t *root = count_json_new(&subject);
    check_keys(root, keys, sizeof keys / sizeof keys[0]);
    const json_t *module = json_array_get(json_object_get(root, "modules"), 0);
    check_keys(module, module_keys, 8);
    check_keys(json_object_get(root, "memory"), memory_keys, 6);
    json_decref(root);
    subject_clear(&subject);
}

static void test_count_agrees_with_peft(void **state)
{
    (void)state;
    struct subject subject;
    subject_init(&subject, "Llama-2-7b", "q_proj,v_proj");
    json_t *root = count_json_new(&subject);
    assert_int_equal(integer(root, "trainable"), 4194304);
    assert_int_equal(integer(root, "all"), 6742609920);
    assert_int_equal(integer(root, "base_params"), 6738415616);
    assert_int_equal(integer(root, "matched"), 64);
    assert_int_equal(integer(root, "adapter_tensors"), 128);
    const json_t *memory = json_object_get(root, "memory");
    /* 2 bytes a base weight; 4 each for A and B, gradients, 8 for AdamW. */
    assert_int_equal(integer(memory, "frozen"), 2 * 6738415616);
    assert_int_equal(integer(memory, "adapters"), 4 * 4194304);
    assert_int_equal(integer(memory, "gradients"), 4 * 4194304);
    assert_int_equal(integer(memory, "optimizer"), 8 * 4194304);
    assert_int_equal(integer(memory, "full_fine_tune"), 8 * 6738415616);
    assert_string_equal(
        json_string_value(json_object_get(root, "printed")),
        "trainable params: 4,194,304 || all params: 6,742,609,920 || "
        "trainable%: 0.0622");
    json_decref(root);
    subject_clear(&subject);
}

static const char *string(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* gpt2's lm_head is 50,257 x 768; LoRA of rank 8 on c_attn (768 -> 2,304) in
 * 12 layers trains 12 * 8 * (768 + 2,304).
 */
static void test_copies_are_extras(void **state)
{
    (void)state;
    static const char *const keys[] = {"kind", "name", "copies", "trainable"};
    struct subject subject;
    subject_init_method(&subject, "gpt2", "c_attn", "dora",
                        "{\"modules_to_save\": [\"lm_head\"]}");
    json_t *root = count_json_new(&subject);
    assert_string_equal(string(root, "method"), "lora");
    assert_string_equal(string(root, "variant"), "dora");
    const json_t *extras = json_object_get(root, "extras");
    assert_int_equal(json_array_size(extras), 1);
    const json_t *copy = json_array_get(extras, 0);
    check_keys(copy, keys, 4);
    assert_string_equal(string(copy, "kind"), "saved");
    assert_string_equal(string(copy, "name"), "lm_head");
    assert_int_equal(integer(copy, "trainable"), 50257 * 768);
    /* The magnitudes are 12 * 2,304; the copy is none of the adapter's own. */
    assert_int_equal(integer(root, "adapter_params"),
                     12 * (8 * (768 + 2304) + 2304));
    json_decref(root);
    subject_clear(&subject);
}

static void test_methods_without_a_rank_say_so(void **state)
{
    (void)state;
    struct subject subject;
    subject_init_method(&subject, "gpt2", NULL, "ia3", NULL);
    json_t *root = count_json_new(&subject);
    assert_string_equal(string(root, "method"), "ia3");
    assert_null(json_object_get(root, "variant"));
    assert_true(json_is_null(json_object_get(root, "rank")));
    assert_true(json_is_null(json_object_get(root, "alpha")));
    json_decref(root);
    struct error err = {0};
    struct report report = {0};
    const uint64_t ranks[] = {1, 2};
    assert_false(
        report_sweep(&report, subject.model, &subject.setup, ranks, 2, &err));
    assert_int_equal(err.code, ERROR_UNSUPPORTED);
    subject_clear(&subject);
}

static void test_nothing_stored_has_no_size(void **state)
{
    (void)state;
    struct subject subject;
    subject_init(&subject, "gpt2", "none");
    json_t *root = count_json_new(&subject);
    assert_null(json_object_get(root, "adapter_bytes"));
    assert_int_equal(integer(root, "adapter_tensors"), 0);
    json_decref(root);
    subject_clear(&subject);
}

/* Every method has a row, and the releases that PEFT's tables give it. */
static void test_methods_are_listed(void **state)
{
    (void)state;
    struct resource_path path;
    struct error err = {0};
    struct report report = {0};
    assert_true(resource_path_init(&path, NULL, &err));
    assert_true(report_methods(&report, &path, NULL, &err));
    char *text = render_new(&report, RENDER_JSON, false);
    json_t *list = json_loads(text, 0, NULL);
    assert_int_equal(json_array_size(list), method_count);
    size_t index = 0;
    json_t *row = NULL;
    json_array_foreach(list, index, row)
    {
        const char *name = string(row, "name");
        bool early = json_is_true(json_object_get(row, "in_0.18"));
        bool late = json_is_true(json_object_get(row, "in_0.21"));
        assert_true(early || late);
        assert_true(strcmp(name, "bone") != 0 || (early && !late));
        assert_true(strcmp(name, "gralora") != 0 || (!early && late));
        assert_true(strcmp(name, "vera") != 0 || (early && late));
    }
    json_decref(list);
    memory_free(text);
    report_clear(&report);
    resource_path_clear(&path);
}

static const char many_fields[] =
    "{\"rank_pattern\": {\"v_proj\": 16}, \"layers_to_transform\": [0, 1, 2, "
    "7],"
    " \"exclude_modules\": \"a.*\", \"bias\": \"lora_only\","
    " \"modules_to_save\": [\"lm_head\"], \"use_rslora\": true,"
    " \"lora_dropout\": 0.05, \"alpha_pattern\": {\"q\": 0.5},"
    " \"inference_mode\": true, \"lora_bias\": false, \"unheard_of\": 1}";

/* Every allocation of a report may fail; none may crash or leak. */
static void test_report_survives_any_failed_allocation(void **state)
{
    (void)state;
    struct subject subject;
    subject_init_method(&subject, "Llama-2-7b", "q_proj,v_proj", "dora",
                        many_fields);
    bool whole = false;
    for (uint64_t n = 1; !whole; n++) {
        struct error err = {0};
        struct report report = {0};
        struct text out = {0};
        memory_fail_after(n);
        bool ok =
            report_count(&report, subject.model, &subject.setup, &subject.count,
                         &subject.ledger, subject.file_bytes, &err) &&
            report_explain_count(&report, subject.model, &subject.setup,
                                 &subject.count, &err) &&
            render_report(&report, RENDER_TEXT, UNITS_SI, true, &out, &err);
        memory_fail_after(0);
        assert_int_equal(err.code, ok ? ERROR_NONE : ERROR_MEMORY);
        whole = ok && n > 400;
        text_clear(&out);
        report_clear(&report);
    }
    subject_clear(&subject);
}

static void test_command_line_says_what_differs(void **state)
{
    (void)state;
    struct resource_path path = {0};
    struct strings strings = {0};
    struct explorer_setup setup;
    explorer_setup_init(&setup, &path, &strings);
    setup.model = "it's mine/config.json";
    struct text out = {0};
    export_command_line(&setup, &out);
    assert_string_equal(text_string(&out),
                        "loraexplore count 'it'\\''s mine/config.json'");
    text_clear(&out);
    struct error err = {0};
    setup.model = "-odd";
    setup.transformers = 4;
    setup.adapter.rank = 4096;
    setup.adapter.alpha = 0.5;
    setup.adapter.peft = PEFT_0_18;
    setup.has_dtype = true;
    setup.training.dtype = DTYPE_FP32;
    assert_true(settings_set_targets(&setup.adapter, "q_proj, v_proj", &err));
    export_command_line(&setup, &out);
    assert_string_equal(text_string(&out),
                        "loraexplore count ./-odd --transformers 4 --rank 4096 "
                        "--alpha 0.5 --target q_proj,v_proj --peft 0.18 "
                        "--dtype fp32");
    text_clear(&out);
    strings_clear(&strings);
}

static void test_command_line_has_every_field(void **state)
{
    (void)state;
    struct subject subject;
    subject_init_method(&subject, "Llama-2-7b", "q_proj,v_proj", "dora",
                        many_fields);
    struct text out = {0};
    export_command_line(&subject.setup, &out);
    assert_string_equal(
        text_string(&out),
        "loraexplore count Llama-2-7b --method dora --target q_proj,v_proj "
        "--rank-pattern v_proj=16 --layers 0-2,7 --exclude-regex 'a.*' "
        "--bias lora_only --modules-to-save lm_head --rslora "
        "--set lora_dropout=0.05 --set 'alpha_pattern={\"q\": 0.5}'");
    text_clear(&out);
    subject_clear(&subject);
    subject_init_method(&subject, "Llama-2-7b", NULL, "vera", NULL);
    subject.setup.adapter.rank = 64;
    export_command_line(&subject.setup, &out);
    assert_string_equal(text_string(&out), "loraexplore count Llama-2-7b "
                                           "--method vera --rank 64");
    text_clear(&out);
    subject_clear(&subject);
}

static void test_lora_config_is_python(void **state)
{
    (void)state;
    struct subject subject;
    subject_init(&subject, "Llama-2-7b", "q_proj,v_proj");
    struct text out = {0};
    export_lora_config(&subject.setup, &subject.model->inventory,
                       &subject.count, &out);
    assert_string_equal(text_string(&out),
                        "from peft import LoraConfig\n"
                        "\n"
                        "config = LoraConfig(\n"
                        "    r=8,\n"
                        "    lora_alpha=16,\n"
                        "    target_modules=[\"q_proj\", \"v_proj\"],\n"
                        ")\n");
    text_clear(&out);
    subject_clear(&subject);
}

static void test_python_has_every_field(void **state)
{
    (void)state;
    struct subject subject;
    struct text out = {0};
    subject_init_method(&subject, "Llama-2-7b", "q_proj,v_proj", "dora",
                        many_fields);
    export_lora_config(&subject.setup, &subject.model->inventory,
                       &subject.count, &out);
    assert_string_equal(text_string(&out),
                        "from peft import LoraConfig\n"
                        "\n"
                        "config = LoraConfig(\n"
                        "    r=8,\n"
                        "    lora_alpha=16,\n"
                        "    target_modules=[\"q_proj\", \"v_proj\"],\n"
                        "    use_dora=True,\n"
                        "    rank_pattern={\"v_proj\": 16},\n"
                        "    layers_to_transform=[0, 1, 2, 7],\n"
                        "    exclude_modules=\"a.*\",\n"
                        "    bias=\"lora_only\",\n"
                        "    modules_to_save=[\"lm_head\"],\n"
                        "    use_rslora=True,\n"
                        "    lora_dropout=0.05,\n"
                        "    alpha_pattern={\"q\": 0.5},\n"
                        ")\n");
    text_clear(&out);
    subject_clear(&subject);
    subject_init_method(&subject, "Llama-2-7b", NULL, "ia3", NULL);
    export_lora_config(&subject.setup, &subject.model->inventory,
                       &subject.count, &out);
    assert_string_equal(text_string(&out),
                        "from peft import IA3Config\n"
                        "\n"
                        "config = IA3Config(\n"
                        "    target_modules=[\"k_proj\", \"v_proj\", "
                        "\"down_proj\"],\n"
                        ")\n");
    text_clear(&out);
    subject_clear(&subject);
}

/* PEFT makes a prompt for a task alone; other methods do without. */
static void test_task_follows_the_head(void **state)
{
    (void)state;
    static const struct {
        const char *model, *task;
    } cases[] = {
        {"t5-small", "task_type=\"SEQ_2_SEQ_LM\""},
        {"gpt2", "task_type=\"CAUSAL_LM\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct subject subject;
        struct text out = {0};
        subject_init_method(&subject, cases[i].model, NULL, "prompt_tuning",
                            "{\"num_virtual_tokens\": 20}");
        export_lora_config(&subject.setup, &subject.model->inventory,
                           &subject.count, &out);
        assert_non_null(strstr(text_string(&out), cases[i].task));
        text_clear(&out);
        subject_clear(&subject);
    }
}

/* peft.optimizers.create_lorafa_optimizer(model, r, lora_alpha, lr, ...). */
static void test_lora_fa_names_its_optimizer(void **state)
{
    (void)state;
    struct subject subject;
    struct text out = {0};
    subject_init_method(&subject, "gpt2", "c_attn", "lora_fa", NULL);
    export_lora_config(&subject.setup, &subject.model->inventory,
                       &subject.count, &out);
    assert_non_null(strstr(text_string(&out), "from peft.optimizers import "
                                              "create_lorafa_optimizer\n"));
    assert_non_null(strstr(text_string(&out),
                           "create_lorafa_optimizer(model=model, r=8, "
                           "lora_alpha=16, lr="));
    text_clear(&out);
    subject_clear(&subject);
}

/* diag(2, 1): r90 is 2 since 4 / 5 of the energy is less than 90 %. */
static void test_spectrum_has_the_contracts_keys(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "loraexplore", "source",   "module",  "shape",     "driver",
        "precision",   "accuracy", "seconds", "frobenius", "values",
        "estimates",   "at_rank",  "warnings"};
    static const char *const estimate_keys[] = {"r90",
                                                "r95",
                                                "r99",
                                                "stable",
                                                "effective",
                                                "effective_sigma2",
                                                "numerical",
                                                "nuclear",
                                                "participation",
                                                "gavish_donoho",
                                                "noise_edge_rank",
                                                "mdl",
                                                "profile_likelihood"};
    static const char *const rank_keys[] = {"rank", "energy", "relative_error",
                                            "params"};
    double sigma[] = {2.0, 1.0};
    struct error err = {0};
    struct spectrum spectrum = {.source = "x.npy",
                                .rows = 2,
                                .cols = 3,
                                .count = 2,
                                .sigma = sigma,
                                .epsilon = 0x1p-52,
                                .driver = &svd_drivers[0],
                                .seconds = 0.5};
    assert_true(rank_estimate(sigma, 2, 3, 0x1p-52, &spectrum.estimates, &err));
    struct report report = {0};
    assert_true(report_spectrum(&report, &spectrum, 1, true, false, &err));
    char *text = render_new(&report, RENDER_JSON, false);
    json_t *root = json_loads(text, 0, NULL);
    assert_non_null(root);
    check_keys(root, keys, sizeof keys / sizeof keys[0]);
    const json_t *estimates = json_object_get(root, "estimates");
    check_keys(estimates, estimate_keys, 13);
    assert_int_equal(integer(estimates, "r90"), 2);
    const json_t *at_rank = json_object_get(root, "at_rank");
    check_keys(at_rank, rank_keys, 4);
    assert_int_equal(integer(at_rank, "params"), 5);
    double energy = json_number_value(json_object_get(at_rank, "energy"));
    assert_true(fabs(energy - 0.8) < 1e-15);
    json_decref(root);
    memory_free(text);
    report_clear(&report);
}

static void test_spectrum_of_zero_has_null_ratios(void **state)
{
    (void)state;
    double sigma[] = {0.0, 0.0};
    struct error err = {0};
    struct spectrum spectrum = {.source = "zero.npy",
                                .rows = 2,
                                .cols = 2,
                                .count = 2,
                                .sigma = sigma,
                                .epsilon = 0x1p-52,
                                .driver = &svd_drivers[0]};
    assert_true(rank_estimate(sigma, 2, 2, 0x1p-52, &spectrum.estimates, &err));
    struct report report = {0};
    assert_true(report_spectrum(&report, &spectrum, 9, true, true, &err));
    char *text = render_new(&report, RENDER_JSON, false);
    assert_non_null(strstr(text, "\"stable\": null"));
    assert_non_null(strstr(text, "\"r90\": 0"));
    assert_non_null(strstr(text, "rank 9 is more than the 2"));
    memory_free(text);
    report_clear(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_is_aligned_and_safe),
        cmocka_unit_test(test_csv_is_rfc_4180),
        cmocka_unit_test(test_json_is_exact),
        cmocka_unit_test(test_count_has_the_contracts_keys),
        cmocka_unit_test(test_count_agrees_with_peft),
        cmocka_unit_test(test_copies_are_extras),
        cmocka_unit_test(test_lora_fa_names_its_optimizer),
        cmocka_unit_test(test_methods_without_a_rank_say_so),
        cmocka_unit_test(test_nothing_stored_has_no_size),
        cmocka_unit_test(test_methods_are_listed),
        cmocka_unit_test(test_report_survives_any_failed_allocation),
        cmocka_unit_test(test_command_line_says_what_differs),
        cmocka_unit_test(test_command_line_has_every_field),
        cmocka_unit_test(test_python_has_every_field),
        cmocka_unit_test(test_lora_config_is_python),
        cmocka_unit_test(test_task_follows_the_head),
        cmocka_unit_test(test_spectrum_has_the_contracts_keys),
        cmocka_unit_test(test_spectrum_of_zero_has_null_ratios),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
