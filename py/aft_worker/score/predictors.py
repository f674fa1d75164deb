"""The hidden states that predict response tokens, with a backward pass that adds in a fixed order."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from .micro_batch import MicroBatch


def predictor_states(hidden: Tensor, batch: MicroBatch) -> Tensor:
    """[B * L, H] -> [N, H]: the state that predicts each response token.

    A prompt's last state predicts the first token of all its responses, so its gradient is a sum; an
    `index_select` on a GPU would add it up in any order, and no run would repeat another bit for bit.
    """
    return _Predictors.apply(hidden, batch.gather, batch.firsts, batch.prompts, batch.shares)


class _Predictors(torch.autograd.Function):
    @staticmethod
    def forward(ctx, hidden, gather, firsts, prompts, shares):
        ctx.save_for_backward(gather, firsts, prompts, shares)
        ctx.places = hidden.shape[0]
        return hidden.index_select(0, gather)

    @staticmethod
    @once_differentiable
    # the decorator's own signature hides ours from the checker
    def backward(ctx, gradient):  # pyright: ignore[reportIncompatibleMethodOverride]
        gather, firsts, prompts, shares = ctx.saved_tensors
        found = gradient.new_zeros(ctx.places, gradient.shape[1])
        # a prompt's last place gets any of its gradients here, and the sum of all of them below
        found[gather] = gradient
        wide = torch.promote_types(gradient.dtype, torch.float32)
        sums = torch.segment_reduce(gradient[firsts].to(wide), "sum", lengths=shares, unsafe=True)
        found[prompts] = sums.to(found.dtype)
        return found, None, None, None, None
