/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Errors as values: one sanitised sentence in the caller's storage.
 */
#include "base/error.h"

#include <stdio.h>

#include "base/text.h"

/* Sanitising turns up to four bytes into one, so this much raw text always
 * fills a message that has to be cut.
 */
enum { RAW_SIZE = 4 * sizeof(((struct error *)0)->message) };

static void write_message(struct error *err, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

static void write_message(struct error *err, const char *format, va_list args)
{
    char raw[RAW_SIZE];

    if (vsnprintf(raw, sizeof raw, format, args) < 0) {
        (void)snprintf(raw, sizeof raw,
                       "an error whose text is too long to show");
    }
    text_sanitize(err->message, sizeof err->message, raw);
}

bool error_set(struct error *err, enum error_code code, const char *format, ...)
{
    va_list args;

    if (err == NULL) {
        return false;
    }
    err->code = code;
    va_start(args, format);
    write_message(err, format, args);
    va_end(args);
    return false;
}

bool error_prefix(struct error *err, const char *format, ...)
{
    struct error prefix;
    char joined[sizeof prefix.message + sizeof err->message + 2];
    va_list args;

    if (err == NULL) {
        return false;
    }
    va_start(args, format);
    write_message(&prefix, format, args);
    va_end(args);
    (void)snprintf(joined, sizeof joined, "%s: %s", prefix.message,
                   err->message);
    text_sanitize(err->message, sizeof err->message, joined);
    return false;
}
