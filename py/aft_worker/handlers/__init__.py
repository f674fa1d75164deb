"""What each method of the protocol does: it calls one function of the rooms and answers, no more.

`handler_of` finds it. The methods in `process` need no torch; all others are in the table of `catalogue`.
"""

import importlib
import os
from typing import Any

from ..rpc import Handler
from . import process


def handler_of(method: str) -> Handler:
    """The handler of a method of the protocol; AFT_HANDLERS names another module than `catalogue`."""
    if method in process.METHODS:
        return process.METHODS[method]
    return _catalogue().METHODS[method]


def is_shared(method: str) -> bool:
    """Whether all ranks serve it."""
    return method in _catalogue().SHARED


def _catalogue() -> Any:
    # Imported at first need: it imports torch, which takes seconds, and `hello` must not wait for it.
    return importlib.import_module(os.environ.get("AFT_HANDLERS", "aft_worker.handlers.catalogue"))
