/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Edge cases of adapter_config.json and what the real library says to each:
 * tests/data/peft/adapter_config_cases.jsonl, and those of LORAEXPLORE_DATA.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "config_fixture.h"

/* Decode base64 into OUT, at most its size; how many bytes. */
static size_t decode_base64(const char *text, char *out, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = 0;
    unsigned held = 0;
    size_t length = 0;
    for (; *text != '\0' && *text != '=' && length < size; text++) {
        const char *digit = strchr(digits, *text);
        assert_non_null(digit);
        bits = bits << 6 | (uint32_t)(digit - digits);
        held += 6;
        if (held >= 8) {
            held -= 8;
            out[length++] = (char)(unsigned char)(bits >> held & 0xff);
        }
    }
    return length;
}

/* The scaling of the adapted module NAME; NAN when it has none. */
static double scaling_of(const struct count *count, const char *name)
{
    double scaling = (double)NAN;
    struct text text = {0};
    for (size_t i = 0; i < count->row_count; i++) {
        const struct count_row *row = &count->rows[i];
        for (uint64_t copy = 0; row->matched && copy < row->module.copies;
             copy++) {
            text.length = 0;
            module_append_name(&row->module, copy, &text);
            if (strcmp(text_string(&text), name) == 0) {
                scaling = row->scaling;
            }
        }
    }
    text_clear(&text);
    return scaling;
}

/* Modules and scalings as PEFT has them?  Prints what is not. */
static bool agrees(const struct count *count, const char *name,
                   const json_t *peft)
{
    bool right = true;
    uint64_t modules = case_number(peft, "modules");
    json_t *scalings = json_object_get(peft, "scaling");
    const char *module = NULL;
    json_t *value = NULL;
    if (count->matched != modules) {
        print_error("%s: %d modules, PEFT %d\n", name, (int)count->matched,
                    (int)modules);
        right = false;
    }
    json_object_foreach(scalings, module, value)
    {
        double theirs = json_number_value(value);
        double ours = scaling_of(count, module);
        if (!(fabs(ours - theirs) <= 1e-12 * fabs(theirs))) {
            print_error("%s: %s: scaling %.17g, PEFT %.17g\n", name, module,
                        ours, theirs);
            right = false;
        }
    }
    return right;
}

/* Cases that go another way than PEFT, for a reason. */
static bool is_excused(const char *name)
{
    /* Python keeps half of a surrogate pair, where a name of ours is UTF-8, and
     * takes a dropout of NaN for none.
     */
    return strcmp(name, "lone surrogate") == 0 ||
           strcmp(name, "NaN value") == 0;
}

/* Is it only about the tensors beside the file? */
static bool about_tensors(const char *load)
{
    return strstr(load, "size mismatch") != NULL ||
           strstr(load, "KeyError: 'base_model.") != NULL;
}

/* One case; true when we do as PEFT does. */
static bool check_verdict(struct fixture *fixture, const struct model *model,
                          const json_t *a_case)
{
    char bytes[8192];
    struct error err = {0};
    struct count count = {0};
    const char *name = case_text(a_case, "name");
    const char *text = case_text(a_case, "config_text");
    const json_t *peft = json_object_get(a_case, "peft");
    const char *load = case_text(peft, "load");
    size_t length = strlen(text);
    bool loads = strcmp(load, "ok") == 0;
    if (json_object_get(a_case, "config_base64") != NULL) {
        length = decode_base64(case_text(a_case, "config_base64"), bytes,
                               sizeof(bytes));
        text = bytes;
    }
    settings_init(&fixture->settings, &fixture->strings);
    bool counted = read_bytes(fixture, text, length, &err) &&
                   count_trainable(&model->inventory, &fixture->path,
                                   &fixture->settings, &count, &err);
    bool right =
        counted ? about_tensors(load) || loads : is_sentence(&err) && !loads;
    if (!right) {
        print_error("%s: %s, PEFT %s\n", name,
                    counted ? "accepted" : err.message, load);
    } else if (counted && loads) {
        right = agrees(&count, name, peft);
    }
    if (counted) {
        count_clear(&count);
    }
    return right || is_excused(name);
}

static void check_verdicts(struct fixture *fixture, const char *file,
                           size_t least)
{
    struct error err = {0};
    struct model_options options = {.transformers = 5};
    json_t *cases = cases_read(file);
    size_t wrong = 0;
    assert_non_null(cases);
    assert_true(json_array_size(cases) >= least);
    struct model *model = model_load(
        &fixture->path, FOLDER "/configs/tiny-llama.json", &options, &err);
    assert_non_null(model);
    for (size_t i = 0; i < json_array_size(cases); i++) {
        wrong += !check_verdict(fixture, model, json_array_get(cases, i));
    }
    print_message("%zu files, %zu wrong\n", json_array_size(cases), wrong);
    model_free(model);
    json_decref(cases);
    assert_int_equal(wrong, 0);
}

static void test_verdicts(void **state)
{
    check_verdicts(*state, FOLDER "/adapter_config_cases.jsonl", 40);
}

static void test_all_verdicts(void **state)
{
    const char *data = getenv("LORAEXPLORE_DATA");
    char file[512];
    if (data == NULL) {
        skip();
    }
    snprintf(file, sizeof(file), "%s/hostile/adapter_config_cases.jsonl", data);
    check_verdicts(*state, file, 90);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_verdicts),
        FIXTURE_TEST(test_all_verdicts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
