"""A folder is written whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest
import torch
from aft_worker import folders
from aft_worker.errors import WorkerError
from aft_worker.folders import write_folder
from safetensors.torch import save_file


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


def test_a_file_in_the_way_is_left_alone(tmp_path):
    target = tmp_path / "model"
    target.write_text("mine")
    with pytest.raises(WorkerError, match=r"cannot write .*/model: Not a directory \(ENOTDIR\)"):
        write_folder(target, fill("x"))
    assert target.read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


NO_PROCESS = 2**22 + 1  # above the largest process id of Linux


def test_the_old_and_the_new_folder_change_places_in_one_step(tmp_path, monkeypatch):
    target = tmp_path / "model"
    write_folder(target, fill("before"))
    (tmp_path / "one").mkdir()
    if not folders._exchange(tmp_path / "one", target):
        pytest.skip("this file system cannot exchange names")
    folders._exchange(tmp_path / "one", target)
    # no rename: at no moment is there no target
    monkeypatch.setattr(Path, "rename", lambda *paths: pytest.fail("renamed"))
    write_folder(target, fill("after"))
    assert (target / "a.txt").read_text() == "after"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model", "one"]


def test_without_an_exchange_a_failure_between_two_renames_undoes_the_first(tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "_exchange", lambda one, other: False)
    target = tmp_path / "model"
    write_folder(target, fill("before"))
    write_folder(target, fill("after"))
    assert (target / "a.txt").read_text() == "after"
    rename = Path.rename

    def failing(self, other):
        if self.name.startswith(".") and not self.name.endswith("-old"):
            raise OSError(errno.EIO, "Input/output error")
        return rename(self, other)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(WorkerError, match=r"\(EIO\)"):
        write_folder(target, fill("never"))
    assert (target / "a.txt").read_text() == "after"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


@pytest.mark.parametrize("name", ["model", "mo[d]el*"])
def test_what_a_killed_process_left_is_cleared_and_what_it_moved_aside_comes_back(tmp_path, name):
    target = tmp_path / name
    draft = tmp_path / f".{name}.writing-{NO_PROCESS}"
    aside = tmp_path / f"{draft.name}-old"
    fill("half")(_made(draft))
    fill("before")(_made(aside))
    folders.clear_leftovers(target)
    assert (target / "a.txt").read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == [name]
    # with the target in place, both are only in the way
    _made(draft), _made(aside)
    write_folder(target, fill("new"))
    assert (target / "a.txt").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_the_draft_of_another_process_that_still_runs_is_left_alone(tmp_path):
    draft = _made(tmp_path / ".model.writing-1")
    write_folder(tmp_path / "model", fill("new"))
    assert draft.is_dir()


def _made(folder):
    folder.mkdir()
    return folder


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o002, 0o664), (0o077, 0o600)])
def test_weights_are_as_readable_for_others_as_the_umask_says(tmp_path, umask, mode):
    """safetensors makes files for their owner alone, so that others could not go on from a run."""
    before = os.umask(umask)
    try:
        write_folder(
            tmp_path / "model", lambda folder: save_file({"a": torch.ones(1)}, folder / "w.safetensors")
        )
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "model" / "w.safetensors").stat().st_mode) == mode
