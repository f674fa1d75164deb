"""What holds for the worker's process whatever the transport."""

import faulthandler
import os
import signal
import sys


def prepare(threads: int | None) -> None:
    """Before torch is imported: its thread count is read from the environment only then."""
    if threads:
        for name in ("AFT_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"):
            os.environ[name] = str(threads)
    # OpenMP's threads spin for milliseconds while they wait for each other, which on a machine that is busy
    # with anything else makes small models many times slower. A short spin costs some 15 % on an idle one.
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    # On Apple's GPUs torch lacks a few operations (segment_reduce); they are then the host's.
    os.environ.setdefault("PYTORCH_ENABLE_MPS_FALLBACK", "1")
    # Ctrl-C reaches every process of a terminal; what it means is the command's to decide.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    faulthandler.enable(sys.stderr)
