"""The tokens of many responses one behind the other, as losses by token take them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .members import Place
from .response import Response


@dataclass(frozen=True, slots=True)
class Tokens:
    """Of N tokens, response after response, those M of responses that take part, and those of the targets.

    right: whether the token's response is right. shares: of right ones in its group. lengths: tokens of its
    response.
    """

    chosen: Tensor  # [M] int64: places among the N
    right: Tensor  # [M] bool
    shares: Tensor  # [M] float64
    lengths: Tensor  # [M] float64
    targets: Tensor  # [T] int64: places among the N

    @classmethod
    def of(cls, responses: Sequence[Response], place: Place = lambda tensor: tensor) -> Tokens:
        """Responses without a rank take no part."""
        lengths = torch.tensor([one.tokens for one in responses], dtype=torch.long)
        facts = torch.tensor(
            [
                [one.rank is not None, one.target, one.label == "positive", one.right_share]
                for one in responses
            ],
            dtype=torch.float64,
        )
        by_token = torch.cat([facts.reshape(-1, 4), lengths.double()[:, None]], 1)
        takes, targets, right, shares, length = by_token.repeat_interleave(lengths, 0).t()
        chosen = takes.nonzero().squeeze(1)
        right, shares, length = place(torch.stack([right, shares, length])[:, chosen]).unbind()
        return cls(place(chosen), right > 0, shares, length, place(targets.nonzero().squeeze(1)))
