/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The screen test harness itself, on small shell programs.
 */
#include "terminal.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void start_shell(struct terminal *t, const char *script)
{
    const char *const argv[] = {"/bin/sh", "-c", script, NULL};
    struct terminal_options options = {.argv = argv, .rows = 6, .cols = 20};

    terminal_start(t, &options);
}

static void shows_text(void **state)
{
    struct terminal *t = *state;

    start_shell(t, "printf 'one\\n  two \\342\\226\\210\\n'; exit 3");
    terminal_expect(t, "two", TERMINAL_TIMEOUT);
    terminal_expect_row(t, 0, "one", TERMINAL_TIMEOUT);
    terminal_expect_exit(t, 3, TERMINAL_TIMEOUT);
    assert_string_equal(terminal_screen(t),
                        "one\n  two \xE2\x96\x88\n\n\n\n\n");
    terminal_expect_screen(t, "one\n  two \xE2\x96\x88", 0);
    assert_string_equal(terminal_row(t, 1), "  two \xE2\x96\x88");
    terminal_expect_cursor(t, 2, 0, 0);
    terminal_expect_restored(t);
}

static void waits_no_longer_than_needed(void **state)
{
    struct terminal *t = *state;

    start_shell(t, "read a; echo got $a; read b");
    assert_false(terminal_wait_text(t, "got", 30));
    terminal_send(t, "it\r");
    terminal_expect(t, "got it", TERMINAL_TIMEOUT);
    /* An hour would be noticed. */
    terminal_send(t, "\x04");
    terminal_expect_exit(t, 1, 3600 * 1000);
    assert_false(terminal_wait_text(t, "never", 3600 * 1000));
}

static void reads_attributes(void **state)
{
    struct terminal *t = *state;
    int row = 0;
    int col = 0;

    start_shell(
        t, "printf 'ab \\033[1mB\\033[0m\\033[7mR\\033[0;31;44mC'; read x");
    terminal_expect(t, "BRC", TERMINAL_TIMEOUT);
    assert_true(terminal_find(t, "BRC", &row, &col));
    assert_int_equal(row, 0);
    assert_int_equal(col, 3);
    struct terminal_cell plain = terminal_cell(t, 0, 0);
    struct terminal_cell bold = terminal_cell(t, 0, 3);
    struct terminal_cell reverse = terminal_cell(t, 0, 4);
    struct terminal_cell colour = terminal_cell(t, 0, 5);
    assert_string_equal(plain.text, "a");
    assert_true(plain.default_background && plain.default_foreground);
    assert_false(plain.bold || plain.reverse);
    assert_true(bold.bold && bold.default_background && !bold.reverse);
    assert_true(reverse.reverse && !reverse.bold);
    assert_false(colour.default_background || colour.default_foreground);
    assert_int_equal(colour.foreground, 1);
    assert_int_equal(colour.background, 4);
}

static void finds_columns_behind_wide_characters(void **state)
{
    struct terminal *t = *state;
    int row = 0;
    int col = 0;

    /* U+6F22 takes two columns, U+03C3 two bytes and one column. */
    start_shell(t, "printf '\\346\\274\\242 \\317\\203=x'");
    terminal_expect_exit(t, 0, TERMINAL_TIMEOUT);
    assert_true(terminal_find(t, "=x", &row, &col));
    assert_int_equal(col, 4);
    assert_string_equal(terminal_cell(t, 0, 3).text, "\xCF\x83");
    assert_int_equal(terminal_cell(t, 0, 0).width, 2);
}

static void resizes(void **state)
{
    struct terminal *t = *state;

    start_shell(t, "trap 'stty size' WINCH; stty size; echo ready; "
                   "while :; do read x || :; done");
    terminal_expect(t, "6 20", TERMINAL_TIMEOUT);
    terminal_expect(t, "ready", TERMINAL_TIMEOUT);
    terminal_resize(t, 12, 40);
    terminal_send(t, "\r");
    terminal_expect(t, "12 40", TERMINAL_TIMEOUT);
    terminal_signal(t, SIGKILL);
    terminal_expect_killed(t, SIGKILL, TERMINAL_TIMEOUT);
}

static void sends_keys_in_both_modes(void **state)
{
    struct terminal *t = *state;

    start_shell(
        t,
        "stty -echo -icanon min 3; printf 'a\\n'; dd bs=3 count=1 2>&- | "
        "od -An -c; printf '\\033[?1hb\\n'; dd bs=3 count=1 2>&- | od -An -c;"
        "stty sane");
    terminal_expect(t, "a", TERMINAL_TIMEOUT);
    terminal_key(t, VTERM_KEY_UP, VTERM_MOD_NONE);
    terminal_expect(t, "033   [   A", TERMINAL_TIMEOUT);
    terminal_expect(t, "b", TERMINAL_TIMEOUT);
    terminal_key(t, VTERM_KEY_UP, VTERM_MOD_NONE);
    terminal_expect(t, "033   O   A", TERMINAL_TIMEOUT);
    terminal_expect_exit(t, 0, TERMINAL_TIMEOUT);
}

