"""The worker inside a Python that Node started through pythonia: the same messages, as JSON text."""

import json
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable

from .handlers import handler_of
from .rpc import Engine, prepare

# A call into Node costs a round trip, so that not every look for a cancellation makes one.
_SECONDS_BETWEEN_POLLS = 0.02
_SECONDS_BETWEEN_CHECKS = 0.5


def start(log_socket: str, threads: int) -> int:
    """Called once, before anything else: protects Node's stdout, follows the parent; returns the process id.
    `log_socket`: path of a Unix socket that takes what is printed; "": it goes to stderr."""
    if log_socket:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as log:
            log.connect(log_socket)
            os.dup2(log.fileno(), 2)
    os.dup2(2, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.stdout = sys.stderr
    prepare(threads or None)
    # This thread never touches JavaScript: pythonia knows one thread only.
    threading.Thread(target=_follow, args=(os.getppid(),), daemon=True).start()
    return os.getpid()


def _follow(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_SECONDS_BETWEEN_CHECKS)
    os._exit(0)


class _Exchange:
    """Messages out and in during one dispatch."""

    def __init__(self, on_progress: Callable[[str], str]) -> None:
        self.outgoing: list[str] = []
        self._on_progress = on_progress
        self._last = time.monotonic()

    def poll(self) -> Iterable[str]:
        now = time.monotonic()
        if now - self._last < _SECONDS_BETWEEN_POLLS:
            return ()
        sent, self.outgoing = self.outgoing, []
        arrived = json.loads(self._on_progress(_list_text(sent)))
        self._last = time.monotonic()
        return arrived


_exchange: _Exchange


def _send(body: bytes) -> None:
    _exchange.outgoing.append(body.decode())


def _poll() -> Iterable[str]:
    return _exchange.poll()


_engine = Engine(_send, _poll, handler_of)


def dispatch(text: str, on_progress: Callable[[str], str]) -> str:
    """Takes a JSON list of messages, each a text, and answers them. `on_progress(text)` is called meanwhile
    with a JSON list of messages for Node and gives back such a list of those that arrived; returned is the
    list of the messages that are still to be sent."""
    global _exchange
    _exchange = _Exchange(on_progress)
    for message in json.loads(text):
        _engine.receive(message)
    _engine.run()
    return _list_text(_exchange.outgoing)


def _list_text(messages: list[str]) -> str:
    """Messages are JSON already: joined, not encoded a second time."""
    return f"[{','.join(messages)}]"
