"""How fast a device is, measured in less than a second: what estimates of time go by."""

import time
from collections.abc import Callable

import torch

from ..protocol import DeviceSpeedResult
from .precision import sizes_of
from .selection import DtypeName, dtype_name, resolve_device, resolve_dtype

_SECONDS = 0.2  # of each of the two measurements
_CALLS = 200
_LARGEST = {"cpu": 2048, "cuda": 8192}
_COPIED = {"cpu": 2**27, "cuda": 2**30}  # bytes: beyond any cache


def measure_speed(device_name: str, dtype: DtypeName) -> DeviceSpeedResult:
    """FLOP/s of a product of two square random matrices, bytes read and written a second by a copy, and the
    seconds of an operation on a single number, which are the host's.

    The best of the repetitions: what the device can do, not what it did beside other work. Raises
    DeviceUnavailable.
    """
    device = resolve_device(device_name)
    kind = resolve_dtype(dtype, device)
    side, once = 256, 0.0
    left = right = torch.empty(0)
    # the first product of a size also sets up libraries and caches, so each is tried before it counts
    while True:
        left, right = (torch.randn(side, side, device=device).to(kind) for _ in range(2))
        _best(device, lambda a=left, b=right: a @ b, 0.0)
        once = _best(device, lambda a=left, b=right: a @ b, 0.0)
        if once > 0.02 or side >= _LARGEST[sizes_of(device)]:
            break
        side *= 2
    product = _best(device, lambda: left @ right, _SECONDS)
    source = torch.zeros(_COPIED[sizes_of(device)], dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    copy = _best(device, lambda: target.copy_(source), _SECONDS)
    tiny = torch.zeros(1, device=device, dtype=kind)
    return DeviceSpeedResult(
        device=str(device),
        dtype=dtype_name(kind),
        flops_per_second=2 * side**3 / min(product, once),
        bytes_per_second=2 * source.numel() / copy,
        seconds_per_call=_best(device, lambda: _small_calls(tiny), 0.05) / _CALLS,
    )


def _small_calls(number: torch.Tensor) -> None:
    for _ in range(_CALLS):
        number.add_(1)


def _best(device: torch.device, call: Callable[[], object], seconds: float) -> float:
    """Seconds of the fastest call among those that fit in `seconds`, one at least."""
    fastest, ends = float("inf"), time.perf_counter() + seconds
    while True:
        started = time.perf_counter()
        call()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        elif device.type == "mps":
            torch.mps.synchronize()
        now = time.perf_counter()
        fastest = min(fastest, now - started)
        if now >= ends:
            return fastest
