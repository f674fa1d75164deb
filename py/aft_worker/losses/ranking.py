"""Who stands above whom in a group, and how low a worse response may fall.

A rank is an integer, 1 the best; equals share one. A pair is two responses of unequal rank. Every
comparison is strict: equals form no pair and set no boundary for each other.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def has_pair(ranks: Sequence[int | None]) -> bool:
    """Whether a group has two distinct ranks; None is none."""
    return len(set(ranks) - {None}) > 1


def boundaries(scores: Tensor, above: Tensor, beta: float) -> Tensor:
    """B_j = min {s_i : i ranked strictly better than j} - beta, for every response j of every group.

    scores [G, R] and beta in nats a token, above [G, R, R] with above[g, i, j]: i stands above j. -> [G, R]
    in nats a token. A response with nothing above it has no boundary: +inf, the minimum of nothing;
    `isfinite` tells the worse responses. Differentiable: the gradient by B_j goes to the lowest better score,
    in equal shares if several are the lowest.

    Source: the boundary of arXiv 2309.02144, min over the positives - beta, which it is with two ranks. One
    boundary for each worse response under ranking feedback is this project's reading.
    """
    return torch.where(above, scores.unsqueeze(2), torch.inf).amin(1) - beta
