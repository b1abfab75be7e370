/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a SOURCE as the user names it to a spectrum with its estimates.
 */
#include "spectrum/source.h"

#include <float.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/text.h"
#include "formats/npy.h"
#include "spectrum/sample.h"
#include "spectrum/watch.h"

static const uint64_t file_most = UINT64_C(4) << 30;    /* bytes */
static const uint64_t entries_most = UINT64_C(1) << 29; /* 4 GiB of doubles */
static const double float_epsilon = 1.0 / (1 << 23);

/* The share of the whole that making or reading the matrix is taken for. */
static const double share_of_reading = 0.2;

static bool refuse_kind(const char *source, const char *kind, struct error *err)
{
    return error_set(err, ERROR_UNSUPPORTED,
                     "%s: %s, but this version reads samples (sample:NAME) and "
                     ".npy files; save the matrix with numpy.save",
                     source, kind);
}

/* The size as doubles, with room for a transpose, is one that is worth a try. */
static bool size_check(size_t rows, size_t cols, const char *source,
                       struct error *err)
{
    uint64_t entries = 0;
    if (!checked_mul(rows, cols, &entries) || entries > entries_most) {
        return error_set(err, ERROR_RANGE,
                         "%s: a matrix of %zu x %zu is more than the %llu "
                         "entries that are computed; take a part of it",
                         source, rows, cols, (unsigned long long)entries_most);
    }
    return true;
}

static bool npy_copy(const struct npy *npy, struct matrix *W,
                     struct watch *watch, struct error *err)
{
    if (!matrix_init(W, npy->rows, npy->cols, err)) {
        return false;
    }
    for (size_t i = 0; i < npy->rows; i++) {
        double *row = W->data + i * W->stride;
        for (size_t j = 0; j < npy->cols; j++) {
            row[j] = npy_value(npy, i, j);
        }
        if (!watch_poll(watch, (double)i / (double)npy->rows, err)) {
            matrix_clear(W);
            return false;
        }
    }
    return true;
}

static bool npy_load(const char *path, struct matrix *W, double *epsilon,
                     struct watch *watch, struct error *err)
{
    char *bytes = NULL;
    size_t length = 0;
    struct npy npy;
    if (!file_read(path, file_most, &bytes, &length, err)) {
        return false;
    }
    bool ok = npy_open(bytes, length, path, &npy, err) &&
              size_check(npy.rows, npy.cols, path, err) &&
              npy_copy(&npy, W, watch, err);
    if (ok) {
        *epsilon = npy.type == NPY_FLOAT32 || npy.type == NPY_FLOAT16
                       ? float_epsilon
                       : DBL_EPSILON;
    }
    memory_free(bytes);
    return ok;
}

/* Refuse what is no .npy by its looks, before reading gigabytes. */
static bool path_check(const char *path, struct error *err)
{
    if (strcmp(path, "-") == 0) {
        return true;
    }
    if (file_is_folder(path)) {
        return refuse_kind(path, "this is a folder", err);
    }
    if (text_ends(path, ".safetensors") || text_ends(path, ".bin") ||
        text_ends(path, ".pt") || text_ends(path, ".gguf")) {
        return refuse_kind(path, "this is a file of weights", err);
    }
    struct error unknown = {0};
    if (!file_exists(path) && sample_find(path, &unknown) != NULL) {
        return error_set(err, ERROR_NOT_FOUND,
                         "%s: no such file; the sample of that name is "
                         "sample:%s",
                         path, path);
    }
    return true;
}

/* Read or make the matrix that REQUEST names. */
static bool source_load(const struct spectrum_request *request,
                        struct matrix *W, double *epsilon, struct watch *watch,
                        struct error *err)
{
    const char *source = request->source;
    if (!text_starts_fold(source, "sample:")) {
        return path_check(source, err) &&
               npy_load(source, W, epsilon, watch, err);
    }
    const struct sample *sample = sample_find(source, err);
    *epsilon = DBL_EPSILON;
    return sample != NULL &&
           size_check(request->rows, request->cols, source, err) &&
           sample_make_watched(sample, request->rows, request->cols,
                               request->seed, W, watch, err);
}

/* The driver's progress is the later part of the whole. */
struct later_part {
    const struct svd_progress *whole;
};

static bool report_later(void *payload, double fraction)
{
    const struct later_part *part = payload;
    return part->whole->report(part->whole->payload,
                               share_of_reading +
                                   (1.0 - share_of_reading) * fraction);
}

static bool spectrum_compute(struct spectrum *spectrum, struct matrix *W,
                             const struct svd_progress *progress,
                             struct error *err)
{
    struct later_part part = {progress};
    const struct svd_progress later = {report_later, &part};
    spectrum->rows = W->rows;
    spectrum->cols = W->cols;
    spectrum->count = W->rows < W->cols ? W->rows : W->cols;
    spectrum->sigma = memory_new(spectrum->count, sizeof(double), err);
    if (spectrum->sigma == NULL) {
        return false;
    }
    const uint64_t start = watch_now();
    if (!svd_values(W, spectrum->driver, spectrum->sigma,
                    progress == NULL ? NULL : &later, err)) {
        return false;
    }
    spectrum->seconds = (double)(watch_now() - start) * 1e-9;
    return rank_estimate(spectrum->sigma, spectrum->rows, spectrum->cols,
                         spectrum->epsilon, &spectrum->estimates, err);
}

struct spectrum *spectrum_new(const struct spectrum_request *request,
                              const struct svd_progress *progress,
                              struct error *err)
{
    struct spectrum *spectrum = memory_new(1, sizeof *spectrum, err);
    if (spectrum == NULL) {
        return NULL;
    }
    struct matrix W = {0};
    struct watch watch = {progress, 0.0, share_of_reading, watch_now()};
    text_sanitize(spectrum->source, sizeof spectrum->source, request->source);
    spectrum->driver =
        request->driver == NULL ? &svd_drivers[0] : request->driver;
    bool ok = source_load(request, &W, &spectrum->epsilon, &watch, err);
    if (ok && !spectrum_compute(spectrum, &W, progress, err)) {
        if (err->code == ERROR_NUMERIC) {
            error_prefix(err, "%s", request->source);
        }
        ok = false;
    }
    matrix_clear(&W);
    if (!ok) {
        spectrum_free(spectrum);
        return NULL;
    }
    return spectrum;
}

void spectrum_free(struct spectrum *spectrum)
{
    if (spectrum == NULL) {
        return;
    }
    memory_free(spectrum->sigma);
    memory_free(spectrum);
}
