/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tables of the command line and how argv is read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "adapter/method.h"
#include "base/alloc.h"
#include "base/file.h"
#include "cli/commands.h"
#include "explorer/command.h"

enum { ARGUMENTS = 16 };

/* Parse a line split at spaces. */
static bool parse(struct cli_call *call, const char *line, struct error *err)
{
    static char block[512]; /* operands point into it */
    char *argv[ARGUMENTS] = {0};
    int argc = 0;
    assert_true(strlen(line) < sizeof block);
    memcpy(block, line, strlen(line) + 1);
    char *at = block;
    while (*at != '\0' && argc < ARGUMENTS - 1) {
        argv[argc++] = at;
        at += strcspn(at, " ");
        if (*at == ' ') {
            *at++ = '\0';
        }
    }
    memset(err, 0, sizeof *err);
    return cli_call_parse(call, argc, argv, err);
}

static void check_call(const char *line, enum cli_command_id id, uint64_t rank,
                       const char *operand)
{
    struct cli_call call;
    struct error err;
    if (!parse(&call, line, &err)) {
        fail_msg("%s: %s", line, err.message);
    }
    assert_int_equal(call.command->id, id);
    assert_int_equal(call.setup.adapter.rank, rank);
    if (operand == NULL) {
        assert_int_equal(call.operand_count, 0);
    } else {
        assert_int_equal(call.operand_count, 1);
        assert_string_equal(call.operands[0], operand);
    }
    cli_call_clear(&call);
}

static void test_options_stand_anywhere(void **state)
{
    (void)state;
    check_call("lx", COMMAND_EXPLORE, 8, NULL);
    check_call("lx m", COMMAND_EXPLORE, 8, "m");
    check_call("lx count m --rank 4", COMMAND_COUNT, 4, "m");
    check_call("lx --rank 4 count m", COMMAND_COUNT, 4, "m");
    check_call("lx count --rank=4 m", COMMAND_COUNT, 4, "m");
    check_call("lx count -r4 m", COMMAND_COUNT, 4, "m");
    check_call("lx count -r 4 m", COMMAND_COUNT, 4, "m");
    check_call("lx count m --rank 2 --rank 4", COMMAND_COUNT, 4, "m");
    check_call("lx count --rank 4 -- -m", COMMAND_COUNT, 4, "-m");
    check_call("lx -- count -m", COMMAND_COUNT, 8, "-m");
    check_call("lx count -", COMMAND_COUNT, 8, "-");
    check_call("lx count -- --", COMMAND_COUNT, 8, "--");
}

static void check_refused(const char *line, const char *part)
{
    struct cli_call call;
    struct error err;
    assert_false(parse(&call, line, &err));
    assert_int_equal(err.code, ERROR_USAGE);
    if (strstr(err.message, part) == NULL) {
        fail_msg("%s: %s", line, err.message);
    }
    cli_call_clear(&call);
}

static void test_wrong_calls_are_refused(void **state)
{
    (void)state;
    check_refused("lx count m --rnak 3", "--rank");
    check_refused("lx count m --rank 0", "not \"0\"");
    check_refused("lx count m --rank -1", "not \"-1\"");
    check_refused("lx count m --rank 1e3", "not \"1e3\"");
    check_refused("lx count m --rank 08x", "not \"08x\"");
    check_refused("lx count m --rank 1048577", "1048576");
    check_refused("lx count m --rank", "needs a value");
    check_refused("lx count m --si=1", "takes no value");
    check_refused("lx count m --ran 1", "ambiguous");
    check_refused("lx count", "MODEL");
    check_refused("lx count a b", "\"b\"");
    check_refused("lx cuont a", "count");
    check_refused("lx memory m --vram 4", "not part of this version");
    check_refused("lx count m --quant nf4", "not part of this version");
    check_refused("lx count m --layers 3-1", "0-3,7");
    check_refused("lx count m --layers 1,,2", "0-3,7");
    check_refused("lx count m --layers 70000", "0-3,7");
    check_refused("lx count m --rank-pattern q_proj", "down_proj=16");
    check_refused("lx count m --rank-pattern =4", "down_proj=16");
    check_refused("lx count m --rank-pattern q=0", "down_proj=16");
    check_refused("lx count m --rank-pattern q=1.5", "down_proj=16");
    check_refused("lx count m --alpha-pattern q=x", "down_proj=32");
    check_refused("lx count m --exclude ,", "names");
    check_refused("lx count m --modules-to-save []", "names");
    check_refused("lx count m --bias some", "lora_only");
    check_refused("lx count m --task CHAT", "CAUSAL_LM");
    check_refused("lx count m --set r=4", "--rank");
    check_refused("lx count m --set lora_bias", "lora_bias=true");
    check_refused("lx count m --method lorra", "lora, dora");
    check_refused("lx count m --method prompt", "prompt_tuning");
    check_refused("lx count m --target all_linear", "all-linear");
    check_refused("lx count m --target alllinear", "all-linear");
    check_refused("lx count m --num-labels 0", "not \"0\"");
    check_refused("lx count - --adapter-config -", "standard input");
}

