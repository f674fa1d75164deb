"""Alignment losses of "Making Large Language Models Better Reasoners with Alignment" (arXiv 2309.02144).

Pure functions of one group's scores s(c) = (1 / |c|) sum_j log P(c_j | c_<j, q). All have the form
log(1 + sum exp(x)), computed as logsumexp over {0, x...} in the scores' dtype: finite wherever the scores
are. `positive` [P] and `negative` [N] are float32 or better, P and N at least 1; each returns a scalar for
the group, to be summed over groups and divided by their number.

Whether |c| counts EOS, and whether the reference is one of the positives, is the caller's matter: this
project's reading is that EOS counts and that the reference is not.
"""

from __future__ import annotations

import torch
from torch import Tensor


def _log_one_plus_sum_exp(*exponents: Tensor) -> Tensor:
    zero = exponents[0].new_zeros(1)
    return torch.cat([zero, *(x.flatten() for x in exponents)]).logsumexp(0)


def unconstrained_loss(positive: Tensor, negative: Tensor) -> Tensor:
    """L_A = log(1 + sum_p sum_n exp(s_n - s_p)).

    positive [P], negative [N] -> scalar. Source: arXiv 2309.02144, the alignment loss before a constraint.
    With Z = exp(L_A): dL/ds_p = -(1/Z) sum_n exp(s_n - s_p), dL/ds_n = (1/Z) sum_p exp(s_n - s_p). Nothing
    bounds how far a negative is pushed down.
    """
    return _log_one_plus_sum_exp(negative[None, :] - positive[:, None])


def detached_loss(positive: Tensor, negative: Tensor) -> Tensor:
    """L_A^DC = log(1 + sum_p sum_n exp(D(s_n) - s_p)), D = stop-gradient.

    positive [P], negative [N] -> scalar. Source: arXiv 2309.02144, the detached constraint. dL/ds_p is that
    of `unconstrained_loss`, dL/ds_n is 0: negatives only set how hard the positives are pulled up.
    """
    return unconstrained_loss(positive, negative.detach())


def boundary_loss(positive: Tensor, negative: Tensor, beta: float, detach_boundary: bool = True) -> Tensor:
    """L_A^BC = log(1 + sum_p sum_n [exp(s_n - s_p) + exp(T - s_n)]), T = 2 min_p(s_p) - 2 beta - s_p.

    positive [P], negative [N], beta >= 0 in nats a token -> scalar. Source: arXiv 2309.02144, the boundary
    constraint. With Z = exp(L): dL/ds_n = (1/Z) sum_p [exp(s_n - s_p) - exp(T - s_n)], which is 0 at
    `boundary(positive, beta)`; below it the negative is pulled up, above it pushed down.

    Our reading: T is out of the gradient (`detach_boundary`); no source settles it. Inside it, the lowest
    positive is pushed down.
    """
    threshold = 2 * positive.min() - 2 * beta - positive
    if detach_boundary:
        threshold = threshold.detach()
    return _log_one_plus_sum_exp(
        negative[None, :] - positive[:, None], threshold[:, None] - negative[None, :]
    )


def boundary(positive: Tensor, beta: float) -> Tensor:
    """B = min_p s_p - beta: where a negative feels no force under `boundary_loss`.

    positive [P], beta in nats a token -> scalar in nats a token. Source: arXiv 2309.02144.
    """
    return positive.min() - beta
