/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bytes of optimizer state for one tensor, on the device.
 *
 * In the formulas n is the elements of a tensor and d the bytes of one.
 * State tensors of the torch optimizers have the parameter's dtype; those of
 * bitsandbytes are fp32 or 8-bit whatever the parameter's dtype is.
 */
#include "memory/optimizer.h"

#include <string.h>

#include "base/alloc.h"
#include "base/nearest.h"
#include "base/text.h"

enum {
    FLOAT_BYTES = 4,
    QUANT_BLOCK = 256,   /* since bitsandbytes 0.44; 2048 before */
    QUANT_LEAST = 4096,  /* min_8bit_size: smaller tensors stay fp32 */
    QUANT_MAP = 256 * 4, /* one dynamic map, 256 floats */
    QUANT_TWO_MAPS = 2 * QUANT_MAP,
    SPELLING_SIZE = 32,
    SPELLING_COUNT = 64,
    NEAREST_SHOWN = 3,
};

/* ITEMS elements of ITEM_BYTES each, plus EXTRA bytes. */
static bool sum_state(uint64_t items, uint64_t item_bytes, uint64_t extra,
                      uint64_t *bytes)
{
    uint64_t product = 0;

    return checked_mul(items, item_bytes, &product) &&
           checked_add(product, extra, bytes);
}

static bool state_none(const struct optimizer_tensor *tensor, uint64_t *bytes)
{
    (void)tensor;
    *bytes = 0;
    return true;
}

static bool state_one(const struct optimizer_tensor *tensor, uint64_t *bytes)
{
    return sum_state(tensor->elements, tensor->item_bytes, 0, bytes);
}

static bool state_two(const struct optimizer_tensor *tensor, uint64_t *bytes)
{
    return sum_state(tensor->elements, 2 * (uint64_t)tensor->item_bytes, 0,
                     bytes);
}

/* The fused kernel reads its step counter on the device. */
static bool state_two_step(const struct optimizer_tensor *tensor,
                           uint64_t *bytes)
{
    return sum_state(tensor->elements, 2 * (uint64_t)tensor->item_bytes,
                     FLOAT_BYTES, bytes);
}

static bool state_one_float(const struct optimizer_tensor *tensor,
                            uint64_t *bytes)
{
    return sum_state(tensor->elements, FLOAT_BYTES, 0, bytes);
}

static bool state_two_float(const struct optimizer_tensor *tensor,
                            uint64_t *bytes)
{
    return sum_state(tensor->elements, UINT64_C(2) * FLOAT_BYTES, 0, bytes);
}

static bool state_three_float(const struct optimizer_tensor *tensor,
                              uint64_t *bytes)
{
    return sum_state(tensor->elements, UINT64_C(3) * FLOAT_BYTES, 0, bytes);
}

/* STATES bytes per element, and as many scales per block of 256. */
static bool sum_blocks(uint64_t elements, uint64_t states, uint64_t *bytes)
{
    uint64_t blocks = elements / QUANT_BLOCK + (elements % QUANT_BLOCK != 0);
    uint64_t scales = 0;

    return checked_mul(blocks, states * FLOAT_BYTES, &scales) &&
           sum_state(elements, states, scales, bytes);
}

/* Trainer registers a 32-bit override for the weight of every nn.Embedding
 * when the optimizer is one of bitsandbytes' with 8 bits (transformers
 * trainer.py, create_optimizer), so those stay fp32 at any size.
 */
bool optimizer_quantises(const struct optimizer_tensor *tensor)
{
    return tensor->elements >= QUANT_LEAST && !tensor->embedding;
}

static bool state_8bit(const struct optimizer_tensor *tensor, uint64_t states,
                       uint64_t *bytes)
{
    if (!optimizer_quantises(tensor)) {
        return sum_state(tensor->elements, states * FLOAT_BYTES, 0, bytes);
    }
    return sum_blocks(tensor->elements, states, bytes);
}

static bool state_one_8bit(const struct optimizer_tensor *tensor,
                           uint64_t *bytes)
{
    return state_8bit(tensor, 1, bytes);
}

static bool state_two_8bit(const struct optimizer_tensor *tensor,
                           uint64_t *bytes)
{
    return state_8bit(tensor, 2, bytes);
}

static bool state_three_8bit(const struct optimizer_tensor *tensor,
                             uint64_t *bytes)
{
    return state_8bit(tensor, 3, bytes);
}

/* torchao quantises whole blocks only, knows no embedding override, and keeps
 * two maps with every tensor.
 */
