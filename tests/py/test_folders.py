"""A folder is written whole or not at all."""

from __future__ import annotations

import errno

import pytest
from aft_worker.errors import WorkerError
from aft_worker.folders import write_folder


def fill(text):
    return lambda folder: (folder / "a.txt").write_text(text)


def half_then(error):
    def write(folder):
        fill("half")(folder)
        raise error

    return write


def test_a_folder_and_its_parents_are_made(tmp_path):
    assert write_folder(tmp_path / "x" / "y", fill("one")) == ["a.txt"]
    assert (tmp_path / "x" / "y" / "a.txt").read_text() == "one"
    assert [path.name for path in (tmp_path / "x").iterdir()] == ["y"]


def test_a_folder_that_was_there_is_replaced_whole(tmp_path):
    target = tmp_path / "model"
    write_folder(target, lambda folder: (folder / "old.txt").write_text("old"))
    write_folder(target, fill("new"))
    assert [path.name for path in target.iterdir()] == ["a.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        RuntimeError("Error while serializing: I/O error: No space left on device (os error 28)"),
    ],
)
def test_a_full_disk_is_named_and_leaves_what_was_there(tmp_path, error):
    target = tmp_path / "model"
    write_folder(target, fill("before"))
    with pytest.raises(WorkerError) as raised:
        write_folder(target, half_then(error))
    assert raised.value.name == "WriteFailed"
    assert str(raised.value) == f"cannot write {target}: No space left on device (ENOSPC)"
    assert (raised.value.data.path, raised.value.data.errno) == (str(target), "ENOSPC")
    assert (target / "a.txt").read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_what_is_not_the_disks_fault_is_passed_on(tmp_path):
    with pytest.raises(KeyError):
        write_folder(tmp_path / "model", half_then(KeyError("x")))
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_a_folder(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkerError, match=r"cannot write .*/file/model: "):
        write_folder(tmp_path / "file" / "model", fill("x"))
