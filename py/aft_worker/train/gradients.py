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

from functools import partial
from itertools import count

import torch
from torch import Tensor

from .. import distributed
from ..callbacks import CheckCancelled, OnProgress
from ..device import like, wide, wide_device
from ..losses import Objective, divergence_estimate
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
from .dropout import piece_seed, seed_dropout
from .findings import Findings, Finds
from .global_batch import Batch, Pass
from .optimization import Optimizer
from .start_weights import StartWeights, logprobs_of
from .turns import Turn, Turns


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
        self._is_sharded = score_path(model.module).is_shared_out
        self._turns = Turns(check_cancelled, self._is_sharded)
        self._on_progress = on_progress
        self._captured = captured
        self._begun = begun
        self._start = start
        self._finds = Finds(batch, objective, step)
        # of dropout: one a piece, numbered through
        numbers = count(1)
        self._seed_of = [[piece_seed(seed, step, next(numbers)) for _ in one.pieces] for one in batch.passes]

    def run(self) -> None:
        """Raises whatever `check_cancelled` raises."""
        self._optimizer.begin()
        with layout_of(self._model).attending(training=True):
            if self._objective.needs_divergence:
                pairs = self._divergences()
                self._objective.divergence = divergence_estimate(*distributed.total(*pairs))
            weights = self._weigh_large()
            turns: list[Turn] = []
            done = 0
            for number, one in enumerate(self._batch.passes):
                done += len(one.numbers)
                if number in weights:
                    turns += self._second_turns(number, weights[number])
                else:
                    turns.append(partial(self._one_pass, number))
                turns[-1] = partial(self._and_tell, turns[-1], done)
            self._turns.take(turns, self._empty_turn)

    def _and_tell(self, turn: Turn, done: int) -> None:
        turn()
        total = len(self._batch.responses)
        if done < total:
            self._on_progress(done, total, self.tokens)

    def send(self) -> None:
        """Starts the copy of all that has been found, the norm of what has been collected with it."""
        self._finds.send(self._optimizer.gradient_norm(), self._model.device)

    def wait(self) -> Findings:
        """Raises NonFiniteLoss, naming the groups of the first micro-batch that is at fault."""
        return self._finds.wait()

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
        self._turns.check()
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
            self._turns.take(turns, self._empty_forward)
        return {number: self._weigh(sums[number], number) for number in large}

    def _first_turn(self, number: int, at: int, sums: Tensor) -> None:
        one = self._batch.passes[number]
        sums[one.places[at]] = wide(self._forward(one.pieces[at], self._seed_of[number][at]))

    def _second_turns(self, number: int, gradient: Tensor) -> list[Turn]:
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
        self._turns.check()
        seed_dropout(self._model.device, seed)
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
        self._turns.check()
        return self._start.logprobs(piece)

    def _divergences(self) -> tuple[float, int]:
        """Their sum over this process's mismatched pairs, and how many those are."""
        assert self._start is not None
        start = self._start
        found = torch.zeros((), dtype=torch.float64, device=wide_device(self._model.device))

        def turn(batch: MicroBatch) -> None:
            self._turns.check()
            before = start.logprobs(batch)
            found.add_((wide(logprobs_of(self._model, batch)) - wide(before)).sum())

        def empty() -> None:
            start.logprobs(self._nothing())
            logprobs_of(self._model, self._nothing())

        self._turns.take([partial(turn, batch) for batch in self._batch.mismatched], empty)
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
        self._finds.note(number, sums / one.part.tokens, loss)
        return loss.gradient

    def _backward(self, scores: Tensor, gradient: Tensor, piece: MicroBatch) -> None:
        with self._optimizer.collecting():
            scores.backward(like(gradient, scores))
        self.tokens += piece.tokens
