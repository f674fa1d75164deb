"""Whether a device can be used: `python device.py cuda` says in a line why not, and exits with 1."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from pathlib import Path

DEVICES = r"cpu|cuda(:[0-9]+)?"
PACKAGES = ("torch", "transformers", "msgspec", "psutil", "peft")


def prepare_process() -> None:
    """What must be so before torch is read: where the worker lies, and how its threads wait."""
    sys.path.insert(1, str(Path(__file__).resolve().parents[3] / "py"))
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    # as the worker does: threads that wait soon sleep, so that a busy machine does not slow them manifold
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")


def asked_device(arguments: list[str]) -> str:
    """What --device says, before anything is read that needs torch; cuda where it says nothing."""
    for place, one in enumerate(arguments):
        given = arguments[place + 1 : place + 2] if one == "--device" else [one.removeprefix("--device=")]
        if one.startswith("--device") and given and re.fullmatch(DEVICES, given[0]):
            return given[0]
    return "cuda"


def unusable(name: str) -> str | None:
    """Why the device (cpu, cuda or cuda:N) cannot be used by this Python; None where it can."""
    missing = [package for package in PACKAGES if importlib.util.find_spec(package) is None]
    if missing:
        return f"the GPU checks need the Python packages {', '.join(missing)}: {sys.executable} lacks them"
    import torch

    if not name.startswith("cuda"):
        return None
    if torch.cuda.is_available():
        index, count = torch.device(name).index or 0, torch.cuda.device_count()
        return None if index < count else f"no device {name}: there are {count} CUDA devices, from cuda:0 on"
    built_for = torch.version.cuda
    why = f"(CUDA {built_for}) sees no GPU" if built_for else "was built without CUDA"
    return (
        f"no CUDA device: torch {torch.__version__} of {sys.executable} {why}. The GPU checks need one; "
        "--device cpu --small tries the checks themselves out"
    )


if __name__ == "__main__":
    reason = unusable(sys.argv[1])
    if reason is not None:
        sys.exit(reason)