/* By name, type or label, whatever the case, dashes and underscores. */
static void check_method(const char *word, const char *name)
{
    struct cli_call call;
    struct error err;
    struct text line = {0};
    text_appendf(&line, "lx count m --method %s", word);
    if (!parse(&call, text_string(&line), &err)) {
        fail_msg("%s: %s", word, err.message);
    }
    assert_string_equal(call.setup.adapter.method->name, name);
    cli_call_clear(&call);
    text_clear(&line);
}

static void test_methods_are_found_as_people_write_them(void **state)
{
    (void)state;
    check_method("lora-fa", "lora_fa");
    check_method("LoRA-FA", "lora_fa");
    check_method("LORAFA", "lora_fa");
    check_method("prompt-tuning", "prompt_tuning");
    check_method("Uni-LoRA", "unilora");
    for (size_t i = 0; i < method_count; i++) {
        char dashed[64];
        size_t length = 0;
        const char *name = method_table[i].name;
        for (; name[length] != '\0' && length < sizeof dashed - 1; length++) {
            dashed[length] = (char)(name[length] == '_' ? '-' : name[length]);
        }
        dashed[length] = '\0';
        if (strcmp(name, "bone") != 0) {
            check_method(dashed, name);
        }
    }
}

static void test_versions_are_the_nearest_known(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        unsigned transformers;
        enum peft_version peft;
    } cases[] = {
        {"lx count m", 5, PEFT_0_21},
        {"lx count m --transformers 4.57.6 --peft 0.18.1", 4, PEFT_0_18},
        {"lx count m --transformers 4 --peft 0.21.2", 4, PEFT_0_21},
        {"lx count m --transformers 5.23 --peft 0.17", 5, PEFT_0_18},
        {"lx count m --transformers 6 --peft 0", 5, PEFT_0_21},
        {"lx count m --transformers 3.5 --peft 0.22.0", 4, PEFT_0_21},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cli_call call;
        struct error err;
        assert_true(parse(&call, cases[i].line, &err));
        assert_int_equal(call.setup.transformers, cases[i].transformers);
        assert_int_equal(call.setup.adapter.peft, cases[i].peft);
        cli_call_clear(&call);
    }
    check_refused("lx count m --transformers 4.", "4.");
    check_refused("lx count m --transformers 4.5.6.7", "4.5.6.7");
    check_refused("lx count m --peft -1", "-1");
}

/* What the settings come to, with the fields as compact JSON. */
static void check_settings(const char *line, const char *method, uint64_t rank,
                           double alpha, const char *fields)
{
    struct cli_call call;
    struct error err;
    if (!parse(&call, line, &err)) {
        fail_msg("%s: %s", line, err.message);
    }
    const struct adapter_settings *adapter = &call.setup.adapter;
    assert_string_equal(adapter->method->name, method);
    assert_int_equal(adapter->rank, rank);
    assert_false(adapter->alpha < alpha || adapter->alpha > alpha);
    assert_string_equal(adapter->fields, fields);
    cli_call_clear(&call);
}

/* PEFT's own defaults: VeRA has rank 256 and no alpha, LoHa 8 and 8. */
static void test_methods_bring_their_numbers(void **state)
{
    (void)state;
    check_settings("lx count m", "lora", 8, 16, "");
    check_settings("lx count m --method LORA", "lora", 8, 16, "");
    check_settings("lx count m --method VeRA", "vera", 256, 0, "");
    check_settings("lx count m --method loha", "loha", 8, 8, "");
    check_settings("lx count m --method loha --rank 4", "loha", 4, 8, "");
    check_settings("lx count m --rank 4 --method loha", "loha", 4, 8, "");
    check_settings("lx count m --alpha 2 --method loha", "loha", 8, 2, "");
    check_settings("lx count m --method dora", "dora", 8, 16,
                   "{\"use_dora\":true}");
    check_settings("lx count m --dora --method vera --method lora --rank 2",
                   "lora", 2, 16, "");
}

