"""A vLLM in a process of its own, from the worker's side: started, spoken to, ended, and what it died of."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from queue import Queue
from typing import Any

import psutil

from ..errors import WorkerError

PROGRAM = Path(__file__).with_name("vllm_program.py")
_KEPT_LINES = 200  # of what it prints
_SHOWN_LINES = 8
MOST_SILENCE = 600.0  # seconds without a sign of life; vLLM itself gives up a start as late
_SECONDS_TO_END = 10.0  # of killed processes: a GPU's memory is given back only then
# A Python finds its packages by itself; these would show it the worker's. Nor is it one of the worker's
# ranks, whose variables its own processes would take for theirs.
_OWN = (
    *("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"),
    *("RANK", "LOCAL_RANK", "GROUP_RANK", "ROLE_RANK", "ROLE_NAME", "MASTER_ADDR", "MASTER_PORT"),
    *("WORLD_SIZE", "LOCAL_WORLD_SIZE", "GROUP_WORLD_SIZE", "ROLE_WORLD_SIZE"),
)
_AGENT = "TORCHELASTIC_"
_QUIET = {
    "HF_HUB_OFFLINE": "1",  # the model is a folder
    "VLLM_NO_USAGE_STATS": "1",
    "VLLM_WORKER_MULTIPROC_METHOD": "spawn",
    "TOKENIZERS_PARALLELISM": "false",
    "PYTHONUNBUFFERED": "1",
}
_ERROR_LINE = re.compile(r"(?:^|\s)((?:\w+\.)*\w*(?:Error|Exception): \S.*)$")
# what vLLM says of itself once one of its processes has said the reason
_SECOND_HAND = ("Engine core initialization failed", "EngineCore encountered", "WorkerProc initialization")

Message = dict[str, Any]


class VllmProcess:
    """What it says goes to `inbox` with itself; the last message is of the type `ended`."""

    def __init__(
        self, python: str, environment: Mapping[str, str], inbox: Queue[tuple[VllmProcess, Message]]
    ) -> None:
        """Raises SamplerFailed for a program that cannot be started."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in _OWN and not name.startswith(_AGENT)
        }
        self._lines: deque[bytes] = deque(maxlen=_KEPT_LINES)
        self._unfinished = b""  # a line that has no end yet
        self._inbox = inbox
        self._heard = time.monotonic()
        try:
            self._process = subprocess.Popen(
                [python, str(PROGRAM)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**kept, **_QUIET, **environment},
                # a group of its own: vLLM's processes are ended with it
                start_new_session=True,
            )
        except OSError as error:
            raise failed(f"its Python cannot be started: {python}: {error.strerror}") from None
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        threading.Thread(target=self._hear, daemon=True).start()

    def send(self, message: Message) -> None:
        """To one that has died: nothing happens, `ended` tells."""
        self._heard = time.monotonic()
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(message, separators=(",", ":")).encode() + b"\n")
            self._process.stdin.flush()

    def close(self) -> None:
        """Ends it with all that it has started, whatever it does; their memory is free afterwards."""
        started: list[psutil.Process] = []
        with suppress(psutil.NoSuchProcess):
            started = psutil.Process(self._process.pid).children(recursive=True)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        patience = time.monotonic() + _SECONDS_TO_END
        while any(map(_is_running, started)) and time.monotonic() < patience:
            time.sleep(0.05)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def silence(self) -> float:
        """Seconds since it was sent anything, said anything, or printed anything."""
        return time.monotonic() - self._heard

    def death(self) -> WorkerError:
        """After `ended`: how it ended, and what it printed last."""
        code = self._process.wait()
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        return self._failed_with_lines(f"its process {how}")

    def hang(self) -> WorkerError:
        """After `MOST_SILENCE`: that it hangs, and what it printed last."""
        return self._failed_with_lines(
            f"it hangs: its process has given no sign of life for {MOST_SILENCE / 60:g} minutes"
        )

    def _failed_with_lines(self, reason: str) -> WorkerError:
        lines = self._printed()[-_SHOWN_LINES:]
        if not lines:
            return failed(f"{reason}; it printed nothing")
        return failed("\n  | ".join([f"{reason}; its last lines:", *lines]))

    def failure(self, message: str) -> WorkerError:
        """After `failed`: the message, or what a process of vLLM's own printed, where that is the reason."""
        if any(text in message for text in _SECOND_HAND):
            self._listener.join(timeout=1)
            first_hand = [
                found[1]
                for line in self._printed()
                if (found := _ERROR_LINE.search(line)) and not any(text in line for text in _SECOND_HAND)
            ]
            if first_hand:
                message = f"{message.partition(': ')[0]}: {first_hand[-1]}"
        return failed(message)

    def _hear(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._heard = time.monotonic()
            message = json.loads(line)
            if message["type"] != "alive":
                self._inbox.put((self, message))
        self._listener.join(timeout=1)
        self._inbox.put((self, {"type": "ended"}))

    def _listen(self) -> None:
        assert self._process.stderr is not None
        # not line by line: a progress bar, too, is a sign of life
        while part := os.read(self._process.stderr.fileno(), 1 << 16):
            self._heard = time.monotonic()
            *lines, self._unfinished = (self._unfinished + part).split(b"\n")
            self._lines.extend(lines)

    def _printed(self) -> list[str]:
        """Its last lines that are not empty; of a progress bar the last state."""
        lines = [line.decode(errors="replace").rstrip() for line in [*self._lines, self._unfinished]]
        return [shown for line in lines if (shown := line.rpartition("\r")[2])]


def _is_running(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def failed(reason: str) -> WorkerError:
    return WorkerError("SamplerFailed", f"vLLM: {reason}", sampler="vllm")
