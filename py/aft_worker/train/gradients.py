"""Puts the gradient of a global batch's loss into the weights, micro-batch by micro-batch.

The loss depends on the weights only through the scores. So every micro-batch takes the same way: scores from
the model, dL/ds from the loss as if the scores were constants, then a backward pass of the scores weighted by
it. A group that is too large to be held with its graph is scored without gradient first, and then goes
through the model once more, piece by piece, with the dL/ds of the whole.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence

import torch
from torch import Tensor

from .. import distributed
from ..callbacks import CheckCancelled, OnProgress
from ..errors import WorkerError, real
from ..losses import LossShare, Objective
from ..protocol import LossParts
from ..score import MicroBatch, Model, Row, collate, pack, response_scores
from .global_batch import Batch, fits, micro_batches
from .optimization import Optimizer


class GradientPass:
    """One step's accumulation. After `run`: `scores` (sum / tokens, one a response), `tokens` and `loss`."""

    def __init__(
        self,
        model: Model,
        *,
        optimizer: Optimizer,
        objective: Objective,
        batch: Batch,
        max_tokens: int,
        seed: int,
        step: int,
        check_cancelled: CheckCancelled,
        on_progress: OnProgress,
    ) -> None:
        self.scores = [0.0] * len(batch.responses)
        self.tokens = 0
        self._vft = self._alignment = 0.0
        self._model = model
        self._optimizer = optimizer
        self._objective = objective
        self._batch = batch
        self._max_tokens = max_tokens
        self._seed = seed
        self._step = step
        self._check_cancelled = check_cancelled
        self._on_progress = on_progress
        self._passes = 0

    @property
    def loss(self) -> LossParts:
        """The parts of the micro-batches so far, which add up to the global batch's."""
        total = self._objective.total(self._vft, self._alignment)
        return LossParts(total=real(total), vft=real(self._vft), alignment=real(self._alignment))

    def run(self) -> None:
        """Raises NonFiniteLoss, naming the micro-batch's groups, and whatever `check_cancelled` raises."""
        done = 0
        for units in micro_batches(self._batch, self._max_tokens):
            rows = [row for unit in units for row in unit]
            if fits(units, self._max_tokens):
                self._one_pass(rows, units)
            else:
                self._two_passes(rows)
            done += sum(len(row.numbers) for row in rows)
            if done < len(self.scores):
                self._on_progress(done, len(self.scores), self.tokens)
        self._vft, self._alignment = distributed.total(self._vft, self._alignment)

    def non_finite(self, what: str, groups: list[str]) -> WorkerError:
        """The error that says which step and groups gave it."""
        names = ", ".join(groups[:5]) + (f" and {len(groups) - 5} more" if len(groups) > 5 else "")
        message = f"step {self._step}: {what} is not finite; groups {names}. The weights are unchanged"
        return WorkerError("NonFiniteLoss", message, step=self._step, groups=groups, loss=self.loss)

    def _one_pass(self, rows: list[Row], units: Sequence[list[Row]]) -> None:
        sums, batch = self._forward(rows, self._next_seed())
        self._backward(sums, self._weigh(sums, units).gradient)
        self.tokens += batch.tokens

    def _two_passes(self, rows: list[Row]) -> None:
        """`rows` are those of one group. Both passes of a piece draw the same dropout."""
        singles = [[row] for row in rows]
        pieces = [[rows[i] for i in members] for members in pack(singles, self._max_tokens)]
        seeds = [self._next_seed() for _ in pieces]
        numbers = [n for row in rows for n in row.numbers]
        places = {number: place for place, number in enumerate(numbers)}
        sums = torch.empty(len(numbers), dtype=torch.float64)
        with torch.no_grad():
            for piece, seed in zip(pieces, seeds, strict=True):
                scored, batch = self._forward(piece, seed)
                sums[[places[n] for n in batch.numbers]] = scored.double().cpu()
        gradient = self._weigh(sums, [rows]).gradient
        for piece, seed in zip(pieces, seeds, strict=True):
            scored, batch = self._forward(piece, seed)
            self._backward(scored, gradient[[places[n] for n in batch.numbers]])
            self.tokens += batch.tokens

    def _forward(self, rows: Sequence[Row], seed: int) -> tuple[Tensor, MicroBatch]:
        self._check_cancelled()
        _seed_dropout(self._model.device, seed)
        batch = collate(rows, self._model.tokenizer.pad_id, self._model.device)
        return response_scores(self._model, batch)[0], batch

    def _weigh(self, sums: Tensor, units: Sequence[list[Row]]) -> LossShare:
        """The share of these units in the loss and its gradient by `sums`, both checked to be finite."""
        numbers = [[n for row in rows for n in row.numbers] for rows in units]
        host = sums.detach().double().cpu()
        responses = self._batch.responses
        loss = self._objective(host, [[responses[n] for n in unit] for unit in numbers])
        self._vft += loss.vft
        self._alignment += loss.alignment
        for number, total in zip([n for unit in numbers for n in unit], host.tolist(), strict=True):
            self.scores[number] = total / responses[number].tokens
        if not math.isfinite(loss.vft + loss.alignment):
            raise self.non_finite("the loss", self._batch.groups_of(units))
        if not host.isfinite().all():
            # a negative of -inf gives a loss of 0, and is broken all the same
            raise self.non_finite("a score", self._batch.groups_of(units))
        return loss

    def _backward(self, sums: Tensor, gradient: Tensor) -> None:
        with self._optimizer.collecting():
            sums.backward(gradient.to(sums))

    def _next_seed(self) -> int:
        """For dropout: a function of the run's seed, the step and the number of the piece within it."""
        self._passes += 1
        text = f"{self._seed}:{self._step}:{self._passes}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7])


def _seed_dropout(device: torch.device, seed: int) -> None:
    """Seeds what dropout on this device draws from.

    Not torch.manual_seed: on a machine without CUDA it queues a stack trace at each call, for good.
    """
    torch.default_generator.manual_seed(seed)
    if device.type == "cuda":
        torch.cuda.default_generators[device.index or 0].manual_seed(seed)
