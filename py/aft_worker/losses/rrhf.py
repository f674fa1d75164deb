"""RRHF: Rank Responses to align Human Feedback (arXiv 2304.05302)."""

from __future__ import annotations

from torch import Tensor

from .members import Members
from .mirror import Constraint
from .ranking import boundaries, pairs


def rrhf_loss(members: Members, constraint: Constraint) -> Tensor:
    """L_rank = sum over pairs (i ranked strictly above j) of max(0, s_j - s_i). One group -> scalar.

    Source: arXiv 2304.05302, the ranking loss; its likelihood term on the best response is L_VFT, the
    caller's. s is the mean over the response's own tokens, as in the paper; the released code divides by
    the padded row's length.

    - detached: max(0, D(s_j) - s_i).
    - boundary: adds max(0, D(2 B_j - s_i) - s_j). Our reading (see `mirror`). Between
      2 B_j - s_i and s_i, where B_j lies, no force acts: RRHF is a hinge.

    dL/ds_k = sum_{i > k} ([s_k > s_i] - [boundary, s_k < 2 B_k - s_i]) - sum_{j < k} [s_j > s_k], the first
    sum left out when detached. At a kink the derivative is 0. No pair: 0.
    """
    scores = members.scores
    better, worse = pairs(members.ranks)
    sides = constraint.sides(scores, lambda beta: boundaries(scores, members.ranks, beta))
    total = scores.new_zeros(())
    for side in sides:
        total = total + (side.worse[worse] - side.better[better]).relu().sum()
    return total
