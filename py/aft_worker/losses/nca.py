"""NCA and InfoNCA: Noise Contrastive Alignment (arXiv 2402.05369)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from ..protocol import InfoncaLoss, NcaLoss
from .members import Members
from .pairs import references_of
from .registry import register


@register("nca", "NCA", needs_pair=False, needs_reference=True, needs_labels=True)
def nca_loss(sums: Tensor, members: Members, settings: NcaLoss) -> Tensor:
    """L = -sum_i q_i log sigmoid(h_i) - (1 / K) sum_i log sigmoid(-h_i). Sums [G, R] -> [G].

    h_i = b (log pi - log ref)(i), summed over the response, b `nca_beta`; q = softmax(rewards / temperature)
    over the K responses of the group. Source: arXiv 2402.05369, the NCA objective, and its released code
    (github.com/thu-ml/Noise-Contrastive-Alignment, reward_trainer.py, loss type "NCA"), which adds .01 to the
    first reward, to stay near its pairs: left out here. The temperature divides, as its `temperature_alpha`,
    which it says is 1 over the paper's alpha. With one right and one wrong response and a temperature near 0
    this is its loss of pairs, TRL's "nca_pair". Rewards are 1 for right and 0 for wrong, up to a constant
    that q does not see; the candidates' own, or -rank, under ranked feedback: our reading.

    A group all right or all wrong has a part: q is uniform, and the loss holds each response at its
    likelihood under the reference model, where both of its terms cancel.

    - detached: log pi of the wrong responses, by their labels, is detached.
    - boundary: there is none. The loss has no pairs: each response goes by its own likelihood.

    dL/dlog pi(k) = b (sigmoid(h_k) / K - q_k sigmoid(-h_k)), 0 for a wrong one when detached. ValueError
    without the reference model's log-probabilities.
    """
    rewards, present = _implicit_rewards(sums, members, settings, "NCA"), members.present
    noise = (logsigmoid(-rewards) * present).sum(1) / present.sum(1).clamp(min=1)
    return -(_targets(members, settings.temperature, sums) * logsigmoid(rewards)).sum(1) - noise


@register("infonca", "InfoNCA", needs_pair=False, needs_reference=True, needs_labels=True)
def infonca_loss(sums: Tensor, members: Members, settings: InfoncaLoss) -> Tensor:
    """L = -sum_i q_i log(exp(h_i) / sum_j exp(h_j)), with h and q of `nca_loss`. Sums [G, R] -> [G].

    Source: arXiv 2402.05369, the InfoNCA objective, and its released code, loss type "InfoNCA". With one
    right and one wrong response and a temperature near 0 it is DPO. A group all right or all wrong has a
    part: q is uniform, and the loss holds the log-ratios at equal height. Constraints as for NCA.

    dL/dlog pi(k) = b (p_k - q_k), p = softmax(h), 0 for a wrong one when detached. ValueError as NCA.
    """
    rewards = _implicit_rewards(sums, members, settings, "InfoNCA")
    normaliser = torch.where(members.present, rewards, -torch.inf).logsumexp(1)
    return normaliser - (_targets(members, settings.temperature, sums) * rewards).sum(1)


def _implicit_rewards(sums: Tensor, members: Members, settings: NcaLoss | InfoncaLoss, title: str) -> Tensor:
    """h [G, R]; 0 in padding."""
    own = members.held(sums, settings.constraint)
    ratios = own - references_of(members, title, sums.dtype)
    return settings.nca_beta * torch.where(members.present, ratios, 0)


def _targets(members: Members, temperature: float, like: Tensor) -> Tensor:
    """q [G, R] in the dtype of `like`; 0 in padding."""
    logits = torch.where(members.present, members.rewards / temperature, -torch.inf)
    return logits.softmax(1).to(like.dtype)
