# SPDX-License-Identifier: GPL-3.0-or-later
"""The small models: a preset of ours each, its sizes replaced."""
import copy
import json
import pathlib

PRESETS = pathlib.Path(__file__).resolve().parents[2] / "presets" / "models"

DECODER = {
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "vocab_size": 200,
    "max_position_embeddings": 128,
}
ENCODER = {
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "vocab_size": 200,
    "max_position_embeddings": 64,
}
SEQ2SEQ = {
    "d_model": 64,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 4,
    "encoder_ffn_dim": 96,
    "decoder_ffn_dim": 96,
    "vocab_size": 200,
    # Ids of special tokens must lie within the vocabulary.
    "pad_token_id": 1,
    "bos_token_id": 2,
    "eos_token_id": 3,
    "decoder_start_token_id": 2,
}


def without(sizes: dict, *names: str, **more) -> dict:
    kept = {key: sizes[key] for key in sizes if key not in names}
    return {**kept, **more}


# name: preset, class (None: the preset's own), keys merged into the config
MODELS = {
    "llama": ("Llama-3.2-1B", None, DECODER),
    "llama-untied": ("Llama-2-7b", None, without(
        DECODER, "head_dim", num_key_value_heads=4)),
    "llama-seqcls": ("Llama-3.2-1B", "LlamaForSequenceClassification",
                     DECODER),
    "qwen2": ("Qwen2.5-0.5B", None, without(DECODER, "head_dim")),
    "qwen3": ("Qwen3-0.6B", None, DECODER),
    "gemma3": ("gemma-3-1b", None, DECODER),
    "mistral": ("Mistral-7B-v0.1", None, DECODER),
    "phi3": ("Phi-3-mini-4k", None, without(
        DECODER, "head_dim", num_key_value_heads=4, pad_token_id=0)),
    "phi": ("phi-2", None, without(
        DECODER, "head_dim", num_key_value_heads=4)),
    "gpt2": ("gpt2", None, {
        "n_embd": 48, "n_head": 4, "n_layer": 3, "n_positions": 64,
        "n_ctx": 64, "vocab_size": 200}),
    "gpt_neox": ("pythia-70m", None, without(
        DECODER, "head_dim", "num_key_value_heads")),
    "bloom": ("bloom-560m", None, {
        "hidden_size": 64, "n_head": 4, "n_layer": 2, "vocab_size": 200}),
    "opt": ("opt-350m", None, {
        "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
        "vocab_size": 200, "ffn_dim": 96, "word_embed_proj_dim": 32,
        "max_position_embeddings": 64}),
    "falcon": ("falcon-7b", None, {
        "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
        "vocab_size": 200}),
    "mpt": ("mpt-7b", "MptForCausalLM", {
        "d_model": 64, "n_heads": 4, "n_layers": 2, "vocab_size": 200,
        "max_seq_len": 64}),
    "mamba": ("mamba-130m", None, {
        "hidden_size": 64, "num_hidden_layers": 2, "vocab_size": 200}),
    "mixtral": ("Mixtral-8x7B-v0.1", None, without(
        DECODER, "head_dim", num_hidden_layers=2, num_local_experts=4)),
    "qwen3_moe": ("Qwen3-30B-A3B", None, {
        **DECODER, "num_hidden_layers": 2, "num_experts": 4,
        "num_experts_per_tok": 2, "moe_intermediate_size": 32}),
    "qwen3_next": ("Qwen3-Next-80B-A3B", None, {
        **DECODER, "num_hidden_layers": 4, "num_experts": 4,
        "num_experts_per_tok": 2, "moe_intermediate_size": 32,
        "shared_expert_intermediate_size": 32, "linear_key_head_dim": 16,
        "linear_num_key_heads": 2, "linear_num_value_heads": 4,
        "linear_value_head_dim": 16}),
    "gpt_oss": ("gpt-oss-20b", None, {
        **DECODER, "num_hidden_layers": 2, "intermediate_size": 64,
        "num_local_experts": 4, "pad_token_id": 0}),
    "deepseek_v2": ("DeepSeek-V2-Lite", None, without(
        DECODER, "head_dim", num_hidden_layers=2, num_key_value_heads=4,
        moe_intermediate_size=32, n_routed_experts=4, n_shared_experts=1,
        num_experts_per_tok=2, kv_lora_rank=16, qk_nope_head_dim=16,
        qk_rope_head_dim=8, v_head_dim=16)),
    "bert": ("bert-base-uncased", "BertForSequenceClassification", ENCODER),
    "bert-mlm": ("bert-base-uncased", None, ENCODER),
    "roberta": ("roberta-base", "RobertaForTokenClassification", ENCODER),
    "distilbert": ("distilbert-base-uncased",
                   "DistilBertForSequenceClassification", {
                       "dim": 64, "hidden_dim": 96, "n_layers": 2,
                       "n_heads": 4, "vocab_size": 200,
                       "max_position_embeddings": 64}),
    "t5": ("t5-small", None, {
        "d_model": 64, "d_kv": 16, "d_ff": 96, "num_layers": 2,
        "num_decoder_layers": 2, "num_heads": 4, "vocab_size": 200}),
    "bart": ("bart-base", "BartForConditionalGeneration", {
        **SEQ2SEQ, "max_position_embeddings": 64}),
    "whisper": ("whisper-small", None, {
        **SEQ2SEQ, "num_mel_bins": 16, "max_source_positions": 50,
        "max_target_positions": 32}),
    "vit": ("vit-base-patch16-224", None, without(
        ENCODER, "vocab_size", "max_position_embeddings", image_size=32,
        patch_size=8)),
    "gemma3-vision": ("gemma-3-4b", None, {
        "text_config": {**DECODER, "num_hidden_layers": 2},
        "vision_config": {
            "hidden_size": 32, "image_size": 56, "intermediate_size": 48,
            "num_attention_heads": 2, "num_hidden_layers": 2},
        "mm_tokens_per_image": 4}),
}


def merge(base: dict, over: dict) -> dict:
    merged = copy.deepcopy(base)
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = merge(merged[key], value)
        else:
            merged[key] = value
    return merged


def small_config(name: str) -> tuple[dict, str]:
    """The config and the class of a small model."""
    preset, class_name, sizes = MODELS[name]
    config = json.loads((PRESETS / f"{preset}.json").read_text("utf-8"))
    del config["_loraexplore"]
    config = merge(config, sizes)
    class_name = class_name or config["architectures"][0]
    config["architectures"] = [class_name]
    return config, class_name
