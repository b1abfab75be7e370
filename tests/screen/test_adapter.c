/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The adapter on the screen: ranks of single rows, methods, warnings, files,
 * two choices side by side; at each of the sizes that people have.
 *
 * Figures of Llama-3.1-8B are hand arithmetic: 32 layers, 8192 parameters of
 * q_proj and 5120 of k_proj or v_proj for each unit of rank.
 */
#include "terminal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define WAIT TERMINAL_TIMEOUT

static char absolute[4096];
static char folder[] = "/tmp/loraexplore-screen-XXXXXX";

static const char *program(void)
{
    const char *path = getenv("LORAEXPLORE");
    path = path != NULL && path[0] != '\0' ? path : "build/loraexplore";
    assert_non_null(realpath(path, absolute));
    return absolute;
}

static void start_with(struct terminal *t, int rows, int cols,
                       const char *option, const char *value)
{
    const char *const argv[] = {program(), "Llama-3.1-8B", "--size", "48x48",
                                option,    value,          NULL};
    terminal_start(
        t, &(struct terminal_options){
               .argv = argv, .folder = folder, .rows = rows, .cols = cols});
    terminal_expect(t, "r90 3", WAIT);
}

static void start(struct terminal *t, int rows, int cols)
{
    start_with(t, rows, cols, NULL, NULL);
}

static void quit(struct terminal *t)
{
    terminal_send(t, "q");
    terminal_expect_exit(t, 0, WAIT);
    terminal_expect_restored(t);
}

static int open_folder(void **state)
{
    memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
    return mkdtemp(folder) != NULL ? terminal_setup(state) : -1;
}

static int close_folder(void **state)
{
    char path[128];
    snprintf(path, sizeof path, "%s/adapter_config.json", folder);
    unlink(path);
    rmdir(folder);
    return terminal_teardown(state);
}

static void ranks_of_single_rows(void **state)
{
    struct terminal *t = *state;
    start(t, 24, 80);
    terminal_send(t, "}");
    terminal_expect(t, "32    16*      4,194,304", WAIT);
    terminal_expect(t, "5,505,024 +2,097,152", WAIT);
    terminal_expect(t, "rank_pattern {\"q_proj\": 16}", WAIT);
    terminal_send(t, "R");
    terminal_expect(t, "rank of q_proj: 16", WAIT);
    terminal_send(t, "4\r");
    terminal_expect(t, "rank_pattern {\"q_proj\": 4}", WAIT);
    terminal_send(t, "@64\r");
    terminal_expect(t, "alpha_pattern {\"q_proj\": 64}", WAIT);
    terminal_resize(t, 12, 40);
    terminal_expect(t, "1,048,576    4*", WAIT);
    terminal_resize(t, 40, 120);
    terminal_expect(t, "32     4*    64*      1,048,576", WAIT);
    /* 32 * 5120: v_proj alone follows the rank of all */
    terminal_expect(t, "one rank more: +0.37 % for +163,840", WAIT);
    terminal_send(t, "uu");
    terminal_expect(t, "undone", WAIT);
    terminal_expect(t, "32    16*      4,194,304", WAIT);
    terminal_send(t, "R8\r");
    terminal_expect(t, "no rank or alpha of its own is left", WAIT);
    quit(t);
}

static void methods_in_a_list(void **state)
{
    struct terminal *t = *state;
    start(t, 12, 40);
    terminal_send(t, "m");
    terminal_expect(t, "methods", WAIT);
    terminal_send(t, "dora");
    terminal_expect(t, "Liu et al. 2024", WAIT);
    terminal_send(t, "\r");
    terminal_expect(t, "DoRA  r ◂ 8 ▸", WAIT);
    terminal_expect(t, "+163,840", WAIT); /* a magnitude for each output */
    terminal_resize(t, 24, 80);
    terminal_expect(t, "bf16          DoRA", WAIT);
    terminal_send(t, "mia3\r");
    terminal_expect(t, "rank ·   optimizer AdamW", WAIT);
    terminal_send(t, "u");
    terminal_expect(t, "bf16          DoRA", WAIT);
    quit(t);
}

static void refusals_keep_the_rows(void **state)
{
    struct terminal *t = *state;
    start(t, 24, 80);
    terminal_send(t, "T\x15no_such_thing\r");
    terminal_expect(t, "error: ", WAIT);
    terminal_expect(t, "target_modules: no_such_thing", WAIT);
    terminal_expect(t, "[x] q_proj", WAIT); /* nothing is unticked */
    terminal_send(t, "\x15q_proj,no_such_thing\r");
    terminal_expect(t, "! ", WAIT);
    terminal_send(t, "!");
    terminal_expect(t, "warnings and messages", WAIT);
    terminal_send(t, "\x1bmoft\rpgpt2\r");
    terminal_expect(t, "error: ", WAIT);
    terminal_expect(t, "c_attn", WAIT);
    quit(t);
}