static void sees_the_alternate_screen(void **state)
{
    struct terminal *t = *state;

    start_shell(
        t, "echo main; stty -echo; printf '\\033[?1049h\\033[?25l\\033[Hother';"
           "read x; printf '\\033[?25h\\033[?1049l'; stty echo");
    terminal_expect(t, "other", TERMINAL_TIMEOUT);
    assert_true(t->alternate);
    assert_false(t->cursor_visible);
    terminal_send(t, "\r");
    terminal_expect_gone(t, "other", TERMINAL_TIMEOUT);
    terminal_expect(t, "main", TERMINAL_TIMEOUT);
    terminal_expect_exit(t, 0, TERMINAL_TIMEOUT);
    terminal_expect_restored(t);
}

static void counts_bytes(void **state)
{
    struct terminal *t = *state;

    start_shell(t, "stty -echo; printf ready; read x; printf 12345; read y");
    terminal_expect(t, "ready", TERMINAL_TIMEOUT);
    terminal_expect_silence(t, 40);
    terminal_mark(t);
    terminal_send(t, "\r");
    terminal_expect(t, "12345", TERMINAL_TIMEOUT);
    assert_true(terminal_settle(t, 20, TERMINAL_TIMEOUT));
    assert_int_equal(terminal_count(t), 5);
    terminal_send(t, "\x04");
    terminal_expect_exit(t, 1, TERMINAL_TIMEOUT);
}

static void keeps_raw_output(void **state)
{
    struct terminal *t = *state;
    static const char clip[] = "\033]52;c;aGk=\a";

    start_shell(t, "printf '\\033]52;c;aGk=\\a\\a'");
    terminal_expect_exit(t, 0, TERMINAL_TIMEOUT);
    assert_true(terminal_wrote(t, clip, sizeof clip - 1));
    assert_false(terminal_wrote(t, "aGk=\a!", 6));
    assert_int_equal(t->bells, 1);
}

static void reports_signals_and_stops(void **state)
{
    struct terminal *t = *state;

    start_shell(t, "echo up; read x");
    terminal_expect(t, "up", TERMINAL_TIMEOUT);
    terminal_signal(t, SIGSTOP);
    terminal_expect_stopped(t, TERMINAL_TIMEOUT);
    terminal_signal(t, SIGCONT);
    terminal_signal(t, SIGTERM);
    terminal_expect_killed(t, SIGTERM, TERMINAL_TIMEOUT);
}

static void interrupts_by_key(void **state)
{
    struct terminal *t = *state;

    start_shell(t, "echo up; read x; echo not reached");
    terminal_expect(t, "up", TERMINAL_TIMEOUT);
    terminal_send(t, "\x03");
    terminal_expect_killed(t, SIGINT, TERMINAL_TIMEOUT);
}

static void gives_a_clean_environment(void **state)
{
    struct terminal *t = *state;
    const char *const argv[] = {"/bin/sh", "-c",
                                "echo $TERM,$LANG,${HOME-none},$NEW", NULL};
    const char *const env[] = {"TERM=dumb", "HOME", "NEW=x y", NULL};
    struct terminal_options options = {.argv = argv, .env = env};

    terminal_start(t, &options);
    terminal_expect_row(t, 0, "dumb,C.UTF-8,none,x y", TERMINAL_TIMEOUT);
    terminal_expect_exit(t, 0, TERMINAL_TIMEOUT);
    assert_int_equal(t->rows, 24);
    assert_int_equal(t->cols, 80);
}

static void reports_a_missing_program(void **state)
{
    struct terminal *t = *state;
    const char *const argv[] = {"/nonexistent/program", NULL};
    struct terminal_options options = {.argv = argv};

    terminal_start(t, &options);
    terminal_expect_exit(t, 127, TERMINAL_TIMEOUT);
}

static void survives_much_output(void **state)
{
    struct terminal *t = *state;
    const char *const argv[] = {
        "/bin/sh", "-c",
        "i=0; while [ $i -lt 3000 ]; do echo line $i of much "
        "output that fills the terminal; i=$((i+1)); done",
        NULL};
    struct terminal_options options = {.argv = argv};

    terminal_start(t, &options);
    terminal_expect_exit(t, 0, TERMINAL_TIMEOUT);
    terminal_expect_row(t, 22, "line 2999 of", 0);
}

/* terminal_teardown ends it. */
static void leaves_a_running_program(void **state)
{
    struct terminal *t = *state;

    start_shell(t, "trap '' HUP TERM; echo up; while :; do read x; done");
    terminal_expect(t, "up", TERMINAL_TIMEOUT);
}

#define HARNESS_TEST(function) \
    cmocka_unit_test_setup_teardown(function, terminal_setup, terminal_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HARNESS_TEST(shows_text),
        HARNESS_TEST(waits_no_longer_than_needed),
        HARNESS_TEST(reads_attributes),
        HARNESS_TEST(finds_columns_behind_wide_characters),
        HARNESS_TEST(resizes),
        HARNESS_TEST(sends_keys_in_both_modes),
        HARNESS_TEST(sees_the_alternate_screen),
        HARNESS_TEST(counts_bytes),
        HARNESS_TEST(keeps_raw_output),
        HARNESS_TEST(reports_signals_and_stops),
        HARNESS_TEST(interrupts_by_key),
        HARNESS_TEST(gives_a_clean_environment),
        HARNESS_TEST(reports_a_missing_program),
        HARNESS_TEST(survives_much_output),
        HARNESS_TEST(leaves_a_running_program),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
