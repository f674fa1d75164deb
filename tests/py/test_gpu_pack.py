"""A model carried in parts is the same when it is joined, and what is missing or damaged is named."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SIZE = 1024


def _parts(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "tests/gpu/parts.py", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Random bytes, which nothing makes smaller."""
    file = tmp_path / "model.gguf"
    file.write_bytes(os.urandom(2 * SIZE + 500))
    return file


def _split(file: Path, folder: Path) -> list[Path]:
    done = _parts("split", file, folder, "--size", "1K")
    assert done.returncode == 0, done.stderr
    return sorted(folder.glob("*.part-*"))


def test_a_file_arrives_in_parts_of_at_most_the_size(file: Path, tmp_path: Path) -> None:
    parts = _split(file, tmp_path / "pack")
    assert [part.stat().st_size for part in parts][:2] == [SIZE, SIZE]
    assert len(parts) == 3 and parts[2].stat().st_size < SIZE
    # by two calls, into two folders
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    parts[0].rename(first / parts[0].name)
    for one in (tmp_path / "pack").iterdir():
        one.rename(second / one.name)
    done = _parts("join", first, second, "--to", tmp_path / "there")
    assert done.stdout.strip() == str(tmp_path / "there" / "model.gguf"), done.stderr
    assert (tmp_path / "there" / "model.gguf").read_bytes() == file.read_bytes()


def test_a_folder_arrives_with_all_its_files(tmp_path: Path) -> None:
    model = tmp_path / "smollm2"
    model.mkdir()
    contents = {"config.json": b"{}", "model.safetensors": os.urandom(3 * SIZE)}
    for name, content in contents.items():
        (model / name).write_bytes(content)
    _split(model, tmp_path / "pack")
    done = _parts("join", tmp_path / "pack", "--to", tmp_path / "there")
    assert done.returncode == 0, done.stderr
    found = {one.name: one.read_bytes() for one in (tmp_path / "there" / "smollm2").iterdir()}
    assert found == contents


def test_a_part_that_is_missing_is_named(file: Path, tmp_path: Path) -> None:
    parts = _split(file, tmp_path / "pack")
    parts[1].unlink()
    done = _parts("join", tmp_path / "pack", "--to", tmp_path / "there")
    assert done.returncode == 1
    assert done.stderr == f"parts.py: model.gguf.part-2 ({SIZE} bytes) is not in {tmp_path / 'pack'}\n"


def test_a_part_that_was_damaged_on_the_way_is_named(file: Path, tmp_path: Path) -> None:
    parts = _split(file, tmp_path / "pack")
    parts[0].write_bytes(parts[0].read_bytes()[:-1])
    done = _parts("join", tmp_path / "pack", "--to", tmp_path / "there")
    assert done.returncode == 1
    assert f"{parts[0]} has {SIZE - 1} bytes of {SIZE} and is not the part that was split" in done.stderr
    assert not (tmp_path / "there" / "model.gguf").exists()
