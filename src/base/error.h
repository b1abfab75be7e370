/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Errors are values: a function that can fail returns false and fills *err.
 *
 * A message is one sentence without a final full stop: what, where, what to
 * do.  The core never prints or exits; whoever owns the screen shows it.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>
#include <stdarg.h>

enum error_code {
    ERROR_NONE,
    ERROR_MEMORY,      /* the system gave no memory */
    ERROR_IO,          /* reading or writing failed */
    ERROR_FORMAT,      /* bytes that do not mean what they should */
    ERROR_RANGE,       /* a number outside what can be counted */
    ERROR_UNSUPPORTED, /* well formed, but nothing we or PEFT can do */
    ERROR_NOT_FOUND,   /* a name that nobody knows */
    ERROR_USAGE,       /* the call is wrong: exit status 2 */
    ERROR_NUMERIC,     /* NaN, infinity, or no convergence */
    ERROR_CANCELLED,   /* the user asked to stop */
};

struct error {
    enum error_code code;
    char message[480]; /* UTF-8, sanitised: safe to show on a terminal */
};

/* Set *err and return false, so that a failure reads `return error_set(...)`.
 *
 * Control bytes, invalid UTF-8 and bidirectional overrides that come in
 * through the arguments are replaced; a message too long is cut.  The first
 * error wins: callers pass it on unchanged or add what only they know.
 */
bool error_set(struct error *err, enum error_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Put "PREFIX: " before the message of an error that is already set. */
bool error_prefix(struct error *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
