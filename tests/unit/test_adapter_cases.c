/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thousands of real PEFT runs, every figure of each.
 *
 * tests/data/peft/cases.jsonl holds some hundred of them; LORAEXPLORE_FACTS
 * names a folder with all (peft/cases.jsonl, models/configs).
 * LORAEXPLORE_CASES=TEXT runs those whose id contains it, and
 * LORAEXPLORE_VERBOSE=1 prints every disagreement.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fnmatch.h>
#include <inttypes.h>

#include "adapter/config.h"
#include "adapter/method.h"
#include "cases.h"

enum field {
    MODEL,
    BASE,
    REFUSED,  /* we refuse what PEFT takes */
    ACCEPTED, /* we take what PEFT refuses */
    TRAINABLE,
    ALL,
    PRINTED,
    MATCHED,
    PARAMETERS,
    FROZEN,
    BUFFERS,
    TRAINED_BASE,
    TENSORS,
    BYTES,
    TARGETS_AFTER,
    SAVED_AFTER,
    PARAMETERS_AFTER,
    FIELD_COUNT
};

static const char *const field_names[FIELD_COUNT] = {
    "model",           "base",   "refused",       "accepted",
    "trainable",       "all",    "line",          "matched",
    "parameters",      "frozen", "buffers",       "trained base",
    "tensors",         "bytes",  "targets after", "saved after",
    "parameters after"};

/* Cases that differ, and why that stays. */
static const struct {
    const char *id; /* a pattern of the shell's */
    const char *reason;
} left_out[] = {
    {"*infer.*",
     "asked for with inference_mode, which PEFT writes as true into "
     "every file and the record leaves out"},
    {"*rfloat.*", "asked for with r 8.0, which the record leaves out because "
                  "it equals the default"},
    {"*mts_str.*", "Python takes modules_to_save \"norm\" letter by letter; we "
                   "refuse a string"},
    {"*tti_big.*", "a token beyond the vocabulary passes only on torch's meta "
                   "device, where no row is read"},
    {"A2.dt_tti_*_nocast.*", "on the meta device the rows of tokens alone "
                             "take the dtype of the weights"},
    {"B.ADAMSS.*", "k-means over the weights makes the subspaces, whose sizes "
                   "stand in the header of the file"},
    {"B.LORA.*.corda.*", "PEFT refuses until preprocess_corda has run, which "
                         "no file tells; a warning says so"},
    {"R.tprank.Llama-4-*.t5", "PEFT takes Llama 4's experts for (E, out, in), "
                              "which swaps two shapes in the header"},
    {"B.SHADOW.*", "SHADOW trains a small copy of the model beside it and is "
                   "refused"},
};
enum { LEFT_OUT = sizeof(left_out) / sizeof(left_out[0]) };

struct tally {
    char method[32];
    size_t cases, agreeing, field[FIELD_COUNT];
};
enum { METHODS_MOST = 64 };

struct run {
    struct resource_path path;
    const char *configs; /* a folder */
    struct tally tallies[METHODS_MOST];
    size_t tally_count;
    size_t unlisted; /* disagreeing and not in left_out */
    bool left_out_used[LEFT_OUT];
    bool verbose;
};

/* One case under comparison. */
struct look {
    const struct run *run;
    const json_t *a_case;
    bool wrong[FIELD_COUNT];
};

static void differ(struct look *look, enum field field, const char *ours,
                   const char *theirs)
{
    look->wrong[field] = true;
    if (look->run->verbose) {
        print_message("%s\t%s\t%s\t%s\n", case_text(look->a_case, "id"),
                      field_names[field], ours, theirs);
    }
}

static void look_number(struct look *look, enum field field, uint64_t ours,
                        const char *key)
{
    uint64_t theirs = case_number(look->a_case, key);
    char a[32];
    char b[32];
    if (ours != theirs) {
        snprintf(a, sizeof(a), "%" PRIu64, ours);
        snprintf(b, sizeof(b), "%" PRIu64, theirs);
        differ(look, field, a, b);
    }
}

static void look_text(struct look *look, enum field field, const char *ours,
                      const char *key)
{
    const char *theirs = case_text(look->a_case, key);
    if (strcmp(ours, theirs) != 0) {
        differ(look, field, ours, theirs);
    }
}

