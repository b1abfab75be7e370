/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The reverse look-up, on lines that training runs printed and on claims that
 * people typed.
 *
 * tests/data/models/observed_logs.tsv and claims.tsv hold some; with
 * LORAEXPLORE_FACTS set, every row of its models/observed_logs.tsv is judged.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapter/config.h"
#include "adapter/method.h"
#include "base/alloc.h"
#include "base/strings.h"
#include "explorer/lookup.h"
#include "lookup_bench.h"
#include "model/model.h"
#include "tsv.h"

enum { FIELDS_MOST = 20, LINE_SIZE = 8192 };

/* ---- reading lines --------------------------------------------------------- */

static void test_lines(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t trainable, all; /* 0: not there */
        double percent;          /* below 0: not there */
        bool rounded;
    } lines[] = {
        {"trainable params: 4,194,304 || all params: 6,742,609,920 || "
         "trainable%: 0.0622",
         4194304, 6742609920, 0.0622, false},
        {"trainable params: 4194304 || all params: 6742609920 || trainable%: "
         "0.06220594176090199",
         4194304, 6742609920, 0.06220594176090199, false},
        {"trainable params: 79953920.0 || all params: 3660320768 || "
         "trainable: 2.184341894267557",
         79953920, 3660320768, 2.184341894267557, false},
        {"2023-07-01 12:00:03,123 INFO Llama-2-7b r=16: trainable params: "
         "8,388,608 || all params: 6,746,804,224",
         8388608, 6746804224, -1, false},
        {"Trainable parameters = 41,943,040/8,072,204,288 (0.52% trained)",
         41943040, 8072204288, 0.52, false},
        {"Trainable parameters = 41,943,040 of 8,072,204,288 (0.52% trained)",
         41943040, 8072204288, 0.52, false},
        {"Number of trainable parameters = 41,943,040", 41943040, 0, -1, false},
        {"Total steps = 60 Trainable parameters = 41,943,040", 41943040, 0, -1,
         false},
        {"trainable params with r=16: 4,194,304", 4194304, 0, -1, false},
        {"{\"trainable\": 4194304, \"all\": 6742609920}", 4194304, 6742609920,
         -1, false},
        {"# all params: 6,742,609,920", 0, 6742609920, -1, false},
        {"Non-trainable params: 500, trainable params: 300", 300, 0, -1, false},
        {"4194304", 4194304, 0, -1, false},
        {"6742609920 4194304 0.0622", 4194304, 6742609920, 0.0622, false},
        {"4.194.304", 4194304, 0, -1, false},
        {"4_194_304", 4194304, 0, -1, false},
        {"trainable params: 4.2M || all params: 6.74B", 4200000, 6740000000, -1,
         true},
        {"4.2 million trainable", 4200000, 0, -1, true},
        {"trainable params: 4.19e6", 4190000, 0, -1, true},
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct lookup_line line;
        struct error err = {0};
        bool read = lookup_line_read(&line, lines[i].text, &err);
        double percent = line.has_percent ? line.percent : -1;
        bool rounded = line.trainable.rounded || line.all.rounded;
        if (!read || line.trainable.value != lines[i].trainable ||
            line.trainable.given != (lines[i].trainable > 0) ||
            line.all.value != lines[i].all ||
            line.all.given != (lines[i].all > 0) ||
            percent < lines[i].percent || percent > lines[i].percent ||
            rounded != lines[i].rounded) {
            fail_msg("%s: %" PRIu64 " of %" PRIu64 ", %g %% %s", lines[i].text,
                     line.trainable.value, line.all.value, percent,
                     err.message);
        }
    }
}

static void test_no_lines(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "hello",
        "Llama-2-7b",
        "trainable%: 0.06",
        "99999999999999999999999999",
        "epoch 3 of 10, step 200 of 500, lr 0.0002, loss 1.25",
        "\xff\xfe\x80",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct lookup_line line;
        struct error err = {0};
        if (lookup_line_read(&line, texts[i], &err)) {
            fail_msg("\"%s\" was read", texts[i]);
        }
        assert_int_equal(err.code, ERROR_FORMAT);
    }
}

