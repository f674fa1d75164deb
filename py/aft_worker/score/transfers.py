"""Tensors to the device and from it, while the host goes on and the device is at what was queued before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

ALIGNED = 4  # elements of 4 bytes or more


def to_device(tensor: Tensor, device: torch.device) -> Tensor:
    """A copy there, on its way while the host goes on."""
    if device.type != "cuda":
        return tensor.to(device)
    return tensor.pin_memory().to(device, non_blocking=True)


def place_lists(device: torch.device, *lists: Sequence[int]) -> tuple[Tensor, ...]:
    """int64 tensors on the device, by one transfer."""
    return place_arrays(device, *(np.array(values, dtype=np.int64) for values in lists))


def place_arrays(device: torch.device, *arrays: np.ndarray) -> tuple[Tensor, ...]:
    """Vectors of one type as tensors on the device, by one transfer.

    Each begins at a multiple of 16 bytes: compiled code would copy others at each call.
    """
    starts = [0]
    for array in arrays:
        starts.append(starts[-1] + -(-len(array) // ALIGNED) * ALIGNED)
    flat = np.zeros(starts[-1], dtype=arrays[0].dtype)
    for array, start in zip(arrays, starts[:-1], strict=True):
        flat[start : start + len(array)] = array
    placed = to_device(torch.from_numpy(flat), device)
    return tuple(placed[start : start + len(array)] for array, start in zip(arrays, starts[:-1], strict=True))


class FromDevice:
    """Copies of tensors, all on one device, as they are when the work that is queued now is done. On a host
    they are the tensors themselves: to be of no other's."""

    def __init__(self, *tensors: Tensor) -> None:
        self._tensors = tensors
        self._copied: torch.cuda.Event | None = None
        device = tensors[0].device
        if device.type != "cuda":
            return
        self._tensors = tuple(
            torch.empty(tensor.shape, dtype=tensor.dtype, pin_memory=True) for tensor in tensors
        )
        for host, tensor in zip(self._tensors, tensors, strict=True):
            host.copy_(tensor, non_blocking=True)
        self._copied = torch.cuda.Event()
        self._copied.record(torch.cuda.current_stream(device))

    def wait(self) -> tuple[Tensor, ...]:
        """On the host. What was queued behind them is not waited for."""
        if self._copied is not None:
            self._copied.synchronize()
        return tuple(tensor.cpu() for tensor in self._tensors)
