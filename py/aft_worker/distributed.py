"""The processes that work together by torch.distributed: which one this is, its share, and what all are told.

With one process every function here is nothing: no group is made, and each value is given back as it is. With
several (*ranks*), each function but `rank`, `world_size`, `local_rank`, `is_main`, `share` and `dealt` is
called by all of them, in one order. All of this goes over gloo; weights and gradients have `shared_weights`.

What only one rank knows (its own errors; on rank 0 cancellations and the clock) must be agreed on before it
changes what the ranks do next: else some wait where others never come. `from_main` tells all what rank 0
knows, `gather` tells all what each knows, and what is raised within `agreed` by any is raised by all. How a
method of the protocol comes to run in all ranks stands in `ranks/shared.py`.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import timedelta
from typing import Any, NoReturn, TypeVar

import torch
import torch.distributed as dist

from .errors import WorkerError
from .faults import Fault, fault_of, raised
from .memory import is_out_of_memory

T = TypeVar("T")
N = TypeVar("N", int, float)

# Of one exchange of values of Python. For the next request a rank waits as long as it takes.
CONTROL = timedelta(days=30)

when_lost: Callable[[Exception], NoReturn] | None = None
"""What a rank does where an exchange fails, as one of them is gone: nothing can be agreed on any more."""

waiting: Callable[[Exception], AbstractContextManager[None]] | None = None
"""Around a rank's waiting for the others with an error that it alone may have."""

_AGREED = "raised_by_all_ranks"
_control: Any = None
_background: Any = None


class _Thread(threading.local):
    alone = False
    group: Any = None


_thread = _Thread()


def join(even_alone: bool = False, seconds: float = 600) -> None:
    """Joins the processes that torchrun's variables (RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT) name; one
    that is alone does so only where that is asked for, to measure what it costs.

    `seconds`: of one exchange of weights or gradients, in which no rank waits for more than another's part of
    a step; a rank that gives no sign of life is noticed sooner (`ranks/watch.py`).
    """
    global _control, _background
    if dist.is_initialized() or (int(os.environ.get("WORLD_SIZE", "1")) <= 1 and not even_alone):
        return
    backend = "gloo"
    if torch.cuda.is_available():
        backend = "cpu:gloo,cuda:nccl"
        if (local_rank() or 0) < torch.cuda.device_count():
            torch.cuda.set_device(local_rank())
    dist.init_process_group(backend, timeout=timedelta(seconds=seconds))
    _control = dist.new_group(backend="gloo", timeout=CONTROL)
    _background = dist.new_group(backend="gloo", timeout=CONTROL)


def leave() -> None:
    global _control, _background
    _control = _background = None
    if dist.is_available() and dist.is_initialized():
        dist.destroy_process_group()


def rank() -> int:
    return dist.get_rank() if is_joined() else 0


def world_size() -> int:
    return dist.get_world_size() if is_joined() else 1


def local_rank() -> int | None:
    """Which of this machine's devices is this rank's; None where one process has them all."""
    if int(os.environ.get("WORLD_SIZE", "1")) <= 1:
        return None
    return int(os.environ.get("LOCAL_RANK") or os.environ.get("RANK", "0"))


def is_main() -> bool:
    """Whether this is the process that speaks the protocol and writes files."""
    return rank() == 0


@contextmanager
def alone() -> Iterator[None]:
    """Within it this process is one of one: for what rank 0 does while the others wait for the next
    request."""
    before, _thread.alone = _thread.alone, True
    try:
        yield
    finally:
        _thread.alone = before


@contextmanager
def beside() -> Iterator[None]:
    """Within it a second thread, of each rank one, exchanges what the first ones' exchanges do not meet."""
    _thread.group = _background
    try:
        yield
    finally:
        _thread.group = None


def control_group() -> Any:
    """Over gloo, of the thread that asks."""
    return _thread.group or _control


def share(items: Sequence[T]) -> Sequence[T]:
    """This process's part of a list that all processes have: every n-th item."""
    return items[rank() :: world_size()] if is_joined() else items


def dealt(costs: Sequence[float], ranks: int) -> list[list[int]]:
    """Indices of `costs` for each rank, in rising order: the dearest first, each to the rank that has the
    least so far (of equal ones to the first). A function of the costs alone."""
    shares: list[list[int]] = [[] for _ in range(ranks)]
    filled = [0.0] * ranks
    for index in sorted(range(len(costs)), key=lambda i: (-costs[i], i)):
        least = filled.index(min(filled))
        shares[least].append(index)
        filled[least] += costs[index]
    return [sorted(one) for one in shares]


