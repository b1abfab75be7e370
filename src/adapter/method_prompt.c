/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Trained tokens in front of the model, or keys and values in front of every
 * layer's: prompt tuning, prefix tuning, P-tuning, multitask prompt tuning,
 * CPT, Cartridge.
 *
 * Sizes come from the model's config as PEFT reads them
 * (_prepare_prompt_learning_config in utils/other.py).  PEFT saves what the
 * tokens come to, not what trains them.
 */
#include "adapter/methods.h"

#include <string.h>

#include "adapter/method.h"
#include "base/alloc.h"

/* ---- the model's sizes ------------------------------------------------------ */

enum { SIZE_MOST = 1 << 30 }; /* so that products of two fit 64 bits */

struct prompt_sizes {
    uint64_t tokens;  /* num_virtual_tokens */
    uint64_t total;   /* times the stacks that get them: 2 of a T5 */
    uint64_t dim;     /* token_dim */
    uint64_t layers;  /* num_layers */
    uint64_t encoder; /* encoder_hidden_size */
};

/* The part of the config that describes the language model. */
static const json_t *language_config(const struct method_group *group)
{
    const json_t *config = group->inventory->config;
    const json_t *text = json_object_get(config, "text_config");
    return json_is_object(text) ? text : config;
}

/* The first of KEYS that holds a number above 0; 0: none. */
static uint64_t config_first(const json_t *config, const char *const *keys)
{
    for (size_t i = 0; keys[i] != NULL; i++) {
        json_int_t value = json_integer_value(json_object_get(config, keys[i]));
        if (value > 0) {
            return (uint64_t)value;
        }
    }
    return 0;
}

static uint64_t config_number(const json_t *config, const char *key)
{
    return config_first(config, (const char *const[]){key, NULL});
}

/* KEY as it is set, else from the config under one of NAMES. */
static bool take_size(const struct method_group *group, const char *key,
                      const char *const *names, uint64_t *out,
                      struct error *err)
{
    *out = field_is_null(group->fields, key)
               ? config_first(language_config(group), names)
               : field_count(group->fields, key);
    return *out > 0 ||
           error_set(err, ERROR_UNSUPPORTED,
                     "%s cannot be told from the model's config, set it", key);
}

static const char *const layer_names[] = {"num_hidden_layers", "num_layers",
                                          "n_layer", "encoder_layers", NULL};
static const char *const dim_names[] = {"hidden_size", "n_embd", "d_model",
                                        "n_embed", NULL};
static const char *const head_names[] = {"num_attention_heads", "n_head",
                                         "num_heads", "encoder_attention_heads",
                                         NULL};

/* Heads of the widest keys and values, and their size: models with layers of
 * several kinds say those of the global ones apart (PEFT 0.21).
 */
static uint64_t key_value_dim(const struct method_group *group, uint64_t dim,
                              uint64_t heads)
{
    const json_t *config = language_config(group);
    uint64_t groups = config_number(config, "num_key_value_heads");
    uint64_t global = group->fields->peft == PEFT_0_18
                          ? 0
                          : config_number(config, "global_head_dim");
    if (groups == 0) {
        return dim; /* no grouped-query attention */
    }
    if (global > 0) {
        uint64_t wide = config_number(config, "num_global_key_value_heads");
        return method_product(global, wide > 0 ? wide : groups);
    }
    uint64_t head = config_number(config, "head_dim");
    return method_product(head > 0 ? head : dim / heads, groups);
}

static bool take_tokens(const struct method_group *group,
                        struct prompt_sizes *sizes, struct error *err)
{
    const struct fields *fields = group->fields;
    sizes->tokens = field_count(fields, "num_virtual_tokens");
    uint64_t stacks = field_is(fields, "task_type", "SEQ_2_SEQ_LM") ? 2 : 1;
    if (!field_is_null(fields, "num_transformer_submodules")) {
        stacks = field_count(fields, "num_transformer_submodules");
    }
    return checked_mul(sizes->tokens, stacks, &sizes->total) ||
           error_set(err, ERROR_RANGE, "the prompt has more than 2^64 tokens");
}

