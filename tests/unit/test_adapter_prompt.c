/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Prompt methods and PEFT's newest, counted by hand.
 *
 * A row's sum is written out; sizes of files are those of files that PEFT
 * wrote.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config_fixture.h"

#define GPT2 "gpt2"          /* 12 layers of 768, 12 heads, 1024 positions */
#define LLAMA "Llama-3.2-3B" /* 28 layers of 3072, 24 heads, 8 x 128 for keys */
#define BERT "bert-base-uncased" /* 12 layers of 768 */
#define T5 "t5-small"            /* 6 and 6 layers of 512, 8 heads */

#define CAUSAL "\"task_type\": \"CAUSAL_LM\", "
#define S2S "\"task_type\": \"SEQ_2_SEQ_LM\", "
#define C_ATTN "\"target_modules\": [\"c_attn\"], "
#define QV "\"target_modules\": [\"q_proj\", \"v_proj\"], "
#define QUERY "\"target_modules\": [\"query\"], "
#define TYPE(name) "{\"peft_type\": \"" name "\", "

struct row {
    const char *model, *config;
    unsigned trainable;
    unsigned frozen;  /* parameters added that never train */
    unsigned buffers; /* elements */
    unsigned tensors; /* in the file */
    unsigned bytes;   /* of it; 0: not known from outside */
};

static const struct row prompts[] = {
    {GPT2, TYPE("PROMPT_TUNING") CAUSAL "\"num_virtual_tokens\": 20}", 20 * 768,
     0, 0, 1, 61560},
    {T5, TYPE("PROMPT_TUNING") S2S "\"num_virtual_tokens\": 8}", 2 * 8 * 512, 0,
     0, 1, 32888}, /* both stacks */
    {T5,
     TYPE("PROMPT_TUNING") S2S
     "\"num_virtual_tokens\": 8, \"num_transformer_submodules\": 1}",
     8 * 512, 0, 0, 1, 16504},
    {LLAMA, TYPE("PREFIX_TUNING") CAUSAL "\"num_virtual_tokens\": 8}",
     8 * 28 * 2 * (8 * 128), 0, 0, 1, 0}, /* grouped-query attention */
    {GPT2,
     TYPE("PREFIX_TUNING") CAUSAL
     "\"num_virtual_tokens\": 8, "
     "\"prefix_projection\": true, \"encoder_hidden_size\": 64}",
     8 * 768 + (64 * 768 + 64) + (12 * 2 * 768 * 64 + 12 * 2 * 768), 0, 0, 1,
     0},
    {GPT2, TYPE("P_TUNING") CAUSAL "\"num_virtual_tokens\": 8}",
     8 * 768 + 3 * (768 * 768 + 768), 0, 0, 1, 24696},
    {GPT2,
     TYPE("P_TUNING") CAUSAL
     "\"num_virtual_tokens\": 20, "
     "\"encoder_reparameterization_type\": \"LSTM\", "
     "\"encoder_hidden_size\": 32, \"encoder_num_layers\": 3}",
     20 * 768 + 2 * 4 * 32 * (768 + 32 + 2) + 2 * 2 * 4 * 32 * (64 + 32 + 2) +
         (64 * 64 + 64) + (768 * 64 + 768),
     0, 0, 1, 61560},
    {GPT2,
     TYPE("MULTITASK_PROMPT_TUNING") CAUSAL
     "\"num_virtual_tokens\": 20, "
     "\"num_ranks\": 3, \"num_tasks\": 5}",
     20 * 768 + 5 * 20 * 3 + 5 * 3 * 768, 0, 0, 3, 109000},
    {GPT2, TYPE("CPT") CAUSAL "\"cpt_token_ids\": [5, 6, 7, 8]}", 4 * 768,
     4 * 768, 0, 1, 12408},
    {LLAMA,
     TYPE("CARTRIDGE") CAUSAL "\"num_virtual_tokens\": 16, "
                              "\"num_frozen_tokens\": 4}",
     12 * 28 * 2 * 1024, 4 * 28 * 2 * 1024, 0, 1, 0},
    {GPT2,
     TYPE("ADAPTION_PROMPT") CAUSAL "\"adapter_len\": 10, "
                                    "\"adapter_layers\": 2}",
     2 * (10 * 768 + 1), 0, 0, 4, 0},
    {LLAMA,
     TYPE("ADAPTION_PROMPT") CAUSAL "\"adapter_len\": 4, "
                                    "\"adapter_layers\": 1}",
     4 * 3072 + 1, 0, 0, 2, 49428},
};

