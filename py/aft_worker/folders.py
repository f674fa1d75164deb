"""Writes a folder whole or not at all."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from .errors import WorkerError


def write_folder(target: Path, write: Callable[[Path], object]) -> list[str]:
    """Lets `write` fill a neighbour of `target`, then puts it in target's place. Returns its files' names.

    A folder that was there before is replaced only once the new one is complete. Raises WriteFailed, after
    which neither a half-written folder nor a neighbour is left.
    """
    draft = target.with_name(f".{target.name}.writing-{os.getpid()}")
    old = target.with_name(f".{target.name}.replaced-{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        write(draft)
        files = sorted(str(path.relative_to(draft)) for path in draft.rglob("*") if path.is_file())
        for name in files:
            _flush(draft / name)
        if target.exists():
            target.rename(old)
        draft.rename(target)
    except BaseException as error:
        shutil.rmtree(draft, ignore_errors=True)
        if old.exists() and not target.exists():
            old.rename(target)
        code = error_number(error)
        if code is None:
            raise
        name = errno.errorcode.get(code, str(code))
        raise WorkerError(
            "WriteFailed",
            f"cannot write {target}: {os.strerror(code)} ({name})",
            path=str(target),
            errno=name,
        ) from None
    shutil.rmtree(old, ignore_errors=True)
    return files


def error_number(error: BaseException) -> int | None:
    """The system's error number: of an OSError, or from the text in which the Rust libraries hide it."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    hidden = re.search(r"\(os error (\d+)\)", str(error))
    return int(hidden[1]) if hidden else None


def _flush(path: Path) -> None:
    with open(path, "rb") as file:
        os.fsync(file.fileno())
