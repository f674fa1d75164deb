"""Whether the checks can run: `python tests/gpu/device.py cuda` says in a line why not, and exits with 1."""

from __future__ import annotations

import importlib.util
import sys

PACKAGES = ("torch", "transformers", "msgspec", "psutil", "peft")


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