/* PREFIX: the tokens are keys and values, one pair a layer. */
static bool take_sizes(const struct method_group *group, bool prefix,
                       struct prompt_sizes *sizes, struct error *err)
{
    uint64_t heads = 0;
    if (!take_tokens(group, sizes, err) ||
        !take_size(group, "num_layers", layer_names, &sizes->layers, err) ||
        !take_size(group, "token_dim", dim_names, &sizes->dim, err) ||
        !take_size(group, "num_attention_heads", head_names, &heads, err)) {
        return false;
    }
    if (prefix) {
        sizes->dim = key_value_dim(group, sizes->dim, heads);
    }
    bool own = !field_is_null(group->fields, "encoder_hidden_size");
    sizes->encoder =
        own ? field_count(group->fields, "encoder_hidden_size") : sizes->dim;
    return (sizes->dim <= SIZE_MOST && sizes->layers <= SIZE_MOST &&
            sizes->encoder <= SIZE_MOST) ||
           error_set(err, ERROR_RANGE, "a size of the prompt passes %d",
                     SIZE_MOST);
}

/* ---- tensors ---------------------------------------------------------------- */

/* A trained tensor of the prompt's encoder, fp32 whatever the model is; PEFT
 * does not save it unless STORED.
 */
static void prompt_train(struct tensor_list *list, const char *suffix,
                         bool stored, unsigned dimensions,
                         const uint64_t *shape)
{
    struct adapter_tensor *tensor =
        tensors_add(list, suffix, TENSOR_TRAINABLE, dimensions, shape);
    tensor->type = TENSOR_F32;
    tensor->stored = stored;
}

/* What is saved in the place of the tensors above. */
static void prompt_write(struct tensor_list *list, uint64_t rows,
                         uint64_t columns)
{
    tensors_add(list, "/prompt_embeddings", TENSOR_WRITTEN, 2,
                (uint64_t[]){rows, columns})
        ->type = TENSOR_F32;
}

/* nn.Linear NUMBER of the encoder's PART: W (out, in), b (out). */
static void encoder_linear(struct tensor_list *list, const char *part,
                           unsigned number, uint64_t out, uint64_t in)
{
    prompt_train(
        list,
        tensors_suffix(list, "/prompt_encoder.%s.%u.weight", part, number),
        false, 2, (uint64_t[]){out, in});
    prompt_train(
        list, tensors_suffix(list, "/prompt_encoder.%s.%u.bias", part, number),
        false, 1, &out);
}

static const char embedding_name[] = "/prompt_encoder.embedding.weight";

/* ---- prompt tuning (Lester et al. 2021, arXiv 2104.08691) ------------------- */

bool prompt_check(const struct fields *fields, struct error *err)
{
    return field_count(fields, "num_virtual_tokens") > 0 ||
           error_set(err, ERROR_UNSUPPORTED,
                     "%s needs num_virtual_tokens, a whole number above 0: "
                     "--set num_virtual_tokens=20",
                     fields->method->peft_type);
}

bool prompt_tuning_check(const struct fields *fields, struct error *err)
{
    bool text = field_is(fields, "prompt_tuning_init", "TEXT");
    if (text && !field_flag(fields, "tokenizer_name_or_path")) {
        return error_set(err, ERROR_UNSUPPORTED,
                         "prompt_tuning_init TEXT needs "
                         "tokenizer_name_or_path, the text is in its tokens: "
                         "--set tokenizer_name_or_path=gpt2");
    }
    if (text && field_is_null(fields, "prompt_tuning_init_text")) {
        return error_set(err, ERROR_UNSUPPORTED,
                         "prompt_tuning_init TEXT needs "
                         "prompt_tuning_init_text: --set "
                         "prompt_tuning_init_text='Classify this:'");
    }
    if (!text && field_flag(fields, "tokenizer_kwargs")) {
        return error_set(err, ERROR_UNSUPPORTED,
                         "tokenizer_kwargs needs prompt_tuning_init TEXT");
    }
    return prompt_check(fields, err);
}

bool prompt_tuning_share(const struct method_group *group,
                         struct tensor_list *list, struct error *err)
{
    struct prompt_sizes sizes;
    if (!take_sizes(group, false, &sizes, err)) {
        return false;
    }
    prompt_train(list, "/prompt_embeddings", true, 2, /* (tokens, dim) */
                 (uint64_t[]){sizes.total, sizes.dim});
    return tensors_ok(list, err);
}

/* ---- prefix tuning (Li and Liang 2021, arXiv 2101.00190) -------------------- */

