"""How several ranks serve one conversation: rank 0 speaks the protocol, the others follow it.

A method in the catalogue's SHARED runs in all ranks: rank 0 sends its name and params, and every rank calls
the same handler, so that all make the same objects under the same handles. Every other method runs on rank 0
`alone`, as if it were the only process, while the others wait.

To make a method shared, put it into SHARED and see to what its handler does in all ranks:

- It takes its part of the work by `distributed.share` or `dealt`, and gives rank 0 what the others found by
  `distributed.gather`; only what rank 0 returns is answered. `context.progress` is dropped in the others, so
  rank 0 reports what it knows of all.
- `context.check_cancelled` is an exchange here: all ranks call it equally often, at points that all reach
  together (the beginning of a step, a round of batches, of which there are `distributed.largest` of each
  rank's own number). `context.upcoming` and `next_alike` give nothing.
- Where the ranks are busy for unequal times, as in sampling, they meet at a `board`, on which each leaves
  what the others take when they come to it, and ask `context.apart()`, which waits for nobody.
- What may fail in one rank alone (a text too long, a file that is not there, memory that runs out) stands
  within `distributed.agreed`, with no exchange in between: all ranks can go on then. What fails outside of
  it, while others are in an exchange of weights or gradients, ends them all (`Watch.part`) once rank 0 has
  answered with it.
- Files are written by rank 0 (`folders.write_folder` sees to it). The clock, random numbers without a seed
  and the free memory differ by rank: let `distributed.from_main` decide.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import msgspec

from .. import distributed
from ..device import resolve_device
from ..errors import Cancelled, WorkerError
from ..protocol import METHODS
from ..rpc import Context, Handler, decode_params
from .watch import DEVICE, LONGEST, watch


class SharedContext:
    """Of a request that all ranks serve; `own` is rank 0's."""

    def __init__(self, own: Context | None) -> None:
        self._own = own or SilentContext()

    def apart(self) -> Context:
        return self._own

    def progress(self, value: msgspec.Struct) -> None:
        self._own.progress(value)

    def check_cancelled(self) -> None:
        """All ranks come here together; raises Cancelled in all of them."""
        cancelled = False
        try:
            self._own.check_cancelled()
        except Cancelled:
            cancelled = True
        if distributed.from_main(cancelled):
            raise Cancelled

    def upcoming(self) -> Any | None:
        return None

    def next_alike(self, accepts: Callable[[Any], bool]) -> tuple[Any, Context] | None:
        return None

    def answer(self, result: Any) -> None:
        self._own.answer(result)

    def fail(self, error: Exception) -> None:
        self._own.fail(error)

    def fail_all(self, error: Exception) -> None:
        self._own.fail_all(error)

    def stop(self) -> None:
        raise NotImplementedError("a shared method ends no process")


class SilentContext:
    """Of another rank than 0, apart: nobody listens, and nothing comes."""

    def apart(self) -> Context:
        return self

    def progress(self, value: msgspec.Struct) -> None:
        pass

    def check_cancelled(self) -> None:
        pass

    def upcoming(self) -> Any | None:
        return None

    def next_alike(self, accepts: Callable[[Any], bool]) -> tuple[Any, Context] | None:
        return None

    def answer(self, result: Any) -> None:
        pass

    def fail(self, error: Exception) -> None:
        pass

    def fail_all(self, error: Exception) -> None:
        pass

    def stop(self) -> None:
        pass


def together(
    handler_of: Callable[[str], Handler], is_shared: Callable[[str], bool]
) -> Callable[[str], Handler]:
    """Joins the ranks. In rank 0 -> the handlers by which it leads the others; the others follow until they
    are told to end, and do not come back from here."""
    refused = _joined()
    if not distributed.is_main():
        _follow(handler_of)

    def leading(method: str) -> Handler:
        handler = handler_of(method)
        # the process's own
        if METHODS[method].immediate or method == "shutdown":
            return handler
        if refused is not None:
            return _refusing(refused)
        return _led(method, handler) if is_shared(method) else _alone(handler)

    return leading


def dismiss() -> None:
    """Rank 0, before it ends: the others end."""
    distributed.announce(None)


def _joined() -> WorkerError | None:
    """Joins; -> why nothing can be done together, of which the others know too."""
    distributed.join(seconds=LONGEST * watch(_answer))
    try:
        distributed.same("versions", _versions())
        name = distributed.from_main(os.environ.get(DEVICE, "auto"))
        with distributed.agreed():
            device = resolve_device(name)
        distributed.same("device", device.type)
    except WorkerError as error:
        return error
    return None


def _versions() -> str:
    import torch
    import transformers

    from .. import __version__

    return f"aft {__version__}, torch {torch.__version__}, transformers {transformers.__version__}"


_serving: list[Context] = []
"""Of rank 0: the request that is being served by all."""


def _answer(error: Exception) -> None:
    """By rank 0, from whatever thread, before it ends."""
    for context in _serving:
        context.fail_all(error)


def _led(method: str, handler: Handler) -> Handler:
    def run(params: Any, context: Context) -> Any:
        distributed.announce((method, msgspec.json.encode(params)))
        _serving.append(context)
        try:
            with distributed.agreed(last=True):
                return handler(params, SharedContext(context))
        finally:
            _serving.clear()

    return run


def _alone(handler: Handler) -> Handler:
    def run(params: Any, context: Context) -> Any:
        with distributed.alone():
            return handler(params, context)

    return run


def _refusing(error: WorkerError) -> Handler:
    def run(params: Any, context: Context) -> Any:
        raise error

    return run


def _follow(handler_of: Callable[[str], Handler]) -> NoReturn:
    """Serves what rank 0 sends, until that is that it ends."""
    while True:
        message = distributed.announce(_nothing())
        if message is None:
            _end(0)
        method, raw = message
        params = decode_params(method, raw)
        try:
            with distributed.agreed(last=True):
                handler_of(method)(params, SharedContext(None))
        except (Cancelled, WorkerError):
            pass  # rank 0 answers with it
        except Exception as error:
            # all ranks have it, and rank 0 answers with it
            print(f"aft_worker: rank {distributed.rank()}, {method}: {error}", file=sys.stderr)


def _nothing() -> tuple[str, bytes] | None:
    """Of what a method and its params are told by rank 0."""
    return None


def _end(code: int) -> NoReturn:
    sys.stderr.flush()
    os._exit(code)
