"""LoRA (arXiv 2106.09685): small trainable matrices beside the layers of a frozen base model."""

import hashlib
import json
from dataclasses import dataclass
from typing import cast

import torch
from peft import LoraConfig, get_peft_model
from torch import nn
from transformers import PreTrainedModel

from ..device import dtype_name
from ..errors import first_line
from ..protocol import AdapterInfo, AdapterSettings
from .adapter_targets import chosen_places, is_transposed, peft_targets, places_of
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
    is in float32, also beside a bfloat16 base. Raises ModelNotLoaded as `chosen_places` does.
    """
    places = chosen_places(places_of(module), settings, source)
    layers, tensors = peft_targets(module, places)
    adapter = Adapter(
        rank=settings.rank,
        alpha=settings.alpha,
        dropout=settings.dropout,
        targets=sorted({place.name for place in places}),
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
        target_modules=layers,
        target_parameters=tensors or None,
        bias="none",
        fan_in_fan_out=is_transposed(module, places),
        revision=revision,
    )
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        try:
            wrapped = get_peft_model(module, config)
        except ValueError as error:
            raise not_loaded(source, f"it cannot have the adapter: {first_line(error)}", "/adapter") from None
    # peft takes the name that the module itself has
    wrapped.peft_config["default"].base_model_name_or_path = source
    return cast(PreTrainedModel, wrapped), adapter


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
