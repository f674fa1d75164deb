"""Trackers: numbers by name and step in, and one word when a tracker has failed."""

import json
from pathlib import Path

from .. import protocol as p
from ..rpc import Context, Registry
from ..tracking import SINKS, BackgroundTracker, Ledger, Opening, Point, Sink

trackers: Registry[BackgroundTracker] = Registry("tracker")


def open(params: p.TrackOpenParams, context: Context) -> p.TrackOpenResult:
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

    tracker = BackgroundTracker(open_sink, ledger, params.wait_seconds, repeat=params.mode == "add")
    failure = tracker.failure()
    if failure is not None:
        return p.TrackOpenResult(unavailable=failure)
    return p.TrackOpenResult(tracker=trackers.add(tracker))


def log(params: p.TrackLogParams, context: Context) -> p.TrackLogResult:
    tracker = trackers.get(params.tracker)
    tracker.log([Point(point.step, point.values) for point in params.points])
    return p.TrackLogResult(failed=tracker.failure())


def close(params: p.TrackCloseParams, context: Context) -> p.TrackCloseResult:
    tracker = trackers.remove(params.tracker)
    tracker.close()
    return p.TrackCloseResult(failed=tracker.failure())
