"""Which part of the machine each process of vLLM gets: devices and memory, beside the worker's own."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import psutil
import torch

from .vllm_process import failed

_GIB = 2**30
_RESERVE = 0.1  # of a GPU's memory, left to the worker beside its own copy: it scores meanwhile
_LEAST_RESERVE = 2 * _GIB
_LARGEST_CPU_CACHE = 4 * _GIB


@dataclass(frozen=True)
class VllmSettings:
    """`python` has vLLM. `data_parallel` processes with a whole model each, which lies on `tensor_parallel`
    devices; `memory_share`: of each device's memory (on a CPU: of main memory, for the cache alone)."""

    python: str
    tensor_parallel: int = 1
    data_parallel: int = 1
    memory_share: float | None = None
    slots: int | None = None


def parts_of(device: torch.device, settings: VllmSettings) -> tuple[list[dict[str, str]], float | None]:
    """(each process's part of the machine, as its environment; the share of memory that it may take)."""
    if device.type == "cpu":
        return [_on_cpu(settings)] * settings.data_parallel, None
    first, each = device.index or 0, settings.tensor_parallel
    count = each * settings.data_parallel
    there = torch.cuda.device_count()
    if first + count > there:
        raise failed(
            f"tensorParallel {each} x dataParallel {settings.data_parallel} takes {count} GPUs from "
            f"cuda:{first} on; there {'is one' if there == 1 else f'are {there}'}"
        )
    named = os.environ.get("CUDA_VISIBLE_DEVICES")
    names = named.split(",") if named else [str(at) for at in range(there)]
    share = settings.memory_share or _free_share(range(first, first + count))
    visible = [names[first + start : first + start + each] for start in range(0, count, each)]
    return [{"CUDA_VISIBLE_DEVICES": ",".join(own)} for own in visible], share


def _free_share(devices: Sequence[int]) -> float:
    """Of each device's memory: what is free beside the worker's own copy, less a reserve for its scoring."""
    torch.cuda.empty_cache()
    shares = []
    for at in devices:
        free, total = torch.cuda.mem_get_info(at)
        shares.append((free - max(_LEAST_RESERVE, _RESERVE * total)) / total)
    share = int(min(shares) * 100) / 100
    if share < 0.02:
        free, total = torch.cuda.mem_get_info(devices[shares.index(min(shares))])
        raise failed(
            f"{free / _GIB:.1f} of {total / _GIB:.1f} GiB of the GPU are free, which leaves it no room; free "
            "some memory, or give the share of it that vLLM may take: worker.vllm.memoryShare"
        )
    return share


def _on_cpu(settings: VllmSettings) -> dict[str, str]:
    memory = psutil.virtual_memory()
    free = min(_LARGEST_CPU_CACHE, memory.available // 4)
    cache = free if settings.memory_share is None else int(settings.memory_share * memory.total)
    each = settings.data_parallel
    return {
        # in whole GiB, as vLLM takes it
        "VLLM_CPU_KVCACHE_SPACE": str(max(1, cache // each // _GIB)),
        "OMP_NUM_THREADS": str(max(1, torch.get_num_threads() // each)),
        "VLLM_CPU_OMP_THREADS_BIND": "nobind",
        # one process is enough where there is one device
        "VLLM_ENABLE_V1_MULTIPROCESSING": "0" if settings.tensor_parallel == 1 else "1",
    }
