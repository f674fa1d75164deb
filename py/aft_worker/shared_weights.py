"""Weights and gradients over the ranks: a weight that each has whole, or of which each has a part (FSDP2).

With one process every weight is whole, and nothing is exchanged. With several all of them call `whole`,
`give_out` and `sum_gradients`, in one order, as `distributed` says of its own. They go over NCCL where there
is a GPU.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

from . import distributed

# Of gradients that are added up over ranks together: 64 MiB in float32.
ELEMENTS_AT_ONCE = 1 << 24


def is_part(value: Tensor) -> bool:
    """Whether it is a weight of which each rank has a part (a DTensor), which `to_local` gives."""
    if not (dist.is_available() and dist.is_initialized()):
        return False
    from torch.distributed.tensor import DTensor

    return isinstance(value, DTensor)


def part(value: Tensor) -> Tensor:
    """This rank's part of such a weight, in the same memory; of any other all of it. Without a graph."""
    found: Any = value.detach()
    return found.to_local() if is_part(value) else found


def stored_dtype(weight: Tensor) -> torch.dtype:
    """What a weight is rounded to wherever it is used or written."""
    return getattr(weight, "stored_dtype", weight.dtype)


@torch.no_grad()
def whole(value: Tensor) -> Tensor:
    """A weight as one device has it. Of one that is shared out all ranks call this, and the main one gets it,
    in main memory; the others get an empty tensor."""
    if not is_part(value):
        return value.detach()
    found: Any = value.detach()
    full = found.full_tensor()
    return full.to(stored_dtype(value)).cpu() if distributed.is_main() else torch.empty(0)


@torch.no_grad()
def give_out(value: Tensor | None, into: Tensor) -> None:
    """Fills a weight that all ranks have, whole or each its part, with what the main one has of it: `value`,
    whole, wherever it lies; None in the others. Rounded to the weight's own type. Meanwhile the main one's
    device has it whole, in that type, beside its part of the model."""
    own = part(into)
    ranks = distributed.world_size()
    if not is_part(into):
        if value is not None:
            own.copy_(value)
        if ranks > 1:
            with distributed.exchange():
                dist.broadcast(_bytes(own), src=0)
        return
    # as FSDP2 cuts a weight; each rank is sent equally many rows
    rows = -(-into.shape[0] // ranks)
    pieces = None
    if value is not None:
        cut = (value[rows * at : rows * (at + 1)] for at in range(ranks))
        pieces = [_bytes(_filled_up(piece, rows, own)) for piece in cut]
    received = own.new_empty(rows, *own.shape[1:])
    with distributed.exchange():
        dist.scatter(_bytes(received), pieces, src=0)
    own.copy_(received[: own.shape[0]])


def _filled_up(piece: Tensor, rows: int, like: Tensor) -> Tensor:
    """So many rows, on the device and in the type of `like`."""
    found = like.new_empty(rows, *piece.shape[1:])
    found[: piece.shape[0]].copy_(piece)
    return found


def _bytes(value: Tensor) -> Tensor:
    """In the same memory: there are types that gloo cannot exchange."""
    return value.view(-1).view(torch.uint8)


def sum_gradients(weights: Iterable[Tensor]) -> None:
    """Adds up over all processes, in place, the gradients of weights that each has; none counts as zeros."""
    if not distributed.is_joined():
        return
    together: list[Tensor] = []
    elements = 0
    for weight in weights:
        if weight.grad is None:
            weight.grad = torch.zeros_like(weight)
        if together and (weight.dtype, weight.device) != (together[0].dtype, together[0].device):
            _sum_together(together)
            together, elements = [], 0
        together.append(weight.grad)
        elements += weight.grad.numel()
        if elements >= ELEMENTS_AT_ONCE:
            _sum_together(together)
            together, elements = [], 0
    if together:
        _sum_together(together)


def _sum_together(gradients: list[Tensor]) -> None:
    """In one exchange: most weights are small, and each exchange takes its time."""
    if len(gradients) == 1 and gradients[0].is_contiguous():
        dist.all_reduce(gradients[0])
        return
    flat = torch.cat([gradient.flatten() for gradient in gradients])
    dist.all_reduce(flat)
    parts = flat.split([gradient.numel() for gradient in gradients])
    for gradient, summed in zip(gradients, parts, strict=True):
        gradient.copy_(summed.view_as(gradient))
