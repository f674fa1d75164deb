"""The worker's own handlers, each of which first prints in every way there is. Chosen by AFT_HANDLERS."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

from aft_worker.handlers import catalogue

PRINTED = ["printed by Python", "written by Python", "written to fd 1", "printed by C"]


def _noisy(handler: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    @wraps(handler)
    def call(params: Any, context: Any) -> Any:
        print(PRINTED[0])
        sys.stdout.write(f"{PRINTED[1]}\n")
        os.write(1, f"{PRINTED[2]}\n".encode())
        libc = ctypes.CDLL(None)
        libc.puts(PRINTED[3].encode())
        libc.fflush(None)
        return handler(params, context)

    return call


METHODS = {name: _noisy(handler) for name, handler in catalogue.METHODS.items()}
