"""What a step minimises, as a function of scores alone: L = v * L_VFT + w * L_group over the global batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..protocol import AlignmentLoss, LossSettings, VftLoss
from . import Members, group_loss, has_pair
from .vft import vft_loss


@dataclass(frozen=True, slots=True)
class Part:
    """One group's responses, or some of those of a group without a pair; one entry a response.

    A response may be a target, a member of the group loss (a rank that is not None), or both. `rewards` and
    `references` (log-probabilities under DPO's reference model) are read of members alone.
    """

    counts: Sequence[int]
    targets: Sequence[bool]
    ranks: Sequence[int | None]
    rewards: Sequence[float]
    references: Sequence[float]


@dataclass(frozen=True, slots=True)
class Value:
    """A share of the global batch's loss, unweighted, and `gradient` [R] of the weighted sum by the sums."""

    vft: float
    alignment: float
    gradient: Tensor


class Objective:
    """L_VFT = -(sum of the targets' log-probabilities) / target tokens; L_group = (sum over groups) / groups.

    Both divisors are those of the whole global batch, so the shares of any micro-batches add up to the same
    loss and gradient. A group without a pair adds 0 to L_group and counts in its divisor.
    """

    def __init__(self, settings: LossSettings, target_tokens: int, groups: int) -> None:
        self._loss = group_loss(settings)
        self._weight = 0.0 if isinstance(settings, VftLoss) else settings.weight
        # AFT is defined with L_VFT whole; the baselines have its weight as a setting
        self._vft_weight = 1.0 if isinstance(settings, VftLoss | AlignmentLoss) else settings.vft_weight
        self._target_tokens = max(target_tokens, 1)
        self._groups = groups

    def __call__(self, sums: Tensor, parts: Sequence[Part]) -> Value:
        """sums [R]: summed log-probabilities of the responses of `parts`, in order, taken as constants."""
        leaf = sums.detach().double().requires_grad_()
        with torch.enable_grad():
            places = [i for i, target in enumerate(t for part in parts for t in part.targets) if target]
            vft = vft_loss(leaf[places]) / self._target_tokens
            alignment = self._alignment(leaf, parts)
            (gradient,) = torch.autograd.grad(self._vft_weight * vft + self._weight * alignment, leaf)
        return Value(vft.item(), alignment.item(), gradient)

    def total(self, vft: float, alignment: float) -> float:
        return self._vft_weight * vft + self._weight * alignment

    def _alignment(self, sums: Tensor, parts: Sequence[Part]) -> Tensor:
        total = sums.new_zeros(())
        start = 0
        for part in parts:
            places = [place for place, rank in enumerate(part.ranks) if rank is not None]
            if self._loss is not None and has_pair([rank for rank in part.ranks if rank is not None]):
                total = total + self._loss(_members(sums, start, part, places)) / self._groups
            start += len(part.counts)
        return total


def _members(sums: Tensor, start: int, part: Part, places: Sequence[int]) -> Members:
    """The responses at these places of `part`, which begins at `start` in sums [R]."""

    def reals(values: Sequence[float]) -> Tensor:
        return torch.tensor([values[place] for place in places], dtype=sums.dtype)

    return Members(
        sums=sums[[start + place for place in places]],
        counts=torch.tensor([part.counts[place] for place in places]),
        ranks=torch.tensor([part.ranks[place] for place in places]),
        rewards=reals(part.rewards),
        references=reals(part.references),
    )
