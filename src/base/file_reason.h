/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Why the system refused something with a file, as one sentence.
 */
#ifndef BASE_FILE_REASON_H
#define BASE_FILE_REASON_H

#include "base/error.h"

#include <sys/types.h>

/* Set *err to `cannot VERB "PATH": reason` for the errno NUMBER; false. */
bool file_fail(struct error *err, const char *verb, const char *path,
               int number);

/* What a file that is not regular is: "a folder", "a named pipe", ... */
const char *file_kind(mode_t mode);

#endif