static void test_options_become_fields(void **state)
{
    (void)state;
    check_settings("lx count m --dora --rslora", "dora", 8, 16,
                   "{\"use_dora\":true,\"use_rslora\":true}");
    check_settings("lx count m --rslora", "rslora", 8, 16,
                   "{\"use_rslora\":true}");
    check_settings("lx count m --layers 0-2,7", "lora", 8, 16,
                   "{\"layers_to_transform\":[0,1,2,7]}");
    check_settings("lx count m --rank-pattern b=2 --rank-pattern a=b=1 "
                   "--rank-pattern b=3",
                   "lora", 8, 16, "{\"rank_pattern\":{\"b\":3,\"a=b\":1}}");
    check_settings("lx count m --alpha-pattern q=2 --alpha-pattern v=0.5",
                   "lora", 8, 16, "{\"alpha_pattern\":{\"q\":2,\"v\":0.5}}");
    check_settings("lx count m --exclude ['a','b'] --bias all", "lora", 8, 16,
                   "{\"exclude_modules\":[\"a\",\"b\"],\"bias\":\"all\"}");
    check_settings("lx count m --exclude a --exclude-regex a.*", "lora", 8, 16,
                   "{\"exclude_modules\":\"a.*\"}");
    check_settings("lx count m --task seq_cls --set lora_bias=true", "lora", 8,
                   16, "{\"task_type\":\"SEQ_CLS\",\"lora_bias\":true}");
    check_settings("lx count m --modules-to-save lm_head", "lora", 8, 16,
                   "{\"modules_to_save\":[\"lm_head\"]}");
    check_settings("lx count m --set init_lora_weights=pissa", "lora", 8, 16,
                   "{\"init_lora_weights\":\"pissa\"}");
}

/* The file has r 16 and alpha 32; what it lacks is PEFT's. */
static void test_files_and_options_apply_in_order(void **state)
{
    (void)state;
    struct cli_call call;
    struct error err;
    static const struct {
        const char *line;
        uint64_t rank;
    } cases[] = {
        {"lx count m --adapter-config tests/data/peft/adapter-0.21", 16},
        {"lx count m --rank 4 --adapter-config tests/data/peft/adapter-0.21",
         16},
        {"lx count m --adapter-config tests/data/peft/adapter-0.21 --rank 4",
         4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(parse(&call, cases[i].line, &err));
        assert_int_equal(call.setup.adapter.rank, cases[i].rank);
        assert_int_equal(call.setup.adapter.mode, TARGET_LIST);
        cli_call_clear(&call);
    }
}

/* What a method's configuration class does not take is no wrong call: PEFT
 * refuses it.
 */
static void test_fields_of_other_methods_are_refused(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "lx count m --method ia3 --rank 4",
        "lx count m --rank 4 --method ia3",
        "lx count m --method vera --alpha 4",
        "lx count m --method vera --rank-pattern q=4",
        "lx count m --method prompt_tuning --target q_proj",
        "lx count m --method loha --dora",
        "lx count m --set nonsense=1",
        "lx count m --peft 0.18 --set kasa_config={}",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct cli_call call;
        struct error err;
        if (parse(&call, lines[i], &err)) {
            fail_msg("taken: %s", lines[i]);
        }
        assert_int_equal(err.code, ERROR_UNSUPPORTED);
        cli_call_clear(&call);
    }
}

static void check_ranks(const char *list, const uint64_t *wanted, size_t count)
{
    uint64_t *ranks = NULL;
    size_t found = 0;
    struct error err = {0};
    assert_true(cli_parse_ranks(list, &ranks, &found, &err));
    assert_int_equal(found, count);
    assert_memory_equal(ranks, wanted, count * sizeof *wanted);
    memory_free(ranks);
}

