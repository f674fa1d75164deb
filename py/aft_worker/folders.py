"""Writes a folder whole or not at all, also when the process is killed on the way."""

import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Callable
from glob import escape
from pathlib import Path

from . import distributed
from .errors import WorkerError, error_number

# renameat2(2) of Linux and renamex_np(2) of macOS exchange two names in one step
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_RENAME_SWAP = 2


def write_folder(target: Path, write: Callable[[Path], object]) -> list[str]:
    """Lets `write` fill a neighbour of `target`, then puts it in target's place. Returns its files' names.

    A folder that was there before is replaced only once the new one is complete; at every moment `target` is
    the old one or the new one (but for an instant where the file system cannot exchange names, NFS say).
    Raises WriteFailed, after which no neighbour is left; what a killed process left beside is cleared by the
    next one that writes this folder. Of several processes the main one alone writes (`write` is not called in
    the others, which get no names), and all go on once it has.
    """
    if not distributed.is_main():
        distributed.wait_for_all()
        return []
    try:
        return _write_folder(target, write)
    finally:
        distributed.wait_for_all()


def _write_folder(target: Path, write: Callable[[Path], object]) -> list[str]:
    draft = target.with_name(f".{target.name}.writing-{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        clear_leftovers(target)
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        write(draft)
        files = sorted(str(path.relative_to(draft)) for path in draft.rglob("*") if path.is_file())
        for name in files:
            _flush(draft / name)
        _flush(draft)
        _put_in_place(draft, target)
        _flush(target.parent)
    except BaseException as error:
        shutil.rmtree(draft, ignore_errors=True)
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
    shutil.rmtree(draft, ignore_errors=True)
    return files


def _put_in_place(draft: Path, target: Path) -> None:
    """Afterwards `draft` is what `target` was, or nothing."""
    if target.exists() and not target.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "a file is in the way", str(target))
    if not target.exists():
        draft.rename(target)
    elif not _exchange(draft, target):
        # a file system that cannot exchange: for a moment there is no target
        old = draft.with_name(f"{draft.name}-old")
        target.rename(old)
        try:
            draft.rename(target)
        except OSError:
            old.rename(target)
            raise
        old.rename(draft)


def _exchange(left: Path, right: Path) -> bool:
    """Swaps two names in one step; False where the system or its file system cannot."""
    library = ctypes.CDLL(None, use_errno=True)
    paths = os.fsencode(left), os.fsencode(right)
    if sys.platform == "darwin":
        return library.renamex_np(*paths, _RENAME_SWAP) == 0
    renameat2 = getattr(library, "renameat2", None)
    if renameat2 is None:
        return False
    return renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE) == 0


def clear_leftovers(target: Path) -> None:
    """Removes drafts of this folder whose process is gone; one that it had moved aside comes back."""
    for path in sorted(target.parent.glob(f".{escape(target.name)}.writing-*")):
        process, _, aside = path.name.rpartition(".writing-")[2].partition("-")
        if not process.isdigit() or _is_running(int(process)):
            continue
        if aside and not target.exists():
            path.rename(target)
        else:
            shutil.rmtree(path, ignore_errors=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
