/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The program in a terminal: keys in, screens out, and every way to leave it.
 *
 * Figures of Llama-3.1-8B are PEFT's; bytes follow from them by hand.
 */
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define WAIT TERMINAL_TIMEOUT

static const char *program(void)
{
    const char *path = getenv("LORAEXPLORE");
    return path != NULL && path[0] != '\0' ? path : "build/loraexplore";
}

/* Start on Llama-3.1-8B with a small sample, and wait for its spectrum. */
static void start_with(struct terminal *t, struct terminal_options options)
{
    const char *const argv[] = {program(), "Llama-3.1-8B", "--size", "48x48",
                                NULL};
    if (options.argv == NULL) {
        options.argv = argv;
    }
    terminal_start(t, &options);
}

static void start(struct terminal *t, int rows, int cols)
{
    start_with(t, (struct terminal_options){.rows = rows, .cols = cols});
    terminal_expect(t, "r90 3", WAIT);
}

static void quit(struct terminal *t)
{
    terminal_send(t, "q");
    terminal_expect_exit(t, 0, WAIT);
    terminal_expect_restored(t);
}

static void opens_and_quits(void **state)
{
    struct terminal *t = *state;
    start(t, 24, 80);
    terminal_expect_row(t, 0,
                        "Llama-3.1-8B   llama · 32 layers · 8,030,261,248 "
                        "parameters · bf16          LoRA",
                        WAIT);
    terminal_expect(t, "▸ [x] q_proj         4096 × 4096", WAIT);
    terminal_expect(t, "trainable        3,407,872   0.0424 % of 8,033,669,120",
                    WAIT);
    terminal_expect(t, "weights 14.96  adapter+grad+AdamW 0.05   full 59.83",
                    WAIT);
    terminal_expect_cursor(t, 4, 3, WAIT); /* the mark of q_proj */
    assert_true(t->alternate);
    assert_false(t->cursor_visible);
    assert_int_equal(t->mouse, 0);
    quit(t);
}

static void rank_up_and_back(void **state)
{
    struct terminal *t = *state;
    start(t, 24, 80);
    terminal_key(t, VTERM_KEY_RIGHT, VTERM_MOD_NONE);
    /* 9 * 32 * ((4096 + 4096) + (1024 + 4096)) */
    terminal_expect(t, "3,833,856 +425,984", WAIT);
    terminal_expect(t, "rank ◂ 9 ▸", WAIT);
    terminal_key(t, VTERM_KEY_LEFT, VTERM_MOD_NONE);
    terminal_expect(t, "3,407,872 -425,984", WAIT);
    terminal_send(t, "]");
    terminal_expect(t, "6,815,744", WAIT);
    terminal_send(t, "u");
    terminal_expect(t, "trainable        3,407,872", WAIT);
    terminal_send(t, "\x12"); /* Ctrl-R */
    terminal_expect(t, "6,815,744", WAIT);
    terminal_send(t, "64\r");
    terminal_expect(t, "rank ◂ 64 ▸", WAIT);
    terminal_expect(t, "27,262,976", WAIT);
    quit(t);
}

static void targets_by_keys(void **state)
{
    struct terminal *t = *state;
    start(t, 24, 80);
    terminal_key(t, VTERM_KEY_DOWN, VTERM_MOD_NONE);
    terminal_send(t, " ");
    terminal_expect(t, "▸ [x] k_proj", WAIT);
    terminal_expect(t, "4,718,592 +1,310,720", WAIT); /* 8 * 32 * 5120 more */
    terminal_expect_cursor(t, 5, 3, WAIT);
    terminal_send(t, "L16\r");
    terminal_expect(t, "41,943,040", WAIT); /* PEFT: all-linear, r 16 */
    terminal_send(t, "N");
    terminal_expect(t, "0.0000 % of 8,030,261,248", WAIT);
    quit(t);
}

static void picks_a_model(void **state)
{
    struct terminal *t = *state;
    start(t, 24, 80);
    terminal_send(t, "p");
    terminal_expect(t, "parameters  layers     context", WAIT);
    terminal_send(t, "\x1b");
    terminal_expect(t, "trainable        3,407,872", WAIT);
    terminal_send(t, "pllama31405\r");
    terminal_expect(t, "Llama-3.1-405B   llama · 126 layers", WAIT);
    terminal_expect(t, "50,577,408", WAIT); /* PEFT, r 8 */
    terminal_send(t, "u");
    terminal_expect(t, "Llama-3.1-8B   llama", WAIT);
    quit(t);
}

