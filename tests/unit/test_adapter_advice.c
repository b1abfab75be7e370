/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a count warns of: situations with real models and the words that a user
 * needs; plain settings warn of nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "adapter/count.h"
#include "config_fixture.h"

/* MODEL under transformers 5 and PEFT 0.21, or 4 and 0.18 with OLD.  WORDS:
 * parts of one warning, '|' between them; NULL: no warnings at all.
 */
struct situation {
    const char *model;
    bool old;
    const char *settings; /* an adapter_config.json; NULL: nothing is asked */
    const char *words;
};

#define LORA "{\"peft_type\": \"LORA\", "
#define TARGETS LORA "\"target_modules\": "
#define QV TARGETS "[\"q_proj\", \"v_proj\"]"
#define SEVEN \
    "[\"q_proj\", \"k_proj\", \"v_proj\", \"o_proj\", \"gate_proj\"," \
    " \"up_proj\", \"down_proj\"]"

static const struct situation plain[] = {
    {"Llama-3.1-8B", false, QV "}", NULL},
    {"Llama-3.1-8B", true, TARGETS SEVEN ", \"r\": 64, \"lora_alpha\": 16}",
     NULL},
    {"Llama-3.1-8B", false,
     QV ", \"modules_to_save\": [\"embed_tokens\", \"lm_head\"]}", NULL},
    {"gpt2", false, "{\"peft_type\": \"LORA\"}", NULL},
    {"Qwen2.5-7B", false, TARGETS "\"all-linear\"}", NULL},
    {"t5-small", false, "{\"peft_type\": \"LORA\"}", NULL},
    {"bert-base-uncased", true, "{\"peft_type\": \"IA3\"}", NULL},
    {"Mixtral-8x7B-v0.1", true, QV "}", NULL},
    {"gpt-oss-20b", false, QV "}", NULL},
    {"Llama-3.1-8B", false,
     "{\"peft_type\": \"PROMPT_TUNING\", \"num_virtual_tokens\": 20}", NULL},
    /* layers that somebody chose are no surprise */
    {"Llama-3.1-8B", false, QV ", \"layers_to_transform\": [0, 1]}", NULL},
};

