/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Seeded sample updates, as a table and the few ways to fill a matrix.
 *
 * No BLAS here: its sums depend on the processor and its threads.  Everything
 * random is made of +, *, / and sqrt, which are the same everywhere.
 *
 * Random orthonormal vectors come from plane rotations by random angles, in
 * butterflies over shuffled rows: orthogonal to rounding like a Householder
 * product, but m n log n operations instead of m n^2.
 */
#include "spectrum/sample.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>

#include "base/alloc.h"
#include "base/text.h"
#include "spectrum/watch.h"

/* Butterflies after which the vectors' entries are as good as Gaussian. */
enum { ROUNDS = 3 };

/* The exponents of the named models: slope of log sigma_k over log k of the
 * products B A in published adapters, over all modules of that kind.
 */
const struct sample samples[] = {
    {"power-law", "sigma_k = k^-1.2 at full rank, a plausible full fine-tune",
     SAMPLE_POWER_LAW, 0, 1.2, 0.0},
    {"exact-rank", "16 equal directions and nothing else: every rank is 16",
     SAMPLE_LOW_RANK, 16, 0.0, 0.0},
    {"lora", "a product B A of rank 16 whose directions fade like k^-1.2",
     SAMPLE_PRODUCT, 16, 1.2, 0.0},
    {"noise", "independent Gaussian entries: no rank to find", SAMPLE_NOISE, 0,
     0.0, 1.0},
    {"spiked", "8 equal directions over noise a quarter as strong",
     SAMPLE_LOW_RANK, 8, 0.0, 0.25},
    {"sam-v", "rank 16, k^-1.28: measured on a SAM ViT-B LoRA, v",
     SAMPLE_POWER_LAW, 16, 1.28, 0.0},
    {"opt-v", "rank 16, k^-1.20: measured on an OPT-125m LoRA, v",
     SAMPLE_POWER_LAW, 16, 1.20, 0.0},
    {"qwen2.5-q", "rank 8, k^-0.93: measured on a Qwen2.5-0.5B LoRA, q",
     SAMPLE_POWER_LAW, 8, 0.93, 0.0},
    {"gpt2-attn", "rank 8, k^-1.49: measured on a GPT-2 LoRA, c_attn",
     SAMPLE_POWER_LAW, 8, 1.49, 0.0},
    {"gpt2-mlp", "rank 8, k^-2.10: measured on a GPT-2 LoRA, mlp.c_proj",
     SAMPLE_POWER_LAW, 8, 2.10, 0.0},
};
const size_t sample_count = sizeof samples / sizeof samples[0];

const struct sample *sample_find(const char *name, struct error *err)
{
    static const char prefix[] = "sample:";
    const char *bare =
        text_starts_fold(name, prefix) ? name + sizeof prefix - 1 : name;
    const struct sample *nearest = &samples[0];
    for (size_t i = 0; i < sample_count; i++) {
        if (text_equal_fold(bare, samples[i].name)) {
            return &samples[i];
        }
        if (text_distance(bare, samples[i].name) <
            text_distance(bare, nearest->name)) {
            nearest = &samples[i];
        }
    }
    error_set(err, ERROR_NOT_FOUND,
              "no sample is named \"%s\"; the nearest is sample:%s", bare,
              nearest->name);
    return NULL;
}

/* k^-exponent to 46 bits: pow may differ in the last one between machines. */
static double power_law(size_t k, double exponent)
{
    int power = 0;
    double fraction = frexp(pow((double)k, -exponent), &power);
    return ldexp(floor(ldexp(fraction, 46) + 0.5), power - 46);
}

static void rotate_rows(double *restrict a, double *restrict b, size_t length,
                        double c, double s)
{
    for (size_t j = 0; j < length; j++) {
        const double x = a[j], y = b[j];
        a[j] = c * x + s * y;
        b[j] = c * y - s * x;
    }
}

/* Rotate two rows by a random angle, uniform on the circle. */
static void rotate_random(struct matrix *W, size_t i, size_t k, gsl_rng *rng)
{
    const double x = gsl_ran_gaussian_ziggurat(rng, 1.0);
    const double y = gsl_ran_gaussian_ziggurat(rng, 1.0);
    const double r = sqrt(x * x + y * y);
    if (r > 0.0) {
        rotate_rows(W->data + i * W->stride, W->data + k * W->stride, W->cols,
                    x / r, y / r);
    }
}

/* Multiply W from the left by a random orthogonal matrix (m, m). */
static bool mix_rows(struct matrix *W, gsl_rng *rng, struct watch *watch,
                     double done, struct error *err)
{
    size_t *order = memory_new(W->rows, sizeof *order, err);
    if (order == NULL) {
        return false;
    }
    for (size_t i = 0; i < W->rows; i++) {
        order[i] = i;
    }
    bool ok = true;
    for (int round = 0; round < ROUNDS; round++) {
        gsl_ran_shuffle(rng, order, W->rows, sizeof *order);
        for (size_t apart = 1; apart < W->rows; apart *= 2) {
            for (size_t i = 0; ok && i + apart < W->rows; i++) {
                if ((i & apart) == 0) {
                    rotate_random(W, order[i], order[i + apart], rng);
                    ok = watch_poll(watch, done, err);
                }
            }
        }
    }
    memory_free(order);
    return ok;
}

