"""How often a running request reports: about five times a second, and no candidate is ever lost."""

import time
from collections.abc import Callable

from ..protocol import GenerateProgress, ProgressCount, SampledCandidate
from .context import Context

INTERVAL_SECONDS = 0.2


class CountReporter:
    """Counts are dropped between two reports: only the latest matters. The last one is always sent."""

    def __init__(self, context: Context, clock: Callable[[], float] = time.monotonic) -> None:
        self._context = context
        self._clock = clock
        self._due = 0.0
        self._last = (0, 0, 0)

    def __call__(self, done: int, total: int, tokens: int) -> None:
        self._last = (done, total, tokens)
        now = self._clock()
        if now >= self._due or done == total:
            self._due = now + INTERVAL_SECONDS
            self._context.progress(ProgressCount(done=done, total=total, tokens=tokens))

    def note(self, text: str) -> None:
        """At once, with the latest counts."""
        done, total, tokens = self._last
        self._context.progress(ProgressCount(done=done, total=total, tokens=tokens, note=text))


class CandidateReporter:
    """Candidates are held back between two reports, never dropped: `flush` at the end, whatever happened."""

    def __init__(self, context: Context, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._context = context
        self._clock = clock
        self._total = total
        self._due = 0.0
        self._held: list[SampledCandidate] = []
        self._done = 0
        self._tokens = 0

    def add(self, candidates: list[SampledCandidate]) -> None:
        self._held += candidates
        self._done += len(candidates)
        self._tokens += sum(candidate.tokens for candidate in candidates)
        self._report()

    def check_cancelled(self) -> None:
        """The request's own; sends what has been held back for long enough."""
        self._report()
        self._context.check_cancelled()

    def note(self, text: str) -> None:
        """At once, with what is held back."""
        self._send(text)

    def flush(self) -> None:
        if self._held:
            self._send()

    def _report(self) -> None:
        if self._clock() >= self._due:
            self.flush()

    def _send(self, note: str | None = None) -> None:
        held, self._held = self._held, []
        self._due = self._clock() + INTERVAL_SECONDS
        self._context.progress(
            GenerateProgress(
                candidates=held, done=self._done, total=self._total, tokens=self._tokens, note=note
            )
        )
