"""A Python that has imported what the worker needs, and forks a worker for whoever asks.

Importing torch and transformers takes seconds of a processor, and the tests start a worker some hundred
times. `python` beside this file looks like an interpreter; for `-m aft_worker` it sends its arguments,
environment, folder and standard streams to this server, which forks a child that goes on as
`python -m aft_worker` would. The server ends with the tests that started it.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import sys
import threading
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "py"))

SECONDS_BETWEEN_LOOKS = 1.0


def serve(address: str, parent: int) -> None:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(address + ".new")
    listener.listen(64)
    preload()
    # connected to only once a worker can be had at once
    os.rename(address + ".new", address)
    while is_alive(parent):
        ready, _, _ = select.select([listener], [], [], SECONDS_BETWEEN_LOOKS)
        if ready:
            connection, _ = listener.accept()
            start(connection, listener)


def preload() -> None:
    import aft_worker.handlers.catalogue  # noqa: F401
    import peft  # noqa: F401
    from transformers import LlamaForCausalLM  # noqa: F401


def start(connection: socket.socket, listener: socket.socket) -> None:
    message, streams, _, _ = socket.recv_fds(connection, 1 << 20, 3)
    request = json.loads(message)
    child = os.fork()
    if child == 0:
        try:
            listener.close()
            connection.close()
            become_worker(request, streams)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
    for stream in streams:
        os.close(stream)
    threading.Thread(target=watch, args=(child, connection), daemon=True).start()


def become_worker(request: dict, streams: list[int]) -> None:
    os.setsid()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    # the asker is a stand-in: who is to be killed is told here
    if file := os.environ.get("AFT_WORKER_PID_FILE"):
        Path(file).write_text(str(os.getpid()))
    sys.argv = ["aft_worker", *request["arguments"]]
    sys.stdin, sys.stdout = os.fdopen(0), os.fdopen(1, "w")
    sys.stderr = os.fdopen(2, "w", buffering=1)

    import torch
    from aft_worker.__main__ import main

    threads = request["environment"].get("AFT_THREADS") or option(sys.argv, "--threads")
    # what a fresh process reads from the environment when it imports torch
    if threads:
        torch.set_num_threads(int(threads))
    main()


def option(arguments: list[str], name: str) -> str | None:
    return arguments[arguments.index(name) + 1] if name in arguments else None


def watch(child: int, connection: socket.socket) -> None:
    """Tells the asker how the child ended; the asker's own end ends the child."""

    def asker_gone() -> None:
        while connection.recv(1):
            pass
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)

    threading.Thread(target=asker_gone, daemon=True).start()
    _, status = os.waitpid(child, 0)
    with contextlib.suppress(OSError):
        connection.sendall(str(os.waitstatus_to_exitcode(status)).encode())
        connection.shutdown(socket.SHUT_RDWR)


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
