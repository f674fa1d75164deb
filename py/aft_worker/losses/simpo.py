"""SimPO: Simple Preference Optimization (arXiv 2405.14734)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from ..protocol import SimpoLoss
from .constraint import Constraint
from .members import Members
from .pairs import mean_over_pairs
from .ranking import boundaries
from .registry import register


@register("simpo", "SimPO")
def simpo_loss(sums: Tensor, members: Members, settings: SimpoLoss) -> Tensor:
    """L = mean over pairs (w ranked strictly above l) of -log sigmoid(b (s_w - s_l) - gamma).

    Sums [G, R] -> [G]. b is `simpo_beta`, gamma = b * `margin`, s the mean log-probability: no
    reference model. Source: arXiv 2405.14734, its objective, for one pair, and the same in its released code
    (github.com/princeton-nlp/SimPO, loss type "sigmoid"). The mean over a group's pairs, so that a question
    counts once however many responses it has, is our reading, as for DPO.

    - detached: s_l is detached.
    - boundary: adds -log sigmoid(b (D(s_w) - s'_l) - gamma) to a pair, s'_l = D(2 B_l) - s_l the loser's
      mirror image. Our reading (see `constraint`).

    With M pairs, u_wl = sigmoid(gamma - b (s_w - s_l)) and v_wl = sigmoid(gamma - b (s_w - s'_l)) for the
    boundary, else 0: dL/ds_k = (b / M) (sum_{w > k} (u_wk - v_wk) - sum_{l < k} u_kl), the first sum left out
    when detached. No pair: 0.
    """
    scores, above = members.means(sums), members.above
    terms = Constraint.of(settings).terms(scores, lambda beta: boundaries(scores, above, beta))
    # where there is no pair the gap may be infinite: it is left out before its logarithm is taken
    gaps = [torch.where(above, term.gaps, 0) for term in terms]
    losses = [-logsigmoid(settings.simpo_beta * (gap - settings.margin)) for gap in gaps]
    return mean_over_pairs(losses, above)
