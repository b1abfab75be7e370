/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Why the system refused something with a file, as one sentence.
 */
#include "base/file_reason.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

struct reason {
    int number;
    const char *text;
};

/* The ones that a user can do something about say what. */
static const struct reason reasons[] = {
    {EACCES, "permission denied; check who may read and write there"},
    {EPERM, "the system does not permit it; check who owns it"},
    {ENOENT, "no such file or folder; check the spelling"},
    {ENOTDIR, "a part of the path is not a folder"},
    {EISDIR, "it is a folder; name a file in it"},
    {ENOSPC, "no space is left on the device; free some and try again"},
    {EDQUOT, "the disk quota is used up; free some space and try again"},
    {EFBIG, "the file would be larger than is allowed there"},
    {EROFS, "the file system is read-only; choose another folder"},
    {EEXIST, "it exists already; choose another name or ask to replace it"},
    {ENAMETOOLONG, "the name is too long"},
    {ELOOP, "its symbolic links go round in a circle"},
    {EMFILE, "too many files are open; close some and try again"},
    {ENFILE, "too many files are open; close some and try again"},
    {EIO, "the device reports an input or output error"},
};

bool file_fail(struct error *err, const char *verb, const char *path,
               int number)
{
    char text[128];

    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if (reasons[i].number == number) {
            return error_set(err, ERROR_IO, "cannot %s \"%.300s\": %s", verb,
                             path, reasons[i].text);
        }
    }
    if (strerror_r(number, text, sizeof text) != 0) {
        text[0] = '\0';
    }
    return error_set(err, ERROR_IO, "cannot %s \"%.300s\": %s (error %d)", verb,
                     path, text, number);
}

const char *file_kind(mode_t mode)
{
    if (S_ISDIR(mode)) {
        return "a folder";
    }
    if (S_ISFIFO(mode)) {
        return "a named pipe";
    }
    if (S_ISSOCK(mode)) {
        return "a socket";
    }
    return S_ISCHR(mode) || S_ISBLK(mode) ? "a device" : "not a regular file";
}