static void helps_and_runs_commands(void **state)
{
    struct terminal *t = *state;
    start(t, 24, 80);
    terminal_send(t, "?");
    terminal_expect(t, "help: all commands", WAIT);
    terminal_send(t, "double the rank\r");
    terminal_expect(t, "rank ◂ 16 ▸", WAIT);
    terminal_send(t, ":undo\r");
    terminal_expect(t, "rank ◂ 8 ▸", WAIT);
    terminal_key(t, VTERM_KEY_TAB, VTERM_MOD_NONE);
    terminal_expect(t, "energy kept against parameters paid", WAIT);
    terminal_key(t, VTERM_KEY_TAB, VTERM_MOD_NONE);
    terminal_expect(t, "29.92 GiB", WAIT); /* two bf16 moments */
    quit(t);
}

static char folder[] = "/tmp/loraexplore-screen-XXXXXX";

static void write_there(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (long)strlen(text));
    close(fd);
}

static char *read_there(const char *name)
{
    static char text[8192];
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    ssize_t length = read(fd, text, sizeof text - 1);
    text[length > 0 ? length : 0] = '\0';
    close(fd);
    return text;
}

static void exports_and_never_overwrites_silently(void **state)
{
    struct terminal *t = *state;
    char absolute[4096];
    memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
    assert_non_null(mkdtemp(folder));
    assert_non_null(realpath(program(), absolute));
    write_there("Llama-3.1-8B-r8.py", "mine\n");
    const char *const argv[] = {absolute, "Llama-3.1-8B", "--size", "48x48",
                                NULL};
    start_with(t, (struct terminal_options){.argv = argv, .folder = folder});
    terminal_expect(t, "r90 3", WAIT);
    terminal_send(t, "eLoraConfig\r");
    terminal_expect(t, "write to: Llama-3.1-8B-r8.py", WAIT);
    terminal_send(t, "\r");
    terminal_expect(t, "Llama-3.1-8B-r8.py exists: overwrite it?", WAIT);
    terminal_send(t, "n");
    terminal_expect(t, "is as it was", WAIT);
    assert_string_equal(read_there("Llama-3.1-8B-r8.py"), "mine\n");
    terminal_send(t, "eLoraConfig\r\ry");
    terminal_expect(t, "written to Llama-3.1-8B-r8.py", WAIT);
    assert_non_null(strstr(read_there("Llama-3.1-8B-r8.py"), "LoraConfig("));
    terminal_send(t, "ecommand\r\r");
    terminal_expect(t, "written to Llama-3.1-8B-r8.sh", WAIT);
    assert_non_null(
        strstr(read_there("Llama-3.1-8B-r8.sh"), "loraexplore count"));
    terminal_send(t, "eJSON\r\x15/proc/nothing/here.json\r");
    terminal_expect(t, "/proc/nothing", WAIT);
    terminal_send(t, "\x1b");
    quit(t);
    char command[512];
    for (size_t i = 0; i < 2; i++) {
        snprintf(command, sizeof command, "%s/Llama-3.1-8B-r8.%s", folder,
                 i == 0 ? "py" : "sh");
        unlink(command);
    }
    rmdir(folder);
}

static void says_that_a_folder_is_read_only(void **state)
{
    struct terminal *t = *state;
    char absolute[4096];
    if (geteuid() == 0) {
        skip(); /* root may write anywhere */
    }
    memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
    assert_non_null(mkdtemp(folder));
    assert_non_null(realpath(program(), absolute));
    assert_int_equal(chmod(folder, 0555), 0);
    const char *const argv[] = {absolute, "Llama-3.1-8B", "--size", "48x48",
                                NULL};
    start_with(t, (struct terminal_options){.argv = argv, .folder = folder});
    terminal_expect(t, "r90 3", WAIT);
    terminal_send(t, "eJSON\r\r");
    terminal_expect(t, "ermission", WAIT);
    terminal_send(t, "\x1b");
    quit(t);
    rmdir(folder);
}

