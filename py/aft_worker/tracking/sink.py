"""What every backend is: it takes numbers by step, and is closed."""

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol


class Sink(Protocol):
    """Used by one thread alone. Whatever it raises ends it."""

    run: str
    """The backend's own name of the run, by which it can be gone on with."""

    def log(self, step: int, values: dict[str, float]) -> None: ...

    def close(self) -> None:
        """Delivers everything that was logged."""
        ...


@dataclass(frozen=True)
class Opening:
    """What a backend gets to open a run."""

    directory: Path
    """Of this run alone; it may not be there yet."""
    name: str
    config: dict[str, Any]
    settings: dict[str, str]
    run: str | None
    """The run to go on with, as its `Sink.run` said; None: a new one."""
    last_step: int
    """The last step that this run was given; -1: none."""


OpenSink = Callable[[Opening], Sink]


class Unavailable(Exception):
    """A backend cannot be used here; the text says why, and what would help."""


def package(name: str) -> Any:
    """A module of a package that need not be there. Raises Unavailable, with how to install it."""
    try:
        return importlib.import_module(name)
    except ImportError:
        top = name.partition(".")[0]
        raise Unavailable(f"{top} is not installed: {sys.executable} -m pip install {top}") from None
