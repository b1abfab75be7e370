/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Scripts of keys against what PEFT prints (tests/data/models/golden_counts.tsv
 * has the figures of real models) and against hand arithmetic.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "adapter/method.h"
#include "explorer_fixture.h"

static uint64_t rank(void)
{
    return now()->choice.adapter.rank;
}

static void starts_with_the_default(void **state)
{
    (void)state;
    assert_int_equal(trainable(), 3407872); /* PEFT, q_proj and v_proj, r 8 */
    assert_int_equal(now()->figures->count.all, 8033669120);
    assert_int_equal(now()->figures->ledger.bytes[LEDGER_FROZEN],
                     2 * UINT64_C(8030261248)); /* bf16 */
    assert_int_equal(now()->choice.training.dtype, DTYPE_BF16);
    assert_string_equal(state_row(now())->label, "q_proj");
}

static void rank_keys_move_by_one_and_by_two(void **state)
{
    (void)state;
    fixture_keys(&f, "l");
    assert_int_equal(rank(), 9);
    /* 32 layers, (4096 + 4096) + (1024 + 4096) for each unit of rank */
    assert_int_equal(trainable(), 9 * 32 * (8192 + 5120));
    assert_true(now()->has_before);
    assert_int_equal(now()->before_trainable, 3407872);
    app_send_key(f.app, INPUT_LEFT);
    fixture_keys(&f, "-]");
    assert_int_equal(rank(), 14);
    fixture_keys(&f, "[[[[[");
    assert_int_equal(rank(), 1);
    assert_true(now()->severity == SAY_WARNING); /* and why */
    fixture_keys(&f, "h");
    assert_int_equal(rank(), 1);
    for (int i = 0; i < 40; i++) {
        fixture_keys(&f, "]");
    }
    assert_int_equal(rank(), 4096); /* of no matrix here is it higher */
    assert_string_equal(
        now()->message,
        "no matrix here has a higher rank; digits type one anyway");
    fixture_keys(&f, "5000\r");
    assert_int_equal(rank(), 5000);
    fixture_keys(&f, "[");
    assert_int_equal(rank(), 2500);
}

static void a_digit_opens_the_prompt(void **state)
{
    (void)state;
    fixture_keys(&f, "6");
    assert_int_equal(now()->prompt, PROMPT_RANK);
    fixture_keys(&f, "4\r");
    assert_int_equal(now()->prompt, PROMPT_NONE);
    assert_int_equal(rank(), 64);
    fixture_keys(&f, "1x\r"); /* stays open and says what it wants */
    assert_int_equal(now()->prompt, PROMPT_RANK);
    assert_non_null(strstr(now()->message, "whole number"));
    fixture_keys(&f, "\033");
    assert_int_equal(rank(), 64);
    fixture_keys(&f, "9999999\r");
    assert_int_equal(now()->prompt, PROMPT_RANK);
    assert_int_equal(rank(), 64);
}

static void toggling_makes_the_list_explicit(void **state)
{
    (void)state;
    fixture_go(&f, "k_proj");
    fixture_keys(&f, " ");
    assert_int_equal(now()->choice.adapter.mode, TARGET_LIST);
    assert_string_equal(now()->choice.adapter.targets, "q_proj,v_proj,k_proj");
    assert_int_equal(trainable(), 3407872 + 8 * 32 * 5120);
    assert_true(now()->changed[now()->cursor]);
    fixture_go(&f, "q_proj");
    fixture_keys(&f, " ");
    assert_string_equal(now()->choice.adapter.targets, "v_proj,k_proj");
    assert_int_equal(trainable(), 2 * 8 * 32 * 5120);
}

static void removing_the_last_target_leaves_none(void **state)
{
    (void)state;
    fixture_go(&f, "q_proj");
    fixture_keys(&f, " ");
    fixture_go(&f, "v_proj");
    fixture_keys(&f, " ");
    assert_int_equal(now()->choice.adapter.mode, TARGET_NONE);
    assert_int_equal(trainable(), 0);
    assert_false(now()->figures->refused);
    fixture_keys(&f, " ");
    assert_string_equal(now()->choice.adapter.targets, "v_proj");
}

