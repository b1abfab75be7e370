/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzzing of patterns: the input is a pattern, a newline and a subject.
 *
 * Built for libFuzzer, or with -DFUZZ_MAIN as a program that tries the files
 * named on its command line.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "adapter/pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void expect(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* What has to hold of any pattern and subject. */
static void try_match(const struct pattern *pattern, const char *subject,
                      size_t length)
{
    struct error err = {0};
    bool matched = false;
    size_t start = 0;
    size_t end = 0;
    bool ok = pattern_test(pattern, subject, length, &matched, &err);
    expect(ok == (err.code == ERROR_NONE) && (ok || !matched));
    err = (struct error){0};
    if (pattern_group(pattern, subject, length, &start, &end, &err) &&
        start != SIZE_MAX) {
        expect(matched && start <= end && end <= length);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const char *text = (const char *)bytes;
    const char *line = size > 0 ? memchr(text, '\n', size) : NULL;
    size_t length = line != NULL ? (size_t)(line - text) : size;
    const char *subject = line != NULL ? line + 1 : "";
    size_t rest = line != NULL ? size - length - 1 : 0;

    for (int anchor = PATTERN_MATCH; anchor <= PATTERN_FULL; anchor++) {
        struct error err = {0};
        struct pattern *pattern = pattern_new(
            size > 0 ? text : "", length, (enum pattern_anchor)anchor, &err);
        expect((pattern == NULL) == (err.code != ERROR_NONE));
        if (pattern != NULL) {
            try_match(pattern, subject, rest);
        }
        pattern_free(pattern);
    }
    return 0;
}

#ifdef FUZZ_MAIN
#include "base/alloc.h"
#include "base/file.h"

int main(int argc, char *argv[])
{
    for (int i = 1; i < argc; i++) {
        struct error err = {0};
        char *data = NULL;
        size_t length = 0;
        expect(file_read(argv[i], 1 << 20, &data, &length, &err));
        (void)LLVMFuzzerTestOneInput((const uint8_t *)data, length);
        memory_free(data);
    }
    return 0;
}
#endif
