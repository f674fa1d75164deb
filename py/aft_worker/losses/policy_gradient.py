"""Weighted REINFORCE (arXiv 2506.01347) and GRPO (arXiv 2402.03300), offline: L = -sum_i a_i log pi(i).

Both are defined on samples of the policy itself, whose gradient is that of -A log pi times the ratio
pi / pi_old. Here the samples are those of the weights that sampling went by (the VFT model), and stay so:
the ratio is taken to be 1 throughout, as it is at the first step, and there is nothing to clip. Nothing holds
log pi of a response with a negative weight: the loss has no lower bound.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ..protocol import GrpoLoss, ReinforceLoss
from .members import Members
from .registry import register


@register("reinforce", "weighted REINFORCE", needs_pair=False, needs_labels=True)
def reinforce_loss(sums: Tensor, members: Members, settings: ReinforceLoss) -> Tensor:
    """L = (sum over wrong of log pi - lambda sum over right of log pi) / (their tokens). Sums [G, R] -> [G].

    lambda is `positive_weight`: .1 is the paper's W-REINFORCE, 0 its NSR (negative samples alone), 1
    REINFORCE with rewards of 1 and -1. Source: arXiv 2506.01347, L = lambda L_PSR + L_NSR, and its released
    code (github.com/TianHongZXY/RLVR-Decomposed, verl's "psr_nsr"), whose advantages are lambda and -1 and
    whose loss is the mean over the tokens of a micro-batch; the mean over a question's tokens, so that each
    question counts once, is our reading. For NSR alone that code drops the right responses first, so that
    its mean is over wrong tokens; here they stay in the divisor: by its wrong tokens alone, a question with
    one wrong response would weigh as much as one all wrong. Its clipping at .2 and its entropy term of .001
    are left out. Samples are distinct: each text counts once.

    A group all right or all wrong has a part, by its labels: pulled up, or pushed down.

    - detached: log pi of the wrong responses is detached: the positive samples alone (the paper's PSR).
    - boundary: there is none. It lies below the lowest right response, and a group all wrong has none.

    dL/dlog pi(k) = -a_k / (tokens of the group), a lambda for right and -1 for wrong, 0 for wrong when
    detached.
    """
    tokens = torch.where(members.present, members.tokens, 0).sum(1).clamp(min=1).to(sums.dtype)
    weights = torch.full_like(sums, -1).masked_fill(members.right, settings.positive_weight)
    return -(_weighed(sums, weights, members, settings.constraint) / tokens.unsqueeze(1)).sum(1)


@register("grpo", "GRPO", needs_labels=True)
def grpo_loss(sums: Tensor, members: Members, settings: GrpoLoss) -> Tensor:
    """L = -(1 / K) sum_i A_i log pi(i) / |i|, A_i = (r_i - mean) / deviation over the group. Sums [G, R] ->
    [G].

    Source: arXiv 2402.03300, equation 3 without its KL term, advantages by outcome supervision; seen in TRL,
    loss type "grpo". The deviation is that of a sample (K - 1), as in TRL, verl and oat, which add a constant
    to it (1e-4, 1e-6, 1e-8): left out here. `divide_by_deviation` and `divide_by_length` false are Dr.
    GRPO's (arXiv 2503.20783): A_i = r_i - mean, and log pi(i) summed over the response. Its released code
    (github.com/sail-sg/understand-r1-zero) divides by a constant, the longest response allowed (3,000): the
    method's weight here. Rewards are 1 for right and 0 for wrong, up to a constant; the candidates' own, or
    -rank, under ranked feedback. Samples are distinct: each text once.

    In a group all right or all wrong every advantage is 0: it has no part.

    - detached: log pi of the wrong responses, by their labels, is detached.
    - boundary: there is none. The loss has no pairs: an advantage is against the mean, not against a
      response.

    dL/dlog pi(k) = -A_k / (K |k|), |k| left out as it is there, 0 for a wrong one when detached. No pair: 0.
    """
    present, count = members.present, members.present.sum(1, keepdim=True).clamp(min=1)
    rewards = torch.where(present, members.rewards, 0)
    advantages = torch.where(present, rewards - rewards.sum(1, keepdim=True) / count, 0)
    if settings.divide_by_deviation:
        deviation = (advantages.square().sum(1, keepdim=True) / (count - 1).clamp(min=1)).sqrt()
        advantages = advantages / torch.where(deviation > 0, deviation, 1)
    # equal rewards differ from their mean by rounding, which the division would blow up
    has_pair = members.rewarded_above.flatten(1).any(1, keepdim=True)
    weights = torch.where(has_pair, advantages, 0).to(sums.dtype)
    values = members.means(sums) if settings.divide_by_length else sums
    return -(_weighed(values, weights, members, settings.constraint) / count).sum(1)


def _weighed(values: Tensor, weights: Tensor, members: Members, constraint: str) -> Tensor:
    """Weight times value [G, R]; 0 in padding."""
    return torch.where(members.present, weights * members.held(values, constraint), 0)