static void sets_by_capital_letters(void **state)
{
    (void)state;
    fixture_keys(&f, "L2\b16\r"); /* all-linear, r 16 */
    assert_int_equal(trainable(), 41943040);
    fixture_keys(&f, "N");
    assert_int_equal(trainable(), 0);
    fixture_keys(&f, "D");
    assert_int_equal(trainable(), 2 * 3407872);
    fixture_keys(&f, "NAM"); /* both make what all-linear is here */
    assert_int_equal(trainable(), 41943040);
    fixture_keys(&f, "A");
    assert_string_equal(now()->choice.adapter.targets,
                        "gate_proj,up_proj,down_proj");
    fixture_keys(&f, "t");
    assert_int_equal(now()->list.kind, LIST_SETS);
    fixture_keys(&f, "q_proj\r");
    assert_string_equal(now()->choice.adapter.targets, "q_proj,v_proj");
}

/* What PEFT refuses to take from a prompt changes nothing. */
static void a_bad_target_leaves_the_choice_as_it_was(void **state)
{
    (void)state;
    fixture_keys(&f, "L");
    size_t steps = now()->history.past_count;
    uint64_t before = trainable();
    fixture_keys(&f, "T");
    app_send_key(f.app, 21); /* Ctrl-U */
    fixture_keys(&f, "zzz\r");
    assert_int_equal(now()->severity, SAY_ERROR);
    assert_int_equal(now()->prompt, PROMPT_TARGETS); /* for another try */
    assert_string_equal(now()->line.text, "zzz");
    assert_false(now()->figures->refused);
    assert_int_equal(trainable(), before);
    assert_int_equal(now()->choice.adapter.mode, TARGET_ALL_LINEAR);
    assert_int_equal(now()->history.past_count, steps);
    app_send_key(f.app, 21);
    fixture_keys(&f, "q_proj\r");
    assert_int_equal(now()->prompt, PROMPT_NONE);
    assert_string_equal(now()->choice.adapter.targets, "q_proj");
    fixture_keys(&f, "u");
    assert_int_equal(trainable(), before);
}

static void a_typed_pattern_is_a_regular_expression(void **state)
{
    (void)state;
    fixture_keys(&f, "T");
    app_send_key(f.app, 21);
    fixture_keys(&f, ".*layers\\.[0-9]\\.self_attn\\.[qv]_proj\r");
    assert_int_equal(now()->choice.adapter.mode, TARGET_REGEX);
    assert_int_equal(trainable(), 8 * 10 * (8192 + 5120)); /* layers 0 to 9 */
    fixture_keys(&f, "T");
    assert_string_equal(now()->line.text,
                        ".*layers\\.[0-9]\\.self_attn\\.[qv]_proj");
    fixture_keys(&f, "\033");
}

/* PEFT raises where a model type has no default. */
static void what_is_refused_shows_its_rows(void **state)
{
    (void)state;
    fixture_keys(&f, "moft\r");
    assert_string_equal(now()->choice.adapter.method->name, "oft");
    fixture_keys(&f, "pgpt2\r"); /* Conv1D, which OFT cannot turn */
    assert_true(now()->figures->refused);
    assert_int_equal(trainable(), 0);
    assert_int_equal(now()->severity, SAY_ERROR);
    assert_true(now()->figures->targets.count > 0);
    fixture_keys(&f, "e\r\r"); /* what is refused cannot be exported */
    assert_int_equal(now()->severity, SAY_ERROR);
    fixture_keys(&f, "\033=");
    assert_null(now()->reference); /* nor marked */
    fixture_keys(&f, "mlora\r");
    assert_false(now()->figures->refused);
    assert_true(trainable() > 0);
}

static void undo_and_redo_walk_through_the_choices(void **state)
{
    (void)state;
    fixture_keys(&f, "]Ls");
    fixture_keys(&f, "p");
    fixture_keys(&f, "TinyLlama\r");
    assert_string_equal(now()->model->name, "TinyLlama-1.1B");
    fixture_keys(&f, "u");
    assert_string_equal(now()->model->name, "Llama-3.1-8B");
    assert_int_equal(trainable(), 41943040);
    fixture_keys(&f, "uuu");
    assert_int_equal(trainable(), 3407872);
    assert_string_equal(now()->choice.source, "sample:power-law");
    fixture_keys(&f, "u");
    assert_string_equal(now()->message, "nothing to undo");
    for (int i = 0; i < 4; i++) {
        app_send_key(f.app, 18); /* Ctrl-R */
    }
    assert_string_equal(now()->model->name, "TinyLlama-1.1B");
    fixture_keys(&f, "u[");
    assert_int_equal(now()->history.future_count, 0);
}