static const struct situation told[] = {
    /* names that match nothing */
    {"Llama-3.1-8B", false, TARGETS "[\"q_proj\", \"v_porj\"]}",
     "the target v_porj matches no module|nearest: v_proj)"},
    {"Llama-3.1-8B", false, TARGETS "[\"layers.40.q_proj\", \"v_proj\"]}",
     "layers.40.q_proj matches no module|{0-31}.self_attn.q_proj"},
    {"Phi-4-mini", false, TARGETS SEVEN "}",
     "q_proj, k_proj, v_proj, gate_proj and up_proj match no module|qkv_proj"},
    {"DeepSeek-V3", true, TARGETS "[\"k_proj\", \"v_proj\", \"o_proj\"]}",
     "k_proj and v_proj match no module|MLA|kv_a_proj_with_mqa|kv_b_proj"},
    {"Baichuan2-7B", true, NULL,
     "PEFT has no default targets for this model type: all-linear is shown"},
    /* a hybrid */
    {"Qwen3-Next-80B-A3B", false, QV "}",
     "q_proj and v_proj exist in 12 of 48 layers|in_proj_qkvz"},
    {"LFM2-1.2B", true, TARGETS "[\"q_proj\", \"out_proj\"]}",
     "q_proj exists in 6 of 16 layers|in_proj"},
    /* a vision tower: 27 layers of SigLIP, 32 of Qwen's */
    {"gemma-3-4b", false, QV "}",
     "also match 54 modules of the vision tower|'.*vision.*'"},
    {"Qwen2.5-VL-7B", false, TARGETS "[\"q_proj\", \"down_proj\"]}",
     "down_proj also matches 32 modules of the vision tower|'.*visual.*'"},
    {"Qwen2.5-VL-7B", false, TARGETS "\"all-linear\"}",
     "all-linear also matches|vision tower"},
    /* experts */
    {"gpt-oss-20b", false, TARGETS "\"all-linear\"}",
     "experts.gate_up_proj and experts.down_proj are 3-D parameters|"
     "target_parameters"},
    {"DeepSeek-V2-Lite", false, TARGETS SEVEN "}",
     "moves|to the experts' parameters|shared|no adapter"},
    {"Mixtral-8x7B-v0.1", false, TARGETS "[\"w1\", \"w2\", \"w3\"], \"r\": 16}",
     "gate_up_proj holds two projections|twice the rank, 32"},
    {"gpt-oss-20b", false, QV ", \"target_parameters\": [\"mlp.experts.w1\"]}",
     "mlp.experts.w1 of target_parameters matches no parameter|"
     "experts.gate_up_proj"},
    /* lists and patterns without effect */
    {"Llama-3.1-8B", false, QV ", \"exclude_modules\": \"k_proj\"}",
     "exclude_modules leaves nothing out|a pattern for whole names"},
    {"Llama-3.1-8B", false, QV ", \"modules_to_save\": [\"score\"]}",
     "score of modules_to_save matches no module"},
    {"Llama-3.1-8B", false, QV ", \"modules_to_save\": [\"norm\"]}",
     "also copies input_layernorm and post_attention_layernorm|"
     "write model.norm"},
    {"Llama-3.1-8B", false, QV ", \"rank_pattern\": {\"o_proj\": 4}}",
     "the rank_pattern key o_proj matches no adapted module"},
    {"Llama-3.1-8B", true, QV ", \"alpha_pattern\": {\"o_proj\": 4}}",
     "the alpha_pattern key o_proj matches no adapted module"},
    {"Llama-3.1-8B", false, QV ", \"layers_to_transform\": [31, 32]}",
     "layers_to_transform has 32|0 to 31"},
    {"Llama-3.1-8B", false, QV ", \"rangk\": 4, \"foo\": null}",
     "PEFT 0.21 ignores these keys: rangk and foo"},
    {"Llama-3.1-8B", true, QV ", \"ensure_weight_tying\": true}",
     "ensure_weight_tying has no effect"},
    /* rank and alpha */
    {"Llama-3.1-8B", false, QV ", \"r\": 2048}",
     "rank 2,048 is larger than v_proj has (min(in, out) = 1,024)"},
    {"Llama-3.1-8B", false, QV ", \"lora_alpha\": 0}",
     "alpha 0 multiplies the update by 0"},
    /* embeddings */
    {"Llama-3.2-1B", false, QV ", \"modules_to_save\": [\"lm_head\"]}",
     "lm_head shares its weight with embed_tokens|ensure_weight_tying"},
    {"Llama-3.2-1B", true,
     QV ", \"modules_to_save\": [\"lm_head\", \"embed_tokens\"]}",
     "embed_tokens and lm_head share one weight|two copies"},
    {"Llama-3.1-8B", false, TARGETS "[\"q_proj\", \"embed_tokens\"]}",
     "the file also holds the base's embed_tokens, 525,336,576 values"},
    /* starts and single settings */
    {"Llama-3.1-8B", false, QV ", \"init_lora_weights\": \"eva\"}",
     "initialize_lora_eva_weights|move ranks"},
    {"Llama-3.1-8B", false, QV ", \"init_lora_weights\": \"pissa_niter_16\"}",
     "pissa changes the base's weights"},
    {"Llama-3.1-8B", false, QV ", \"lora_bias\": true}",
     "q_proj and v_proj have no bias|cannot be merged"},
    {"gpt2", false, "{\"peft_type\": \"LORA\", \"use_qalora\": true}",
     "GPTQ|plain LoRA"},
    {"gpt2", false, "{\"peft_type\": \"LORA\", \"task_type\": \"SEQ_CLS\"}",
     "GPT2LMHeadModel has no classification head|"
     "--class ForSequenceClassification"},
    {"gpt2", false,
     "{\"peft_type\": \"LORA\", \"task_type\": \"QUESTION_ANS\"}",
     "--class ForQuestionAnswering"},
    {"Llama-3.1-8B", false,
     "{\"peft_type\": \"VERA\", \"save_projection\": false}",
     "save_projection is false|the seed"},
};

static bool has_words(const char *text, const char *words)
{
    while (*words != '\0') {
        char part[256];
        size_t length = strcspn(words, "|");
        snprintf(part, sizeof(part), "%.*s", (int)length, words);
        if (strstr(text, part) == NULL) {
            return false;
        }
        words += length;
        words += *words == '|';
    }
    return true;
}

/* Do the warnings have what SITUATION wants, each a sentence? */
static bool fits(const struct situation *situation, const struct count *count)
{
    bool found = situation->words == NULL && count->warning_count == 0;
    for (size_t i = 0; i < count->warning_count; i++) {
        const char *text = count->warnings[i];
        struct error as_error = {.code = ERROR_UNSUPPORTED};
        snprintf(as_error.message, sizeof(as_error.message), "%s", text);
        if (!is_sentence(&as_error)) {
            return false;
        }
        found = found ||
                (situation->words != NULL && has_words(text, situation->words));
    }
    return found && count->warning_count <= 10;
}

