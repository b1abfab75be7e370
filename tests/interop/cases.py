# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of both: adapter settings, case by case.

A case is a small model, keys of adapter_config.json and, where the command
line can say the same, its options.  What PEFT makes of the keys is the truth,
also where it refuses them.
"""
import dataclasses


@dataclasses.dataclass
class Case:
    model: str
    name: str
    config: dict
    options: str | None = None  # of `count`, meaning the same as config
    dtype: str = "fp32"  # of the base model

    def __str__(self) -> str:
        return f"{self.model}.{self.name}"


def lora(model, name, options=None, dtype="fp32", **keys) -> Case:
    return Case(model, name, {"peft_type": "LORA", **keys}, options, dtype)


def causal(model, name, options=None, dtype="fp32", **keys) -> Case:
    return lora(model, name, options and f"{options} --task CAUSAL_LM", dtype,
                task_type="CAUSAL_LM", **keys)


# Every model with what most people run, and with what tells families apart.
ATTENTION = {
    "llama": "q_proj,v_proj", "llama-untied": "q_proj,k_proj,v_proj,o_proj",
    "llama-seqcls": "q_proj,v_proj", "qwen2": "q_proj,v_proj",
    "qwen3": "q_proj,v_proj", "gemma3": "q_proj,v_proj",
    "mistral": "q_proj,v_proj", "phi3": "qkv_proj", "phi": "q_proj,v_proj",
    "gpt2": "c_attn", "gpt_neox": "query_key_value",
    "bloom": "query_key_value", "opt": "q_proj,v_proj",
    "falcon": "query_key_value", "mpt": "Wqkv", "mamba": "in_proj,x_proj",
    "mixtral": "q_proj,v_proj", "qwen3_moe": "q_proj,v_proj",
    "qwen3_next": "q_proj,v_proj,in_proj_qkvz", "gpt_oss": "q_proj,v_proj",
    "deepseek_v2": "q_proj,kv_b_proj", "bert": "query,value",
    "bert-mlm": "query,value", "roberta": "query,value",
    "distilbert": "q_lin,v_lin", "t5": "q,v", "bart": "q_proj,v_proj",
    "whisper": "q_proj,v_proj",
    # The names of transformers 4, then of 5.
    "vit": "query,value,q_proj,v_proj",
    "gemma3-vision": "q_proj,v_proj",
}
TASKS = {
    "llama-seqcls": "SEQ_CLS", "bert": "SEQ_CLS", "distilbert": "SEQ_CLS",
    "roberta": "TOKEN_CLS", "bert-mlm": None, "t5": "SEQ_2_SEQ_LM",
    "bart": "SEQ_2_SEQ_LM", "whisper": None, "vit": None,
    "gemma3-vision": None,
}


def task_of(model: str) -> tuple[dict, str]:
    task = TASKS.get(model, "CAUSAL_LM")
    return ({"task_type": task}, f" --task {task}") if task else ({}, "")


def family_cases():
    for model, targets in ATTENTION.items():
        task, option = task_of(model)
        yield lora(model, "default", f"-r 8 -t default{option}", **task)
        yield lora(model, "all-linear", f"-r 4 -a 32 -t all-linear{option}",
                   r=4, lora_alpha=32, target_modules="all-linear", **task)
        yield lora(model, "attention", f"-r 3 -t {targets}{option}", r=3,
                   target_modules=targets.split(","), **task)
        yield lora(model, "bias-all", f"-t {targets} --bias all{option}",
                   target_modules=targets.split(","), bias="all", **task)
        yield lora(model, "dora", f"-t {targets} --dora{option}", "bf16",
                   target_modules=targets.split(","), use_dora=True, **task)


QV = ["q_proj", "v_proj"]


def rule_cases():
    """LoRA's fields one by one, on a decoder with three layers."""
    def case(name, options=None, model="llama", **keys):
        keys.setdefault("target_modules", QV)
        return causal(model, name, options, **keys)

    yield case("regex", r"--target-regex '.*layers\.[01]\..*_proj'",
               target_modules=r".*layers\.[01]\..*_proj")
    yield case("regex-no-full-match", "--target-regex q_proj",
               target_modules="q_proj")
    yield case("regex-broken", "--target-regex '(q'", target_modules="(q")
    yield case("regex-lookahead",
               r"--target-regex '^(?!.*mlp).*\.(k|o)_proj$'",
               target_modules=r"^(?!.*mlp).*\.(k|o)_proj$")
    yield case("exact-name", "-t model.layers.1.mlp.up_proj",
               target_modules=["model.layers.1.mlp.up_proj"])
    yield case("nothing", "-t zzz", target_modules=["zzz"])
    yield case("some-match-nothing", "-t q_proj,zzz",
               target_modules=["q_proj", "zzz"])
    yield case("no-targets", target_modules=[])
    yield case("container", "-t self_attn", target_modules=["self_attn"])
    yield case("norm", "-t input_layernorm",
               target_modules=["input_layernorm"])
    yield case("embedding", "-r 2 -t embed_tokens", r=2,
               target_modules=["embed_tokens"])
    yield case("tied-head", "-t q_proj,lm_head",
               target_modules=["q_proj", "lm_head"])
    yield case("head", "-t q_proj,lm_head", "llama-untied",
               target_modules=["q_proj", "lm_head"])
    yield case("tying-ensured", target_modules=["embed_tokens", "lm_head"],
               ensure_weight_tying=True)
    yield case("exclude", "-t all-linear --exclude down_proj,gate_proj",
               target_modules="all-linear",
               exclude_modules=["down_proj", "gate_proj"])
    yield case("exclude-regex",
               r"-t q_proj,v_proj --exclude-regex '.*layers\.0\..*'",
               exclude_modules=r".*layers\.0\..*")
    yield case("exclude-all", "-t q_proj --exclude-regex '.*'",
               target_modules=["q_proj"], exclude_modules=".*")
    yield case("layers", "-t q_proj,v_proj --layers 0,2",
               layers_to_transform=[0, 2])
    yield case("layers-range", "-t q_proj,v_proj --layers 0-1",
               layers_to_transform=[0, 1])
    yield case("layer", layers_to_transform=1)
    yield case("layers-past", "-t q_proj --layers 9",
               target_modules=["q_proj"], layers_to_transform=[9])
    yield case("layers-all-linear", "-t all-linear --layers 0",
               target_modules="all-linear", layers_to_transform=[0])
    yield case("layers-pattern", layers_to_transform=[1],
               layers_pattern="layers")
    yield case("layers-pattern-wrong", layers_to_transform=[1],
               layers_pattern="blocks")
    yield case("layers-pattern-alone", layers_pattern="layers")
    yield case("rank-pattern",
               "-t all-linear --rank-pattern down_proj=2 "
               "--rank-pattern 'layers\\.0\\.self_attn\\.q_proj=32'",
               target_modules="all-linear", rank_pattern={
                   "down_proj": 2, r"layers\.0\.self_attn\.q_proj": 32})
    yield case("rank-pattern-order",
               "-t q_proj,v_proj --rank-pattern '.*_proj=3' "
               "--rank-pattern q_proj=5",
               rank_pattern={".*_proj": 3, "q_proj": 5})
    yield case("rank-pattern-root", rank_pattern={"^model.layers.0.*": 3})
    yield case("alpha-pattern",
               "-t q_proj,v_proj --alpha-pattern q_proj=64",
               alpha_pattern={"q_proj": 64})
    yield case("rslora", "-t q_proj,v_proj -r 16 -a 32 --rslora", r=16,
               lora_alpha=32, use_rslora=True)
    yield case("save-head", "-t q_proj --modules-to-save lm_head",
               "llama-untied", target_modules=["q_proj"],
               modules_to_save=["lm_head"])
    yield case("save-tied", "-t q_proj --modules-to-save embed_tokens,lm_head",
               target_modules=["q_proj"],
               modules_to_save=["embed_tokens", "lm_head"])
    yield case("save-norms", "-t q_proj --modules-to-save norm",
               target_modules=["q_proj"], modules_to_save=["norm"])
    yield case("save-nothing", "-t q_proj --modules-to-save zzz",
               target_modules=["q_proj"], modules_to_save=["zzz"])
    yield case("save-target", "-t q_proj --modules-to-save q_proj",
               target_modules=["q_proj"], modules_to_save=["q_proj"])
    yield case("lora-bias", model="qwen2", lora_bias=True)
    yield case("lora-bias-dora", lora_bias=True, use_dora=True)
    yield case("bias-lora-only", "-t q_proj,v_proj --bias lora_only",
               "qwen2", bias="lora_only")
    yield case("bias-unknown", bias="some")
    yield case("dora-embedding", target_modules=["embed_tokens", "q_proj"],
               use_dora=True)
    yield case("rank-zero", r=0)
    yield case("rank-negative", r=-1)
    yield case("rank-text", r="16")
    yield case("alpha-zero", "-t q_proj,v_proj -a 0", lora_alpha=0)
    yield case("alpha-float", "-t q_proj,v_proj -a 2.5", lora_alpha=2.5)
    yield case("dropout", lora_dropout=0.1)
    yield case("dropout-too-large", lora_dropout=1.5)
    yield case("token-indices", trainable_token_indices=[1, 5, 9])
    yield case("token-indices-named",
               trainable_token_indices={"embed_tokens": [1, 2]})
    yield case("token-indices-untied", model="llama-untied",
               trainable_token_indices=[1, 2])
    yield case("token-indices-past", trainable_token_indices=[100000])
    yield case("parameters", target_modules=["k_proj"],
               target_parameters=["q_proj.weight", "down_proj.weight"])
    yield case("parameters-dora", target_modules=[], use_dora=True,
               target_parameters=["q_proj.weight"])
    yield case("replication", layer_replication=[[0, 2], [1, 3]])
    yield case("fan-in-fan-out", fan_in_fan_out=True)
    for init in ("gaussian", "pissa", "olora", "orthogonal", "mica", "eva",
                 "lora_ga", "no_such_init", False):
        yield case(f"init-{init}", init_lora_weights=init)
    yield case("qalora", use_qalora=True)
    yield case("alora", alora_invocation_tokens=[1, 2])
    yield lora("llama", "task-nonsense", task_type="FOO", target_modules=QV)
    yield lora("llama", "no-task", target_modules=QV)
    yield Case("llama", "type-in-lower-case",
               {"peft_type": "lora", "target_modules": QV})
    yield Case("llama", "type-unknown",
               {"peft_type": "FOO", "target_modules": QV})
    yield Case("llama", "type-missing", {"target_modules": QV})
    yield case("key-of-tomorrow", no_such_key={"a": 1})
    yield case("old-keys", enable_lora=None, merge_weights=False)


