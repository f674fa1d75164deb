"""What turns hidden states into logits: a linear layer, then perhaps a factor and a soft-cap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import torch
from torch import Tensor, nn

# settings that multiply the logits, or divide them, under the names that models give them
SCALES = ("logits_scaling", "logit_scale", "lm_head_multiplier", "output_multiplier")
DIVISORS = {"logits_scaling"}  # in most that have it
CAPS = ("final_logit_softcapping", "logits_soft_cap", "output_logit_soft_cap")


@dataclass(frozen=True, slots=True)
class Head:
    """logits = cap(scale * (hidden @ weight.T + bias)); `softcap` c makes c * tanh(z / c) of a logit z, None
    leaves it."""

    linear: nn.Linear
    scale: float = 1.0
    softcap: float | None = None

    def __call__(self, hidden: Tensor) -> Tensor:
        """[N, H] after the final norm -> [N, vocabulary], in the head's dtype but for a soft-cap."""
        logits = self.linear(hidden)
        if self.scale != 1:
            logits = logits * self.scale
        return logits if self.softcap is None else torch.tanh(logits / self.softcap) * self.softcap


def heads(linear: nn.Linear, config: Any) -> Iterator[Head]:
    """What the logits may be by the settings of the model, the likeliest first."""
    scales: list[float] = []
    for name in SCALES:
        value = _number(config, name)
        if value is not None:
            scales += [1 / value, value] if name in DIVISORS else [value, 1 / value]
    caps = [cap for name in CAPS if (cap := _number(config, name)) is not None]
    for scale, cap in product(dict.fromkeys([*scales, 1.0]), dict.fromkeys([*caps, None])):
        yield Head(linear, scale, cap)


def _number(config: Any, name: str) -> float | None:
    value = getattr(config, name, None)
    return float(value) if isinstance(value, (int, float)) and value else None
