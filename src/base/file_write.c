/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files written so that they hold everything or are untouched.
 *
 * The bytes go to a temporary file in the same folder and reach the disk
 * before link (for a new name) or rename (for an existing one) shows them.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file_reason.h"
#include "base/text.h"

enum {
    LINKS_FOLLOWED = 40, /* as many as the kernel does */
    NAMES_TRIED = 100,   /* left-over temporary files that may be in the way */
};

/* The folder part of PATH with its slash, or "" for the current folder. */
static void append_folder(struct text *out, const char *path)
{
    const char *slash = strrchr(path, '/');

    text_append_bytes(out, path,
                      slash != NULL ? (size_t)(slash - path) + 1 : 0);
}

/* One step along a symbolic link: *path becomes what it points to. */
static bool follow_link(struct text *path, bool *followed, struct error *err)
{
    char target[PATH_MAX];
    ssize_t length = readlink(path->data, target, sizeof target);
    struct text next = {0};

    *followed = length >= 0;
    if (length < 0) {
        return true; /* no link, or nothing there: this is the name to use */
    }
    if ((size_t)length >= sizeof target) {
        return file_fail(err, "write", path->data, ENAMETOOLONG);
    }
    if (target[0] != '/') {
        append_folder(&next, path->data);
    }
    text_append_bytes(&next, target, (size_t)length);
    text_clear(path);
    *path = next;
    return text_ok(path, err);
}

/* Where PATH's symbolic links lead in the end, which need not exist. */
static bool resolve_links(struct text *path, struct error *err)
{
    bool followed = true;

    for (int i = 0; i < LINKS_FOLLOWED; i++) {
        if (!follow_link(path, &followed, err)) {
            return false;
        }
        if (!followed) {
            return true;
        }
    }
    return file_fail(err, "write", path->data, ELOOP);
}

/* Create a file with a new name beside TARGET; umask decides its permissions. */
static int open_temporary(const char *target, struct text *name,
                          struct error *err)
{
    for (int i = 0; i < NAMES_TRIED; i++) {
        int fd;

        text_clear(name);
        append_folder(name, target);
        text_appendf(name, ".loraexplore-%ld-%d", (long)getpid(), i);
        if (!text_ok(name, err)) {
            return -1;
        }
        fd = open(name->data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0) {
            return fd;
        }
        if (errno != EEXIST) {
            break;
        }
    }
    (void)file_fail(err, "write", target, errno);
    return -1;
}

static bool write_bytes(int fd, const unsigned char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t wrote = write(fd, bytes, length);

        if (wrote < 0 && errno != EINTR) {
            return false;
        }
        if (wrote > 0) {
            bytes += wrote;
            length -= (size_t)wrote;
        }
    }
    /* Some file systems cannot fsync and say EINVAL. */
    return fsync(fd) == 0 || errno == EINVAL;
}

/* Give the temporary file its final name where nothing may be replaced. */
static bool publish_new(const char *temporary, const char *target)
{
    int fd;

    if (link(temporary, target) == 0) {
        (void)unlink(temporary);
        return true;
    }
    if (errno == EEXIST || errno == ENOENT) {
        return false;
    }
    /* No hard links there: take the name with an empty file, then rename. */
    fd = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0) {
        return false;
    }
    (void)close(fd);
    if (rename(temporary, target) != 0) {
        int number = errno;

        (void)unlink(target);
        errno = number;
        return false;
    }
    return true;
}

/* The new name itself has to reach the disk; no harm where that cannot be. */
static void sync_folder(const char *target)
{
    struct text folder = {0};
    int fd;

    append_folder(&folder, target);
    text_append(&folder, ".");
    fd = folder.failed ? -1 : open(folder.data, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        (void)close(fd);
    }
    text_clear(&folder);
}

/* What stands at TARGET may be replaced; *mode gets its permissions. */
static bool check_target(const char *target, bool replace, mode_t *mode,
                         struct error *err)
{
    struct stat info;

    if (lstat(target, &info) != 0) {
        *mode = 0;
        return errno == ENOENT || file_fail(err, "write", target, errno);
    }
    if (!S_ISREG(info.st_mode) && !S_ISLNK(info.st_mode)) {
        return error_set(
            err, ERROR_IO,
            "cannot write \"%.300s\": it is %s; choose another name", target,
            file_kind(info.st_mode));
    }
    if (!replace) {
        return file_fail(err, "write", target, EEXIST);
    }
    if (access(target, W_OK) != 0) {
        return file_fail(err, "write", target, errno);
    }
    *mode = info.st_mode & 0777;
    return true;
}

/* A temporary file on its way to become the target. */
struct draft {
    int fd;
    const char *temporary;
    const char *target;
    mode_t mode; /* permissions of the file that goes, 0 when there is none */
    bool replace;
};

/* Fill, close and publish the temporary file; false with errno set. */
static bool finish_draft(const struct draft *draft, const void *data,
                         size_t length)
{
    bool good = write_bytes(draft->fd, data, length);
    int number = errno;

    if (good && draft->mode != 0) {
        (void)fchmod(draft->fd, draft->mode);
    }
    if (close(draft->fd) != 0 && good) {
        return false;
    }
    if (!good) {
        errno = number;
        return false;
    }
    return draft->replace ? rename(draft->temporary, draft->target) == 0
                          : publish_new(draft->temporary, draft->target);
}

static bool write_target(const char *target, const void *data, size_t length,
                         bool replace, struct error *err)
{
    struct text temporary = {0};
    struct draft draft = {.target = target, .replace = replace};
    bool done = false;

    if (!check_target(target, replace, &draft.mode, err)) {
        return false;
    }
    draft.fd = open_temporary(target, &temporary, err);
    if (draft.fd >= 0) {
        draft.temporary = temporary.data;
        done = finish_draft(&draft, data, length);
        if (done) {
            sync_folder(target);
        } else {
            (void)file_fail(err, "write", target, errno);
            (void)unlink(temporary.data);
        }
    }
    text_clear(&temporary);
    return done;
}

bool file_write(const char *path, const void *data, size_t length, bool replace,
                struct error *err)
{
    struct text target = {0};
    bool done;

    if (path[0] == '\0' || text_ends(path, "/")) {
        return error_set(err, ERROR_IO,
                         "cannot write \"%.300s\": it does not name a file",
                         path);
    }
    text_append(&target, path);
    if (!text_ok(&target, err)) {
        text_clear(&target);
        return false;
    }
    done = (!replace || resolve_links(&target, err)) &&
           write_target(target.data, data, length, replace, err);
    text_clear(&target);
    return done;
}
