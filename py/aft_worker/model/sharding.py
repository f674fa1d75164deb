"""A model whose weights are shared out over the ranks (FSDP2): each holds a part of every weight, and all
come together, block by block, where a block is computed.

The parts of weights that are trained are in float32: they are the optimizer's masters, and gradients are
added up in float32. What is computed is computed in the model's own type, from weights rounded to it: as one
device does. Frozen weights stay as they are. An adapter is small and lies whole on every rank. Embedding,
last norm and head are one unit, so that a head may be the embedding; what lies in it is used within
`ScorePath.within`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, cast

import torch
from torch import Tensor
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FSDPModule, MixedPrecisionPolicy, fully_shard, register_fsdp_forward_method
from transformers import PreTrainedModel
from transformers.modeling_layers import GradientCheckpointingLayer

from .. import distributed
from ..device import free_bytes
from ..score import score_path
from .adapter import adapter_weights
from .source import not_loaded

WITHIN = "run_within"
LOW = (torch.bfloat16, torch.float16)
# Of what is free: activations and what comes together of a block need the rest.
SHARE = 0.7


def decide(
    module: PreTrainedModel, device: torch.device, sharding: str, trained: bool, adapted: bool
) -> bool:
    """Whether weights are to be shared out: as asked, or by memory where the ranks' devices cannot each hold
    what a weight takes: itself, and where it is trained its gradient, its master and two moments, in float32
    each. The same on all ranks."""
    ranks = distributed.world_size()
    if ranks == 1 or sharding == "none":
        return False
    if sharding == "fsdp":
        return True
    sizes = [(weight.numel(), weight.element_size()) for weight in module.parameters()]
    needed = 0
    for count, size in sizes:
        of_training = 4 * 3 + (4 if size < 4 else 0) if trained and not adapted else 0
        needed += count * (size + of_training)
    free = free_bytes(device)
    if device.type == "cpu":
        # the machine's memory is that of all its ranks
        free //= int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    return any(distributed.gather(needed > SHARE * free))


def shard(module: PreTrainedModel, device: torch.device, dtype: torch.dtype, source: str) -> None:
    """Shares out the weights of a module that every rank has whole, on the CPU or the device. Raises
    ModelNotLoaded for a class whose blocks cannot be told apart."""
    path = score_path(module)
    causal = path.causal
    blocks = [part for part in causal.modules() if isinstance(part, GradientCheckpointingLayer)]
    if not blocks:
        name = type(causal).__name__
        raise not_loaded(
            source, f"{name} has no blocks that could be shared out: worker.sharding: none", "/sharding"
        )
    low = dtype in LOW
    policy = MixedPrecisionPolicy(
        param_dtype=dtype if low else None,
        reduce_dtype=torch.float32 if low else None,
        cast_forward_inputs=False,
    )
    mesh = init_device_mesh(device.type, (distributed.world_size(),))
    whole = set(adapter_weights(module).values())
    stored = {name: weight.dtype for name, weight in causal.named_parameters()}
    for unit in [*blocks, causal]:
        # block by block: the device never holds the whole model
        unit.to(device)
        for weight in unit.parameters():
            if weight.requires_grad and weight not in whole and weight.dtype in LOW:
                weight.data = weight.data.float()
        fully_shard(unit, mesh=mesh, mp_policy=policy, reshard_after_forward=True, ignored_params=whole)
        _sum_in_place_of_means(cast(FSDPModule, unit))
    for name, weight in causal.named_parameters():
        if distributed.is_part(weight):
            cast(Any, weight).stored_dtype = stored[name]
    path.dtype = dtype
    setattr(causal, WITHIN, _run)
    register_fsdp_forward_method(causal, WITHIN)
    path.run_within = getattr(causal, WITHIN)


def _run(function: Callable[[], Any]) -> Any:
    return function()


def _sum_in_place_of_means(unit: FSDPModule) -> None:
    """Losses are divided by the counts of the global batch already."""
    unit.set_gradient_divide_factor(1.0)
    # gloo knows no other, and NCCL's own factor of one would be a product for nothing
    unit.set_force_sum_reduction_for_comms(True)


def whole_weights(tensors: Mapping[str, Any]) -> dict[str, Any]:
    """Named weights as `distributed.whole` gives them; what is one under several names stays one."""
    seen: dict[int, Tensor] = {}
    for value in tensors.values():
        if isinstance(value, Tensor) and id(value) not in seen:
            seen[id(value)] = distributed.whole(value)
    return {name: seen.get(id(value), value) for name, value in tensors.items()}
