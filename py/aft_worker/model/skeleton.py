"""A module without its weights, as one rank hands it to the others: its classes and settings, what is tied,
an adapter on it, and of each parameter and buffer its shape and type."""

from __future__ import annotations

import io
import pickle
from typing import Any

import torch
from torch import Tensor, nn


def packed(module: nn.Module) -> bytes:
    """What `unpacked` makes a module of, whose parameters and buffers take no memory."""
    file = io.BytesIO()
    _Packer(file, {id(value) for value in [*module.parameters(), *module.buffers()]}).dump(module)
    return file.getvalue()


def unpacked(data: bytes) -> Any:
    """From another rank of the same run alone: what is unpacked is code."""
    return pickle.loads(data)


class _Packer(pickle.Pickler):
    def __init__(self, file: io.BytesIO, weights: set[int]) -> None:
        super().__init__(file, protocol=5)
        self._weights = weights

    def reducer_override(self, value: Any) -> Any:
        if id(value) not in self._weights:
            return NotImplemented
        return _without_memory, (
            isinstance(value, nn.Parameter),
            value.shape,
            value.dtype,
            value.requires_grad,
        )


def _without_memory(trained: bool, shape: torch.Size, dtype: torch.dtype, requires_grad: bool) -> Tensor:
    value = torch.empty(shape, dtype=dtype, device="meta")
    return nn.Parameter(value, requires_grad=requires_grad) if trained else value
