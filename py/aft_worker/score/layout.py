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
from . import flex, packed, padded
from .attention import attending
from .batching import ROW_TOKENS, Row, make_rows
from .micro_batch import MicroBatch, longest_of
from .path import Way, score_path

# cuBLAS repeats its results with a work space of this kind; read when it is first used
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")


class Layout:
    """Of one model at one time: what a micro-batch costs, which rows share one, and its tensors."""

    def __init__(self, module: PreTrainedModel, tokenizer: TokenCodec, device: torch.device) -> None:
        self._path = score_path(module)
        self._pad_id = tokenizer.pad_id
        self._device = device
        self.way = self._path.way

    def rows(
        self, prompt: list[int], responses: list[list[int]], numbers: Sequence[int], max_tokens: int
    ) -> list[Row]:
        """A prompt and responses to it, called `numbers`, in the rows that the model takes."""
        side = self._path.side if self._path.switches else None
        return make_rows(prompt, responses, numbers, min(max_tokens, ROW_TOKENS), self._path.share, side)

    def pack(self, units: Sequence[list[Row]], max_tokens: int) -> list[list[int]]:
        """Which units share a micro-batch of at most `max_tokens`, or which is one alone: because of its
        size, or because its rows may not share one."""
        pack = packed.pack if self.way.packed else padded.pack
        if not self._divides:
            return pack(units, max_tokens)
        alike: dict[object, list[int]] = {}
        for index, rows in enumerate(units):
            keys = {self._key(row) for row in rows}
            if keys:
                alike.setdefault(keys.pop() if len(keys) == 1 else ("alone", index), []).append(index)
        return [
            [own[place] for place in members]
            for own in alike.values()
            for members in pack([units[index] for index in own], max_tokens)
        ]

    @property
    def _divides(self) -> bool:
        return bool(self._path.switches) or self._path.rows in ("equal", "alone")

    def _key(self, row: Row) -> object:
        """Equal for rows that may share a pass."""
        if self._path.rows == "alone":
            return id(row)
        return row.length if self._path.rows == "equal" else self._path.side(row.longest)

    def fits(self, rows: Sequence[Row], max_tokens: int) -> bool:
        """Whether one pass will do: within bounds and alike, or a single row, which cannot be cut further."""
        if self._divides and len({self._key(row) for row in rows}) > 1:
            return False
        return len(rows) == 1 or self.places(rows) <= max_tokens

    def places(self, rows: Sequence[Row]) -> int:
        """What a micro-batch of these rows costs, of its `max_tokens`."""
        return packed.places(rows) if self.way.packed else padded.places(rows)

    def collate(self, rows: Sequence[Row], training: bool = False) -> MicroBatch:
        """The tensors, on their way to the device; those of a training may be padded to sizes that recur."""
        if not self.way.packed:
            return padded.collate(rows, self._pad_id, self._device)
        masks = partial(self._path.masks, longest_of(rows))
        return packed.collate(rows, self._pad_id, masks, self._device, training and self.way.captured)

    def attending(self, training: bool = False) -> AbstractContextManager[None]:
        """Its micro-batches run within it, both passes in a training: those give the same bits whenever they
        are run, where the model can."""
        if self.way.packed:
            # both passes, as blocks may run in both
            return attending(self._path.config, flex.NAME)
        repeats = training and self._path.repeats and self._device.type == "cuda"
        return _repeating() if repeats else nullcontext()


def go(module: PreTrainedModel, way: Way) -> None:
    """From now on the model's rows go this way."""
    path = score_path(module)
    path.way = way
    if way.compiled:
        flex.compile_blocks(path.backbone)
    else:
        flex.run_plainly(path.backbone)


@contextmanager
def _repeating() -> Iterator[None]:
    """Within it PyTorch's own attention adds up its gradients in a fixed order on a GPU.

    What can do so in no fixed order raises RuntimeError.
    """
    was = torch.are_deterministic_algorithms_enabled()
    warned = torch.is_deterministic_algorithms_warn_only_enabled()
    deterministic: Any = torch.utils.deterministic
    fill = deterministic.fill_uninitialized_memory
    deterministic.fill_uninitialized_memory = False
    torch.use_deterministic_algorithms(True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(was, warn_only=warned)
        deterministic.fill_uninitialized_memory = fill
