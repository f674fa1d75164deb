"""DPO (arXiv 2305.18290), and the two losses that add to it what keeps the winner's likelihood up."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from ..protocol import DpoLoss, DpopLoss, IrpoLoss
from .members import Members
from .pairs import mean_over_pairs, ratio_terms
from .registry import register


@register("dpo", "DPO", needs_reference=True)
def dpo_loss(sums: Tensor, members: Members, settings: DpoLoss | IrpoLoss) -> Tensor:
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
    # exact where softplus would switch to a straight line
    losses = [
        -logsigmoid(settings.dpo_beta * term.gaps) for term in ratio_terms(sums, members, settings, "DPO")
    ]
    return mean_over_pairs(losses, members.above)


@register("irpo", "IRPO", needs_reference=True)
def irpo_loss(sums: Tensor, members: Members, settings: IrpoLoss) -> Tensor:
    """L = mean over pairs of -log sigmoid(h_w - h_l) - alpha s_w. Sums [G, R] -> [G].

    DPO and the winner's negative log-likelihood a token, s_w = log pi(w) / |w|. Source: arXiv 2404.19733,
    its DPO+NLL loss, whose length is that of the whole response, COT and answer (the first version had alpha
    on DPO's part, and the prompt in the likelihood). Its authors released no code; TRL's loss types "sigmoid"
    and "sft" are this with the mean over the batch's tokens. The mean over a group's pairs: as for DPO.

    Constraints act on DPO's part, as there: the likelihood has no worse response in it. dL/dlog pi(k) is
    DPO's minus (alpha / |k|) (pairs that k wins) / M. No pair: 0. ValueError as DPO.
    """
    scores, above = members.means(sums), members.above
    likelihood = mean_over_pairs([torch.where(above, -scores.unsqueeze(2), 0)], above)
    return dpo_loss(sums, members, settings) + settings.alpha * likelihood


@register("dpop", "DPO-Positive", needs_reference=True)
def dpop_loss(sums: Tensor, members: Members, settings: DpopLoss) -> Tensor:
    """L = mean over pairs of -log sigmoid(b (r_w - r_l - lambda max(0, -r_w))). Sums [G, R] -> [G].

    r = log pi - log ref, summed; b is `dpo_beta`, lambda `penalty`: a winner less likely than under the
    reference model is pulled up to it. Source: arXiv 2402.13228, equation 3, whose penalty is inside the
    sigmoid and times b. Its authors released no code, and others' differ: some have the penalty outside b,
    or outside the sigmoid. The mean over a group's pairs: as for DPO.

    - detached, boundary: as for DPO; the mirror image's term has the same penalty, of D(r_w).

    With M pairs, x_wl the sigmoid's argument, u_wl = sigmoid(-x_wl) and v_wl that of the mirror image, else
    0: dL/dlog pi(k) = (b / M) (sum_{w > k} (u_wk - v_wk) - (1 + lambda [r_k < 0]) sum_{l < k} u_kl), the
    first sum left out when detached. At r_k = 0 the penalty's derivative is 0. No pair: 0. ValueError as
    DPO.
    """
    losses = []
    for term in ratio_terms(sums, members, settings, "DPO-Positive"):
        penalty = settings.penalty * (-term.better).relu()
        losses.append(-logsigmoid(settings.dpo_beta * (term.gaps - penalty.unsqueeze(2))))
    return mean_over_pairs(losses, members.above)
