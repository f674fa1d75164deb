"""SimPER: Simple alignment with Perplexity optimization (arXiv 2502.00883)."""

from __future__ import annotations

from torch import Tensor

from ..protocol import SimperLoss
from .constraint import Constraint
from .members import Members
from .pairs import mean_over_pairs
from .registry import register


@register("simper", "SimPER")
def simper_loss(sums: Tensor, members: Members, settings: SimperLoss) -> Tensor:
    """L = mean over pairs (w ranked strictly above l) of exp(s_l) - exp(s_w). Sums [G, R] -> [G].

    exp(s) is the inverse perplexity, s the mean log-probability: no reference model, no setting of its own.
    Source: arXiv 2502.00883, and its released code (github.com/tengxiao1/SimPER, loss type "SimPER"), for
    one pair. The mean over a group's pairs is our reading, as for DPO. The terms of w and l are
    independent, but the paper has pairs alone: a group without one has no part.

    - detached: s_l is detached.
    - boundary: there is none. A mirror image's exp(2 B_l - s_l) grows without limit as s_l sinks, so that one
      response far below its boundary would outweigh all others.

    With M pairs: dL/ds_k = (exp(s_k) / M) (how many rank above k - how many rank below k), the first count
    left out when detached. No pair: 0.
    """
    scores, above = members.means(sums), members.above
    # what is padding has a score too: that of no pair, and finite
    terms = Constraint.of(settings).terms(scores.exp(), lambda beta: scores)
    return mean_over_pairs([-term.gaps for term in terms], above)
