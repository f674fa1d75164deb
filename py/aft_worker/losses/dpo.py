"""DPO: Direct Preference Optimization (arXiv 2305.18290)."""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import logsigmoid

from .members import Members
from .mirror import Constraint
from .ranking import boundaries, pairs


def dpo_loss(members: Members, constraint: Constraint, dpo_beta: float) -> Tensor:
    """L = mean over pairs (w ranked strictly above l) of -log sigmoid(h_w - h_l). One group -> scalar.

    h = dpo_beta (log pi - log ref), DPO's implicit reward; log pi and log ref are log-probabilities summed
    over the response. Source: arXiv 2305.18290, equation 7, for one pair. The mean over a group's pairs, so
    that a question counts once however many responses it has, is our reading.

    - detached: log pi(l) is detached.
    - boundary: adds -log sigmoid(D(h_w) - h'_l) to a pair, h' the reward of the mirrored loser, whose log
      pi(l) is |l| (2 B_l - s_l) = D(2 |l| B_l) - log pi(l): the boundary lies in the space of scores, as
      for every other loss. Our reading (see `mirror`).

    With M pairs, u_wl = sigmoid(h_l - h_w) and v_wl = sigmoid(h'_l - h_w) for the boundary, else 0:
    dL/dlog pi(k) = (dpo_beta / M) (sum_{w > k} (u_wk - v_wk) - sum_{l < k} u_kl), the first sum left out when
    detached. No pair: 0. ValueError without the reference model's log-probabilities.
    """
    if members.references is None:
        raise ValueError("DPO needs the log-probabilities under the reference model")
    sums, references = members.sums, members.references.to(members.sums)
    better, worse = pairs(members.ranks)
    sides = constraint.sides(
        sums, lambda beta: members.counts * boundaries(members.scores, members.ranks, beta)
    )
    reference = references[better] - references[worse]
    total = sums.new_zeros(())
    for side in sides:
        # exact where softplus would switch to a straight line
        total = total - logsigmoid(dpo_beta * (side.better[better] - side.worse[worse] - reference)).sum()
    return total / max(better.numel(), 1)