/* ---- claims ---------------------------------------------------------------- */

#define ALL7 "q_proj,k_proj,v_proj,o_proj,gate_proj,up_proj,down_proj"

static void test_verdicts(void **state)
{
    (void)state;
    static const struct {
        const char *line, *model;
        uint64_t rank;
        const char *targets;
        enum lookup_verdict verdict;
        const char *phrase;
    } claims[] = {
        {"4,194,304 6,742,609,920", "Llama-2-7b", 8, "q_proj,v_proj",
         CLAIM_CONSISTENT, "trains 4,194,304 of 6,742,609,920"},
        {"4,194,304 6,742,609,920", "Llama-2-7b", 16, "q_proj,v_proj",
         CLAIM_INCONSISTENT, "4,194,304 is r 8's count, and the total goes"},
        {"8,388,608 6,738,415,616", "Llama-2-7b", 16, "q_proj,v_proj",
         CLAIM_INCONSISTENT, "the total is the base's"},
        {"20971520 8051232768", "Meta-Llama-3-8B", 16,
         "q_proj,k_proj,v_proj,o_proj", CLAIM_INCONSISTENT,
         "is " ALL7 " at r 8 on it"},
        {"4194304 7000000000", "Llama-2-7b", 8, "q_proj,v_proj",
         CLAIM_INCONSISTENT, "the total is rounded"},
        /* Mistral's 32,000 tokens and 27 more, both matrices. */
        {"6815744 7248769024", "Mistral-7B-v0.1", 16, "q_proj,v_proj",
         CLAIM_CONSISTENT, "a vocabulary 27 rows longer"},
        {"4194304 3821079552", "Phi-3-mini-4k", 16, "q_proj,v_proj",
         CLAIM_UNKNOWN, "PEFT refuses"},
        /* transformers 4 and 5: real PEFT prints both for r 16. */
        {"242,225,152", "Mixtral-8x7B-v0.1", 16, "all-linear", CLAIM_CONSISTENT,
         "under transformers 4"},
        {"359,665,664", "Mixtral-8x7B-v0.1", 16, "all-linear", CLAIM_CONSISTENT,
         "under transformers 5"},
        {"1,285,029,888", "Qwen3-30B-A3B", 32, ALL7, CLAIM_CONSISTENT,
         "expert parameters"},
        /* qlora.py halves what trains in a packed total: 3,500,412,928. */
        {"trainable params: 79953920.0 || all params: 3660320768", "Llama-2-7b",
         64, ALL7, CLAIM_CONSISTENT, "halved"},
        /* GPTQ: embedding, output layer and norms, 262,410,240. */
        {"8388608 270798848", "Llama-2-7b", 16, "q_proj,v_proj",
         CLAIM_CONSISTENT, "quantised weights not counted"},
        {"trainable params: 4.2M || all params: 6.74B", "Llama-2-7b", 8,
         "q_proj,v_proj", CLAIM_CONSISTENT, "rounded"},
        {"trainable params: 4.2M", "Llama-2-7b", 16, "q_proj,v_proj",
         CLAIM_INCONSISTENT, "trains 8,388,608"},
        {"4,194,304 6,742,609,920", "Llama-2-7b", 0, ALL7, CLAIM_INCONSISTENT,
         "no rank of " ALL7},
        {"4,194,304 6,742,609,920", "Llama-2-7b", 0, NULL, CLAIM_CONSISTENT,
         "q_proj,v_proj at r 8"},
        {"4,194,305 6,742,609,921", "Llama-2-7b", 0, NULL, CLAIM_UNKNOWN,
         "no usual list"},
    };
    for (size_t i = 0; i < sizeof(claims) / sizeof(claims[0]); i++) {
        struct bench bench;
        bench_open(&bench);
        bench.claim.alone = true;
        bench_claim(&bench, claims[i].model, claims[i].rank, claims[i].targets);
        bench_search(&bench, claims[i].line);
        expect(&bench, claims[i].verdict, claims[i].phrase);
        bench_close(&bench);
    }
}

