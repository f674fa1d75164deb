"""Makes a model from scratch, for demonstrations and tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, LlamaConfig, PreTrainedTokenizerBase

from .device import resolve_device, resolve_dtype
from .errors import WorkerError
from .model import LoadedModel, wrap
from .model_source import check_tokenizer_folder, load_tokenizer
from .protocol import ModelCreateParams


def create_model(params: ModelCreateParams) -> LoadedModel:
    """A Llama whose weights are a function of the settings and the seed alone: drawn on the CPU in float32,
    then cast and moved. The vocabulary is the tokenizer's.

    Raises InvalidParams for shapes that do not divide, ModelNotLoaded for a folder without a tokenizer, and
    DeviceUnavailable.
    """
    device = resolve_device(params.device)
    _check_shape(params)
    check_tokenizer_folder(Path(params.tokenizer), "/tokenizer")
    tokenizer = load_tokenizer(params.tokenizer, pointer="/tokenizer")
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=params.hidden_size,
        intermediate_size=params.intermediate_size,
        num_hidden_layers=params.layers,
        num_attention_heads=params.heads,
        num_key_value_heads=params.key_value_heads or params.heads,
        max_position_embeddings=params.max_positions,
        tie_word_embeddings=params.tie_embeddings,
        initializer_range=params.init_std,
        **_special_ids(tokenizer),
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(params.seed)
        module = AutoModelForCausalLM.from_config(
            config, attn_implementation="sdpa" if params.attention == "auto" else params.attention
        )
    # The weights alone: buffers, such as the rotary frequencies, keep float32, as in a model that is loaded.
    dtype = resolve_dtype(params.dtype, device)
    for weight in module.parameters():
        weight.data = weight.data.to(dtype)
    return wrap(module.to(device), tokenizer, params.tokenizer)


def _special_ids(tokenizer: PreTrainedTokenizerBase) -> dict[str, Any]:
    return {name: getattr(tokenizer, name) for name in ("bos_token_id", "eos_token_id", "pad_token_id")}


def _check_shape(params: ModelCreateParams) -> None:
    heads, kv_heads = params.heads, params.key_value_heads or params.heads
    if params.hidden_size % (2 * heads):
        raise _invalid(
            "heads",
            heads,
            f"hiddenSize {params.hidden_size} does not divide into {heads} heads of an even size "
            "(rotary positions turn pairs)",
        )
    if heads % kv_heads:
        raise _invalid(
            "keyValueHeads",
            kv_heads,
            f"{heads} heads do not divide among {kv_heads} key-value heads",
        )


def _invalid(field: str, found: int, message: str) -> WorkerError:
    return WorkerError("InvalidParams", message, pointer=f"/{field}", found=str(found))
