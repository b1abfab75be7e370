/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests of base/resource: built-in data, overrides, and names that escape.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/resource.h"

static char folder[] = "/tmp/loraexplore-test-XXXXXX";

static int make_folder(void **state)
{
    struct error err;

    (void)state;
    (void)setenv("XDG_DATA_HOME", "/nonexistent", 1);
    if (mkdtemp(folder) == NULL || chdir(folder) != 0 ||
        mkdir("models", 0700) != 0) {
        return -1;
    }
    return file_write("models/mine.json", "{}", 2, false, &err) &&
                   file_write("outside", "secret", 6, false, &err)
               ? 0
               : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    (void)unlink("models/mine.json");
    (void)unlink("outside");
    (void)rmdir("models");
    return chdir("/") == 0 ? rmdir(folder) : -1;
}

static void test_builtin_names_are_sorted_and_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < resource_builtin_count; i++) {
        const struct resource *resource = &resource_builtin[i];

        assert_int_equal(resource->data[resource->length], 0);
        assert_true(i == 0 || strcmp(resource[-1].name, resource->name) < 0);
    }
}

static void test_reads_every_builtin(void **state)
{
    const struct resource_path none = {0};
    struct error err = {0};

    (void)state;
    for (size_t i = 0; i < resource_builtin_count; i++) {
        const char *data = NULL;
        size_t length = 0;
        char *owned = NULL;

        assert_true(resource_read(&none, resource_builtin[i].name, &data,
                                  &length, &owned, &err));
        assert_ptr_equal(data, resource_builtin[i].data);
        assert_null(owned);
    }
}

static void test_override_comes_first(void **state)
{
    struct resource_path path;
    struct file_names names;
    struct error err = {0};
    const char *data = NULL;
    size_t length = 0;
    char *owned = NULL;
    bool listed = false;

    (void)state;
    assert_true(resource_path_init(&path, folder, &err));
    assert_string_equal(path.folders[0], folder);
    assert_true(
        resource_read(&path, "models/mine.json", &data, &length, &owned, &err));
    assert_string_equal(data, "{}");
    assert_ptr_equal(data, owned);
    memory_free(owned);
    assert_true(resource_list(&path, "models", ".json", &names, &err));
    for (size_t i = 0; i < names.count; i++) {
        listed = listed || strcmp(names.items[i], "mine") == 0;
        assert_true(i == 0 || strcmp(names.items[i - 1], names.items[i]) < 0);
    }
    assert_true(listed);
    file_names_clear(&names);
    resource_path_clear(&path);
}

static void test_names_cannot_escape(void **state)
{
    static const char *const bad[] = {"../outside",        "models/../outside",
                                      "/etc/passwd",       "",
                                      "models//mine.json", "models/.."};
    struct resource_path path;
    struct error err = {0};
    const char *data = NULL;
    size_t length = 0;
    char *owned = NULL;

    (void)state;
    assert_true(resource_path_init(&path, folder, &err));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(
            resource_read(&path, bad[i], &data, &length, &owned, &err));
        assert_int_equal(err.code, ERROR_NOT_FOUND);
        assert_null(owned);
    }
    resource_path_clear(&path);
}

static void test_missing_presets_folder(void **state)
{
    struct resource_path path;
    struct error err = {0};

    (void)state;
    assert_false(resource_path_init(&path, "/nonexistent/presets", &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    assert_non_null(strstr(err.message, "/nonexistent/presets"));
}

static void test_survives_without_memory(void **state)
{
    struct error err = {0};
    bool done = false;

    (void)state;
    for (uint64_t n = 1; !done; n++) {
        struct resource_path path;
        struct file_names names = {0};

        memory_fail_after(n);
        done = resource_path_init(&path, folder, &err);
        if (done) {
            done = resource_list(&path, "models", ".json", &names, &err);
            file_names_clear(&names);
            resource_path_clear(&path);
        }
        assert_true(done || err.code == ERROR_MEMORY);
    }
    memory_fail_after(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_builtin_names_are_sorted_and_whole),
        cmocka_unit_test(test_reads_every_builtin),
        cmocka_unit_test(test_override_comes_first),
        cmocka_unit_test(test_names_cannot_escape),
        cmocka_unit_test(test_missing_presets_folder),
        cmocka_unit_test(test_survives_without_memory),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
