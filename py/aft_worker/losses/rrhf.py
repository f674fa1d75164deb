"""RRHF: Rank Responses to align Human Feedback (arXiv 2304.05302)."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from ..protocol import RrhfLoss
from .constraint import Constraint
from .ranking import boundaries, pairs
from .registry import register
from .response import Response, mean_logprobs, ranks_of


@register("rrhf", "RRHF")
def rrhf_loss(sums: Tensor, responses: Sequence[Response], settings: RrhfLoss) -> Tensor:
    """L_rank = sum over pairs (i ranked strictly above j) of max(0, s_j - s_i). -> scalar.

    Source: arXiv 2304.05302, the ranking loss; its likelihood term on the best response is L_VFT, the
    caller's. s is the mean over the response's own tokens, as in the paper; the released code divides by
    the padded row's length.

    - detached: max(0, D(s_j) - s_i).
    - boundary: adds max(0, D(2 B_j - s_i) - s_j). Our reading (see `constraint`). Between
      2 B_j - s_i and s_i, where B_j lies, no force acts: RRHF is a hinge.

    dL/ds_k = sum_{i > k} ([s_k > s_i] - [boundary, s_k < 2 B_k - s_i]) - sum_{j < k} [s_j > s_k], the first
    sum left out when detached. At a kink the derivative is 0. No pair: 0.
    """
    scores, ranks = mean_logprobs(sums, responses), ranks_of(responses)
    better, worse = pairs(ranks)
    total = scores.new_zeros(())
    for term in Constraint.of(settings).terms(scores, lambda beta: boundaries(scores, ranks, beta)):
        total = total + (term.worse[worse] - term.better[better]).relu().sum()
    return total
