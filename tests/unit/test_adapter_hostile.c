/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Configs that mean harm, and memory that runs out: a sentence, never a wrong
 * answer, and in bounded time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config_fixture.h"

static struct model *open_model(const struct fixture *fixture, const char *name,
                                const char *class_name, unsigned transformers)
{
    struct error err = {0};
    const struct model_options options = {.transformers = transformers,
                                          .class_name = class_name};
    struct model *model = model_load(&fixture->path, name, &options, &err);
    if (model == NULL) {
        fail_msg("%s: %s", name, err.message);
    }
    return model;
}

/* ---- no memory ------------------------------------------------------------- */

struct result {
    uint64_t trainable, all, tensors, bytes;
    char *written;
};

/* Read CONFIG, count it on MODEL, size and write it. */
static bool go_through(const struct fixture *fixture, const char *config,
                       const struct model *model, struct result *result,
                       struct error *err)
{
    const struct count_dtypes dtypes = {DTYPE_BF16, DTYPE_FP32};
    struct strings strings = {0};
    struct adapter_settings settings;
    struct count count = {0};
    struct text out = {0};
    *result = (struct result){0};
    settings_init(&settings, &strings);
    bool counted = settings_read(&settings, &fixture->path, config,
                                 strlen(config), "adapter_config.json", err) &&
                   count_trainable(&model->inventory, &fixture->path, &settings,
                                   &count, err);
    bool done = counted &&
                count_file_bytes(&count, &dtypes, &result->bytes, err) &&
                settings_write(&settings, &fixture->path, &out, err);
    if (done) {
        result->trainable = count.trainable;
        result->all = count.all;
        result->tensors = count.tensors;
        result->written = strdup(text_string(&out));
    }
    if (counted) {
        count_clear(&count);
    }
    text_clear(&out);
    strings_clear(&strings);
    return done;
}

static void expect_same(const struct result *a, const struct result *b)
{
    assert_int_equal(a->trainable, b->trainable);
    assert_int_equal(a->all, b->all);
    assert_int_equal(a->tensors, b->tensors);
    assert_int_equal(a->bytes, b->bytes);
    assert_string_equal(a->written, b->written);
}

/* Let requests for memory fail in turn: an error or the right answer. */
static void fail_each(const struct fixture *fixture, const char *config,
                      const struct model *model)
{
    struct result wanted;
    struct error err = {0};
    if (!go_through(fixture, config, model, &wanted, &err)) {
        fail_msg("%s: %s", config, err.message);
    }
    unsigned in_row = 0; /* runs that needed no more than N requests */
    for (uint64_t n = 1; in_row < 3; n = n + 1 + n / 32) {
        struct result result;
        err = (struct error){0};
        memory_fail_after(n);
        bool done = go_through(fixture, config, model, &result, &err);
        memory_fail_after(0);
        if (done) {
            expect_same(&result, &wanted);
        } else if (err.code != ERROR_MEMORY) {
            fail_msg("%s, request %llu: code %d, %s", config,
                     (unsigned long long)n, (int)err.code, err.message);
        }
        in_row = done ? in_row + 1 : 0;
        free(result.written);
    }
    free(wanted.written);
}

static void fail_all(const struct fixture *fixture, const char *name,
                     const char *class_name, const char *const *configs)
{
    struct model *model = open_model(fixture, name, class_name, 5);
    for (; *configs != NULL; configs++) {
        fail_each(fixture, *configs, model);
    }
    model_free(model);
}

