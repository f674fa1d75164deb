"""Rotary positions whose frequencies go by the longest sequence in a batch: which sequences may share one.

Phi-3's `longrope` has other factors for a batch that reaches beyond the original length, `dynamic` NTK
those of the very length. A sequence is computed as it would be alone, so it shares a batch with its like.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from torch import nn


@dataclass(frozen=True, slots=True)
class Switch:
    """Sequences of more than `at` tokens have other frequencies than those up to it: all of them the same, or
    where it `grows` those of their own length."""

    at: int
    grows: bool = False

    def side(self, length: int) -> int:
        """Equal for lengths that have the same frequencies."""
        if length <= self.at:
            return 0
        return length if self.grows else 1


def switches_of(model: nn.Module) -> tuple[Switch, ...]:
    """Of all rotary embeddings within, each once."""
    found = set()
    for part, kind, layer_type in _embeddings(model):
        if "dynamic" in kind:
            found.add(Switch(int(part.original_max_seq_len), grows=True))
        elif kind == "longrope":
            parameters = part.config.rope_parameters
            own = parameters if layer_type is None else parameters[layer_type]
            found.add(Switch(int(own["original_max_position_embeddings"])))
    return tuple(sorted(found, key=lambda switch: (switch.at, switch.grows)))


def rewind(model: nn.Module) -> None:
    """Growing frequencies as they were before the first batch: transformers keeps those of the longest."""
    for part, kind, layer_type in _embeddings(model):
        if "dynamic" not in kind:
            continue
        prefix = "" if layer_type is None else f"{layer_type}_"
        original = getattr(part, f"{prefix}original_inv_freq")
        current = getattr(part, f"{prefix}inv_freq")
        part.register_buffer(f"{prefix}inv_freq", original.to(current.device), persistent=False)
        setattr(part, f"{prefix}max_seq_len_cached", part.original_max_seq_len)


def _embeddings(model: nn.Module) -> Iterator[tuple[Any, str, str | None]]:
    """(embedding, its kind, the type of layer that it is for)."""
    for part in model.modules():
        kinds = getattr(part, "rope_type", None)
        if isinstance(kinds, str):
            yield part, kinds, None
        elif isinstance(kinds, dict):
            for layer_type, kind in kinds.items():
                yield part, kind, layer_type
