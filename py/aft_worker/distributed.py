"""The one module through which torch.distributed goes: who this process is, its share, and sums over all.

With one process every function here is nothing: no group is made, and each value is given back as it is. With
several, each function but `rank`, `world_size`, `is_main` and `share` is called by all of them, in one order;
one that ends by an error in between leaves the others waiting, so whoever started them ends them all.
"""

import os
from collections.abc import Iterable, Sequence
from typing import TypeVar

import torch
import torch.distributed as dist
from torch import Tensor

T = TypeVar("T")
N = TypeVar("N", int, float)


def join() -> None:
    """Joins the processes that torchrun's variables (RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT) name: over
    NCCL where there is a GPU, else over gloo."""
    if int(os.environ.get("WORLD_SIZE", "1")) > 1 and not dist.is_initialized():
        dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")


def leave() -> None:
    if dist.is_available() and dist.is_initialized():
        dist.destroy_process_group()


def rank() -> int:
    return dist.get_rank() if _is_joined() else 0


def world_size() -> int:
    return dist.get_world_size() if _is_joined() else 1


def is_main() -> bool:
    """Whether this is the process that speaks the protocol and writes files."""
    return rank() == 0


def share(items: Sequence[T]) -> Sequence[T]:
    """This process's part of a list that all processes have: every n-th item."""
    return items[rank() :: world_size()] if _is_joined() else items


def total(*values: N) -> tuple[N, ...]:
    """The sum over all processes of each value, in float64; a count comes back as a count."""
    if not _is_joined():
        return values
    sums = torch.tensor(values, dtype=torch.float64, device=_device())
    dist.all_reduce(sums)
    return tuple(type(value)(summed) for value, summed in zip(values, sums.tolist(), strict=True))


def mean(values: Sequence[float]) -> float | None:
    """Of the values of all processes; None where none has any."""
    sums, count = total(float(sum(values)), len(values))
    return sums / count if count else None


def sum_gradients(weights: Iterable[Tensor]) -> None:
    """Adds up over all processes, in place, the gradients of weights that each has; none counts as zeros."""
    if not _is_joined():
        return
    for weight in weights:
        if weight.grad is None:
            weight.grad = torch.zeros_like(weight)
        dist.all_reduce(weight.grad)


def wait_for_all() -> None:
    """Goes on once every process has come here."""
    if _is_joined():
        dist.barrier()


def _is_joined() -> bool:
    return dist.is_available() and dist.is_initialized()


def _device() -> torch.device:
    return torch.device("cuda" if dist.get_backend() == "nccl" else "cpu")
