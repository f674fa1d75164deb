"""A response as losses and metrics know it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# whether the final answer is right
Label = Literal["positive", "negative"]


@dataclass(frozen=True, slots=True)
class Response:
    """What is known of a response beside its log-probability.

    It may be a target, take part in the group loss, or both. tokens: EOS included. target: part of the
    maximum-likelihood term. reference: the reference COT, watched apart. label: whether it is right,
    whatever the others of its group are: watched, and what losses of right and wrong go by. rank: 1 is the
    best, equals share one; right and wrong are 1 and 2; None: no part in the group loss. reward: greater is
    better, in the order of the ranks. reference_logprob: summed, under the reference model, a constant.
    right_share: of right ones among those of its group that take part.
    """

    tokens: int = 0
    target: bool = False
    reference: bool = False
    label: Label | None = None
    rank: int | None = None
    reward: float = 0.0
    reference_logprob: float | None = None
    right_share: float = 0.0
