"""Handlers of a worker that dies at chosen moments: `AFT_HANDLERS=dying`, and AFT_DEATHS names a file of

    METHOD NUMBER MOMENT [RANK]

one a line; of several ranks it is rank 0 that dies where none is named.
The process kills itself at the request of this number of the method, counted over all workers that share the
file. Moments: "begun", before anything is done; "within", at the second look at what was cancelled, or at the
end where there is none; "writing", with a folder written that is not yet in its place; "done", before it is
answered; "hangs", as "begun", but the process is stopped and gives no sign of life any more; "says", as
"begun", with some last words. It lives on after two others, once there is a file AFT_DEATHS.goes: "waits", as
"begun", and "tells", once it has told of its first progress. One that hangs or waits has written its number
to AFT_DEATHS.stands.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from aft_worker import folders
from aft_worker.handlers.catalogue import METHODS as LIVING
from aft_worker.handlers.catalogue import SHARED  # noqa: F401 - the worker asks for them

FILE = Path(os.environ["AFT_DEATHS"])
RANK = os.environ.get("RANK", "0")


def count(method: str) -> int:
    """Of this request: the requests so far are kept in a file, as a killed process keeps nothing."""
    seen = FILE.with_suffix(f".{method.replace('/', '-')}.{RANK}")
    with seen.open("a") as file:
        file.write(".")
    return seen.stat().st_size


def die(number: int = signal.SIGKILL) -> None:
    os.kill(os.getpid(), number)
    signal.pause()


def stand() -> None:
    FILE.with_suffix(".stands").write_text(str(os.getpid()))


def wait() -> None:
    stand()
    while not FILE.with_suffix(".goes").exists():
        time.sleep(0.01)


class Watched:
    """A context whose second look ends the process, or whose first progress holds it up."""

    def __init__(self, context: Any, moment: str) -> None:
        self._context = context
        self._moment = moment
        self._looks = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def apart(self) -> Watched:
        self._context = self._context.apart()
        return self

    def check_cancelled(self) -> None:
        self._looks += 1
        if self._moment == "within" and self._looks == 2:
            die()
        self._context.check_cancelled()

    def progress(self, value: Any) -> None:
        self._context.progress(value)
        if self._moment == "tells" and value.note is None:
            self._moment = ""
            wait()


def dying(method: str) -> Any:
    living = LIVING[method]

    def handler(params: Any, context: Any) -> Any:
        deaths = [[*line.split(), "0"][:4] for line in FILE.read_text().splitlines()]
        here = [method, str(count(method)), RANK]
        moment = next((when for *named, when, rank in deaths if [*named, rank] == here), None)
        if moment == "says":
            print("the card fell off the bus", file=sys.stderr, flush=True)
        if moment == "waits":
            wait()
        if moment == "hangs":
            stand()
        if moment in ("begun", "hangs", "says"):
            die(signal.SIGSTOP if moment == "hangs" else signal.SIGKILL)
        if moment == "writing":
            folders._put_in_place = lambda draft, target: die()
        if moment in ("within", "tells"):
            context = Watched(context, moment)
        result = living(params, context)
        if moment in ("within", "writing", "done"):
            die()
        return result

    return handler


METHODS = {method: dying(method) for method in LIVING}
