"""A request whose candidates are kept in a list, for whoever samples without a wire."""

from __future__ import annotations

from collections.abc import Callable

from ..callbacks import CheckCancelled, never_cancelled
from ..protocol import SampledCandidate, SamplerInfo
from .sampler import Sampler, SampleRequest


class CollectedJob:
    """A `SampleJob`. `candidates` in the order in which they finished; `sampler` once all are there; `notes`
    on what took long."""

    def __init__(
        self,
        request: SampleRequest,
        check_cancelled: CheckCancelled = never_cancelled,
        on_candidates: Callable[[list[SampledCandidate]], None] = lambda candidates: None,
    ) -> None:
        self.request = request
        self.check_cancelled = check_cancelled
        self.candidates: list[SampledCandidate] = []
        self.sampler: SamplerInfo | None = None
        self.error: Exception | None = None
        self.notes: list[str] = []
        self._on_candidates = on_candidates

    def note(self, text: str) -> None:
        self.notes.append(text)

    def add(self, candidates: list[SampledCandidate]) -> None:
        self.candidates += candidates
        self._on_candidates(candidates)

    def finish(self, sampler: SamplerInfo) -> None:
        self.sampler = sampler

    def fail(self, error: Exception) -> None:
        self.error = error


def collect(sampler: Sampler, *jobs: CollectedJob) -> list[SampledCandidate]:
    """Samples all of these jobs in one session. Raises the first one's error."""
    waiting = list(jobs[1:])
    sampler.sample(jobs[0], lambda: waiting.pop(0) if waiting else None)
    for job in jobs:
        if job.error is not None:
            raise job.error
    return [candidate for job in jobs for candidate in job.candidates]
