"""An error on its way from one rank to another."""

from __future__ import annotations

import socket
from typing import Any

import msgspec

from .errors import Cancelled, WorkerError
from .memory import unforeseen


class Fault(msgspec.Struct):
    """An error of the protocol: see `WorkerError`."""

    name: str
    message: str
    data: dict[str, Any]


def fault_of(error: BaseException, rank: int) -> Fault:
    """Of any exception, with the place where it is none of rank 0's; what no handler foresaw takes its
    traceback along."""
    if isinstance(error, Cancelled):
        return Fault("RequestCancelled", "", {})
    if not isinstance(error, WorkerError):
        error = unforeseen(error)
    fields = {name: getattr(error.data, name) for name in error.data.__struct_fields__}
    where = f"rank {rank} on {socket.gethostname()}: " if rank else ""
    return Fault(error.name, where + error.message, fields)


def raised(fault: Fault) -> WorkerError | Cancelled:
    """As another rank raises it. Of memory that ran out `is_out_of_memory` says so."""
    if fault.name == "RequestCancelled":
        return Cancelled()
    return WorkerError(fault.name, fault.message, **fault.data)
