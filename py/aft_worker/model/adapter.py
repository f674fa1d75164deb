"""LoRA (arXiv 2106.09685): small trainable matrices beside the linear layers of a frozen base model."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any, cast

import torch
from peft import LoraConfig, get_peft_model
from torch import nn
from transformers import PreTrainedModel
from transformers.pytorch_utils import Conv1D

from ..device import dtype_name
from ..errors import WorkerError, nearest
from ..protocol import AdapterInfo, AdapterSettings
from .digest import tensors_digest, weights_digest
from .source import not_loaded


@dataclass(frozen=True)
class Adapter:
    """What a model knows of its adapter. `base_digest` and `base_dtype` are those of the base model's weights
    as they were loaded; `base_source` is the folder or hub id where they lie."""

    rank: int
    alpha: float
    dropout: float
    targets: list[str]
    base_source: str
    base_revision: str | None
    base_digest: str
    base_dtype: str

    def info(self, module: nn.Module) -> AdapterInfo:
        return AdapterInfo(
            rank=self.rank,
            alpha=self.alpha,
            dropout=self.dropout,
            targets=self.targets,
            parameters=sum(weight.numel() for weight in adapter_weights(module).values()),
            base=self.base_digest,
        )


def add_adapter(
    module: PreTrainedModel, settings: AdapterSettings, *, seed: int, source: str, revision: str | None
) -> tuple[PreTrainedModel, Adapter]:
    """Puts a fresh adapter on a base model and freezes the base: (the wrapped module, what it is).

    Its A matrices are a function of the seed, B is 0, so the first scores are the base model's. The adapter
    is in float32, also beside a bfloat16 base. Raises ModelNotLoaded for targets that the model has not.
    """
    layers = linear_layers(module)
    targets = layers if settings.targets is None else _checked(settings.targets, layers, source)
    adapter = Adapter(
        rank=settings.rank,
        alpha=settings.alpha,
        dropout=settings.dropout,
        targets=targets,
        base_source=source,
        base_revision=revision,
        base_digest=weights_digest(module),
        base_dtype=dtype_name(weight_dtype(module)),
    )
    config = LoraConfig(
        task_type="CAUSAL_LM",
        r=settings.rank,
        lora_alpha=cast(int, settings.alpha),
        lora_dropout=settings.dropout,
        target_modules=targets,
        bias="none",
        fan_in_fan_out=any(type(layer) is Conv1D for layer in _inner_layers(module).values()),
        revision=revision,
    )
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        wrapped = get_peft_model(module, config)
    # peft takes the name that the module itself has
    wrapped.peft_config["default"].base_model_name_or_path = source
    return cast(PreTrainedModel, wrapped), adapter


def linear_layers(module: PreTrainedModel) -> list[str]:
    """The names of all linear layers of attention and MLP within their block: q_proj, ... for a Llama."""
    return sorted({path.rpartition(".")[2] for path in _inner_layers(module)})


def adapter_weights(module: nn.Module) -> dict[str, nn.Parameter]:
    """By name; those of the base model are not among them."""
    return {name: weight for name, weight in module.named_parameters() if "lora_" in name}


def adapted_digest(module: nn.Module, adapter: Adapter) -> str:
    """SHA-256 (hex) over the base model's digest, the adapter's scale and its weights.

    Dropout is no part of it: it changes no score.
    """
    weights = tensors_digest(adapter_weights(module))
    parts = [adapter.base_digest, adapter.rank, float(adapter.alpha), weights]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def check_settings(adapter: Adapter, expected: AdapterSettings, source: str) -> None:
    """That a folder's adapter is of the settings that are asked for. Raises ModelNotLoaded."""
    pairs = {name: (getattr(adapter, name), getattr(expected, name)) for name in ("rank", "alpha", "dropout")}
    if expected.targets is not None:
        pairs["targets"] = sorted(adapter.targets), sorted(set(expected.targets))
    for name, (held, value) in pairs.items():
        if held != value:
            raise not_loaded(
                source,
                f"it holds an adapter with {name} {held}, and {value} is asked for: ask for the same, "
                "or merge it into its base first (aft export)",
                pointer=f"/adapter/{name}",
            )


def weight_dtype(module: PreTrainedModel) -> torch.dtype:
    return cast(nn.Embedding, module.get_input_embeddings()).weight.dtype


def inner_linear_layers(module: PreTrainedModel) -> dict[str, tuple[int, int]]:
    """(inputs, outputs) of each linear layer within the numbered blocks, by path."""
    return {path: _size(layer) for path, layer in _inner_layers(module).items()}


def _size(layer: nn.Module) -> tuple[int, int]:
    # Conv1D keeps its weight the other way round
    if isinstance(layer, nn.Linear):
        return layer.in_features, layer.out_features
    inputs, outputs = cast(Conv1D, layer).weight.shape
    return inputs, outputs


def _inner_layers(module: PreTrainedModel) -> dict[str, nn.Module]:
    """The linear layers within the numbered blocks of the backbone, by path: neither embeddings nor head."""
    backbone: Any = module.base_model
    return {
        path: layer
        for path, layer in backbone.named_modules()
        if type(layer) in (nn.Linear, Conv1D) and any(part.isdigit() for part in path.split("."))
    }


def _checked(targets: list[str], layers: list[str], source: str) -> list[str]:
    for place, name in enumerate(targets):
        if name not in layers:
            meant = nearest(name, layers)
            hint = f"; did you mean {meant}?" if meant else ""
            text = f"it has no linear layer {name!r} in its blocks (there are {', '.join(layers)}){hint}"
            raise WorkerError(
                "ModelNotLoaded",
                f"cannot put an adapter on {source!r}: {text}",
                source=source,
                pointer=f"/adapter/targets/{place}",
            )
    return sorted(set(targets))
