"""What a sampler is, whatever engine is behind it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..protocol import GeneratePrompt, SampledCandidate, SamplerInfo


@dataclass(frozen=True, kw_only=True)
class SampleRequest:
    """Every index of every prompt is sampled once.

    temperature 0 is greedy; top_p 1 is the model's own distribution. A response ends with an EOS token
    ("stop"), or at max_new_tokens or the model's last position ("length"). It also ends ("stop") as soon as
    its text contains a text of `stop`, and is cut before it: as tokens need not end there, it has neither
    token ids nor a log-probability then.
    """

    prompts: Sequence[GeneratePrompt]
    max_new_tokens: int
    temperature: float
    top_p: float
    seed: int
    stop: Sequence[str] = ()


class SampleJob(Protocol):
    """A request that is under way, with those who wait for its candidates."""

    @property
    def request(self) -> SampleRequest: ...
    def check_cancelled(self) -> None:
        """Raises Cancelled where nobody waits any more."""
        ...

    def note(self, text: str) -> None:
        """Gets a line on what begins and takes long."""
        ...

    def add(self, candidates: list[SampledCandidate]) -> None:
        """Gets the candidates in the order in which they finish."""
        ...

    def finish(self, sampler: SamplerInfo) -> None:
        """All of its candidates have been added."""
        ...

    def fail(self, error: Exception) -> None:
        """It ends here; what was added stays."""
        ...


class Sampler(Protocol):
    """An engine with a model in it."""

    def sample(self, job: SampleJob, more: Callable[[], SampleJob | None]) -> None:
        """Samples all of the job's request; whenever there is room, also those of the jobs that `more` gives,
        which differ in nothing but prompts and seed. Returns once each of them is finished or has failed.

        Batches, order, other prompts and a resume change only how float sums are rounded, so that a token can
        differ only where its uniform falls on the very edge between two tokens (about one token in 10^6 in
        float32; more often in bfloat16). A job alone fails with SequenceTooLong for a prompt that leaves no
        room for a token, EmptyResponse for an empty prompt without BOS, and Cancelled. Raised, with all jobs
        unfinished: InternalError for logits that are not finite, OutOfMemory for a device without room for
        one sample.
        """
        ...
