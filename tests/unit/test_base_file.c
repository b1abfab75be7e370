/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests of base/file in a folder of their own: kinds, limits, atomic writing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/text.h"

/* The test's folder is the current one while a test runs. */
static int enter_folder(void **state)
{
    char folder[] = "/tmp/loraexplore-test-XXXXXX";
    struct error err;
    char *copy;

    if (mkdtemp(folder) == NULL || chdir(folder) != 0) {
        return -1;
    }
    copy = memory_new(sizeof folder, 1, &err);
    if (copy == NULL) {
        return -1;
    }
    memcpy(copy, folder, sizeof folder);
    *state = copy;
    return 0;
}

static int leave_folder(void **state)
{
    struct file_names names;
    struct error err;
    bool left;

    (void)chmod(".", 0700);
    if (file_list(".", "", &names, &err)) {
        for (size_t i = 0; i < names.count; i++) {
            (void)remove(names.items[i]);
        }
        file_names_clear(&names);
    }
    left = chdir("/") == 0 && rmdir(*state) == 0;
    memory_free(*state);
    return left ? 0 : -1;
}

static void check_content(const char *path, const char *expected)
{
    struct error err = {0};
    char *data = NULL;
    size_t length = 0;

    assert_true(file_read(path, 1000, &data, &length, &err));
    assert_int_equal(length, strlen(expected));
    assert_string_equal(data, expected);
    memory_free(data);
}

static void check_refused(const char *path, const char *why)
{
    struct error err = {0};
    char *data = NULL;
    size_t length = 0;

    assert_false(file_read(path, 1000, &data, &length, &err));
    if (strstr(err.message, why) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", err.message, why);
    }
    assert_null(data);
}

static void test_reads_whole_files(void **state)
{
    struct error err = {0};

    (void)state;
    assert_true(file_write("a", "hello", 5, false, &err));
    check_content("a", "hello");
    assert_true(file_write("b", "", 0, false, &err));
    check_content("b", "");
}

static void test_refuses_other_kinds(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    (void)state;
    assert_int_equal(mkfifo("pipe", 0600), 0);
    assert_int_equal(mkdir("folder", 0700), 0);
    (void)snprintf(address.sun_path, sizeof address.sun_path, "socket");
    assert_int_equal(
        bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    check_refused("pipe", "named pipe");
    check_refused("folder", "folder");
    check_refused("socket", "socket");
    check_refused("/dev/zero", "device");
    check_refused("missing", "no such file");
    (void)close(fd);
}

static void test_refuses_size_before_reading(void **state)
{
    int fd = open("sparse", O_CREAT | O_WRONLY, 0600);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, 10000000000), 0);
    (void)close(fd);
    check_refused("sparse", "10000000000");
}

static void test_limit_is_inclusive(void **state)
{
    struct error err = {0};
    char *data = NULL;
    size_t length = 0;

    (void)state;
    assert_true(file_write("five", "12345", 5, false, &err));
    assert_true(file_read("five", 5, &data, &length, &err));
    memory_free(data);
    assert_false(file_read("five", 4, &data, &length, &err));
    assert_int_equal(err.code, ERROR_RANGE);
}

static void test_reads_standard_input(void **state)
{
    struct error err = {0};
    char *data = NULL;
    size_t length = 0;
    int ends[2];
    int saved = dup(STDIN_FILENO);

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "{\"r\": 8}", 8), 8);
    (void)close(ends[1]);
    assert_true(dup2(ends[0], STDIN_FILENO) >= 0);
    (void)close(ends[0]);
    assert_true(file_read("-", 100, &data, &length, &err));
    assert_string_equal(data, "{\"r\": 8}");
    memory_free(data);
    (void)dup2(saved, STDIN_FILENO);
    (void)close(saved);
}

static void test_standard_input_has_a_limit(void **state)
{
    struct error err = {0};
    char *data = NULL;
    size_t length = 0;
    int saved = dup(STDIN_FILENO);
    int zero = open("/dev/zero", O_RDONLY);

    (void)state;
    assert_true(dup2(zero, STDIN_FILENO) >= 0);
    (void)close(zero);
    assert_false(file_read("-", 1 << 20, &data, &length, &err));
    assert_int_equal(err.code, ERROR_RANGE);
    (void)dup2(saved, STDIN_FILENO);
    (void)close(saved);
}

static void test_replaces_only_when_asked(void **state)
{
    struct error err = {0};
    struct stat info;

    (void)state;
    assert_true(file_write("a", "one", 3, false, &err));
    assert_false(file_write("a", "two", 3, false, &err));
    assert_non_null(strstr(err.message, "exists"));
    check_content("a", "one");
    assert_int_equal(chmod("a", 0640), 0);
    assert_true(file_write("a", "two", 3, true, &err));
    check_content("a", "two");
    assert_int_equal(stat("a", &info), 0);
    assert_int_equal(info.st_mode & 0777, 0640);
    assert_true(file_write("new", "x", 1, true, &err));
}

