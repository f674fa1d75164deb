"""The stdio transport: JSON-RPC messages framed as in the Language Server Protocol (`Content-Length: N`)."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from typing import IO

from .context import Handler
from .engine import Engine

SECONDS_TO_END = 1.0
# seconds between two signs of life; none are sent where it is not set
SIGNS_OF_LIFE = "AFT_SIGNS_OF_LIFE"
_SIGN = b'{"jsonrpc":"2.0","method":"$/alive"}'


class FrameError(Exception):
    """The stream is not framed; where the next message begins cannot be known."""


def read_frame(stream: IO[bytes]) -> bytes | None:
    """The next message's body, or None at the end of the stream."""
    length = -1
    while (line := stream.readline()) not in (b"\r\n", b"\n"):
        if not line:
            return None
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            length = int(value)
    if length < 0:
        raise FrameError("a message without a Content-Length header")
    body = stream.read(length)
    return body if len(body) == length else None


def frame(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def serve(
    incoming: int,
    outgoing: int,
    handler_of: Callable[[str], Handler],
    at_end: Callable[[], None] = lambda: None,
) -> None:
    """Answers until shutdown or the end of the input; the latter ends the process in mid-computation too.
    `at_end` is called before the end where nothing is being computed."""
    inbox: SimpleQueue[bytes | None] = SimpleQueue()  # None: the end of the input
    ended = False
    threading.Thread(target=_read, args=(incoming, inbox), daemon=True).start()

    writing = threading.Lock()

    def send(body: bytes) -> None:
        try:
            with writing:
                _write_all(outgoing, frame(body))
        except OSError:
            os._exit(1)  # nobody reads any more

    seconds = float(os.environ.get(SIGNS_OF_LIFE) or 0)
    if seconds > 0:
        # What a batch system sends to each process of a job that is to end: the command saves what is done,
        # and ends this one. No SIG_IGN: that would hold in the programs that this one starts, too.
        signal.signal(signal.SIGTERM, lambda *_: None)
        threading.Thread(target=_show_life, args=(seconds, send), daemon=True).start()

    def poll() -> Iterator[bytes]:
        nonlocal ended
        while not ended:
            try:
                body = inbox.get_nowait()
            except Empty:
                return
            if body is None:
                ended = True
            else:
                yield body

    engine = Engine(send, poll, handler_of)
    while not (engine.stopped or ended):
        body = inbox.get()
        if body is None:
            break
        engine.receive(body)
        engine.run()
    at_end()
    sys.stderr.flush()
    os._exit(0)


def _read(incoming: int, inbox: SimpleQueue[bytes | None]) -> None:
    with os.fdopen(incoming, "rb", buffering=1 << 20) as stream:
        try:
            while (body := read_frame(stream)) is not None:
                inbox.put(body)
        except FrameError as error:
            print(f"aft_worker: {error}", file=sys.stderr, flush=True)
            os._exit(1)
    # The parent is gone, or wants the worker gone. What came before the end is still answered, but no longer
    # than this: the main thread may be deep in a computation.
    inbox.put(None)
    time.sleep(SECONDS_TO_END)
    os._exit(0)


def _show_life(seconds: float, send: Callable[[bytes], None]) -> None:
    """From a thread of its own, so that a long computation is told from a process that hangs."""
    # the first at once: whoever has had none does not wait for any
    while True:
        send(_SIGN)
        time.sleep(seconds)


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