static void two_choices_side_by_side(void **state)
{
    struct terminal *t = *state;
    start(t, 24, 80);
    terminal_send(t, "=");
    terminal_expect(t, "marked as A", WAIT);
    terminal_send(t, "]");
    terminal_expect(t, "A +3,407,872  all +3,407,872", WAIT);
    terminal_send(t, "c");
    terminal_expect(t, "compare: A is marked, B is here", WAIT);
    terminal_expect(t, "8 → 16        2,097,152        4,194,304", WAIT);
    terminal_resize(t, 12, 40);
    terminal_expect(t, "+3,407,872", WAIT);
    terminal_send(t, "\x1bx");
    terminal_expect(t, "A -3,407,872", WAIT);
    terminal_resize(t, 24, 80);
    terminal_send(t, "pTinyLlama\r");
    terminal_expect(t, "A: Llama-3.1-8B LoRA r 16", WAIT);
    quit(t);
}

/* What has no rank-r update keeps nothing; what PEFT refuses says what to press;
 * at each size.
 */
static void nothing_is_promised(void **state)
{
    struct terminal *t = *state;
    start(t, 24, 80);
    terminal_send(t, "mvera\r");
    terminal_expect(t, "VeRA: PEFT's default rank 256", WAIT);
    terminal_expect(t, "VeRA trains two vectors: its rank says nothing here",
                    WAIT);
    terminal_resize(t, 12, 40);
    terminal_expect(t, "ΔW VeRA trains two vectors", WAIT);
    terminal_send(t, "mlora\r");
    terminal_expect(t, "LoRA: rank 8, alpha 16", WAIT);
    terminal_send(t, "j  pgpt2\r");
    terminal_expect(t, "ΔW PEFT refuses this: nothing is kept", WAIT);
    terminal_expect(t, "error: no such target: D default, L all", WAIT);
    terminal_resize(t, 40, 120);
    terminal_expect(t, "D takes PEFT's default, L all-linear", WAIT);
    terminal_expect_gone(t, " keep ", WAIT);
    terminal_send(t, "D");
    terminal_expect(t, "294,912 parameters keep", WAIT);
    quit(t);
}

static void classes_and_fields_are_asked_for(void **state)
{
    struct terminal *t = *state;
    start(t, 24, 80);
    terminal_send(t, "C");
    terminal_expect(t, "classes of this model", WAIT);
    terminal_send(t, "sequence\r");
    terminal_expect(t, "LlamaForSequenceClassification · task_type SEQ_CLS",
                    WAIT);
    terminal_expect(t, "3,416,064 +8,192", WAIT); /* 2 labels of 4096 */
    terminal_resize(t, 40, 120);
    terminal_expect(t, "[c] score", WAIT);
    terminal_send(t, "umprompt_tuning\r");
    terminal_expect(t, "field=value: num_virtual_tokens=20", WAIT);
    terminal_send(t, "\x1b");
    terminal_expect(t, "LoRA stays", WAIT);
    terminal_send(t, "mprompt_tuning\r\r");
    terminal_expect(t, "81,920", WAIT); /* 20 of 4096 */
    quit(t);
}

static void a_file_there_and_back(void **state)
{
    struct terminal *t = *state;
    start(t, 24, 80);
    terminal_send(t, "}eadapter\r");
    terminal_expect(t, "write to: adapter_config.json", WAIT);
    terminal_send(t, "\r");
    terminal_expect(t, "written to adapter_config.json", WAIT);
    terminal_send(t, "u");
    terminal_expect(t, "trainable        3,407,872", WAIT);
    terminal_send(t, "i\r");
    terminal_expect(t, "read from adapter_config.json", WAIT);
    terminal_expect(t, "5,505,024", WAIT);
    terminal_send(t, "eadapter\r\r");
    terminal_expect(t, "adapter_config.json exists: overwrite it?", WAIT);
    terminal_send(t, "n");
    terminal_send(t, "i\x15no/such/file.json\r");
    terminal_expect(t, "error: ", WAIT);
    terminal_send(t, "\x1b");
    quit(t);
}

static void starts_from_a_file(void **state)
{
    static const char text[] =
        "{\"peft_type\": \"LORA\", \"r\": 4, \"lora_alpha\": 8,"
        " \"target_modules\": [\"k_proj\"], \"rank_pattern\": {}}";
    struct terminal *t = *state;
    char path[128];
    snprintf(path, sizeof path, "%s/adapter_config.json", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    start_with(t, 24, 80, "--adapter-config", "adapter_config.json");
    terminal_expect(t, "rank ◂ 4 ▸   alpha 8", WAIT);
    terminal_expect(t, "[x] k_proj", WAIT);
    terminal_expect(t, "trainable          655,360", WAIT); /* 4 * 32 * 5120 */
    quit(t);
}

static void releases_tell_their_counts(void **state)
{
    struct terminal *t = *state;
    start(t, 24, 80);
    terminal_send(t, "pMixtral-8x7B-v0.1\rL16\rv");
    terminal_expect(t, "transformers 4: 242,225,152 · 5: 359,665,664", WAIT);
    terminal_expect(t, "transformers 4 · PEFT 0.21", WAIT);
    terminal_send(t, "V");
    terminal_expect(t, "transformers 4 · PEFT 0.18", WAIT);
    quit(t);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, open_folder, close_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(ranks_of_single_rows),
        TEST(methods_in_a_list),
        TEST(refusals_keep_the_rows),
        TEST(two_choices_side_by_side),
        TEST(a_file_there_and_back),
        TEST(starts_from_a_file),
        TEST(releases_tell_their_counts),
        TEST(nothing_is_promised),
        TEST(classes_and_fields_are_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
