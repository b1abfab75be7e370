/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * adapter_config.json: files that PEFT wrote, changed ones and broken ones.
 *
 * LORAEXPLORE_DATA names a folder with adapters of every method.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>

#include "config_fixture.h"

static const char *const release_folders[] = {FOLDER "/adapter-0.18",
                                              FOLDER "/adapter-0.21"};

/* What settings_write gives, parsed. */
static json_t *written_new(const struct fixture *fixture)
{
    struct error err = {0};
    json_error_t why;
    struct text out = {0};
    if (!settings_write(&fixture->settings, &fixture->path, &out, &err)) {
        fail_msg("%s", err.message);
    }
    json_t *object =
        json_loads(text_string(&out), JSON_REJECT_DUPLICATES, &why);
    if (object == NULL) {
        fail_msg("%s: %s", why.text, text_string(&out));
    }
    text_clear(&out);
    return object;
}

/* ---- comparing ----------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
    const char *const *x = a;
    const char *const *y = b;
    return strcmp(*x, *y);
}

/* A list of strings in order: PEFT writes its sets in none. */
static json_t *sorted_new(const json_t *list)
{
    struct error err = {0};
    size_t count = json_array_size(list);
    const char **items = memory_new(count + 1, sizeof(*items), &err);
    assert_non_null(items);
    for (size_t i = 0; i < count; i++) {
        items[i] = json_string_value(json_array_get(list, i));
        if (items[i] == NULL) {
            memory_free(items);
            return json_deep_copy(list);
        }
    }
    qsort(items, count, sizeof(*items), by_text);
    json_t *sorted = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(sorted, json_string(items[i]));
    }
    memory_free(items);
    return sorted;
}

/* VALUE with lists of strings sorted and whole reals as integers. */
static json_t *plain_new(const json_t *value)
{
    const char *key = NULL;
    json_t *item = NULL;
    double real = json_number_value(value);
    if (json_is_real(value) && real > -1e15 && real < 1e15) {
        json_int_t whole = (json_int_t)real;
        bool same = !((double)whole < real) && !((double)whole > real);
        return same ? json_integer(whole) : json_real(real);
    }
    if (json_is_array(value)) {
        return sorted_new(value);
    }
    if (!json_is_object(value)) {
        return json_deep_copy(value);
    }
    json_t *plain = json_object();
    json_t *fields = json_copy((json_t *)(uintptr_t)value);
    json_object_foreach(fields, key, item)
    {
        json_object_set_new(plain, key, plain_new(item));
    }
    json_decref(fields);
    return plain;
}

/* Are the objects equal?  Keys that are not are printed after NAME. */
static bool equal_configs(const char *name, const json_t *theirs,
                          const json_t *ours)
{
    json_t *a = plain_new(theirs);
    json_t *b = plain_new(ours);
    bool equal = json_equal(a, b) == 1;
    json_t *both = json_copy(a);
    const char *key = NULL;
    json_t *value = NULL;
    json_object_update_missing(both, b);
    json_object_foreach(both, key, value)
    {
        json_t *x = json_object_get(a, key);
        json_t *y = json_object_get(b, key);
        if (!equal && (x == NULL || y == NULL || !json_equal(x, y))) {
            char *was = x == NULL ? NULL : json_dumps(x, JSON_ENCODE_ANY);
            char *is = y == NULL ? NULL : json_dumps(y, JSON_ENCODE_ANY);
            print_error("%s: %s: PEFT %s, ours %s\n", name, key,
                        was == NULL ? "nothing" : was,
                        is == NULL ? "nothing" : is);
            free(was);
            free(is);
        }
    }
    json_decref(both);
    json_decref(a);
    json_decref(b);
    return equal;
}

static json_t *object_read(const char *folder)
{
    char file[1024];
    json_error_t why;
    snprintf(file, sizeof(file), "%s/adapter_config.json", folder);
    return json_load_file(file, 0, &why);
}

/* Does the adapter in FOLDER come back as it was? */
static bool comes_back(struct fixture *fixture, const char *folder,
                       enum peft_version peft)
{
    struct error err = {0};
    settings_init(&fixture->settings, &fixture->strings);
    fixture->settings.peft = peft;
    if (!settings_read_file(&fixture->settings, &fixture->path, folder, &err)) {
        print_error("%s: %s\n", folder, err.message);
        return false;
    }
    json_t *theirs = object_read(folder);
    json_t *ours = written_new(fixture);
    assert_non_null(theirs);
    bool equal = equal_configs(folder, theirs, ours);
    json_decref(theirs);
    json_decref(ours);
    return equal;
}

