"""In which mode a model is trained: as it is scored and sampled from.

A model's own dropout, the noise of a router and layers that are left out at random are for a training from
scratch; they would make the score of a response, which every loss here goes by, a random number: DPO's first
step would not be log 2, and how responses share micro-batches would change the loss. What differs between
training and eval mode is up to each model, so all of it is left off: the model stays in eval mode. Two kinds
of parts alone are set to training: an adapter's dropout, which the user has asked for, and blocks that
compute their activations again, which they do in no other mode.
"""

from torch import nn
from transformers.modeling_layers import GradientCheckpointingLayer

from .dropout import own_dropout


def parts_in_training(module: nn.Module) -> list[nn.Module]:
    """Those that are set to training mode, each without what lies in it."""
    blocks = [
        part
        for part in module.modules()
        if isinstance(part, GradientCheckpointingLayer) and part.gradient_checkpointing
    ]
    return [*own_dropout(module), *blocks]