static const struct row newest[] = {
    {GPT2, TYPE("GRALORA") C_ATTN "\"r\": 16, \"hybrid_r\": 8}",
     12 * (16 + 8) * (768 + 2304), 0, 0, 48, 0},
    {GPT2, TYPE("HIRA") C_ATTN "\"r\": 4, \"rank_pattern\": {\"c_attn\": 2}}",
     12 * 4 * (768 + 2304), 0, 0, 24, 0}, /* PEFT forgets the pattern */
    {LLAMA, TYPE("PEANUT") QV "\"r\": 8, \"depth\": 2}",
     28 * (2 * 8 * (3072 + 1024) + 2 * 2 * 2 * 64), 0, 0, 28 * 2 * 6, 0},
    {LLAMA, TYPE("PSOFT") QV "\"r\": 32}", 28 * 2 * (32 * 31 / 2 + 2 * 32), 0,
     28 * (2 * 2 * 496 + 32 * (3072 + 3072) + 32 * (3072 + 1024)), 28 * 2 * 3,
     0},
    {LLAMA, TYPE("DEFT") QV "\"r\": 8}", 28 * 8 * (3072 + 3072 + 3072 + 1024),
     0, 0, 112, 9189008},
    {GPT2, TYPE("DEFT") C_ATTN "\"para\": true}", 12 * 8 * 2304, 0, 0, 12, 0},
    {BERT, TYPE("GLORA") QUERY "\"r\": 8}",
     12 * (2 * 8 * (768 + 768) + 8 * (768 + 1) + 2), 0, 0, 12 * 8, 0},
    {LLAMA, TYPE("GLORA") QV "\"r\": 8}", /* no biases: zeros for C, D, E */
     28 * 2 * 8 * (3072 + 3072 + 3072 + 1024), 0,
     28 * (2 * 3072 + 2 * 3072 + 2 * 1024), 392, 20006816},
    {LLAMA, TYPE("BEFT") QV "\"init_weights\": true}", 28 * (3072 + 1024), 0, 0,
     56, 0},
    {BERT, TYPE("SUPERTUNING") QUERY "\"sparsity\": 0.9}", 12 * 58982, 0,
     12 * 58982, 24, 0},
    {BERT, TYPE("ADAMSS") QUERY "\"r\": 100}", 12 * (5 * 100 + 768), 0,
     12 * 100 * (768 + 1), 12 * (5 + 5 + 1), 0},
    {LLAMA, TYPE("LILY") QV "\"r\": 8, \"stride_A\": 3}",
     2 * 10 * 8 * 3072 + 2 * 8 * (3072 + 1024) + 56 * 2 * 8, 0, 0, 168,
     12871016}, /* the file repeats what is shared */
    {GPT2, TYPE("TINYLORA") C_ATTN "\"r\": 2, \"weight_tying\": 0.5}", 6 * 64,
     0, 12 * (2 * (768 + 2304) + 64 * 4), 12 * 3 + 6, 0},
    {GPT2, TYPE("UNILORA") C_ATTN "\"r\": 4}", 256, 0,
     12 * 2 * 4 * (768 + 2304), 1, 1152},
    {GPT2, TYPE("FROD") C_ATTN "\"save_projection\": true}", 12 * (768 + 5898),
     0, 12 * 2304 * 768 + 768 * 768 + 2 * 5898 + 2, 12 * 2 + 3, 0},
};

static bool count_config(struct fixture *fixture, const char *name,
                         const char *config, struct count *count,
                         uint64_t *bytes, struct error *err)
{
    struct model_options options = {.transformers = 5};
    struct count_dtypes dtypes = {DTYPE_FP32, DTYPE_FP32};
    struct model *model = model_load(&fixture->path, name, &options, err);
    assert_non_null(model);
    bool done = settings_read(&fixture->settings, &fixture->path, config,
                              strlen(config), "adapter_config.json", err) &&
                count_trainable(&model->inventory, &fixture->path,
                                &fixture->settings, count, err);
    if (done && !count_file_bytes(count, &dtypes, bytes, err)) {
        count_clear(count);
        done = false;
    }
    model_free(model);
    return done;
}

static void check_rows(struct fixture *fixture, const struct row *rows,
                       size_t size)
{
    for (size_t i = 0; i < size; i++) {
        struct error err = {0};
        struct count count = {0};
        uint64_t bytes = 0;
        if (!count_config(fixture, rows[i].model, rows[i].config, &count,
                          &bytes, &err)) {
            fail_msg("%s: %s", rows[i].config, err.message);
        }
        bool same = count.trainable == rows[i].trainable &&
                    count.frozen == rows[i].frozen &&
                    count.all == count.base + count.trainable + count.frozen &&
                    count.buffers == rows[i].buffers &&
                    count.tensors == rows[i].tensors &&
                    (rows[i].bytes == 0 || bytes == rows[i].bytes);
        if (!same) {
            fail_msg("%s: %llu trained, %llu frozen, %llu in buffers, %llu "
                     "tensors, %llu bytes",
                     rows[i].config, (unsigned long long)count.trainable,
                     (unsigned long long)count.frozen,
                     (unsigned long long)count.buffers,
                     (unsigned long long)count.tensors,
                     (unsigned long long)bytes);
        }
        count_clear(&count);
    }
}

