/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Scripts of keys that change the method, ranks and alphas of single rows,
 * settings files, the release of PEFT; and the choice that is compared with.
 *
 * Figures are hand arithmetic over Llama-3.1-8B's 32 layers, q_proj of
 * 4096 + 4096 features and k_proj, v_proj of 4096 + 1024, and what PEFT prints
 * (tests/data/models/golden_counts.tsv).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "adapter/method.h"
#include "base/alloc.h"
#include "base/file.h"
#include "base/text.h"
#include "explorer/list.h"
#include "explorer_fixture.h"

/* --- methods --- */

static void expect_field(const char *key, const char *want)
{
    json_t *value = settings_field_new(&now()->choice.adapter, key);
    char *text = value != NULL ? json_dumps(value, JSON_ENCODE_ANY) : NULL;
    if (want == NULL) {
        assert_null(value);
    } else {
        assert_non_null(text);
        assert_string_equal(text, want);
    }
    memory_free(text);
    json_decref(value);
}

static void type_field(const char *typed)
{
    fixture_keys(&f, "F");
    app_send_key(f.app, 21); /* Ctrl-U */
    fixture_keys(&f, typed);
    fixture_keys(&f, "\r");
}

static void methods_are_switched_and_undone(void **state)
{
    (void)state;
    fixture_keys(&f, "m");
    assert_int_equal(now()->list.kind, LIST_METHODS);
    assert_true(now()->list.shown_count >= 50);
    fixture_keys(&f, "dora\r");
    assert_string_equal(now()->choice.adapter.method->name, "dora");
    /* a magnitude for each output: 32 (4096 + 1024) */
    assert_int_equal(trainable(), 3407872 + 32 * 5120);
    fixture_keys(&f, "mia3\r");
    assert_string_equal(now()->choice.adapter.method->name, "ia3");
    assert_false(state_has_rank(now()));
    fixture_keys(&f, "l"); /* there is none to raise */
    assert_string_equal(now()->message, "this method has no rank");
    fixture_keys(&f, "5");
    assert_int_equal(now()->prompt, PROMPT_NONE);
    fixture_keys(&f, "R");
    assert_non_null(strstr(now()->message, "rank_pattern"));
    fixture_keys(&f, "uumoft\r"); /* blocks, until a rank is asked for */
    assert_false(state_has_rank(now()));
    fixture_keys(&f, "l");
    assert_int_equal(now()->choice.adapter.rank, 1);
    fixture_keys(&f, "8\r");
    assert_int_equal(now()->choice.adapter.rank, 8);
    assert_false(now()->figures->refused);
    fixture_keys(&f, "uuu");
    assert_string_equal(now()->choice.adapter.method->name, "lora");
    assert_int_equal(trainable(), 3407872);
}

/* LoRA as the program starts with it; others as PEFT's classes do. */
static void methods_bring_their_ranks(void **state)
{
    (void)state;
    const struct adapter_settings *adapter = &now()->choice.adapter;
    fixture_keys(&f, "64\rmvera\r");
    assert_int_equal(adapter->rank, 256);
    assert_string_equal(now()->message, "VeRA: PEFT's default rank 256");
    assert_int_equal(state_cut(now()), 0);
    fixture_keys(&f, "mlora\r");
    assert_int_equal(adapter->rank, 8);
    assert_true(adapter->alpha > 15.9 && adapter->alpha < 16.1);
    assert_string_equal(now()->message, "LoRA: rank 8, alpha 16");
    assert_int_equal(state_cut(now()), 8);
    fixture_keys(&f, "32\rmdora\r");
    assert_int_equal(adapter->rank, 32);
    assert_string_equal(now()->message, "DoRA: rank 32, alpha 16 stay");
    fixture_keys(&f, "mloha\r");
    assert_string_equal(now()->message, "LoHa: PEFT's default rank 8, alpha 8");
    fixture_keys(&f, "mia3\r");
    assert_string_equal(now()->message,
                        "IA3: no rank is chosen, PEFT's defaults");
}