/* Read what comes from a pty until TEXT is in it. */
static bool read_until(int fd, const char *text)
{
    static char bytes[1 << 16];
    size_t used = 0;
    struct pollfd input = {.fd = fd, .events = POLLIN};
    while (used < sizeof bytes - 1 && poll(&input, 1, 10000) > 0) {
        ssize_t got = read(fd, bytes + used, sizeof bytes - 1 - used);
        if (got <= 0) {
            break;
        }
        used += (size_t)got;
        bytes[used] = '\0';
        if (strstr(bytes, text) != NULL) {
            return true;
        }
    }
    return false;
}

/* No emulator keeps a screen of that size, so this one is a bare pty. */
static void starts_at_an_absurd_size(void **state)
{
    (void)state;
    struct winsize size = {.ws_row = 65535, .ws_col = 65535};
    int master = posix_openpt(O_RDWR | O_NOCTTY), status = 0;
    assert_true(master >= 0);
    assert_int_equal(grantpt(master), 0);
    assert_int_equal(unlockpt(master), 0);
    const char *name = ptsname(master);
    pid_t pid = fork();
    if (pid == 0) {
        setsid();
        int fd = open(name, O_RDWR);
        ioctl(fd, TIOCSWINSZ, &size);
        dup2(fd, 0);
        dup2(fd, 1);
        dup2(fd, 2);
        setenv("TERM", "xterm-256color", 1);
        execl(program(), "loraexplore", "Llama-3.1-8B", (char *)NULL);
        _exit(127);
    }
    assert_true(read_until(master, "8,030,261,248"));
    size = (struct winsize){.ws_row = 24, .ws_col = 80};
    assert_int_equal(ioctl(master, TIOCSWINSZ, &size), 0);
    assert_true(read_until(master, "stable 1."));
    size = (struct winsize){.ws_row = 65535, .ws_col = 65535};
    assert_int_equal(ioctl(master, TIOCSWINSZ, &size), 0);
    assert_true(read_until(master, "gradients"));
    assert_int_equal(write(master, "q", 1), 1);
    (void)read_until(master, "no such text");
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    close(master);
}

static void leaves_when_the_terminal_is_gone(void **state)
{
    struct terminal *t = *state;
    start(t, 24, 80);
    close(t->master); /* nobody reads any more */
    t->master = -1;
    int status = 0;
    assert_int_equal(waitpid(t->pid, &status, 0), t->pid);
    t->exited = true;
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 128 + SIGHUP);
}

static void survives_every_size(void **state)
{
    struct terminal *t = *state;
    static const int sizes[][2] = {{12, 40}, {1, 1},   {2, 200}, {60, 200},
                                   {12, 40}, {11, 39}, {30, 120}};
    start(t, 24, 80);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        terminal_resize(t, sizes[i][0], sizes[i][1]);
        if (sizes[i][0] >= 12) {
            terminal_expect(t, "3,407,872", WAIT);
        } else if (sizes[i][1] >= 39) {
            terminal_expect(t, "q quits", WAIT);
        }
    }
    terminal_resize(t, 24, 80);
    terminal_expect(t, "trainable        3,407,872", WAIT);
    terminal_expect_cursor(t, 4, 3, WAIT);
    terminal_resize(t, 1, 1);
    terminal_send(t, "q");
    terminal_expect_exit(t, 0, WAIT);
    terminal_expect_restored(t);
}

static void starts_small(void **state)
{
    struct terminal *t = *state;
    start_with(t, (struct terminal_options){.rows = 12, .cols = 40});
    terminal_expect_row(t, 0, "Llama-3.1-8B           r ◂ 8 ▸  alpha 16", WAIT);
    terminal_expect(t, "trainable 3,407,872", WAIT);
    terminal_expect(t, "? help  q quit", WAIT);
    quit(t);
}

static void speaks_ascii_without_utf8(void **state)
{
    struct terminal *t = *state;
    static const char *const env[] = {"LANG=C", "LC_ALL=C", NULL};
    start_with(t, (struct terminal_options){.env = env});
    terminal_expect(t, "> [x] q_proj         4096 x 4096", WAIT);
    terminal_expect(t, "r90 3", WAIT);
    for (size_t i = 0; i < t->output.length; i++) {
        assert_true((unsigned char)t->output.data[i] < 0x80);
    }
    quit(t);
}

