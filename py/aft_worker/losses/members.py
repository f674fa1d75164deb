"""Who takes part in a group loss: the one form in which every loss gets its group."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, slots=True)
class Members:
    """The R responses of one group that take part in its loss, in any order.

    sums [R]: summed log-probabilities in nats, float32 or better, differentiable. counts [R]: tokens, EOS
    included. ranks [R] int64: 1 is the best, equals share one; under binary feedback positives have 1 and
    negatives 2. rewards [R]: greater is better, in the order of the ranks. references [R]: summed
    log-probabilities under DPO's reference model, constants; None for every other loss.
    """

    sums: Tensor
    counts: Tensor
    ranks: Tensor
    rewards: Tensor
    references: Tensor | None = None

    @property
    def scores(self) -> Tensor:
        """s(c) [R]: mean log-probability a token (arXiv 2309.02144)."""
        return self.sums / self.counts
