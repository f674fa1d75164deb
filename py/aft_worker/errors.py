"""What a handler raises. Everything else that is raised is a bug, and is answered as InternalError."""

from __future__ import annotations

import math
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


class Cancelled(Exception):
    """The running request was cancelled; raised by `Context.checkpoint`."""


def real(value: float) -> Real:
    """A float as it may cross the protocol where the field is Real: NaN and infinities are named."""
    if math.isfinite(value):
        return float(value)
    return NonFinite(finite=False, value="nan" if math.isnan(value) else "inf" if value > 0 else "-inf")
