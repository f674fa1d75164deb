"""What a step minimises, as a function of scores alone: L = v * L_VFT + w * L_group over the global batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..protocol import LossSettings
from .registry import group_loss
from .response import Response
from .vft import vft_loss


@dataclass(frozen=True, slots=True)
class LossShare:
    """A share of the global batch's loss, unweighted, and `gradient` [R] of the weighted sum by the sums."""

    vft: float
    alignment: float
    gradient: Tensor


class Objective:
    """L_VFT = -(sum of the targets' log-probabilities) / target tokens; L_group = (sum over groups) / groups.

    Both divisors are those of the whole global batch, so the shares of any micro-batches add up to the same
    loss and gradient. A group that has no part in L_group adds 0 to it and counts in its divisor.
    """

    def __init__(self, settings: LossSettings, target_tokens: int, groups: int) -> None:
        self._loss = group_loss(settings)
        self._weight: float = getattr(settings, "weight", 0.0)
        # AFT is defined with L_VFT whole; the published losses have its weight as a setting
        self._vft_weight: float = getattr(settings, "vft_weight", 1.0)
        self._target_tokens = max(target_tokens, 1)
        self._groups = groups

    def __call__(self, sums: Tensor, groups: Sequence[Sequence[Response]]) -> LossShare:
        """sums [R]: summed log-probabilities of the responses of `groups`, in order, taken as constants.

        A group stands here whole, or in part where it has no part in the group loss.
        """
        leaf = sums.detach().double().requires_grad_()
        with torch.enable_grad():
            responses = [response for group in groups for response in group]
            targets = [place for place, response in enumerate(responses) if response.target]
            vft = vft_loss(leaf[targets]) / self._target_tokens
            alignment = self._alignment(leaf, groups)
            (gradient,) = torch.autograd.grad(self._vft_weight * vft + self._weight * alignment, leaf)
        return LossShare(vft.item(), alignment.item(), gradient)

    def total(self, vft: float, alignment: float) -> float:
        return self._vft_weight * vft + self._weight * alignment

    def _alignment(self, sums: Tensor, groups: Sequence[Sequence[Response]]) -> Tensor:
        total = sums.new_zeros(())
        start = 0
        for group in groups:
            if self._loss is not None and self._loss.takes([response.rank for response in group]):
                ranked = [place for place, response in enumerate(group) if response.rank is not None]
                members = [group[place] for place in ranked]
                total = total + self._loss(sums[[start + place for place in ranked]], members) / self._groups
            start += len(group)
        return total