static void colours_can_be_turned_off(void **state)
{
    struct terminal *t = *state;
    static const char *const env[] = {"NO_COLOR=1", NULL};
    start_with(t, (struct terminal_options){.env = env});
    terminal_expect(t, "r90 3", WAIT);
    for (int row = 0; row < t->rows; row++) {
        for (int col = 0; col < t->cols; col++) {
            struct terminal_cell cell = terminal_cell(t, row, col);
            assert_true(cell.default_foreground && cell.default_background);
        }
    }
    quit(t);
}

static void never_paints_a_background(void **state)
{
    struct terminal *t = *state;
    start(t, 40, 120);
    bool colour = false;
    for (int row = 0; row < t->rows; row++) {
        for (int col = 0; col < t->cols; col++) {
            struct terminal_cell cell = terminal_cell(t, row, col);
            assert_true(cell.default_background);
            colour = colour || !cell.default_foreground;
        }
    }
    assert_true(colour);
    quit(t);
}

static void writes_nothing_while_idle(void **state)
{
    struct terminal *t = *state;
    start(t, 24, 80);
    assert_true(terminal_settle(t, 150, WAIT));
    terminal_expect_silence(t, 400);
    terminal_mark(t);
    size_t mark = t->output.length;
    terminal_send(t, "l");
    terminal_expect(t, "3,833,856", WAIT);
    assert_true(terminal_settle(t, 100, WAIT));
    assert_true(terminal_count(t) < 1000); /* a key is not a whole screen */
    assert_null(strstr(t->output.data + mark, "\x1b[2J"));
    quit(t);
}

static void ends_on_termination(void **state)
{
    struct terminal *t = *state;
    start(t, 24, 80);
    terminal_signal(t, SIGTERM);
    terminal_expect_exit(t, 128 + SIGTERM, WAIT);
    terminal_expect_restored(t);
}

static void ends_on_control_c(void **state)
{
    struct terminal *t = *state;
    start(t, 24, 80);
    terminal_send(t, "p"); /* also where letters are a filter */
    terminal_expect(t, "filter:", WAIT);
    terminal_send(t, "\x03");
    terminal_expect_exit(t, 130, WAIT);
    terminal_expect_restored(t);
}

static void ends_on_hangup(void **state)
{
    struct terminal *t = *state;
    start(t, 24, 80);
    terminal_signal(t, SIGHUP);
    terminal_expect_exit(t, 128 + SIGHUP, WAIT);
    terminal_expect_restored(t);
}

static void restores_the_terminal_in_a_crash(void **state)
{
    struct terminal *t = *state;
    start(t, 24, 80);
    terminal_signal(t, SIGSEGV);
    terminal_expect_killed(t, SIGSEGV, WAIT);
    terminal_expect_restored(t);
}

static void restores_the_terminal_on_abort(void **state)
{
    struct terminal *t = *state;
    start(t, 24, 80);
    terminal_signal(t, SIGABRT);
    terminal_expect_killed(t, SIGABRT, WAIT);
    terminal_expect_restored(t);
}

static void stops_and_goes_on(void **state)
{
    struct terminal *t = *state;
    char script[4608];
    snprintf(script, sizeof script,
             "set -m; %s Llama-3.1-8B --size 48x48; echo stopped $?; "
             "fg >/dev/null; echo back $?",
             program());
    const char *const argv[] = {"/bin/sh", "-c", script, NULL};
    start_with(t, (struct terminal_options){.argv = argv});
    terminal_expect(t, "r90 3", WAIT);
    terminal_send(t, "]");
    terminal_expect(t, "6,815,744", WAIT);
    terminal_send(t, "\x1a"); /* Ctrl-Z; the shell brings it back at once */
    terminal_expect(t, "rank ◂ 16 ▸", WAIT);
    assert_true(terminal_settle(t, 200, WAIT));
    terminal_expect(t, "6,815,744", WAIT);
    assert_true(t->alternate);
    terminal_send(t, "[");
    terminal_expect(t, "rank ◂ 8 ▸", WAIT);
    terminal_send(t, "q");
    terminal_expect_exit(t, 0, WAIT);
    terminal_expect(t, "back 0", WAIT);
    terminal_expect_restored(t);
}

