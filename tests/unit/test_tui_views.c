/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Frames drawn on pads of many sizes, on a terminal that is /dev/null.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <curses.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "explorer_fixture.h"
#include "tui/view.h"

static SCREEN *screen;
static FILE *nowhere;
static struct theme unicode, ascii;

enum { MOST = 70000 };
static char drawn[MOST];

/* Draw the state at a size; the cells as lines in `drawn`. */
static bool draw(int rows, int cols, const struct theme *theme)
{
    app_send(f.app, &(struct message){.kind = MESSAGE_RESIZE,
                                      .rows = (unsigned)rows,
                                      .cols = (unsigned)cols,
                                      .page = frame_page(rows, cols)});
    WINDOW *pad = newpad(rows, cols);
    assert_non_null(pad);
    bool typing = frame_draw(pad, theme, app_state(f.app));
    int y, x;
    getyx(pad, y, x);
    assert_true(y >= 0 && y < rows && x >= 0 && x < cols);
    size_t used = 0;
    for (int row = 0; row < rows; row++) {
        for (int col = 0; col < cols && used + 8 < MOST; col++) {
            cchar_t cell;
            wchar_t text[CCHARW_MAX + 1] = L"";
            attr_t attributes;
            short pair;
            mvwin_wch(pad, row, col, &cell);
            assert_int_equal(getcchar(&cell, text, &attributes, &pair, NULL),
                             OK);
            assert_true(wcwidth(text[0]) == 1);
            char bytes[MB_LEN_MAX];
            int length = wctomb(bytes, text[0]);
            assert_true(length > 0);
            memcpy(drawn + used, bytes, (size_t)length);
            used += (size_t)length;
        }
        while (used > 0 && drawn[used - 1] == ' ') {
            used--;
        }
        drawn[used++] = '\n';
    }
    drawn[used] = '\0';
    delwin(pad);
    return typing;
}

static void expect(const char *text)
{
    if (strstr(drawn, text) == NULL) {
        fail_msg("'%s' is not on\n%s", text, drawn);
    }
}

static void expect_none(const char *text)
{
    if (strstr(drawn, text) != NULL) {
        fail_msg("'%s' is on\n%s", text, drawn);
    }
}

static int open_all(void **state)
{
    (void)state;
    setlocale(LC_CTYPE, "C.UTF-8");
    setenv("ESCDELAY", "25", 1);
    nowhere = fopen("/dev/null", "r+");
    screen = newterm("xterm-256color", nowhere, nowhere);
    if (screen == NULL) {
        screen = newterm("xterm", nowhere, nowhere);
    }
    assert_non_null(screen);
    start_color();
    use_default_colors();
    theme_init(&unicode, true, true);
    theme_init(&ascii, false, false);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    endwin();
    delscreen(screen);
    fclose(nowhere);
    return 0;
}

/* Figures of PEFT for r 8, q_proj and v_proj; bytes by hand from them. */
static void all_that_matters_stands_on_80x24(void **state)
{
    (void)state;
    fixture_wait(&f);
    assert_false(draw(24, 80, &unicode));
    expect(
        "Llama-3.1-8B   llama · 32 layers · 8,030,261,248 parameters · bf16");
    expect("rank ◂ 8 ▸   alpha 16   scaling α/r = 2   optimizer AdamW");
    expect("1 2 4 [8] 16 32 64");
    expect("▸ [x] q_proj         4096 × 4096        32      8      2,097,152");
    expect("  [ ] k_proj         1024 × 4096        32      ·              ·");
    expect("1,310,720");
    expect("62 %");
    expect("38 %");
    expect("lm_head");
    expect("3,407,872   0.0424 % of 8,033,669,120        full 8,030,261,248");
    expect("15.01 GiB   weights 14.96  adapter+grad+AdamW 0.05   full 59.83");
    expect("ΔW  power-law · 32 × 32 · seed 1");
    expect("r = 8 keeps ");
    expect("r90 3");
    expect("stable ");
    expect("? help  q quit");
}

