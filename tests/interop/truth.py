# SPDX-License-Identifier: GPL-3.0-or-later
"""PEFT's side: what it makes of an adapter_config.json."""
import contextlib
import copy
import io
import json
import os
import pathlib
import struct
import warnings

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_OFFLINE"] = "1"
warnings.simplefilter("ignore")

import peft  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402

import models  # noqa: E402

transformers.logging.set_verbosity_error()
torch.set_num_threads(1)  # the matrices are too small for more
DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16}
CONFIG_NAME = "adapter_config.json"


class Refused(Exception):
    """PEFT raised; the text says what."""


class Bases:
    """The small models, each made once and copied for every use."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.made = {}

    def path(self, name: str) -> pathlib.Path:
        return self.folder / name / "config.json"

    def class_name(self, name: str) -> str:
        return models.small_config(name)[1]

    def new(self, name: str, dtype: str) -> torch.nn.Module:
        if name not in self.made:
            config, class_name = models.small_config(name)
            self.path(name).parent.mkdir(parents=True)
            self.path(name).write_text(json.dumps(config), "utf-8")
            read = transformers.AutoConfig.from_pretrained(
                self.path(name).parent)
            self.made[name] = getattr(transformers, class_name)(read)
        return copy.deepcopy(self.made[name]).to(DTYPES[dtype])


@contextlib.contextmanager
def refusing(where: str):
    """Turn whatever PEFT raises into Refused, and keep it quiet."""
    try:
        with contextlib.redirect_stdout(io.StringIO()) as out, \
                contextlib.redirect_stderr(io.StringIO()):
            yield out
    except Exception as error:  # PEFT raises what it likes
        first = (str(error).splitlines() or [""])[0]
        raise Refused(f"{where}: {type(error).__name__}: {first[:160]}") \
            from error


def read_config(folder: pathlib.Path) -> peft.PeftConfig:
    with refusing("reading"):
        config = peft.PeftConfig.from_pretrained(str(folder))
    # A saved adapter is written for inference; here it trains again.
    config.inference_mode = False
    return config


def knows(config: dict, methods: set) -> bool:
    """Does this release have the method and its fields?  A type that is none
    of METHODS counts as known: that it is refused is part of the test."""
    kind = config.get("peft_type")
    if kind not in peft.PEFT_TYPE_TO_CONFIG_MAPPING:
        return kind not in methods
    fields = peft.PEFT_TYPE_TO_CONFIG_MAPPING[kind].__dataclass_fields__
    return all(key in fields or key in UNKNOWN_KEYS for key in config)


# Keys that no release has, which PEFT ignores.
UNKNOWN_KEYS = {"no_such_key", "enable_lora", "merge_weights"}


def tensors_in(path: pathlib.Path) -> int:
    with path.open("rb") as file:
        length = struct.unpack("<Q", file.read(8))[0]
        header = json.loads(file.read(length))
    return len([name for name in header if name != "__metadata__"])


def measure(base: torch.nn.Module, folder: pathlib.Path,
            saved: pathlib.Path) -> dict:
    """Adapt BASE as the config in FOLDER says; save the adapter to SAVED."""
    config = read_config(folder)
    size = sum(parameter.numel() for parameter in base.parameters())
    with refusing("adapting"):
        model = peft.get_peft_model(base, config)
        trainable, total = model.get_nb_trainable_parameters()
    with refusing("printing") as out:
        model.print_trainable_parameters()
    with refusing("saving"):
        model.save_pretrained(str(saved))
    file = saved / "adapter_model.safetensors"
    numbers = {
        "base_params": size,
        "trainable": trainable,
        "all": total,
        "printed": out.getvalue().strip(),
        "adapter_tensors": tensors_in(file),
        "adapter_bytes": file.stat().st_size,
    }
    if hasattr(model.base_model, "targeted_module_names"):
        numbers["matched"] = len(model.base_model.targeted_module_names) + \
            len(getattr(model.base_model, "targeted_parameter_names", []))
    return numbers


def release() -> tuple[str, str]:
    return peft.__version__, transformers.__version__