static void test_no_memory(void **state)
{
    static const char *const configs[] = {
        "{\"peft_type\": \"LORA\", \"target_modules\": [\"c_attn\", \"x,y\"], "
        "\"rank_pattern\": {\"h.1.attn.c_attn\": 4, \"h\\\\.2.*\": 5}, "
        "\"alpha_pattern\": {\"c_attn\": 3}, \"bias\": \"all\", "
        "\"modules_to_save\": [\"ln_f\"], \"mine\": {\"a\": [1, 2.5]}, "
        "\"layers_to_transform\": [1, 2, 3], \"layers_pattern\": \"h\"}",
        "{\"peft_type\": \"LORA\", \"target_modules\": \".*\\\\.c_attn\", "
        "\"exclude_modules\": \".*\\\\.0\\\\..*\", \"use_dora\": true, "
        "\"trainable_token_indices\": {\"wte\": [1, 2]}}",
        "{\"peft_type\": \"LORA\", \"target_modules\": \"all-linear\", "
        "\"task_type\": \"CAUSAL_LM\"}",
        "{\"peft_type\": \"IA3\"}",
        "{\"peft_type\": \"VERA\", \"target_modules\": [\"c_attn\"]}",
        "{\"peft_type\": \"LOKR\", \"target_modules\": [\"lm_head\"]}",
        "{\"peft_type\": \"VBLORA\", \"target_modules\": [\"c_fc\"]}",
        "{\"peft_type\": \"LN_TUNING\", \"target_modules\": [\"ln_1\"]}",
        "{\"peft_type\": \"P_TUNING\", \"num_virtual_tokens\": 4, "
        "\"task_type\": \"CAUSAL_LM\"}",
        "{\"peft_type\": \"TRAINABLE_TOKENS\", \"token_indices\": [1, 2]}",
        NULL};
    fail_all(*state, "gpt2", NULL, configs);
}

static void test_no_memory_for_experts(void **state)
{
    static const char *const configs[] = {
        "{\"peft_type\": \"LORA\", \"target_modules\": [\"w1\", \"w2\", "
        "\"w3\", \"q_proj\"], \"layer_replication\": [[0, 4], [2, 6]]}",
        "{\"peft_type\": \"LORA\", \"target_modules\": \"all-linear\", "
        "\"rank_pattern\": {\".*gate_up_proj\": 3}}",
        "{\"peft_type\": \"LORA\", \"target_modules\": \".*w(1|2|3)\"}",
        "{\"peft_type\": \"LORA\", \"target_modules\": [\"embed_tokens\"], "
        "\"ensure_weight_tying\": true}",
        NULL};
    fail_all(*state, "Mixtral-8x7B-v0.1", NULL, configs);
}

static void test_no_memory_for_heads(void **state)
{
    static const char *const configs[] = {
        "{\"peft_type\": \"LORA\", \"task_type\": \"SEQ_CLS\"}",
        "{\"peft_type\": \"LOHA\", \"target_modules\": [\"query\"], "
        "\"rank_pattern\": {\"layer.0.*\": 2}, \"modules_to_save\": "
        "[\"pooler\"]}",
        "{\"peft_type\": \"BOFT\", \"target_modules\": [\"query\"], "
        "\"bias\": \"boft_only\"}",
        NULL};
    fail_all(*state, "bert-base-uncased", "BertForSequenceClassification",
             configs);
}

/* ---- what PEFT makes of them ------------------------------------------------- */

/* Tiny models, and what get_nb_trainable_parameters, the state dict and the
 * file that PEFT saved say, in fp32.
 */
#define MIXTRAL \
    "\"config\": \"Mixtral-8x7B-v0.1.json\", \"transformers\": \"5\", " \
    "\"class\": \"MixtralForCausalLM\", \"config_override\": " \
    "{\"hidden_size\": 32, \"intermediate_size\": 48, " \
    "\"num_hidden_layers\": 3, \"num_attention_heads\": 4, " \
    "\"num_key_value_heads\": 2, \"vocab_size\": 100, " \
    "\"num_local_experts\": 4}"
#define MIXTRAL_64 \
    "\"config\": \"Mixtral-8x7B-v0.1.json\", \"transformers\": \"5\", " \
    "\"class\": \"MixtralForCausalLM\", \"config_override\": " \
    "{\"hidden_size\": 64, \"intermediate_size\": 96, " \
    "\"num_hidden_layers\": 2, \"num_attention_heads\": 4, " \
    "\"num_key_value_heads\": 2, \"vocab_size\": 500, " \
    "\"num_local_experts\": 4}"
