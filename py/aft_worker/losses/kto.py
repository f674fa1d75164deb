"""KTO: Kahneman-Tversky Optimization (arXiv 2402.01306)."""

from __future__ import annotations

import torch
from torch import Tensor

from ..protocol import KtoLoss
from .members import Members
from .pairs import references_of
from .registry import register


def divergence_estimate(differences_sum: float, count: float) -> float:
    """KTO's z_0: the mean over mismatched pairs of log pi - log ref, summed over a response; at least 0."""
    return max(0.0, differences_sum / count) if count else 0.0


@register(
    "kto",
    "KTO",
    needs_pair=False,
    needs_reference=True,
    needs_labels=True,
    needs_divergence=True,
    per="response",
)
def kto_loss(sums: Tensor, members: Members, settings: KtoLoss, divergence: float) -> Tensor:
    """Of a group: the sum over right ones of D (1 - sigmoid(b (r - z))) and over wrong ones of
    U (1 - sigmoid(b (z - r))). Sums [G, R] -> [G]; divided by the responses of the global batch.

    r = log pi - log ref, summed over the response; b is `kto_beta`, D `desirable_weight`, U
    `undesirable_weight`. z, without a gradient, is the `divergence` (nats) of the whole global batch: for
    each question whose responses take part, its prompt with a response to another question of the batch,
    the mean of log pi - log ref over these mismatched pairs, at least 0. That is the estimate of the paper
    and of its released code (github.com/ContextualAI/HALOs, KTOTrainer); there each example has such a
    pair, the next example's response of its micro-batch, and z is the mean over one micro-batch of all
    processes; here each question has one, within the global batch. A batch of one question has none: z = 0.

    Source: arXiv 2402.01306, the loss lambda_y - v(x, y), as released. All groups take part, those all right
    or all wrong too: the loss is one of single responses.

    Under `detached` wrong ones have no gradient; without pairs there is no boundary.

    With g = sigmoid(b (r - z)): dL/dlog pi = -D b g (1 - g) for a right one, U b g (1 - g) for a wrong one.
    ValueError without the reference model's log-probabilities.
    """
    ratios = members.held(sums, settings.constraint) - references_of(members, "KTO", sums.dtype)
    gains = settings.kto_beta * (ratios - divergence)
    # 1 - sigmoid(x) = sigmoid(-x)
    losses = torch.where(
        members.right,
        settings.desirable_weight * torch.sigmoid(-gains),
        settings.undesirable_weight * torch.sigmoid(gains),
    )
    return torch.where(members.present, losses, 0).sum(1)
