"""A worker in a process of its own and the smallest client that can talk to it: JSON-RPC in LSP frames."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[3]
# The longest that any one request of these checks may take, in seconds: a first CUDA context included.
PATIENCE = 120.0


class Failure(Exception):
    """The worker answered with an error; `code`, `data` as in the protocol."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.code: int = error["code"]
        self.data: dict[str, Any] = error.get("data") or {}


@dataclass(frozen=True)
class Request:
    """One that was sent; `answer` resolves to the result, or raises Failure."""

    id: int
    answer: Future[Any]

    def result(self) -> Any:
        return self.answer.result(PATIENCE)

    def failure(self) -> Failure:
        """The error it is answered with. Raises AssertionError when it is answered with a result."""
        error = self.answer.exception(PATIENCE)
        if isinstance(error, Failure):
            return error
        raise AssertionError(f"an error was expected, but the worker answered {self.answer.result()!r}")


class Worker:
    """`handlers` names another module than the worker's own handlers, `modules` a folder of modules that its
    Python finds too; `stderr` holds what it has printed."""

    def __init__(self, handlers: str | None = None, modules: Path | None = None) -> None:
        paths = [str(ROOT / "py"), str(modules or ""), os.environ.get("PYTHONPATH", "")]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
        environment |= {"PYTHONUNBUFFERED": "1"} | ({"AFT_HANDLERS": handlers} if handlers else {})
        self.stderr: list[str] = []
        self.methods: set[str] = set()  # that were answered with a result
        self._ids = itertools.count(1)
        self._waiting: dict[int, tuple[str, Future[Any], Callable[[Any], None] | None]] = {}
        self._stray: list[dict[str, Any]] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "aft_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
        )
        self._readers = [
            threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True),
            threading.Thread(target=self._note, args=(self._process.stderr,), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def send(self, method: str, params: Any, on_progress: Callable[[Any], None] | None = None) -> Request:
        """Sends a request and does not wait; `on_progress` is called in the thread that reads."""
        number, answer = next(self._ids), Future()
        self._waiting[number] = (method, answer, on_progress)
        self.write(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode())
        return Request(number, answer)

    def call(self, method: str, **params: Any) -> Any:
        return self.send(method, params).result()

    def cancel(self, request: Request) -> None:
        params = {"id": request.id}
        self.write(json.dumps({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": params}).encode())

    def write(self, body: bytes) -> None:
        """Sends one framed message, whatever is in it."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._process.stdin.flush()

    def stray(self) -> list[dict[str, Any]]:
        """The answers that came for no request."""
        found, self._stray = self._stray, []
        return found

    def close_stdin(self) -> float:
        """Closes the worker's input; -> seconds until its process is gone. Raises TimeoutExpired."""
        assert self._process.stdin is not None
        started = time.monotonic()
        self._process.stdin.close()
        self._process.wait(30)
        return time.monotonic() - started

    def wait(self) -> int:
        """-> the exit code, after all that it printed has been read."""
        code = self._process.wait(30)
        for reader in self._readers:
            reader.join(5)
        return code

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait(30)

    def _read(self, stream: IO[bytes]) -> None:
        while (header := stream.readline()) != b"":
            length = int(header.removeprefix(b"Content-Length:"))
            stream.readline()
            self._take(json.loads(stream.read(length)))
        last = " / ".join(self.stderr[-5:])
        for method, answer, _ in list(self._waiting.values()):
            if not answer.done():
                answer.set_exception(
                    RuntimeError(f"the worker is gone before it answered {method}; it said: {last}")
                )

    def _take(self, message: dict[str, Any]) -> None:
        if message.get("method") == "$/progress":
            waiting = self._waiting.get(message["params"]["token"])
            if waiting is not None and waiting[2] is not None:
                waiting[2](message["params"]["value"])
            return
        waiting = self._waiting.pop(message.get("id") or 0, None)
        if waiting is None:
            self._stray.append(message)
        elif "error" in message:
            waiting[1].set_exception(Failure(message["error"]))
        else:
            self.methods.add(waiting[0])
            waiting[1].set_result(message["result"])

    def _note(self, stream: IO[bytes]) -> None:
        for line in stream:
            self.stderr.append(line.decode(errors="replace").rstrip())
