"""Whether another engine computes the model that the worker holds: its log-probabilities against ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from ..device import dtype_name
from ..protocol import ScoreGroup, ScoreResponse
from ..score import Model, score_groups
from .vllm_process import failed

# Of the difference at a token, in nats: the mean over the tokens that are looked at.
TOLERANCE = {torch.float32: 0.003, torch.bfloat16: 0.1, torch.float16: 0.03}
ROWS = 8
_TOKENS_AT_ONCE = 2048


@dataclass(frozen=True, slots=True)
class Seen:
    """A prompt, and what was sampled after it."""

    prompt: str
    ids: list[int]
    logprobs: list[float]


def check_logprobs(model: Model, samples: Sequence[Seen]) -> float:
    """The mean difference at a token, in nats. Raises SamplerFailed for one above the tolerance."""
    groups = [
        ScoreGroup(
            id=str(number),
            prompt=sample.prompt,
            responses=[ScoreResponse(text="", token_ids=sample.ids, finish="length")],
        )
        for number, sample in enumerate(samples)
    ]
    scored, _ = score_groups(model, groups, _TOKENS_AT_ONCE)
    differences = [
        abs(own - theirs)
        for sample, (response,) in zip(samples, scored, strict=True)
        for own, theirs in zip(response.token_logprobs, sample.logprobs, strict=True)
    ]
    mean = sum(differences) / len(differences)
    tolerance = TOLERANCE[model.dtype]
    if not mean <= tolerance:
        raise failed(
            "its log-probabilities are not those of the model: over "
            f"{len(differences)} tokens they differ by {mean:.3g} nats a token, the largest by "
            f"{max(differences):.3g}; expected at most {tolerance:g} in {dtype_name(model.dtype)}. It reads "
            "this model otherwise than the worker does: try another version of vLLM, or worker.sampler: "
            "transformers"
        )
    return mean