static bool state_torchao_8bit(const struct optimizer_tensor *tensor,
                               uint64_t *bytes)
{
    uint64_t blocks = 0;

    if (tensor->elements < QUANT_LEAST || tensor->elements % QUANT_BLOCK != 0) {
        return state_two(tensor, bytes);
    }
    return sum_blocks(tensor->elements, 2, &blocks) &&
           checked_add(blocks, QUANT_TWO_MAPS, bytes);
}

/* The product of all axes but the one at SKIP. */
static bool product_without(const struct optimizer_tensor *tensor,
                            unsigned skip, uint64_t *product)
{
    uint64_t result = 1;

    for (unsigned i = 0; i < tensor->dimensions; i++) {
        if (i != skip && !checked_mul(result, tensor->shape[i], &result)) {
            return false;
        }
    }
    *product = result;
    return true;
}

/* From two axes on, the second moment is kept as its means over the last and
 * over the second last axis; below, whole.  One RMS scalar beside it.
 */
static bool state_adafactor(const struct optimizer_tensor *tensor,
                            uint64_t *bytes)
{
    uint64_t rows = 0;
    uint64_t cols = 0;
    uint64_t both = 0;

    if (tensor->dimensions < 2) {
        return sum_state(tensor->elements, FLOAT_BYTES, FLOAT_BYTES, bytes);
    }
    return product_without(tensor, tensor->dimensions - 1, &rows) &&
           product_without(tensor, tensor->dimensions - 2, &cols) &&
           checked_add(rows, cols, &both) &&
           sum_state(both, FLOAT_BYTES, FLOAT_BYTES, bytes);
}

#define FORMULA_8BIT(states, small, scales) \
    "n < 4096 or an nn.Embedding weight: " small " n; else " states \
    " + " scales " ceil(n / 256)"
#define SOURCE_8BIT \
    "bitsandbytes optim/optimizer.py (block 256 since 0.44); " \
    "32-bit embeddings: transformers trainer.py create_optimizer"

const struct optimizer optimizers[] = {
    {"adamw", "AdamW", "adamw_torch adamw_hf adam",
     "two moments in the parameter's dtype", "2 d n", "torch optim/adamw.py",
     state_two, 0},
    {"adamw_torch_fused", "AdamW, fused", "adamw_fused",
     "two moments in the parameter's dtype, the step on the device",
     "2 d n + 4", "torch optim/adamw.py, fused", state_two_step, 0},
    {"adamw_8bit", "AdamW 8-bit", "adamw_bnb_8bit paged_adamw_8bit",
     "two 8-bit moments, an fp32 scale each per 256 elements",
     FORMULA_8BIT("2 n", "8", "8"), SOURCE_8BIT, state_two_8bit,
     QUANT_TWO_MAPS},
    {"paged_adamw_32bit", "AdamW 32-bit, paged", "adamw_32bit adamw_bnb_32bit",
     "two fp32 moments, in managed memory from 100,000 elements on", "8 n",
     "bitsandbytes optim/adamw.py", state_two_float, 0},
    {"adamw_torch_8bit", "AdamW 8-bit, torchao", "adamw_torchao_8bit",
     "two 8-bit moments, scales per 256 elements and two maps per tensor",
     "n < 4096 or n % 256 > 0: 2 d n; else 2 (n + 4 n / 256 + 1024)",
     "torchao optim/subclass_8bit.py", state_torchao_8bit, 0},
    {"sgd", "SGD", "", "no state: plain gradient descent", "0",
     "torch optim/sgd.py", state_none, 0},
    {"sgd_momentum", "SGD with momentum", "momentum",
     "one momentum in the parameter's dtype", "d n", "torch optim/sgd.py",
     state_one, 0},
    {"adafactor", "Adafactor", "",
     "row and column means of the second moment in fp32, and one scalar",
     "two axes or more: 4 (rows + cols) + 4; else 4 n + 4",
     "transformers optimization.py, Adafactor without beta1", state_adafactor,
     0},
    {"lion", "Lion", "lion_torch", "one moment in the parameter's dtype", "d n",
     "lion-pytorch 0.2.5", state_one, 0},
    {"lion_32bit", "Lion 32-bit", "paged_lion_32bit", "one fp32 moment", "4 n",
     "bitsandbytes optim/lion.py", state_one_float, 0},
    {"lion_8bit", "Lion 8-bit", "paged_lion_8bit",
     "one 8-bit moment, an fp32 scale per 256 elements",
     FORMULA_8BIT("n", "4", "4"), SOURCE_8BIT, state_one_8bit, QUANT_MAP},
    {"ademamix", "AdEMAMix", "paged_ademamix_32bit",
     "fast and slow average and second moment in fp32", "12 n",
     "bitsandbytes optim/ademamix.py; Trainer pages this same class",
     state_three_float, 0},
    {"ademamix_8bit", "AdEMAMix 8-bit", "paged_ademamix_8bit",
     "three 8-bit states, an fp32 scale each per 256 elements",
     FORMULA_8BIT("3 n", "12", "12"), SOURCE_8BIT, state_three_8bit,
     QUANT_TWO_MAPS},
    {"adagrad", "Adagrad", "",
     "sum of squared gradients in the parameter's dtype", "d n",
     "torch optim/adagrad.py", state_one, 0},
    {"rmsprop", "RMSprop", "",
     "mean of squared gradients in the parameter's dtype", "d n",
     "torch optim/rmsprop.py, not centered, no momentum", state_one, 0},
    {"rmsprop_bnb", "RMSprop 32-bit", "rmsprop_bnb_32bit",
     "mean of squared gradients in fp32", "4 n",
     "bitsandbytes optim/rmsprop.py", state_one_float, 0},
    {"rmsprop_bnb_8bit", "RMSprop 8-bit", "rmsprop_8bit",
     "mean of squared gradients in 8 bits, an fp32 scale per 256 elements",
     FORMULA_8BIT("n", "4", "4"), SOURCE_8BIT, state_one_8bit, QUANT_MAP},
    {"schedule_free_adamw", "Schedule-free AdamW", "schedule_free_radam",
     "the z sequence and the second moment in the parameter's dtype", "2 d n",
     "schedulefree 1.4.1", state_two, 0},
    {"schedule_free_sgd", "Schedule-free SGD", "",
     "the z sequence in the parameter's dtype", "d n", "schedulefree 1.4.1",
     state_one, 0},
};
const size_t optimizer_count = sizeof optimizers / sizeof optimizers[0];

