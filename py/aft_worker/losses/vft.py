"""Vanilla fine-tuning: maximum likelihood on the target responses."""

from __future__ import annotations

from torch import Tensor


def vft_loss(sums: Tensor) -> Tensor:
    """-sum_r sum_j log P(c_j | c_<j, q): the negative log-likelihood of the targets, not yet divided.

    sums [R]: summed log-probabilities in nats of the target responses. -> scalar. Divided by the target
    tokens of the global batch it is L_VFT (arXiv 2309.02144; that the mean is over the tokens of the global
    batch is this project's reading).
    """
    return -sums.sum()
