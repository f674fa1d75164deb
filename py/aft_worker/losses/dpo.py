"""DPO: Direct Preference Optimization (arXiv 2305.18290)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from ..protocol import DpoLoss
from .constraint import Constraint
from .ranking import boundaries, pairs
from .registry import register
from .response import Response, mean_logprobs, ranks_of, tokens_of


@register("dpo", "DPO", needs_reference=True)
def dpo_loss(sums: Tensor, responses: Sequence[Response], settings: DpoLoss) -> Tensor:
    """L = mean over pairs (w ranked strictly above l) of -log sigmoid(h_w - h_l). Sums [R] -> scalar.

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
    if any(response.reference_logprob is None for response in responses):
        raise ValueError("DPO needs the log-probabilities under the reference model")
    scores, ranks = mean_logprobs(sums, responses), ranks_of(responses)
    better, worse = pairs(ranks)
    terms = Constraint.of(settings).terms(
        sums, lambda beta: tokens_of(responses) * boundaries(scores, ranks, beta)
    )
    references = torch.tensor([response.reference_logprob for response in responses], dtype=sums.dtype)
    reference = references[better] - references[worse]
    total = sums.new_zeros(())
    for term in terms:
        gap = term.better[better] - term.worse[worse] - reference
        # exact where softplus would switch to a straight line
        total = total - logsigmoid(settings.dpo_beta * gap).sum()
    return total / max(better.numel(), 1)
