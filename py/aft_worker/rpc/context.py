"""What a method's handler has of the outside, whatever runs it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import msgspec


class Context(Protocol):
    """Of one request."""

    def progress(self, value: msgspec.Struct) -> None:
        """Sends one `$/progress`; its struct is the method's. How often is the handler's matter."""
        ...

    def check_cancelled(self) -> None:
        """Takes what arrived meanwhile; raises Cancelled when this request was cancelled."""
        ...

    def apart(self) -> Context:
        """Itself, where this process serves the request alone. Where several do, this one's own: what is
        called of it waits for no other; it is heard, and cancelled, only where the request came in."""
        ...

    def upcoming(self) -> Any | None:
        """The params of the request that comes next, where it has arrived, is of this method and good. It
        stays in the queue: preparing it ahead is all that may be done with it."""
        ...

    def next_alike(self, accepts: Callable[[Any], bool]) -> tuple[Any, Context] | None:
        """Takes that request over, where `accepts` takes its params, to be served beside this one: its params
        and its own context, through which it is to be answered before this one's handler returns."""
        ...

    def answer(self, result: Any) -> None:
        """Answers at once; what the handler returns afterwards is dropped."""
        ...

    def fail(self, error: Exception) -> None:
        """Answers with an error; Cancelled is one."""
        ...

    def fail_all(self, error: Exception) -> None:
        """Answers all that is being served with it, from any thread, before the process ends: nothing is sent
        any more afterwards."""
        ...

    def stop(self) -> None:
        """Ends the worker after this request's answer."""
        ...


Handler = Callable[[Any, Context], Any]
"""From a method's params to its result, structs of the protocol both."""