/* The LENGTH bytes at NAME, '-' made '_'; cut where it does not fit. */
static void copy_spelling(char out[SPELLING_SIZE], const char *name,
                          size_t length)
{
    size_t i = 0;

    for (; i < length && i + 1 < SPELLING_SIZE; i++) {
        out[i] = name[i] == '-' ? '_' : name[i];
    }
    out[i] = '\0';
}

struct spellings {
    char text[SPELLING_COUNT][SPELLING_SIZE];
    const char *names[SPELLING_COUNT];
    const struct optimizer *owners[SPELLING_COUNT];
    size_t count;
};

static void add_spelling(struct spellings *all, const struct optimizer *owner,
                         const char *name, size_t length)
{
    if (all->count == SPELLING_COUNT) {
        return;
    }
    copy_spelling(all->text[all->count], name, length);
    all->names[all->count] = all->text[all->count];
    all->owners[all->count] = owner;
    all->count++;
}

static void collect_spellings(struct spellings *all)
{
    all->count = 0;
    for (size_t i = 0; i < optimizer_count; i++) {
        const char *alias = optimizers[i].aliases;

        add_spelling(all, &optimizers[i], optimizers[i].name,
                     strlen(optimizers[i].name));
        while (*alias != '\0') {
            size_t length = strcspn(alias, " ");

            add_spelling(all, &optimizers[i], alias, length);
            alias += length;
            alias += strspn(alias, " ");
        }
    }
}

static bool refuse_name(const char *name, const char *wanted,
                        const struct spellings *all, struct error *err)
{
    struct text near = {0};

    nearest_append(&near, wanted, all->names, all->count, NEAREST_SHOWN);
    (void)error_set(err, ERROR_USAGE,
                    "no optimizer is called \"%.60s\": the nearest are %s",
                    name, text_string(&near));
    text_clear(&near);
    return false;
}

const struct optimizer *optimizer_find(const char *name, struct error *err)
{
    struct spellings all;
    char wanted[SPELLING_SIZE];
    bool whole = strlen(name) < sizeof wanted;

    collect_spellings(&all);
    copy_spelling(wanted, name, strlen(name));
    for (size_t i = 0; whole && i < all.count; i++) {
        if (text_equal_fold(all.names[i], wanted)) {
            return all.owners[i];
        }
    }
    (void)refuse_name(name, wanted, &all, err);
    return NULL;
}
