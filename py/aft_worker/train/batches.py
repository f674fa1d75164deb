"""A training's batches: that of the step that is asked for, and the next one's, prepared while the device is
still at work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .. import distributed
from ..errors import WorkerError
from ..losses import group_loss
from ..memory import smaller_batches
from ..protocol import LossSettings, TrainGroup
from ..score import Model
from .captured import Begun, CapturedPasses
from .global_batch import Batch, prepare, share_of
from .mismatched import mismatched

Upcoming = Callable[[], tuple[int, Sequence[TrainGroup]] | None]
"""Number and groups of the step that will be asked for next, if that is known already."""


def unknown() -> None:
    """Nothing is known of the next step."""


@dataclass(slots=True)
class _Ahead:
    """A step's batch, prepared before the step was asked for, and its first pass where that is begun."""

    number: int
    groups: Sequence[TrainGroup]
    batch: Batch
    begun: Begun | None = None


class Batches:
    """Cut into micro-batches of at most `max_tokens`, which `cut` halves."""

    def __init__(self, model: Model, loss: LossSettings, seed: int, max_tokens: int) -> None:
        self.max_tokens = max_tokens
        self._model = model
        self._settings = loss
        self._loss = group_loss(loss)
        self._seed = seed
        self._ahead: _Ahead | None = None
        # of the micro-batches in hand, with their responses
        self._costs: list[tuple[int, int]] = []

    def take(self, number: int, groups: Sequence[TrainGroup]) -> tuple[Batch, Begun | None]:
        """The batch of a step, with its first pass where that was begun ahead. Raises what `prepare` does."""
        ahead, self._ahead, self._costs = self._ahead, None, []
        if ahead is not None and (ahead.number, ahead.groups) == (number, groups):
            batch, begun = ahead.batch, ahead.begun
        else:
            batch, begun = self._prepared(number, groups), None
        self._costs = _costs(batch)
        return batch, begun

    def prepare_ahead(self, upcoming: Upcoming) -> None:
        step = upcoming()
        if step is None:
            return
        number, groups = step
        try:
            self._ahead = _Ahead(number, groups, self._prepared(number, groups))
        except WorkerError:
            # that step's own: it prepares once more and answers with the error
            self._ahead = None

    def begin_ahead(self, captured: CapturedPasses | None) -> None:
        """The next step's first forward pass, of the weights as they are now: it changes nothing, and the
        device is at it while this step is answered and the next one asked for."""
        if self._ahead is None or captured is None:
            return
        try:
            self._ahead.begun = captured.begin(self._ahead.batch.passes)
        except Exception:
            # this step is done; whatever it is, the next one meets it too
            self._ahead.begun = None

    def forget(self) -> None:
        """Lets go of what was prepared ahead."""
        self._ahead = None

    def cut(self, number: int, groups: Sequence[TrainGroup]) -> bool:
        """Makes micro-batches smaller, so that the largest of this step's is cut; False where each is of one
        response."""
        self._costs = _costs(self._prepared(number, groups))
        sizes = [size for size in distributed.gather(self.smaller) if size]
        if sizes:
            self.max_tokens = min(sizes)
        return bool(sizes)

    @property
    def smaller(self) -> int | None:
        """Of `max_tokens`, so that the largest of this rank's present micro-batches would be cut; None where
        each is of one response."""
        return smaller_batches(self.max_tokens, self._costs)

    def _prepared(self, number: int, groups: Sequence[TrainGroup]) -> Batch:
        loss = self._loss
        places = share_of(self._model, groups, loss)
        with distributed.agreed():
            batch = prepare(self._model, groups, self._settings, self.max_tokens, places)
            if loss is not None and loss.needs_divergence:
                batch.mismatched = mismatched(self._model, groups, loss, self._seed, number, self.max_tokens)
        return batch


def _costs(batch: Batch) -> list[tuple[int, int]]:
    pieces = [piece for one in batch.passes for piece in one.pieces] + batch.mismatched
    return [(piece.input_ids.numel(), len(piece.counts)) for piece in pieces]