/* ---- files as PEFT wrote them -------------------------------------------- */

static void test_releases(void **state)
{
    struct fixture *fixture = *state;
    assert_true(comes_back(fixture, release_folders[0], PEFT_0_18));
    assert_int_equal(fixture->settings.rank, 16);
    assert_true(comes_back(fixture, release_folders[1], PEFT_0_21));
    assert_true(settings_has_target(&fixture->settings, "q_proj"));
    assert_true(settings_has_target(&fixture->settings, "v_proj"));
    assert_false(settings_has_target(&fixture->settings, "k_proj"));
    assert_string_equal(fixture->settings.method->peft_type, "LORA");
}

/* PEFT sorts the keys of the file it writes. */
static void test_keys_are_sorted(void **state)
{
    struct fixture *fixture = *state;
    struct error err = {0};
    assert_true(settings_read_file(&fixture->settings, &fixture->path,
                                   release_folders[1], &err));
    json_t *ours = written_new(fixture);
    const char *last = "";
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach(ours, key, value)
    {
        assert_true(strcmp(last, key) < 0);
        last = key;
    }
    json_decref(ours);
}

/* Folders below FOLDER that hold an adapter, read and written; how many come
 * back changed.
 */
static size_t folders_changed(struct fixture *fixture, const char *folder,
                              enum peft_version peft, size_t *seen)
{
    char name[1024];
    char file[1100];
    size_t changed = 0;
    DIR *listing = opendir(folder);
    assert_non_null(listing);
    for (const struct dirent *entry = readdir(listing); entry != NULL;
         entry = readdir(listing)) {
        snprintf(name, sizeof(name), "%s/%s", folder, entry->d_name);
        snprintf(file, sizeof(file), "%s/adapter_config.json", name);
        if (entry->d_name[0] != '.' && file_is_regular(file)) {
            changed += !comes_back(fixture, name, peft);
            ++*seen;
        }
    }
    closedir(listing);
    return changed;
}

static void test_every_method(void **state)
{
    struct fixture *fixture = *state;
    const char *data = getenv("LORAEXPLORE_DATA");
    char folder[512];
    size_t seen = 0;
    if (data == NULL) {
        skip();
    }
    snprintf(folder, sizeof(folder), "%s/adapters/peft-0.18", data);
    size_t changed = folders_changed(fixture, folder, PEFT_0_18, &seen);
    snprintf(folder, sizeof(folder), "%s/adapters/peft-0.21", data);
    changed += folders_changed(fixture, folder, PEFT_0_21, &seen);
    print_message("%zu adapters, %zu come back changed\n", seen, changed);
    assert_true(seen > 80);
    assert_int_equal(changed, 0);
}

static void test_file_errors(void **state)
{
    struct fixture *fixture = *state;
    static const char *const names[] = {FOLDER "/configs", FOLDER "/none",
                                        FOLDER "/configs/tiny-llama.json",
                                        "/dev/null", ""};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct error err = {0};
        assert_false(settings_read_file(&fixture->settings, &fixture->path,
                                        names[i], &err));
        assert_true(is_sentence(&err));
    }
    struct error err = {0};
    assert_true(settings_read_file(&fixture->settings, &fixture->path,
                                   FOLDER "/adapter-0.21/adapter_config.json",
                                   &err));
}

/* ---- changes to such a file ---------------------------------------------- */

