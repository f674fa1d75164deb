"""States that are written beside the steps that follow."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import tiny
from aft_worker.train import saved_state
from aft_worker.train.trainer import Trainer

ROOM = 1 << 30


def trainer() -> Trainer:
    return tiny.trainer(tiny.llama(), tiny.alignment("none"), seed=5, max_tokens=60)


def step(training: Trainer) -> None:
    group = tiny.train_group("q", "how many?", "it is 2", ["2", "so 2"], ["3 is it", "30"])
    training.step(training.steps_done + 1, [group])


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def held(monkeypatch) -> threading.Event:
    """Whatever is written waits for this."""
    go = threading.Event()
    write = saved_state.write_folder

    def waiting(target, fill, **settings):
        assert go.wait(60)
        return write(target, fill, **settings)

    monkeypatch.setattr(saved_state, "write_folder", waiting)
    return go


def test_a_state_beside_is_that_of_its_moment_whatever_steps_come_before_it_is_written(
    tmp_path, held
) -> None:
    training = trainer()
    step(training)
    assert training.save_beside(tmp_path / "beside", ROOM) is None
    step(training)
    assert not (tmp_path / "beside").exists()
    held.set()
    training.end()
    alone = trainer()
    step(alone)
    alone.save(tmp_path / "alone")
    assert contents(tmp_path / "beside") == contents(tmp_path / "alone")


def test_what_memory_has_no_room_for_is_written_at_once(tmp_path) -> None:
    training = trainer()
    step(training)
    weights = sum(weight.nbytes for weight in training._optimizer.masters.values())
    assert training.save_beside(tmp_path / "state", 2 * weights) is None
    assert (tmp_path / "state" / "state.json").is_file()


def test_the_next_save_waits_for_the_one_under_way(tmp_path, held) -> None:
    training = trainer()
    step(training)
    training.save_beside(tmp_path / "state", ROOM)
    step(training)
    threading.Timer(0.2, held.set).start()
    assert training.save(tmp_path / "state") == 2
    resumed = tiny.trainer(
        tiny.llama(), tiny.alignment("none"), seed=5, max_tokens=60, resume_from=tmp_path / "state"
    )
    assert resumed.steps_done == 2
    assert [path.name for path in tmp_path.iterdir()] == ["state"]


def test_one_that_fails_stops_nothing_and_is_told_with_the_next(tmp_path) -> None:
    (tmp_path / "file").write_text("in the way")
    training = trainer()
    step(training)
    assert training.save_beside(tmp_path / "file" / "state", ROOM) is None
    step(training)
    failed = training.save_beside(tmp_path / "state", ROOM)
    assert failed is not None and failed.name == "WriteFailed"
    training.end()
    assert training.save_beside(tmp_path / "state", ROOM) is None
    training.end()
