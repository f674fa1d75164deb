"""How a model's rows lie in a micro-batch: padded, as always can be, or packed, where it was tried."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import Any

import torch
from transformers import PreTrainedModel

from ..tokens import TokenCodec
from . import packed, padded
from .batching import Row
from .flex import attending
from .micro_batch import MicroBatch, longest_of
from .path import score_path

# cuBLAS repeats its results with a work space of this kind; read when it is first used
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")


class Layout:
    """Of one model at one time: what a micro-batch costs, which rows share one, and its tensors."""

    def __init__(self, module: PreTrainedModel, tokenizer: TokenCodec, device: torch.device) -> None:
        self._path = score_path(module)
        self._pad_id = tokenizer.pad_id
        self._device = device
        self.packed = self._path.packed

    def pack(self, units: Sequence[list[Row]], max_tokens: int) -> list[list[int]]:
        """Which units share a micro-batch of at most `max_tokens`, or which is one alone."""
        return packed.pack(units, max_tokens) if self.packed else padded.pack(units, max_tokens)

    def fits(self, rows: Sequence[Row], max_tokens: int) -> bool:
        """Whether one pass will do: within bounds, or a single row, which cannot be cut further."""
        places = packed.places(rows) if self.packed else padded.places(rows)
        return len(rows) == 1 or places <= max_tokens

    def collate(self, rows: Sequence[Row]) -> MicroBatch:
        """The tensors, on their way to the device."""
        if not self.packed:
            return padded.collate(rows, self._pad_id, self._device)
        return packed.collate(rows, self._pad_id, partial(self._path.masks, longest_of(rows)), self._device)

    def attending(self) -> AbstractContextManager[None]:
        """Both passes of its micro-batches run within it, and give the same bits whenever they are run."""
        if self.packed:
            return attending(self._path.config)
        return _repeatable() if self._device.type == "cuda" else nullcontext()


@contextmanager
def _repeatable() -> Iterator[None]:
    """Within it PyTorch's own attention adds up its gradients in a fixed order on a GPU."""
    was = torch.are_deterministic_algorithms_enabled()
    warned = torch.is_deterministic_algorithms_warn_only_enabled()
    deterministic: Any = torch.utils.deterministic
    fill = deterministic.fill_uninitialized_memory
    deterministic.fill_uninitialized_memory = False
    torch.use_deterministic_algorithms(True, warn_only=True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(was, warn_only=warned)
        deterministic.fill_uninitialized_memory = fill