static void test_prompts(void **state)
{
    check_rows(*state, prompts, sizeof(prompts) / sizeof(prompts[0]));
}

static void test_newest(void **state)
{
    check_rows(*state, newest, sizeof(newest) / sizeof(newest[0]));
}

/* ---- refusals --------------------------------------------------------------- */

static const struct {
    const char *model, *config;
} refused[] = {
    {GPT2, TYPE("PROMPT_TUNING") "\"task_type\": \"CAUSAL_LM\"}"},
    {GPT2, TYPE("PREFIX_TUNING") "\"num_virtual_tokens\": -3}"},
    {GPT2, TYPE("PROMPT_TUNING") "\"num_virtual_tokens\": 8, "
                                 "\"prompt_tuning_init\": \"TEXT\"}"},
    {GPT2, TYPE("P_TUNING") "\"num_virtual_tokens\": 8, "
                            "\"encoder_reparameterization_type\": \"GRU\"}"},
    {T5, TYPE("CPT") S2S "\"cpt_token_ids\": [1]}"},
    {GPT2, TYPE("CPT") CAUSAL "\"cpt_token_ids\": [1, 2], \"cpt_mask\": [1]}"},
    {GPT2,
     TYPE("CARTRIDGE") "\"num_virtual_tokens\": 2, \"num_frozen_tokens\": 3}"},
    {"mamba-130m", TYPE("PREFIX_TUNING") "\"num_virtual_tokens\": 8}"},
    {T5, TYPE("ADAPTION_PROMPT") "\"adapter_len\": 4, \"adapter_layers\": 1}"},
    {GPT2,
     TYPE("ADAPTION_PROMPT") "\"adapter_len\": 4, \"adapter_layers\": 13}"},
    {GPT2, TYPE("ADAPTION_PROMPT") "\"adapter_len\": 4, \"adapter_layers\": 1, "
                                   "\"target_modules\": \"self_attn\"}"},
    {GPT2, TYPE("ADAPTION_PROMPT") "\"adapter_len\": 4}"},
    {GPT2, TYPE("GRALORA") C_ATTN "\"r\": 32, \"gralora_k\": 3}"},
    {GPT2, TYPE("GRALORA") C_ATTN "\"r\": 35, \"gralora_k\": 7}"},
    {GPT2, TYPE("HIRA") C_ATTN "\"r\": 0}"},
    {GPT2, TYPE("PSOFT") C_ATTN "\"r\": 8}"},
    {LLAMA, TYPE("PSOFT") QV "\"r\": 1025}"},
    {LLAMA, TYPE("PEANUT") QV "\"depth\": 1000000000000}"},
    {LLAMA, TYPE("LILY") QV "\"num_B\": 1}"},
    {LLAMA, TYPE("LILY") QV "\"num_B\": 9000000000000000000}"},
    {LLAMA, TYPE("GLORA") QV "\"config_C\": \"constant\"}"},
    {LLAMA, TYPE("DEFT") QV "\"decomposition_method\": \"svd\"}"},
    {LLAMA, TYPE("SUPERTUNING") QV "\"sparsity\": 1.0}"},
    {LLAMA, TYPE("SUPERTUNING") QV "\"lora_alpha\": 8}"},
    {LLAMA, TYPE("TINYLORA") QV "\"weight_tying\": 1.5}"},
    {LLAMA, TYPE("UNILORA") QV "\"theta_d_length\": 0}"},
    {LLAMA, TYPE("FROD") QV "\"sparse_rate\": 2}"},
    {LLAMA,
     TYPE("ADAMSS") QV "\"use_dynamic_rank\": true, \"subspace_rank\": 2}"},
    {LLAMA, TYPE("ADAMSS") QV "\"num_subspaces\": 1000000000000}"},
    {LLAMA, TYPE("SHADOW") CAUSAL "\"r\": 8}"},
    {LLAMA, TYPE("XLORA") CAUSAL "\"hidden_size\": 64, \"adapters\": {}}"},
    {GPT2, TYPE("PROMPT_TUNING") "\"num_virtual_tokens\": 9000000000000000000,"
                                 " \"num_transformer_submodules\": 9}"},
    {GPT2, TYPE("PREFIX_TUNING") "\"num_virtual_tokens\": 9000000000000000000,"
                                 " \"num_layers\": 1000000000}"},
};

static void test_refused(void **state)
{
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        struct error err = {0};
        struct count count = {0};
        uint64_t bytes = 0;
        if (count_config(*state, refused[i].model, refused[i].config, &count,
                         &bytes, &err)) {
            count_clear(&count);
            fail_msg("%s is counted", refused[i].config);
        }
        assert_true(is_sentence(&err));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_prompts),
        FIXTURE_TEST(test_newest),
        FIXTURE_TEST(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
