# SPDX-License-Identifier: GPL-3.0-or-later
"""Every other method of PEFT, with the fields that change what it counts."""
import cases

# peft_type: (name for --method or None, rank key or None, [fields, ...])
METHODS = {
    "ADALORA": ("adalora", "init_r", [
        {"total_step": 100}, {}, {"total_step": 100, "init_r": 4, "r": 20},
        {"total_step": 10, "bias": "all"},
        {"total_step": 100, "use_dora": True}]),
    "IA3": ("ia3", None, [
        {}, {"feedforward_modules": ["v_proj"]},
        {"feedforward_modules": ".*q_proj"},
        {"feedforward_modules": ["down_proj"]}]),
    "LOHA": ("loha", "r", [
        {"r": 8}, {"r": 0}, {"rank_pattern": {"q_proj": 3}},
        {"layers_to_transform": [1]}]),
    "LOKR": ("lokr", "r", [
        {"r": 8}, {"r": 2, "decompose_both": True},
        {"r": 4, "decompose_factor": 7}, {"r": 64}]),
    "OFT": ("oft", None, [
        {}, {"oft_block_size": 16}, {"oft_block_size": 0, "r": 4},
        {"oft_block_size": 7}, {"r": 8, "oft_block_size": 8},
        {"block_share": True}]),
    "BOFT": ("boft", None, [
        {}, {"boft_block_size": 8}, {"boft_n_butterfly_factor": 2},
        {"boft_block_size": 0, "boft_block_num": 4},
        {"boft_block_size": 7}, {"bias": "boft_only"}]),
    "HRA": ("hra", "r", [{"r": 8}, {"r": 7}, {"r": 0}]),
    "MISS": ("miss", "r", [{"r": 16}, {"r": 7}, {
        "r": 16, "init_weights": "bat"}, {
        "r": 16, "init_weights": "mini", "mini_r": 4}]),
    "BONE": ("bone", "r", [{"r": 16}, {"r": 16, "init_weights": "bat"}]),
    "C3A": ("c3a", None, [{"block_size": 16}, {}, {"block_size": 7}, {
        "block_size": 16, "block_size_pattern": {"q_proj": 32}}]),
    "VERA": ("vera", "r", [
        {"r": 16}, {"r": 1}, {"r": 0}, {"save_projection": False},
        {"layers_to_transform": [0, 2]}]),
    "PVERA": ("pvera", "r", [{"r": 16}, {"save_projection": False}]),
    "RANDLORA": ("randlora", "r", [
        {"r": 8}, {"r": 100}, {"r": 0}, {"sparse": True},
        {"save_projection": False}]),
    "VBLORA": ("vblora", "r", [
        {"r": 4, "vector_length": 16, "num_vectors": 20}, {},
        {"vector_length": 16, "topk": 3, "num_vectors": 20},
        {"vector_length": 16, "save_only_topk_weights": True,
         "num_vectors": 20}, {"vector_length": 7}]),
    "FOURIERFT": ("fourierft", None, [
        {}, {"n_frequency": 100}, {"n_frequency": 0},
        {"n_frequency": 100, "n_frequency_pattern": {"q_proj": 7}}]),
    "WAVEFT": ("waveft", None, [
        {"n_frequency": 100}, {"n_frequency": 10 ** 9},
        {"n_frequency": 100, "proportional_parameters": True}]),
    "ROAD": ("road", None, [
        {"group_size": 16}, {"variant": "road_4", "group_size": 16},
        {"variant": "road_3"}, {}]),
    "SHIRA": ("shira", "r", [{"r": 4}, {"mask_type": "xx"}]),
    "LN_TUNING": ("ln_tuning", None, [{}, {
        "modules_to_save": ["embed_tokens"]}]),
    "TRAINABLE_TOKENS": ("trainable_tokens", None, [
        {"token_indices": [0, 1, 2]}, {}, {"token_indices": [100000]}]),
    "POLY": ("poly", "r", [{"r": 4}, {"n_tasks": 3, "n_skills": 8},
                           {"n_splits": 5}]),
    "DELORA": ("delora", "r", [{"r": 4}, {"r": 0}]),
    "OSF": ("osf", None, [{}, {"effective_rank": 16},
                          {"effective_rank": 0.25}]),
    "GRALORA": ("gralora", "r", [
        {"r": 16}, {"r": 16, "gralora_k": 4}, {"r": 16, "hybrid_r": 8},
        {"r": 32, "gralora_k": 3}]),
    "HIRA": ("hira", "r", [{"r": 4}, {"r": 0}]),
    "PEANUT": ("peanut", "r", [{"r": 8}, {"r": 8, "depth": 2}]),
    "PSOFT": ("psoft", "r", [{"r": 8}, {"r": 8, "psoft_orth": False}]),
    "DEFT": ("deft", "r", [{"r": 4}, {"para": True},
                           {"decomposition_method": "xx"}]),
    "GLORA": ("glora", "r", [
        {"r": 4}, {"config_C": "constant"},
        {"config_A_B": "constant", "config_D_E": "vector"}]),
    "BEFT": ("beft", None, [{}]),
    "LILY": ("lily", "r", [{"r": 8}, {"r": 8, "num_B": 1},
                           {"r": 8, "stride_A": 2}]),
    "TINYLORA": ("tinylora", "r", [{}, {"u": 8}, {"weight_tying": 0.5}]),
    "UNILORA": ("unilora", "r", [{"r": 8}, {"save_indices": True}]),
    "FROD": ("frod", None, [{}, {"save_projection": False}]),
    "SUPERTUNING": ("supertuning", None, [{}, {"select_top": False}]),
}