static void deltas_stand_until_the_next_key(void **state)
{
    (void)state;
    fixture_keys(&f, "l");
    draw(24, 80, &unicode);
    expect("3,833,856 +425,984"); /* 32 (8192 + 5120) */
    fixture_keys(&f, "j");
    draw(24, 80, &unicode);
    expect_none("+425,984");
    fixture_keys(&f, "[[[");
    draw(24, 80, &unicode);
    expect("-425,984"); /* 2 to 1 */
}

static void small_screens_keep_the_essentials(void **state)
{
    (void)state;
    fixture_wait(&f);
    draw(12, 40, &unicode);
    expect("▸[x] q_proj");
    expect("trainable 3,407,872");
    expect("0.0424 %");
    expect("states 15.01 GiB");
    expect("full 59.83 GiB");
    expect("ΔW ");
    expect("? help  q quit");
    draw(11, 40, &unicode);
    expect("needs 40x12, this is 40x11; q quits");
    draw(12, 39, &unicode);
    expect("needs 40x12, this is 39x12");
    draw(1, 1, &unicode);
}

static void wide_screens_show_three_panes(void **state)
{
    (void)state;
    fixture_wait(&f);
    draw(40, 120, &unicode);
    expect("- attention");
    expect("memory, no activations");
    expect("█ weights      14.96 GiB   14.96 GiB");
    expect(
        "25 % of full, saves 44.82 GiB"); /* 64,242,089,984 - 16,115,048,448 B */
    expect("ΔW  power-law");
    expect("energy against parameters");
    expect("3,407,872 parameters keep");
    draw(60, 200, &unicode);
    expect("memory between steps, without activations");
    /* Nothing is stretched over the full width. */
    const char *line = strchr(drawn, '\n') + 1;
    size_t widest = 0;
    while (*line != '\0') {
        size_t columns = 0;
        for (; *line != '\n'; line++) {
            columns += ((unsigned char)*line & 0xc0U) != 0x80;
        }
        widest = columns > widest ? columns : widest;
        line++;
    }
    assert_true(widest <= LAYOUT_MOST_COLS);
}

static void views_turn_and_zoom(void **state)
{
    (void)state;
    fixture_wait(&f);
    app_send_key(f.app, INPUT_TAB);
    draw(24, 80, &unicode);
    expect("energy kept against parameters paid");
    expect("one rank more: +");
    expect("for +425,984");
    app_send_key(f.app, INPUT_TAB);
    draw(24, 80, &unicode);
    expect("█ weights                    14.96 GiB             14.96 GiB");
    expect("▓ adapters                   13.00 MiB                     ·");
    expect("░ AdamW                      26.00 MiB             29.92 GiB");
    fixture_keys(&f, "z#");
    draw(24, 80, &unicode);
    expect("16,060,522,496 B"); /* 2 * 8,030,261,248 */
    expect_none("q_proj");
    fixture_keys(&f, "#b");
    draw(24, 80, &unicode);
    expect("16.06 GB");
    app_send_key(f.app, INPUT_BACK_TAB);
    draw(24, 80, &unicode);
    expect("parameters keep");
}

static void everything_has_an_ascii_twin(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "", "\t", "\t", "z", "?", "\033p", "\033t", "\033e", "\033S", "\0339"};
    fixture_wait(&f);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (keys[i][0] == '\t') {
            app_send_key(f.app, INPUT_TAB);
        } else {
            fixture_keys(&f, keys[i]);
        }
        draw(40, 120, &ascii);
        for (const char *c = drawn; *c != '\0'; c++) {
            assert_true((unsigned char)*c < 0x80);
        }
        expect_none("??");
        draw(24, 80, &ascii);
        draw(12, 40, &ascii);
    }
    fixture_keys(&f, "\033\033");
    draw(24, 80, &ascii);
    expect("rank < 8 >   alpha 16   scaling alpha/r = 2");
}

