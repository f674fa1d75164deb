"""PRO: Preference Ranking Optimization (arXiv 2306.17492)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from ..protocol import ProLoss
from .constraint import Constraint
from .ranking import boundaries
from .registry import register
from .response import Response, mean_logprobs


@register("pro", "PRO")
def pro_loss(sums: Tensor, responses: Sequence[Response], settings: ProLoss) -> Tensor:
    """L = sum_k log(1 + sum_{i: r_i < r_k} exp(s_i / T_ki - s_k / T_kk)). sums [R] -> scalar.

    T_ki = 1 / (r_k - r_i), T_kk = min_i T_ki over the i with r_i < r_k; r the rewards, s the mean
    log-probabilities. It is -sum_k log(exp(s_k / T_kk) / (exp(s_k / T_kk) + sum_i exp(s_i / T_ki))), the
    paper's loss with its differentiated temperatures. Source: arXiv 2306.17492; its likelihood term is
    L_VFT, the caller's.

    The paper orders responses from best to worst and assumes no ties. Our reading of ties: pairs of equal
    reward are left out (their temperature would be infinite), so that the order among equals changes
    nothing; a k without a response of lower reward adds 0. "Better" is a greater reward here, also for the
    boundary: the same as by rank when rewards follow the ranks.

    - detached: exp(D(s_i) / T_ki - s_k / T_kk).
    - boundary: adds exp(D(2 B_i / T_ki - s_k / T_kk) - s_i / T_ki) to the inner sum. Our reading (see
      `constraint`).

    With Z_k = the argument of k's logarithm, g_ki = 1 / T_ki, G_k = 1 / T_kk, e_ki the first exponentials
    and f_ki those of the boundary (else 0):
    dL/ds_m = sum_{k: r_k > r_m} g_km (e_km - f_km) / Z_k - G_m sum_{i: r_i < r_m} e_mi / Z_m, the first sum
    left out when detached. Only strictly lower rewards stand in a denominator or a temperature. No pair: 0.
    """
    scores = mean_logprobs(sums, responses)
    rewards = torch.tensor([response.reward for response in responses], dtype=scores.dtype)
    # [k, i]
    gaps = rewards[:, None] - rewards[None, :]
    below = gaps > 0
    # 1 / T_kk: the largest gap, T being the smallest
    largest = gaps.amax(1, keepdim=True)
    terms = Constraint.of(settings).terms(scores, lambda beta: boundaries(scores, -rewards, beta))
    exponents = [
        torch.where(below, gaps * term.worse[None, :] - largest * term.better[:, None], -torch.inf)
        for term in terms
    ]
    return torch.cat([torch.zeros_like(largest), *exponents], 1).logsumexp(1).sum()
