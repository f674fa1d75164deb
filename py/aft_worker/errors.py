"""What a handler raises, and what its texts are made of. Everything else that is raised is a bug, and is
answered as InternalError."""

import difflib
import math
import re
from collections.abc import Iterable
from typing import Any

import msgspec

from .protocol import ERROR_DATA, ERRORS, NonFinite, Real


class WorkerError(Exception):
    """An error of the protocol: `name` is a key of ERRORS, `data` the fields of its struct in ERROR_DATA."""

    def __init__(self, name: str, message: str, **data: Any) -> None:
        super().__init__(message)
        self.name = name
        self.code = ERRORS[name]
        self.message = message
        self.data: msgspec.Struct = ERROR_DATA[name](**data)

    @classmethod
    def again(cls, name: str, message: str, data: msgspec.Struct) -> "WorkerError":
        """An error that another process raised, with its data."""
        return cls(name, message, **{field: getattr(data, field) for field in data.__struct_fields__})


class Cancelled(Exception):
    """The running request was cancelled; raised by `Context.check_cancelled`."""


def nearest(name: str, valid: Iterable[str]) -> str | None:
    """The valid name that was probably meant."""
    return next(iter(difflib.get_close_matches(name, list(valid), n=1, cutoff=0.5)), None)


def first_line(error: BaseException) -> str:
    """An error's kind and the first line of its text that is not empty."""
    lines = (line.strip() for line in str(error).splitlines())
    return f"{type(error).__name__}: {next(filter(None, lines), 'no reason given')}"


def error_number(error: BaseException) -> int | None:
    """The system's error number: of an OSError, or from the text in which the Rust libraries hide it."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    hidden = re.search(r"\(os error (\d+)\)", str(error))
    return int(hidden[1]) if hidden else None


def real(value: float) -> Real:
    """A float as it may cross the protocol where the field is Real: NaN and infinities are named."""
    if math.isfinite(value):
        return float(value)
    return NonFinite(finite=False, value="nan" if math.isnan(value) else "inf" if value > 0 else "-inf")