static void lists_and_prompts_show_the_cursor(void **state)
{
    (void)state;
    fixture_keys(&f, "p");
    assert_true(draw(24, 80, &unicode));
    expect("filter: type to search");
    expect("parameters  layers     context");
    fixture_keys(&f, "DeepSeek-V3");
    draw(24, 80, &unicode);
    expect("filter: DeepSeek-V3");
    expect("671,026,404,352");
    fixture_keys(&f, "-no-such");
    draw(24, 80, &unicode);
    expect("nothing matches");
    fixture_keys(&f, "\033?");
    draw(24, 80, &unicode);
    expect("help: all commands");
    expect("raise the rank by one");
    fixture_keys(&f, "undo");
    draw(24, 80, &unicode);
    expect("(nothing to undo)");
    fixture_keys(&f, "\0335");
    assert_true(draw(24, 80, &unicode));
    expect("rank: 5");
    fixture_keys(&f, "x\r");
    draw(24, 80, &unicode);
    expect("a rank is a whole number");
}

static void refused_targets_show_the_sentence(void **state)
{
    (void)state;
    fixture_keys(&f, "T");
    app_send_key(f.app, 21);
    fixture_keys(&f, "nothing_like_it\r");
    assert_true(draw(24, 80, &unicode));
    expect("target_modules: nothing_like_it");
    expect("error: ");
    expect("▸ [x] q_proj"); /* nothing is unticked */
    expect("trainable        3,407,872   ");
    fixture_keys(&f, "\033moft\rpgpt2\r"); /* OFT cannot turn a Conv1D */
    draw(24, 80, &unicode);
    expect("error: ");
    expect("OFT");
    expect("c_attn");
    expect("trainable                0");
    fixture_keys(&f, "j");
    draw(24, 80, &unicode);
    expect("error: "); /* as long as it is so */
    fixture_keys(&f, "uu");
    draw(24, 80, &unicode);
    expect_none("error: ");
}

static void rows_show_what_is_their_own(void **state)
{
    (void)state;
    fixture_keys(&f, "}");
    draw(24, 80, &unicode);
    expect("▸ [x] q_proj         4096 × 4096        32    16*      4,194,304");
    expect("  [x] v_proj         1024 × 4096        32      8      1,310,720");
    expect("rank_pattern {\"q_proj\": 16}");
    fixture_keys(&f, "j");
    draw(24, 80, &unicode);
    expect_none("rank_pattern");
    fixture_keys(&f, "k"); /* it stands with its row */
    draw(24, 80, &unicode);
    expect("rank_pattern {\"q_proj\": 16}");
    draw(12, 40, &unicode);
    expect("4,194,304   16*");
    expect("rank_pattern {\"q_proj\": 16}");
    fixture_keys(&f, "jj)");
    draw(24, 80, &unicode);
    expect("rank  alpha      trainable share");
    expect("32      8    32*      1,310,720  24 %");
    fixture_keys(&f, "R");
    draw(24, 80, &unicode);
    expect("rank of v_proj: 8");
    fixture_keys(&f, "\033@");
    draw(12, 40, &ascii);
    expect("lora_alpha of v_proj: 32");
}

static void methods_without_a_rank_show_none(void **state)
{
    (void)state;
    fixture_wait(&f);
    fixture_keys(&f, "m");
    draw(24, 80, &unicode);
    expect("low-rank update B A of a frozen weight");
    expect("Hu et al. 2021");
    fixture_keys(&f, "ia3\r");
    draw(24, 80, &unicode);
    expect("bf16           IA3");
    expect("rank ·   optimizer AdamW");
    expect_none("alpha");
    expect("[x] k_proj         1024 × 4096        32      ·         32,768");
    expect("IA3 trains one vector: there is no rank to cut at");
    expect_none("keeps");
    app_send_key(f.app, INPUT_TAB);
    draw(24, 80, &unicode);
    expect("IA3 trains one vector: there is no rank to cut at");
    draw(12, 40, &unicode);
    expect("Llama-3.1-8B                         IA3");
    fixture_keys(&f, "mrslora\r");
    draw(24, 80, &unicode);
    expect("alpha 16   scaling = 5.657"); /* 16 / sqrt(8) */
    fixture_keys(&f, "mvera\r");
    app_send_key(f.app, INPUT_BACK_TAB);
    draw(24, 80, &unicode);
    expect("VeRA trains two vectors: its rank says nothing here");
    expect_none("keeps");
    draw(12, 40, &unicode);
    expect("VeRA trains two vectors");
    draw(40, 120, &unicode);
    expect("VeRA trains two vectors: its rank says nothing here");
    expect_none(" keep ");
}

