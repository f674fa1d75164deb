"""Stands in for JupyterLab: a kernel in a session of its own, the kernel's worker, and an opened browser.

All of them are deaf to what asks them to end; the server is too when it is called `deaf`.
"""

import os
import signal
import subprocess
import sys
import time

DEAF = "import signal, subprocess, sys, time; [signal.signal(s, signal.SIG_IGN) for s in (1, 2, 15)]; "
WORKER = DEAF + "time.sleep(600)"
KERNEL = DEAF + f"print(subprocess.Popen([sys.executable, '-c', {WORKER!r}]).pid, flush=True); time.sleep(600)"

kernel = subprocess.Popen(
    [sys.executable, "-c", KERNEL],
    env={**os.environ, "JPY_PARENT_PID": str(os.getpid())},
    start_new_session=True,
    stdout=subprocess.PIPE,
    stderr=subprocess.DEVNULL,
    text=True,
)
assert kernel.stdout is not None
worker = int(kernel.stdout.readline())
browser = subprocess.Popen(
    [sys.executable, "-c", WORKER],
    start_new_session=True,
    stdout=subprocess.DEVNULL,
    stderr=subprocess.DEVNULL,
)
signal.signal(signal.SIGTERM, signal.SIG_IGN if "deaf" in sys.argv else lambda *_: sys.exit(0))
print(os.getpid(), kernel.pid, worker, browser.pid, flush=True)
if "quits" in sys.argv:
    sys.exit(3)
time.sleep(600)