static void methods_ask_for_what_they_need(void **state)
{
    (void)state;
    fixture_keys(&f, "madalora\r");
    assert_string_equal(now()->line.text, "total_step=1000");
    assert_string_equal(now()->message,
                        "AdaLoRA needs total_step; Esc stays with LoRA");
    fixture_keys(&f, "\033"); /* as if nothing was asked */
    assert_string_equal(now()->choice.adapter.method->name, "lora");
    assert_int_equal(now()->history.past_count, 0);
    fixture_keys(&f, "madaption_prompt\r");
    assert_string_equal(now()->line.text, "adapter_len=10");
    fixture_keys(&f, "adapter_len=x\r"); /* refused: still asked */
    assert_int_equal(now()->prompt, PROMPT_FIELD);
    app_send_key(f.app, 21);
    fixture_keys(&f, "adapter_len=5\r");
    assert_string_equal(now()->line.text, "adapter_layers=30");
    fixture_keys(&f, "\r");
    assert_string_equal(now()->choice.adapter.method->name, "adaption_prompt");
    assert_false(now()->figures->refused);
    /* 30 layers, 5 tokens of 4096 and a gate each */
    assert_int_equal(trainable(), 30 * (5 * 4096 + 1));
    fixture_keys(&f, "umtrainable_tokens\r\r");
    assert_int_equal(trainable(), 4096);
    fixture_keys(&f, "mcpt\r\r");
    assert_false(now()->figures->refused);
    fixture_keys(&f, "mprefix_tuning\r\r");
    type_field("num_virtual_tokens="); /* gone: what to press is said */
    assert_true(now()->figures->refused);
    char hint[128];
    assert_true(state_hint(now(), false, hint, sizeof hint));
    assert_string_equal(hint,
                        "prefix tuning needs num_virtual_tokens: F types it");
    fixture_keys(&f, "F");
    assert_string_equal(now()->line.text, "num_virtual_tokens=20");
    fixture_keys(&f, "\r");
    assert_false(now()->figures->refused);
}

static void another_family_says_what_to_press(void **state)
{
    (void)state;
    char hint[128];
    fixture_go(&f, "k_proj");
    fixture_keys(&f, "  pgpt2\r");
    assert_true(now()->figures->refused);
    assert_int_equal(now()->severity, SAY_ERROR);
    assert_true(state_hint(now(), false, hint, sizeof hint));
    assert_string_equal(hint, "none of the targets is here: D takes PEFT's "
                              "default, L all-linear");
    assert_true(state_hint(now(), true, hint, sizeof hint));
    assert_true(strlen(hint) + strlen("error: ") <= 40);
    fixture_keys(&f, "D");
    assert_false(now()->figures->refused);
    assert_int_equal(trainable(), 294912); /* PEFT: c_attn, r 8 */
    assert_false(state_hint(now(), false, hint, sizeof hint));
}

static void copies_have_a_mark_and_a_number(void **state)
{
    (void)state;
    type_field("modules_to_save=[\"lm_head\", \"model.norm\"]");
    fixture_go(&f, "lm_head");
    assert_int_equal(state_row(now())->mark, MARK_COPY);
    assert_int_equal(state_row(now())->trainable, 128256 * 4096);
    fixture_keys(&f, " ");
    assert_string_equal(
        now()->message,
        "lm_head trains whole, as a copy: F edits modules_to_save");
    fixture_go(&f, "norm"); /* without the copy it has no row */
    assert_int_equal(state_row(now())->mark, MARK_COPY);
    assert_int_equal(state_row(now())->trainable, 4096);
    assert_int_equal(state_row(now())->dimensions, 1);
    assert_int_equal(trainable(), 3407872 + 128256 * 4096 + 4096);
}

