"""RRHF: Rank Responses to align Human Feedback (arXiv 2304.05302)."""

from __future__ import annotations

import torch
from torch import Tensor

from ..protocol import RrhfLoss
from .constraint import Constraint
from .members import Members
from .ranking import boundaries
from .registry import register


@register("rrhf", "RRHF")
def rrhf_loss(sums: Tensor, members: Members, settings: RrhfLoss) -> Tensor:
    """L_rank = sum over pairs (i ranked strictly above j) of max(0, s_j - s_i). Sums [G, R] -> [G].

    Source: arXiv 2304.05302, the ranking loss; its likelihood term is L_VFT, the caller's, on what the caller
    says: the reference, or the best response as in the released code. s is the mean over the response's own
    tokens, as in the paper; the released code divides by the padded row's length.

    - detached: max(0, D(s_j) - s_i).
    - boundary: adds max(0, D(2 B_j - s_i) - s_j). Our reading (see `constraint`). Between
      2 B_j - s_i and s_i, where B_j lies, no force acts: RRHF is a hinge.

    dL/ds_k = sum_{i > k} ([s_k > s_i] - [boundary, s_k < 2 B_k - s_i]) - sum_{j < k} [s_j > s_k], the first
    sum left out when detached. At a kink the derivative is 0. No pair: 0.
    """
    scores, above = members.means(sums), members.above
    total = scores.new_zeros(len(scores))
    for term in Constraint.of(settings).terms(scores, lambda beta: boundaries(scores, above, beta)):
        total = total + torch.where(above, -term.gaps, 0).relu().sum((1, 2))
    return total
