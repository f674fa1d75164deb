"""A micro-batch's two passes, captured once for each size and replayed: on a GPU the host needs longer to ask
for the kernels of a small model than the GPU to run them.

A size is that of padded tensors; the first micro-batch of a size runs plainly, which also prepares libraries
and compilers, and so does all where a capture fails. Between the two passes stands the loss, which is not
captured: the host is at it while the device is at the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from ..errors import first_line
from ..score import MicroBatch, Model, layout_of, padded_sums, token_logprobs
from .global_batch import Pass

# what runs over many tensors at once is exported under no public name
_torch: Any = torch

# Each takes some tenths of a second to capture, and a run meets few: its steps are of one kind.
MOST_SIZES = 48


class CapturedPasses:
    """Passes of micro-batches whose gradients by `weights` are added to `gradients`, float32 or wider.

    What they give is the responses' sums, or with `by_token` the tokens' log-probabilities. `slow`: why
    nothing is captured, once that is so.
    """

    def __init__(
        self,
        model: Model,
        weights: Sequence[nn.Parameter],
        gradients: Sequence[Tensor],
        by_token: bool = False,
    ) -> None:
        self.slow: str | None = None
        self._by_token = by_token
        self._model = model
        self._weights = list(weights)
        self._gradients = list(gradients)
        self._sizes: dict[tuple[object, ...], _Size] = {}

    def of(self, batch: MicroBatch) -> _Size:
        """Where `batch` is computed next: its tensors are in place there."""
        key = batch.size_key
        size = self._sizes.get(key)
        if size is None:
            size = self.plainly(batch)
            if len(self._sizes) < MOST_SIZES:
                self._sizes[key] = size
            return size
        size.take(batch)
        if self.slow is None and self._model.device.type == "cuda" and not size.is_captured:
            self._capture(size)
        return size

    def begin(self, passes: Sequence[Pass]) -> Begun | None:
        """Begins with the first of a step's passes where that is of a size that is captured already."""
        if not passes or len(passes[0].pieces) > 1:
            return None
        (piece,) = passes[0].pieces
        size = self._sizes.get(piece.size_key)
        if size is None or (self._model.device.type == "cuda" and not size.is_captured):
            return None
        size.take(piece)
        with layout_of(self._model).attending(training=True):
            return Begun(size, size.forward())

    def plainly(self, batch: MicroBatch) -> _Size:
        """The same passes, of a batch of any layout, once."""
        return _Size(self._model, self._weights, self._gradients, batch, self._by_token)

    def _capture(self, size: _Size) -> None:
        pool = next((one.pool for one in self._sizes.values() if one.is_captured), None)
        try:
            size.capture(pool)
        except torch.OutOfMemoryError:
            self.slow = "memory is too small for captured passes"
        # a model that asks the device for a value, say
        except RuntimeError as error:
            torch.cuda.synchronize()
            self.slow = f"its passes cannot be captured ({first_line(error)})"


@dataclass(frozen=True, slots=True)
class Begun:
    """A pass of which the forward half is done, or under way."""

    size: _Size
    scores: Tensor  # sums [R], or log-probabilities of tokens [N]


class _Size:
    """The passes over one set of tensors, which stay where they are and are filled anew each time.

    They are those of the first micro-batch of the size.
    """

    def __init__(
        self,
        model: Model,
        weights: Sequence[nn.Parameter],
        gradients: Sequence[Tensor],
        batch: MicroBatch,
        by_token: bool,
    ) -> None:
        self.pool: Any = None  # what all sizes draw their memory from
        self._model = model
        self._weights = weights
        self._gradients = gradients
        self._batch = batch
        self._by_token = by_token
        self._count = self._count_of(batch)
        self._scores = torch.empty(0)
        self._by_scores = torch.zeros(
            len(batch.targets if by_token else batch.lengths),
            device=model.device,
            dtype=torch.promote_types(model.dtype, torch.float32),
        )
        self._graphs: tuple[torch.cuda.CUDAGraph, torch.cuda.CUDAGraph] | None = None

    @property
    def is_captured(self) -> bool:
        return self._graphs is not None

    def take(self, batch: MicroBatch) -> None:
        """Puts another micro-batch of this size in place."""
        self._count = self._count_of(batch)
        pairs = list(zip(self._batch.tensors, batch.tensors, strict=True))
        for dtype in {own.dtype for own, _ in pairs}:
            alike = [pair for pair in pairs if pair[0].dtype == dtype]
            _torch._foreach_copy_([own for own, _ in alike], [new for _, new in alike])

    def forward(self) -> Tensor:
        """[R] summed log-probabilities, or those of the tokens [N]; constants."""
        if self._graphs is None:
            self._score()
        else:
            self._graphs[0].replay()
        # the next replay overwrites its own
        return self._scores.detach()[: self._count].clone()

    def backward(self, gradient: Tensor) -> None:
        """gradient: by what `forward` gave."""
        self._by_scores.zero_()
        self._by_scores[: self._count] = gradient
        if self._graphs is None:
            self._differentiate()
        else:
            self._graphs[1].replay()

    def capture(self, pool: Any) -> None:
        """Both passes of the tensors in place, which are not computed by that."""
        forward, backward = torch.cuda.CUDAGraph(), torch.cuda.CUDAGraph()
        with layout_of(self._model).attending(training=True):
            with torch.cuda.graph(forward, pool=pool):
                self._score()
            with torch.cuda.graph(backward, pool=forward.pool()):
                self._differentiate()
        self.pool, self._graphs = forward.pool(), (forward, backward)

    def _count_of(self, batch: MicroBatch) -> int:
        return sum(batch.counts) if self._by_token else len(batch.counts)

    def _score(self) -> None:
        score = token_logprobs if self._by_token else padded_sums
        self._scores = score(self._model, self._batch)

    def _differentiate(self) -> None:
        found = torch.autograd.grad(self._scores, self._weights, self._by_scores, allow_unused=True)
        # its graph is not needed any more, and holds all of the pass's memory
        self._scores = self._scores.detach()
        for total, gradient in zip(self._gradients, found, strict=True):
            if gradient is not None:
                total += gradient