static void fields_are_typed(void **state)
{
    (void)state;
    fixture_keys(&f, "mprompt_tuning\r"); /* it needs to know how many */
    assert_int_equal(now()->prompt, PROMPT_FIELD);
    assert_string_equal(now()->line.text, "num_virtual_tokens=20");
    fixture_keys(&f, "\r");
    assert_int_equal(now()->prompt, PROMPT_NONE);
    assert_int_equal(now()->history.past_count, 1);
    assert_false(now()->figures->refused);
    assert_int_equal(trainable(), 20 * 4096);
    fixture_keys(&f, "jk g}R\033 "); /* there are no rows */
    assert_string_equal(
        now()->message,
        "there are no rows: this method adapts no single modules");
    type_field("num_virtual_tokens = many");
    assert_int_equal(now()->severity, SAY_ERROR);
    assert_int_equal(now()->prompt, PROMPT_FIELD);
    fixture_keys(&f, "\033mlora\r");
    assert_int_equal(trainable(), 3407872);
    type_field("use_dora=true");
    assert_int_equal(trainable(), 3407872 + 32 * 5120);
    assert_string_equal(now()->choice.adapter.method->name, "dora");
    type_field("use_dora=");
    assert_string_equal(now()->choice.adapter.method->name, "lora");
    type_field("init_lora_weights=mica"); /* B is frozen: no cut any more */
    assert_int_equal(state_cut(now()), 0);
    type_field("init_lora_weights=");
    fixture_keys(&f, "mlora_fa\r");
    type_field("lora_dropout=0.1");
    assert_string_equal(now()->choice.adapter.method->name, "lora_fa");
    type_field("lora_dropout=");
    fixture_keys(&f, "mlora\r");
    assert_int_equal(trainable(), 3407872);
    type_field("use_dorra=true");
    assert_non_null(strstr(now()->message, "no field use_dorra"));
    fixture_keys(&f, "\033");
    type_field("lora_alpha=3");
    assert_non_null(strstr(now()->message, "lora_alpha has its own key: a"));
    fixture_keys(&f, "\033");
    type_field("=");
    assert_int_equal(now()->prompt, PROMPT_FIELD);
    fixture_keys(&f, "\033");
    type_field("bias=all"); /* Llama has none: a word as it is */
    assert_int_equal(trainable(), 3407872);
    assert_string_equal(now()->choice.adapter.fields, "{\"bias\":\"all\"}");
}

/* --- classes --- */

