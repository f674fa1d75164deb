"""Trackers: what a backend is given, what a resumed run leaves out, that no fault of one reaches training."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from aft_worker import protocol as p
from aft_worker.errors import WorkerError
from aft_worker.handlers import tracking
from aft_worker.tracking import SINKS, background
from aft_worker.tracking.redaction import redacted
from aft_worker.tracking.sink import Opening, Unavailable
from tracking_stubs import mlflow_stub, trackio_stub, wandb_stub

SETTINGS = {
    "wandb": {"project": "p", "mode": "offline"},
    "mlflow": {"experiment": "e", "uri": "sqlite:///nowhere.db"},
    "trackio": {"project": "p"},
}
STUBS: dict[str, Callable[[list[Any]], ModuleType]] = {
    "wandb": wandb_stub,
    "mlflow": mlflow_stub,
    "trackio": trackio_stub,
}


class Kept:
    """A sink that keeps what it gets; `trouble` is called before it takes a point."""

    def __init__(self, opening: Opening, trouble: Callable[[int], None] = lambda step: None) -> None:
        self.run = opening.run or "run"
        self.opening = opening
        self.points: list[tuple[int, dict[str, float]]] = []
        self.closed = False
        self._trouble = trouble

    def log(self, step: int, values: dict[str, float]) -> None:
        self._trouble(step)
        self.points.append((step, values))

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[Kept]:
    """The sinks that were opened, in order."""
    opened: list[Kept] = []

    def open_sink(opening: Opening) -> Kept:
        opened.append(Kept(opening))
        return opened[-1]

    monkeypatch.setitem(SINKS, "wandb", open_sink)
    return opened


def opened(folder: Path, kind: str = "wandb", wait: float = 20.0, **some: Any) -> p.TrackOpenResult:
    usual = {"directory": str(folder), "key": "k", "mode": "new", "name": "x/aft/seed1", "config": '{"a": 1}'}
    params = {"kind": kind, "settings": SETTINGS.get(kind, {}), "wait_seconds": wait, **usual, **some}
    return tracking.open(p.TrackOpenParams(**params), None)  # type: ignore[arg-type]


def log(tracker: str | None, *points: tuple[int, dict[str, float]]) -> str | None:
    assert tracker is not None
    told = [p.TrackedPoint(step=step, values=values) for step, values in points]
    return tracking.log(p.TrackLogParams(tracker=tracker, points=told), None).failed  # type: ignore[arg-type]


def close(tracker: str | None) -> str | None:
    assert tracker is not None
    return tracking.close(p.TrackCloseParams(tracker=tracker), None).failed  # type: ignore[arg-type]


def test_every_point_arrives_in_order_and_the_sink_is_closed(tmp_path: Path, kept: list[Kept]) -> None:
    tracker = opened(tmp_path).tracker
    points = [(step, {"loss": step / 10}) for step in range(1, 51)]
    assert log(tracker, *points[:3]) is None
    for point in points[3:]:
        log(tracker, point)
    assert close(tracker) is None
    assert kept[0].points == points
    assert kept[0].closed
    assert (kept[0].opening.name, kept[0].opening.config) == ("x/aft/seed1", {"a": 1})
    with pytest.raises(WorkerError, match="there is no tracker"):
        close(tracker)


def test_a_resumed_run_takes_what_it_has_not_been_given(tmp_path: Path, kept: list[Kept]) -> None:
    first = opened(tmp_path).tracker
    log(first, (1, {"loss": 1.0}), (2, {"loss": 0.9}))
    close(first)
    second = opened(tmp_path, mode="resume").tracker
    # As a training does that goes on from the state of step 1 and looked at held-out questions after step 2.
    log(second, (1, {"loss": 1.0}), (2, {"loss": 0.9, "heldOut/accuracy": 0.5}), (3, {"loss": 0.8}))
    close(second)
    assert kept[1].opening.run == "run"
    assert kept[1].opening.last_step == 2
    assert kept[1].points == [(2, {"heldOut/accuracy": 0.5}), (3, {"loss": 0.8})]


def test_what_is_added_to_a_run_is_not_held_against_its_steps(tmp_path: Path, kept: list[Kept]) -> None:
    for accuracy in (0.5, 0.6):
        tracker = opened(tmp_path, mode="add").tracker
        log(tracker, (3, {"test/accuracy": accuracy}))
        close(tracker)
    assert [sink.points for sink in kept] == [[(3, {"test/accuracy": 0.5})], [(3, {"test/accuracy": 0.6})]]


@pytest.mark.parametrize("mode, key", [("new", "k"), ("resume", "another"), ("add", "another")])
def test_a_new_training_gets_a_run_of_its_own(tmp_path: Path, kept: list[Kept], mode: str, key: str) -> None:
    first = opened(tmp_path).tracker
    log(first, (5, {"loss": 1.0}))
    close(first)
    second = opened(tmp_path, mode=mode, key=key).tracker
    log(second, (1, {"loss": 2.0}))
    close(second)
    assert kept[1].opening.run is None
    assert kept[1].points == [(1, {"loss": 2.0})]


def test_a_damaged_ledger_counts_as_none(tmp_path: Path, kept: list[Kept]) -> None:
    (tmp_path / "tracker.json").write_text('{"key": "k", "run": 1, "last"')
    tracker = opened(tmp_path, mode="resume").tracker
    log(tracker, (1, {"loss": 1.0}))
    assert close(tracker) is None
    assert kept[0].points == [(1, {"loss": 1.0})]


def test_a_sink_that_raises_is_told_of_once_and_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trouble(step: int) -> None:
        if step == 2:
            raise ConnectionError("no route to https://me:hunter2@tracker.example")

    sinks: list[Kept] = []
    monkeypatch.setitem(SINKS, "wandb", lambda opening: sinks.append(Kept(opening, trouble)) or sinks[-1])
    tracker = opened(tmp_path).tracker
    reasons = [log(tracker, (step, {"loss": 1.0})) for step in range(1, 6)] + [close(tracker)]
    assert [reason for reason in reasons if reason is not None] == [
        "ConnectionError: no route to https://***@tracker.example"
    ]
    assert [step for step, _ in sinks[0].points] == [1]
    assert json.loads((tmp_path / "tracker.json").read_text())["last"] == {"loss": 1}


def test_a_sink_that_hangs_holds_nothing_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    hung: list[int] = []

    def hang(step: int) -> None:
        hung.append(step)
        release.wait()

    monkeypatch.setitem(SINKS, "wandb", lambda opening: Kept(opening, hang))
    monkeypatch.setattr(background, "MOST_WAITING", 10)
    tracker = opened(tmp_path).tracker
    until(lambda: log(tracker, (1, {"loss": 1.0})) is not None)
    reasons = [log(tracker, (2, {"loss": 1.0}))]
    assert [*reasons, close(tracker)] == [None, None]
    other = opened(tmp_path / "other", wait=0.05).tracker
    log(other, (1, {"loss": 1.0}))
    until(lambda: len(hung) == 2)
    assert (close(other) or "").startswith("it did not end within 0.05 s")
    release.set()


def test_a_sink_that_opens_slowly_gets_its_points_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()
    sinks: list[Kept] = []

    def open_slowly(opening: Opening) -> Kept:
        release.wait()
        sinks.append(Kept(opening))
        return sinks[-1]

    monkeypatch.setitem(SINKS, "wandb", open_slowly)
    tracker = opened(tmp_path, wait=0.05).tracker
    log(tracker, (1, {"loss": 1.0}))
    assert sinks == []
    release.set()
    until(lambda: sinks != [] and sinks[0].points == [(1, {"loss": 1.0})])


def test_a_sink_that_never_opens_is_given_up_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()
    monkeypatch.setitem(SINKS, "wandb", lambda opening: void(release.wait()))
    tracker = opened(tmp_path, wait=0.05).tracker
    log(tracker, (1, {"loss": 1.0}))
    assert close(tracker) == "it did not open within 0.05 s (1 points were waiting)"
    release.set()


@pytest.mark.parametrize(
    "error", [Unavailable("as planned"), RuntimeError("as planned"), SystemExit("as planned")]
)
def test_a_sink_that_cannot_be_opened_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def refuse(opening: Opening) -> Kept:
        raise error

    monkeypatch.setitem(SINKS, "wandb", refuse)
    result = opened(tmp_path)
    assert result.tracker is None
    assert (result.unavailable or "").endswith("as planned")


@pytest.mark.parametrize("kind", SINKS)
def test_a_package_that_is_not_installed_is_named_with_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    for name in ("tensorboardX", "tensorboard", "wandb", "mlflow", "trackio"):
        monkeypatch.setitem(sys.modules, name, None)
    folder = tmp_path / "run"
    package = "tensorboardX" if kind == "tensorboard" else kind
    unavailable = opened(folder, kind).unavailable or ""
    assert unavailable.startswith(f"{package} is not installed: ")
    assert unavailable.endswith(f" -m pip install {package}")
    assert not folder.exists()


@pytest.mark.parametrize("kind", STUBS)
def test_a_library_gets_the_run_its_numbers_and_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    calls: list[Any] = []
    module = STUBS[kind](calls)
    monkeypatch.setitem(sys.modules, kind, module)
    if kind == "mlflow":
        monkeypatch.setitem(sys.modules, "mlflow.entities", module.entities)
    first = opened(tmp_path, kind).tracker
    log(first, (1, {"loss": 1.5}), (2, {"loss": 1.25}))
    assert close(first) is None
    again = opened(tmp_path, kind, mode="resume").tracker
    log(again, (2, {"loss": 1.25}), (3, {"loss": 1.0}))
    assert close(again) is None
    assert [call for call in calls if call[0] == "log"] == [
        ("log", 1, {"loss": 1.5}),
        ("log", 2, {"loss": 1.25}),
        ("log", 3, {"loss": 1.0}),
    ]
    begun, resumed = (call[1] for call in calls if call[0] == "begin")
    assert begun["resumed"] is False
    assert resumed == {**begun, "resumed": True}
    assert begun["name"].startswith("x/aft/seed1")
    assert [call for call in calls if call[0] == "end"] == [("end", begun["id"])] * 2


def test_keys_of_the_environment_are_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "abcdefgh12345678")
    assert redacted(ValueError("bad key abcdefgh12345678\nat line 2")) == "ValueError: bad key *** at line 2"
    assert redacted(WordlessError()) == "WordlessError"


class WordlessError(Exception):
    """One without a text."""


def until(so: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not so():
        assert time.monotonic() < end, "it never came to be so"
        time.sleep(0.005)


def void(_: Any) -> None:
    """For a lambda whose value is not wanted."""
