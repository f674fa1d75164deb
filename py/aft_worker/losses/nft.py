"""NFT: Negative-aware Fine-Tuning (arXiv 2505.18116)."""

from __future__ import annotations

import torch
from torch import Tensor

from ..protocol import NftLoss
from .registry import register_by_token
from .tokens import Tokens

LEAST_SHARE = 0.02
"""A group's share of right ones is kept this far from 0 and 1, as in the released code."""
HIGHEST_LOG_RATIO = 10.0
"""Beyond it a token gets no gradient, as in the released code."""


@register_by_token("nft", "NFT")
def nft_loss(logprobs: Tensor, references: Tensor, tokens: Tokens, settings: NftLoss) -> Tensor:
    """Of each token: right -w log R, wrong -w n log max(x, e), x = (1 - p R) / (1 - p). [M], [M] -> [M].

    R = pi / pi_old of the token, pi_old the weights that the training starts from, which also sampled
    (`references`, constants). p: share of right ones in the group, kept within [.02, .98]. n is
    `negative_weight` (0: the right ones alone), e `epsilon`. w: `prompt_weight`, "hard" 1 - p, "deviation"
    sqrt((1 - p) / p), "none" 1. Implicit in x is the policy of the wrong answers: the mixture of right and
    wrong ones in the shares p and 1 - p is pi_old.

    Followed: the paper's equation 10 and the released code (github.com/NVlabs/NFT, dp_actor.py, ratio_type
    "token") with its scripts' settings for 7B and 32B: e = 1, n = 1, w = 1 - p. Its maximum lets the gradient
    through where x < e, as d x / e, which is where R > 1 for e = 1: a wrong token that has become likelier is
    still pushed down, with a force that grows as R, in the place of without a limit near R = 1 / p. A log R
    above 10 counts as 10, without a gradient. Questions all right or all wrong are left out (the code asserts
    0 < p < 1; its scripts filter such groups), so they have no part here. There p is a share of all samples;
    here of those that are distinct, as for every other method.

    Normalisation: the code adds up the tokens of a step and divides by 1,000. Here: by the tokens of the
    global batch that take part, which differs by a factor of the batch; with `per` "response" first by the
    response's length, then by the number of responses. Both are our reading.

    Under `detached` wrong ones have no gradient, as with n = 0; without pairs there is no boundary.

    d/dlog pi is -w for a right token, w n p R / ((1 - p) max(x, e)) for a
    wrong one; with R = 1 and w = 1 - p these are -(1 - p) and n p: the advantage of the group's mean.
    """
    shares = tokens.shares.to(logprobs.dtype).clamp(LEAST_SHARE, 1 - LEAST_SHARE)
    if settings.constraint == "detached":
        logprobs = torch.where(tokens.right, logprobs, logprobs.detach())
    differences = (logprobs - references.to(logprobs.dtype)).clamp(max=HIGHEST_LOG_RATIO)
    implicit = (1 - shares * differences.exp()) / (1 - shares)
    # the maximum's logarithm, with the gradient of x / max(x, e): exactly, which x + D(max(x, e) - x) is not
    larger = implicit.detach().clamp(min=settings.epsilon)
    logarithms = larger.log() + (implicit - implicit.detach()) / larger
    losses = torch.where(tokens.right, -differences, -settings.negative_weight * logarithms)
    match settings.prompt_weight:
        case "hard":
            return losses * (1 - shares)
        case "deviation":
            return losses * ((1 - shares) / shares).sqrt()
    return losses
