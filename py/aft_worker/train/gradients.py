"""Puts the gradient of a global batch's loss into the weights, micro-batch by micro-batch.

The loss depends on the weights only through the scores. So every micro-batch takes the same way: scores from
the model, dL/ds from the loss as if the scores were constants, then a backward pass of the scores weighted by
it. A group that is too large to be held with its graph is scored without gradient first, and then goes
through the model once more, piece by piece, with the dL/ds of the whole. A loss by token takes the tokens'
log-probabilities in the place of scores; it needs no group as a whole.

No value is read on the way but the divergence, where a loss needs it: losses, scores and the gradient's norm
come back in one copy, `Findings`.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .. import distributed
from ..callbacks import CheckCancelled, OnProgress
from ..device import like, wide, wide_device
from ..errors import WorkerError, real
from ..losses import Objective, divergence_estimate
from ..protocol import LossParts
from ..score import MicroBatch, Model, layout_of, response_scores, sum_by_response, token_logprobs
from .captured import Begun, CapturedPasses
from .global_batch import Batch, Pass
from .optimization import Optimizer
from .start_weights import StartWeights, logprobs_of


@dataclass(frozen=True, slots=True)
class Findings:
    """Of a whole step: `scores` (sum / tokens, one a response), the gradient's norm and the loss's parts."""

    scores: list[float]
    norm: float
    vft: float
    alignment: float
    divergence: float | None = None


class GradientPass:
    """One step's accumulation: `run`, then `send`, then `wait`. `tokens` are those that went through."""

    def __init__(
        self,
        model: Model,
        *,
        optimizer: Optimizer,
        objective: Objective,
        batch: Batch,
        seed: int,
        step: int,
        check_cancelled: CheckCancelled,
        on_progress: OnProgress,
        captured: CapturedPasses | None = None,
        begun: Begun | None = None,
        start: StartWeights | None = None,
    ) -> None:
        self.tokens = 0
        self._model = model
        self._optimizer = optimizer
        self._objective = objective
        self._batch = batch
        self._seed = seed
        self._step = step
        self._check_cancelled = check_cancelled
        self._on_progress = on_progress
        self._captured = captured
        self._begun = begun
        self._start = start
        self._seeds = 0
        # a pass: [its responses] scores, then its two parts of the loss
        self._found: list[Tensor] = []
        self._copied: _Copy | None = None

    def run(self) -> None:
        """Raises whatever `check_cancelled` raises."""
        self._optimizer.begin()
        done, total = 0, len(self._batch.responses)
        layout = layout_of(self._model)
        if self._objective.needs_divergence:
            with distributed.agreed(), layout.attending(training=True):
                pairs = self._divergences()
            self._objective.divergence = divergence_estimate(*distributed.total(*pairs))
        with distributed.agreed(), layout.attending(training=True):
            for one in self._batch.passes:
                if len(one.pieces) == 1:
                    self._one_pass(one)
                else:
                    self._two_passes(one)
                done += len(one.numbers)
                if done < total:
                    self._on_progress(done, total, self.tokens)

    def send(self) -> None:
        """Starts the copy of all that has been found, the norm of what has been collected with it."""
        norm = wide(self._optimizer.gradient_norm()).reshape(1)
        self._copied = _Copy(torch.cat([*self._found, norm.to(wide_device(self._model.device))]))

    def wait(self) -> Findings:
        """Raises NonFiniteLoss, naming the groups of the first micro-batch that is at fault."""
        with distributed.agreed():
            scores, norm, vft, alignment = self._found_here()
        return Findings(
            scores, norm, *distributed.total(vft, alignment), divergence=self._objective.divergence
        )

    def _found_here(self) -> tuple[list[float], float, float, float]:
        """This process's scores and parts of the loss, and the norm of the whole gradient."""
        assert self._copied is not None
        values = self._copied.wait()
        scores = [0.0] * len(self._batch.responses)
        parts: list[tuple[float, float]] = []
        faults: list[tuple[str, list[str]]] = []
        start = 0
        for one in self._batch.passes:
            own = values[start : start + len(one.numbers)]
            parts.append((values[start + len(own)], values[start + len(own) + 1]))
            start += len(own) + 2
            for number, score in zip(one.numbers, own, strict=True):
                scores[number] = score
            if not math.isfinite(sum(parts[-1])):
                faults.append(("the loss", one.groups))
            elif not all(map(math.isfinite, own)):
                # a negative of -inf gives a loss of 0, and is broken all the same
                faults.append(("a score", one.groups))
        norm = values[-1]
        vft, alignment = (sum(part) for part in zip(*parts, strict=True)) if parts else (0.0, 0.0)
        if not faults and not math.isfinite(norm):
            faults.append(("the gradient", self._batch.ids))
        if faults:
            raise self._non_finite(*faults[0], self.loss(vft, alignment))
        return scores, norm, vft, alignment

    def loss(self, vft: float, alignment: float) -> LossParts:
        """Both parts with their weighted sum."""
        total = self._objective.total(vft, alignment)
        return LossParts(total=real(total), vft=real(vft), alignment=real(alignment))

    def _non_finite(self, what: str, groups: Sequence[str], loss: LossParts) -> WorkerError:
        """The error that says which step and groups gave it."""
        names = ", ".join(groups[:5]) + (f" and {len(groups) - 5} more" if len(groups) > 5 else "")
        message = f"step {self._step}: {what} is not finite; groups {names}. The weights are unchanged"
        return WorkerError("NonFiniteLoss", message, step=self._step, groups=list(groups), loss=loss)

    def _one_pass(self, one: Pass) -> None:
        (piece,) = one.pieces
        # before anything that holds the present weights for its backward pass
        references = self._references(piece, one)
        if self._captured is not None:
            self._captured_pass(self._captured, piece, one, references)
            return
        scores = self._forward(piece, self._next_seed())
        self._backward(scores, self._weigh(scores, one, references), piece)

    def _captured_pass(
        self, captured: CapturedPasses, piece: MicroBatch, one: Pass, references: Tensor | None
    ) -> None:
        self._check_cancelled()
        begun, self._begun = self._begun, None
        if begun is None:
            size = captured.of(piece)
            begun = Begun(size, size.forward())
        begun.size.backward(self._weigh(begun.scores, one, references))
        self.tokens += piece.tokens

    def _two_passes(self, one: Pass) -> None:
        """Both passes of a piece draw the same dropout."""
        seeds = [self._next_seed() for _ in one.pieces]
        sums = torch.empty(len(one.numbers), dtype=torch.float64, device=wide_device(self._model.device))
        with torch.no_grad():
            for piece, places, seed in zip(one.pieces, one.places, seeds, strict=True):
                sums[places] = wide(self._forward(piece, seed))
        gradient = self._weigh(sums, one)
        for piece, places, seed in zip(one.pieces, one.places, seeds, strict=True):
            self._backward(self._forward(piece, seed), gradient[places], piece)

    def _forward(self, piece: MicroBatch, seed: int) -> Tensor:
        """[R] sums, or log-probabilities of the tokens [N] for a loss by token."""
        self._check_cancelled()
        _seed_dropout(self._model.device, seed)
        if self._objective.by_token:
            return token_logprobs(self._model, piece)[: sum(piece.counts)]
        return response_scores(self._model, piece)[0]

    def _references(self, piece: MicroBatch, one: Pass) -> Tensor | None:
        """[N] under the weights that the training began with, where the loss goes by them."""
        if one.part.by_token is None:
            return None
        assert self._start is not None
        if len(one.part.by_token.chosen) == 0:
            return torch.zeros(sum(piece.counts), device=self._model.device)
        self._check_cancelled()
        return self._start.logprobs(piece)

    def _divergences(self) -> tuple[float, int]:
        """Their sum over this process's mismatched pairs, and how many those are."""
        assert self._start is not None
        found = torch.zeros((), dtype=torch.float64, device=wide_device(self._model.device))
        count = 0
        for batch in self._batch.mismatched:
            self._check_cancelled()
            before = self._start.logprobs(batch)
            found += (wide(logprobs_of(self._model, batch)) - wide(before)).sum()
            count += len(batch.counts)
        return float(found), count

    def _weigh(self, scores: Tensor, one: Pass, references: Tensor | None = None) -> Tensor:
        """dL/ds, of the shape of `scores`; notes the pass's scores, by response, and its loss."""
        scores = wide(scores.detach())
        if references is None:
            loss, sums = self._objective(scores, one.part), scores
        else:
            loss = self._objective.of_tokens(scores, wide(references), one.part)
            (piece,) = one.pieces
            sums = sum_by_response(scores, piece.lengths[: len(piece.counts)].to(scores.device))
        self._found += [sums / one.part.tokens, torch.stack([loss.vft, loss.alignment])]
        return loss.gradient

    def _backward(self, scores: Tensor, gradient: Tensor, piece: MicroBatch) -> None:
        with self._optimizer.collecting():
            scores.backward(like(gradient, scores))
        self.tokens += piece.tokens

    def _next_seed(self) -> int:
        """For dropout: a function of the run's seed, the step and the number of the piece within it."""
        self._seeds += 1
        text = f"{self._seed}:{self._step}:{self._seeds}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7])


class _Copy:
    """Of a float64 vector to the host, begun while the device is still at what it is made of."""

    def __init__(self, values: Tensor) -> None:
        self._done = None
        if values.device.type != "cuda":
            self._host = values
            return
        self._host = torch.empty_like(values, device="cpu", pin_memory=True)
        self._host.copy_(values, non_blocking=True)
        self._done = torch.cuda.Event()
        self._done.record(torch.cuda.current_stream(values.device))

    def wait(self) -> list[float]:
        if self._done is not None:
            self._done.synchronize()
        return self._host.tolist()


def _seed_dropout(device: torch.device, seed: int) -> None:
    """Seeds what an adapter's dropout on this device draws from.

    Not torch.manual_seed: on a machine without CUDA it queues a stack trace at each call, for good.
    """
    torch.default_generator.manual_seed(seed)
    if device.type == "mps":
        torch.mps.manual_seed(seed)
    if device.type == "cuda":
        torch.cuda.default_generators[device.index or 0].manual_seed(seed)
