"""PRO: Preference Ranking Optimization (arXiv 2306.17492)."""

from __future__ import annotations

import torch
from torch import Tensor

from ..protocol import ProLoss
from .constraint import Constraint
from .members import Members
from .ranking import boundaries
from .registry import register


@register("pro", "PRO")
def pro_loss(sums: Tensor, members: Members, settings: ProLoss) -> Tensor:
    """L = sum_k log(1 + sum_{i: r_i < r_k} exp(s_i / T_ki - s_k / T_kk)). Sums [G, R] -> [G].

    T_ki = 1 / (r_k - r_i), T_kk = min_i T_ki over the i with r_i < r_k; r the rewards, s the mean
    log-probabilities. It is -sum_k log(exp(s_k / T_kk) / (exp(s_k / T_kk) + sum_i exp(s_i / T_ki))), the
    paper's loss with its differentiated temperatures. Source: arXiv 2306.17492; its likelihood term is
    L_VFT, the caller's.

    The paper orders responses from best to worst and assumes no ties. Our reading of ties: pairs of equal
    reward are left out (their temperature would be infinite), so that the order among equals changes
    nothing; a k without a response of lower reward adds 0. `ties: counted` is the released code instead: of
    two of equal reward the later one stands in the sum of the first, as exp(0 / T) = 1 (its 1 / T is 0), so
    that their order counts and the first of the right ones are raised most. "Better" is a greater reward
    here, also for the boundary: the same as by rank when rewards follow the ranks.

    - detached: exp(D(s_i) / T_ki - s_k / T_kk).
    - boundary: adds exp(D(2 B_i / T_ki - s_k / T_kk) - s_i / T_ki) to the inner sum. Our reading (see
      `constraint`).

    With Z_k = the argument of k's logarithm, g_ki = 1 / T_ki, G_k = 1 / T_kk, e_ki the first exponentials
    and f_ki those of the boundary (else 0):
    dL/ds_m = sum_{k: r_k > r_m} g_km (e_km - f_km) / Z_k - G_m sum_{i: r_i < r_m} e_mi / Z_m, the first sum
    left out when detached. Only strictly lower rewards stand in a denominator or a temperature. No pair: 0.
    """
    scores, rewards, below = members.means(sums), members.rewards.to(sums.dtype), members.rewarded_above
    # [G, k, i]
    gaps = torch.where(below, rewards.unsqueeze(2) - rewards.unsqueeze(1), 0)
    # 1 / T_kk: the largest gap, T being the smallest
    largest = gaps.amax(2, keepdim=True)
    counted = below
    if settings.ties == "counted":
        present, places = members.present, torch.arange(rewards.shape[1], device=rewards.device)
        tied = members.rewards.unsqueeze(2) == members.rewards.unsqueeze(1)
        both = present.unsqueeze(2) & present.unsqueeze(1)
        counted = below | (tied & both & (places.unsqueeze(1) < places))
    terms = Constraint.of(settings).terms(scores, lambda beta: boundaries(scores, below, beta))
    exponents = [
        torch.where(pairs, gaps * term.worse.unsqueeze(1) - largest * term.better.unsqueeze(2), -torch.inf)
        # of ties the mirror image in the boundary has nothing to mirror
        for term, pairs in zip(terms, (counted, below), strict=False)
    ]
    return torch.cat([torch.zeros_like(largest), *exponents], 2).logsumexp(2).sum(1)
