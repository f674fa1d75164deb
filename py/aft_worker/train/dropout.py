"""An adapter's dropout, the only one of a training (see `mode`), and what it draws."""

from __future__ import annotations

import hashlib

import torch
from torch import nn

from .. import distributed


def own_dropout(module: nn.Module) -> list[nn.Dropout]:
    """The adapter's, where it drops anything."""
    return [
        part
        for name, part in module.named_modules()
        if isinstance(part, nn.Dropout) and part.p > 0 and "lora_dropout" in name.split(".")
    ]


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
