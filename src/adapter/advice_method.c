/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Advice on the settings of single methods, and on how LoRA starts.
 */
#include "adapter/advice.h"

#include <math.h>
#include <string.h>

static bool type_is(const struct counter *counter, const char *type)
{
    return strcmp(counter->settings->method->peft_type, type) == 0;
}

/* ---- initialisations -------------------------------------------------------- */

static const struct {
    const char *start; /* init_lora_weights */
    const char *sentence;
} starts[] = {
    {"eva", "eva wants initialize_lora_eva_weights after get_peft_model and "
            "may move ranks between modules, which changes the count"},
    {"corda", "corda wants preprocess_corda before get_peft_model, which "
              "refuses without it, and changes the base's weights"},
    {"lora_ga", "lora_ga wants preprocess_loraga before get_peft_model, which "
                "refuses without it, and changes the base's weights"},
    {"pissa", "pissa changes the base's weights: convert the adapter on saving "
              "(path_initial_model_for_weight_conversion), or keep that base"},
    {"olora", "olora changes the base's weights: convert the adapter on saving "
              "(path_initial_model_for_weight_conversion), or keep that base"},
    {"loftq", "loftq puts quantised weights in the base's place: keep that "
              "base with the adapter"},
};

static bool advise_start(struct counter *counter)
{
    const char *start = field_text(&counter->fields, "init_lora_weights");
    for (size_t i = 0; start != NULL && i < sizeof(starts) / sizeof(starts[0]);
         i++) {
        size_t length = strlen(starts[i].start);
        bool same = strncmp(start, starts[i].start, length) == 0 &&
                    (start[length] == '\0' ||
                     strncmp(start + length, "_niter_", 7) == 0);
        if (same && !counter_warn(counter, "%s", starts[i].sentence)) {
            return false;
        }
    }
    bool ignored = start == NULL || strcmp(start, "loftq") != 0;
    return !ignored || !field_flag(&counter->fields, "loftq_config") ||
           counter_warn(counter, "loftq_config has no effect: "
                                 "init_lora_weights is not \"loftq\"");
}

/* ---- single settings of methods --------------------------------------------- */

static const struct {
    const char *key;
    bool value; /* that asks for the sentence */
    const char *sentence;
} flags[] = {
    {"save_projection", false,
     "save_projection is false: the file lacks the shared projections, loading "
     "draws them again from the seed"},
    {"save_precomputed_indices", false,
     "save_precomputed_indices is false: the file lacks the indices, loading "
     "finds them again in the base's weights"},
    {"save_only_topk_weights", true,
     "save_only_topk_weights is true: training cannot go on from the file"},
    {"use_qalora", true,
     "QALoRA needs a base that GPTQ quantised: without one PEFT makes plain "
     "LoRA of it, which is what is counted"},
};

static bool advise_flags(struct counter *counter)
{
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        bool has =
            json_object_get(counter->fields.values, flags[i].key) != NULL;
        if (has &&
            field_flag(&counter->fields, flags[i].key) == flags[i].value &&
            !counter_warn(counter, "%s", flags[i].sentence)) {
            return false;
        }
    }
    return true;
}

/* A bias that trains where the layer has none stays outside of a merge. */
static bool advise_bias(struct counter *counter)
{
    struct text names = {0};
    struct text text = {0};
    bool biases =
        type_is(counter, "BEFT") || field_flag(&counter->fields, "lora_bias");
    for (size_t i = 0; biases && i < counter->count->row_count; i++) {
        const struct count_row *row = &counter->rows[i];
        if (row->matched && !row->parameter && !row->module.bias) {
            targets_add(&names, row->module.leaf, strlen(row->module.leaf));
        }
    }
    if (names.length == 0) {
        text_clear(&names);
        return true;
    }
    advice_append_names(&text, names.data);
    text_appendf(&text,
                 " %s no bias, the one that trains cannot be merged into %s",
                 advice_number(names.data, "has", "have"),
                 advice_number(names.data, "it", "them"));
    text_clear(&names);
    return advice_say(counter, &text);
}

/* The side of OFT's blocks, from their b (b - 1) / 2 entries. */
static uint64_t block_side(const struct count_row *row)
{
    for (size_t i = 0; i < row->tensor_count; i++) {
        const struct adapter_tensor *tensor = &row->tensors[i];
        if (strcmp(tensor->suffix, ".oft_R.weight") == 0) {
            double entries = (double)tensor->shape[1];
            return (uint64_t)((1 + sqrt(1 + 8 * entries)) / 2 + 0.5);
        }
    }
    return 0;
}

static bool advise_blocks(struct counter *counter)
{
    const struct fields *fields = &counter->fields;
    uint64_t size = field_count(fields, "oft_block_size");
    uint64_t r = field_count(fields, "r");
    bool is = type_is(counter, "OFT");
    for (size_t i = 0; is && i < counter->count->row_count; i++) {
        const struct count_row *row = &counter->rows[i];
        uint64_t side = row->matched && module_is_linear(&row->module)
                            ? block_side(row)
                            : 0;
        uint64_t in = module_in(&row->module);
        bool other = side > 0 && (size > 0 ? side != size : in / side != r);
        if (other) {
            return counter_warn(
                counter,
                "%s %llu does not divide the %llu inputs of %s: PEFT takes "
                "%llu",
                size > 0 ? "oft_block_size" : "r",
                (unsigned long long)(size > 0 ? size : r),
                (unsigned long long)in, row->module.leaf,
                (unsigned long long)(size > 0 ? side : in / side));
        }
    }
    return true;
}

static bool advise_ranks(struct counter *counter)
{
    uint64_t rank = counter->settings->rank;
    if (type_is(counter, "ADALORA") &&
        field_integer(&counter->fields, "r") != 8) {
        return counter_warn(counter, "AdaLoRA does not use r: init_r is the "
                                     "rank that it starts with");
    }
    if (type_is(counter, "HRA") && rank % 2 == 1 &&
        field_flag(&counter->fields, "init_weights")) {
        return counter_warn(counter,
                            "HRA starts without effect only at an even r: %llu "
                            "is odd",
                            (unsigned long long)rank);
    }
    return true;
}

static bool advise_method(struct counter *counter)
{
    const struct fields *fields = &counter->fields;
    if (type_is(counter, "BONE")) {
        return counter_warn(counter,
                            "PEFT 0.19 dropped Bone: MiSS takes its place");
    }
    if (type_is(counter, "P_TUNING") &&
        field_is(fields, "encoder_reparameterization_type", "MLP") &&
        field_integer(fields, "encoder_num_layers") != 2) {
        return counter_warn(counter, "encoder_num_layers has no effect: an MLP "
                                     "encoder always has 2 layers");
    }
    if (type_is(counter, "SHIRA") && !field_is(fields, "mask_type", "random")) {
        return counter_warn(counter,
                            "PEFT knows mask_type \"random\" alone: set "
                            "another mask with mask_fn in Python");
    }
    return true;
}

bool advice_method(struct counter *counter)
{
    return advise_ranks(counter) && advise_method(counter) &&
           advise_blocks(counter) && advise_bias(counter) &&
           advise_start(counter) && advise_flags(counter);
}