bool prefix_tuning_share(const struct method_group *group,
                         struct tensor_list *list, struct error *err)
{
    struct prompt_sizes sizes;
    if (!take_sizes(group, true, &sizes, err)) {
        return false;
    }
    uint64_t n = sizes.tokens, dim = sizes.dim;
    uint64_t width = 2 * sizes.layers * dim; /* a key and a value a layer */
    if (!field_flag(group->fields, "prefix_projection")) {
        prompt_train(list, "/prompt_embeddings", true, 2,
                     (uint64_t[]){n, width});
        return tensors_ok(list, err);
    }
    prompt_train(list, embedding_name, false, 2, (uint64_t[]){n, dim});
    encoder_linear(list, "transform", 0, sizes.encoder, dim);
    encoder_linear(list, "transform", 2, width, sizes.encoder);
    prompt_write(list, n, width);
    return tensors_ok(list, err);
}

/* ---- P-tuning (Liu et al. 2021, arXiv 2103.10385) ---------------------------- */

enum { LSTM_LAYERS_MOST = 4096 };

bool p_tuning_check(const struct fields *fields, struct error *err)
{
    bool lstm = field_is(fields, "encoder_reparameterization_type", "LSTM");
    if (!lstm && !field_is(fields, "encoder_reparameterization_type", "MLP")) {
        return error_set(err, ERROR_UNSUPPORTED,
                         "encoder_reparameterization_type must be MLP or LSTM");
    }
    int64_t layers = field_integer(fields, "encoder_num_layers");
    if (lstm && (layers < 1 || layers > LSTM_LAYERS_MOST)) {
        return error_set(err, ERROR_RANGE,
                         "encoder_num_layers must be from 1 to %d",
                         LSTM_LAYERS_MOST);
    }
    return prompt_check(fields, err);
}

/* One layer, both directions: four gates, each with W, U and two biases. */
static void lstm_layer(struct tensor_list *list, unsigned long long layer,
                       uint64_t in, uint64_t hidden)
{
    uint64_t gates = 4 * hidden;
    static const char *const directions[] = {"", "_reverse"};
    const struct {
        const char *name;
        unsigned dimensions;
        uint64_t shape[2];
    } parts[] = {
        {"weight_ih", 2, {gates, in}},
        {"weight_hh", 2, {gates, hidden}},
        {"bias_ih", 1, {gates}},
        {"bias_hh", 1, {gates}},
    };
    for (size_t i = 0; i < 2 * sizeof(parts) / sizeof(parts[0]); i++) {
        prompt_train(
            list,
            tensors_suffix(list, "/prompt_encoder.lstm_head.%s_l%llu%s",
                           parts[i / 2].name, layer, directions[i % 2]),
            false, parts[i / 2].dimensions, parts[i / 2].shape);
    }
}

static void p_tuning_encoder(const struct fields *fields,
                             struct tensor_list *list,
                             const struct prompt_sizes *sizes)
{
    uint64_t dim = sizes->dim, hidden = sizes->encoder;
    if (!field_is(fields, "encoder_reparameterization_type", "LSTM")) {
        encoder_linear(list, "mlp_head", 0, hidden, dim);
        encoder_linear(list, "mlp_head", 2, hidden, hidden);
        encoder_linear(list, "mlp_head", 4, dim, hidden);
        return;
    }
    uint64_t layers = field_count(fields, "encoder_num_layers");
    for (uint64_t i = 0; i < layers && !list->failed; i++) {
        lstm_layer(list, i, i == 0 ? dim : 2 * hidden, hidden);
    }
    encoder_linear(list, "mlp_head", 0, 2 * hidden, 2 * hidden);
    encoder_linear(list, "mlp_head", 2, dim, 2 * hidden);
}

bool p_tuning_share(const struct method_group *group, struct tensor_list *list,
                    struct error *err)
{
    struct prompt_sizes sizes;
    if (!take_sizes(group, false, &sizes, err)) {
        return false;
    }
    prompt_train(list, embedding_name, false, 2,
                 (uint64_t[]){sizes.total, sizes.dim});
    p_tuning_encoder(group->fields, list, &sizes);
    prompt_write(list, sizes.total, sizes.dim);
    return tensors_ok(list, err);
}

/* ---- multitask prompt tuning (Wang et al. 2023, arXiv 2303.02861) ------------ */

bool multitask_check(const struct fields *fields, struct error *err)
{
    static const char *const sources[] = {
        "AVERAGE_SOURCE_TASKS", "EXACT_SOURCE_TASK", "ONLY_SOURCE_SHARED"};
    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        if (field_is(fields, "prompt_tuning_init", sources[i]) &&
            field_is_null(fields, "prompt_tuning_init_state_dict_path")) {
            return error_set(err, ERROR_UNSUPPORTED,
                             "prompt_tuning_init %s needs "
                             "prompt_tuning_init_state_dict_path: --set "
                             "prompt_tuning_init_state_dict_path=FILE",
                             sources[i]);
        }
    }
    return prompt_tuning_check(fields, err);
}

