/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finding a preset by what people type.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/resource.h"
#include "model/model.h"

static void expect(const char *wanted, const char *name, const char *message)
{
    struct resource_path path;
    struct error err = {0};
    struct model_options options = {.transformers = 5};
    assert_true(resource_path_init(&path, NULL, &err));
    struct model *model = model_load(&path, wanted, &options, &err);
    if (name != NULL) {
        if (model == NULL) {
            fail_msg("%s: %s", wanted, err.message);
        }
        assert_string_equal(model->name, name);
    } else {
        assert_null(model);
        assert_non_null(strstr(err.message, message));
    }
    model_free(model);
    resource_path_clear(&path);
}

static void test_found(void **state)
{
    (void)state;
    expect("Llama-3.1-8B", "Llama-3.1-8B", NULL);
    expect("llama-3.1-8b", "Llama-3.1-8B", NULL);
    expect("meta-llama/Llama-3.1-8B", "Llama-3.1-8B", NULL);
    expect("meta-llama/Llama-3.1-8B-Instruct", "Llama-3.1-8B", NULL);
    expect("meta-llama/Llama-2-7b-hf", "Llama-2-7b", NULL);
    expect("gpt2", "gpt2", NULL); /* exact goes before gpt2-large */
    expect("tinyllama", "TinyLlama-1.1B", NULL);
}

static void test_refused(void **state)
{
    (void)state;
    expect("Llama-3.1", NULL, "could be any of");
    expect("Lama-3.1-8B", NULL, "Llama-3.1-8B");
    expect(
        "someone/unheard-of", NULL,
        "https://huggingface.co/someone/unheard-of/resolve/main/config.json");
    expect("foo/bar", NULL, "huggingface.co/foo/bar/resolve"); /* no bart */
    expect("./none/such.json", NULL, "no file or folder ./none/such.json");
    expect("zzzqqq", NULL, "config.json"); /* near to nothing */
    expect("tests", NULL, "has no config.json");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
