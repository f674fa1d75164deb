"""TensorBoard's event files, read back: every point once, whatever happened between the processes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from event_files import scalars
from test_tracking import close, log, opened, until

pytest.importorskip("tensorboardX")


def written(folder: Path, mode: str, *points: tuple[int, dict[str, float]], key: str = "k") -> None:
    tracker = opened(folder, "tensorboard", mode=mode, key=key).tracker
    log(tracker, *points)
    assert close(tracker) is None


def test_a_run_that_goes_on_has_every_step_once(tmp_path: Path) -> None:
    written(tmp_path, "new", (1, {"loss": 1.5}), (2, {"loss": 1.25}))
    written(tmp_path, "resume", (2, {"loss": 1.25}), (3, {"loss": 1.0, "heldOut/accuracy": 0.5}))
    written(tmp_path, "add", (3, {"test/accuracy": 0.75}))
    assert scalars(tmp_path) == [
        ("loss", 1, 1.5),
        ("loss", 2, 1.25),
        ("loss", 3, 1.0),
        ("heldOut/accuracy", 3, 0.5),
        ("test/accuracy", 3, 0.75),
    ]


def test_what_was_written_just_before_a_kill_is_not_there_twice(tmp_path: Path) -> None:
    written(tmp_path, "new", (1, {"loss": 1.5}), (2, {"loss": 1.25}))
    # As a kill between the file's step 2 and the ledger's leaves it.
    ledger = tmp_path / "tracker.json"
    ledger.write_text(json.dumps({**json.loads(ledger.read_text()), "last": {"loss": 1}}))
    written(tmp_path, "resume", (1, {"loss": 1.5}), (2, {"loss": 1.25}), (3, {"loss": 1.0}))
    assert scalars(tmp_path) == [("loss", 1, 1.5), ("loss", 2, 1.25), ("loss", 3, 1.0)]


@pytest.mark.parametrize("mode, key", [("new", "k"), ("resume", "another")])
def test_another_training_leaves_nothing_of_the_first(tmp_path: Path, mode: str, key: str) -> None:
    written(tmp_path, "new", (1, {"loss": 1.5}), (2, {"loss": 1.25}))
    written(tmp_path, mode, (1, {"loss": 3.0}), key=key)
    assert scalars(tmp_path) == [("loss", 1, 3.0)]


def test_a_point_is_on_the_disk_before_the_run_ends(tmp_path: Path) -> None:
    tracker = opened(tmp_path, "tensorboard").tracker
    log(tracker, (1, {"loss": 1.5}))
    until(lambda: scalars(tmp_path) == [("loss", 1, 1.5)])
    close(tracker)
