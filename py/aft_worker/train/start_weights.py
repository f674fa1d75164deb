"""The trainable weights as they were when the training began, beside those that are trained.

What a frozen copy of the model would score is what the model scores with these in their places: the second
copy is of the trainable weights alone, so of an adapter's small matrices where one is trained. On resume the
model is loaded as it was when the training began, and the copy is taken before the saved weights are put in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from .. import distributed, shared_weights
from ..score import MicroBatch, Model, evaluating, token_logprobs

INTEGERS = {1: torch.int8, 2: torch.int16, 4: torch.int32, 8: torch.int64}


class StartWeights:
    """Copies of the weights as they are now."""

    def __init__(self, model: Model, weights: Sequence[nn.Parameter]) -> None:
        self._model = model
        self._weights = list(weights)
        self._copies = [shared_weights.part(weight).clone() for weight in self._weights]

    @property
    def checksum(self) -> int:
        """A function of the weights' bits, the same on every device and number of ranks."""
        # sums of integers wrap around and know no order
        sums = [_bits(weight, copy) for weight, copy in zip(self._weights, self._copies, strict=True)]
        shared = [shared_weights.is_part(weight) for weight in self._weights]
        found = 0
        for own, of_all, is_part in zip(sums, distributed.wrapping_sums(sums), shared, strict=True):
            found = (found * 1_000_003 + (of_all if is_part else own)) % (1 << 53)
        return found

    def logprobs(self, batch: MicroBatch) -> Tensor:
        """[N] of the micro-batch's response tokens under the copies, without gradient or dropout."""
        with self._in_place():
            return logprobs_of(self._model, batch)

    @contextmanager
    def _in_place(self) -> Iterator[None]:
        self._swap()
        try:
            yield
        finally:
            self._swap()

    def _swap(self) -> None:
        """Of what the parameters point at where they are whole: nothing is copied then."""
        for at, weight in enumerate(self._weights):
            if shared_weights.is_part(weight):
                # what gathers its parts has their place in memory by heart
                own = shared_weights.part(weight)
                before = own.clone()
                own.copy_(self._copies[at])
                self._copies[at].copy_(before)
            else:
                weight.data, self._copies[at] = self._copies[at], weight.data


def _bits(weight: Tensor, copy: Tensor) -> int:
    as_stored = copy.to(shared_weights.stored_dtype(weight))
    return int(as_stored.view(INTEGERS[as_stored.element_size()]).sum(dtype=torch.int64))


@torch.no_grad()
def logprobs_of(model: Model, batch: MicroBatch) -> Tensor:
    """[N] of the micro-batch's response tokens under the present weights, without gradient or dropout."""
    with evaluating(model.module):
        return token_logprobs(model, batch)[: sum(batch.counts)]
