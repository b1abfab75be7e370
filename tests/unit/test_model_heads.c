/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a class's head changes, and what a model holds beside its parameters.
 *
 * Names and totals are those of transformers 4.57.6 and 5.23.0 on torch's meta
 * device: named_modules(), state_dict() and parameters().
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/resource.h"
#include "model/model.h"

static struct model *load(const char *name, const char *class_name,
                          unsigned transformers)
{
    struct resource_path path;
    struct error err = {0};
    struct model_options options = {.transformers = transformers,
                                    .class_name = class_name};
    assert_true(resource_path_init(&path, NULL, &err));
    struct model *model = model_load(&path, name, &options, &err);
    if (model == NULL) {
        fail_msg("%s: %s", name, err.message);
    }
    resource_path_clear(&path);
    return model;
}

/* How many copies the module called NAME has; 0 without it. */
static uint64_t copies(const struct module *modules, size_t count,
                       const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(modules[i].name, name) == 0) {
            return modules[i].copies;
        }
    }
    return 0;
}

static bool has(const struct model *model, const char *name)
{
    return copies(model->inventory.modules, model->inventory.count, name) > 0;
}

static bool has_plain(const struct model *model, const char *name)
{
    return copies(model->inventory.plains, model->inventory.plain_count, name) >
           0;
}

static void test_question_answering(void **state)
{
    (void)state;
    for (unsigned version = 4; version <= 5; version++) {
        struct model *model =
            load("Llama-3.2-1B", "LlamaForQuestionAnswering", version);
        assert_int_equal(model->inventory.parameters, 1235818498);
        assert_true(has(model, "transformer.embed_tokens"));
        assert_true(has(model, "transformer.layers.{0-15}.mlp.up_proj"));
        assert_true(has(model, "qa_outputs"));
        assert_true(has_plain(model, "transformer.rotary_emb"));
        model_free(model);
        model = load("Mistral-7B-v0.1", "MistralForQuestionAnswering", version);
        assert_int_equal(model->inventory.parameters, 7110668290);
        assert_true(has(model, "model.embed_tokens"));
        model_free(model);
    }
}

static void test_t5(void **state)
{
    (void)state;
    const char *q = "transformer.decoder.block.{0-5}.layer.{0}.SelfAttention.q";
    for (unsigned version = 4; version <= 5; version++) {
        struct model *model =
            load("t5-small", "T5ForSequenceClassification", version);
        assert_int_equal(model->inventory.parameters, 60770306);
        assert_true(has(model, "transformer.shared"));
        assert_true(has(model, q));
        assert_true(has(model, "classification_head.out_proj"));
        assert_true(has_plain(model, "classification_head.dropout"));
        model_free(model);
        model = load("t5-small", "T5ForTokenClassification", version);
        assert_int_equal(model->inventory.parameters, 35331842);
        assert_true(has(model, "transformer.shared"));
        assert_false(has(model, q));
        assert_true(has(model, "classifier"));
        model_free(model);
        model = load("t5-small", "T5ForQuestionAnswering", version);
        assert_int_equal(model->inventory.parameters, 60507650);
        assert_true(has(model, "shared"));
        model_free(model);
    }
}

static void test_plain(void **state)
{
    (void)state;
    struct model *model = load("Llama-3.2-1B", NULL, 5);
    assert_int_equal(model->inventory.plain_count, 2);
    assert_true(has_plain(model, "model.layers.{0-15}.mlp.act_fn"));
    assert_true(has_plain(model, "model.rotary_emb"));
    model_free(model);
    model = load("Llama-3.2-1B", "LlamaModel", 5);
    assert_true(has_plain(model, "layers.{0-15}.mlp.act_fn"));
    model_free(model);
    model = load("vit-base-patch16-224", "ViTModel", 4);
    assert_true(has_plain(model, "encoder.layer.{0-11}.output.dropout"));
    model_free(model);
    model = load("vit-base-patch16-224", "ViTModel", 5);
    assert_true(has_plain(model, "layers.{0-11}.mlp.activation_fn"));
    assert_false(has_plain(model, "encoder.layer.{0-11}.output.dropout"));
    model_free(model);
}

static void test_buffers(void **state)
{
    (void)state;
    struct model *model = load("GLM-4.5-Air", NULL, 5);
    const struct inventory *inventory = &model->inventory;
    assert_int_equal(inventory->buffer_count, 1);
    assert_string_equal(inventory->buffers[0].name,
                        "model.layers.{1-45}.mlp.gate.e_score_correction_bias");
    assert_int_equal(inventory->buffers[0].shape[0], 128);
    assert_true(inventory->buffers[0].buffer);
    model_free(model);
    model = load("bart-base", "BartForConditionalGeneration", 4);
    inventory = &model->inventory;
    assert_int_equal(inventory->parameters, 139420416);
    assert_int_equal(inventory->buffer_count, 1);
    assert_string_equal(inventory->buffers[0].name, "final_logits_bias");
    assert_int_equal(inventory->buffers[0].shape[1], 50265);
    model_free(model);
    model = load("bart-base", "BartForSequenceClassification", 4);
    assert_int_equal(model->inventory.buffer_count, 0);
    model_free(model);
}

/* Names that transformers has. */
static void test_siblings(void **state)
{
    (void)state;
    static const struct {
        const char *own, *head;
        enum class_reads reads;
        const char *want;
    } cases[] = {
        {"LlamaForCausalLM", "seqcls", READS_TEXT,
         "LlamaForSequenceClassification"},
        {"LlamaForCausalLM", "lm", READS_TEXT, "LlamaForCausalLM"},
        {"GPT2LMHeadModel", "base", READS_TEXT, "GPT2Model"},
        {"BertModel", "lm", READS_TEXT, "BertForMaskedLM"},
        {"BertForMaskedLM", "qa", READS_TEXT, "BertForQuestionAnswering"},
        {"BartModel", "lm", READS_PAIRS, "BartForConditionalGeneration"},
        {"ViTModel", "seqcls", READS_IMAGES, "ViTForImageClassification"},
        {"ChatGLMModel", "seqcls", READS_TEXT,
         "ChatGLMForSequenceClassification"},
        {"ChatGLMModel", "base", READS_TEXT, NULL},
        {"Llama", "lm", READS_TEXT, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char name[128];
        bool known = class_sibling(cases[i].own, cases[i].head, cases[i].reads,
                                   name, sizeof name);
        assert_int_equal(known, cases[i].want != NULL);
        if (known) {
            assert_string_equal(name, cases[i].want);
        }
    }
    struct model *model = load("whisper-base", NULL, 5);
    assert_non_null(model->classes[0]);
    assert_null(model->classes[3]); /* it classifies no tokens */
    model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_question_answering),
        cmocka_unit_test(test_t5),
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_siblings),
        cmocka_unit_test(test_buffers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
