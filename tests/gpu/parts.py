"""Cuts a model (a folder, or a file) into parts of a given size, and joins them where they arrive.

    python tests/gpu/parts.py split SOURCE FOLDER [--size 60M]    FOLDER/NAME.parts.json, NAME.part-1, ...
    python tests/gpu/parts.py join FOLDER ... --to PLACE          the parts may lie in several folders

Every part and the whole are checked by SHA-256. Needs nothing but Python.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
_BLOCK = 1 << 20


class Parts(Exception):
    """What is wrong, in a line."""


def split(source: Path, folder: Path, size: int) -> list[Path]:
    """-> the manifest and the parts, each of at most `size` bytes. Raises Parts where there is no source."""
    if not source.exists():
        raise Parts(f"no such file or folder: {source}")
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{source.name}.part*"):
        old.unlink()
    with tempfile.TemporaryFile(dir=folder) as packed:
        _pack(source, packed)
        whole = _digest(packed)
        parts = []
        for number, block in enumerate(_pieces(packed, size), 1):
            part = folder / f"{source.name}.part-{number}"
            part.write_bytes(block)
            parts.append(
                {"name": part.name, "bytes": len(block), "sha256": hashlib.sha256(block).hexdigest()}
            )
    manifest = folder / f"{source.name}.parts.json"
    record = {"name": source.name, "folder": source.is_dir(), "sha256": whole, "parts": parts}
    manifest.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    return [manifest, *(folder / part["name"] for part in parts)]


def join(folders: list[Path], place: Path) -> Path:
    """-> what was split, in `place`, a folder. Raises Parts for a part that is missing or is not what was
    split."""
    record = _manifest(folders)
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=place) as packed:
        for part in record["parts"]:
            packed.write(_checked(part, folders))
        if _digest(packed) != record["sha256"]:
            raise Parts(f"{record['name']}: the parts are whole, but together they are not what was split")
        packed.seek(0)
        target = place / record["name"]
        with gzip.open(packed) as content:
            if record["folder"]:
                with tarfile.open(fileobj=content, mode="r|") as files:
                    files.extractall(place, filter="data")
            else:
                with target.open("wb") as out:
                    shutil.copyfileobj(content, out, _BLOCK)
    return target


def _pack(source: Path, packed: Any) -> None:
    # without time and name, so that the same source gives the same parts
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=6, filename="", mtime=0) as content:
        if source.is_dir():
            with tarfile.open(fileobj=content, mode="w|") as files:
                files.add(source, arcname=source.name)
        else:
            with source.open("rb") as file:
                shutil.copyfileobj(file, content, _BLOCK)


def _digest(file: Any) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


def _pieces(file: Any, size: int) -> Iterator[bytes]:
    file.seek(0)
    while block := file.read(size):
        yield block


def _manifest(folders: list[Path]) -> dict[str, Any]:
    found = sorted({one for folder in folders for one in folder.glob("*.parts.json")})
    if len({one.name for one in found}) != 1:
        names = ", ".join(one.name for one in found) or "none"
        raise Parts(f"expected one manifest (NAME.parts.json) in {_listed(folders)}, found {names}")
    return json.loads(found[0].read_text(encoding="utf-8"))


def _checked(part: dict[str, Any], folders: list[Path]) -> bytes:
    there = [folder / part["name"] for folder in folders if (folder / part["name"]).is_file()]
    if not there:
        raise Parts(f"{part['name']} ({part['bytes']} bytes) is not in {_listed(folders)}")
    block = there[0].read_bytes()
    if hashlib.sha256(block).hexdigest() != part["sha256"]:
        raise Parts(
            f"{there[0]} has {len(block)} bytes of {part['bytes']} and is not the part that was split"
        )
    return block


def _listed(folders: list[Path]) -> str:
    return ", ".join(map(str, folders))


def _size(text: str) -> int:
    found = re.fullmatch(r"([1-9][0-9]*)([KMG]?)", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"expected a size like 60M, found {text!r}")
    return int(found[1]) * _UNITS[found[2]]


def main() -> int:
    parser = argparse.ArgumentParser(prog="parts.py", description="Cuts a model into parts and joins them.")
    ways = parser.add_subparsers(dest="way", required=True)
    cut = ways.add_parser("split")
    cut.add_argument("source", type=Path)
    cut.add_argument("folder", type=Path)
    cut.add_argument("--size", type=_size, default=_size("60M"), help="of a part, as 60M (default)")
    together = ways.add_parser("join")
    together.add_argument("folders", type=Path, nargs="+")
    together.add_argument("--to", type=Path, required=True, help="folder that gets it")
    given = parser.parse_args()
    try:
        if given.way == "split":
            for file in split(given.source, given.folder, given.size):
                print(f"{file}  {file.stat().st_size / 1e6:.1f} MB")
        else:
            print(join(given.folders, given.to))
    except Parts as error:
        sys.exit(f"parts.py: {error}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
