"""What an exception that no handler foresaw becomes on the wire."""

import errno
import os
import shutil
import sys
import traceback
from typing import Any

from ..errors import WorkerError, error_number
from ..memory import is_out_of_memory, unforeseen

_WRITE_ERRORS = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EROFS,
    errno.EACCES,
    errno.EPERM,
    errno.EFBIG,
    errno.EIO,
    errno.ENOTDIR,
    errno.ENAMETOOLONG,
}


def worker_error(error: BaseException, params: Any) -> WorkerError:
    """The protocol's error for any exception; a bug's traceback travels with it."""
    if isinstance(error, WorkerError):
        return error
    if is_out_of_memory(error):
        return unforeseen(error)
    source = getattr(params, "source", "") or getattr(params, "tokenizer", "")
    if isinstance(error, OSError) and error.errno and source and _names(error, source):
        reason = f"cannot load {source!r}: {os.strerror(error.errno)}"
        return WorkerError("ModelNotLoaded", reason, source=source)
    directory = getattr(params, "directory", "")
    if directory:
        number = _write_errno(error, directory)
        if number is not None:
            path = str(getattr(error, "filename", None) or directory)
            name = errno.errorcode.get(number, str(number))
            return WorkerError("WriteFailed", f"could not write {path}: {error}", path=path, errno=name)
    if isinstance(error, ModuleNotFoundError) and error.name and not error.name.startswith("aft_worker"):
        return WorkerError(
            "InternalError",
            f"the Python package {error.name!r} is missing in {sys.executable}",
            traceback="".join(traceback.format_exception(error)),
        )
    return unforeseen(error)


def _names(error: OSError, source: str) -> bool:
    """Whether the error is about this path, or one below it."""
    return str(error.filename or "").startswith(source)


def _write_errno(error: BaseException, directory: str) -> int | None:
    number = error_number(error)
    if number in _WRITE_ERRORS:
        return number
    if "PytorchStreamWriter" in str(error):  # torch.save says only that it failed
        try:
            return errno.ENOSPC if shutil.disk_usage(directory).free < 1 << 20 else errno.EIO
        except OSError:
            return errno.EIO
    return None
