"""An adapter's dropout, the only one of a training (see `mode`), and what it draws; the model's own, which is
off."""

from __future__ import annotations

import hashlib

import torch
from torch import nn
from transformers import PreTrainedConfig

from .. import distributed
from ..callbacks import Tell

_OTHER_HEADS = ("classifier", "summary")  # heads that a causal model has not
_told: set[str] = set()


def own_dropout(module: nn.Module) -> list[nn.Dropout]:
    """The adapter's, where it drops anything."""
    return [
        part
        for name, part in module.named_modules()
        if isinstance(part, nn.Dropout) and part.p > 0 and "lora_dropout" in name.split(".")
    ]


def tell_left_off(config: PreTrainedConfig, tell: Tell) -> None:
    """Tells that dropout in a model's own settings is off; the same once in this process."""
    rates = [
        f"{name} {value:g}"
        for name, value in vars(config.get_text_config(decoder=True)).items()
        if "drop" in name and isinstance(value, float) and value > 0 and not name.startswith(_OTHER_HEADS)
    ]
    line = (
        f"the model's own dropout ({', '.join(rates)}) is off, as in all training here (guide, your-model.md)"
    )
    if rates and line not in _told:
        _told.add(line)
        tell(line)


def piece_seed(seed: int, step: int, number: int) -> int:
    """A function of the run's seed, the step and the number of the piece within it, from 1 (and of the rank,
    as ranks have pieces of their own)."""
    text = f"{seed}:{step}:{number}"
    if not distributed.is_main():
        text += f":{distributed.rank()}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7])


def seed_dropout(device: torch.device, seed: int) -> None:
    """Seeds what is drawn from on this device.

    Not torch.manual_seed: on a machine without CUDA it queues a stack trace at each call, for good.
    """
    torch.default_generator.manual_seed(seed)
    if device.type == "mps":
        torch.mps.manual_seed(seed)
    if device.type == "cuda":
        torch.cuda.default_generators[device.index or 0].manual_seed(seed)
