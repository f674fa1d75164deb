"""The protocol's methods of trackers: numbers by name and step in, and one word when a tracker has failed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import protocol as p
from ..registry import Registry
from . import mlflow, tensorboard, trackio, wandb
from .background import BackgroundTracker, Point
from .ledger import Ledger
from .sink import Opening, OpenSink, Sink

if TYPE_CHECKING:
    from ..engine import Context

SINKS: dict[str, OpenSink] = {
    "tensorboard": tensorboard.open_sink,
    "wandb": wandb.open_sink,
    "mlflow": mlflow.open_sink,
    "trackio": trackio.open_sink,
}

trackers: Registry[BackgroundTracker] = Registry("tracker")


def track_open(params: p.TrackOpenParams, context: Context) -> p.TrackOpenResult:
    directory = Path(params.directory)
    ledger = Ledger(directory, params.key)
    if params.mode != "new":
        ledger.read()

    def open_sink(ledger: Ledger) -> Sink:
        opening = Opening(
            directory=directory,
            name=params.name,
            config=json.loads(params.config),
            settings=params.settings,
            run=ledger.run,
            last_step=ledger.last_step,
        )
        return SINKS[params.kind](opening)

    repeat = params.mode == "add"
    tracker = BackgroundTracker(open_sink, ledger, params.wait_seconds, repeat)
    failure = tracker.failure()
    if failure is not None:
        return p.TrackOpenResult(unavailable=failure)
    return p.TrackOpenResult(tracker=trackers.add(tracker))


def track_log(params: p.TrackLogParams, context: Context) -> p.TrackLogResult:
    tracker = trackers.get(params.tracker)
    tracker.log([Point(point.step, point.values) for point in params.points])
    return p.TrackLogResult(failed=tracker.failure())


def track_close(params: p.TrackCloseParams, context: Context) -> p.TrackCloseResult:
    tracker = trackers.remove(params.tracker)
    tracker.close()
    return p.TrackCloseResult(failed=tracker.failure())


METHODS: dict[str, Callable[[Any, Context], Any]] = {
    "track/open": track_open,
    "track/log": track_log,
    "track/close": track_close,
}
