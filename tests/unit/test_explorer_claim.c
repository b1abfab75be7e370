/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Claims about the line of every method, and about heads that classify.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "adapter/config.h"
#include "adapter/count.h"
#include "adapter/method.h"
#include "lookup_bench.h"
#include "model/model.h"

/* ---- every method ---------------------------------------------------------- */

/* What PEFT insists on, or what keeps a method small enough for the model. */
static const struct {
    const char *method, *fields;
} insisted[] = {
    {"trainable_tokens", "{\"token_indices\": [1, 2, 3]}"},
    {"prompt_tuning",
     "{\"num_virtual_tokens\": 20, \"task_type\": \"CAUSAL_LM\"}"},
    {"prefix_tuning",
     "{\"num_virtual_tokens\": 20, \"task_type\": \"CAUSAL_LM\"}"},
    {"p_tuning", "{\"num_virtual_tokens\": 20, \"task_type\": \"CAUSAL_LM\"}"},
    {"multitask_prompt_tuning",
     "{\"num_virtual_tokens\": 20, \"num_tasks\": 3, \"task_type\": "
     "\"CAUSAL_LM\"}"},
    {"cpt", "{\"cpt_token_ids\": [1, 2, 3, 4], \"cpt_mask\": [1, 1, 1, 1], "
            "\"cpt_tokens_type_mask\": [1, 2, 3, 4], \"task_type\": "
            "\"CAUSAL_LM\"}"},
    {"cartridge", "{\"num_virtual_tokens\": 20, \"task_type\": \"CAUSAL_LM\"}"},
    {"adaption_prompt", "{\"adapter_len\": 10, \"adapter_layers\": 4, "
                        "\"task_type\": \"CAUSAL_LM\"}"},
    {"poly", "{\"n_tasks\": 3, \"n_skills\": 2}"},
    {"adalora", "{\"total_step\": 100}"},
};

static void set_fields(struct bench *bench, const char *text)
{
    struct error err = {0};
    const char *key = NULL;
    json_t *value = NULL;
    json_t *object = json_loads(text, 0, NULL);
    assert_non_null(object);
    json_object_foreach(object, key, value)
    {
        assert_true(settings_set_field(&bench->adapter, key, value, &err));
    }
    json_decref(object);
}

static void bench_method(struct bench *bench, const struct method *method,
                         const char *targets)
{
    struct error err = {0};
    bench_open(bench);
    assert_true(
        settings_set_method(&bench->adapter, &bench->path, method, &err));
    for (size_t i = 0; i < sizeof(insisted) / sizeof(insisted[0]); i++) {
        if (strcmp(insisted[i].method, method->name) == 0) {
            set_fields(bench, insisted[i].fields);
        }
    }
    bool aimed = targets != NULL && method->reach == REACH_MODULES &&
                 strcmp(method->name, "trainable_tokens") != 0 &&
                 strcmp(method->name, "ln_tuning") != 0;
    if (aimed) {
        assert_true(settings_set_targets(&bench->adapter, targets, &err));
    }
    bench->claim.has_targets = aimed;
    bench->claim.has_method = method != &method_table[0];
    bench->claim.has_more = true;
    bench->claim.alone = true;
}

/* PEFT's line for the settings, as `count` prints it; false: PEFT refuses. */
static bool own_line(struct bench *bench, const struct model *model,
                     char line[256], struct count *count)
{
    struct error err = {0};
    struct text text = {0};
    if (!count_trainable(&model->inventory, &bench->path, &bench->adapter,
                         count, &err)) {
        return false;
    }
    count_append_line(count, &text);
    snprintf(line, 256, "%s", text_string(&text));
    text_clear(&text);
    return true;
}

/* The method's own line under one release of each library, said or not; and
 * the same line with a few parameters more.
 */
static bool check_method(const struct method *method, const char *name,
                         const struct model *model, enum peft_version peft,
                         const char *targets, bool said)
{
    struct bench bench;
    char line[256];
    struct count count;
    bench_method(&bench, method, targets);
    bench.adapter.peft = peft;
    bool counted = own_line(&bench, model, line, &count);
    if (counted) {
        bench.claim.model = name;
        bench.claim.has_rank = said;
        bench.claim.has_peft = said;
        bench.claim.transformers = said ? model->inventory.transformers : 0;
        bench_search(&bench, line);
        if (bench.lookup.verdict != CLAIM_CONSISTENT ||
            strstr(bench.lookup.explanation, "rows") != NULL) {
            fail_msg("%s on %s, %s, %s: %s", method->name, name,
                     targets != NULL ? targets : "default", line,
                     bench.lookup.explanation);
        }
        /* The line of another setting, which no method of these prints. */
        snprintf(line, sizeof(line), "%" PRIu64 " %" PRIu64,
                 count.trainable + 1, count.all + 1);
        bench_search(&bench, line);
        if (bench.lookup.verdict != CLAIM_INCONSISTENT) {
            fail_msg("%s on %s: %s is no line of it: %s", method->name, name,
                     line, bench.lookup.explanation);
        }
        count_clear(&count);
    }
    bench_close(&bench);
    return counted;
}

