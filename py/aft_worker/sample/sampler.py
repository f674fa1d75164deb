"""What a sampler is, whatever engine is behind it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..callbacks import CheckCancelled
from ..protocol import GeneratePrompt, SampledCandidate


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
    max_tokens_per_batch: int
    stop: Sequence[str] = ()


@dataclass(frozen=True)
class SampleTotals:
    """candidates and tokens sampled (EOS included)."""

    candidates: int
    tokens: int


class Sampler(Protocol):
    """An engine with a model in it."""

    def sample(
        self,
        request: SampleRequest,
        *,
        check_cancelled: CheckCancelled,
        on_candidates: Callable[[list[SampledCandidate]], None],
    ) -> SampleTotals:
        """`on_candidates` gets the candidates in the order in which they finish.

        Batches, order, other prompts and a resume change only how float sums are rounded, so that a token can
        differ only where its uniform falls on the very edge between two tokens (about one token in 10^6 in
        float32; more often in bfloat16). Raises SequenceTooLong for a prompt that leaves no room for a token,
        EmptyResponse for an empty prompt without BOS, InternalError for logits that are not finite, and
        whatever `check_cancelled` raises.
        """
        ...