static void history_forgets_the_oldest(void **state)
{
    (void)state;
    for (int i = 0; i < HISTORY_DEPTH + 10; i++) {
        fixture_keys(&f, "l");
    }
    assert_int_equal(rank(), 8 + HISTORY_DEPTH + 10);
    for (int i = 0; i < HISTORY_DEPTH + 10; i++) {
        fixture_keys(&f, "u");
    }
    assert_int_equal(rank(), 18);
}

static void the_picker_finds_and_leaves(void **state)
{
    (void)state;
    fixture_keys(&f, "p");
    assert_int_equal(now()->list.kind, LIST_MODELS);
    assert_true(now()->list.shown_count > 100);
    fixture_keys(&f, "deepseek_v3");
    assert_true(now()->list.shown_count < 20);
    fixture_keys(&f, "\033");
    assert_string_equal(now()->model->name, "Llama-3.1-8B");
    assert_int_equal(now()->history.past_count, 0);
    fixture_keys(&f, "pnothing-has-this-name\r");
    assert_int_equal(now()->list.kind, LIST_MODELS);
    fixture_keys(&f, "\033pdsv3\r"); /* letters in order */
    assert_string_equal(now()->model->name, "DeepSeek-V3");
    fixture_keys(&f, "pgpt2\r"); /* the name, though others are of that type */
    assert_string_equal(now()->model->name, "gpt2");
    fixture_keys(&f, "pt5\r"); /* names that start so go before types */
    assert_memory_equal(now()->model->name, "t5-", 3);
    fixture_keys(&f, "mlora\r");
    assert_string_equal(now()->choice.adapter.method->name, "lora");
    fixture_keys(&f, "osgd\r");
    assert_string_equal(now()->choice.training.optimizer->name, "sgd");
}

static void experts_are_named_as_peft_wants(void **state)
{
    (void)state;
    fixture_keys(&f, "pMixtral-8x7B-v0.1\rL2\b16\r");
    assert_int_equal(trainable(), 359665664); /* PEFT 0.21, transformers 5 */
    fixture_keys(&f, "v");
    assert_int_equal(trainable(), 242225152); /* transformers 4 */
    fixture_keys(&f, "vN");
    fixture_go(&f, "gate_up_proj");
    fixture_keys(&f, " ");
    assert_string_equal(now()->choice.adapter.targets, "w1,w3");
    fixture_keys(&f, "pDeepSeek-V3\rN");
    fixture_go(&f, "gate_up_proj");
    fixture_keys(&f, " ");
    assert_string_equal(now()->choice.adapter.targets, "gate_proj,up_proj");
    fixture_keys(&f, "L");
    assert_int_equal(trainable(), 7645254656); /* r 16 */
}

static void unreachable_rows_say_why(void **state)
{
    (void)state;
    fixture_keys(&f, "pgpt-oss-20b\r");
    fixture_go(&f, "gate_up_proj");
    assert_int_equal(state_row(now())->mark, MARK_CANNOT);
    size_t steps = now()->history.past_count;
    fixture_keys(&f, " ");
    assert_int_equal(now()->severity, SAY_WARNING);
    assert_non_null(strstr(now()->message, "target_parameters"));
    assert_int_equal(now()->history.past_count, steps);
}

static void names_shared_with_the_vision_tower_are_said(void **state)
{
    (void)state;
    fixture_keys(&f, "pgemma-3-4b\rN");
    assert_true(now()->folded[ROLE_VISION]);
    fixture_go(&f, "q_proj");
    fixture_keys(&f, " ");
    /* SigLIP's 27 layers */
    assert_string_equal(now()->message,
                        "q_proj also names 27 modules in the vision tower");
    assert_int_equal(now()->figures->count.matched, 34 + 27);
}

static void hybrid_stacks_say_in_how_many_layers(void **state)
{
    (void)state;
    fixture_keys(&f, "pQwen3-Next-80B\rN");
    fixture_go(&f, "q_proj");
    fixture_keys(&f, " ");
    /* full_attention_interval 4 of 48 layers */
    assert_string_equal(now()->message, "q_proj exists in 12 of 48 layers");
}

