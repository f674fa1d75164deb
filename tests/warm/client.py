"""Stands for `python -m aft_worker`: has the server fork one, and ends as it ends."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time


def connect(address: str) -> socket.socket:
    """To the server, which the first who asks starts."""
    if not os.path.exists(address):
        with open(address + ".lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not os.path.exists(address):
                start_server(address)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(address)
    except OSError as error:
        raise SystemExit(f"the warm Python no longer serves ({error}): see {address}.log") from error
    return connection


def start_server(address: str) -> None:
    server = os.path.join(os.path.dirname(os.path.abspath(__file__)), "server.py")
    with open(address + ".log", "w") as log:
        process = subprocess.Popen(
            [sys.executable, server, address, os.environ["AFT_WARM_PARENT"]],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            # read once, when torch is imported: as aft_worker.process sets it
            env={**os.environ, "HF_HUB_OFFLINE": "1", "GOMP_SPINCOUNT": "1000"},
        )
    while not os.path.exists(address):
        if process.poll() is not None:
            raise SystemExit(f"the warm Python ended before it served: see {address}.log")
        time.sleep(0.02)


def main() -> None:
    connection = connect(os.environ["AFT_WARM_SOCKET"])
    request = {"arguments": sys.argv[1:], "environment": dict(os.environ), "folder": os.getcwd()}
    socket.send_fds(connection, [json.dumps(request).encode()], [0, 1, 2])
    # the streams are the child's now: held here too, none of them would ever end
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answer = b""
    while part := connection.recv(64):
        answer += part
    code = int(answer or b"1")
    if code < 0:
        if -code != signal.SIGKILL:
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


main()