/* The collapsed names of the rows with an adapter. */
static void append_matched(const struct count *count, bool parameters,
                           struct text *out)
{
    for (size_t i = 0; i < count->row_count; i++) {
        if (count->rows[i].matched && count->rows[i].parameter == parameters) {
            text_appendf(out, "%s%s ", count->rows[i].module.name,
                         case_weight(&count->rows[i]));
        }
    }
}

static void look_matched(struct look *look, const struct count *count,
                         bool parameters)
{
    const char *key = parameters ? "matched_params" : "matched";
    const json_t *lines = json_object_get(look->a_case, key);
    if (lines == NULL && !parameters) {
        return; /* the prompt methods have none */
    }
    struct case_names ours = case_names_matched(count, parameters);
    struct case_names theirs = case_names_of(lines);
    assert_int_equal(theirs.count,
                     case_number(look->a_case, parameters ? "n_matched_params"
                                                          : "n_matched"));
    if (!case_names_equal(&ours, &theirs)) {
        struct text text = {0};
        char *list = json_dumps(lines, JSON_ENCODE_ANY);
        text_appendf(&text, "%" PRIu64 ": ", ours.count);
        append_matched(count, parameters, &text);
        differ(look, parameters ? PARAMETERS : MATCHED, text_string(&text),
               list == NULL ? "none" : list);
        free(list);
        text_clear(&text);
    }
}

/* Parameters of the base model that train in place. */
static uint64_t trained_base(const struct count *count)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < count->extra_count; i++) {
        const struct count_extra *extra = &count->extras[i];
        for (size_t k = 0; k < extra->tensor_count; k++) {
            struct error err = {0};
            uint64_t elements = 0;
            if (extra->tensors[k].role == TENSOR_BASE &&
                tensor_elements(&extra->tensors[k], &elements, &err)) {
                sum += elements * extra->module.copies;
            }
        }
    }
    return sum;
}

/* The dtypes of the weights and of the adapter, as the run had them.  Without
 * autocast PEFT makes the adapter in the dtype of the weights, but not on
 * torch's meta device, where runs whose bytes are computed were made.
 */
static struct count_dtypes case_dtypes(const json_t *a_case)
{
    struct count_dtypes dtypes = {DTYPE_FP32, DTYPE_FP32};
    const json_t *how = json_object_get(a_case, "get_peft_model_kwargs");
    const char *base = case_text(a_case, "base_dtype");
    if (base[0] != '\0') {
        assert_true(model_dtype_find(base, &dtypes.base));
    }
    bool real = strcmp(case_text(a_case, "bytes_from"), "file") == 0;
    if (real && json_is_false(json_object_get(how, "autocast_adapter_dtype"))) {
        dtypes.adapter = dtypes.base;
    }
    return dtypes;
}

static void look_bytes(struct look *look, const struct count *count)
{
    struct error err = {0};
    struct count_dtypes dtypes = case_dtypes(look->a_case);
    uint64_t bytes = 0;
    if (json_object_get(look->a_case, "adapter_bytes") == NULL) {
        return;
    }
    look_number(look, TENSORS, count->tensors, "adapter_tensors");
    if (count_file_bytes(count, &dtypes, &bytes, &err)) {
        look_number(look, BYTES, bytes, "adapter_bytes");
    } else {
        differ(look, BYTES, err.message, "a file");
    }
}

/* PEFT keeps the full names of fewer than twenty modules, and writes the full
 * name of a tied embedding; ours are the endings that mean the same.
 */
static bool is_condensed(const json_t *names)
{
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        if (name != NULL && (strncmp(name, "model.", 6) == 0 ||
                             strncmp(name, "transformer.", 12) == 0)) {
            return false;
        }
    }
    return true;
}

static void look_after(struct look *look, enum field field, const char *ours,
                       const char *key)
{
    const json_t *after = json_object_get(look->a_case, "config_after");
    const json_t *theirs = json_object_get(after, key);
    if (theirs != NULL && is_condensed(theirs) &&
        !case_list_equal(ours, theirs)) {
        char *list = json_dumps(theirs, JSON_ENCODE_ANY);
        differ(look, field, ours, list);
        free(list);
    }
}

