"""Alignment losses of "Making Large Language Models Better Reasoners with Alignment" (arXiv 2309.02144).

Pure functions of one group's scores s(c) = (1 / |c|) sum_j log P(c_j | c_<j, q). All have the form
log(1 + sum exp(x)), computed as logsumexp over {0, x...} in the scores' dtype: finite wherever the scores
are. `positive` [P] and `negative` [N] are float32 or better, P and N at least 1; each returns a scalar for
the group, to be summed over groups and divided by their number.
"""

from __future__ import annotations

import torch
from torch import Tensor


def _log_one_plus_sum_exp(*exponents: Tensor) -> Tensor:
    zero = exponents[0].new_zeros(1)
    return torch.cat([zero, *(x.flatten() for x in exponents)]).logsumexp(0)


def unconstrained_loss(positive: Tensor, negative: Tensor) -> Tensor:
    """L_A = log(1 + sum_p sum_n exp(s_n - s_p)) (arXiv 2309.02144: the loss without a constraint)."""
    return _log_one_plus_sum_exp(negative[None, :] - positive[:, None])


def detached_loss(positive: Tensor, negative: Tensor) -> Tensor:
    """L_A^DC = log(1 + sum_p sum_n exp(D(s_n) - s_p)), D = stop-gradient.

    (arXiv 2309.02144: detached constraint.) Negatives are never pushed down; they only set how hard the
    positives are pulled up.
    """
    return unconstrained_loss(positive, negative.detach())


def boundary_loss(positive: Tensor, negative: Tensor, beta: float, detach_boundary: bool = True) -> Tensor:
    """L_A^BC = log(1 + sum_p sum_n [exp(s_n - s_p) + exp(T - s_n)]), T = 2 min_p(s_p) - 2 beta - s_p.

    (arXiv 2309.02144: boundary constraint.) The forces on a negative cancel at `boundary(positive, beta)`:
    below it the negative is pulled up, above it pushed down. `detach_boundary` (this project's reading; no
    source settles it) keeps T out of the gradient; inside it, the lowest positive is pushed down.
    """
    threshold = 2 * positive.min() - 2 * beta - positive
    if detach_boundary:
        threshold = threshold.detach()
    return _log_one_plus_sum_exp(
        negative[None, :] - positive[:, None], threshold[:, None] - negative[None, :]
    )


def boundary(positive: Tensor, beta: float) -> Tensor:
    """B = min_p s_p - beta, a scalar in nats a token: where a negative feels no force (arXiv 2309.02144)."""
    return positive.min() - beta
