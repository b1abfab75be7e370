/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files: read whole and bounded, write atomically, and where things live.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

/* Read a regular file (or standard input for "-") of at most LIMIT bytes.
 *
 * *data is NUL-terminated and the caller's to memory_free; *length excludes
 * the NUL.  FIFOs, devices, sockets and folders are refused without blocking.
 */
bool file_read(const char *path, uint64_t limit, char **data, size_t *length,
               struct error *err);

bool file_is_regular(const char *path);
bool file_is_folder(const char *path);
bool file_exists(const char *path); /* anything at all, also a dangling link */

/* Write LENGTH bytes to PATH so that it holds all of them or is untouched:
 * a temporary file beside it, fsync, then link or rename.  An existing file is
 * an error unless REPLACE; a symbolic link keeps pointing where it does.
 */
bool file_write(const char *path, const void *data, size_t length, bool replace,
                struct error *err);

/* FOLDER "/" NAME, new; NULL with *err set on failure.  memory_free it. */
char *file_join_new(const char *folder, const char *name, struct error *err);

/* $XDG_DATA_HOME/loraexplore, else ~/.local/share/loraexplore; NULL without
 * *err set when there is no absolute home.  memory_free it.
 */
char *file_data_home_new(struct error *err);

/* The names in a folder that end in SUFFIX, sorted by byte; a folder that does
 * not exist has none.  Free with file_names_clear.
 */
struct file_names {
    char **items;
    size_t count;
};
bool file_list(const char *folder, const char *suffix, struct file_names *names,
               struct error *err);
void file_names_clear(struct file_names *names);

#endif