static void alpha_dtype_optimizer_change_the_bytes(void **state)
{
    (void)state;
    fixture_keys(&f, "a\b\b32\r");
    assert_true(now()->choice.adapter.alpha > 31.9 &&
                now()->choice.adapter.alpha < 32.1);
    fixture_keys(&f, "a\b\b1e999\r");
    assert_int_equal(now()->prompt, PROMPT_ALPHA);
    fixture_keys(&f, "\033w");
    assert_true(now()->choice.has_dtype);
    fixture_keys(&f, "ww");
    assert_int_equal(now()->choice.training.dtype, DTYPE_BF16);
    uint64_t adamw = now()->figures->ledger.bytes[LEDGER_OPTIMIZER];
    assert_int_equal(adamw, 8 * UINT64_C(3407872)); /* two fp32 moments */
    fixture_keys(&f, "osgd\r");
    assert_string_equal(now()->choice.training.optimizer->name, "sgd");
    assert_int_equal(now()->figures->ledger.bytes[LEDGER_OPTIMIZER], 0);
}

static void stale_spectra_are_dropped(void **state)
{
    (void)state;
    fixture_wait(&f);
    const struct spectrum *shown = now()->spectrum;
    assert_non_null(shown);
    assert_true(now()->curve_count > 4);
    uint64_t before = now()->generation;
    struct error gone = {.code = ERROR_CANCELLED, .message = "cancelled"};
    fixture_keys(&f, "n");
    assert_int_equal(now()->generation, before + 1);
    app_send(f.app, &(struct message){.kind = MESSAGE_SPECTRUM,
                                      .generation = before,
                                      .error = &gone});
    assert_true(now()->busy);
    assert_ptr_equal(now()->spectrum, shown);
    fixture_wait(&f);
    assert_ptr_not_equal(now()->spectrum, shown);
    fixture_keys(&f, "u"); /* ready in the cache: at once */
    assert_false(now()->busy);
    assert_ptr_equal(now()->spectrum, shown);
}

static void escape_stops_the_spectrum(void **state)
{
    (void)state;
    fixture_wait(&f);
    fixture_keys(&f, "n");
    if (now()->busy) {
        fixture_keys(&f, "\033");
        assert_false(now()->busy);
    }
    fixture_keys(&f, "r\b7\r");
    assert_int_equal(now()->choice.seed, 7);
    fixture_wait(&f);
}

static void cursor_stays_inside_and_folds(void **state)
{
    (void)state;
    app_send(f.app,
             &(struct message){
                 .kind = MESSAGE_RESIZE, .rows = 40, .cols = 120, .page = 16});
    assert_int_equal(state_visible_count(now()), 13); /* 9 and 4 headings */
    for (int i = 0; i < 50; i++) {
        app_send_key(f.app, INPUT_DOWN);
    }
    assert_string_equal(state_row(now())->label, "lm_head");
    app_send_key(f.app, INPUT_HOME);
    assert_true(state_row(now())->heading);
    fixture_keys(&f, "\r");
    assert_true(now()->folded[ROLE_ATTENTION]);
    assert_int_equal(state_visible_count(now()), 9);
    assert_int_equal(state_row(now())->trainable, 3407872);
    /* A low pane drops the headings of groups that are open. */
    app_send(f.app,
             &(struct message){
                 .kind = MESSAGE_RESIZE, .rows = 12, .cols = 40, .page = 6});
    assert_int_equal(state_visible_count(now()), 6);
}

static void commands_run_from_help_and_palette(void **state)
{
    (void)state;
    fixture_keys(&f, "?rank-double\r");
    assert_int_equal(now()->list.kind, LIST_NONE);
    assert_int_equal(rank(), 16);
    fixture_keys(&f, ":undo\r");
    assert_int_equal(rank(), 8);
    fixture_keys(&f, ":undo\r"); /* shown, with the reason */
    assert_non_null(strstr(now()->message, "nothing to undo"));
    assert_int_equal(now()->list.kind, LIST_PALETTE);
}

static void pasted_text_goes_nowhere_but_into_what_is_typed(void **state)
{
    (void)state;
    for (const char *c = "LNq]"; *c != '\0'; c++) {
        app_send(f.app, &(struct message){.kind = MESSAGE_PASTE, .key = *c});
    }
    assert_int_equal(trainable(), 3407872);
    fixture_keys(&f, "1");
    for (int i = 0; i < 10000; i++) {
        app_send(f.app, &(struct message){.kind = MESSAGE_PASTE, .key = '7'});
    }
    assert_int_equal(now()->line.length, LINE_SIZE - 1);
    fixture_keys(&f, "\r");
    assert_int_equal(now()->prompt, PROMPT_RANK);
    fixture_keys(&f, "\033");
    assert_int_equal(rank(), 8);
}

