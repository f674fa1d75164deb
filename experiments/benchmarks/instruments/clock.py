"""Time and peak memory of what runs on a device."""

from __future__ import annotations

import gc
import statistics
import time
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


@dataclass(frozen=True)
class Timing:
    """Of the calls after the warm-up, in seconds."""

    median: float
    fastest: float
    slowest: float


def synchronize(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def timed(device: torch.device, call: Callable[[], Any], warmup: int, repeats: int) -> Timing:
    """By the clock on the wall, from an idle device to an idle device: host work counts where it holds up."""
    for _ in range(warmup):
        call()
    seconds = []
    for _ in range(repeats):
        synchronize(device)
        started = time.perf_counter()
        call()
        synchronize(device)
        seconds.append(time.perf_counter() - started)
    return Timing(statistics.median(seconds), min(seconds), max(seconds))


def alternating(
    device: torch.device, calls: Sequence[Callable[[], Any]], rounds: int
) -> list[tuple[float, ...]]:
    """Seconds of each call, round by round, one after the other within a round: so that what else the machine
    does falls on all of them."""
    return [tuple(timed(device, call, 0, 1).median for call in calls) for _ in range(rounds)]


@dataclass(frozen=True)
class Ratio:
    """Of one call's seconds to another's in the same round: median and extremes."""

    median: float
    lowest: float
    highest: float

    @property
    def spread(self) -> str:
        return f"{self.lowest:.2f} to {self.highest:.2f}"


def ratio(seconds: Sequence[tuple[float, ...]], of: int, to: int) -> Ratio:
    """How many times as long as call `to` the call `of` took."""
    found = [one[of] / one[to] for one in seconds]
    return Ratio(statistics.median(found), min(found), max(found))


def peak_bytes(device: torch.device, call: Callable[[], Any]) -> int:
    """The most bytes of tensors that were alive at once during the call, beyond those alive before it."""
    gc.collect()
    if device.type != "cuda":
        with _LiveTensors() as live:
            call()
        return live.peak
    synchronize(device)
    torch.cuda.reset_peak_memory_stats(device)
    before = torch.cuda.memory_allocated(device)
    call()
    synchronize(device)
    return torch.cuda.max_memory_allocated(device) - before


class _LiveTensors(TorchDispatchMode):
    """For a CPU, where torch keeps no account of its own: follows every storage that an operation makes."""

    def __init__(self) -> None:
        super().__init__()
        self.peak = self._bytes = 0
        self._known: dict[int, int] = {}

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = {self._address(one) for one in tree_leaves((args, kwargs)) if isinstance(one, torch.Tensor)}
        result = function(*args, **(kwargs or {}))
        for one in tree_leaves(result):
            if isinstance(one, torch.Tensor) and self._address(one) not in given:
                self._follow(one.untyped_storage())
        return result

    @staticmethod
    def _address(tensor: torch.Tensor) -> int:
        return tensor.untyped_storage()._cdata

    def _follow(self, storage: torch.UntypedStorage) -> None:
        key = storage._cdata
        if key in self._known:
            return
        self._known[key] = storage.nbytes()
        self._bytes += storage.nbytes()
        self.peak = max(self.peak, self._bytes)
        weakref.finalize(storage, self._forget, key)

    def _forget(self, key: int) -> None:
        self._bytes -= self._known.pop(key, 0)