static void check_methods(const char *name, const char *targets, size_t least)
{
    struct resource_path path;
    struct error err = {0};
    size_t seen = 0;
    assert_true(resource_path_init(&path, NULL, &err));
    for (unsigned version = 4; version <= 5; version++) {
        const struct model_options options = {.transformers = version};
        struct model *model = model_load(&path, name, &options, &err);
        assert_non_null(model);
        for (size_t i = 0; i < method_count; i++) {
            const struct method *method = &method_table[i];
            for (int late = 0; late < 2; late++) {
                enum peft_version peft = late ? PEFT_0_21 : PEFT_0_18;
                bool said = (i + version) % 2 == 0;
                bool counted =
                    check_method(method, name, model, peft, NULL, said);
                counted |=
                    check_method(method, name, model, peft, targets, !said);
                seen += late && counted;
            }
        }
        model_free(model);
    }
    resource_path_clear(&path);
    if (seen < least) {
        fail_msg("only %zu methods were counted on %s", seen, name);
    }
}

static void test_methods(void **state)
{
    (void)state;
    if (getenv("LORAEXPLORE_FACTS") != NULL) { /* the long run */
        check_methods("Llama-3.2-3B", "q_proj,v_proj", 2 * 50);
    }
    check_methods("SmolLM2-135M", "q_proj,v_proj", 2 * 45);
    check_methods("gpt2", "c_attn", 2 * 20);
}

/* ---- heads that classify --------------------------------------------------- */

/* GPT-2: 124,439,808, tied; LoRA r 8 on c_attn 294,912; a row 768. */
static void test_heads(void **state)
{
    (void)state;
    static const struct {
        const char *line, *model, *class_name, *task, *targets;
        uint64_t rank, labels;
        enum lookup_verdict verdict;
        const char *phrase;
    } claims[] = {
        {"296448 124737792", "gpt2", NULL, NULL, "c_attn", 8, 0,
         CLAIM_INCONSISTENT,
         "as GPT2ForSequenceClassification with 2 labels and the task SEQ_CLS"},
        {"294912 124736256", "gpt2", NULL, NULL, "c_attn", 8, 0,
         CLAIM_CONSISTENT, "as GPT2ForSequenceClassification with 2 labels"},
        {"296448 124737792", "gpt2", "GPT2ForSequenceClassification", "SEQ_CLS",
         "c_attn", 8, 0, CLAIM_CONSISTENT, "trains 296,448 of 124,737,792"},
        {"295680 124736256", "gpt2", "ForSequenceClassification", "SEQ_CLS",
         "c_attn", 8, 0, CLAIM_CONSISTENT, "with 1 label"},
        {"372480 124889856", "gpt2", "ForSequenceClassification", "SEQ_CLS",
         "c_attn", 8, 0, CLAIM_CONSISTENT, "with 101 labels"},
        {"372480 124889856", "gpt2", "ForSequenceClassification", "SEQ_CLS",
         "c_attn", 8, 101, CLAIM_CONSISTENT, "trains 372,480"},
        {"372480 124889856", "gpt2", "ForSequenceClassification", "SEQ_CLS",
         "c_attn", 8, 3, CLAIM_INCONSISTENT, "with 101 labels"},
        {"667392 125184768", "gpt2", "ForSequenceClassification", "SEQ_CLS",
         "c_attn", 0, 0, CLAIM_CONSISTENT, "at r 16 on gpt2"},
        {"294912 124734720", "gpt2", "ForSequenceClassification", NULL,
         "c_attn", 8, 0, CLAIM_INCONSISTENT, "as GPT2LMHeadModel"},
    };
    for (size_t i = 0; i < sizeof(claims) / sizeof(claims[0]); i++) {
        struct bench bench;
        bench_open(&bench);
        bench_claim(&bench, claims[i].model, claims[i].rank, claims[i].targets);
        bench.claim.class_name = claims[i].class_name;
        bench.claim.labels = claims[i].labels;
        if (claims[i].task != NULL) {
            set_fields(&bench, "{\"task_type\": \"SEQ_CLS\"}");
            bench.claim.has_more = true;
        }
        bench_search(&bench, claims[i].line);
        expect(&bench, claims[i].verdict, claims[i].phrase);
        bench_close(&bench);
    }
}

/* A frozen factor is part of the total: r (in + out) on q and v of 28 layers,
 * 3,072 to 3,072 and 1,024.
 */
static void test_frozen(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench);
    bench.claim.alone = true;
    bench.claim.model = "Llama-3.2-3B";
    bench_search(&bench, "3670016 3221924864");
    expect(&bench, CLAIM_CONSISTENT, "q_proj,v_proj at r 32 with lora_fa");
    bench_search(&bench, "5505024 3221924864");
    expect(&bench, CLAIM_CONSISTENT, "q_proj,v_proj at r 32 with mica");
    for (size_t i = 0; i < bench.lookup.count; i++) {
        assert_true(bench.lookup.matches[i].rank <= 2048);
    }
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_methods),
        cmocka_unit_test(test_heads),
        cmocka_unit_test(test_frozen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