/* A change to a file, and which releases read it. */
static const struct {
    const char *change;  /* keys to set */
    const char *removed; /* a key, or NULL */
    bool reads[2];       /* PEFT 0.18, 0.21 */
    const char *method;  /* the peft_type read */
} changes[] = {
    {"{\"no_such_key\": 1}", NULL, {true, true}, "LORA"},
    {"{\"no_such_key\": 1}", "peft_version", {true, true}, "LORA"},
    {"{\"no_such_key\": 1, \"peft_version\": \"99.0.0\"}",
     NULL,
     {true, true},
     "LORA"},
    {"{}", "r", {true, true}, "LORA"},
    {"{}", "peft_type", {false, false}, NULL},
    {"{\"peft_type\": \"lora\"}", NULL, {false, false}, NULL},
    {"{\"peft_type\": \"FOO\"}", NULL, {false, false}, NULL},
    {"{\"peft_type\": \"IA3\"}", NULL, {true, true}, "IA3"},
    {"{\"task_type\": \"FOO\"}", NULL, {false, false}, NULL},
    /* taken when read, but no such rank can be counted */
    {"{\"r\": \"16\"}", NULL, {false, false}, NULL},
    {"{\"r\": null}", NULL, {false, false}, NULL},
    {"{\"target_modules\": null}", NULL, {true, true}, "LORA"},
    {"{\"enable_lora\": null, \"merge_weights\": false}",
     NULL,
     {true, true},
     "LORA"},
    {"{\"runtime_config\": {\"ephemeral_gpu_offload\": false}}",
     NULL,
     {true, true},
     "LORA"},
    {"{\"eva_config\": {\"rho\": 2.0}}", NULL, {true, true}, "LORA"},
    {"{\"eva_config\": {\"zz\": 2.0}}", NULL, {true, true}, "LORA"},
    {"{\"rank_pattern\": null}", NULL, {true, true}, "LORA"},
    {"{\"loftq_config\": null}", NULL, {true, true}, "LORA"},
    {"{\"target_modules\": \"q_proj,v_proj\"}", NULL, {true, true}, "LORA"},
    {"{\"layers_pattern\": null, \"layers_to_transform\": null}",
     NULL,
     {true, true},
     "LORA"},
    {"{\"peft_type\": \"BONE\"}", NULL, {true, false}, "BONE"},
};

static bool read_and_counted(struct fixture *fixture, const json_t *config)
{
    struct error err = {0};
    struct count count = {0};
    struct model_options options = {.transformers = 5};
    if (!read_json(fixture, config)) {
        return false;
    }
    struct model *model = model_load(
        &fixture->path, FOLDER "/configs/tiny-llama.json", &options, &err);
    assert_non_null(model);
    bool counted = count_trainable(&model->inventory, &fixture->path,
                                   &fixture->settings, &count, &err);
    if (counted) {
        count_clear(&count);
    } else {
        assert_true(is_sentence(&err));
    }
    model_free(model);
    return counted;
}

static void check_change(struct fixture *fixture, size_t row,
                         enum peft_version peft)
{
    json_t *config = object_read(release_folders[peft]);
    json_t *change = json_loads(changes[row].change, 0, NULL);
    assert_non_null(config);
    assert_non_null(change);
    case_merge(config, change);
    if (changes[row].removed != NULL) {
        json_object_del(config, changes[row].removed);
    }
    settings_init(&fixture->settings, &fixture->strings);
    fixture->settings.peft = peft;
    bool reads = read_json(fixture, config);
    bool wanted = changes[row].reads[peft];
    if (!wanted && reads) {
        reads = read_and_counted(fixture, config); /* refused by then */
    }
    if (reads != wanted) {
        fail_msg("%s in PEFT %s: %s", changes[row].change,
                 peft_version_name(peft), reads ? "read" : "refused");
    }
    if (wanted) {
        assert_string_equal(fixture->settings.method->peft_type,
                            changes[row].method);
    }
    json_decref(config);
    json_decref(change);
}

static void test_changes(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        check_change(fixture, i, PEFT_0_18);
        check_change(fixture, i, PEFT_0_21);
    }
}

/* PEFT's default takes the place of a key that is missing. */
static void test_defaults(void **state)
{
    struct fixture *fixture = *state;
    assert_true(read_text(fixture, "{\"peft_type\": \"LORA\"}"));
    assert_int_equal(fixture->settings.rank, 8);
    assert_true(fixture->settings.alpha > 7.5 && fixture->settings.alpha < 8.5);
    assert_true(read_text(fixture, "{\"peft_type\": \"VERA\"}"));
    assert_int_equal(fixture->settings.rank, 256);
    assert_true(read_text(fixture, "{\"peft_type\": \"ADALORA\","
                                   "\"total_step\": 10}"));
    assert_int_equal(fixture->settings.rank, 12);
}