# These stand in front of the model, or bring layers of their own.
WHOLE = {
    "PROMPT_TUNING": [
        {"num_virtual_tokens": 8}, {}, {
            "num_virtual_tokens": 8, "prompt_tuning_init": "TEXT"}],
    "PREFIX_TUNING": [
        {"num_virtual_tokens": 8}, {
            "num_virtual_tokens": 8, "prefix_projection": True,
            "encoder_hidden_size": 32}],
    "P_TUNING": [
        {"num_virtual_tokens": 8, "encoder_hidden_size": 32}, {
            "num_virtual_tokens": 8, "encoder_hidden_size": 32,
            "encoder_reparameterization_type": "LSTM"},
        {"num_virtual_tokens": 8, "encoder_num_layers": 3,
         "encoder_reparameterization_type": "LSTM"}],
    "MULTITASK_PROMPT_TUNING": [
        {"num_virtual_tokens": 8, "num_tasks": 3, "num_ranks": 2}],
    "CPT": [{"cpt_token_ids": [5, 6, 7, 8]}, {
        "cpt_token_ids": [5, 6], "cpt_mask": [1]}],
    "CARTRIDGE": [{"num_virtual_tokens": 8},
                  {"num_virtual_tokens": 8, "num_frozen_tokens": 4}],
    "ADAPTION_PROMPT": [{"adapter_len": 4, "adapter_layers": 2},
                        {"adapter_len": 4, "adapter_layers": 99}],
}

# Not here: ADAMSS needs scikit-learn to adapt anything; SHADOW and XLORA build
# a model of their own, which the program refuses to count.


def title(fields: dict) -> str:
    parts = [f"{key}={value}".replace(" ", "")
             for key, value in fields.items()]
    return "+".join(parts) or "bare"


def spoken(name: str | None, rank_key: str | None, fields: dict) -> str | None:
    """Options that say FIELDS; None where the command line cannot."""
    if name is None or any(key != rank_key for key in fields):
        return None
    rank = fields.get(rank_key)
    if rank_key and not rank:
        return None
    return f"--method {name}" + (f" -r {rank}" if rank_key else "")


def module_cases():
    places = [("llama", "q_proj,v_proj"), ("gpt2", "c_attn"),
              ("bert", "query,value"), ("opt", "q_proj,out_proj")]
    for kind, (name, rank_key, variants) in METHODS.items():
        for place, (model, targets) in enumerate(places):
            task, option = cases.task_of(model)
            # The variants' patterns name llama's modules.
            for fields in variants if place == 0 else variants[:1]:
                config = {"peft_type": kind, **task, **fields}
                if kind in ("LN_TUNING", "TRAINABLE_TOKENS"):
                    targets = "default"
                else:
                    config["target_modules"] = targets.split(",")
                said = spoken(name, rank_key, fields)
                said = said and f"{said} -t {targets}{option}"
                yield cases.Case(model, f"{name}.{title(fields)}", config,
                                 said)
        task, _ = cases.task_of("t5")
        yield cases.Case("t5", f"{name}.default", {
            "peft_type": kind, **task, **variants[0]})
        if name == "adalora":
            continue  # casting makes PEFT 0.21's ranknum trainable, by a slip
        yield cases.Case("llama", f"{name}.all-linear.bf16", {
            "peft_type": kind, "task_type": "CAUSAL_LM",
            "target_modules": "all-linear", **variants[0]}, dtype="bf16")


def whole_cases():
    for kind, variants in WHOLE.items():
        for model in ("llama", "gpt2", "t5", "bert"):
            task, _ = cases.task_of(model)
            for fields in variants if model == "llama" else variants[:1]:
                yield cases.Case(model, f"{kind.lower()}.{title(fields)}",
                                 {"peft_type": kind, **task, **fields})


def every_case():
    yield from cases.family_cases()
    yield from cases.rule_cases()
    yield from cases.place_cases()
    yield from module_cases()
    yield from whole_cases()
