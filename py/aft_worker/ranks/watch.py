"""Each rank shows the others that it lives, from a thread of its own, and ends where it cannot go on without.

A rank that computes for long still shows it; one that was stopped, or whose machine is gone or out of reach,
does not. Nothing is decided by one for another: each ends by itself, and its agent with it; an agent
also watches its own ranks, of which one alone on its machine may be the one that was stopped.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import msgspec
from torch.distributed import Store  # pyright: ignore[reportPrivateImportUsage]

from .. import distributed
from ..board import connect
from ..faults import Fault, fault_of, raised

# Without a sign of life, until a rank counts as lost; all go by machine 0's, once they have met.
SECONDS = float(os.environ.get("AFT_RANK_SECONDS") or 60)
# So many times as long all may take to come, and one exchange between those that live.
LONGEST = 10
# Set in the ranks: who their agent is, and the folder in which they show it that they live.
AGENT, LIFE = "AFT_RANK_AGENT", "AFT_RANK_LIFE"
# Which device each rank is to have, by the name that machine 0 was given.
DEVICE = "AFT_DEVICE"
# For the agent to see first which rank it was, and to end all.
SECONDS_TO_BE_ENDED = 5.0
# For all to come to where a rank waits for them with an error that it alone may have.
SECONDS_TO_COME = 5.0

# With what ranks end that are to begin anew, whatever their number of starts (ts/bridge/ranks.ts).
BEGIN_ANEW = 75

_FAULT = "aft/fault"
_SECONDS = "aft/seconds"
_GONE = "the store through which the ranks meet is gone"


def watch(answer: Callable[[Exception], None]) -> float:
    """In a rank that is about to join; all call it. `answer`: what rank 0 does with an error before it ends.
    -> without a sign of life, the seconds until a rank counts as lost."""
    rank, ranks = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
    try:
        store = connect(SECONDS)
        seconds = meet(store, rank, ranks, SECONDS, _end)
    except RuntimeError:
        _end(_GONE, 1)
    watched = Watch(store, rank, ranks, seconds, _end)
    watched.answer = answer
    distributed.when_lost = watched.cut_off
    distributed.waiting = watched.waiting
    if LIFE in os.environ:
        limit_of(Path(os.environ[LIFE], f"rank-{rank}")).write_text(str(seconds))
    watched.show_life()
    threading.Thread(target=watched.run, daemon=True).start()
    threading.Thread(target=watched.watch_itself, daemon=True).start()
    return seconds


def limit_of(sign: Path) -> Path:
    """The file that tells a rank's agent how long its sign of life may stay away; there before the sign."""
    return sign.with_name(sign.name.replace("rank", "seconds"))


