/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The golden matrices of tests/data/spectra, and the larger set of
 * LORAEXPLORE_FACTS, for the tests of the spectrum folder.
 *
 * Both are .npy files beside a matrices.json with their singular values (60
 * digit arithmetic, or LAPACK's dgesvd for the larger ones) and estimates.
 * Included by test files, which each run a function over every matrix.
 */
#ifndef TESTS_UNIT_SPECTRA_H
#define TESTS_UNIT_SPECTRA_H

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One entry of matrices.json and where its file is. */
struct golden {
    const char *name;
    char path[2048];
    size_t rows, cols, count;
    const json_t *sv; /* NULL: to be refused */
    const json_t *estimates;
};

static inline double golden_sigma(const struct golden *golden, size_t k)
{
    return k < json_array_size(golden->sv)
               ? json_number_value(json_array_get(golden->sv, k))
               : 0.0;
}

static inline size_t golden_run(const char *list, const char *folder,
                                void (*check)(const struct golden *))
{
    json_t *root = json_load_file(list, JSON_DECODE_INT_AS_REAL, NULL);
    const json_t *matrices = json_object_get(root, "matrices");
    size_t count = json_array_size(matrices);
    for (size_t i = 0; i < count; i++) {
        const json_t *entry = json_array_get(matrices, i);
        const json_t *shape = json_object_get(entry, "shape");
        const char *file = json_string_value(json_object_get(entry, "file"));
        struct golden golden = {0};
        const char *slash = strrchr(file, '/');
        golden.name = slash == NULL ? file : slash + 1;
        snprintf(golden.path, sizeof golden.path, "%s/%s", folder, golden.name);
        golden.rows = (size_t)json_number_value(json_array_get(shape, 0));
        golden.cols = (size_t)json_number_value(json_array_get(shape, 1));
        golden.count = golden.rows < golden.cols ? golden.rows : golden.cols;
        if (json_object_get(entry, "refuse") == NULL) {
            golden.sv = json_object_get(entry, "sv");
            golden.estimates = json_object_get(entry, "estimates");
        }
        check(&golden);
    }
    json_decref(root);
    return count;
}

/* The small set that comes with the sources. */
static inline size_t golden_run_packed(void (*check)(const struct golden *))
{
    return golden_run("tests/data/spectra/matrices.json", "tests/data/spectra",
                      check);
}

/* All of them; 0 when they are not at hand. */
static inline size_t golden_run_all(void (*check)(const struct golden *))
{
    const char *facts = getenv("LORAEXPLORE_FACTS");
    const char *data = getenv("LORAEXPLORE_DATA");
    char list[1024], folder[1024];
    if (facts == NULL) {
        return 0;
    }
    snprintf(list, sizeof list, "%s/spectra/matrices.json", facts);
    if (data == NULL) {
        snprintf(folder, sizeof folder, "%s/../data/matrices", facts);
    } else {
        snprintf(folder, sizeof folder, "%s/matrices", data);
    }
    return golden_run(list, folder, check);
}

#endif
