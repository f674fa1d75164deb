"""The key-value cache of slots: buffers of one size for good, written in place, read as they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache
from transformers.cache_utils import Cache, CacheLayerMixin

_COPIED_BYTES = 2**28


class SlotCache(Cache):
    """Keys and values of `slots` rows with `length` positions each, for one token a row and step.

    A model writes a row's new key and value at `position` of the row, and is given the first `reach`
    positions of all rows of the step. What stands behind a row's own positions is left over, and attention
    must not look at it. `shapes` are those of a layer's keys and values, (heads, size) each.
    """

    def __init__(
        self,
        slots: int,
        length: int,
        shapes: Sequence[tuple[tuple[int, int], tuple[int, int]]],
        dtype: torch.dtype,
        device: torch.device,
    ) -> None:
        self._stacks: dict[tuple[int, int], Tensor] = {}
        self._members: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for layer, pair in enumerate(shapes):
            for part, shape in enumerate(pair):
                self._members.setdefault(shape, []).append((layer, part))
        for shape, members in self._members.items():
            heads, size = shape
            # zeros, not whatever lay there: no number times a weight of zero is still no number
            self._stacks[shape] = torch.zeros(
                len(members), slots, heads, length, size, dtype=dtype, device=device
            )
        buffers = {
            member: self._stacks[shape][at]
            for shape, members in self._members.items()
            for at, member in enumerate(members)
        }
        self.length = length
        self.row = torch.arange(slots, device=device)
        self.position = torch.zeros(slots, dtype=torch.long, device=device)
        self.reach = length
        super().__init__(
            layers=[_SlotLayer(self, buffers[at, 0], buffers[at, 1]) for at in range(len(shapes))]
        )

    def fill(self, source: Stacked, places: Tensor, slots: Tensor) -> None:
        """The prompts at `places` [m] of `source` into the slots [m]; a prompt may be named several times."""
        for shape, stack in self._stacks.items():
            _copy(source.parts[shape], places, stack, slots)

    def move(self, source: Tensor, target: Tensor) -> None:
        """What lies in the slots `source` [m] to the slots `target` [m]."""
        for stack in self._stacks.values():
            _copy(stack, source, stack, target)

    def stacked(self, cache: DynamicCache) -> Stacked:
        """Keys and values of a batch of prompts, laid as these buffers are."""
        pairs = _pairs(cache)
        return Stacked(
            {
                shape: torch.stack([pairs[layer][part] for layer, part in members])
                for shape, members in self._members.items()
            }
        )


def _copy(source: Tensor, places: Tensor, stack: Tensor, slots: Tensor) -> None:
    """Some rows at a time: what is picked out is a copy, and that of all slots might not fit beside them."""
    length = source.shape[3]
    row = source[:, :1].numel() * source.itemsize
    at_once = max(1, _COPIED_BYTES // row)
    for some, into in zip(places.split(at_once), slots.split(at_once), strict=True):
        stack[:, into, :, :length] = source[:, some]


class Stacked:
    """Keys and values of prompts, by the shape of a layer's part: [parts, prompts, heads, length, size]."""

    def __init__(self, parts: dict[tuple[int, int], Tensor]) -> None:
        self.parts = parts


def shapes_of(cache: DynamicCache) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """(heads, size) of each layer's keys and values."""
    return [
        ((keys.shape[1], keys.shape[3]), (values.shape[1], values.shape[3])) for keys, values in _pairs(cache)
    ]


def _pairs(cache: DynamicCache) -> list[tuple[Tensor, Tensor]]:
    """Of layers that have keys and values; an AttributeError for one that has a state of another kind."""
    layers: list[Any] = cache.layers
    return [(layer.keys, layer.values) for layer in layers]


class _SlotLayer(CacheLayerMixin):
    is_sliding = False

    def __init__(self, cache: SlotCache, keys: Tensor, values: Tensor) -> None:
        super().__init__()
        self.keys, self.values = keys, values
        self.is_initialized = True
        self._cache = cache

    def update(self, key_states: Tensor, value_states: Tensor, *args, **kwargs) -> tuple[Tensor, Tensor]:
        assert self.keys is not None and self.values is not None
        rows, reach = key_states.shape[0], self._cache.reach
        row = self._cache.row[:rows]
        self.keys[row, :, self._cache.position] = key_states[:, :, 0]
        self.values[row, :, self._cache.position] = value_states[:, :, 0]
        return self.keys[:rows, :, :reach], self.values[:rows, :, :reach]

    def lazy_initialization(self, key_states: Tensor, value_states: Tensor) -> None: ...

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        return self._cache.reach, 0

    def get_seq_length(self) -> int:
        return self._cache.reach

    def get_max_length(self) -> int:
        return self._cache.length

    # its name until transformers 5.18
    get_max_cache_shape = get_max_length
