"""Runs a module (JupyterLab) as a server that lives no longer than its standard input.

`aft notebook` holds the other end: when that ends, in whatever way, the server ends too, as if it had been
told to (SIGTERM), and with it the kernels it started, which have sessions of their own, and their workers.
What has not ended after a few seconds, such as a cell in a loop, is ended by force.
"""

import contextlib
import logging
import os
import runpy
import signal
import sys
import threading
import time

import psutil

GRACE_SECONDS = 3.0

# Jupyter gives it to every kernel, and what a kernel starts inherits it; a browser that was opened has none.
KERNELS_OWN = "JPY_PARENT_PID"


def kernels() -> set[psutil.Process]:
    """The kernels of this server and all that they started."""
    found = set()
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if KERNELS_OWN in process.environ():
                found.add(process)
    return found


def end(processes: set[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.kill()  # looks at the time it was started too: never another process of the same id


class Server:
    """A server and what it has to end: known before it stops, when they are still seen to be its own."""

    def __init__(self) -> None:
        self.started: set[psutil.Process] = set()

    def run(self, module: str) -> None:
        """Returns, or raises SystemExit, when the module has ended, and nothing that it started is left."""
        threading.Thread(target=self._end_with_standard_input, daemon=True).start()
        try:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        finally:
            end(self.started | kernels())

    def _end_with_standard_input(self) -> None:
        while os.read(0, 4096):
            pass
        logging.disable(logging.CRITICAL)  # who stopped it has said so
        self.started = kernels()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE_SECONDS)
        end(self.started | kernels())
        os._exit(1)


if __name__ == "__main__":
    del sys.argv[0]
    Server().run(sys.argv[0])