/* What PEFT ignores is written as it was read. */
static void test_unknown_kept(void **state)
{
    struct fixture *fixture = *state;
    assert_true(read_text(fixture,
                          "{\"peft_type\": \"LORA\", \"zeta\": [1, {\"a\": "
                          "null, \"b\": \"\\u00e9\"}], \"r\": 4,"
                          "\"x\": {\"y\": {\"z\": [true, 0.5]}}}"));
    json_t *ours = written_new(fixture);
    json_t *wanted = json_pack("{s:[i,{s:n,s:s}], s:{s:{s:[b,f]}}}", "zeta", 1,
                               "a", "b", "\xc3\xa9", "x", "y", "z", 1, 0.5);
    json_t *got = json_pack("{s:O, s:O}", "zeta", json_object_get(ours, "zeta"),
                            "x", json_object_get(ours, "x"));
    assert_true(equal_configs("unknown", wanted, got));
    assert_int_equal(case_number(ours, "r"), 4);
    json_decref(ours);
    json_decref(wanted);
    json_decref(got);
}

/* ---- broken values ------------------------------------------------------- */

/* Wrong types, which PEFT may read but cannot make an adapter from. */
static void test_wrong_types(void **state)
{
    struct fixture *fixture = *state;
    static const char *const wrong[] = {
        "\"r\": []",
        "\"r\": {}",
        "\"r\": \"eight\"",
        "\"r\": 8.5",
        "\"r\": -8",
        "\"r\": 1e400",
        "\"r\": NaN",
        "\"r\": 9223372036854775808",
        "\"r\": 9223372036854775807",
        "\"r\": -9223372036854775809",
        "\"lora_alpha\": \"16\"",
        "\"lora_alpha\": {}",
        "\"lora_alpha\": null",
        "\"target_modules\": 5",
        "\"target_modules\": [1, 2]",
        "\"target_modules\": [[\"q_proj\"]]",
        "\"target_modules\": true",
        "\"rank_pattern\": [1]",
        "\"rank_pattern\": {\"q_proj\": \"x\"}",
        "\"rank_pattern\": {\"q_proj\": [2]}",
        "\"alpha_pattern\": 7",
        "\"layers_to_transform\": \"all\"",
        "\"modules_to_save\": 5",
        "\"task_type\": 5",
        "\"peft_type\": 5",
        "\"peft_type\": null",
        "\"peft_type\": [\"LORA\"]",
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        char text[256];
        snprintf(text, sizeof(text),
                 "{\"peft_type\": \"LORA\", \"target_modules\": [\"q_proj\"], "
                 "%s}",
                 wrong[i]);
        settings_init(&fixture->settings, &fixture->strings);
        bool read = read_text(fixture, text);
        if (read) {
            json_t *again = written_new(fixture);
            read = read_and_counted(fixture, again);
            json_decref(again);
        }
        if (read) {
            fail_msg("%s is taken", wrong[i]);
        }
    }
}

/* Numbers and bytes at the edge of JSON: read or refused, never worse. */
static void test_edges(void **state)
{
    struct fixture *fixture = *state;
    static const char *const edges[] = {
        "{\"peft_type\": \"LORA\", \"x\": 99999999999999999999999999}",
        "{\"peft_type\": \"LORA\", \"x\": 1e400}",
        "{\"peft_type\": \"LORA\", \"x\": -1e-400}",
        "{\"peft_type\": \"LORA\", \"x\": NaN, \"y\": [-Infinity]}",
        "{\"peft_type\": \"LORA\", \"lora_alpha\": NaN}",
        "{\"peft_type\": \"LORA\", \"lora_alpha\": Infinity}",
        "{\"peft_type\": \"LORA\", \"lora_alpha\": 1e308}",
        "{\"peft_type\": \"LORA\", \"lora_alpha\": 9223372036854775807}",
        "{\"peft_type\": \"LORA\", \"lora_alpha\": 0.30000000000000004}",
        "{\"peft_type\": \"LORA\", \"x\": \"\\ud800\"}",
        "{\"peft_type\": \"LORA\", \"\\u0000\": 1}",
        "{\"peft_type\": \"LORA\", \"target_modules\": [\"\\u0000\"]}",
        "{\"peft_type\": \"LORA\", \"target_modules\": [\"a,b\", \"\"]}",
        "{\"peft_type\": \"LORA\", \"target_modules\": [\"\\u001f\"]}",
        "{\"peft_type\": \"LORA\", \"target_modules\": \"(\"}",
        "{\"peft_type\": \"LORA\", \"\": {\"\": []}}",
    };
    for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
        settings_init(&fixture->settings, &fixture->strings);
        if (read_text(fixture, edges[i])) {
            struct text out = {0};
            struct error err = {0};
            bool written =
                settings_write(&fixture->settings, &fixture->path, &out, &err);
            assert_true(written || is_sentence(&err));
            text_clear(&out);
        }
    }
}