/* Where PEFT refuses, nothing is kept and what to press is said. */
static void refusals_promise_nothing(void **state)
{
    (void)state;
    static const int sizes[][2] = {{24, 80}, {40, 120}, {12, 40}};
    fixture_wait(&f);
    fixture_go(&f, "k_proj");
    fixture_keys(&f, "  pgpt2\r");
    for (int view = 0; view < 2; view++) {
        for (size_t i = 0; i < 3; i++) {
            draw(sizes[i][0], sizes[i][1], &unicode);
            expect_none(" keeps ");
            expect_none(" keep ");
            expect_none("97.4 %");
            expect("PEFT refuses this: nothing is kept");
            expect(sizes[i][1] < 80
                       ? "error: no such target: D default, L all"
                       : "error: none of the targets is here: D takes PEFT's "
                         "default, L all-linear");
        }
        app_send_key(f.app, INPUT_TAB);
    }
    fixture_keys(&f,
                 "Dmoft\r"); /* no hint: the sentence, and where the rest is */
    draw(24, 80, &unicode);
    expect("…  !: all");
}

static void copies_stand_in_their_rows(void **state)
{
    (void)state;
    fixture_keys(&f, "F");
    fixture_keys(&f, "modules_to_save=[\"lm_head\",\"model.norm\"]\r");
    draw(40, 120, &unicode);
    expect("[c] lm_head      128256 × 4096");
    expect("525,336,576");
    expect("[c] norm           4096                1      ·          4,096");
}

static void releases_and_views_are_told_once(void **state)
{
    (void)state;
    fixture_wait(&f);
    draw(40, 120, &unicode);
    const char *first = strstr(drawn, "transformers 5 · PEFT 0.21");
    assert_non_null(first);
    assert_null(strstr(first + 1, "transformers 5 · PEFT 0.21"));
    expect_none("Tab");
    fixture_keys(&f, "z");
    draw(40, 120, &unicode);
    expect("Tab views");
    fixture_keys(&f, "z");
    draw(24, 80, &unicode);
    expect("transformers 5 · PEFT 0.21");
    draw(29, 119, &unicode);
    expect("Tab views");
}

/* A and B by hand: 32 (8192 + 5120) parameters for each unit of rank. */
static void the_marked_choice_stands_beside(void **state)
{
    (void)state;
    fixture_keys(&f, "=");
    draw(24, 80, &unicode);
    expect("marked as A");
    expect("A: Llama-3.1-8B LoRA r 8");
    expect("A +0  all +0");
    fixture_keys(&f, "l");
    draw(24, 80, &unicode);
    expect("3,833,856 +425,984   A +425,984  all +425,984");
    expect("A +6.50 MiB  file +1.63 MiB"); /* 16 bytes each; 4 and names */
    draw(12, 40, &unicode);
    expect("A +425,984");
    expect("A +6.50 MiB");
    fixture_keys(&f, "c");
    draw(24, 80, &unicode);
    expect("compare: A is marked, B is here");
    expect("trainable");
    expect("3,407,872        3,833,856          +425,984");
    expect("8 → 9        2,097,152        2,359,296          +262,144");
    draw(12, 40, &ascii);
    expect("+425,984");
    expect("trainable: A 3,407,872  B 3,833,856");
    draw(40, 120, &unicode);
    expect("8 → 9        2,097,152        2,359,296          +262,144");
    fixture_keys(&f, "\033=");
    draw(24, 80, &unicode);
    expect("unmarked");
    expect_none("A: Llama");
}

