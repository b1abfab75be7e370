/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One claim about a line, searched and judged, for the tests of the look-up.
 *
 * Include it after cmocka.h.
 */
#ifndef LOOKUP_BENCH_H
#define LOOKUP_BENCH_H

#include <string.h>

#include "adapter/settings.h"
#include "base/resource.h"
#include "base/strings.h"
#include "explorer/lookup.h"

struct bench {
    struct resource_path path;
    struct strings strings;
    struct adapter_settings adapter;
    struct lookup_claim claim;
    struct lookup lookup;
};

static inline void bench_open(struct bench *bench)
{
    struct error err = {0};
    memset(bench, 0, sizeof(*bench));
    assert_true(resource_path_init(&bench->path, NULL, &err));
    settings_init(&bench->adapter, &bench->strings);
    bench->claim.adapter = &bench->adapter;
}

static inline void bench_close(struct bench *bench)
{
    lookup_clear(&bench->lookup);
    strings_clear(&bench->strings);
    resource_path_clear(&bench->path);
}

static inline void bench_search(struct bench *bench, const char *text)
{
    struct lookup_line line;
    struct error err = {0};
    assert_true(lookup_line_read(&line, text, &err));
    lookup_clear(&bench->lookup);
    if (!lookup_search(&bench->lookup, &bench->path, &line, &bench->claim,
                       &err)) {
        fail_msg("%s: %s", text, err.message);
    }
}

static inline void bench_claim(struct bench *bench, const char *model,
                               uint64_t rank, const char *targets)
{
    struct error err = {0};
    bench->claim.model = model;
    bench->claim.has_rank = rank > 0;
    bench->adapter.rank = rank > 0 ? rank : 8;
    bench->claim.has_targets = targets != NULL;
    if (targets != NULL) {
        assert_true(settings_set_targets(&bench->adapter, targets, &err));
    }
}

/* The match with these settings, NULL when it is not found. */
static inline const struct lookup_match *bench_find(const struct bench *bench,
                                                    const char *model,
                                                    uint64_t rank,
                                                    const char *targets)
{
    for (size_t i = 0; i < bench->lookup.count; i++) {
        const struct lookup_match *match = &bench->lookup.matches[i];
        if (strcmp(match->model, model) == 0 && match->rank == rank &&
            match->targets != NULL && strcmp(match->targets, targets) == 0) {
            return match;
        }
    }
    return NULL;
}

static inline void expect(const struct bench *bench,
                          enum lookup_verdict verdict, const char *phrase)
{
    if (bench->lookup.verdict != verdict ||
        strstr(bench->lookup.explanation, phrase) == NULL) {
        fail_msg("%s: %s (wanted %s: ... %s)",
                 lookup_verdict_name(bench->lookup.verdict),
                 bench->lookup.explanation, lookup_verdict_name(verdict),
                 phrase);
    }
}

#endif
