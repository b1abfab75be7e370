/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzzing of settings: the input is an adapter_config.json.
 *
 * What can be read is counted on three models, sized, written and read again.
 * Built for libFuzzer, or with -DFUZZ_MAIN as a program that tries the files
 * named on its command line.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "adapter/config.h"
#include "adapter/count.h"
#include "model/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { MODELS = 3, TENSORS_MOST = 20000 };

static void expect(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* The models are loaded once; the process ends with them. */
static struct model *const *models(const struct resource_path *path)
{
    static const char *const names[MODELS] = {"gpt2", "Mixtral-8x7B-v0.1",
                                              "bert-base-uncased"};
    static struct model *loaded[MODELS];
    for (size_t i = 0; loaded[MODELS - 1] == NULL && i < MODELS; i++) {
        struct error err = {0};
        const struct model_options options = {
            .transformers = 5,
            .class_name = i == 2 ? "BertForSequenceClassification" : NULL};
        loaded[i] = model_load(path, names[i], &options, &err);
        expect(loaded[i] != NULL);
    }
    return loaded;
}

/* A count is made whole, or refused with a sentence. */
static void try_count(const struct model *model,
                      const struct resource_path *path,
                      const struct adapter_settings *settings)
{
    const struct count_dtypes dtypes = {DTYPE_BF16, DTYPE_FP32};
    struct count count = {0};
    struct error err = {0};
    uint64_t bytes = 0;
    if (!count_trainable(&model->inventory, path, settings, &count, &err)) {
        expect(err.code != ERROR_NONE && err.message[0] != '\0');
        return;
    }
    expect(err.code == ERROR_NONE && count.all >= count.base);
    if (count.tensors <= TENSORS_MOST) {
        expect(count_file_bytes(&count, &dtypes, &bytes, &err) ||
               err.code != ERROR_NONE);
    }
    count_clear(&count);
}

/* What was written reads back as what it was. */
static void try_write(const struct adapter_settings *settings,
                      const struct resource_path *path)
{
    struct text out = {0};
    struct error err = {0};
    struct adapter_settings again = *settings;
    if (settings_write(settings, path, &out, &err)) {
        expect(
            settings_read(&again, path, out.data, out.length, "again", &err));
        expect(again.rank == settings->rank &&
               strcmp(again.targets, settings->targets) == 0);
    }
    text_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct resource_path path = {0};
    struct strings strings = {0};
    struct error err = {0};
    char *data = malloc(size + 1);
    expect(data != NULL && resource_path_init(&path, NULL, &err));
    memcpy(data, bytes, size);
    data[size] = '\0';
    struct adapter_settings settings;
    settings_init(&settings, &strings);
    if (settings_read(&settings, &path, data, size, "fuzz", &err)) {
        for (size_t i = 0; i < MODELS; i++) {
            try_count(models(&path)[i], &path, &settings);
        }
        try_write(&settings, &path);
    } else {
        expect(err.code != ERROR_NONE && err.message[0] != '\0');
    }
    free(data);
    strings_clear(&strings);
    resource_path_clear(&path);
    return 0;
}

#ifdef FUZZ_MAIN
#include "base/file.h"

int main(int argc, char *argv[])
{
    for (int i = 1; i < argc; i++) {
        struct error err = {0};
        char *data = NULL;
        size_t length = 0;
        if (file_read(argv[i], 1 << 20, &data, &length, &err)) {
            LLVMFuzzerTestOneInput((const uint8_t *)data, length);
        }
        memory_free(data);
    }
    return 0;
}
#endif
