"""The micro-batches of a step, one a turn: a process takes its own one after the other, and several processes
(ranks) take theirs side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .. import distributed
from ..callbacks import CheckCancelled, never_cancelled

Turn = Callable[[], None]


class Turns:
    """How the turns of one step are taken.

    `check_cancelled` is called within each turn by what takes it (`check`), or between those of several
    ranks, which must all look together. `is_sharded`: weights are shared out, and each turn brings them
    together, so that a rank that has no more turns goes through the model with nothing.
    """

    def __init__(self, check_cancelled: CheckCancelled, is_sharded: bool) -> None:
        alone = distributed.world_size() == 1
        self.check = check_cancelled if alone else never_cancelled
        self._check_together = check_cancelled
        self._is_sharded = is_sharded

    def take(self, turns: Sequence[Turn], empty: Turn) -> None:
        """All of them, with `empty` for a turn with nothing; raises what any rank's raised."""
        if distributed.world_size() == 1:
            for turn in turns:
                turn()
            return
        error: Exception | None = None
        for at in range(distributed.largest(len(turns))):
            self._check_together()
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
