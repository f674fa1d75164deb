"""A sink in a thread of its own: `log` costs a queue's append, whatever the backend does meanwhile."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from .ledger import Ledger
from .redaction import redacted
from .sink import Sink, Unavailable

# So many points wait at most: a backend that takes none for that long takes none any more.
MOST_WAITING = 100_000


@dataclass(frozen=True)
class Point:
    step: int
    values: dict[str, float]


@dataclass
class _Mailbox:
    """What the two threads share, under `changed`."""

    changed: threading.Condition = field(default_factory=threading.Condition)
    waiting: deque[Point] = field(default_factory=deque)
    opened: bool = False
    closing: bool = False
    ended: bool = False
    failure: str | None = None


class BackgroundTracker:
    """
    `wait_seconds`: as long opening and closing are waited for. A sink that takes longer to open gets its
    points when it is open; one that takes longer to close is left to itself. `repeat`: points that the ledger
    has are sent again.
    """

    def __init__(
        self, open_sink: Callable[[Ledger], Sink], ledger: Ledger, wait_seconds: float, repeat: bool
    ) -> None:
        self._box = _Mailbox()
        self._ledger = ledger
        self._repeat = repeat
        self._wait_seconds = wait_seconds
        # A daemon: a backend that hangs must not keep the worker from ending.
        thread = threading.Thread(target=self._work, args=(open_sink,), daemon=True, name="tracker")
        thread.start()
        with self._box.changed:
            self._box.changed.wait_for(lambda: self._box.opened or self._box.ended, wait_seconds)

    def log(self, points: list[Point]) -> None:
        with self._box.changed:
            if self._box.ended:
                return
            if len(self._box.waiting) + len(points) > MOST_WAITING:
                self._drop(f"it has not taken the last {len(self._box.waiting)} points")
                return
            self._box.waiting.extend(points)
            self._box.changed.notify_all()

    def close(self) -> None:
        """Waits until everything is delivered, `wait_seconds` at most."""
        with self._box.changed:
            self._box.closing = True
            self._box.changed.notify_all()
            if not self._box.changed.wait_for(lambda: self._box.ended, self._wait_seconds):
                did = "end" if self._box.opened else "open"
                left = f"{len(self._box.waiting)} points were waiting"
                self._drop(f"it did not {did} within {self._wait_seconds:g} s ({left})")

    def failure(self) -> str | None:
        """Why nothing is sent any more: said once, then None again."""
        with self._box.changed:
            failure, self._box.failure = self._box.failure, None
            return failure

    def _drop(self, why: str) -> None:
        self._box.failure = why
        self._box.ended = True
        self._box.waiting.clear()
        self._box.changed.notify_all()

    def _work(self, open_sink: Callable[[Ledger], Sink]) -> None:
        try:
            sink = open_sink(self._ledger)
            self._ledger.run = sink.run
            self._ledger.write()
            with self._box.changed:
                self._box.opened = True
                self._box.changed.notify_all()
            while points := self._take():
                self._deliver(sink, points)
            sink.close()
            self._end(None)
        except Unavailable as error:
            self._end(str(error))
        # A backend may end its thread by SystemExit too.
        except BaseException as error:
            self._end(redacted(error))

    def _take(self) -> list[Point]:
        """What waits, as soon as something does; nothing: it is time to close."""
        box = self._box
        with box.changed:
            box.changed.wait_for(lambda: box.waiting or box.closing or box.ended)
            taken = list(box.waiting)
            box.waiting.clear()
            return taken

    def _deliver(self, sink: Sink, points: list[Point]) -> None:
        try:
            for point in points:
                values = point.values if self._repeat else self._ledger.news(point.step, point.values)
                if self._box.ended:
                    return
                if values:
                    sink.log(point.step, values)
                    self._ledger.delivered(point.step, values)
        finally:
            self._ledger.write()

    def _end(self, why: str | None) -> None:
        with self._box.changed:
            # The failure of one that was given up before is known.
            if why is not None and not self._box.ended:
                self._drop(why)
            self._box.ended = True
            self._box.changed.notify_all()