static size_t find_class(const char *name)
{
    struct list_entry entry;
    for (size_t i = 0; i < now()->list.entry_count; i++) {
        list_entry(now(), i, &entry);
        if (strcmp(entry.cells[0], name) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

static void classes_are_switched(void **state)
{
    (void)state;
    fixture_keys(&f, "C");
    assert_int_equal(now()->list.kind, LIST_CLASSES);
    assert_int_equal(now()->list.entry_count, 5);
    assert_int_equal(now()->list.cursor, find_class("LlamaForCausalLM"));
    assert_true(find_class("LlamaModel") < 5);
    assert_true(find_class("LlamaForQuestionAnswering") < 5);
    fixture_keys(&f, "sequence\r");
    assert_string_equal(state_class(now()), "LlamaForSequenceClassification");
    expect_field("task_type", "\"SEQ_CLS\"");
    /* PEFT copies the head of 2 labels by 4096 for this task */
    assert_int_equal(trainable(), 3407872 + 2 * 4096);
    fixture_go(&f, "score");
    assert_int_equal(state_row(now())->mark, MARK_COPY);
    fixture_keys(&f, "Ctoken\r");
    expect_field("task_type", "\"TOKEN_CLS\"");
    fixture_keys(&f, "CLlamaModel\r");
    expect_field("task_type", "\"FEATURE_EXTRACTION\"");
    assert_int_equal(trainable(), 3407872);
    fixture_keys(&f, "uuu");
    assert_string_equal(state_class(now()), "LlamaForCausalLM");
    expect_field("task_type", NULL);
    type_field("task_type=CAUSAL_LM"); /* it is the class's own */
    fixture_keys(&f, "Csequence\r");
    expect_field("task_type", "\"SEQ_CLS\"");
    fixture_keys(&f, "u");
    type_field("task_type=SEQ_CLS"); /* and this is not */
    fixture_keys(&f, "Cquestion\r");
    expect_field("task_type", "\"SEQ_CLS\"");
    fixture_keys(&f, "uu");
    fixture_keys(&f, "Csequence\rpgpt2\r"); /* a class is of one model */
    assert_string_equal(state_class(now()), "GPT2LMHeadModel");
    expect_field("task_type", NULL);
    fixture_keys(&f, "pbert-base-uncased\rC");
    assert_true(find_class("BertForSequenceClassification") < 5);
    assert_true(find_class("BertForMaskedLM") < 5);
    fixture_keys(&f, "\033");
}

/* --- ranks and alphas of rows --- */

static void a_row_has_a_rank_of_its_own(void **state)
{
    (void)state;
    fixture_go(&f, "q_proj");
    fixture_keys(&f, "}");
    expect_field("rank_pattern", "{\"q_proj\": 16}");
    assert_int_equal(trainable(), 32 * (16 * 8192 + 8 * 5120));
    assert_true(state_row(now())->own_rank);
    assert_int_equal(state_row(now())->rank_high, 16);
    assert_string_equal(now()->message, "rank_pattern {\"q_proj\": 16}");
    fixture_keys(&f, "R4\r");
    expect_field("rank_pattern", "{\"q_proj\": 4}");
    fixture_go(&f, "v_proj");
    fixture_keys(&f, "R64\r");
    expect_field("rank_pattern", "{\"q_proj\": 4, \"v_proj\": 64}");
    assert_int_equal(trainable(), 32 * (4 * 8192 + 64 * 5120));
    fixture_go(&f, "q_proj");
    fixture_keys(&f, "R2\r"); /* stays in its place */
    expect_field("rank_pattern", "{\"q_proj\": 2, \"v_proj\": 64}");
    fixture_keys(&f, "R8\r"); /* what all have: no entry */
    expect_field("rank_pattern", "{\"v_proj\": 64}");
    fixture_keys(&f, "u");
    expect_field("rank_pattern", "{\"q_proj\": 2, \"v_proj\": 64}");
    fixture_go(&f, "v_proj");
    fixture_keys(&f, "R\b\b\r"); /* nothing typed: none of its own */
    expect_field("rank_pattern", "{\"q_proj\": 2}");
    fixture_keys(&f, "R0\r");
    assert_int_equal(now()->prompt, PROMPT_ROW_RANK);
    fixture_keys(&f, "\033");
}

static void a_row_has_an_alpha_of_its_own(void **state)
{
    (void)state;
    fixture_go(&f, "v_proj");
    fixture_keys(&f, ")");
    expect_field("alpha_pattern", "{\"v_proj\": 32}");
    assert_true(state_row(now())->own_alpha);
    assert_int_equal(trainable(), 3407872);
    fixture_keys(&f, "@0.5\r");
    expect_field("alpha_pattern", "{\"v_proj\": 0.5}");
    fixture_keys(&f, "@16\r");
    expect_field("alpha_pattern", NULL);
    fixture_keys(&f, "u((");
    expect_field("alpha_pattern", "{\"v_proj\": 0.125}");
}

static void rows_without_adapters_have_no_rank(void **state)
{
    (void)state;
    fixture_go(&f, "k_proj");
    fixture_keys(&f, "}");
    assert_string_equal(now()->message,
                        "k_proj gets no adapter: space switches it on first");
    fixture_keys(&f, "R");
    assert_int_equal(now()->prompt, PROMPT_NONE);
    assert_int_equal(now()->history.past_count, 0);
}

/* Two towers have a q_proj: the key names those of the row and no others. */
static void keys_name_no_other_tower(void **state)
{
    (void)state;
    fixture_keys(&f, "pgemma-3-4b\r");
    fixture_keys(&f, "N");
    fixture_go(&f, "q_proj");
    fixture_keys(&f, " "); /* 34 layers and SigLIP's 27 */
    uint64_t both = trainable();
    uint64_t row = state_row(now())->trainable;
    fixture_keys(&f, "}");
    assert_int_equal(trainable(), both + row);
    json_t *dict = settings_field_new(&now()->choice.adapter, "rank_pattern");
    assert_int_equal(json_object_size(dict), 1);
    const char *key = json_object_iter_key(json_object_iter(dict));
    assert_non_null(strstr(key, "layers\\.\\d+\\.self_attn\\.q_proj"));
    json_decref(dict);
}

/* ROW has rank 24 of its own, all others are as they were. */
static void expect_only(const struct targets *before,
                        const struct targets *after, size_t row)
{
    assert_int_equal(before->count, after->count);
    for (size_t i = 0; i < before->count; i++) {
        const struct target_row *a = &before->rows[i], *b = &after->rows[i];
        if (a->heading) {
            continue;
        }
        assert_int_equal(b->own_rank, i == row);
        assert_int_equal(b->rank_low, i == row ? 24 : a->rank_low);
        assert_int_equal(b->rank_high, i == row ? 24 : a->rank_high);
    }
}

static void try_row(struct adapter_settings settings, const struct model *model,
                    const struct count *count, const struct targets *targets,
                    size_t row)
{
    struct error err = {.code = ERROR_NONE};
    struct count after;
    struct targets rows;
    assert_true(targets_set_rank(targets, row, count, &settings, 24, &err));
    assert_true(
        count_trainable(&model->inventory, &f.path, &settings, &after, &err));
    assert_true(targets_build(&model->inventory, &after, &settings, false,
                              &rows, &err));
    expect_only(targets, &rows, row);
    targets_clear(&rows);
    count_clear(&after);
}

static void each_row_is_reached_alone(void **state)
{
    (void)state;
    static const char *const names[] = {
        "Mixtral-8x7B-v0.1", "DeepSeek-V3",        "gpt2",
        "gemma-3-4b",        "Qwen3-Next-80B-A3B", "t5-small",
        "whisper-base",      "Mixtral-8x7B-v0.1"};
    for (size_t m = 0; m < sizeof names / sizeof *names; m++) {
        const struct model_options options = {.transformers = m == 0 ? 4 : 5};
        struct error err = {.code = ERROR_NONE};
        struct model *model = model_load(&f.path, names[m], &options, &err);
        struct adapter_settings settings = now()->choice.adapter;
        struct count count;
        struct targets targets;
        assert_non_null(model);
        settings.mode = TARGET_ALL_LINEAR;
        assert_true(count_trainable(&model->inventory, &f.path, &settings,
                                    &count, &err));
        assert_true(targets_build(&model->inventory, &count, &settings, false,
                                  &targets, &err));
        for (size_t i = 0; i < targets.count; i++) {
            if (!targets.rows[i].heading && targets.rows[i].matched > 0) {
                try_row(settings, model, &count, &targets, i);
            }
        }
        targets_clear(&targets);
        count_clear(&count);
        model_free(model);
    }
}

/* What a line cannot hold is not opened in it, where Enter would cut it; what
 * a file says of the terminal is not told to it.
 */
static void long_targets_and_odd_patterns_do_no_harm(void **state)
{
    (void)state;
    char folder[] = "/tmp/loraexplore-test-XXXXXX", path[64];
    struct error err = {.code = ERROR_NONE};
    struct text text = {0};
    text_append(&text, "{\"peft_type\": \"LORA\", \"r\": 8,"
                       " \"rank_pattern\": {\"q_proj\": 4,"
                       " \"\\u009b2J\\u202e\": 2},"
                       " \"target_modules\": [\"q_proj\"");
    for (int i = 0; i < 60; i++) {
        text_appendf(&text, ", \"no_such_module_%d\"", i);
    }
    text_append(&text, "]}");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.json", folder);
    assert_true(file_write(path, text.data, text.length, false, &err));
    fixture_keys(&f, "i");
    fixture_keys(&f, path);
    fixture_keys(&f, "\r");
    assert_string_equal(now()->figures->patterns,
                        "rank_pattern {\"q_proj\": 4, \"?2J?\": 2}");
    uint64_t before = trainable();
    fixture_keys(&f, "T");
    assert_int_equal(now()->prompt, PROMPT_NONE);
    assert_non_null(strstr(now()->message, "too long for this line"));
    assert_int_equal(trainable(), before);
    text_clear(&text);
    unlink(path);
    rmdir(folder);
}

/* An imported pattern that comes first would win: ours goes before it. */
static void a_row_wins_over_a_pattern_before_it(void **state)
{
    (void)state;
    char folder[] = "/tmp/loraexplore-test-XXXXXX", path[64];
    static const char text[] =
        "{\"peft_type\": \"LORA\", \"r\": 8, \"lora_alpha\": 16,"
        " \"target_modules\": [\"q_proj\", \"v_proj\"], \"made_by\": \"me\","
        " \"rank_pattern\": {\"layers.0.self_attn.[qk]_proj\": 2}}";
    struct error err = {.code = ERROR_NONE};
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.json", folder);
    assert_true(file_write(path, text, strlen(text), false, &err));
    fixture_keys(&f, "i");
    assert_string_equal(now()->line.text, "adapter_config.json");
    fixture_keys(&f, path);
    fixture_keys(&f, "\r");
    assert_int_equal(now()->prompt, PROMPT_NONE);
    assert_int_equal(trainable(), 31 * 8 * 8192 + 2 * 8192 + 32 * 8 * 5120);
    fixture_go(&f, "q_proj");
    assert_int_equal(state_row(now())->rank_low, 2);
    fixture_keys(&f, "R16\r");
    expect_field("rank_pattern", "{\"q_proj\": 16, "
                                 "\"layers.0.self_attn.[qk]_proj\": 2}");
    assert_int_equal(trainable(), 32 * (16 * 8192 + 8 * 5120));
    fixture_keys(&f, "R8\r"); /* must be said, or layer 0 has 2 again */
    expect_field("rank_pattern", "{\"q_proj\": 8, "
                                 "\"layers.0.self_attn.[qk]_proj\": 2}");
    expect_field("made_by", "\"me\""); /* unknown, kept */

    /* And out again: asked before it overwrites, whole. */
    fixture_keys(&f, "eadapter\r");
    assert_string_equal(now()->line.text, "adapter_config.json");
    app_send_key(f.app, 21);
    fixture_keys(&f, path);
    fixture_keys(&f, "\r");
    assert_true(now()->confirm);
    fixture_keys(&f, "y");
    char *data = NULL;
    size_t length = 0;
    assert_true(file_read(path, 1 << 20, &data, &length, &err));
    assert_non_null(strstr(data, "\"made_by\": \"me\""));
    assert_non_null(strstr(data, "\"peft_type\": \"LORA\""));
    memory_free(data);
    fixture_keys(&f, "uuu"); /* before the file was read */
    assert_int_equal(trainable(), 3407872);

    assert_true(file_write(path, "{\"r\": 8}", 8, true, &err));
    fixture_keys(&f, "i");
    fixture_keys(&f, path);
    fixture_keys(&f, "\r");
    assert_int_equal(now()->severity, SAY_ERROR);
    assert_non_null(strstr(now()->message, "peft_type"));
    assert_int_equal(now()->prompt, PROMPT_IMPORT);
    assert_int_equal(trainable(), 3407872);
    fixture_keys(&f, "\033");
    unlink(path);
    rmdir(folder);
}

/* --- comparing --- */

static void a_marked_choice_stays_to_compare_with(void **state)
{
    (void)state;
    fixture_keys(&f, "c");
    assert_int_equal(now()->list.kind, LIST_NONE); /* nothing is marked */
    fixture_keys(&f, "=");
    assert_non_null(now()->reference);
    assert_int_equal(now()->reference->trainable, 3407872);
    assert_int_equal(now()->reference->all, 8033669120);
    /* PEFT's file: 128 tensors fp32 and its header */
    assert_true(now()->reference->has_file);
    assert_true(now()->reference->file_bytes > 4 * 3407872);
    fixture_keys(&f, "]");
    assert_int_equal(now()->reference->trainable, 3407872);
    fixture_keys(&f, "c");
    assert_int_equal(now()->list.kind, LIST_COMPARE);
    struct list_entry entry;
    list_entry(now(), 0, &entry);
    assert_string_equal(entry.cells[0], "trainable");
    assert_string_equal(entry.cells[2], "3,407,872");
    assert_string_equal(entry.cells[3], "6,815,744");
    assert_string_equal(entry.cells[4], "+3,407,872");
    fixture_keys(&f, "q_proj");
    list_entry(now(), now()->list.shown[0], &entry);
    assert_string_equal(entry.cells[1], "8 \u2192 16");
    assert_string_equal(entry.cells[4], "+2,097,152");
    fixture_keys(&f, "\r");
    assert_string_equal(state_row(now())->label, "q_proj");

    fixture_keys(&f, "pTinyLlama\r"); /* the mark outlives its model */
    assert_int_equal(now()->reference->trainable, 3407872);
    fixture_keys(&f, "c\033u");
    fixture_keys(&f, "x"); /* there and back */
    assert_int_equal(trainable(), 3407872);
    assert_int_equal(now()->reference->trainable, 6815744);
    fixture_keys(&f, "x");
    assert_int_equal(trainable(), 6815744);
    assert_int_equal(now()->reference->trainable, 3407872);
    fixture_keys(&f, "uu"); /* undo walks over choices, not over marks */
    assert_int_equal(now()->reference->trainable, 3407872);
    fixture_keys(&f, "l="); /* whatever is chosen now */
    assert_null(now()->reference);
    assert_string_equal(now()->message, "unmarked");
    fixture_keys(&f, "=");
    assert_int_equal(now()->reference->trainable, trainable());
    fixture_keys(&f, "T");
    app_send_key(f.app, 21);
    fixture_keys(&f, "q_proj\rpgpt2\r"); /* refused: yet it can be unmarked */
    assert_true(now()->figures->refused);
    fixture_keys(&f, "=");
    assert_null(now()->reference);
    fixture_keys(&f, "=");
    assert_null(now()->reference);
    assert_non_null(strstr(now()->message, "cannot be marked"));
}

/* --- releases --- */

static void releases_tell_both_counts(void **state)
{
    (void)state;
    fixture_keys(&f, "V");
    assert_int_equal(now()->choice.adapter.peft, PEFT_0_18);
    assert_string_equal(now()->message, "PEFT 0.18: 3,407,872, as under 0.21");
    fixture_keys(&f, "VpMixtral-8x7B-v0.1\rL2\b16\rv");
    assert_string_equal(now()->message,
                        "transformers 4: 242,225,152 \u00b7 5: 359,665,664");
    fixture_keys(&f, "v");
    assert_string_equal(now()->message,
                        "transformers 5: 359,665,664 \u00b7 4: 242,225,152");
}

static void warnings_head_the_log(void **state)
{
    (void)state;
    fixture_keys(&f, "!");
    assert_int_equal(now()->list.kind, LIST_NONE); /* nothing was said yet */
    fixture_keys(&f, "T");
    app_send_key(f.app, 21);
    fixture_keys(&f, "q_proj,no_such_thing\r");
    assert_true(state_warnings(now()) > 0);
    fixture_keys(&f, "!");
    struct list_entry entry;
    list_entry(now(), 0, &entry);
    assert_true(entry.current); /* it holds now */
    assert_non_null(strstr(entry.cells[0], "no_such_thing"));
    fixture_keys(&f, "\033u");
    assert_int_equal(state_warnings(now()), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_llama, close_it)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(methods_are_switched_and_undone),
        TEST(methods_bring_their_ranks),
        TEST(methods_ask_for_what_they_need),
        TEST(another_family_says_what_to_press),
        TEST(copies_have_a_mark_and_a_number),
        TEST(classes_are_switched),
        TEST(fields_are_typed),
        TEST(a_row_has_a_rank_of_its_own),
        TEST(a_row_has_an_alpha_of_its_own),
        TEST(rows_without_adapters_have_no_rank),
        TEST(keys_name_no_other_tower),
        TEST(each_row_is_reached_alone),
        TEST(long_targets_and_odd_patterns_do_no_harm),
        TEST(a_row_wins_over_a_pattern_before_it),
        TEST(a_marked_choice_stays_to_compare_with),
        TEST(releases_tell_both_counts),
        TEST(warnings_head_the_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
