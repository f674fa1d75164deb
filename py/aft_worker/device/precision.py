"""float64 on devices that have none: there it is the host's. And what sizes a device without CUDA goes by."""

from typing import Literal

import torch
from torch import Tensor

# Apple's: kernels of the GPU take no float64
WITHOUT_FLOAT64 = {"mps"}


def wide_device(device: torch.device) -> torch.device:
    """Where float64 is computed on behalf of this device: on it, or on the host where it has none."""
    return torch.device("cpu") if device.type in WITHOUT_FLOAT64 else device


def wide(tensor: Tensor) -> Tensor:
    """The same in float64, on its device's `wide_device`; gradients come back through it."""
    # to the host first: the device itself could not widen it
    return tensor.to(wide_device(tensor.device)).double()


def like(tensor: Tensor, other: Tensor) -> Tensor:
    """Of the type and on the device of `other`, narrowed before it goes there."""
    return tensor.to(other.dtype).to(other.device)


def sizes_of(device: torch.device) -> Literal["cpu", "cuda"]:
    """Whose sizes of batches and caches are taken: a device that is no CUDA's is small enough for a CPU's."""
    return "cuda" if device.type == "cuda" else "cpu"