static void a_broken_model_changes_nothing(void **state)
{
    (void)state;
    char folder[] = "/tmp/loraexplore-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    char home[512];
    assert_non_null(getcwd(home, sizeof home));
    assert_int_equal(chdir(folder), 0);
    struct error err = {.code = ERROR_NONE};
    assert_true(file_write("config.json", "{]", 2, false, &err));
    fixture_keys(&f, "p");
    assert_true(now()->local_config);
    app_send_key(f.app, INPUT_HOME);
    fixture_keys(&f, "\r");
    assert_int_equal(now()->severity, SAY_ERROR);
    assert_string_equal(now()->choice.model, "Llama-3.1-8B");
    assert_int_equal(now()->history.past_count, 0);
    assert_int_equal(trainable(), 3407872);

    /* Exports: written, asked about, refused. */
    fixture_keys(&f, "eJSON\r");
    assert_string_equal(now()->line.text, "Llama-3.1-8B-r8.json");
    fixture_keys(&f, "\r");
    assert_string_equal(now()->message, "written to Llama-3.1-8B-r8.json");
    char *data = NULL;
    size_t length = 0;
    assert_true(
        file_read("Llama-3.1-8B-r8.json", 1 << 20, &data, &length, &err));
    assert_non_null(strstr(data, "\"trainable\": 3407872"));
    memory_free(data);
    fixture_keys(&f, "]eJSON\r");
    app_send_key(f.app, 21); /* Ctrl-U */
    fixture_keys(&f, "Llama-3.1-8B-r8.json\r");
    assert_true(now()->confirm);
    fixture_keys(&f, "n");
    assert_false(now()->confirm);
    fixture_keys(&f, "eJSON\r");
    app_send_key(f.app, 21);
    fixture_keys(&f, "Llama-3.1-8B-r8.json\ry");
    assert_true(
        file_read("Llama-3.1-8B-r8.json", 1 << 20, &data, &length, &err));
    assert_non_null(strstr(data, "\"trainable\": 6815744"));
    memory_free(data);
    fixture_keys(&f, "eLoraConfig\r\r");
    assert_true(
        file_read("Llama-3.1-8B-r16.py", 1 << 20, &data, &length, &err));
    assert_non_null(strstr(data, "r=16"));
    memory_free(data);
    fixture_keys(&f, "eJSON\r");
    app_send_key(f.app, 21);
    fixture_keys(&f, "no/such/folder/x.json\r");
    assert_int_equal(now()->severity, SAY_ERROR);
    assert_int_equal(now()->prompt, PROMPT_FILE);
    fixture_keys(&f, "\033");
    unlink("config.json");
    unlink("Llama-3.1-8B-r8.json");
    unlink("Llama-3.1-8B-r16.py");
    assert_int_equal(chdir(home), 0);
    rmdir(folder);
}

static void terminal_effects_come_out(void **state)
{
    (void)state;
    struct effect effect;
    fixture_keys(&f, "y");
    assert_true(app_next_effect(f.app, &effect));
    assert_int_equal(effect.kind, EFFECT_YANK);
    assert_string_equal(effect.text, "2097152");
    fixture_keys(&f, "Y");
    assert_true(app_next_effect(f.app, &effect));
    assert_string_equal(effect.text,
                        "trainable params: 3,407,872 || all params: "
                        "8,033,669,120 || trainable%: 0.0424");
    fixture_keys(&f, "q");
    assert_true(app_next_effect(f.app, &effect));
    assert_int_equal(effect.kind, EFFECT_QUIT);
    assert_false(app_next_effect(f.app, &effect));
}

