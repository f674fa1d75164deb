"""What a method's handler has of the outside, whatever runs it."""

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

    def stop(self) -> None:
        """Ends the worker after this request's answer."""
        ...


Handler = Callable[[Any, Context], Any]
"""From a method's params to its result, structs of the protocol both."""