bool multitask_share(const struct method_group *group, struct tensor_list *list,
                     struct error *err)
{
    struct prompt_sizes sizes;
    if (!take_sizes(group, false, &sizes, err)) {
        return false;
    }
    uint64_t tasks = field_count(group->fields, "num_tasks");
    uint64_t ranks = field_count(group->fields, "num_ranks");
    prompt_train(list, "/prefix_task_cols", true,
                 3, /* (tasks, tokens, ranks) */
                 (uint64_t[]){tasks, sizes.total, ranks});
    prompt_train(list, "/prefix_task_rows", true, 3, /* (tasks, ranks, dim) */
                 (uint64_t[]){tasks, ranks, sizes.dim});
    prompt_train(list, "/prompt_embeddings", true, 2,
                 (uint64_t[]){sizes.total, sizes.dim});
    return tensors_ok(list, err);
}

/* ---- CPT: the embeddings of a context's tokens, and what they move by (Blau
 * et al. 2024, arXiv 2410.17222) ------------------------------------------------ */

static uint64_t cpt_length(const struct fields *fields, const char *key)
{
    const json_t *ids = field(fields, "cpt_token_ids");
    uint64_t tokens = json_is_null(ids) ? 1 : json_array_size(ids);
    return field_is_null(fields, key) ? tokens
                                      : json_array_size(field(fields, key));
}

bool cpt_check(const struct fields *fields, struct error *err)
{
    if (!field_is(fields, "task_type", "CAUSAL_LM")) {
        return error_set(err, ERROR_UNSUPPORTED,
                         "CPT works for the task_type CAUSAL_LM alone: --task "
                         "CAUSAL_LM");
    }
    uint64_t tokens = cpt_length(fields, "cpt_token_ids");
    if (cpt_length(fields, "cpt_mask") != tokens ||
        cpt_length(fields, "cpt_tokens_type_mask") != tokens) {
        return error_set(err, ERROR_UNSUPPORTED,
                         "cpt_mask and cpt_tokens_type_mask must be as long as "
                         "cpt_token_ids, %llu",
                         (unsigned long long)tokens);
    }
    return true;
}

bool cpt_share(const struct method_group *group, struct tensor_list *list,
               struct error *err)
{
    struct prompt_sizes sizes;
    if (!take_sizes(group, false, &sizes, err)) {
        return false;
    }
    uint64_t shape[] = {cpt_length(group->fields, "cpt_token_ids"), sizes.dim};
    struct adapter_tensor *tokens =
        tensors_add(list, "/prompt_embeddings", TENSOR_FROZEN, 2, shape);
    tokens->type = TENSOR_F32;
    tokens->stored = true; /* with what they moved by added */
    prompt_train(list, "/prompt_encoder.delta_embedding.weight", false, 2,
                 shape);
    return tensors_ok(list, err);
}

/* ---- Cartridge: keys and values themselves, the first tokens frozen (Eyuboglu
 * et al. 2025, arXiv 2506.06266) -------------------------------------------- */

bool cartridge_check(const struct fields *fields, struct error *err)
{
    int64_t frozen = field_integer(fields, "num_frozen_tokens");
    if (!prompt_check(fields, err)) {
        return false;
    }
    return (frozen >= 0 &&
            frozen <= field_integer(fields, "num_virtual_tokens")) ||
           error_set(err, ERROR_RANGE,
                     "num_frozen_tokens must be from 0 to num_virtual_tokens");
}

bool cartridge_share(const struct method_group *group, struct tensor_list *list,
                     struct error *err)
{
    struct prompt_sizes sizes;
    if (!take_sizes(group, true, &sizes, err)) {
        return false;
    }
    uint64_t frozen = field_count(group->fields, "num_frozen_tokens");
    uint64_t width = 2 * sizes.layers * sizes.dim;
    if (frozen > 0) {
        tensors_add(list, "/prompt_encoder.frozen_embedding", TENSOR_FROZEN, 2,
                    (uint64_t[]){frozen, width})
            ->type = TENSOR_F32;
    }
    prompt_train(list, "/prompt_encoder.trainable_embedding", false, 2,
                 (uint64_t[]){sizes.tokens - frozen, width});
    prompt_write(list, sizes.tokens, width);
    return tensors_ok(list, err);
}