static void warnings_are_counted_and_read(void **state)
{
    (void)state;
    fixture_keys(&f, "T");
    app_send_key(f.app, 21);
    fixture_keys(&f, "q_proj,no_such_thing\r");
    draw(24, 80, &unicode);
    expect("! ");
    expect("no_such_thing");
    fixture_keys(&f, "!");
    draw(24, 80, &unicode);
    expect("warnings and messages");
    draw(12, 40, &ascii);
    expect("no_such_thing");
}

static void all_sizes_are_drawn(void **state)
{
    (void)state;
    static const char *const models[] = {"Llama-3.1-8B", "DeepSeek-V3",
                                         "gemma-3-4b"};
    uint32_t seed = 7;
    fixture_wait(&f);
    for (size_t m = 0; m < 3; m++) {
        fixture_keys(&f, "p");
        fixture_keys(&f, models[m]);
        fixture_keys(&f, "\r");
        for (int i = 0; i < 120; i++) {
            seed = seed * 1664525 + 1013904223;
            int rows = 1 + (int)(seed >> 16) % 100;
            int cols = 1 + (int)(seed >> 8) % 300;
            static const char keys[] =
                "jjjkzlL[]D \rftSe?:pm\033G#b12={}()c!RVxi@v";
            fixture_keys(&f,
                         (char[]){keys[(seed >> 4) % (sizeof keys - 1)], '\0'});
            if ((seed >> 20) % 4 == 0) {
                app_send_key(f.app, INPUT_TAB);
            }
            struct effect effect;
            while (app_next_effect(f.app, &effect)) {
            }
            draw(rows, cols, i % 3 ? &unicode : &ascii);
        }
        fixture_keys(&f, "\033\033\033");
    }
}

static bool inside(struct rect r, int rows, int cols)
{
    return r.rows <= 0 || (r.y >= 0 && r.x >= 0 && r.cols > 0 &&
                           r.y + r.rows <= rows && r.x + r.cols <= cols);
}

static bool apart(struct rect a, struct rect b)
{
    return a.rows <= 0 || b.rows <= 0 || a.y + a.rows <= b.y ||
           b.y + b.rows <= a.y || a.x + a.cols <= b.x || b.x + b.cols <= a.x;
}

static void layouts_never_overlap(void **state)
{
    (void)state;
    for (int rows = 1; rows < 140; rows++) {
        for (int cols = 1; cols < 260; cols += cols < 130 ? 1 : 7) {
            for (int zoom = 0; zoom < 2; zoom++) {
                struct layout l;
                layout_make(&l, rows, cols, zoom == 1);
                const struct rect all[] = {l.header, l.columns, l.table,
                                           l.ledger, l.totals,  l.view,
                                           l.second, l.message, l.footer};
                enum { ALL = sizeof all / sizeof *all };
                for (size_t i = 0; i < ALL; i++) {
                    assert_true(inside(all[i], rows, cols));
                    for (size_t k = i + 1; k < ALL; k++) {
                        assert_true(apart(all[i], all[k]));
                    }
                }
                if (l.kind != LAYOUT_NONE && zoom == 0) {
                    assert_true(l.table.rows >= 5);
                }
            }
        }
    }
    struct layout l;
    layout_make(&l, 65535, 65535, false);
    assert_true(inside(l.footer, 65535, 65535));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_llama, close_it)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_that_matters_stands_on_80x24),
        TEST(deltas_stand_until_the_next_key),
        TEST(small_screens_keep_the_essentials),
        TEST(wide_screens_show_three_panes),
        TEST(views_turn_and_zoom),
        TEST(everything_has_an_ascii_twin),
        TEST(lists_and_prompts_show_the_cursor),
        TEST(refused_targets_show_the_sentence),
        TEST(rows_show_what_is_their_own),
        TEST(methods_without_a_rank_show_none),
        TEST(refusals_promise_nothing),
        TEST(copies_stand_in_their_rows),
        TEST(releases_and_views_are_told_once),
        TEST(the_marked_choice_stands_beside),
        TEST(warnings_are_counted_and_read),
        TEST(all_sizes_are_drawn),
        cmocka_unit_test(layouts_never_overlap),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
