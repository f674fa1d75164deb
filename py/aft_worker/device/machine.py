"""What this machine has: devices, memory, number types, library versions, and what is wrong with them."""

import os
import platform
import sys
from importlib import metadata
from pathlib import Path

import psutil
import torch

from ..protocol import DeviceInfo, DeviceInfoResult
from .selection import resolve_device, why_no_gpu

PACKAGES = ("torch", "transformers", "tokenizers", "safetensors", "msgspec", "numpy", "psutil", "peft")
OLDEST = {"torch": (2, 11), "transformers": (5, 0)}


def describe_machine() -> DeviceInfoResult:
    """The answer to `device/info`."""
    packages = installed(PACKAGES)
    total, free = memory()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    threads = torch.get_num_threads()
    return DeviceInfoResult(
        python=platform.python_version(),
        executable=sys.executable,
        platform=platform.platform(),
        packages=packages,
        devices=[_cpu(total, free), *_gpus(), *_apple(free)],
        default_device=str(resolve_device("auto")),
        threads=threads,
        cores=cores,
        memory_total_bytes=total,
        memory_free_bytes=free,
        warnings=warnings(packages, torch.version.cuda, torch.cuda.is_available(), threads, cores),
    )


def installed(packages: tuple[str, ...]) -> dict[str, str]:
    """Name to version, of those that are installed."""
    versions = {}
    for name in packages:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


def warnings(
    packages: dict[str, str], cuda_build: str | None, gpu_visible: bool, threads: int, cores: int
) -> list[str]:
    """One sentence for each thing that is wrong, with its fix. `packages` maps names to versions."""
    sentences = []
    for name, oldest in OLDEST.items():
        version = packages.get(name)
        needed = ".".join(map(str, oldest))
        if version is None:
            sentences.append(f"{name} is not installed: pip install '{name}>={needed}'")
        elif _release(version) < oldest:
            sentences.append(
                f"{name} {version} is older than {needed}: pip install --upgrade '{name}>={needed}'"
            )
    if cuda_build and not gpu_visible:
        sentences.append(f"{why_no_gpu(cuda_build)}; until then everything runs on the CPU")
    if threads > cores:
        sentences.append(
            f"{threads} threads on {cores} {'core' if cores == 1 else 'cores'} slow each other down: "
            f"set worker.threads to {cores} or less"
        )
    return sentences


def memory() -> tuple[int, int]:
    """Total and free bytes of main memory, within the limit of this process's control group if it has one."""
    machine = psutil.virtual_memory()
    total, free = machine.total, machine.available
    try:
        limit = int(Path("/sys/fs/cgroup/memory.max").read_text())
        used = int(Path("/sys/fs/cgroup/memory.current").read_text())
    except (OSError, ValueError):
        return total, free
    return min(total, limit), max(0, min(free, limit - used))


def free_bytes(device: torch.device) -> int:
    """What this process can still take of the device's memory."""
    if device.type == "mps":
        # its memory is the host's, of which it takes no more than this
        unused = torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory()
        held = torch.mps.driver_allocated_memory() - torch.mps.current_allocated_memory()
        return max(0, min(memory()[1], unused) + held)
    if device.type != "cuda":
        return memory()[1]
    # what torch holds and does not use is free to it
    held = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return torch.cuda.mem_get_info(device)[0] + held


def forget_unused() -> None:
    """Gives back what torch holds of a GPU and does not use."""
    if torch.cuda.is_initialized():
        torch.cuda.empty_cache()
    elif torch.backends.mps.is_available():
        torch.mps.empty_cache()


def _cpu(total: int, free: int) -> DeviceInfo:
    return DeviceInfo(
        name="cpu",
        description=_processor(),
        total_bytes=total,
        free_bytes=free,
        dtypes=["float32", "bfloat16", "float16"],
    )


def _gpus() -> list[DeviceInfo]:
    if not torch.cuda.is_available():
        return []
    bf16 = ["bfloat16"] if torch.cuda.is_bf16_supported() else []
    devices = []
    for index in range(torch.cuda.device_count()):
        free, total = torch.cuda.mem_get_info(index)
        devices.append(
            DeviceInfo(
                name=f"cuda:{index}",
                description=torch.cuda.get_device_name(index),
                total_bytes=total,
                free_bytes=free,
                dtypes=["float32", *bf16, "float16"],
            )
        )
    return devices


def _apple(free: int) -> list[DeviceInfo]:
    if not torch.backends.mps.is_available():
        return []
    return [
        DeviceInfo(
            name="mps",
            description=f"the GPU of {_processor()} (Metal), which shares the host's memory",
            total_bytes=torch.mps.recommended_max_memory(),
            free_bytes=min(free, free_bytes(torch.device("mps"))),
            dtypes=["float32", "bfloat16", "float16"],
        )
    ]


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _release(version: str) -> tuple[int, int]:
    major, minor = [*version.split("+")[0].split("."), "0"][:2]
    return int(major), int("".join(c for c in minor if c.isdigit()) or 0)