#define ROBERTA \
    "\"config\": \"roberta-base.json\", \"transformers\": \"4\", " \
    "\"class\": \"RobertaForSequenceClassification\", " \
    "\"config_override\": {\"num_hidden_layers\": 2, \"vocab_size\": 100, " \
    "\"hidden_size\": 32, \"num_attention_heads\": 4, " \
    "\"intermediate_size\": 64, \"max_position_embeddings\": 512, " \
    "\"type_vocab_size\": 2}"
#define LLAMA \
    "\"config\": \"Llama-2-7b.json\", \"transformers\": \"5\", " \
    "\"class\": \"LlamaForCausalLM\", \"config_override\": " \
    "{\"num_hidden_layers\": 4, \"vocab_size\": 100, \"hidden_size\": 32, " \
    "\"num_attention_heads\": 4, \"num_key_value_heads\": 4, " \
    "\"intermediate_size\": 64}"
#define EXPERTS \
    "{\"peft_type\": \"LORA\", \"r\": 4, \"target_modules\": [\"q_proj\"], " \
    "\"target_parameters\": [\"experts.gate_up_proj\", " \
    "\"experts.down_proj\"], \"rank_pattern\": "
#define OSF \
    "{\"peft_type\": \"OSF\", \"target_modules\": [\"q_proj\", " \
    "\"model.layers.0.mlp.up_proj\"], \"rank_pattern\": "

static const struct recorded {
    const char *model, *config;
    enum peft_version peft;
    uint64_t trainable, all, tensors, bytes; /* bytes 0: not recorded */
} recorded[] = {
    {MIXTRAL, EXPERTS "{}}", PEFT_0_21, 10752, 82272, 18, 45312},
    {MIXTRAL, EXPERTS "{\"model.layers.0.mlp.experts.gate_up_proj\": 3}}",
     PEFT_0_21, 10240, 81760, 18, 43264},
    {MIXTRAL, EXPERTS "{\"layers.1.mlp.experts.down_proj\": 3}}", PEFT_0_21,
     10432, 81952, 18, 44032},
    /* OSF leaves an embedding as it is: nothing of it is written. */
    {MIXTRAL_64,
     "{\"peft_type\": \"OSF\", \"task_type\": \"CAUSAL_LM\", "
     "\"effective_rank\": 16, \"target_modules\": [\"k_proj\", "
     "\"embed_tokens\", \"o_proj\", \"q_proj\"]}",
     PEFT_0_21, 27872, 264736, 18, 113896},
    /* OSF's patterns match anywhere in a name. */
    {LLAMA, OSF "{}}", PEFT_0_21, 5712, 53360, 15, 0},
    {LLAMA, OSF "{\"mlp\": 5}}", PEFT_0_21, 6779, 54427, 15, 0},
    {LLAMA, OSF "{\"q_proj\": 5}}", PEFT_0_21, 8572, 56220, 15, 0},
    {LLAMA, OSF "{\"model.layers.0.self_attn.q_proj\": 5}}", PEFT_0_21, 6427,
     54075, 15, 0},
    /* PEFT 0.18 writes biases of few methods, those of copies included. */
    {ROBERTA,
     "{\"peft_type\": \"FOURIERFT\", \"task_type\": \"SEQ_CLS\", "
     "\"n_frequency\": 10, \"bias\": \"all\", \"target_modules\": "
     "\".*\\\\.query\"}",
     PEFT_0_18, 1750, 39064, 6, 0},
};