static void test_search(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench);
    bench_search(&bench, "4,194,304 6,742,609,920");
    expect(&bench, CLAIM_UNKNOWN, "q_proj,v_proj at r 8 on Llama-2-7b");
    assert_non_null(
        bench_find(&bench, "Llama-2-7b", 4, "q_proj,k_proj,v_proj,o_proj"));
    assert_int_equal(bench.lookup.matches[0].exact, EXACT_BOTH);
    assert_string_equal(lookup_layouts_name(bench.lookup.matches[0].layouts),
                        "transformers 4 or 5");

    bench_search(&bench, "all params: 6,742,609,920");
    const struct lookup_match *match =
        bench_find(&bench, "Llama-2-7b", 8, "q_proj,v_proj");
    assert_true(match != NULL && match->exact == EXACT_ALL);

    bench_search(&bench, "6738415616");
    expect(&bench, CLAIM_UNKNOWN, "the total is Llama-2-7b's without");

    bench_search(&bench, "trainable params: 0 || all params: 6738415616");
    expect(&bench, CLAIM_UNKNOWN, "nothing trains");

    bench_search(&bench, "4.2M");
    assert_int_equal(bench.lookup.count, 0);
    expect(&bench, CLAIM_UNKNOWN, "the full figure is needed");

    /* Without a model, the rest of a claim still has to fit some preset. */
    bench_claim(&bench, NULL, 8, "q_proj,v_proj");
    bench_search(&bench, "4,194,304 6,742,609,920");
    expect(&bench, CLAIM_CONSISTENT, "on Llama-2-7b");
    bench_close(&bench);
}

static void test_other_methods(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench);
    bench_claim(&bench, "Llama-3.2-3B", 32, "q_proj,v_proj");
    bench_search(&bench, "9289728 3222039552");
    expect(&bench, CLAIM_INCONSISTENT, "q_proj,v_proj at r 32 with dora on it");
    bench.claim = (struct lookup_claim){.adapter = &bench.adapter};
    bench_search(&bench, "18353664 3231103544");
    assert_string_equal(bench.lookup.matches[0].method, "adalora");
    assert_int_equal(bench.lookup.matches[0].rank, 64);
    bench_close(&bench);
}

/* Without memory at any point: an error, no wrong answer, nothing lost. */
static void test_no_memory(void **state)
{
    (void)state;
    struct bench bench;
    struct lookup_line line;
    struct error err = {0};
    bench_open(&bench);
    bench.claim.alone = true;
    bench_claim(&bench, "gpt2", 8, "c_attn");
    assert_true(lookup_line_read(&line, "294912 124734720", &err));
    for (uint64_t n = 1; n < 4000; n = n + 1 + n / 8) {
        err = (struct error){0};
        memory_fail_after(n);
        bool done = lookup_search(&bench.lookup, &bench.path, &line,
                                  &bench.claim, &err);
        memory_fail_after(0);
        if (done) {
            assert_int_equal(bench.lookup.verdict, CLAIM_CONSISTENT);
        } else {
            assert_int_equal(err.code, ERROR_MEMORY);
        }
        lookup_clear(&bench.lookup);
    }
    bench_close(&bench);
}

/* ---- rows of the facts ----------------------------------------------------- */

struct row {
    const char *kind, *verdict, *model, *rank, *targets;
    const char *trainable, *all, *computed, *computed_all, *fit, *settings;
};

static void set_column(struct row *row, const char *name, const char *value)
{
    const struct {
        const char *name;
        const char **field;
    } columns[] = {
        {"kind", &row->kind},
        {"verdict", &row->verdict},
        {"model", &row->model},
        {"r", &row->rank},
        {"target_modules", &row->targets},
        {"quoted_trainable", &row->trainable},
        {"quoted_all", &row->all},
        {"computed_trainable", &row->computed},
        {"computed_all", &row->computed_all},
        {"quoted_count_would_fit", &row->fit},
        {"settings", &row->settings},
    };
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
        if (strcmp(columns[i].name, name) == 0) {
            *columns[i].field = value;
        }
    }
}

