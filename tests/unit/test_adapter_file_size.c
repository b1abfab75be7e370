/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sizes of adapter files that PEFT wrote, and bytes that a GPU would hold.
 *
 * 36,715,216: PEFT's own benchmark, Llama-3.2-3B, q and v, r 32.  The memory
 * lines: 2 bytes a bf16 parameter, 16 a trainable fp32 one (weight, gradient,
 * two AdamW states), 8 for each parameter of a full bf16 fine-tune.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "adapter/count.h"
#include "memory/ledger.h"
#include "model/model.h"

struct fixture {
    struct resource_path path;
    struct model *model;
    struct strings strings;
    struct adapter_settings settings;
    struct count count;
};

static void setup(struct fixture *fixture, const char *name, uint64_t rank)
{
    struct error err = {0};
    struct model_options options = {.transformers = 5};
    assert_true(resource_path_init(&fixture->path, NULL, &err));
    fixture->model = model_load(&fixture->path, name, &options, &err);
    assert_non_null(fixture->model);
    fixture->strings = (struct strings){0};
    settings_init(&fixture->settings, &fixture->strings);
    fixture->settings.rank = rank;
    assert_true(
        settings_set_targets(&fixture->settings, "q_proj,v_proj", &err));
    assert_true(count_trainable(&fixture->model->inventory, &fixture->path,
                                &fixture->settings, &fixture->count, &err));
}

static void clear(struct fixture *fixture)
{
    count_clear(&fixture->count);
    model_free(fixture->model);
    resource_path_clear(&fixture->path);
    strings_clear(&fixture->strings);
}

static void test_file_bytes(void **state)
{
    (void)state;
    struct fixture fixture;
    struct error err = {0};
    uint64_t bytes = 0;
    setup(&fixture, "Llama-3.2-3B", 32);
    struct count_dtypes dtypes = {DTYPE_BF16, DTYPE_FP32};
    assert_true(count_file_bytes(&fixture.count, &dtypes, &bytes, &err));
    assert_int_equal(fixture.count.trainable, 9175040);
    assert_int_equal(bytes, 36715216);
    clear(&fixture);
}

static void test_memory(void **state)
{
    (void)state;
    struct fixture fixture;
    struct error err = {0};
    struct ledger ledger;
    setup(&fixture, "Llama-3.1-8B", 8);
    struct training_settings training = {DTYPE_BF16, DTYPE_FP32,
                                         optimizer_find("adamw", &err)};
    assert_true(ledger_compute(&fixture.model->inventory, &fixture.count,
                               &training, &ledger, &err));
    assert_int_equal(ledger.bytes[LEDGER_FROZEN], 2 * UINT64_C(8030261248));
    assert_int_equal(ledger.total - ledger.bytes[LEDGER_FROZEN],
                     16 * UINT64_C(3407872));
    assert_int_equal(ledger.full_total, 8 * UINT64_C(8030261248));
    clear(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file_bytes),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
