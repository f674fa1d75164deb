"""The key-value cache of sampling: expanded to the samples of a prompt, and freed of finished rows."""

import torch
from transformers import DynamicCache, PretrainedConfig
from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer

_RESERVE = 32  # positions allocated ahead


class ReservedLayer(DynamicLayer):
    """A full-attention layer with room ahead: DynamicLayer copies all keys and values for every token, which
    is two thirds of a small model's decode step on a CPU. keys, values: [rows, heads, length, size]."""

    def __init__(self) -> None:
        super().__init__()
        self._buffers: list[torch.Tensor] = []

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args, **kwargs
    ) -> tuple[torch.Tensor, torch.Tensor]:
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        start = self.get_seq_length()
        end = start + key_states.shape[-2]
        if not self._buffers or end > self._buffers[0].shape[-2]:
            self._buffers = [
                self._grown(old, new, start, end)
                for old, new in ((self.keys, key_states), (self.values, value_states))
            ]
        for buffer, new in zip(self._buffers, (key_states, value_states), strict=True):
            buffer[:, :, start:end] = new
        return self._show(end)

    def batch_select_indices(self, indices: torch.Tensor) -> None:
        if self._buffers:
            length = self.get_seq_length()
            self._buffers = [buffer.index_select(0, indices) for buffer in self._buffers]
            self._show(length)

    def _grown(self, old: torch.Tensor | None, new: torch.Tensor, start: int, end: int) -> torch.Tensor:
        rows, heads, _, size = new.shape
        buffer = new.new_empty(rows, heads, end + _RESERVE, size)
        if start and old is not None:
            buffer[:, :, :start] = old
        return buffer

    def _show(self, length: int) -> tuple[torch.Tensor, torch.Tensor]:
        keys, values = (buffer[:, :, :length] for buffer in self._buffers)
        self.keys, self.values = keys, values
        return keys, values


def new_cache(config: PretrainedConfig) -> DynamicCache:
    """An empty cache of the layer types that the model needs (full, sliding window, ...)."""
    cache = DynamicCache(config=config)
    cache.layers = [ReservedLayer() if type(layer) is DynamicLayer else layer for layer in cache.layers]
    if cache.layer_class_to_replicate is DynamicLayer:
        cache.layer_class_to_replicate = ReservedLayer
    return cache


def selectable(cache: DynamicCache) -> bool:
    """Whether rows can be picked out of all layers: not out of recurrent and hybrid ones, of whose states the
    cache selects nothing. There a batch keeps its rows to its end."""
    return all(type(layer) in (ReservedLayer, DynamicSlidingWindowLayer) for layer in cache.layers)
