"""Memory that ran out: how that is known, and how less is asked for at once."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterable

from .errors import WorkerError


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a device, or the machine, had no room for what was asked of it."""
    # By name: torch may not be imported, and must not be only to look at an error.
    if isinstance(error, MemoryError) or any(c.__name__ == "OutOfMemoryError" for c in type(error).__mro__):
        return True
    if isinstance(error, WorkerError):
        return error.name == "OutOfMemory"  # of another rank
    said = ("can't allocate memory", "MPS backend out of memory")
    return isinstance(error, RuntimeError) and any(words in str(error) for words in said)


def release(error: BaseException) -> str:
    """Lets go of what the failed call held; -> the device."""
    torch = sys.modules.get("torch")
    # Its frames hold tensors; without this the next call fails too.
    traceback.clear_frames(error.__traceback__)
    if torch is not None and "MPS backend" in str(error):
        torch.mps.empty_cache()
        return "mps"
    if torch is None or not torch.cuda.is_initialized() or isinstance(error, MemoryError):
        return "cpu"
    torch.cuda.empty_cache()
    return f"cuda:{torch.cuda.current_device()}"


def unforeseen(error: BaseException) -> WorkerError:
    """What an exception that nothing said more of is to a user: memory that ran out, or a bug with its
    traceback."""
    if is_out_of_memory(error):
        reason = str(error).split("\n", 1)[0] or "out of memory"
        smaller = getattr(error, "smaller", None)
        return WorkerError("OutOfMemory", reason, device=release(error), smaller=smaller)
    trace = "".join(traceback.format_exception(error))
    return WorkerError("InternalError", f"{type(error).__name__}: {error}", traceback=trace)


def smaller_batches(limit: int, batches: Iterable[tuple[int, int]]) -> int | None:
    """Half of what a micro-batch may cost, so that the largest of these that can be cut is cut.

    batches: pairs of a micro-batch's cost and its number of responses. None where each is of one response.
    """
    largest = max((cost for cost, responses in batches if responses > 1), default=0)
    smaller = min(limit, largest) // 2
    return smaller if smaller > 0 else None


def advise(error: BaseException, smaller: int | None) -> None:
    """Notes on memory that ran out, where it cannot go on from here, how much may be computed at once if all
    is begun anew."""
    if smaller is not None and is_out_of_memory(error):
        error.smaller = smaller  # pyright: ignore[reportAttributeAccessIssue]


def told(smaller: int, asked: int, what: str) -> str:
    """What is said of it, once it went well."""
    return f"memory ran out: {smaller} {what} from here on in the place of {asked}, which changes no result"