enum outcome {
    ROW_RIGHT,
    ROW_WRONG,
    SKIP_INCOMPLETE, /* no model, rank or targets to hold against it */
    SKIP_OVERRIDE,   /* another size or head behind the model's name */
    SKIP_EXTRA,      /* parameters that the settings do not explain */
    SKIP_NO_COPY,    /* a PEFT so old that it made no second copies */
};
enum { OUTCOMES = SKIP_NO_COPY + 1 };

static bool is_vocabulary_only(json_t *override)
{
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach(override, key, value)
    {
        if (strstr(key, "vocab_size") == NULL) {
            return false;
        }
    }
    return true;
}

static enum outcome reason_to_skip(const struct row *row,
                                   const json_t *settings)
{
    const json_t *copies = json_object_get(settings, "second_copy_counted");
    if (settings == NULL || row->model[0] == '\0' || row->rank[0] == '\0' ||
        row->targets[0] == '\0') {
        return SKIP_INCOMPLETE;
    }
    if (json_object_get(settings, "extra_frozen") != NULL ||
        json_object_get(settings, "extra_trainable") != NULL) {
        return SKIP_EXTRA;
    }
    if (json_is_false(copies)) {
        return SKIP_NO_COPY;
    }
    return is_vocabulary_only(json_object_get(settings, "config_override"))
               ? ROW_RIGHT
               : SKIP_OVERRIDE;
}

static void set_method(struct bench *bench, const json_t *settings)
{
    struct error err = {0};
    const char *method = json_string_value(json_object_get(settings, "method"));
    if (json_is_true(json_object_get(settings, "use_dora"))) {
        method = "DORA";
    }
    if (method == NULL) {
        return;
    }
    assert_true(settings_set_method(&bench->adapter, &bench->path,
                                    method_find(method), &err));
    bench->claim.has_method = true;
    if (strcmp(method, "ADALORA") == 0) { /* PEFT insists on it */
        json_t *steps = json_integer(100);
        assert_true(
            settings_set_field(&bench->adapter, "total_step", steps, &err));
        json_decref(steps);
    }
}

static void set_saved(struct bench *bench, const json_t *settings)
{
    struct error err = {0};
    const json_t *listed = json_object_get(settings, "modules_to_save");
    if (listed == NULL) {
        return;
    }
    json_t *names = json_array();
    for (size_t i = 0; i < json_array_size(listed); i++) {
        const char *name = json_string_value(json_array_get(listed, i));
        name += name[0] == '*'; /* "whose name ends in" is what PEFT does */
        json_array_append_new(names, json_string(name));
    }
    assert_true(
        settings_set_field(&bench->adapter, "modules_to_save", names, &err));
    json_decref(names);
}

static void set_claim(struct bench *bench, const struct row *row,
                      const json_t *settings)
{
    struct error err = {0};
    const char *regex =
        json_string_value(json_object_get(settings, "target_regex"));
    set_method(bench, settings);
    bench_claim(bench, row->model, strtoull(row->rank, NULL, 10),
                regex == NULL ? row->targets : NULL);
    if (regex != NULL) {
        assert_true(settings_set_regex(&bench->adapter, regex, &err));
        bench->claim.has_targets = true;
    }
    set_saved(bench, settings);
}

/* What CLI users are promised for a row. */
static enum lookup_verdict wanted_verdict(const struct row *row)
{
    bool right = row->computed != NULL
                     ? strcmp(row->computed, row->trainable) == 0 &&
                           (row->all[0] == '\0' ||
                            strcmp(row->computed_all, row->all) == 0)
                     : strcmp(row->verdict, "CONSISTENT") == 0;
    if (strcmp(row->verdict, "TOTAL-OK") == 0) {
        return CLAIM_UNKNOWN; /* PEFT refuses: no module of that name */
    }
    return right ? CLAIM_CONSISTENT : CLAIM_INCONSISTENT;
}

static bool has_stated_match(const struct bench *bench, bool packed)
{
    for (size_t i = 0; i < bench->lookup.count; i++) {
        const struct lookup_match *match = &bench->lookup.matches[i];
        if (match->stated && match->full &&
            match->rank == bench->adapter.rank &&
            (match->print == PRINT_PACKED) == packed) {
            return true;
        }
    }
    return false;
}

