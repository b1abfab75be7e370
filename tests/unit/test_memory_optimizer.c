/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Optimizer state bytes against state tensors of the real optimizers.
 */
#include "memory/optimizer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char data_path[] = "tests/data/memory/optimizer_states.tsv";

enum { COLUMNS = 6, AXES = 4, LINE = 256 };

static size_t split(char *line, char separator, char **parts, size_t most)
{
    size_t count = 0;

    for (char *at = line; at != NULL && count < most;) {
        char *end = strchr(at, separator);

        parts[count++] = at;
        at = NULL;
        if (end != NULL) {
            *end = '\0';
            at = end + 1;
        }
    }
    return count;
}

static void fill_tensor(struct optimizer_tensor *tensor, uint64_t shape[AXES],
                        const char *dtype, char *text)
{
    char *parts[AXES];

    memset(tensor, 0, sizeof *tensor);
    tensor->shape = shape;
    tensor->elements = 1;
    tensor->item_bytes = strcmp(dtype, "f32") == 0 ? 4 : 2;
    if (strcmp(text, "scalar") == 0) {
        return;
    }
    tensor->dimensions = (unsigned)split(text, 'x', parts, AXES);
    for (unsigned i = 0; i < tensor->dimensions; i++) {
        shape[i] = strtoull(parts[i], NULL, 10);
        tensor->elements *= shape[i];
    }
}

/* One line: optimizer, dtype, shape, state, step, shared. */
static void check_line(char *line)
{
    char *column[COLUMNS];
    uint64_t shape[AXES] = {0};
    struct optimizer_tensor tensor;
    struct error err;
    uint64_t bytes = 0;

    assert_int_equal(split(line, '\t', column, COLUMNS), COLUMNS);
    const struct optimizer *optimizer = optimizer_find(column[0], &err);
    assert_non_null(optimizer);
    fill_tensor(&tensor, shape, column[1], column[2]);
    assert_true(optimizer->state_bytes(&tensor, &bytes));

    /* The step is on the device only where the kernel is fused. */
    bool fused = strcmp(column[0], "adamw_torch_fused") == 0;
    uint64_t step = fused ? 0 : strtoull(column[4], NULL, 10);
    uint64_t expected = strtoull(column[3], NULL, 10) - step;
    if (bytes != expected) {
        print_error("%s %s %llu elements\n", column[0], column[1],
                    (unsigned long long)tensor.elements);
    }
    assert_int_equal(bytes, expected);
    uint64_t shared = strtoull(column[5], NULL, 10);
    if (shared > 0) {
        assert_int_equal(optimizer->shared_bytes, shared);
    }
}

static void matches_measured_states(void **state)
{
    FILE *file = fopen(data_path, "r");
    char line[LINE];
    int checked = 0;

    (void)state;
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] != '#') {
            check_line(line);
            checked++;
        }
    }
    (void)fclose(file);
    /* 31 optimizers of 30 tensors each, 6 of which the library refused. */
    assert_int_equal(checked, 31 * 30 - 6);
}

/* Every optimizer of the table stands in the measured data. */
static void data_covers_the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < optimizer_count; i++) {
        FILE *file = fopen(data_path, "r");
        char line[LINE];
        struct error err;
        bool found = false;

        assert_non_null(file);
        while (!found && fgets(line, sizeof line, file) != NULL) {
            line[strcspn(line, "\t")] = '\0';
            found =
                line[0] != '#' && optimizer_find(line, &err) == &optimizers[i];
        }
        (void)fclose(file);
        assert_true(found);
    }
}

static uint64_t bytes_of(const char *name, uint64_t rows, uint64_t cols,
                         bool embedding)
{
    uint64_t shape[2] = {rows, cols};
    struct optimizer_tensor tensor = {shape, 2, rows * cols, 2, embedding};
    struct error err;
    uint64_t bytes = 0;
    const struct optimizer *optimizer = optimizer_find(name, &err);

    assert_non_null(optimizer);
    assert_true(optimizer->state_bytes(&tensor, &bytes));
    return bytes;
}

/* transformers trainer.py, create_optimizer: optim_bits 32 for nn.Embedding
 * under the 8-bit optimizers of bitsandbytes, and of no one else.
 */
static void embeddings_stay_32bit(void **state)
{
    const uint64_t n = UINT64_C(32000) * 4096;

    (void)state;
    assert_int_equal(bytes_of("adamw_8bit", 32000, 4096, true), 8 * n);
    assert_int_equal(bytes_of("lion_8bit", 32000, 4096, true), 4 * n);
    assert_int_equal(bytes_of("rmsprop_bnb_8bit", 32000, 4096, true), 4 * n);
    assert_int_equal(bytes_of("ademamix_8bit", 32000, 4096, true), 12 * n);
    assert_int_equal(bytes_of("adamw_8bit", 32000, 4096, false),
                     2 * n + 8 * (n / 256));
    assert_int_equal(bytes_of("adamw_torch_8bit", 32000, 4096, true),
                     2 * n + 8 * (n / 256) + 2048);
    assert_int_equal(bytes_of("adamw", 32000, 4096, true), 4 * n);
}