def meet(store: Store, rank: int, ranks: int, seconds: float, end: Callable[[str, int], NoReturn]) -> float:
    """Goes on once every rank has come to the store; -> `seconds` of rank 0. Where some do not come in
    `LONGEST` times as long, `end` is called. Raises RuntimeError where the store is gone."""
    if rank == 0:
        store.set(_SECONDS, str(seconds))
    store.set(life(rank), f"0 {socket.gethostname()}")
    try:
        store.wait([life(other) for other in range(ranks)], timedelta(seconds=LONGEST * seconds))
    except RuntimeError:
        missing = [other for other in range(ranks) if not store.check([life(other)])]
        if missing:
            names = ", ".join(str(other) for other in missing)
            each = int(os.environ.get("LOCAL_WORLD_SIZE") or ranks)
            machines = ", ".join(str(machine) for machine in sorted({other // each for other in missing}))
            end(
                f"rank {names} of machine {machines} has not come within {LONGEST * seconds:g} s: it was "
                "stopped, or its machine is gone or out of reach",
                1,
            )
    return float(store.get(_SECONDS))


def life(rank: int) -> str:
    """The key of a rank's signs of life."""
    return f"aft/life/{rank}"


class Watch:
    """`end` is called with why and an exit code, and does not come back. Seconds are counted by ticks of this
    process and not by the clock: while a machine slept nothing could be heard."""

    def __init__(
        self,
        store: Store,
        rank: int,
        ranks: int,
        seconds: float,
        end: Callable[[str, int], NoReturn],
        tick: float = 1,
    ) -> None:
        self._store = store
        self._rank = rank
        self._seconds = seconds
        self._end = end
        self._tick = tick
        self._beats = 0
        self._seen = {other: "" for other in range(ranks) if other != rank}
        self._silence = dict.fromkeys(self._seen, 0.0)
        self._unanswered = 0.0
        self.answer: Callable[[Exception], None] = lambda error: None
        self._own: Fault | None = None
        self._parts = False
        self._waited = 0.0

    @contextmanager
    def waiting(self, error: Exception) -> Iterator[None]:
        """Within it this rank waits for the others with an error: where not all have come in time, they wait
        in an exchange to which it does not come."""
        self._waited = 0.0
        self._own = fault_of(error, self._rank)
        try:
            yield
        finally:
            self._own = None

    def show_life(self) -> None:
        self._beats += 1
        if LIFE in os.environ:
            Path(os.environ[LIFE], f"rank-{self._rank}").touch()
        self._store.set(life(self._rank), f"{self._beats} {socket.gethostname()}")

    def run(self) -> NoReturn:
        while True:
            time.sleep(self._tick)
            try:
                self.show_life()
                self._look_for_faults()
                self._look()
            except RuntimeError:
                # the agent on machine 0 keeps it
                self._end(_GONE, 1)
            self._unanswered = 0.0

    def watch_itself(self) -> NoReturn:
        """From a second thread: a call of the store waits without end for one that is out of reach."""
        while True:
            time.sleep(self._tick)
            self._unanswered += self._tick
            if self._unanswered >= self._seconds:
                self._end(
                    f"the store through which the ranks meet has not answered for {self._seconds:g} s: the "
                    "network, or machine 0",
                    1,
                )

    def _look_for_faults(self) -> None:
        own = self._own
        if own is not None:
            self._waited += self._tick
            if self._waited >= SECONDS_TO_COME:
                self._store.compare_set(_FAULT, "", msgspec.json.encode(own).decode())
        if self._store.check([_FAULT]):
            self.part()

    def part(self) -> NoReturn:
        """A rank failed alone, and the others wait for it: rank 0 answers with its error, and all end."""
        self._parts = True
        fault = msgspec.json.decode(self._store.get(_FAULT), type=Fault)
        if self._rank == 0:
            self.answer(raised(fault))
        else:
            time.sleep(SECONDS_TO_BE_ENDED)
        line = fault.message.split("\n", 1)[0]
        why = f"one rank failed and the others cannot go on without it ({line})"
        self._end(why, BEGIN_ANEW if fault.data.get("smaller") else 1)

    def cut_off(self, error: Exception) -> NoReturn:
        """An exchange failed."""
        time.sleep(SECONDS_TO_BE_ENDED)
        while self._parts:
            time.sleep(1)  # that is why
        line = str(error).strip().split("\n", 1)[0]
        self._end(f"an exchange with the other ranks failed ({line})", 1)

    def _look(self) -> None:
        for other, seen in self._seen.items():
            found = self._store.get(life(other)).decode()
            self._seen[other] = found
            self._silence[other] = self._silence[other] + self._tick if found == seen else 0.0
            if self._silence[other] >= self._seconds:
                host = found.partition(" ")[2]
                self._end(
                    f"rank {other} on {host} has given no sign of life for {self._seconds:g} s: it was "
                    "stopped, or its machine is gone or out of reach",
                    1,
                )


def _end(why: str, code: int) -> NoReturn:
    rank = os.environ.get("RANK")
    print(f"aft_worker: rank {rank} on {socket.gethostname()} ends: {why}", file=sys.stderr, flush=True)
    os._exit(code)
