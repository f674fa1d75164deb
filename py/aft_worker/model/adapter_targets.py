"""What of a model can get a part of an adapter: linear layers in its blocks, and the tensors of its experts.

They are named by the last parts of their paths: self_attn.q_proj is q_proj. Routers and the tensors of
experts, [experts, out, in] each (experts.gate_up_proj), get a part only where targets name them. Where peft
takes the name of a layer (shared_experts.up_proj) for a part of such a tensor, the layer can have none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch
from peft import LoraConfig
from peft.utils.transformers_weight_conversion import convert_peft_config_for_transformers
from torch import nn
from transformers import PreTrainedModel
from transformers.pytorch_utils import Conv1D

from ..errors import WorkerError, nearest
from ..protocol import AdapterSettings

# a choice among experts or tokens is theirs, not a product that the loss goes through
_ROUTERS = {"gate", "router", "shared_expert_gate", "modality_router", "indexer"}
# there is no encoder to look at, and no picture
_IDLE = {"encoder_attn", "crossattention", "image_encoder"}
# These families read the weights of these layers past the layers: out_proj's in their kernels, for which peft
# refuses it, dt_proj's everywhere, so that a part beside it would have no effect.
_READ_PAST = {
    "falcon_h1": {"out_proj"},
    "falcon_mamba": {"out_proj", "dt_proj"},
    "jamba": {"dt_proj"},
    "mamba": {"out_proj", "dt_proj"},
    "mamba2": {"out_proj"},
    "nemotron_h": {"out_proj"},
}
_ONCE_OF_EXPERTS = {"gate_proj", "up_proj", "down_proj", "w1", "w2", "w3"}


@dataclass(frozen=True, slots=True)
class Place:
    """A layer, or one tensor of all experts of a block: `name` is how targets name it, `path` where it is in
    the model; [inputs] -> [outputs], `experts` times, 0 where it is a layer. named_alone: it gets a part only
    where targets name it; taken: it can have none, as its name means something else to peft."""

    name: str
    path: str
    inputs: int
    outputs: int
    experts: int = 0
    named_alone: bool = False
    taken: bool = False

    @property
    def by_default(self) -> bool:
        return not (self.named_alone or self.taken)


def places_of(module: PreTrainedModel) -> list[Place]:
    """All there are in the numbered blocks of the text's model: neither embeddings nor head, nor what is for
    pictures and sounds."""
    whole: Any = module
    decoder = whole.get_decoder()
    if not isinstance(decoder, PreTrainedModel):
        # ModernBERT's head has that name
        decoder = whole.base_model
    root = next(path for path, part in module.named_modules() if part is decoder)
    read_past = _READ_PAST.get(whole.config.model_type, set())
    found: list[Place] = []
    for path, part in module.get_submodule(root).named_modules(prefix=root):
        parts = path.split(".")
        if not any(each.isdigit() for each in parts[:-1]) or not _IDLE.isdisjoint(parts):
            continue
        size = _linear_size(part)
        if size is not None and parts[-1] not in read_past:
            router = not _ROUTERS.isdisjoint(parts)
            found.append(Place(parts[-1], path, *size, named_alone=router))
        found += _tensors_of_experts(path, part)
    taken = _taken_names(module, {place.name for place in found if not place.experts})
    return [replace(place, taken=place.name in taken) for place in found]


def _taken_names(module: PreTrainedModel, names: set[str]) -> set[str]:
    """Of layers in families whose experts were layers of these names once: peft turns the names, which an
    adapter's file holds, into the tensors that took their place."""
    # those that it takes in pairs only
    probed = {*names, *_ONCE_OF_EXPERTS}
    config = LoraConfig(r=1, target_modules=sorted(probed))
    convert_peft_config_for_transformers(config, module, None)
    return names - set(config.target_modules or ())


