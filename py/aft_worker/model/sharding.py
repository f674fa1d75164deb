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
from collections.abc import Callable
from typing import Any, cast

import torch
from torch import Tensor
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FSDPModule, MixedPrecisionPolicy, fully_shard, register_fsdp_forward_method
from transformers import PreTrainedModel
from transformers.modeling_layers import GradientCheckpointingLayer

from .. import distributed, shared_weights
from ..device import free_bytes
from ..score import score_path
from .adapter import adapter_weights
from .skeleton import packed, unpacked
from .source import not_loaded

WITHIN = "run_within"
LOW = (torch.bfloat16, torch.float16)
# Of what is free: activations and what comes together of a block need the rest.
SHARE = 0.7


def decide(
    parameters: Callable[[], int], dtype: torch.dtype, device: torch.device, asked: str, trained: bool
) -> bool:
    """Whether weights are to be shared out: as asked, or by memory where the ranks' devices cannot each hold
    what a weight of this type takes: itself, and where it is trained its gradient, master and two moments in
    float32. The same on all ranks, of which the main one counts the `parameters`."""
    if distributed.world_size() == 1 or asked == "none":
        return False
    if asked == "fsdp":
        return True
    of_training = 4 * 3 + (4 if dtype.itemsize < 4 else 0) if trained else 0
    needed = 0
    with distributed.agreed():
        if distributed.is_main():
            needed = parameters() * (dtype.itemsize + of_training)
    needed = distributed.from_main(needed)
    free = free_bytes(device)
    if device.type == "cpu":
        # the machine's memory is that of all its ranks
        free //= int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    return any(distributed.gather(needed > SHARE * free))


def share_out(
    module: PreTrainedModel | None, device: torch.device, dtype: torch.dtype, source: str
) -> PreTrainedModel:
    """The module that the main rank has whole in main memory (None in the others), of whose weights each rank
    has a part on its device. They are taken out of `module`, one after the other. Raises ModelNotLoaded for a
    class whose blocks cannot be told apart."""
    data, weights = b"", {}
    with distributed.agreed():
        if module is not None:
            _check(module, source)
            data, weights = packed(module), _taken_out(module)
    shared: PreTrainedModel = unpacked(distributed.announce(data))
    with distributed.agreed():
        _cut(shared, device, dtype)
    for name, into in _tensors(shared).items():
        shared_weights.give_out(weights.pop(name) if distributed.is_main() else None, into)
    return shared


def _tensors(module: torch.nn.Module) -> dict[str, Tensor]:
    """Parameters and buffers, each once."""
    return {**dict(module.named_parameters()), **dict(module.named_buffers())}


def _taken_out(module: torch.nn.Module) -> dict[str, Tensor]:
    found = {name: value.detach() for name, value in _tensors(module).items()}
    for part in module.modules():
        part._parameters.clear()
        part._buffers.clear()
    return found


def blocks_of(module: PreTrainedModel) -> dict[str, torch.nn.Module]:
    """By their paths."""
    causal = score_path(module).causal
    named = causal.named_modules()
    return {path: part for path, part in named if isinstance(part, GradientCheckpointingLayer)}


def _check(module: PreTrainedModel, source: str) -> None:
    """That each weight is of one unit. Raises ModelNotLoaded."""
    causal, blocks = score_path(module).causal, set(blocks_of(module).values())
    homes: dict[Tensor, set[torch.nn.Module]] = {}

    def look(part: torch.nn.Module, home: torch.nn.Module) -> None:
        home = part if part in blocks else home
        for weight in part.parameters(recurse=False):
            homes.setdefault(weight, set()).add(home)
        for child in part.children():
            look(child, home)

    look(causal, causal)
    why = "has no blocks" if not blocks else "has blocks with weights in common"
    if not blocks or any(len(several) > 1 for several in homes.values()):
        text = f"{type(causal).__name__} {why}, and cannot be shared out: worker.sharding: none"
        raise not_loaded(source, text, "/sharding")


def _cut(module: PreTrainedModel, device: torch.device, dtype: torch.dtype) -> None:
    """Makes room for this rank's parts of a module without memory."""
    path = score_path(module)
    causal = path.causal
    low = dtype in LOW
    policy = MixedPrecisionPolicy(
        param_dtype=dtype if low else None,
        reduce_dtype=torch.float32 if low else None,
        cast_forward_inputs=False,
    )
    mesh = init_device_mesh(device.type, (distributed.world_size(),))
    whole = set(adapter_weights(module).values())
    stored = {name: weight.dtype for name, weight in causal.named_parameters()}
    # what lies in another first
    for unit in [*reversed(blocks_of(module).values()), causal]:
        for weight in unit.parameters():
            if weight.requires_grad and weight not in whole and weight.dtype in LOW:
                weight.data = weight.data.float()
        fully_shard(unit, mesh=mesh, mp_policy=policy, reshard_after_forward=True, ignored_params=whole)
        _sum_in_place_of_means(cast(FSDPModule, unit))
    module.to_empty(device=device)
    for name, weight in causal.named_parameters():
        if shared_weights.is_part(weight):
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
