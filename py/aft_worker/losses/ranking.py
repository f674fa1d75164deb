"""Who stands above whom in a group, and how low a worse response may fall.

A rank is an integer, 1 the best; equals share one. A pair is two responses of unequal rank. Every
comparison is strict: equals form no pair and set no boundary for each other.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def has_pair(ranks: Sequence[int | None] | Tensor) -> bool:
    """Whether a group has two distinct ranks; None is none."""
    return len(set(ranks.tolist() if isinstance(ranks, Tensor) else ranks) - {None}) > 1


def pairs(ranks: Tensor) -> tuple[Tensor, Tensor]:
    """ranks [R] -> (better [M], worse [M]): the indices of all M pairs with ranks[better] < ranks[worse]."""
    better, worse = (ranks[:, None] < ranks[None, :]).nonzero(as_tuple=True)
    return better, worse


def boundaries(scores: Tensor, ranks: Tensor, beta: float) -> Tensor:
    """B_j = min {s_i : i ranked strictly better than j} - beta, for every response j of a group.

    scores [R] and beta in nats a token, ranks [R] -> [R] in nats a token. A response with nothing above it
    has no boundary: +inf, the minimum of nothing; `isfinite` tells the worse responses. Differentiable: the
    gradient by B_j goes to the lowest better score, in equal shares if several are the lowest.

    Source: the boundary of arXiv 2309.02144, min over the positives - beta, which it is with two ranks. One
    boundary for each worse response under ranking feedback is this project's reading.
    """
    better = ranks[:, None] < ranks[None, :]
    return torch.where(better, scores[:, None], torch.inf).amin(0) - beta