/* A name with a comma is one name when it comes back. */
static void test_comma_in_name(void **state)
{
    struct fixture *fixture = *state;
    assert_true(read_text(fixture, "{\"peft_type\": \"LORA\", "
                                   "\"target_modules\": [\"a,b\", \"c\"]}"));
    json_t *ours = written_new(fixture);
    json_t *wanted = json_pack("{s:[s,s]}", "target_modules", "a,b", "c");
    json_t *got = json_pack("{s:O}", "target_modules",
                            json_object_get(ours, "target_modules"));
    assert_true(equal_configs("comma", wanted, got));
    json_decref(ours);
    json_decref(wanted);
    json_decref(got);
}

/* Reals come back to the last digit. */
static void test_reals(void **state)
{
    struct fixture *fixture = *state;
    assert_true(read_text(fixture, "{\"peft_type\": \"LORA\", \"lora_alpha\": "
                                   "0.30000000000000004, \"lora_dropout\": "
                                   "0.1, \"x\": 1e-300}"));
    json_t *ours = written_new(fixture);
    json_t *wanted =
        json_pack("{s:f, s:f, s:f}", "lora_alpha", 0.30000000000000004,
                  "lora_dropout", 0.1, "x", 1e-300);
    json_t *got = json_pack("{s:O, s:O, s:O}", "lora_alpha",
                            json_object_get(ours, "lora_alpha"), "lora_dropout",
                            json_object_get(ours, "lora_dropout"), "x",
                            json_object_get(ours, "x"));
    assert_true(equal_configs("reals", wanted, got));
    json_decref(ours);
    json_decref(wanted);
    json_decref(got);
}

static void test_mark_and_doubles(void **state)
{
    struct fixture *fixture = *state;
    assert_true(read_text(fixture, "\xef\xbb\xbf{\"peft_type\": \"LORA\"}"));
    assert_true(read_text(fixture, "{\"peft_type\": \"FOO\", \"r\": 3, \"r\": "
                                   "5, \"peft_type\": \"LORA\"}"));
    assert_int_equal(fixture->settings.rank, 5);
}

static void test_deep(void **state)
{
    struct fixture *fixture = *state;
    static const size_t depths[] = {100, 3000, 200000};
    for (size_t i = 0; i < sizeof(depths) / sizeof(depths[0]); i++) {
        struct text text = {0};
        text_append(&text, "{\"peft_type\": \"LORA\", \"x\": ");
        for (size_t k = 0; k < depths[i]; k++) {
            text_append(&text, "[");
        }
        for (size_t k = 0; k < depths[i]; k++) {
            text_append(&text, "]");
        }
        text_append(&text, "}");
        bool read = read_text(fixture, text_string(&text));
        assert_true(depths[i] > 2000 ? !read : read);
        text_clear(&text);
    }
}

/* A file cut off anywhere is refused. */
static void test_cut(void **state)
{
    struct fixture *fixture = *state;
    struct error err = {0};
    char *data = NULL;
    size_t length = 0;
    assert_true(file_read(FOLDER "/adapter-0.21/adapter_config.json", 1 << 20,
                          &data, &length, &err));
    for (size_t i = 0; i < length - 1; i++) {
        assert_false(read_bytes(fixture, data, i, &err));
    }
    assert_true(read_bytes(fixture, data, length, &err));
    memory_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_releases),     FIXTURE_TEST(test_keys_are_sorted),
        FIXTURE_TEST(test_every_method), FIXTURE_TEST(test_file_errors),
        FIXTURE_TEST(test_changes),      FIXTURE_TEST(test_defaults),
        FIXTURE_TEST(test_unknown_kept), FIXTURE_TEST(test_wrong_types),
        FIXTURE_TEST(test_edges),        FIXTURE_TEST(test_comma_in_name),
        FIXTURE_TEST(test_reals),        FIXTURE_TEST(test_mark_and_doubles),
        FIXTURE_TEST(test_deep),         FIXTURE_TEST(test_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
