"""What long work is given by those who wait for it."""

from collections.abc import Callable

CheckCancelled = Callable[[], None]
"""Called between micro-batches; whatever it raises ends the work there."""

OnProgress = Callable[[int, int, int], None]
"""Responses done, responses in all, tokens so far."""


Tell = Callable[[str], None]
"""Gets a line for whoever waits."""


def never_cancelled() -> None:
    """The work goes on to its end."""


def no_progress(done: int, total: int, tokens: int) -> None:
    """Nobody waits for reports."""


def untold(text: str) -> None:
    """Nobody waits for lines."""
