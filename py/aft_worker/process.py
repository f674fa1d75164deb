"""What holds for the worker's process whatever the transport."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys


def prepare(threads: int | None) -> None:
    """Before torch is imported: its thread count is read from the environment only then."""
    if threads:
        for name in ("AFT_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"):
            os.environ[name] = str(threads)
    # Ctrl-C reaches every process of a terminal; what it means is the command's to decide.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    faulthandler.enable(sys.stderr)
