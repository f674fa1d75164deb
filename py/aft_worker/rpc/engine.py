"""The worker's loop, whatever carries its messages: requests are run one at a time in the order in which they
came; `immediate` methods and cancellations are taken whenever the one that runs looks for them."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from ..errors import Cancelled, WorkerError
from ..protocol import METHODS
from .context import Handler
from .failures import worker_error
from .finite import name_non_finite
from .params import decode_params

Id = int | str


class Envelope(msgspec.Struct):
    """A JSON-RPC 2.0 request (with an id) or notification. Its params are decoded when it is run."""

    method: str
    id: Id | None = None
    params: msgspec.Raw = msgspec.Raw(b"{}")


class CancelParams(msgspec.Struct):
    id: Id


_envelope = msgspec.json.Decoder(Envelope)
_cancel = msgspec.json.Decoder(CancelParams)


class EngineContext:
    """The `Context` of a request that an engine runs."""

    def __init__(self, engine: Engine, request: Id, method: str) -> None:
        self._engine = engine
        self._request = request
        self._progress_type = METHODS[method].progress

    def progress(self, value: msgspec.Struct) -> None:
        if not isinstance(value, self._progress_type):
            raise TypeError(f"progress must be {self._progress_type.__name__}, not {type(value).__name__}")
        name_non_finite(value)
        self._engine.notify("$/progress", {"token": self._request, "value": value})

    def check_cancelled(self) -> None:
        self._engine.drain()
        if self._engine.is_cancelled(self._request):
            raise Cancelled

    def stop(self) -> None:
        self._engine.stopped = True


class Engine:
    """`send` takes one message, encoded; `poll` gives the messages that have arrived, without waiting;
    `handler_of` gives the handler of a method of the protocol."""

    def __init__(
        self,
        send: Callable[[bytes], None],
        poll: Callable[[], Iterable[bytes | str]],
        handler_of: Callable[[str], Handler],
    ) -> None:
        self.stopped = False
        self._send = send
        self._poll = poll
        self._handler_of = handler_of
        self._queue: deque[Envelope] = deque()
        self._running: Id | None = None
        self._cancelled = False

    def receive(self, text: bytes | str) -> None:
        """Takes one message: answers it at once if it is immediate or wrong, else queues it."""
        try:
            message = _envelope.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            self._refuse(text, error)
            return
        if message.method == "$/cancelRequest":
            self._cancel(message)
        elif message.id is None:
            return  # JSON-RPC: a notification is never answered, known or not
        elif message.method in METHODS and METHODS[message.method].immediate:
            self._run(message)
        else:
            self._queue.append(message)

    def run(self) -> None:
        """Runs what is queued, and what arrives meanwhile, until nothing is left."""
        while not self.stopped:
            self.drain()
            if not self._queue:
                return
            message = self._queue.popleft()
            self._running, self._cancelled = message.id, False
            try:
                self._run(message)
            finally:
                self._running = None

    def drain(self) -> None:
        for text in self._poll():
            self.receive(text)

    def is_cancelled(self, request: Id) -> bool:
        return self._cancelled and self._running == request

    def notify(self, method: str, params: dict[str, Any]) -> None:
        self._write({"method": method, "params": params})

    def _run(self, message: Envelope) -> None:
        assert message.id is not None
        params = None
        try:
            params = decode_params(message.method, bytes(message.params))
            handler = self._handler_of(message.method)
            result = handler(params, EngineContext(self, message.id, message.method))
            name_non_finite(result)
            self._write({"id": message.id, "result": result})
        except Cancelled:
            self._fail(message.id, WorkerError("RequestCancelled", f"{message.method} was cancelled"))
        except Exception as error:
            self._fail(message.id, worker_error(error, params))

    def _cancel(self, message: Envelope) -> None:
        try:
            request = _cancel.decode(message.params).id
        except msgspec.DecodeError:
            return
        if request == self._running:
            self._cancelled = True
            return
        for queued in self._queue:
            if queued.id == request:
                self._queue.remove(queued)
                name = f"{queued.method} was cancelled before it began"
                self._fail(request, WorkerError("RequestCancelled", name))
                return

    def _refuse(self, text: bytes | str, error: Exception) -> None:
        # Python's own reader takes what msgspec refuses (a lone surrogate in a text, say), so that the error
        # still finds the request that waits for it.
        try:
            read = json.loads(text)
        except ValueError:
            self._fail(None, WorkerError("ParseError", f"not a JSON message: {error}"))
            return
        id = read.get("id") if isinstance(read, dict) else None
        request = id if isinstance(id, int | str) and not isinstance(id, bool) else None
        name = "InvalidRequest" if isinstance(error, msgspec.ValidationError) else "ParseError"
        self._fail(request, WorkerError(name, f"not a valid request: {error}"))

    def _fail(self, request: Id | None, error: WorkerError) -> None:
        name_non_finite(error.data)
        self._write(
            {"id": request, "error": {"code": error.code, "message": error.message, "data": error.data}}
        )

    def _write(self, message: dict[str, Any]) -> None:
        self._send(msgspec.json.encode({"jsonrpc": "2.0", **message}))
