/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a Hugging Face config says plainly, and the dtypes by their names.
 */
#include "model/config.h"

#include "base/text.h"

static const struct {
    const char *name, *torch;
    unsigned bytes;
} dtypes[] = {
    {"fp32", "float32", 4},
    {"bf16", "bfloat16", 2},
    {"fp16", "float16", 2},
};
_Static_assert(sizeof(dtypes) / sizeof(dtypes[0]) == MODEL_DTYPES,
               "a row for each dtype");

const char *model_dtype_name(enum model_dtype dtype)
{
    return dtypes[dtype].name;
}

unsigned model_dtype_bytes(enum model_dtype dtype)
{
    return dtypes[dtype].bytes;
}

bool model_dtype_find(const char *name, enum model_dtype *out)
{
    for (unsigned i = 0; i < MODEL_DTYPES; i++) {
        if (text_equal_fold(name, dtypes[i].name) ||
            text_equal_fold(name, dtypes[i].torch)) {
            *out = (enum model_dtype)i;
            return true;
        }
    }
    return false;
}

/* KEY of the config, or of its text_config, as an own string; NULL: neither. */
static const json_t *config_any(const json_t *config, const char *key)
{
    const json_t *value = json_object_get(config, key);
    return value != NULL
               ? value
               : json_object_get(json_object_get(config, "text_config"), key);
}

static const char *config_text(const json_t *config, const char *key)
{
    return json_string_value(config_any(config, key));
}

static uint64_t config_count(const json_t *config, const char *const *keys,
                             size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const json_t *value = config_any(config, keys[i]);
        if (json_is_integer(value) && json_integer_value(value) > 0) {
            return (uint64_t)json_integer_value(value);
        }
    }
    return 0;
}

static const char *const context_keys[] = {
    "max_position_embeddings", "n_positions", "max_seq_len", "seq_length",
    "max_target_positions",    "n_ctx"};
uint64_t config_context(const json_t *config)
{
    return config_count(config, context_keys,
                        sizeof(context_keys) / sizeof(context_keys[0]));
}

enum model_dtype config_dtype(const json_t *config)
{
    const char *name = config_text(config, "torch_dtype");
    enum model_dtype dtype = DTYPE_BF16;
    if (name == NULL) {
        name = config_text(config, "dtype");
    }
    if (name != NULL) {
        model_dtype_find(name, &dtype);
    }
    return dtype;
}

bool config_says_dtype(const json_t *config)
{
    const char *name = config_text(config, "torch_dtype");
    enum model_dtype dtype = DTYPE_BF16;
    if (name == NULL) {
        name = config_text(config, "dtype");
    }
    return name != NULL && model_dtype_find(name, &dtype);
}

bool config_says(const json_t *config, const char *key)
{
    const json_t *value = config_any(config, key);
    return value != NULL && !json_is_null(value);
}

static const char *const layer_keys[] = {
    "num_hidden_layers", "n_layer", "num_layers", "n_layers", "encoder_layers"};

uint64_t config_layers(const json_t *config)
{
    return config_count(config, layer_keys,
                        sizeof(layer_keys) / sizeof(layer_keys[0]));
}
