"""The methods of the process itself. None of them imports torch, so that `hello` is answered at once."""

import os
import platform
import resource
import sys
import time
from pathlib import Path

import psutil

from .. import __version__
from ..protocol import (
    PROTOCOL_VERSION,
    DeviceMemoryResult,
    FolderCheckParams,
    FolderCheckResult,
    HelloParams,
    HelloResult,
    Nothing,
)
from ..rpc import Context, Handler

# after which a file that another machine wrote counts as not there
SECONDS_FOR_A_FILE = 5.0


def hello(params: HelloParams, context: Context) -> HelloResult:
    """Says who answers; whether the versions fit is the caller's to judge."""
    return HelloResult(
        protocol_version=PROTOCOL_VERSION,
        worker=__version__,
        python=platform.python_version(),
        pid=os.getpid(),
    )


def memory(params: Nothing, context: Context) -> DeviceMemoryResult:
    """Bytes in use and at their highest, of this process and of what torch holds on all CUDA devices."""
    torch = sys.modules.get("torch")
    used = peak = 0
    if torch is not None and hasattr(torch, "cuda") and torch.cuda.is_initialized():
        devices = range(torch.cuda.device_count())
        used = sum(torch.cuda.memory_allocated(device) for device in devices)
        peak = sum(torch.cuda.max_memory_allocated(device) for device in devices)
    elif torch is not None and hasattr(torch, "mps") and torch.backends.mps.is_available():
        # torch keeps no peak of it
        used = peak = torch.mps.current_allocated_memory()
    unit = 1 if sys.platform == "darwin" else 1024
    resident = psutil.Process().memory_info().rss
    return DeviceMemoryResult(
        resident_bytes=resident,
        peak_resident_bytes=max(resident, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit),
        accelerator_bytes=used,
        peak_accelerator_bytes=peak,
    )


def folder_check(params: FolderCheckParams, context: Context) -> FolderCheckResult:
    """Waits a little for the file: a network's file system may show it late."""
    host = platform.node()
    file = Path(params.file)
    until = time.monotonic() + SECONDS_FOR_A_FILE
    while not file.exists() and time.monotonic() < until:
        context.check_cancelled()
        time.sleep(0.1)
    try:
        if file.read_text() != params.content:
            return FolderCheckResult(host=host, problem=f"another file lies at {file}")
        Path(params.answer).write_text(params.content)
    except FileNotFoundError:
        return FolderCheckResult(host=host, problem=f"no such file: {file}")
    except OSError as error:
        return FolderCheckResult(host=host, problem=f"{error.strerror}: {error.filename or file}")
    return FolderCheckResult(host=host)


def shutdown(params: Nothing, context: Context) -> Nothing:
    """Answers; the transport ends the process after the answer is out."""
    context.stop()
    return Nothing()


METHODS: dict[str, Handler] = {
    "hello": hello,
    "device/memory": memory,
    "folder/check": folder_check,
    "shutdown": shutdown,
}