static void test_rank_lists(void **state)
{
    (void)state;
    check_ranks("8", (const uint64_t[]){8}, 1);
    check_ranks("1,2,4", (const uint64_t[]){1, 2, 4}, 3);
    check_ranks("3..6", (const uint64_t[]){3, 4, 5, 6}, 4);
    check_ranks("1..9x2", (const uint64_t[]){1, 2, 4, 8}, 4);
    check_ranks("1..9x3,5", (const uint64_t[]){1, 3, 9, 5}, 4);
    static const char *const refused[] = {
        "",      ",",    "1,",      "0",       "1..",
        "..2",   "2..1", "1..8x",   "1..8x1",  "1..8x0",
        "1...8", "1-8",  "1..5000", "1048577", "1 ,2"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        uint64_t *ranks = NULL;
        size_t found = 0;
        struct error err = {0};
        assert_false(cli_parse_ranks(refused[i], &ranks, &found, &err));
        assert_int_equal(err.code, ERROR_USAGE);
        assert_null(ranks);
    }
}

static void test_names_are_unique(void **state)
{
    (void)state;
    for (size_t i = 0; i < option_count; i++) {
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(option_table[i].name, option_table[j].name);
            assert_true(option_table[i].letter == 0 ||
                        option_table[i].letter != option_table[j].letter);
        }
    }
    for (size_t i = 1; i < cli_command_count; i++) {
        assert_ptr_equal(cli_command_find(cli_commands[i].name),
                         &cli_commands[i]);
    }
}

static void test_help_fits_80_columns(void **state)
{
    (void)state;
    for (size_t i = 0; i < cli_command_count; i++) {
        if (cli_commands[i].run == NULL) {
            continue;
        }
        struct text out = {0};
        help_append(&cli_commands[i], &out);
        const char *line = text_string(&out);
        while (*line != '\0') {
            size_t length = strcspn(line, "\n");
            if (length > 80) {
                fail_msg("%.*s", (int)length, line);
            }
            line += length + (line[length] == '\n' ? 1 : 0);
        }
        text_clear(&out);
    }
}

static char *manual_new(void)
{
    struct error err = {0};
    char *text = NULL;
    size_t length = 0;
    if (!file_read("man/loraexplore.1", 1 << 20, &text, &length, &err)) {
        fail_msg("%s", err.message);
    }
    return text;
}

/* Is there a line ".It [Fl x ,] Fl -NAME [Ar ...]"? */
static bool manual_lists(const char *manual, const char *name)
{
    struct text item = {0};
    text_appendf(&item, "Fl -%s", name);
    bool found = false;
    for (const char *at = manual; (at = strstr(at, "\n.It ")) != NULL; at++) {
        size_t length = strcspn(at + 1, "\n");
        const char *hit = strstr(at + 1, text_string(&item));
        if (hit != NULL && hit < at + 1 + length) {
            char after = hit[item.length];
            found = found || after == ' ' || after == '\n';
        }
    }
    text_clear(&item);
    return found;
}

static void test_manual_lists_the_options(void **state)
{
    (void)state;
    char *manual = manual_new();
    for (size_t i = 0; i < option_count; i++) {
        bool listed = manual_lists(manual, option_table[i].name);
        if (listed != (option_table[i].apply != NULL)) {
            fail_msg("--%s: listed in the manual: %d", option_table[i].name,
                     listed);
        }
    }
    for (size_t i = 1; i < cli_command_count; i++) {
        struct text item = {0};
        text_appendf(&item, "\n.It Cm %s", cli_commands[i].name);
        bool listed = strstr(manual, text_string(&item)) != NULL;
        if (listed != (cli_commands[i].run != NULL)) {
            fail_msg("%s: listed in the manual: %d", cli_commands[i].name,
                     listed);
        }
        text_clear(&item);
    }
    memory_free(manual);
}

/* A key table's row as the manual has it: ".It Ic \&right \&l", then the
 * sentence.  "\&" keeps mdoc from taking a key for punctuation.
 */
static void append_key_row(const struct command *command, struct text *out)
{
    text_append(out, "\n.It Ic");
    for (const char *at = command->keys; *at != '\0';) {
        size_t length = strcspn(at, " ");
        text_append(out, " \\&");
        text_append_bytes(out, at, length);
        at += length + strspn(at + length, " ");
    }
    text_append(out, "\n");
    size_t start = out->length;
    text_append(out, command->help);
    if (out->data != NULL && out->data[start] >= 'a' &&
        out->data[start] <= 'z') {
        out->data[start] = (char)(out->data[start] - 'a' + 'A');
    }
    text_append(out, ".\n");
}

