/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command table: no key twice in a context, nothing without words, and
 * the line editor and the fuzzy match beside it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "adapter/method.h"
#include "explorer/command.h"
#include "explorer/list.h"
#include "explorer/prompt.h"

static void names_and_words_are_complete(void **state)
{
    (void)state;
    assert_true(command_count > 40);
    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = &command_table[i];
        assert_true(strlen(command->name) > 2);
        assert_ptr_equal(command_named(command->name), command);
        assert_non_null(command->run);
        assert_true(command->contexts != 0);
        assert_true(strlen(command->help) > 4);
        assert_true(command->help[strlen(command->help) - 1] != '.');
        assert_true(strlen(command->help) <= 72);
        assert_true((command->glyphs == NULL) == (command->plain == NULL));
    }
    assert_null(command_named("no-such-command"));
}

static void no_key_stands_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < command_count; i++) {
        for (size_t k = 0; k < COMMAND_KEYS && command_table[i].key[k]; k++) {
            for (unsigned context = 1; context <= CONTEXT_CONFIRM;
                 context *= 2) {
                if ((command_table[i].contexts & context) != 0) {
                    assert_ptr_equal(command_find((enum context)context,
                                                  command_table[i].key[k]),
                                     &command_table[i]);
                }
            }
        }
    }
}

static void each_key_is_named_for_people(void **state)
{
    (void)state;
    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = &command_table[i];
        for (size_t k = 0; k < COMMAND_KEYS && command->key[k]; k++) {
            int32_t key = command->key[k];
            if (key > ' ' && key < 127 && strcmp(command->name, "keep") != 0) {
                assert_non_null(strchr(command->keys, (int)key));
            }
        }
    }
    /* The arrows' letters move and do nothing else. */
    assert_string_equal(command_find(CONTEXT_MAIN, 'j')->name, "row-down");
    assert_string_equal(command_find(CONTEXT_MAIN, 'k')->name, "row-up");
    assert_string_equal(command_find(CONTEXT_MAIN, 'h')->name, "rank-down");
    assert_string_equal(command_find(CONTEXT_MAIN, 'l')->name, "rank-up");
}

static void disabled_commands_have_a_reason(void **unused)
{
    (void)unused;
    struct state *state = calloc(1, sizeof *state);
    assert_non_null(state);
    state->choice.adapter.method = method_find("lora");
    state->choice.adapter.rank = 1;
    assert_non_null(command_disabled(command_named("undo"), state));
    assert_non_null(command_disabled(command_named("rank-down"), state));
    assert_non_null(command_disabled(command_named("toggle"), state));
    assert_null(command_disabled(command_named("quit"), state));
    state->history.past_count = 1;
    assert_null(command_disabled(command_named("undo"), state));

    struct command_hint hints[16];
    size_t count = command_footer(state, hints, 16);
    assert_true(count >= 7);
    for (size_t i = 0; i < count; i++) {
        assert_non_null(hints[i].command);
        assert_non_null(hints[i].command->label);
    }
    state->list.kind = LIST_MODELS;
    assert_int_equal(command_context(state), CONTEXT_LIST);
    assert_true(command_footer(state, hints, 16) >= 2);
    state->prompt = PROMPT_RANK;
    assert_int_equal(command_context(state), CONTEXT_PROMPT);
    state->confirm = true;
    assert_int_equal(command_context(state), CONTEXT_CONFIRM);
    assert_true(command_footer(state, hints, 16) >= 2);
    free(state);
}

static void letters_in_order_match(void **state)
{
    (void)state;
    assert_int_equal(list_score("xyz", "Llama-3.1-8B"), 0);
    assert_true(list_score("l38", "Llama-3.1-8B") > 0);
    assert_true(list_score("LLAMA", "llama") > 0);
    assert_int_equal(list_score("83l", "Llama-3.1-8B"), 0);
    /* Runs and starts of words count more than scattered letters. */
    assert_true(list_score("llama3", "Llama-3.1-8B") >
                list_score("llama3", "llama-30b"));
    assert_true(list_score("v3", "DeepSeek-V3") > list_score("v3", "vocab-z3"));
    assert_true(list_score("lla", "llama") > list_score("lla", "lxlxa"));
}

static void lines_are_edited_by_characters(void **state)
{
    (void)state;
    struct line line;
    line_set(&line, "a\xc3\xa9z");
    line_left(&line);
    line_left(&line); /* over both bytes */
    assert_int_equal(line.cursor, 1);
    line_delete(&line);
    assert_string_equal(line.text, "az");
    assert_true(line_insert(&line, 0x3b1));
    assert_string_equal(line.text, "a\xce\xb1z");
    line_backspace(&line);
    assert_string_equal(line.text, "az");
    line_backspace(&line);
    line_backspace(&line); /* at the start: nothing */
    assert_string_equal(line.text, "z");
    line_right(&line);
    line_right(&line);
    assert_int_equal(line.cursor, 1);
    line_delete(&line);
    assert_string_equal(line.text, "z");
}

static void lines_refuse_what_cannot_be_shown(void **state)
{
    (void)state;
    static const int32_t bad[] = {0,      7,      27,       127,       0x85,
                                  0xd800, 0x202e, 0x110000, INT32_MIN, -1};
    struct line line;
    line_set(&line, "");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(line_insert(&line, bad[i]));
    }
    for (int i = 0; i < 2 * LINE_SIZE; i++) {
        line_insert(&line, i % 2 ? 'x' : 0x4e2d);
    }
    assert_true(line.length < LINE_SIZE);
    assert_int_equal(strlen(line.text), line.length);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_words_are_complete),
        cmocka_unit_test(no_key_stands_twice),
        cmocka_unit_test(each_key_is_named_for_people),
        cmocka_unit_test(disabled_commands_have_a_reason),
        cmocka_unit_test(letters_in_order_match),
        cmocka_unit_test(lines_are_edited_by_characters),
        cmocka_unit_test(lines_refuse_what_cannot_be_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
