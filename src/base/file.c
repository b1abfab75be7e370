/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files: read whole and bounded, join paths, list folders.
 */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file_reason.h"
#include "base/text.h"

/* Bytes of the first read where the size is not known beforehand. */
enum { READ_FIRST = 65536 };

static bool fail_size(struct error *err, const char *path, uint64_t size,
                      uint64_t limit)
{
    return error_set(
        err, ERROR_RANGE,
        "\"%.300s\" holds %llu bytes and at most %llu are read here; "
        "check that it is the right file",
        path, (unsigned long long)size, (unsigned long long)limit);
}

static bool check_kind(const char *path, const struct stat *info,
                       struct error *err)
{
    if (S_ISREG(info->st_mode)) {
        return true;
    }
    return error_set(err, ERROR_IO,
                     "cannot read \"%.300s\": it is %s; name a regular file",
                     path, file_kind(info->st_mode));
}

/* Refused by its kind before it is opened (opening a device can act on it) and
 * again after, when nobody can exchange it any more.  O_NONBLOCK is for the
 * pipe that takes the file's place in between.
 */
static int open_regular(const char *path, struct stat *info, struct error *err)
{
    int fd;

    if (stat(path, info) != 0) {
        (void)file_fail(err, "read", path, errno);
        return -1;
    }
    if (!check_kind(path, info, err)) {
        return -1;
    }
    fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        (void)file_fail(err, "read", path, errno);
        return -1;
    }
    if (fstat(fd, info) != 0) {
        (void)file_fail(err, "read", path, errno);
        (void)close(fd);
        return -1;
    }
    if (!check_kind(path, info, err)) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

/* One read, waiting where a standard input is set not to block. */
static ssize_t read_some(int fd, char *buffer, size_t size)
{
    for (;;) {
        ssize_t got = read(fd, buffer, size);

        if (got >= 0) {
            return got;
        }
        if (errno == EAGAIN) {
            struct pollfd wait = {.fd = fd, .events = POLLIN};

            if (poll(&wait, 1, -1) < 0 && errno != EINTR) {
                return -1;
            }
        } else if (errno != EINTR) {
            return -1;
        }
    }
}

/* Everything up to the end, at most LIMIT bytes; ROOM bytes are expected. */
static bool read_all(int fd, const char *path, uint64_t limit, size_t room,
                     char **data, size_t *length, struct error *err)
{
    size_t capacity = 0;
    size_t used = 0;
    char *buffer = memory_grow(NULL, &capacity, room + 1, 1, err);
    ssize_t got = 1;

    if (buffer == NULL) {
        return false;
    }
    while (got > 0) {
        char *grown = memory_grow(buffer, &capacity, used + 2, 1, err);

        if (grown == NULL) {
            break;
        }
        buffer = grown;
        got = read_some(fd, buffer + used, capacity - used - 1);
        if (got < 0) {
            (void)file_fail(err, "read", path, errno);
            break;
        }
        used += (size_t)got;
        if (used > limit) {
            (void)fail_size(err, path, used, limit);
            break;
        }
    }
    if (got != 0) {
        memory_free(buffer);
        return false;
    }
    buffer[used] = '\0';
    *data = buffer;
    *length = used;
    return true;
}

bool file_read(const char *path, uint64_t limit, char **data, size_t *length,
               struct error *err)
{
    struct stat info;
    bool done;
    int fd;

    if (strcmp(path, "-") == 0) {
        return read_all(STDIN_FILENO, "standard input", limit, READ_FIRST, data,
                        length, err);
    }
    fd = open_regular(path, &info, err);
    if (fd < 0) {
        return false;
    }
    if (info.st_size > 0 && (uint64_t)info.st_size > limit) {
        (void)close(fd);
        return fail_size(err, path, (uint64_t)info.st_size, limit);
    }
    /* One byte more than the size, so that the end is met without growing. */
    done =
        read_all(fd, path, limit, (size_t)info.st_size + 1, data, length, err);
    (void)close(fd);
    return done;
}

bool file_is_regular(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

bool file_is_folder(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool file_exists(const char *path)
{
    struct stat info;

    return lstat(path, &info) == 0;
}

char *file_join_new(const char *folder, const char *name, struct error *err)
{
    struct text path = {0};

    text_append(&path, folder);
    if (!text_ends(folder, "/")) {
        text_append(&path, "/");
    }
    text_append(&path, name);
    if (!text_ok(&path, err)) {
        text_clear(&path);
        return NULL;
    }
    return path.data;
}

char *file_data_home_new(struct error *err)
{
    const char *data = getenv("XDG_DATA_HOME");
    const char *home = getenv("HOME");

    if (data != NULL && data[0] == '/') {
        return file_join_new(data, "loraexplore", err);
    }
    if (home != NULL && home[0] == '/') {
        return file_join_new(home, ".local/share/loraexplore", err);
    }
    return NULL;
}

static bool add_name(struct file_names *names, size_t *capacity,
                     const char *name, struct error *err)
{
    size_t size = strlen(name) + 1;
    char **items = memory_grow(names->items, capacity, names->count + 1,
                               sizeof *items, err);
    char *copy;

    if (items == NULL) {
        return false;
    }
    names->items = items;
    copy = memory_new(size, 1, err);
    if (copy == NULL) {
        return false;
    }
    memcpy(copy, name, size);
    names->items[names->count++] = copy;
    return true;
}

static bool collect_names(DIR *stream, const char *folder, const char *suffix,
                          struct file_names *names, struct error *err)
{
    size_t capacity = 0;
    const struct dirent *entry;

    for (;;) {
        errno = 0;
        entry = readdir(stream);
        if (entry == NULL) {
            return errno == 0 || file_fail(err, "list", folder, errno);
        }
        if (strcmp(entry->d_name, ".") == 0 ||
            strcmp(entry->d_name, "..") == 0 ||
            !text_ends(entry->d_name, suffix)) {
            continue;
        }
        if (!add_name(names, &capacity, entry->d_name, err)) {
            return false;
        }
    }
}

static int compare_names(const void *a, const void *b)
{
    const char *const *first = a;
    const char *const *second = b;

    return strcmp(*first, *second);
}

bool file_list(const char *folder, const char *suffix, struct file_names *names,
               struct error *err)
{
    DIR *stream = opendir(folder);
    bool done;

    *names = (struct file_names){0};
    if (stream == NULL) {
        return errno == ENOENT || file_fail(err, "list", folder, errno);
    }
    done = collect_names(stream, folder, suffix, names, err);
    (void)closedir(stream);
    if (!done) {
        file_names_clear(names);
        return false;
    }
    if (names->count > 1) {
        qsort(names->items, names->count, sizeof *names->items, compare_names);
    }
    return true;
}

void file_names_clear(struct file_names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        memory_free(names->items[i]);
    }
    memory_free(names->items);
    *names = (struct file_names){0};
}