def announce(value: T) -> T:
    """What rank 0 was called with, sent once. To this no rank comes with an error of its own: for the next
    request, or right after `agreed`."""
    if not is_joined():
        return value
    held = [value]
    with exchange():
        dist.broadcast_object_list(held, src=0, group=control_group())
    return held[0]


def from_main(value: T) -> T:
    """What rank 0 was called with: something small, as it goes the way of `gather`."""
    return gather(value if is_main() else None)[0] if is_joined() else value  # pyright: ignore[reportReturnType]


def gather(value: T) -> list[T]:
    """What each rank was called with, by rank. Raises what a rank that is no more with the others came with:
    see `agreed`."""
    return _met(value, None)


@contextmanager
def agreed(last: bool = False) -> Iterator[None]:
    """What any rank raises within is raised by all at its end: the lowest rank's error.

    A rank that raises elsewhere goes on to the next of these, the `last` one around all that it does; there
    it comes with its error to whichever `gather` or `from_main` the others are at, and all raise it. Where
    they wait in an exchange of another kind, to which it does not come, all ranks are ended: `waiting`.
    """
    try:
        yield
    except Exception as caught:
        if not is_joined() or is_agreed(caught):
            raise
        with waiting(caught) if last and waiting is not None else nullcontext():
            _met(None, caught)
    else:
        gather(None)


def is_agreed(error: BaseException) -> bool:
    """Whether all ranks have raised it, or this process is alone: then they can go on together."""
    return not is_joined() or hasattr(error, _AGREED)


def _met(value: T, error: Exception | None) -> list[T]:
    """All bring a value or an error: every exchange of values of Python within a request is this one."""
    if not is_joined():
        return [value]
    held: list[Any] = [None] * world_size()
    own = value if error is None else fault_of(error, rank())
    with exchange():
        dist.all_gather_object(held, own, group=control_group())
    first = next((number for number, one in enumerate(held) if isinstance(one, Fault)), None)
    if first is None:
        return held
    found = error if error is not None and first == rank() else raised(held[first])
    setattr(found, _AGREED, True)
    raise found


def same(what: str, value: str) -> None:
    """Raises RanksDiffer in all ranks where the values differ: `what` is, say, "weights in DIR"."""
    told = gather((rank(), socket.gethostname(), value))
    for number, host, other in told[1:]:
        if other != told[0][2]:
            first = told[0]
            message = (
                f"{what} on rank {number} ({host}): {other}; on rank 0 ({first[1]}): {first[2]}. "
                f"All ranks need the same"
            )
            raise WorkerError("RanksDiffer", message, rank=number, host=host)


def total(*values: N) -> tuple[N, ...]:
    """The sum over all processes of each value, in float64; a count comes back as a count."""
    if not is_joined():
        return values
    sums = _reduced(values, torch.float64)
    return tuple(type(value)(summed) for value, summed in zip(values, sums, strict=True))


def _reduced(values: Sequence[float], dtype: torch.dtype, largest: bool = False) -> list[Any]:
    """The sum, or the largest, of each value over all ranks."""
    found = torch.tensor(values, dtype=dtype)
    with exchange():
        dist.all_reduce(found, dist.ReduceOp.MAX if largest else dist.ReduceOp.SUM)
    return found.tolist()


def wrapping_sums(values: Sequence[int]) -> list[int]:
    """Of 64-bit integers over all ranks, value by value."""
    if not is_joined() or not values:
        return list(values)
    return _reduced(values, torch.int64)


def largest(value: int) -> int:
    """Of all ranks."""
    if not is_joined():
        return value
    return _reduced([value], torch.int64, largest=True)[0]


def mean(values: Sequence[float]) -> float | None:
    """Of the values of all processes; None where none has any."""
    sums, count = total(float(sum(values)), len(values))
    return sums / count if count else None


def wait_for_all() -> None:
    """Goes on once every process has come here."""
    gather(None)


@contextmanager
def exchange() -> Iterator[None]:
    """Around what the ranks exchange by torch.distributed itself: where it fails, as one of them is gone."""
    try:
        yield
    except RuntimeError as error:
        if when_lost is not None and not is_out_of_memory(error):
            when_lost(error)
        raise


def is_joined() -> bool:
    """Whether there are others, and this thread works with them."""
    return not _thread.alone and dist.is_available() and dist.is_initialized()
