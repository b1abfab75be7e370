/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests of base/alloc: overflow, zeroing, growth, arenas, planned failures.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"

static void test_checked_arithmetic(void **state)
{
    uint64_t out = 3;

    (void)state;
    assert_false(checked_add(UINT64_MAX, 1, &out));
    assert_false(checked_mul((uint64_t)1 << 32, (uint64_t)1 << 32, &out));
    assert_true(out == 3);
    assert_true(checked_add(UINT64_MAX - 1, 1, &out) && out == UINT64_MAX);
    assert_true(checked_mul(4294967295, 4294967297, &out) && out == UINT64_MAX);
    assert_true(checked_mul(0, UINT64_MAX, &out) && out == 0);
}

static void test_new_is_zeroed_and_bounded(void **state)
{
    struct error err = {0};
    unsigned char *block = memory_new(100, 3, &err);

    (void)state;
    assert_non_null(block);
    for (size_t i = 0; i < 300; i++) {
        assert_int_equal(block[i], 0);
    }
    memory_free(block);
    block = memory_new(0, 8, &err);
    assert_non_null(block);
    memory_free(block);
    assert_null(memory_new(SIZE_MAX, 2, &err));
    assert_int_equal(err.code, ERROR_MEMORY);
    assert_null(memory_new(SIZE_MAX / 2 + 1, 1, &err));
    memory_free(NULL);
}

static void test_grow_keeps_and_zeroes(void **state)
{
    struct error err = {0};
    size_t capacity = 0;
    uint32_t *items = NULL;
    uint32_t *same;

    (void)state;
    for (uint32_t i = 0; i < 1000; i++) {
        items = memory_grow(items, &capacity, i + 1, sizeof *items, &err);
        assert_non_null(items);
        assert_int_equal(items[i], 0);
        items[i] = i;
    }
    assert_true(capacity >= 1000);
    assert_int_equal(items[999], 999);
    same = memory_grow(items, &capacity, 5, sizeof *items, &err);
    assert_ptr_equal(same, items);
    assert_null(
        memory_grow(items, &capacity, SIZE_MAX / 2, sizeof *items, &err));
    assert_int_equal(items[998], 998);
    memory_free(items);
}

static void test_planned_failure_hits_once(void **state)
{
    struct error err = {0};
    void *blocks[3];

    (void)state;
    memory_fail_after(2);
    for (size_t i = 0; i < 3; i++) {
        blocks[i] = memory_new(1, 1, &err);
    }
    assert_non_null(blocks[0]);
    assert_null(blocks[1]);
    assert_non_null(blocks[2]);
    memory_fail_after(1);
    memory_fail_after(0);
    blocks[1] = memory_new(1, 1, &err);
    assert_non_null(blocks[1]);
    for (size_t i = 0; i < 3; i++) {
        memory_free(blocks[i]);
    }
}

static void test_arena_is_aligned_and_zeroed(void **state)
{
    struct arena arena = {0};
    struct error err = {0};

    (void)state;
    for (size_t size = 1; size < 3000; size += 7) {
        unsigned char *bytes = arena_new(&arena, size, 1, &err);

        assert_non_null(bytes);
        assert_int_equal((uintptr_t)bytes % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++) {
            assert_int_equal(bytes[i], 0);
        }
        memset(bytes, 0xff, size);
    }
    arena_clear(&arena);
    assert_null(arena.blocks);
    arena_clear(&arena);
}

static void test_arena_big_and_copied(void **state)
{
    struct arena arena = {0};
    struct error err = {0};
    char *copy = arena_copy(&arena, "q_proj.weight", 6, &err);
    unsigned char *big = arena_new(&arena, 1 << 20, 1, &err);

    (void)state;
    assert_string_equal(copy, "q_proj");
    assert_non_null(big);
    big[(1 << 20) - 1] = 1;
    assert_string_equal(arena_copy(&arena, "", 0, &err), "");
    assert_null(arena_new(&arena, SIZE_MAX / 2, 4, &err));
    assert_null(arena_new(&arena, PTRDIFF_MAX, 1, &err));
    assert_int_equal(err.code, ERROR_MEMORY);
    memory_fail_after(1);
    assert_null(arena_new(&arena, 1 << 20, 1, &err));
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_checked_arithmetic),
        cmocka_unit_test(test_new_is_zeroed_and_bounded),
        cmocka_unit_test(test_grow_keeps_and_zeroes),
        cmocka_unit_test(test_planned_failure_hits_once),
        cmocka_unit_test(test_arena_is_aligned_and_zeroed),
        cmocka_unit_test(test_arena_big_and_copied),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