static void draws_anew_after_a_forced_stop(void **state)
{
    struct terminal *t = *state;
    start(t, 24, 80);
    terminal_signal(t, SIGSTOP);
    terminal_expect_stopped(t, WAIT);
    terminal_mark(t);
    terminal_signal(t, SIGCONT);
    terminal_send(t, "l");
    terminal_expect(t, "3,833,856", WAIT);
    assert_true(terminal_count(t) > 1000); /* all of it */
    quit(t);
}

static void takes_ten_kilobytes_of_paste(void **state)
{
    struct terminal *t = *state;
    static char paste[10240];
    memset(paste, '7', sizeof paste);
    start(t, 24, 80);
    terminal_send(t, "1");
    terminal_expect(t, "rank: 1", WAIT);
    terminal_send_bytes(t, paste, sizeof paste);
    terminal_expect(t, "rank: 777777", WAIT);
    terminal_send(t, "\r");
    terminal_expect(t, "trainable        3,407,872", WAIT);
    terminal_send(t, "\x1b");
    terminal_expect_gone(t, "rank: ", WAIT);
    /* In brackets it is no row of commands. */
    terminal_send(t, "\x1b[200~qqqLLL\rN\x1b[201~");
    terminal_send(t, "l");
    terminal_expect(t, "3,833,856 +425,984", WAIT);
    quit(t);
}

/* Its terminfo numbers Shift-Tab as a key of its own. */
static void goes_on_after_back_tab_on_the_console(void **state)
{
    struct terminal *t = *state;
    static const char *const env[] = {"TERM=linux", NULL};
    start_with(t, (struct terminal_options){.env = env});
    terminal_expect(t, "r90 3", WAIT);
    terminal_send(t, "\x1b[Z");
    terminal_expect_gone(t, "r90 3", WAIT);
    terminal_send(t, "\t");
    terminal_expect(t, "r90 3", WAIT);
    terminal_send(t, "l");
    terminal_expect(t, "3,833,856 +425,984", WAIT);
    terminal_send(t, "q");
    terminal_expect_exit(t, 0, WAIT);
}

static void bytes_that_are_no_text_do_no_harm(void **state)
{
    struct terminal *t = *state;
    start(t, 24, 80);
    terminal_send_bytes(t, "p\xff\xc0\x80\xed\xa0\x80\xf8", 8);
    terminal_expect(t, "filter:", WAIT);
    terminal_send(t, "\x1b");
    terminal_expect(t, "trainable        3,407,872", WAIT);
    terminal_send(t, "l");
    terminal_expect(t, "3,833,856", WAIT);
    quit(t);
}

static void knows_when_it_cannot(void **state)
{
    struct terminal *t = *state;
    static const char *const env[] = {"TERM=dumb", NULL};
    start_with(t, (struct terminal_options){.env = env});
    terminal_expect_exit(t, 0, WAIT); /* the plain report */
    terminal_expect(t, "2,097,152", WAIT);
    assert_false(t->alternate);
}

static void takes_new_terminals_for_xterm(void **state)
{
    struct terminal *t = *state;
    static const char *const env[] = {"TERM=xterm-ghostty", NULL};
    start_with(t, (struct terminal_options){.env = env});
    terminal_expect(t, "r90 3", WAIT);
    quit(t);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, terminal_setup, terminal_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(opens_and_quits),
        TEST(rank_up_and_back),
        TEST(targets_by_keys),
        TEST(picks_a_model),
        TEST(helps_and_runs_commands),
        TEST(exports_and_never_overwrites_silently),
        TEST(says_that_a_folder_is_read_only),
        cmocka_unit_test(starts_at_an_absurd_size),
        TEST(leaves_when_the_terminal_is_gone),
        TEST(survives_every_size),
        TEST(starts_small),
        TEST(speaks_ascii_without_utf8),
        TEST(colours_can_be_turned_off),
        TEST(never_paints_a_background),
        TEST(writes_nothing_while_idle),
        TEST(ends_on_termination),
        TEST(ends_on_control_c),
        TEST(ends_on_hangup),
        TEST(restores_the_terminal_in_a_crash),
        TEST(restores_the_terminal_on_abort),
        TEST(stops_and_goes_on),
        TEST(draws_anew_after_a_forced_stop),
        TEST(takes_ten_kilobytes_of_paste),
        TEST(goes_on_after_back_tab_on_the_console),
        TEST(bytes_that_are_no_text_do_no_harm),
        TEST(knows_when_it_cannot),
        TEST(takes_new_terminals_for_xterm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