static void check_recorded(struct fixture *fixture, const struct recorded *row)
{
    const struct count_dtypes dtypes = {DTYPE_FP32, DTYPE_FP32};
    struct error err = {0};
    struct count count;
    uint64_t bytes = 0;
    char text[2048];
    snprintf(text, sizeof(text), "{%s}", row->model);
    json_t *a_case = json_loads(text, 0, NULL);
    struct model *model =
        case_model_new(&fixture->path, "nowhere", a_case, &err);
    json_decref(a_case);
    fixture->settings.peft = row->peft;
    if (model == NULL || !read_text(fixture, row->config) ||
        !count_trainable(&model->inventory, &fixture->path, &fixture->settings,
                         &count, &err) ||
        !count_file_bytes(&count, &dtypes, &bytes, &err)) {
        fail_msg("%s: %s", row->config, err.message);
        return;
    }
    assert_int_equal(count.trainable, row->trainable);
    assert_int_equal(count.all, row->all);
    assert_int_equal(count.tensors, row->tensors);
    if (row->bytes > 0) {
        assert_int_equal(bytes, row->bytes);
    }
    count_clear(&count);
    model_free(model);
}

static void test_recorded(void **state)
{
    for (size_t i = 0; i < sizeof(recorded) / sizeof(recorded[0]); i++) {
        check_recorded(*state, &recorded[i]);
    }
}

/* ---- bounded work ------------------------------------------------------------ */

enum { MANY = 200000, SOME = 15000 };

/* {..., "KEY": [one name after another]} as text; the caller frees it. */
static char *config_with(json_t *value, const char *key)
{
    json_t *config = json_pack("{s:s, s:[s]}", "peft_type", "LORA",
                               "target_modules", "q_a_proj");
    json_object_set_new(config, key, value);
    char *text = json_dumps(config, 0);
    json_decref(config);
    return text;
}

static json_t *names_new(size_t count, const char *last)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, json_sprintf("m%zu", i));
    }
    json_array_append_new(list, json_string(last));
    return list;
}

static json_t *dict_new(size_t count)
{
    json_t *dict = json_object();
    for (size_t i = 0; i < count; i++) {
        char key[64];
        snprintf(key, sizeof(key), "layers.%zu.m%zu", i % 61, i);
        json_object_set_new(dict, key, json_integer(4));
    }
    return dict;
}

/* TEXT counts, is written and read again; takes it. */
static void expect_counted(const struct fixture *fixture, char *text,
                           const struct model *model)
{
    struct result result;
    struct error err = {0};
    assert_non_null(text);
    if (!go_through(fixture, text, model, &result, &err)) {
        fail_msg("%.60s: %s", text, err.message);
    }
    assert_true(result.trainable > 0);
    free(result.written);
    free(text);
}

/* Each of these took minutes when lists were searched from their start. */
static void test_many_names(void **state)
{
    static const char *const lists[] = {"target_modules", "target_parameters",
                                        "exclude_modules"};
    struct model *model = open_model(*state, "DeepSeek-V3", NULL, 4);
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        json_t *names = names_new(MANY, i == 0 ? "gate_proj" : "m");
        expect_counted(*state, config_with(names, lists[i]), model);
    }
    json_t *saved = names_new(SOME, "m");
    expect_counted(*state, config_with(saved, "modules_to_save"), model);
    expect_counted(*state, config_with(dict_new(SOME), "rank_pattern"), model);
    expect_counted(*state, config_with(dict_new(MANY), "mine"), model);
    model_free(model);
}

/* Unknown keys are written, each once, however many there are. */
static void test_many_keys(void **state)
{
    struct model *model = open_model(*state, "DeepSeek-V3", NULL, 4);
    json_t *config = dict_new(SOME);
    json_object_set_new(config, "peft_type", json_string("LORA"));
    json_object_set_new(config, "target_modules", json_pack("[s]", "q_a_proj"));
    expect_counted(*state, json_dumps(config, 0), model);
    json_decref(config);
    model_free(model);
}