def _linear_size(part: nn.Module) -> tuple[int, int] | None:
    """(inputs, outputs) of what takes and gives what a linear layer does."""
    if isinstance(part, Conv1D):
        # keeps its weight the other way round
        inputs, outputs = part.weight.shape
        return inputs, outputs
    if not isinstance(part, nn.Linear):
        return None
    size = part.in_features, part.out_features
    if type(part) is nn.Linear:
        return size
    # Falcon's is one; a router that gives its choice too, or a layer in groups, is none
    probe = torch.zeros(2, 3, part.in_features, device=part.weight.device, dtype=part.weight.dtype)
    try:
        with torch.no_grad():
            found = part(probe)
    except Exception:  # whatever another layer makes of it
        return None
    return size if isinstance(found, torch.Tensor) and found.shape == (2, 3, part.out_features) else None


def _tensors_of_experts(path: str, owner: nn.Module) -> list[Place]:
    """Those of all experts of a block that are one tensor each: [experts, ., .]."""
    if "expert" not in path.lower() and "expert" not in type(owner).__name__.lower():
        return []
    found = []
    for name, tensor in owner.named_parameters(recurse=False):
        if tensor.ndim != 3 or isinstance(owner, nn.Conv1d):
            continue
        # most have [out, in] of each expert, as a linear layer; some the other way round, and say so
        experts, outputs, inputs = tensor.shape
        if getattr(owner, "is_transposed", False):
            inputs, outputs = outputs, inputs
        last = path.rpartition(".")[2]
        found.append(Place(f"{last}.{name}", f"{path}.{name}", inputs, outputs, experts, named_alone=True))
    return found


def chosen_places(places: list[Place], settings: AdapterSettings, source: str) -> list[Place]:
    """Those that the settings name, or all but those that are named alone. Raises ModelNotLoaded for a name
    that is not there, a model without any, and dropout where experts are named."""
    names = sorted({place.name for place in places if not place.taken})
    if settings.targets is None:
        chosen = [place for place in places if place.by_default]
        if not chosen:
            more = f"; targets may name {', '.join(names)}" if names else ""
            raise _refused(source, f"it has no linear layer in its blocks{more}", "/adapter")
        return chosen
    for number, name in enumerate(settings.targets):
        if name not in names:
            meant = nearest(name, names)
            hint = f"; did you mean {meant}?" if meant else ""
            there = f"there are {', '.join(names)}" if names else "there is none"
            text = f"it has no linear layer {name!r} in its blocks ({there}){hint}"
            if any(found.name == name for found in places):
                text = f"in this family {name!r} means tensors of experts to peft, not its layers ({there})"
            raise _refused(source, text, f"/adapter/targets/{number}")
    chosen = [place for place in places if place.name in settings.targets]
    experts = sorted({place.name for place in chosen if place.experts})
    if experts and settings.dropout > 0:
        text = (
            f"{', '.join(experts)} cannot have dropout: a tensor of experts has no input of its own; take 0"
        )
        raise _refused(source, text, "/adapter/dropout")
    return chosen


def peft_targets(module: nn.Module, places: list[Place]) -> tuple[list[str], list[str]]:
    """(modules, tensors) as peft takes them: names where these mean these places alone, else paths."""
    layers = [place for place in places if not place.experts]
    names = {place.name for place in layers}
    meant = {path for path, _ in module.named_modules() if path.rpartition(".")[2] in names}
    by_name = meant == {place.path for place in layers}
    tensors = sorted({place.name for place in places if place.experts})
    return sorted(names) if by_name else [place.path for place in layers], tensors


def _refused(source: str, text: str, pointer: str) -> WorkerError:
    message = f"cannot put an adapter on {source!r}: {text}"
    return WorkerError("ModelNotLoaded", message, source=source, pointer=pointer)


def targets_on(module: nn.Module) -> list[str]:
    """The names of what carries a part of the adapter that is on the module."""
    names = set()
    for path, part in module.named_modules():
        if not hasattr(part, "lora_A"):
            continue
        # of a module with several tensors, each wraps the one before
        inner = path.split(".")
        while inner[-1] == "base_layer":
            inner.pop()
        tensor: str | None = getattr(part, "parameter_name", None)
        names.add(inner[-1] if tensor is None else f"{inner[-1]}.{tensor}")
    return sorted(names)


def is_transposed(module: nn.Module, places: list[Place]) -> bool:
    """Whether there are layers that keep their weight the other way round (GPT-2's)."""
    return any(isinstance(module.get_submodule(place.path), Conv1D) for place in places if not place.experts)
