"""A pretended accelerator without float64, on the CPU: what is made there in float64 is an error.

torch calls its device `meta`; its tensors hold CPU tensors, and every operation goes to those. So the same
sums come out as on a CPU, and whatever mixes the devices fails as it would on a real one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten, tree_map_only

DEVICE = torch.device("meta")
# operations that bring a tensor to another device, or take an index from the host as torch allows it to be
CROSSING = {"_to_copy", "to", "copy_", "index", "index_put_", "index_put", "_index_put_impl_"}


class OnDevice(Tensor):
    """A tensor of the pretended device."""

    held: Tensor

    @staticmethod
    def __new__(cls, held: Tensor) -> OnDevice:
        made = Tensor._make_wrapper_subclass(
            cls,
            held.shape,
            strides=held.stride(),
            storage_offset=held.storage_offset(),
            dtype=held.dtype,
            device=DEVICE,
        )
        made.held = held
        return made

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _run(func, args, kwargs or {})

    def tolist(self) -> Any:
        return self.held.tolist()

    @property
    def data(self) -> Tensor:
        return OnDevice(self.held.detach())

    @data.setter
    def data(self, other: OnDevice) -> None:
        self.held = other.held


class _Operations(TorchDispatchMode):
    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _run(func, args, kwargs or {})


class _Constructor(TorchFunctionMode):
    """torch.tensor brings its values to the device by itself: here by an operation."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func is torch.tensor and torch.device(kwargs.get("device") or "cpu") == DEVICE:
            return func(*args, **{**kwargs, "device": "cpu"}).to(DEVICE)
        return func(*args, **kwargs)


@contextmanager
def pretended() -> Iterator[torch.device]:
    """Within it tensors may be made on the device."""
    with _Operations(), _Constructor():
        yield DEVICE


def _run(func: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    name = func._overloadpacket.__name__
    leaves = tree_flatten((args, kwargs))[0]
    on_device = [leaf for leaf in leaves if isinstance(leaf, OnDevice)]
    elsewhere = [leaf for leaf in leaves if isinstance(leaf, Tensor) and not isinstance(leaf, OnDevice)]
    wanted = next((leaf for leaf in leaves if isinstance(leaf, torch.device)), None)
    there = bool(on_device) if wanted is None else wanted == DEVICE
    if name == "copy_":
        there = isinstance(args[0], OnDevice)
    if on_device and any(one.dim() for one in elsewhere) and name not in CROSSING:
        raise RuntimeError(f"{name}: tensors on two devices")
    if name in ("_to_copy", "to") and on_device and not there and torch.float64 in leaves:
        raise RuntimeError("the device itself would have to widen a tensor to float64")
    on_cpu = tree_map_only(torch.device, lambda _: torch.device("cpu"), (args, kwargs))
    held_args, held_kwargs = tree_map_only(OnDevice, lambda one: one.held, on_cpu)
    result = func(*held_args, **held_kwargs)
    if not there:
        return result
    # what is changed in place is given back as it is
    given = {id(one.held): one for one in on_device}
    return tree_map_only(
        Tensor, lambda made: given[id(made)] if id(made) in given else _on_device(made, name), result
    )


def _on_device(made: Tensor, name: str) -> OnDevice:
    if made.dtype == torch.float64:
        raise TypeError(f"{name}: the device has no float64")
    return OnDevice(made)


def move(module: nn.Module) -> None:
    """Its weights and buffers to the pretended device; weights that are tied stay so."""
    moved: dict[nn.Parameter, nn.Parameter] = {}
    for part in module.modules():
        for name, weight in part.named_parameters(recurse=False):
            if weight not in moved:
                moved[weight] = nn.Parameter(OnDevice(weight.data.clone()), weight.requires_grad)
            setattr(part, name, moved[weight])
        for name, buffer in part.named_buffers(recurse=False):
            persistent = name not in part._non_persistent_buffers_set
            part.register_buffer(name, OnDevice(buffer.clone()), persistent=persistent)


def back(tensor: Tensor) -> Tensor:
    """Its values on the CPU."""
    return tensor.held if isinstance(tensor, OnDevice) else tensor
