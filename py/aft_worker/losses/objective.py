"""What a step minimises, as a function of scores alone: L = v * L_VFT + w * L_group over the global batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..protocol import LossSettings
from .members import Members, Place
from .registry import GroupLoss, group_loss
from .response import Response
from .vft import vft_loss


@dataclass(frozen=True, slots=True)
class Part:
    """What the loss must know of R responses that are scored together, on the device of their sums."""

    tokens: Tensor  # [R] float64
    targets: Tensor  # [R] float64: 1 for a target, else 0
    places: Tensor  # [G, K] int64: the members' places among the R; 0 in padding
    members: Members | None  # [G, K]; None where no group has a part in the group loss


@dataclass(frozen=True, slots=True)
class LossShare:
    """A share of the global batch's loss, unweighted, and `gradient` [R] of the weighted sum by the sums.

    All in float64 on the device of the sums; nothing has been read from it.
    """

    vft: Tensor
    alignment: Tensor
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

    def __call__(self, sums: Tensor, part: Part) -> LossShare:
        """sums [R]: summed log-probabilities of the part's responses, taken as constants."""
        leaf = sums.detach().double().requires_grad_()
        with torch.enable_grad():
            # left out, not weighed by 0: a score of -inf that is no target is none of this term's
            vft = vft_loss(torch.where(part.targets > 0, leaf, 0)) / self._target_tokens
            alignment = self._alignment(leaf, part)
            (gradient,) = torch.autograd.grad(self._vft_weight * vft + self._weight * alignment, leaf)
        return LossShare(vft.detach(), alignment.detach(), gradient)

    def total(self, vft: float, alignment: float) -> float:
        return self._vft_weight * vft + self._weight * alignment

    def _alignment(self, sums: Tensor, part: Part) -> Tensor:
        if self._loss is None or part.members is None:
            return sums.new_zeros(())
        own = torch.where(part.members.present, sums[part.places], 0)
        return self._loss(own, part.members).sum() / self._groups


def part_of(
    loss: GroupLoss | None, groups: Sequence[Sequence[Response]], place: Place = lambda tensor: tensor
) -> Part:
    """Of the responses of `groups`, in order; `place` brings tensors to the device of their sums.

    A group stands here whole, or in part where it has no part in the group loss.
    """
    taken: list[list[tuple[int, Response]]] = []
    start = 0
    for group in groups:
        if loss is not None and loss.takes([response.rank for response in group]):
            ranked = [(start + n, response) for n, response in enumerate(group) if response.rank is not None]
            taken.append(ranked)
        start += len(group)
    responses = [response for group in groups for response in group]
    width = max(map(len, taken), default=0)
    places = [[at for at, _ in group] + [0] * (width - len(group)) for group in taken]
    facts = torch.tensor([[one.tokens, one.target] for one in responses], dtype=torch.float64)
    tokens, targets = place(facts.reshape(-1, 2).t().contiguous()).unbind()
    members = Members.of([[response for _, response in group] for group in taken], place) if taken else None
    return Part(tokens, targets, place(torch.tensor(places, dtype=torch.long)), members)