static void look_count(struct look *look, const struct count *count)
{
    struct text line = {0};
    look_number(look, BASE, count->base, "base");
    look_number(look, TRAINABLE, count->trainable, "trainable");
    look_number(look, ALL, count->all, "all");
    count_append_line(count, &line);
    look_text(look, PRINTED, text_string(&line), "printed");
    text_clear(&line);
    look_matched(look, count, false);
    look_matched(look, count, true);
    look_number(look, FROZEN, count->frozen, "frozen_extra");
    look_number(look, BUFFERS, count->buffers, "buffers_extra");
    look_number(look, TRAINED_BASE, trained_base(count), "trainable_base");
    look_bytes(look, count);
    look_after(look, TARGETS_AFTER, count->resolved, "target_modules");
    look_after(look, SAVED_AFTER, count->saved_names, "modules_to_save");
    look_after(look, PARAMETERS_AFTER, count->parameters, "target_parameters");
}

/* Read the case's adapter_config and count; false when one is refused. */
static bool count_case(const struct run *run, const json_t *a_case,
                       const struct model *model, struct strings *strings,
                       struct count *count, struct error *err)
{
    struct adapter_settings settings;
    settings_init(&settings, strings);
    settings.peft = strncmp(case_text(a_case, "peft"), "0.18", 4) == 0
                        ? PEFT_0_18
                        : PEFT_0_21;
    char *text = json_dumps(json_object_get(a_case, "adapter_config"), 0);
    assert_non_null(text);
    bool read = settings_read(&settings, &run->path, text, strlen(text),
                              "adapter_config.json", err);
    free(text);
    return read && count_trainable(&model->inventory, &run->path, &settings,
                                   count, err);
}

/* Does the file's size, too, come out? */
static bool can_save(const struct count *count, const json_t *a_case,
                     struct error *err)
{
    uint64_t bytes = 0;
    struct count_dtypes dtypes = case_dtypes(a_case);
    return count_file_bytes(count, &dtypes, &bytes, err);
}

static void look_case(struct look *look, const struct model *model)
{
    struct error err = {0};
    struct strings strings = {0};
    struct count count = {0};
    const json_t *failure = json_object_get(look->a_case, "error");
    bool counted =
        count_case(look->run, look->a_case, model, &strings, &count, &err);
    if (!counted && err.message[0] == '\0') {
        differ(look, REFUSED, "no sentence", "one");
    } else if (!counted && failure == NULL) {
        differ(look, REFUSED, err.message, "none");
    } else if (counted && failure == NULL) {
        look_count(look, &count);
    } else if (counted && can_save(&count, look->a_case, &err)) {
        differ(look, ACCEPTED, "none", json_string_value(failure));
    }
    if (counted) {
        count_clear(&count);
    }
    strings_clear(&strings);
}

static struct tally *find_tally(struct run *run, const char *method)
{
    size_t i = 0;
    while (i < run->tally_count &&
           strcmp(run->tallies[i].method, method) != 0) {
        i++;
    }
    assert_true(i < METHODS_MOST);
    if (i == run->tally_count) {
        run->tally_count++;
        snprintf(run->tallies[i].method, sizeof(run->tallies[i].method), "%s",
                 method);
    }
    return &run->tallies[i];
}

static bool is_left_out(struct run *run, const char *id)
{
    bool found = false;
    for (size_t i = 0; i < LEFT_OUT; i++) {
        if (fnmatch(left_out[i].id, id, 0) == 0) {
            run->left_out_used[i] = true;
            found = true;
        }
    }
    return found;
}

static void run_case(struct run *run, const json_t *a_case,
                     const struct model *model, const struct error *why)
{
    struct look look = {run, a_case, {false}};
    struct tally *tally = find_tally(run, case_text(a_case, "method"));
    size_t wrong = 0;
    if (model == NULL) {
        differ(&look, MODEL, why->message, "a model");
    } else {
        look_case(&look, model);
    }
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        tally->field[i] += look.wrong[i];
        wrong += i != BUFFERS && look.wrong[i]; /* scales in copied modules */
    }
    tally->cases++;
    tally->agreeing += wrong == 0;
    if (wrong > 0 && !is_left_out(run, case_text(a_case, "id"))) {
        run->unlisted++;
        print_message("not left out, but differs: %s\n",
                      case_text(a_case, "id"));
    }
}

/* A case and what its model is made from, so that equal ones come together. */
struct keyed {
    const json_t *a_case;
    char *key;
};

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct keyed *)a)->key,
                  ((const struct keyed *)b)->key);
}

static char *model_key_new(const json_t *a_case)
{
    json_t *parts =
        json_pack("[s s s O?]", case_text(a_case, "config"),
                  case_text(a_case, "class"), case_text(a_case, "transformers"),
                  json_object_get(a_case, "config_override"));
    char *key = json_dumps(parts, JSON_SORT_KEYS);
    json_decref(parts);
    assert_non_null(key);
    return key;
}