/* r = 8, d = 4096, fp32: A has 32,768 elements; VeRA-like vectors of 4096 are
 * quantised, k and v vectors of 1024 are not.
 */
static void adapter_factors(void **state)
{
    uint64_t shape[2] = {8, 4096};
    struct optimizer_tensor factor = {shape, 2, 32768, 4, false};
    struct optimizer_tensor vector = {shape + 1, 1, 4096, 4, false};
    struct error err;
    uint64_t bytes = 0;
    const struct optimizer *adamw = optimizer_find("adamw", &err);
    const struct optimizer *quantised = optimizer_find("adamw_8bit", &err);

    (void)state;
    assert_true(adamw->state_bytes(&factor, &bytes));
    assert_int_equal(bytes, 262144);
    assert_true(quantised->state_bytes(&factor, &bytes));
    assert_int_equal(bytes, 66560);
    assert_true(quantised->state_bytes(&vector, &bytes));
    assert_int_equal(bytes, 8320);
    vector.elements = 4095;
    assert_true(quantised->state_bytes(&vector, &bytes));
    assert_int_equal(bytes, 32760);
}

static void finds_names(void **state)
{
    struct error err = {0};

    (void)state;
    assert_string_equal(optimizer_find("AdamW-Torch", &err)->name, "adamw");
    assert_string_equal(optimizer_find("adamw-bnb_8BIT", &err)->name,
                        "adamw_8bit");
    assert_string_equal(optimizer_find("adamw_hf", &err)->name, "adamw");
    assert_string_equal(optimizer_find("paged_lion_8bit", &err)->name,
                        "lion_8bit");
    assert_string_equal(optimizer_find("momentum", &err)->name, "sgd_momentum");
}

static void refuses_names(void **state)
{
    char longest[400];
    static const char *const wrong[] = {"",       " ",    "adamw_",
                                        "adamww", "8bit", "sgd sgd"};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct error err = {0};

        assert_null(optimizer_find(wrong[i], &err));
        assert_int_equal(err.code, ERROR_USAGE);
    }
    struct error err = {0};
    assert_null(optimizer_find("adafaktor", &err));
    assert_non_null(strstr(err.message, "adafactor"));
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_null(optimizer_find(longest, &err));
    /* Thirty-one characters that are a name when cut are still no name. */
    assert_null(
        optimizer_find("schedule_free_adamw_____________________", &err));
}

/* Spellings are unique, so that none hides another. */
static void spellings_are_unique(void **state)
{
    (void)state;
    for (size_t i = 0; i < optimizer_count; i++) {
        char aliases[200];
        char *names[8];
        struct error err;

        assert_ptr_equal(optimizer_find(optimizers[i].name, &err),
                         &optimizers[i]);
        (void)snprintf(aliases, sizeof aliases, "%s", optimizers[i].aliases);
        size_t count = aliases[0] == '\0' ? 0 : split(aliases, ' ', names, 8);
        for (size_t j = 0; j < count; j++) {
            assert_ptr_equal(optimizer_find(names[j], &err), &optimizers[i]);
        }
        assert_true(optimizers[i].formula[0] != '\0');
        assert_true(optimizers[i].source[0] != '\0');
    }
}

/* 2^63 elements: nothing fits except no state at all. */
static void reports_overflow(void **state)
{
    uint64_t shape[3] = {UINT64_C(1) << 62, UINT64_C(1) << 62, 1};
    struct optimizer_tensor tensor = {shape, 3, UINT64_MAX / 2 + 1, 2, false};

    (void)state;
    for (size_t i = 0; i < optimizer_count; i++) {
        uint64_t bytes = 77;
        bool fits = optimizers[i].state_bytes(&tensor, &bytes);

        if (strcmp(optimizers[i].name, "sgd") == 0) {
            assert_true(fits);
            assert_int_equal(bytes, 0);
        } else if (strstr(optimizers[i].name, "lion_8bit") == NULL &&
                   strcmp(optimizers[i].name, "rmsprop_bnb_8bit") != 0) {
            assert_false(fits);
            assert_int_equal(bytes, 77);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_measured_states),
        cmocka_unit_test(data_covers_the_table),
        cmocka_unit_test(embeddings_stay_32bit),
        cmocka_unit_test(adapter_factors),
        cmocka_unit_test(finds_names),
        cmocka_unit_test(refuses_names),
        cmocka_unit_test(spellings_are_unique),
        cmocka_unit_test(reports_overflow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
