"""The ranked responses of many groups side by side, as the losses take them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

import torch
from torch import Tensor

from .response import Response

Place = Callable[[Tensor], Tensor]
"""Brings a tensor to the device on which the sums are."""


@dataclass(frozen=True, slots=True)
class Members:
    """G groups of at most R responses that take part in the loss; what is padding is present nowhere.

    present: bool. right: bool, the label, false where a response has none. tokens: 1 in padding. ranks,
    rewards: 0 there. references: summed log-probabilities under the reference model, None where a response
    has none. All but `present` and `right` are float64.
    """

    present: Tensor  # [G, R]
    right: Tensor  # [G, R]
    tokens: Tensor  # [G, R]
    ranks: Tensor  # [G, R]
    rewards: Tensor  # [G, R]
    references: Tensor | None  # [G, R]

    @classmethod
    def of(cls, groups: Sequence[Sequence[Response]], place: Place = lambda tensor: tensor) -> Members:
        """Of responses that all have a rank, group by group."""
        width = max(map(len, groups), default=0)
        lacking = any(one.reference_logprob is None for group in groups for one in group)
        fields = [
            (
                float(one.tokens),
                float(one.rank or 0),
                one.reward,
                one.reference_logprob or 0.0,
                float(one.label == "positive"),
                1.0,
            )
            for one in chain.from_iterable(groups)
        ]
        table = torch.tensor([1.0, 0.0, 0.0, 0.0, 0.0, 0.0], dtype=torch.float64).repeat(
            len(groups), width, 1
        )
        if fields:
            at = [row * width + column for row, group in enumerate(groups) for column in range(len(group))]
            table.view(-1, 6)[at] = torch.tensor(fields, dtype=torch.float64)
        table = place(table.permute(2, 0, 1).contiguous())
        tokens, ranks, rewards, references, right, present = table.unbind()
        return cls(present > 0, right > 0, tokens, ranks, rewards, None if lacking else references)

    def means(self, sums: Tensor) -> Tensor:
        """s(c) [G, R]: summed log-probabilities [G, R] in nats -> a token (arXiv 2309.02144)."""
        return sums / self.tokens.to(sums.dtype)

    def held(self, values: Tensor, constraint: str) -> Tensor:
        """values [G, R] as a loss without pairs takes them: `detached` leaves the wrong ones no gradient."""
        return torch.where(self.right, values, values.detach()) if constraint == "detached" else values

    @property
    def above(self) -> Tensor:
        """[G, R, R] bool: above[g, i, j] where i is ranked strictly above j, so that they are a pair."""
        return self._over(self.ranks)

    @property
    def rewarded_above(self) -> Tensor:
        """The same by the rewards: above[g, i, j] where i has the strictly greater one."""
        return self._over(-self.rewards)

    def _over(self, order: Tensor) -> Tensor:
        both = self.present.unsqueeze(2) & self.present.unsqueeze(1)
        return both & (order.unsqueeze(2) < order.unsqueeze(1))
