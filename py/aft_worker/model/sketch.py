"""A model by its config.json alone: without weights, or with random ones in fewer layers, to measure with."""

from typing import Any

import torch
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedModel

from .attention import keep_softcap
from .source import check_source, not_loaded, why


def sketch_module(
    source: str,
    revision: str | None,
    layers: int,
    dtype: torch.dtype,
    attention: str,
    device: torch.device,
) -> PreTrainedModel:
    """The module that a folder's or hub id's config.json describes, with its first `layers` layers, on the
    device. No weights are read: they are random, and no random number of others is touched. Raises
    ModelNotLoaded."""
    is_folder = check_source(source)
    try:
        config = _with_layers(AutoConfig.from_pretrained(source, revision=revision or "main"), layers)
        with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []), device:
            torch.manual_seed(0)
            module = AutoModelForCausalLM.from_config(
                config, dtype=dtype, attn_implementation=None if attention == "auto" else attention
            )
    except torch.OutOfMemoryError:
        raise
    except ImportError as error:
        raise not_loaded(source, f"attention {attention!r} cannot be used here: {why(error)}") from None
    except Exception as error:
        raise not_loaded(source, why(error, source, hub=not is_folder)) from None
    keep_softcap(module, attention, source)
    return module


def empty_module(source: str, revision: str | None) -> PreTrainedModel:
    """The same with all layers, and without memory for its weights. Raises ModelNotLoaded."""
    is_folder = check_source(source)
    try:
        config = AutoConfig.from_pretrained(source, revision=revision or "main")
        with torch.device("meta"):
            return AutoModelForCausalLM.from_config(config)
    except Exception as error:
        raise not_loaded(source, why(error, source, hub=not is_folder)) from None


def _with_layers(config: Any, layers: int) -> Any:
    text = config.get_text_config(decoder=True)
    before = text.num_hidden_layers
    text.num_hidden_layers = layers
    # what is listed a layer: their types, say
    for name, value in list(vars(text).items()):
        if isinstance(value, list) and len(value) == before:
            setattr(text, name, value[:layers])
    return config
