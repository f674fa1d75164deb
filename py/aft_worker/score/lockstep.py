"""Ranks that hold a model together, each a part of every weight, and have unequally many passes to do.

Whoever goes through the model waits for the others to go through it too. Before each pass the ranks meet; one
that has nothing to do then goes through with a token of its own, for the others' sake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import torch

from .. import distributed
from .path import ScorePath, without_cache

Idle = Literal["passed", "nothing", "ended"]


class Lockstep:
    """Of one piece of work that all ranks take part in; see `in_lockstep`."""

    def __init__(self, path: ScorePath, device: torch.device) -> None:
        self._path = path
        self._device = device
        self._passing = False

    def meet(self) -> None:
        """Before a pass."""
        if not self._passing:
            distributed.total(1, 0)
        self._path.in_pass = True

    @property
    def is_broken(self) -> bool:
        """Of an error that is looked at: whether it left the others in a pass."""
        return self._path.in_pass

    def idle(self, over: bool) -> Idle:
        """By a rank that has nothing to do: it goes through the model if any other does. "ended", for all
        ranks at once, when none does and one says that it is `over`; "nothing" when none does."""
        passing, ends = distributed.total(0, int(over))
        if passing:
            self._pass()
            return "passed"
        return "ended" if ends else "nothing"

    def _pass(self) -> None:
        path = self._path
        self._passing = True
        try:
            path.rewind()
            token = torch.zeros((1, 1), dtype=torch.long, device=self._device)
            with path.without_graph():
                path.causal(input_ids=token, **without_cache(path.causal))
        finally:
            self._passing = False


@contextmanager
def in_lockstep(path: ScorePath, device: torch.device) -> Iterator[Lockstep | None]:
    """Within it passes go together where the weights are shared out; None: they are not, and each goes alone.
    All ranks enter it, and each leaves it when its `idle` says "ended"."""
    together = path.run_within
    if together is None:
        yield None
        return
    lockstep = Lockstep(path, device)

    def within(function: Callable[[], Any]) -> Any:
        lockstep.meet()
        result = together(function)
        path.in_pass = False
        return result

    def passed(*_: Any) -> None:
        path.in_pass = False

    hooks = [
        path.causal.register_forward_pre_hook(lambda *_: lockstep.meet(), prepend=True),
        path.causal.register_forward_hook(passed),
    ]
    path.run_within = within
    try:
        yield lockstep
    finally:
        path.run_within = together
        for hook in hooks:
            hook.remove()