/* "Llama-2-7b q,v r=8; Llama-2-7b q r=16": is one of them among the matches? */
static bool has_fit(const struct bench *bench, const char *fits)
{
    static const struct {
        const char *brief, *targets;
    } lists[] = {
        {"q,v", "q_proj,v_proj"},
        {"q,k,v,o", "q_proj,k_proj,v_proj,o_proj"},
        {"q,k,v", "q_proj,k_proj,v_proj"},
        {"q,k", "q_proj,k_proj"},
        {"q", "q_proj"},
        {"all7", ALL7},
        {"all-linear", "all-linear"},
        {"c_attn", "c_attn"},
        {"qkv", "query_key_value"},
    };
    char model[64];
    char brief[64];
    for (const char *at = fits; at != NULL && *at != '\0';) {
        at += strspn(at, "; ");
        size_t name = strcspn(at, " ");
        snprintf(model, sizeof(model), "%.*s", (int)name, at);
        at += name + 1;
        size_t list = strcspn(at, " ");
        snprintf(brief, sizeof(brief), "%.*s", (int)list, at);
        uint64_t rank = strtoull(at + list + 3, NULL, 10);
        for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
            if (strcmp(brief, lists[i].brief) == 0 &&
                bench_find(bench, model, rank, lists[i].targets) != NULL) {
                return true;
            }
        }
        at = strchr(at, ';');
    }
    return false;
}

/* Does the explanation say what the printed count is? */
static bool explains(const struct bench *bench)
{
    const char *text = bench->lookup.explanation;
    return strstr(text, "'s count") != NULL || strstr(text, " is ") != NULL;
}

/* A typed total can be whole rows of vocabulary off, which nobody can tell
 * from added tokens.
 */
static bool is_excused(const struct bench *bench, enum lookup_verdict wanted)
{
    return wanted == CLAIM_INCONSISTENT &&
           bench->lookup.verdict == CLAIM_CONSISTENT &&
           strstr(bench->lookup.explanation, " rows ") != NULL;
}

static enum outcome judge(struct bench *bench, const struct row *row,
                          const json_t *settings, size_t *excused)
{
    char line[256];
    bool packed = json_is_true(json_object_get(settings, "packed_4bit_total"));
    bool vocabulary = json_object_get(settings, "config_override") != NULL;
    enum lookup_verdict wanted = wanted_verdict(row);
    set_claim(bench, row, settings);
    bench->claim.alone = wanted != CLAIM_INCONSISTENT;
    snprintf(line, sizeof(line), "trainable params: %s%s%s", row->trainable,
             row->all[0] != '\0' ? " || all params: " : "", row->all);
    bench_search(bench, line);
    bool right = bench->lookup.verdict == wanted;
    if (wanted == CLAIM_CONSISTENT && right) {
        right = has_stated_match(bench, packed);
    } else if (vocabulary && wanted == CLAIM_CONSISTENT) {
        /* More rows than added tokens explain, and the sentence says so. */
        right = bench->lookup.verdict == CLAIM_INCONSISTENT &&
                strstr(bench->lookup.explanation, " rows in place of ") != NULL;
    } else if (wanted == CLAIM_INCONSISTENT && row->fit != NULL &&
               row->fit[0] != '\0') {
        right = right && has_fit(bench, row->fit) && explains(bench);
    }
    if (!right && is_excused(bench, wanted)) {
        ++*excused;
        right = true;
    }
    if (!right) {
        print_error("%s %s r %s %s %s: %s: %s\n", row->verdict, row->model,
                    row->rank, row->targets, line,
                    lookup_verdict_name(bench->lookup.verdict),
                    bench->lookup.explanation);
    }
    return right ? ROW_RIGHT : ROW_WRONG;
}