/* Only an update that can be any matrix of rank r is a cut of the spectrum. */
static void no_other_rank_is_a_cut(void **state)
{
    (void)state;
    static const char *const free[] = {
        "lora", "rslora", "dora",    "pissa",   "olora",
        "eva",  "loftq",  "corda",   "lora_ga", "monteclora",
        "kasa", "velora", "adalora", "delora"};
    size_t count = 0;
    for (size_t i = 0; i < method_count; i++) {
        bool is = false;
        for (size_t k = 0; k < sizeof free / sizeof *free; k++) {
            is = is || strcmp(free[k], method_table[i].name) == 0;
        }
        assert_int_equal(method_table[i].low_rank, is);
        assert_true(is || method_table[i].trains != NULL ||
                    method_table[i].reach == REACH_PROMPT);
        count += is;
    }
    assert_int_equal(count, sizeof free / sizeof *free);
    double energy, error;
    fixture_wait(&f);
    assert_true(state_kept(now(), &energy, &error));
    fixture_keys(&f, "N");
    assert_false(state_kept(now(), &energy, &error));
    fixture_keys(&f, "umlora_fa\r");
    assert_false(state_kept(now(), &energy, &error));
}

/* Typing takes the place of what is offered; moving about in it keeps it. */
static void prompts_behave_alike(void **state)
{
    (void)state;
    static const char *const open[] = {"R", "@", "a", "r", "i", "T", "eJSON\r"};
    fixture_go(&f, "q_proj");
    for (size_t i = 0; i < sizeof open / sizeof *open; i++) {
        char offered[LINE_SIZE], edited[LINE_SIZE + 1];
        fixture_keys(&f, open[i]);
        snprintf(offered, sizeof offered, "%s", now()->line.text);
        snprintf(edited, sizeof edited, "%s1", offered);
        assert_true(now()->line.offered && offered[0] != '\0');
        fixture_keys(&f, "1");
        assert_string_equal(now()->line.text, "1");
        fixture_keys(&f, "\033");
        fixture_keys(&f, open[i]);
        app_send_key(f.app, INPUT_END);
        fixture_keys(&f, "1");
        assert_string_equal(now()->line.text, edited);
        fixture_keys(&f, "\033");
        fixture_keys(&f, open[i]);
        app_send_key(f.app, INPUT_LEFT);
        fixture_keys(&f, "1\033");
        assert_int_equal(now()->line.length, strlen(offered) + 1);
    }
}

/* Whatever is pressed, the state stays one that can be drawn. */
static void any_keys_do_no_harm(void **state)
{
    (void)state;
    uint32_t seed = 12345;
    for (int i = 0; i < 3000; i++) {
        seed = seed * 1664525 + 1013904223;
        uint32_t draw = seed >> 16;
        int32_t key = draw % 4 == 0 ? INPUT_UP + (int32_t)(draw / 4 % 14)
                                    : (int32_t)(draw / 4 % 127);
        if (now()->prompt >= PROMPT_FILE && key == INPUT_ENTER) {
            key = INPUT_ESCAPE; /* leave no files behind */
        }
        app_send_key(f.app, key);
        struct effect effect;
        while (app_next_effect(f.app, &effect)) {
        }
        assert_non_null(now()->figures);
        assert_true(now()->cursor < now()->figures->targets.count ||
                    now()->figures->targets.count == 0); /* a prompt */
        assert_true(!state_has_rank(now()) ||
                    (rank() >= 1 && rank() <= RANK_MOST));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_llama, close_it)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(starts_with_the_default),
        TEST(rank_keys_move_by_one_and_by_two),
        TEST(a_digit_opens_the_prompt),
        TEST(toggling_makes_the_list_explicit),
        TEST(removing_the_last_target_leaves_none),
        TEST(sets_by_capital_letters),
        TEST(a_bad_target_leaves_the_choice_as_it_was),
        TEST(a_typed_pattern_is_a_regular_expression),
        TEST(what_is_refused_shows_its_rows),
        TEST(undo_and_redo_walk_through_the_choices),
        TEST(history_forgets_the_oldest),
        TEST(the_picker_finds_and_leaves),
        TEST(experts_are_named_as_peft_wants),
        TEST(unreachable_rows_say_why),
        TEST(names_shared_with_the_vision_tower_are_said),
        TEST(hybrid_stacks_say_in_how_many_layers),
        TEST(alpha_dtype_optimizer_change_the_bytes),
        TEST(stale_spectra_are_dropped),
        TEST(escape_stops_the_spectrum),
        TEST(cursor_stays_inside_and_folds),
        TEST(commands_run_from_help_and_palette),
        TEST(pasted_text_goes_nowhere_but_into_what_is_typed),
        TEST(a_broken_model_changes_nothing),
        TEST(terminal_effects_come_out),
        TEST(no_other_rank_is_a_cut),
        TEST(prompts_behave_alike),
        TEST(any_keys_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
