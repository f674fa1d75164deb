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
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from .. import distributed
from ..callbacks import CheckCancelled, OnProgress, never_cancelled
from ..device import like, wide, wide_device
from ..errors import WorkerError, real
from ..losses import Objective, divergence_estimate
from ..protocol import LossParts
from ..score import (
    MicroBatch,
    Model,
    Row,
    layout_of,
    response_scores,
    score_path,
    sum_by_response,
    token_logprobs,
)
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
        # of several ranks all look together, between their turns
        self._check_turn = check_cancelled
        self._check_cancelled = check_cancelled if distributed.world_size() == 1 else never_cancelled
        self._is_sharded = score_path(model.module).is_shared_out
        self._on_progress = on_progress
        self._captured = captured
        self._begun = begun
        self._start = start
        self._seeds = 0
        # of each pass: [its responses] scores, then its two parts of the loss
        self._found: list[list[Tensor]] = [[] for _ in batch.passes]
        self._copied: _Copy | None = None
        self._seed_of = [[self._next_seed() for _ in one.pieces] for one in batch.passes]

    def run(self) -> None:
        """Raises whatever `check_cancelled` raises."""
        self._optimizer.begin()
        with layout_of(self._model).attending(training=True):
            if self._objective.needs_divergence:
                pairs = self._divergences()
                self._objective.divergence = divergence_estimate(*distributed.total(*pairs))
            weights = self._weigh_large()
            turns: list[Callable[[], None]] = []
            done = 0
            for number, one in enumerate(self._batch.passes):
                done += len(one.numbers)
                if number in weights:
                    turns += self._second_turns(number, weights[number])
                else:
                    turns.append(partial(self._one_pass, number))
                turns[-1] = partial(self._and_tell, turns[-1], done)
            self._take_turns(turns, self._empty_turn)

    def _and_tell(self, turn: Callable[[], None], done: int) -> None:
        turn()
        total = len(self._batch.responses)
        if done < total:
            self._on_progress(done, total, self.tokens)

    def _take_turns(self, turns: Sequence[Callable[[], None]], empty: Callable[[], None]) -> None:
        """Each a micro-batch through the model. Ranks take theirs side by side, and where weights are shared
        out over them, which each turn brings together, one that has no more goes through the model with
        nothing."""
        if distributed.world_size() == 1:
            for turn in turns:
                turn()
            return
        error: Exception | None = None
        for at in range(distributed.largest(len(turns))):
            self._check_turn()
            try:
                if at < len(turns) and error is None:
                    turns[at]()
                elif self._is_sharded:
                    empty()
            except Exception as caught:
                if self._is_sharded:
                    raise  # the others are within the model: there is no going on together
                error = caught
        with distributed.agreed():
            if error is not None:
                raise error

    def send(self) -> None:
        """Starts the copy of all that has been found, the norm of what has been collected with it."""
        norm = wide(self._optimizer.gradient_norm()).reshape(1)
        found = [tensor for one in self._found for tensor in one]
        self._copied = _Copy(torch.cat([*found, norm.to(wide_device(self._model.device))]))

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

    def _one_pass(self, number: int) -> None:
        one = self._batch.passes[number]
        (piece,) = one.pieces
        # before anything that holds the present weights for its backward pass
        references = self._references(piece, one)
        if self._captured is not None:
            self._captured_pass(self._captured, piece, number, references)
            return
        scores = self._forward(piece, self._seed_of[number][0])
        self._backward(scores, self._weigh(scores, number, references), piece)

    def _captured_pass(
        self, captured: CapturedPasses, piece: MicroBatch, number: int, references: Tensor | None
    ) -> None:
        self._check_cancelled()
        begun, self._begun = self._begun, None
        if begun is None:
            size = captured.of(piece)
            begun = Begun(size, size.forward())
        begun.size.backward(self._weigh(begun.scores, number, references))
        self.tokens += piece.tokens

    def _weigh_large(self) -> dict[int, Tensor]:
        """dL/ds of each pass that is too large for the model at once, by its number, from scores without
        graph."""
        large = [number for number, one in enumerate(self._batch.passes) if len(one.pieces) > 1]
        sums = {
            number: torch.empty(
                len(self._batch.passes[number].numbers),
                dtype=torch.float64,
                device=wide_device(self._model.device),
            )
            for number in large
        }
        turns = [
            partial(self._first_turn, number, at, sums[number])
            for number in large
            for at in range(len(self._batch.passes[number].pieces))
        ]
        with torch.no_grad():
            self._take_turns(turns, self._empty_forward)
        return {number: self._weigh(sums[number], number) for number in large}

    def _first_turn(self, number: int, at: int, sums: Tensor) -> None:
        one = self._batch.passes[number]
        sums[one.places[at]] = wide(self._forward(one.pieces[at], self._seed_of[number][at]))

    def _second_turns(self, number: int, gradient: Tensor) -> list[Callable[[], None]]:
        """Both turns of a piece draw the same dropout."""
        one = self._batch.passes[number]

        def turn(piece: MicroBatch, places: Tensor, seed: int) -> None:
            self._backward(self._forward(piece, seed), gradient[places], piece)

        parts = zip(one.pieces, one.places, self._seed_of[number], strict=True)
        return [partial(turn, *part) for part in parts]

    def _empty_turn(self) -> None:
        """Through the model with a token that counts for nothing."""
        piece = self._nothing()
        if self._objective.by_token and self._start is not None:
            self._start.logprobs(piece)
        scores = self._forward(piece, 0)
        with self._optimizer.collecting():
            scores.backward(torch.zeros_like(scores))

    def _empty_forward(self) -> None:
        self._forward(self._nothing(), 0)

    def _nothing(self) -> MicroBatch:
        return layout_of(self._model).collate([Row([0], [[0]], [0])], training=True)

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
        if len(one.part.by_token.chosen) == 0 and not self._is_sharded:
            return torch.zeros(sum(piece.counts), device=self._model.device)
        self._check_cancelled()
        return self._start.logprobs(piece)

    def _divergences(self) -> tuple[float, int]:
        """Their sum over this process's mismatched pairs, and how many those are."""
        assert self._start is not None
        start = self._start
        found = torch.zeros((), dtype=torch.float64, device=wide_device(self._model.device))

        def turn(batch: MicroBatch) -> None:
            self._check_cancelled()
            before = start.logprobs(batch)
            found.add_((wide(logprobs_of(self._model, batch)) - wide(before)).sum())

        def empty() -> None:
            start.logprobs(self._nothing())
            logprobs_of(self._model, self._nothing())

        self._take_turns([partial(turn, batch) for batch in self._batch.mismatched], empty)
        return float(found), sum(len(batch.counts) for batch in self._batch.mismatched)

    def _weigh(self, scores: Tensor, number: int, references: Tensor | None = None) -> Tensor:
        """dL/ds, of the shape of `scores`; notes the pass's scores, by response, and its loss."""
        one = self._batch.passes[number]
        scores = wide(scores.detach())
        if references is None:
            loss, sums = self._objective(scores, one.part), scores
        else:
            loss = self._objective.of_tokens(scores, wide(references), one.part)
            (piece,) = one.pieces
            sums = sum_by_response(scores, piece.lengths[: len(piece.counts)].to(scores.device))
        self._found[number] = [
            sums / one.part.tokens,
            torch.stack([loss.vft, loss.alignment]),
        ]
        return loss.gradient

    def _backward(self, scores: Tensor, gradient: Tensor, piece: MicroBatch) -> None:
        with self._optimizer.collecting():
            scores.backward(like(gradient, scores))
        self.tokens += piece.tokens

    def _next_seed(self) -> int:
        """For dropout: a function of the run's seed, the step and the number of the piece within it (and of
        the rank, as ranks have pieces of their own)."""
        self._seeds += 1
        text = f"{self._seed}:{self._step}:{self._seeds}"
        if not distributed.is_main():
            text += f":{distributed.rank()}"
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
