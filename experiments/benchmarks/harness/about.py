"""What a results file opens with: command, versions, hardware.

python about.py COMMAND DEVICE
"""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

PACKAGES = ("lm_eval", "torch", "transformers", "tokenizers", "datasets", "numpy")


def processor() -> str:
    """The processor's name where the system tells it, and how many of its threads this process may use."""
    told = Path("/proc/cpuinfo")
    name = re.search(r"model name\s*: (.*)", told.read_text()) if told.exists() else None
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{name[1].strip() if name else platform.processor() or platform.machine()}, {threads} threads"


def graphics(device: str) -> str:
    if not device.startswith("cuda"):
        return ""
    import torch

    return f"; {torch.cuda.get_device_name(device)}"


def output_of(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def main(command: str, device: str) -> None:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    commit = output_of("git", "rev-parse", "--short", "HEAD") or "unknown"
    node = output_of("node", "--version").lstrip("v")
    print("# AFT and lm-evaluation-harness on GSM8K's rule, row by row\n")
    print(f"- command: `{command.strip()}`")
    print(f"- date: {datetime.date.today()}, commit {commit}")
    print(f"- Python {platform.python_version()}, {versions}; Node {node}")
    print(f"- hardware: {processor()}{graphics(device)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