static bool holds(struct fixture *fixture, const struct situation *situation)
{
    struct error err = {0};
    struct count count = {0};
    struct model_options options = {.transformers = situation->old ? 4 : 5};
    struct model *model =
        model_load(&fixture->path, situation->model, &options, &err);
    settings_init(&fixture->settings, &fixture->strings);
    fixture->settings.peft = situation->old ? PEFT_0_18 : PEFT_0_21;
    bool counted =
        model != NULL &&
        (situation->settings == NULL ||
         settings_read(&fixture->settings, &fixture->path, situation->settings,
                       strlen(situation->settings), "adapter_config.json",
                       &err)) &&
        count_trainable(&model->inventory, &fixture->path, &fixture->settings,
                        &count, &err);
    bool held = counted && fits(situation, &count);
    if (!held) {
        print_error("%s %s wants %s: %s\n", situation->model,
                    situation->settings == NULL ? "" : situation->settings,
                    situation->words == NULL ? "nothing" : situation->words,
                    err.message);
    }
    for (size_t i = 0; !held && i < count.warning_count; i++) {
        print_error("    %s\n", count.warnings[i]);
    }
    if (counted) {
        count_clear(&count);
    }
    model_free(model);
    return held;
}

static void test_plain_settings_warn_of_nothing(void **state)
{
    size_t failed = 0;
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        failed += !holds(*state, &plain[i]);
    }
    assert_int_equal(failed, 0);
}

static void test_situations(void **state)
{
    size_t failed = 0;
    for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
        failed += !holds(*state, &told[i]);
    }
    assert_int_equal(failed, 0);
}

/* Everything at once stays readable. */
static void test_warnings_are_few(void **state)
{
    const struct situation crowd = {
        "Qwen3-Next-80B-A3B", false,
        TARGETS
        "[\"q_proj\", \"nosuch\", \"gate_proj\", \"up_proj\", \"down_proj\"],"
        " \"r\": 4096, \"lora_alpha\": 0, \"modules_to_save\": [\"norm\","
        " \"nowhere\"], \"exclude_modules\": [\"never\"], \"foo\": 1,"
        " \"rank_pattern\": {\"never\": 1}, \"alpha_pattern\": {\"never\": 1},"
        " \"inference_mode\": true}",
        "the target nosuch matches no module"};
    assert_true(holds(*state, &crowd));
}

/* ---- configs of one's own --------------------------------------------------- */

static struct model *load_own(struct fixture *fixture, const char *config)
{
    char file[] = "/tmp/loraexplore-advice-XXXXXX";
    struct error err = {0};
    struct model_options options = {.transformers = 5};
    int descriptor = mkstemp(file);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, config, strlen(config)), strlen(config));
    close(descriptor);
    struct model *model = model_load(&fixture->path, file, &options, &err);
    unlink(file);
    if (model == NULL) {
        print_error("%s\n", err.message);
    }
    return model;
}

#define SIZES \
    "\"hidden_size\": 64, \"intermediate_size\": 128, \"vocab_size\": 100," \
    " \"num_hidden_layers\": 2, \"num_attention_heads\": 4"

static void test_own_config_says_what_is_assumed(void **state)
{
    struct model *model =
        load_own(*state, "{\"model_type\": \"qwen3\", \"architectures\":"
                         " [\"Qwen3ForSinging\"], " SIZES "}");
    assert_non_null(model);
    assert_int_equal(model->warning_count, 4);
    assert_true(
        has_words(model->warnings[0], "Qwen3ForSinging|Qwen3ForCausalLM"));
    bool heads = false;
    for (size_t i = 1; i < 3; i++) {
        heads =
            heads || has_words(model->warnings[i], "num_key_value_heads: 32");
    }
    assert_true(heads); /* Qwen3Config's own default */
    assert_true(has_words(model->warnings[3], "dtype|bf16"));
    model_free(model);
}

static void test_complete_config_has_no_remarks(void **state)
{
    struct model *model = load_own(
        *state, "{\"model_type\": \"qwen3\", \"architectures\":"
                " [\"Qwen3ForCausalLM\"], \"torch_dtype\": \"float32\","
                " \"num_key_value_heads\": 2, \"head_dim\": 16, " SIZES "}");
    assert_non_null(model);
    assert_int_equal(model->warning_count, 0);
    model_free(model);
}

static void test_presets_have_no_remarks(void **state)
{
    struct fixture *fixture = *state;
    struct error err = {0};
    struct model_options options = {.transformers = 5};
    struct model *model =
        model_load(&fixture->path, "gemma-3-4b", &options, &err);
    assert_non_null(model);
    assert_int_equal(model->warning_count, 0);
    model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_settings_warn_of_nothing),
        cmocka_unit_test(test_situations),
        cmocka_unit_test(test_warnings_are_few),
        cmocka_unit_test(test_own_config_says_what_is_assumed),
        cmocka_unit_test(test_complete_config_has_no_remarks),
        cmocka_unit_test(test_presets_have_no_remarks),
    };
    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