/* Another method drops what it does not know, and keeps what nobody does. */
static void test_other_method(void **state)
{
    struct fixture *fixture = *state;
    struct error err = {0};
    json_t *config = dict_new(SOME);
    json_object_set_new(config, "peft_type", json_string("LORA"));
    json_object_set_new(config, "lora_dropout", json_real(0.5));
    json_object_set_new(config, "modules_to_save", json_pack("[s]", "k"));
    assert_true(read_json(fixture, config));
    json_decref(config);
    assert_true(settings_set_method(&fixture->settings, &fixture->path,
                                    method_find_type("VERA"), &err));
    json_t *dropped = settings_field_new(&fixture->settings, "lora_dropout");
    json_t *kept = settings_field_new(&fixture->settings, "modules_to_save");
    json_t *mine = settings_field_new(&fixture->settings, "layers.0.m0");
    assert_null(dropped);
    assert_non_null(kept);
    assert_int_equal(json_integer_value(mine), 4);
    json_decref(kept);
    json_decref(mine);
}

/* Objects in objects: each level was copied with all below it. */
static void test_deep(void **state)
{
    struct model *model = open_model(*state, "gpt2", NULL, 5);
    json_t *value = names_new(SOME, "m");
    for (size_t i = 0; i < 2000; i++) {
        value = json_pack("{s:o}", "a", value);
    }
    json_t *config = json_pack("{s:s, s:[s], s:o}", "peft_type", "LORA",
                               "target_modules", "c_attn", "mine", value);
    expect_counted(*state, json_dumps(config, 0), model);
    json_decref(config);
    model_free(model);
}

static void test_many_layers(void **state)
{
    struct fixture *fixture = *state;
    struct model *model = open_model(fixture, "DeepSeek-V3", NULL, 4);
    struct error err = {0};
    struct result result;
    json_t *pairs = json_array();
    for (size_t i = 0; i < 1000; i++) {
        json_array_append_new(pairs, json_pack("[ii]", 0, 61));
    }
    char *text = config_with(pairs, "layer_replication");
    assert_false(go_through(fixture, text, model, &result, &err));
    assert_int_equal(err.code, ERROR_RANGE);
    assert_non_null(strstr(err.message, "layer_replication"));
    free(text);
    model_free(model);
}

/* ---- what is written is what was read ----------------------------------------- */

static void test_numbers(void **state)
{
    static const char text[] =
        "{\"peft_type\": \"LORA\", \"target_modules\": [\"a,b\", \"q\"], "
        "\"mine\": [9007199254740993, 9223372036854775807, "
        "-9223372036854775808, 1.0, -0.0, 0.1, 1e300, 5e-324, 1e16, "
        "\"\\u00e9\\ud83d\\ude00\\u001b[31m\\\"\\\\/\", {}, [], "
        "{\"\\u001b]0;\": 1}], \"x\": 1, \"x\": 2}";
    struct fixture *fixture = *state;
    struct error err = {0};
    struct text out = {0};
    assert_true(read_text(fixture, text));
    assert_true(settings_write(&fixture->settings, &fixture->path, &out, &err));
    assert_null(strchr(out.data, '\033'));
    json_t *before = json_loads(text, 0, NULL);
    json_t *after = json_loads(out.data, 0, NULL);
    static const char *const keys[] = {"mine", "x", "target_modules"};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        assert_true(json_equal(json_object_get(before, keys[i]),
                               json_object_get(after, keys[i])));
    }
    json_decref(before);
    json_decref(after);
    text_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_no_memory),
        FIXTURE_TEST(test_no_memory_for_experts),
        FIXTURE_TEST(test_no_memory_for_heads),
        FIXTURE_TEST(test_recorded),
        FIXTURE_TEST(test_many_names),
        FIXTURE_TEST(test_many_keys),
        FIXTURE_TEST(test_other_method),
        FIXTURE_TEST(test_deep),
        FIXTURE_TEST(test_many_layers),
        FIXTURE_TEST(test_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