static void run_cases(struct run *run, const struct keyed *cases, size_t count)
{
    struct model *model = NULL;
    struct error err = {0};
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(cases[i].key, cases[i - 1].key) != 0) {
            model_free(model);
            err = (struct error){0};
            model =
                case_model_new(&run->path, run->configs, cases[i].a_case, &err);
        }
        run_case(run, cases[i].a_case, model, &err);
    }
    model_free(model);
}

/* Run the cases of FILE that were asked for. */
static size_t run_file(struct run *run, const char *file)
{
    struct error err = {0};
    const char *wanted = getenv("LORAEXPLORE_CASES");
    json_t *list = cases_read(file);
    assert_non_null(list);
    size_t count = 0;
    struct keyed *cases =
        memory_new(json_array_size(list) + 1, sizeof(*cases), &err);
    assert_non_null(cases);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *a_case = json_array_get(list, i);
        if (wanted == NULL || strstr(case_text(a_case, "id"), wanted)) {
            cases[count++] = (struct keyed){a_case, model_key_new(a_case)};
        }
    }
    qsort(cases, count, sizeof(*cases), by_key);
    run_cases(run, cases, count);
    for (size_t i = 0; i < count; i++) {
        free(cases[i].key);
    }
    memory_free(cases);
    json_decref(list);
    return count;
}

static void print_tally(const struct tally *tally)
{
    struct text text = {0};
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (tally->field[i] > 0) {
            text_appendf(&text, " %s %zu;", field_names[i], tally->field[i]);
        }
    }
    print_message("%-24s %5zu of %5zu agree %s\n", tally->method,
                  tally->agreeing, tally->cases, text_string(&text));
    text_clear(&text);
}

static int by_method(const void *a, const void *b)
{
    return strcmp(((const struct tally *)a)->method,
                  ((const struct tally *)b)->method);
}

static void add_tally(struct tally *sum, const struct tally *tally)
{
    sum->cases += tally->cases;
    sum->agreeing += tally->agreeing;
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        sum->field[i] += tally->field[i];
    }
}

/* The table, and what has to hold.  The rates are those of all cases: the
 * fixture picks the odd ones.
 */
static void conclude(struct run *run, bool all)
{
    struct tally lora = {.method = "LORA"};
    struct tally others = {.method = "all other methods"};
    qsort(run->tallies, run->tally_count, sizeof(run->tallies[0]), by_method);
    for (size_t i = 0; i < run->tally_count; i++) {
        const struct tally *tally = &run->tallies[i];
        print_tally(tally);
        add_tally(strcmp(tally->method, "LORA") == 0 ? &lora : &others, tally);
    }
    print_tally(&lora);
    print_tally(&others);
    print_message("%zu differ without being left out\n", run->unlisted);
    assert_true(!all || lora.agreeing * 100 >= lora.cases * 99);
    assert_true(!all || others.agreeing * 100 >= others.cases * 95);
    assert_int_equal(run->unlisted, 0);
}

static void start(struct run *run, const char *configs)
{
    struct error err = {0};
    *run = (struct run){.configs = configs};
    run->verbose = getenv("LORAEXPLORE_VERBOSE") != NULL;
    assert_true(resource_path_init(&run->path, NULL, &err));
}

static void test_fixture(void **state)
{
    (void)state;
    struct run run;
    start(&run, "tests/data/peft/configs");
    size_t count = run_file(&run, "tests/data/peft/cases.jsonl");
    resource_path_clear(&run.path);
    assert_true(count > 350 || getenv("LORAEXPLORE_CASES") != NULL);
    conclude(&run, false);
}

static void test_facts(void **state)
{
    (void)state;
    struct run run;
    char file[1024];
    char configs[1024];
    const char *facts = getenv("LORAEXPLORE_FACTS");
    if (facts == NULL) {
        skip();
    }
    snprintf(file, sizeof(file), "%s/peft/cases.jsonl", facts);
    snprintf(configs, sizeof(configs), "%s/models/configs", facts);
    start(&run, configs);
    run_file(&run, file);
    resource_path_clear(&run.path);
    bool all = getenv("LORAEXPLORE_CASES") == NULL;
    conclude(&run, all);
    for (size_t i = 0; i < LEFT_OUT; i++) {
        if (!run.left_out_used[i] && all) {
            fail_msg("left out, but agrees: %s", left_out[i].id);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fixture),
        cmocka_unit_test(test_facts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