static enum outcome run_row(const struct row *row, size_t *excused)
{
    struct bench bench;
    json_error_t error;
    json_t *settings = json_loads(row->settings, 0, &error);
    enum outcome outcome = reason_to_skip(row, settings);
    if (outcome == ROW_RIGHT) {
        bench_open(&bench);
        outcome = judge(&bench, row, settings, excused);
        bench_close(&bench);
    } else {
        print_message("skipped, %s: %s %s r %s %s\n",
                      outcome == SKIP_INCOMPLETE ? "no full settings"
                      : outcome == SKIP_OVERRIDE ? "another size or head"
                      : outcome == SKIP_EXTRA    ? "extra parameters"
                                                 : "no second copy",
                      row->verdict, row->model, row->rank, row->settings);
    }
    json_decref(settings);
    return outcome;
}

static void run_rows(const char *name, size_t outcomes[OUTCOMES],
                     size_t *excused)
{
    char head[LINE_SIZE];
    char line[LINE_SIZE];
    char last[LINE_SIZE] = "";
    char *names[FIELDS_MOST];
    char *fields[FIELDS_MOST];
    enum outcome outcome = ROW_RIGHT;
    FILE *file = fopen(name, "r");
    assert_non_null(file);
    assert_non_null(fgets(head, sizeof(head), file));
    size_t count = tsv_split(head, names, FIELDS_MOST);
    while (fgets(line, sizeof(line), file) != NULL) {
        struct row row = {.fit = ""};
        assert_int_equal(tsv_split(line, fields, FIELDS_MOST), count);
        for (size_t i = 0; i < count; i++) {
            set_column(&row, names[i], fields[i]);
        }
        char key[LINE_SIZE];
        snprintf(key, sizeof(key), "%.100s %.40s %.4000s %.40s %.40s",
                 row.model, row.rank, row.targets, row.trainable, row.all);
        if (strcmp(key, last) != 0) { /* the same claim needs no second look */
            outcome = run_row(&row, excused);
        }
        memcpy(last, key, sizeof(last));
        outcomes[outcome]++;
    }
    fclose(file);
}

static void conclude(const size_t outcomes[OUTCOMES], size_t excused,
                     const size_t wanted[OUTCOMES])
{
    print_message("%zu right (%zu of them off by rows of vocabulary), %zu "
                  "wrong; skipped: %zu without settings, %zu of another size, "
                  "%zu with extra parameters, %zu without copies\n",
                  outcomes[ROW_RIGHT], excused, outcomes[ROW_WRONG],
                  outcomes[SKIP_INCOMPLETE], outcomes[SKIP_OVERRIDE],
                  outcomes[SKIP_EXTRA], outcomes[SKIP_NO_COPY]);
    for (size_t i = 0; i < OUTCOMES; i++) {
        assert_int_equal(outcomes[i], wanted[i]);
    }
}

static void test_rows(void **state)
{
    (void)state;
    size_t outcomes[OUTCOMES] = {0};
    size_t excused = 0;
    run_rows("tests/data/models/observed_logs.tsv", outcomes, &excused);
    run_rows("tests/data/models/claims.tsv", outcomes, &excused);
    conclude(outcomes, excused,
             (const size_t[OUTCOMES]){[ROW_RIGHT] = 146,
                                      [SKIP_OVERRIDE] = 5,
                                      [SKIP_EXTRA] = 5,
                                      [SKIP_NO_COPY] = 2});
}

static void test_facts(void **state)
{
    (void)state;
    size_t outcomes[OUTCOMES] = {0};
    size_t excused = 0;
    char name[1024];
    const char *facts = getenv("LORAEXPLORE_FACTS");
    if (facts == NULL) {
        skip();
    }
    snprintf(name, sizeof(name), "%s/models/observed_logs.tsv", facts);
    run_rows(name, outcomes, &excused);
    conclude(outcomes, excused,
             (const size_t[OUTCOMES]){[ROW_RIGHT] = 168,
                                      [SKIP_INCOMPLETE] = 22,
                                      [SKIP_OVERRIDE] = 7,
                                      [SKIP_EXTRA] = 5,
                                      [SKIP_NO_COPY] = 2});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),         cmocka_unit_test(test_no_lines),
        cmocka_unit_test(test_verdicts),      cmocka_unit_test(test_search),
        cmocka_unit_test(test_other_methods), cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_rows),          cmocka_unit_test(test_facts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
