"""What an estimate needs to know of a model, without reading its weights."""

import json
import struct
from collections import Counter
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedModel

from ..device import dtype_name
from ..protocol import AdapterSettings, LinearLayer, ModelShape
from .adapter_folder import base_of, holds_adapter, tokenizer_of
from .adapter_targets import chosen_places, places_of
from .sketch import empty_module

_TYPES = {"F64": "float64", "F32": "float32", "BF16": "bfloat16", "F16": "float16"}


def inspect_model(source: str, revision: str | None, adapter: AdapterSettings | None = None) -> ModelShape:
    """Sizes of a folder's or hub id's model; of an adapter's folder those of its base. The module is built
    without memory for its weights. Raises ModelNotLoaded, also for an adapter that it cannot have."""
    if holds_adapter(source):
        base = base_of(Path(source))
        source, revision = base.source, base.revision
    module = empty_module(source, revision)
    if adapter is not None:
        chosen_places(places_of(module), adapter, source)
    return _shape(module, _stored(source))


def count_tokens(source: str, revision: str | None, texts: list[str]) -> list[int]:
    """Tokens of each text, without BOS and EOS. Raises ModelNotLoaded."""
    tokenizer = tokenizer_of(source, revision)
    return [len(ids) for ids in tokenizer(texts, add_special_tokens=False)["input_ids"]] if texts else []


def _shape(module: PreTrainedModel, stored: str | None) -> ModelShape:
    config: Any = module.config.get_text_config(decoder=True)
    embedding: Any = module.get_input_embeddings()
    head: Any = module.get_output_embeddings()
    # models with a state may have none
    heads = int(getattr(config, "num_attention_heads", None) or 1)
    places = places_of(module)
    widths = [size for place in places for size in (place.inputs, place.outputs)]
    kinds: Counter[tuple[str, int, int, bool]] = Counter()
    for place in places:
        kinds[place.name, place.inputs, place.outputs, place.by_default] += max(1, place.experts)
    dtype = module.config.dtype
    return ModelShape(
        parameters=sum(weight.numel() for weight in module.parameters()),
        embedding_parameters=embedding.weight.numel(),
        tied=head is not None and head.weight is embedding.weight,
        layers=int(config.num_hidden_layers),
        hidden_size=int(config.hidden_size),
        intermediate_size=int(getattr(config, "intermediate_size", None) or max(widths, default=0)),
        vocabulary_size=embedding.num_embeddings,
        heads=heads,
        key_value_heads=int(getattr(config, "num_key_value_heads", None) or heads),
        head_size=int(getattr(config, "head_dim", None) or config.hidden_size // heads),
        max_positions=int(getattr(config, "max_position_embeddings", None) or 0),
        dtype=stored or (dtype_name(dtype) if isinstance(dtype, torch.dtype) else str(dtype or "float32")),
        linear_layers=[
            LinearLayer(
                name=name,
                count=count,
                inputs=inputs,
                outputs=outputs,
                named_alone=None if by_default else True,
            )
            for (name, inputs, outputs, by_default), count in sorted(kinds.items())
        ],
    )


def _stored(folder: str) -> str | None:
    """The type of most weights of the first safetensors file; None where there is none,
    or no such folder."""
    for file in sorted(Path(folder).glob("*.safetensors")):
        try:
            with file.open("rb") as stream:
                (size,) = struct.unpack("<Q", stream.read(8))
                # of a damaged file it may be any number; loading says what is wrong
                header = json.loads(stream.read(min(size, file.stat().st_size)))
            kinds = Counter(weight["dtype"] for name, weight in header.items() if name != "__metadata__")
        except (OSError, ValueError, TypeError, KeyError, AttributeError, struct.error):
            return None
        return _TYPES.get(kinds.most_common(1)[0][0]) if kinds else None
    return None