static void test_links_stay_links(void **state)
{
    struct error err = {0};
    struct stat info;

    (void)state;
    assert_true(file_write("target", "old", 3, false, &err));
    assert_int_equal(symlink("target", "link"), 0);
    assert_int_equal(symlink("nowhere", "dangling"), 0);
    assert_int_equal(symlink("circle", "circle"), 0);
    assert_false(file_write("link", "new", 3, false, &err));
    assert_false(file_write("dangling", "new", 3, false, &err));
    assert_false(file_write("circle", "new", 3, true, &err));
    assert_true(file_write("link", "new", 3, true, &err));
    assert_true(file_write("dangling", "made", 4, true, &err));
    check_content("target", "new");
    check_content("nowhere", "made");
    assert_int_equal(lstat("link", &info), 0);
    assert_true(S_ISLNK(info.st_mode));
}

static void test_failed_write_leaves_nothing(void **state)
{
    struct file_names names;
    struct error err = {0};

    (void)state;
    assert_int_equal(mkdir("folder", 0700), 0);
    assert_false(file_write("folder", "x", 1, true, &err));
    assert_non_null(strstr(err.message, "folder"));
    assert_false(file_write("missing/x", "x", 1, false, &err));
    assert_non_null(strstr(err.message, "no such file or folder"));
    assert_false(file_write("/dev/full", "x", 1, true, &err));
    assert_false(file_write("", "x", 1, true, &err));
    assert_false(file_write("folder/", "x", 1, true, &err));
    assert_true(file_list(".", "", &names, &err));
    assert_int_equal(names.count, 1);
    file_names_clear(&names);
}

static void test_read_only_folder_is_named(void **state)
{
    struct error err = {0};

    (void)state;
    assert_int_equal(chmod(".", 0555), 0);
    if (geteuid() == 0 && seteuid(65534) != 0) {
        skip(); /* root writes everywhere */
    }
    assert_false(file_write("a", "x", 1, false, &err));
    assert_int_equal(seteuid(getuid()), 0);
    assert_non_null(strstr(err.message, "permission denied"));
}

static void test_lists_sorted_by_byte(void **state)
{
    struct file_names names;
    struct error err = {0};

    (void)state;
    assert_true(file_write("b.json", "", 0, false, &err));
    assert_true(file_write("a.json", "", 0, false, &err));
    assert_true(file_write("Z.json", "", 0, false, &err));
    assert_true(file_write("a.txt", "", 0, false, &err));
    assert_true(file_list(".", ".json", &names, &err));
    assert_int_equal(names.count, 3);
    assert_string_equal(names.items[0], "Z.json");
    assert_string_equal(names.items[2], "b.json");
    file_names_clear(&names);
    assert_true(file_list("missing", "", &names, &err));
    assert_int_equal(names.count, 0);
    assert_false(file_list("a.txt", "", &names, &err));
}

static void test_paths(void **state)
{
    struct error err = {0};
    char *path = file_join_new("a", "b", &err);

    (void)state;
    assert_string_equal(path, "a/b");
    memory_free(path);
    path = file_join_new("/", "b", &err);
    assert_string_equal(path, "/b");
    memory_free(path);
    (void)setenv("XDG_DATA_HOME", "relative", 1);
    (void)setenv("HOME", "/home/ada", 1);
    path = file_data_home_new(&err);
    assert_string_equal(path, "/home/ada/.local/share/loraexplore");
    memory_free(path);
    (void)unsetenv("HOME");
    assert_null(file_data_home_new(&err));
    assert_int_equal(err.code, ERROR_NONE);
}

/* Every request for memory may fail; no leak, no temporary file stays. */
static void test_survives_without_memory(void **state)
{
    struct error err = {0};
    char *data = NULL;
    size_t length = 0;
    bool done = false;

    (void)state;
    for (uint64_t n = 1; !done; n++) {
        memory_fail_after(n);
        done = file_write("a", "x", 1, true, &err) &&
               file_read("a", 10, &data, &length, &err);
        assert_true(done || err.code == ERROR_MEMORY);
        assert_true(n < 100);
    }
    memory_fail_after(0);
    memory_free(data);
}

#define IN_FOLDER(test) \
    cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_reads_whole_files),
        IN_FOLDER(test_refuses_other_kinds),
        IN_FOLDER(test_refuses_size_before_reading),
        IN_FOLDER(test_limit_is_inclusive),
        IN_FOLDER(test_reads_standard_input),
        IN_FOLDER(test_standard_input_has_a_limit),
        IN_FOLDER(test_replaces_only_when_asked),
        IN_FOLDER(test_links_stay_links),
        IN_FOLDER(test_failed_write_leaves_nothing),
        IN_FOLDER(test_read_only_folder_is_named),
        IN_FOLDER(test_lists_sorted_by_byte),
        IN_FOLDER(test_paths),
        IN_FOLDER(test_survives_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
