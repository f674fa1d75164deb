"""DPO: Direct Preference Optimization (arXiv 2305.18290)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from ..protocol import DpoLoss
from .constraint import Constraint
from .members import Members
from .ranking import boundaries
from .registry import register


@register("dpo", "DPO", needs_reference=True)
def dpo_loss(sums: Tensor, members: Members, settings: DpoLoss) -> Tensor:
    """L = mean over pairs (w ranked strictly above l) of -log sigmoid(h_w - h_l). Sums [G, R] -> [G].

    h = dpo_beta (log pi - log ref), DPO's implicit reward; log pi and log ref are log-probabilities summed
    over the response. Source: arXiv 2305.18290, equation 7, for one pair. The mean over a group's pairs, so
    that a question counts once however many responses it has, is our reading.

    - detached: log pi(l) is detached.
    - boundary: adds -log sigmoid(D(h_w) - h'_l) to a pair, h' the reward of the loser's mirror image, whose
      log pi(l) is |l| (2 B_l - s_l) = D(2 |l| B_l) - log pi(l): the boundary lies in the space of scores, as
      for every other loss. Our reading (see `constraint`).

    With M pairs, u_wl = sigmoid(h_l - h_w) and v_wl = sigmoid(h'_l - h_w) for the boundary, else 0:
    dL/dlog pi(k) = (dpo_beta / M) (sum_{w > k} (u_wk - v_wk) - sum_{l < k} u_kl), the first sum left out when
    detached. No pair: 0. ValueError without the reference model's log-probabilities.
    """
    if members.references is None:
        raise ValueError("DPO needs the log-probabilities under the reference model")
    scores, above = members.means(sums), members.above
    terms = Constraint.of(settings).terms(
        sums, lambda beta: members.tokens.to(sums.dtype) * boundaries(scores, above, beta)
    )
    references = members.references.to(sums.dtype)
    reference = references.unsqueeze(2) - references.unsqueeze(1)
    total = sums.new_zeros(len(sums))
    for term in terms:
        # where there is no pair the gap may be infinite: it is left out before its logarithm is taken
        gaps = torch.where(above, term.gaps - reference, 0)
        # exact where softplus would switch to a straight line
        total = total - (logsigmoid(settings.dpo_beta * gaps) * above).sum((1, 2))
    return total / above.sum((1, 2)).clamp(min=1)