/* W = U diag(sigma) V^T with random orthonormal U and V; W is zero before. */
static bool fill_spectrum(const struct sample *sample, struct matrix *W,
                          gsl_rng *rng, struct watch *watch, struct error *err)
{
    const size_t p = W->rows < W->cols ? W->rows : W->cols;
    const size_t rank =
        sample->rank == 0 || sample->rank > p ? p : sample->rank;
    for (size_t k = 0; k < rank; k++) {
        W->data[k * W->stride + k] = power_law(k + 1, sample->exponent);
    }
    return mix_rows(W, rng, watch, 0.0, err) && matrix_turn(W, watch, err) &&
           mix_rows(W, rng, watch, 0.5, err) && matrix_turn(W, watch, err);
}

static double *gaussians_new(size_t count, gsl_rng *rng, struct error *err)
{
    double *values = memory_new(count, sizeof *values, err);
    for (size_t i = 0; values != NULL && i < count; i++) {
        values[i] = gsl_ran_gaussian_ziggurat(rng, 1.0);
    }
    return values;
}

/* W = B A, B (m, r) and A (r, n) Gaussian, sigma_k near k^-exponent. */
static bool fill_product(const struct sample *sample, struct matrix *W,
                         gsl_rng *rng, struct watch *watch, struct error *err)
{
    const size_t r = sample->rank, n = W->cols;
    double *B = gaussians_new(W->rows * r, rng, err);
    double *A = B == NULL ? NULL : gaussians_new(r * n, rng, err);
    const double size = sqrt((double)W->rows) * sqrt((double)n);
    bool ok = A != NULL;
    for (size_t i = 0; ok && i < W->rows; i++) {
        double *restrict row = W->data + i * W->stride;
        for (size_t k = 0; k < r; k++) {
            const double *restrict a = A + k * n;
            const double b =
                B[i * r + k] * power_law(k + 1, sample->exponent) / size;
            for (size_t j = 0; j < n; j++) {
                row[j] += b * a[j];
            }
        }
        ok = watch_poll(watch, (double)i / (double)W->rows, err);
    }
    memory_free(A);
    memory_free(B);
    return ok;
}

/* Add noise whose largest singular value is EDGE (Marchenko and Pastur). */
static bool add_noise(struct matrix *W, double edge, gsl_rng *rng,
                      struct watch *watch, struct error *err)
{
    const double std = edge / (sqrt((double)W->rows) + sqrt((double)W->cols));
    for (size_t i = 0; i < W->rows; i++) {
        double *row = W->data + i * W->stride;
        for (size_t j = 0; j < W->cols; j++) {
            row[j] += std * gsl_ran_gaussian_ziggurat(rng, 1.0);
        }
        if (!watch_poll(watch, 1.0, err)) {
            return false;
        }
    }
    return true;
}

static bool sample_fill(const struct sample *sample, struct matrix *W,
                        gsl_rng *rng, struct watch *watch, struct error *err)
{
    bool ok = true;
    switch (sample->kind) {
    case SAMPLE_LOW_RANK:
    case SAMPLE_POWER_LAW:
        ok = fill_spectrum(sample, W, rng, watch, err);
        break;
    case SAMPLE_PRODUCT:
        ok = fill_product(sample, W, rng, watch, err);
        break;
    case SAMPLE_NOISE:
        break;
    }
    return ok && (sample->noise == 0.0 ||
                  add_noise(W, sample->noise, rng, watch, err));
}

bool sample_make_watched(const struct sample *sample, size_t rows, size_t cols,
                         uint64_t seed, struct matrix *W, struct watch *watch,
                         struct error *err)
{
    if (!matrix_init(W, rows, cols, err)) {
        return false;
    }
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    if (rng == NULL) {
        matrix_clear(W);
        return error_set(err, ERROR_MEMORY,
                         "no memory for a random number generator; close "
                         "something else");
    }
    /* The generator takes 32 bits of seed. */
    gsl_rng_set(rng, (unsigned long)((seed ^ seed >> 32) & 0xFFFFFFFFU));
    bool ok = sample_fill(sample, W, rng, watch, err);
    gsl_rng_free(rng);
    if (!ok) {
        matrix_clear(W);
    }
    return ok;
}

bool sample_make(const struct sample *sample, size_t rows, size_t cols,
                 uint64_t seed, struct matrix *W, struct error *err)
{
    struct watch watch = {0};
    return sample_make_watched(sample, rows, cols, seed, W, &watch, err);
}
