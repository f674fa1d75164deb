"""Makes a model from scratch, for demonstrations and tests."""

from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, PreTrainedTokenizerBase

from ..device import resolve_device, resolve_dtype
from ..protocol import ModelCreateParams
from .architectures import config_of
from .attention import keep_softcap
from .loading import LoadedModel, wrap
from .source import check_tokenizer_folder, load_tokenizer


def create_model(params: ModelCreateParams) -> LoadedModel:
    """A model whose weights are a function of the settings and the seed alone: drawn on the CPU in float32,
    then cast and moved. The vocabulary is the tokenizer's.

    Raises what `config_of` raises, ModelNotLoaded for a folder without a tokenizer, and
    DeviceUnavailable.
    """
    device = resolve_device(params.device)
    check_tokenizer_folder(Path(params.tokenizer), "/tokenizer")
    tokenizer = load_tokenizer(params.tokenizer, pointer="/tokenizer")
    config = config_of(params, {"vocab_size": len(tokenizer), **_special_ids(tokenizer)})
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(params.seed)
        module = AutoModelForCausalLM.from_config(
            config, attn_implementation=None if params.attention == "auto" else params.attention
        )
    keep_softcap(module, params.attention, params.tokenizer)
    # The weights alone: buffers, such as the rotary frequencies, keep float32, as in a model that is loaded.
    dtype = resolve_dtype(params.dtype, device)
    for weight in module.parameters():
        weight.data = weight.data.to(dtype)
    model = wrap(module.to(device), tokenizer, params.tokenizer)
    model.weights_changed()
    return model


def _special_ids(tokenizer: PreTrainedTokenizerBase) -> dict[str, Any]:
    return {name: getattr(tokenizer, name) for name in ("bos_token_id", "eos_token_id", "pad_token_id")}
