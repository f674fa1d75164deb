"""What a step minimises, as a function of scores alone: L = v * L_VFT + w * L_group over the global batch.

The scores are summed log-probabilities, or for a loss by token the tokens' own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..protocol import LossSettings
from .members import Members, Place
from .registry import GroupLoss, group_loss
from .response import Response
from .tokens import Tokens
from .vft import vft_loss


@dataclass(frozen=True, slots=True)
class Part:
    """What the loss must know of R responses that are scored together, on the device of their sums."""

    tokens: Tensor  # [R] float64
    targets: Tensor  # [R] float64: 1 for a target, else 0
    places: Tensor  # [G, K] int64: the members' places among the R; 0 in padding
    members: Members | None  # [G, K]; None where no group has a part in the group loss
    by_token: Tokens | None = None  # of a loss by token, in the place of members


@dataclass(frozen=True, slots=True)
class LossShare:
    """A share of the global batch's loss, unweighted, and `gradient` of the weighted sum by the sums [R], or
    by the tokens' log-probabilities [N].

    All in float64 on the device of the sums; nothing has been read from it.
    """

    vft: Tensor
    alignment: Tensor
    gradient: Tensor


class Objective:
    """L_VFT = -(sum of the targets' log-probabilities) / target tokens; L_group = (sum over groups) / groups.

    Both divisors are those of the whole global batch, so the shares of any micro-batches add up to the same
    loss and gradient. A group that has no part in L_group adds 0 to it and counts in its divisor. A loss
    that is one of responses or tokens is divided by how many of them take part (`responses`, `tokens`).
    `divergence` is set before the first share where the loss needs it.
    """

    def __init__(
        self, settings: LossSettings, target_tokens: int, groups: int, responses: int = 0, tokens: int = 0
    ) -> None:
        self._loss = group_loss(settings)
        self._weight: float = getattr(settings, "weight", 0.0)
        # AFT is defined with L_VFT whole; the published losses have its weight as a setting
        self._vft_weight: float = getattr(settings, "vft_weight", 1.0)
        self._target_tokens = max(target_tokens, 1)
        self.divergence: float | None = None
        counts = {"group": groups, "response": responses, "token": tokens}
        self._divisor = max(counts[self._loss.per] if self._loss else groups, 1)

    @property
    def by_token(self) -> bool:
        return self._loss is not None and self._loss.by_token is not None

    @property
    def needs_divergence(self) -> bool:
        return self._loss is not None and self._loss.needs_divergence

    def of_tokens(self, logprobs: Tensor, references: Tensor, part: Part) -> LossShare:
        """logprobs [N]: of the part's tokens, response after response, taken as constants; references [N]:
        the same under the weights that the training began with."""
        assert self._loss is not None and self._loss.by_token is not None and part.by_token is not None
        tokens = part.by_token
        leaf = logprobs.detach().double().requires_grad_()
        with torch.enable_grad():
            vft = vft_loss(leaf[tokens.targets]) / self._target_tokens
            chosen = leaf[tokens.chosen]
            losses = self._loss.by_token(
                chosen, references.double()[tokens.chosen], tokens, self._loss.settings
            )
            if self._loss.per == "response":
                losses = losses / tokens.lengths
            alignment = losses.sum() / self._divisor
            (gradient,) = torch.autograd.grad(self._vft_weight * vft + self._weight * alignment, leaf)
        return LossShare(vft.detach(), alignment.detach(), gradient)

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
        return self._loss(own, part.members, self.divergence).sum() / self._divisor


def part_of(
    loss: GroupLoss | None, groups: Sequence[Sequence[Response]], place: Place = lambda tensor: tensor
) -> Part:
    """Of the responses of `groups`, in order; `place` brings tensors to the device of their sums.

    A group stands here whole, or in part where it has no part in the group loss, or that is one of tokens.
    """
    responses = [response for group in groups for response in group]
    facts = torch.tensor([[one.tokens, one.target] for one in responses], dtype=torch.float64)
    tokens, targets = place(facts.reshape(-1, 2).t().contiguous()).unbind()
    if loss is not None and loss.by_token is not None:
        nowhere = place(torch.zeros((0, 0), dtype=torch.long))
        return Part(tokens, targets, nowhere, None, Tokens.of(responses, place))
    taken: list[list[tuple[int, Response]]] = []
    start = 0
    for group in groups:
        if loss is not None and loss.takes([response.rank for response in group]):
            ranked = [(start + n, response) for n, response in enumerate(group) if response.rank is not None]
            taken.append(ranked)
        start += len(group)
    width = max(map(len, taken), default=0)
    places = [[at for at, _ in group] + [0] * (width - len(group)) for group in taken]
    members = Members.of([[response for _, response in group] for group in taken], place) if taken else None
    return Part(tokens, targets, place(torch.tensor(places, dtype=torch.long)), members)
