"""On what the checks ran: device, driver, versions, and which state of the worker's sources."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shlex
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import torch

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ("torch", "transformers", "tokenizers", "safetensors", "msgspec", "numpy", "psutil", "peft")


def describe(device: torch.device) -> dict[str, Any]:
    """Hardware, versions, sources and the command, for the results file."""
    return {
        "hardware": _hardware(device),
        "versions": {
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in PACKAGES},
            "cuda": torch.version.cuda or "none",
        },
        "sources": {"commit": _output("git", "-C", str(ROOT), "rev-parse", "HEAD"), "worker": _digest()},
        "command": shlex.join(["python", *sys.argv]),
        "load": _load(),
    }


def slug(device: torch.device) -> str:
    """The device's name as part of a file name."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu"
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _hardware(device: torch.device) -> dict[str, Any]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    found: dict[str, Any] = {"device": "cpu", "cpu": _processor(), "cores": cores}
    if device.type == "cuda":
        properties = torch.cuda.get_device_properties(device)
        query = ("nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader", "-i", str(device.index))
        found |= {
            "device": properties.name,
            "memory GiB": round(properties.total_memory / 2**30, 1),
            "multiprocessors": properties.multi_processor_count,
            "compute capability": f"{properties.major}.{properties.minor}",
            "driver": _output(*query),
        }
    return found


def _load() -> str:
    """How busy the machine was with everything that ran on it: processes that wanted a core, over minutes."""
    return ", ".join(f"{one:.2f}" for one in os.getloadavg()) + " (1, 5, 15 minutes)"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _output(*command: str) -> str:
    """Its first line; "unknown" where the program is not there or fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    return done.stdout.strip().splitlines()[0] if done.returncode == 0 and done.stdout.strip() else "unknown"


def _digest() -> str:
    """SHA-256 over the worker's sources: names the state that was checked also where there is no git."""
    digest = hashlib.sha256()
    folder = ROOT / "py" / "aft_worker"
    for file in sorted(folder.rglob("*.py")):
        digest.update(f"{file.relative_to(folder)}\0".encode() + file.read_bytes() + b"\0")
    return f"sha256 {digest.hexdigest()[:16]}"
