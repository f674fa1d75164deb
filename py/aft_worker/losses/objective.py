"""What a step minimises, as a function of scores alone: L = L_VFT + w * L_A over the global batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..protocol import AlignmentLoss, LossSettings
from . import Label, group_loss, has_pair
from .vft import vft_loss


@dataclass(frozen=True, slots=True)
class Part:
    """One group's responses, or some of those of a group without a pair; one entry a response."""

    counts: Sequence[int]
    targets: Sequence[bool]
    labels: Sequence[Label | None]


@dataclass(frozen=True, slots=True)
class Value:
    """A share of the global batch's loss: `vft` + weight * `alignment`; `gradient` [R] is by the sums."""

    vft: float
    alignment: float
    gradient: Tensor


class Objective:
    """L_VFT = -(sum of the targets' log-probabilities) / target tokens; L_A = (sum of group losses) / groups.

    Both divisors are those of the whole global batch, so the shares of any micro-batches add up to the same
    loss and gradient. A group without a pair adds 0 to L_A and counts in its divisor.
    """

    def __init__(self, settings: LossSettings, target_tokens: int, groups: int) -> None:
        self._loss = group_loss(settings)
        self._weight = settings.weight if isinstance(settings, AlignmentLoss) else 0.0
        self._target_tokens = max(target_tokens, 1)
        self._groups = groups

    def __call__(self, sums: Tensor, parts: Sequence[Part]) -> Value:
        """sums [R]: summed log-probabilities of the responses of `parts`, in order, taken as constants."""
        leaf = sums.detach().double().requires_grad_()
        with torch.enable_grad():
            places = [i for i, target in enumerate(t for part in parts for t in part.targets) if target]
            vft = vft_loss(leaf[places]) / self._target_tokens
            alignment = self._alignment(leaf, parts)
            (gradient,) = torch.autograd.grad(vft + self._weight * alignment, leaf)
        return Value(vft.item(), alignment.item(), gradient)

    def total(self, vft: float, alignment: float) -> float:
        return vft + self._weight * alignment

    def _alignment(self, sums: Tensor, parts: Sequence[Part]) -> Tensor:
        total = sums.new_zeros(())
        start = 0
        for part in parts:
            end = start + len(part.counts)
            if self._loss is not None and has_pair(part.labels):
                scores = sums[start:end] / torch.tensor(part.counts, dtype=sums.dtype)
                total = total + self._loss(scores, part.labels) / self._groups
            start = end
        return total