def place_cases():
    """Experts, towers, heads, tied and unusual layers."""
    for model, names in (("mixtral", "w1,w3"), ("mixtral", "w1,w2,w3"),
                         ("mixtral", "w1"), ("mixtral", "gate"),
                         ("qwen3_moe", "gate_proj,up_proj"),
                         ("qwen3_moe", "gate_proj,up_proj,down_proj"),
                         ("qwen3_moe", "gate"), ("gpt_oss", "router"),
                         ("deepseek_v2", "gate_proj,up_proj,down_proj"),
                         ("deepseek_v2", "kv_a_proj_with_mqa,o_proj")):
        yield causal(model, names, f"-r 4 -t {names}", r=4,
                     target_modules=names.split(","))
    for model in ("mixtral", "qwen3_moe", "gpt_oss"):
        yield causal(model, "experts", target_modules=["q_proj"],
                     target_parameters=["mlp.experts.gate_up_proj",
                                        "mlp.experts.down_proj"])
        yield causal(model, "experts-alone", r=2, target_modules=[],
                     target_parameters=["experts.down_proj"])
        yield causal(model, "save-experts", target_modules=["q_proj"],
                     modules_to_save=["experts"])
        yield causal(model, "experts-dora", target_modules=["q_proj"],
                     target_parameters=["experts.down_proj"], use_dora=True)
    yield causal("mixtral", "experts-rank-pattern", r=4,
                 target_modules=["q_proj", "w2"],
                 rank_pattern={"w2": 3, "down_proj": 2})
    yield causal("gpt2", "fan-in-fan-out", target_modules=["c_attn"],
                 fan_in_fan_out=True)
    yield causal("gpt2", "all-of-it", "-t c_attn,c_proj,c_fc,wte,wpe",
                 target_modules=["c_attn", "c_proj", "c_fc", "wte", "wpe"])
    yield causal("gpt2", "save-tied", "-t c_attn --modules-to-save wte",
                 "bf16", target_modules=["c_attn"], modules_to_save=["wte"])
    yield causal("gpt2", "c_proj-of-attention", "-t attn.c_proj",
                 target_modules=["attn.c_proj"])
    yield causal("mamba", "out_proj", "-t out_proj",
                 target_modules=["out_proj"])
    yield causal("mamba", "convolution", "-t conv1d",
                 target_modules=["conv1d"])
    yield causal("opt", "project_in", "-t project_in,project_out",
                 target_modules=["project_in", "project_out"])
    yield causal("opt", "positions", "-t embed_positions",
                 target_modules=["embed_positions"])
    yield lora("vit", "patches", "-t projection",
               target_modules=["projection"])
    yield lora("vit", "patches-dora", "-t projection --dora",
               target_modules=["projection"], use_dora=True)
    yield lora("vit", "save-classifier",
               "-t query,q_proj --modules-to-save classifier",
               target_modules=["query", "q_proj"],
               modules_to_save=["classifier"])
    yield lora("whisper", "convolutions", "-t conv1,conv2",
               target_modules=["conv1", "conv2"])
    yield lora("whisper", "encoder",
               r"--target-regex '.*\.encoder\..*\.(q|v)_proj'",
               target_modules=r".*\.encoder\..*\.(q|v)_proj")
    yield lora("gemma3-vision", "language",
               r"--target-regex '.*language_model.*\.(q|v)_proj'",
               target_modules=r".*language_model.*\.(q|v)_proj")
    yield lora("gemma3-vision", "no-tower",
               r"-t q_proj --exclude-regex '.*vision_tower.*'",
               target_modules=["q_proj"],
               exclude_modules=".*vision_tower.*")
    yield lora("t5", "shared", task_type="SEQ_2_SEQ_LM",
               target_modules=["shared"])
    yield lora("t5", "save-both", task_type="SEQ_2_SEQ_LM",
               target_modules=["q"], modules_to_save=["shared", "lm_head"])
    yield lora("t5", "positions", task_type="SEQ_2_SEQ_LM",
               target_modules=["relative_attention_bias"])
    yield lora("bert", "save-pooler",
               "-t query --task SEQ_CLS --modules-to-save pooler",
               task_type="SEQ_CLS", target_modules=["query"],
               modules_to_save=["pooler"])
    yield lora("bert", "no-task", "-t query,value",
               target_modules=["query", "value"])
    yield lora("bert", "dense", "-t dense --task SEQ_CLS",
               task_type="SEQ_CLS", target_modules=["dense"])
    yield lora("bert", "embedding", "-t word_embeddings,query",
               target_modules=["word_embeddings", "query"])
    yield lora("roberta", "all-linear-token", "-t all-linear --task TOKEN_CLS",
               "bf16", task_type="TOKEN_CLS", target_modules="all-linear")
    yield lora("llama-seqcls", "score",
               "-t q_proj --modules-to-save score", "bf16",
               target_modules=["q_proj"], modules_to_save=["score"])
    yield causal("phi3", "fused", "-t qkv_proj,gate_up_proj",
                 target_modules=["qkv_proj", "gate_up_proj"])
    yield causal("qwen3_next", "linear-attention",
                 "-t in_proj_ba,in_proj_qkvz,out_proj",
                 target_modules=["in_proj_ba", "in_proj_qkvz", "out_proj"])
