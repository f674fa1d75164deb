"""A rank other than 0, as it samples with the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from ..faults import fault_of
from .dealt_rank import Over, PutUp, Rank, Told
from .sampler import SampleJob


class Follower(Rank):
    """A rank other than 0: it samples for rank 0's jobs, which are `like` this but for prompts and seed."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._held: dict[int | None, Told] = {}

    def run(self, job: SampleJob, following: Callable[[], SampleJob | None]) -> None:
        """Until rank 0 ends it, whose own jobs are the ones. What goes wrong here is raised there."""
        try:
            while not (self._over.all or self._ended):
                if not self.sample_next():
                    self._pause()
        except Exception as error:
            if self.is_broken:
                raise
            self.tell(Told(self.number, fault=fault_of(error, self.number)))
        while not self._parted():
            self._pause()
        self._board.add("parted", 1)

    def _parted(self) -> bool:
        return self._over.all if self._lockstep is None else self._ended

    def tell(self, told: Told) -> None:
        """At the next look; what is rare at once."""
        held = self._held.setdefault(told.job, Told(self.number, told.job))
        held.candidates = [*held.candidates, *told.candidates]
        held.sampler = told.sampler or held.sampler
        held.note, held.fault = told.note, told.fault
        if told.note is not None or told.fault is not None:
            self._send()

    def _pause(self) -> None:
        self._look()
        self.idle(over=False)

    def _look(self) -> None:
        self._send()
        while (message := self._board.get(f"job/{len(self._seeds)}")) is not None:
            self._learn(msgspec.json.decode(message, type=PutUp))
        message = self._board.get("over")
        if message is not None:
            self._end(msgspec.json.decode(message, type=Over))

    def _send(self) -> None:
        for told in self._held.values():
            self._board.append("told", msgspec.json.encode(told))
        self._held.clear()
