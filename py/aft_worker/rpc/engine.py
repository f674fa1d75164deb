"""The worker's loop, whatever carries its messages: requests are run one at a time in the order in which they
came; `immediate` methods and cancellations are taken whenever the one that runs looks for them."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from ..errors import Cancelled, WorkerError
from ..protocol import METHODS
from .context import Context, Handler
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


class _Request:
    """A request that is to be answered; its params are decoded once, when they are first looked at."""

    def __init__(self, envelope: Envelope) -> None:
        assert envelope.id is not None
        self.id: Id = envelope.id
        self.method = envelope.method
        self.cancelled = self.answered = False
        self.known_params: Any = None
        self._raw = envelope.params

    def params(self) -> Any:
        """Raises WorkerError for what the method does not take."""
        if self.known_params is None:
            self.known_params = decode_params(self.method, bytes(self._raw))
        return self.known_params


class EngineContext:
    """The `Context` of a request that an engine runs."""

    def __init__(self, engine: Engine, request: _Request) -> None:
        self._engine = engine
        self._request = request
        self._progress_type = METHODS[request.method].progress

    def progress(self, value: msgspec.Struct) -> None:
        if not isinstance(value, self._progress_type):
            raise TypeError(f"progress must be {self._progress_type.__name__}, not {type(value).__name__}")
        name_non_finite(value)
        self._engine.notify("$/progress", {"token": self._request.id, "value": value})

    def check_cancelled(self) -> None:
        self._engine.drain()
        if self._request.cancelled:
            raise Cancelled

    def apart(self) -> EngineContext:
        return self

    def upcoming(self) -> Any | None:
        self._engine.drain()
        return self._engine.upcoming(self._request.method)

    def next_alike(self, accepts: Callable[[Any], bool]) -> tuple[Any, Context] | None:
        params = self.upcoming()
        if params is None or not accepts(params):
            return None
        return params, EngineContext(self._engine, self._engine.take())

    def answer(self, result: Any) -> None:
        self._engine.answer(self._request, result)

    def fail(self, error: Exception) -> None:
        self._engine.fail(self._request, error)

    def fail_all(self, error: Exception) -> None:
        self._engine.fail_all(error)

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
        self._queue: deque[_Request] = deque()
        self._running: dict[Id, _Request] = {}  # taken and not yet answered
        self._answering = threading.RLock()

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
            self._run(_Request(message))
        else:
            self._queue.append(_Request(message))

    def run(self) -> None:
        """Runs what is queued, and what arrives meanwhile, until nothing is left."""
        while not self.stopped:
            self.drain()
            if not self._queue:
                return
            request = self.take()
            failed = self._run(request) or RuntimeError(
                f"{request.method} ended and left this one unanswered"
            )
            for other in list(self._running.values()):
                self.fail(other, failed)

    def drain(self) -> None:
        for text in self._poll():
            self.receive(text)

    def upcoming(self, method: str) -> Any | None:
        """The params of the next request in the queue, if they are good and it is one of this method."""
        if not self._queue or self._queue[0].method != method:
            return None
        try:
            return self._queue[0].params()
        except WorkerError:
            return None  # told when it is run

    def take(self) -> _Request:
        """The next request in the queue, which from now on must be answered."""
        request = self._queue.popleft()
        self._running[request.id] = request
        return request

    def answer(self, request: _Request, result: Any) -> None:
        with self._answering:
            try:
                name_non_finite(result)
                self._write({"id": request.id, "result": result})
            except Exception as error:
                self._fail(request.id, worker_error(error, request.known_params))
            self._end(request)

    def fail(self, request: _Request, error: BaseException) -> None:
        if isinstance(error, Cancelled):
            known = WorkerError("RequestCancelled", f"{request.method} was cancelled")
        else:
            known = worker_error(error, request.known_params)
        with self._answering:
            self._fail(request.id, known)
            self._end(request)

    def fail_all(self, error: BaseException) -> None:
        self._answering.acquire()  # and never given back
        for request in list(self._running.values()):
            self.fail(request, error)

    def _end(self, request: _Request) -> None:
        request.answered = True
        self._running.pop(request.id, None)

    def notify(self, method: str, params: dict[str, Any]) -> None:
        with self._answering:
            self._write({"method": method, "params": params})

    def _run(self, request: _Request) -> BaseException | None:
        """-> what its handler raised."""
        try:
            params = request.params()  # first: it knows of a method that there is none
            result = self._handler_of(request.method)(params, EngineContext(self, request))
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a library in Rust that panics raises what is no Exception
            if not request.answered:
                self.fail(request, error)
            return error
        if not request.answered:
            self.answer(request, result)
        return None

    def _cancel(self, message: Envelope) -> None:
        try:
            request = _cancel.decode(message.params).id
        except msgspec.DecodeError:
            return
        if request in self._running:
            self._running[request].cancelled = True
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