static void test_manual_lists_the_keys(void **state)
{
    (void)state;
    char *manual = manual_new();
    for (size_t i = 0; i < command_count; i++) {
        struct text row = {0};
        append_key_row(&command_table[i], &row);
        if (strstr(manual, text_string(&row)) == NULL) {
            fail_msg("the manual lacks:%s", text_string(&row));
        }
        text_clear(&row);
    }
    memory_free(manual);
}

/* The README shows the keys of the main screen. */
static void test_readme_lists_the_keys(void **state)
{
    (void)state;
    struct error err = {0};
    char *readme = NULL;
    size_t length = 0;
    assert_true(file_read("README.md", 1 << 20, &readme, &length, &err));
    for (size_t i = 0; i < command_count; i++) {
        if ((command_table[i].contexts & CONTEXT_MAIN) == 0) {
            continue;
        }
        struct text row = {0};
        const char *keys = command_table[i].keys;
        text_appendf(&row, "| `%.*s`", (int)strcspn(keys, " "), keys);
        const char *found = strstr(readme, text_string(&row));
        if (found == NULL || strstr(found, command_table[i].help) == NULL) {
            fail_msg("the README lacks %s", command_table[i].name);
        }
        text_clear(&row);
    }
    memory_free(readme);
}

/* And the other way round: no option stands there that the table lacks. */
static void test_manual_invents_no_options(void **state)
{
    (void)state;
    char *manual = manual_new();
    for (const char *at = manual; (at = strstr(at, "Fl -")) != NULL;) {
        at += strlen("Fl -");
        size_t length = strspn(at, "abcdefghijklmnopqrstuvwxyz-");
        bool known = false;
        for (size_t i = 0; i < option_count; i++) {
            known = known || (strlen(option_table[i].name) == length &&
                              strncmp(option_table[i].name, at, length) == 0);
        }
        if (!known) {
            fail_msg("--%.*s is in the manual only", (int)length, at);
        }
    }
    memory_free(manual);
}

static void test_completions_know_every_option(void **state)
{
    (void)state;
    static const char *const shells[] = {"bash", "zsh", "fish"};
    static const char *const dashes[] = {"--", "--", "-l "};
    for (size_t shell = 0; shell < 3; shell++) {
        struct text out = {0};
        assert_true(completion_append(shells[shell], &out));
        for (size_t i = 0; i < option_count; i++) {
            struct text word = {0};
            text_appendf(&word, "%s%s", dashes[shell], option_table[i].name);
            if (option_table[i].apply != NULL) {
                assert_non_null(strstr(text_string(&out), text_string(&word)));
            }
            text_clear(&word);
        }
        text_clear(&out);
    }
    struct text out = {0};
    assert_false(completion_append("tcsh", &out));
    text_clear(&out);
}

/* Every allocation of parsing may fail; none may crash or leak. */
static void test_parsing_survives_failed_allocations(void **state)
{
    (void)state;
    for (uint64_t n = 1; n < 200; n++) {
        struct cli_call call;
        struct error err;
        memory_fail_after(n);
        bool ok = parse(&call,
                        "lx sweep m --ranks 1..40 --layers 0-3 --exclude a,b "
                        "--rank-pattern q=2 --method dora",
                        &err);
        memory_fail_after(0);
        assert_int_equal(err.code, ok ? ERROR_NONE : ERROR_MEMORY);
        cli_call_clear(&call);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options_stand_anywhere),
        cmocka_unit_test(test_wrong_calls_are_refused),
        cmocka_unit_test(test_methods_are_found_as_people_write_them),
        cmocka_unit_test(test_versions_are_the_nearest_known),
        cmocka_unit_test(test_methods_bring_their_numbers),
        cmocka_unit_test(test_options_become_fields),
        cmocka_unit_test(test_files_and_options_apply_in_order),
        cmocka_unit_test(test_fields_of_other_methods_are_refused),
        cmocka_unit_test(test_rank_lists),
        cmocka_unit_test(test_names_are_unique),
        cmocka_unit_test(test_help_fits_80_columns),
        cmocka_unit_test(test_manual_lists_the_options),
        cmocka_unit_test(test_manual_lists_the_keys),
        cmocka_unit_test(test_readme_lists_the_keys),
        cmocka_unit_test(test_manual_invents_no_options),
        cmocka_unit_test(test_completions_know_every_option),
        cmocka_unit_test(test_parsing_survives_failed_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
