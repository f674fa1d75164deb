"""Writes a folder whole or not at all, also when the process is killed on the way, and knows it again."""

import contextlib
import ctypes
import errno
import hashlib
import json
import os
import shutil
import stat
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from glob import escape
from pathlib import Path

from . import distributed
from .errors import WorkerError, error_number

# renameat2(2) of Linux and renamex_np(2) of macOS exchange two names in one step
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_RENAME_SWAP = 2

SEAL = ".sha256"
"""In a sealed folder: the digest of each other file by its name. ts/core/seal.ts reads it too."""


def write_folder(
    target: Path,
    write: Callable[[Path], object],
    *,
    seal: bool = False,
    together: Callable[[Path], object] | None = None,
) -> list[str]:
    """Lets `write` fill a neighbour of `target`, then puts it in target's place. Returns its files' names.

    `seal`: with the files' digests, for who goes on from it later: `damage_in`.
    A folder that was there before is replaced only once the new one is complete; at every moment `target` is
    the old one or the new one (but for an instant where the file system cannot exchange names, NFS say).
    Raises WriteFailed, after which no neighbour is left; what a killed process left beside is cleared by the
    next one that writes this folder. Of several processes the main one alone writes (`write` is not called in
    the others, which get no names), and all go on once it has. `together`: what all of them write there
    first, each its own part.
    """
    if distributed.is_main():
        told = False

        def fill(draft: Path) -> None:
            nonlocal told
            if together is not None:
                told = True
                distributed.from_main(str(draft))
                with distributed.agreed():
                    together(draft)
            write(draft)

        try:
            return _write_folder(target, fill, seal)
        finally:
            if together is not None and not told:
                distributed.from_main("")
            distributed.wait_for_all()
    try:
        if together is not None and (draft := distributed.from_main("")):
            with distributed.agreed():
                together(Path(draft))
    finally:
        distributed.wait_for_all()
    return []


def _write_folder(target: Path, write: Callable[[Path], object], seal: bool) -> list[str]:
    draft = target.with_name(f".{target.name}.writing-{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        clear_leftovers(target)
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        write(draft)
        files = sorted(path.relative_to(draft).as_posix() for path in draft.rglob("*") if path.is_file())
        _readable_as_usual(draft, files)
        if seal:
            (draft / SEAL).write_text(json.dumps(_digests(draft, files)) + "\n", encoding="utf-8")
        for name in [*files, SEAL] if seal else files:
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


def _readable_as_usual(folder: Path, names: list[str]) -> None:
    """safetensors writes files for their owner alone: to others as the umask says, as the folder is."""
    mode = stat.S_IMODE(folder.stat().st_mode) & 0o666
    for name in names:
        # A file system without modes refuses it.
        with contextlib.suppress(OSError):
            (folder / name).chmod(mode)


def damage_in(folder: Path) -> str | None:
    """What is no more as it was written in a sealed folder. None: nothing, or it has no seal. Of several
    processes, which all call it, each looks at its share of the files."""
    return next(filter(None, distributed.gather(_damage_in_share(folder))), None)


def _damage_in_share(folder: Path) -> str | None:
    try:
        text = (folder / SEAL).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except ValueError:
        return f"{SEAL} is damaged"
    try:
        written = dict(json.loads(text))
        found = _digests(folder, distributed.share(sorted(written)))
    except FileNotFoundError as error:
        return f"{Path(error.filename).name} is missing"
    except (ValueError, TypeError):
        return f"{SEAL} is damaged"
    other = next((name for name in found if found[name] != written[name]), None)
    return None if other is None else f"{other} is not what was written"


def _digests(folder: Path, names: Sequence[str]) -> dict[str, str]:
    """SHA-256 in hex, by name; of several files at once, as hashing lets other threads run."""

    def digest(name: str) -> str:
        with (folder / name).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    with ThreadPoolExecutor(max_workers=4) as threads:
        return dict(zip(names, threads.map(digest, names), strict=True))


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
