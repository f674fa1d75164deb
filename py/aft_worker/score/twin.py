"""A small random model of another's class and settings, on which long behaviour shows within a few tokens.

What a class does beyond its window, or beyond the length at which its positions change, is a matter of its
code and its settings, not of its weights. So all lengths in the settings are cut to a few tokens, and all
sizes with them; kinds of layers, of positions and of heads stay.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from transformers import PreTrainedConfig, PreTrainedModel

WINDOW = 6  # tokens that are seen through a window, or in a chunk
ORIGINAL = 24  # tokens after which positions change
POSITIONS = 128
VOCABULARY = 160
WIDTH = 64
MOST_PARAMETERS = 40_000_000

# settings that hold a length of a window, under all names that are met
WINDOWS = ("window", "attention_chunk_size", "local_attention", "index_topk", "floor_scale", "block_size")
EXPERTS = ("num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts", "num_moe_experts")
EXPERTS_CHOSEN = ("num_experts_per_tok", "num_experts_per_token", "moe_topk", "moe_k", "top_k_experts")
WIDTHS = ("intermediate_size", "ffn_dim", "n_inner", "ffn_hidden_size", "expert_dim")
KEPT_WIDTHS = ("mamba", "ssm", "linear", "lru", "conv")  # tied to other sizes


def twin_of(causal: PreTrainedModel) -> PreTrainedModel | None:
    """In float32 on the CPU, a function of class and settings alone; None where none of a moderate size can
    be made. No random number of others is touched."""
    for shrink in (shrunk, _shorter):
        try:
            config = shrink(causal.config)
            return _made(type(causal), config)
        except Exception:  # settings of any class, cut by general rules: whatever its constructor may raise
            continue
    return None


def shrunk(config: PreTrainedConfig) -> PreTrainedConfig:
    """Lengths and sizes cut, few layers, of each kind of layer one."""
    config = copy.deepcopy(config)
    text: Any = config.get_text_config(decoder=True)
    heads, size = _count(text, "num_attention_heads"), _count(text, "hidden_size")
    shared = _count(text, "num_key_value_heads")
    if heads and size:
        own = _count(text, "head_dim") or size // heads
        groups = 2 if shared and shared < heads and heads % shared == 0 else 1
        text.num_attention_heads = 2
        if shared:
            text.num_key_value_heads = 2 // groups
        text.hidden_size = 2 * own
    _cut_sizes(text)
    return _cut_lengths(config)


def _shorter(config: PreTrainedConfig) -> PreTrainedConfig:
    """Of a class whose sizes hang together in a way of its own: lengths and layers alone."""
    return _cut_lengths(copy.deepcopy(config))


def _made(kind: type[PreTrainedModel], config: PreTrainedConfig) -> PreTrainedModel:
    config.dtype = torch.float32
    if config.get_text_config(decoder=True)._attn_implementation not in ("sdpa", "eager"):
        config._attn_implementation = "sdpa"
    with torch.device("meta"):
        size = sum(weight.numel() for weight in kind(config).parameters())
    if size > MOST_PARAMETERS:
        raise ValueError(f"{size} parameters")
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        module = kind(config).float().eval()
        spread(module)
    return module


@torch.no_grad()
def spread(module: nn.Module) -> None:
    """Random weights so large that no logit is near the others: a wrong mask, position or factor shows."""
    for name, weight in module.named_parameters():
        last = name.rpartition(".")[2]
        if weight.dim() >= 3 or (weight.dim() == 2 and last in ("weight", "c_attn", "c_proj", "c_fc")):
            weight.normal_(0, 1.3 * weight.shape[-1] ** -0.5)


def _cut_sizes(text: Any) -> None:
    for name in list(vars(text)):
        value = _count(text, name)
        plain = name.removeprefix("_")
        if not value or any(part in plain for part in KEPT_WIDTHS):
            continue
        if plain.endswith(WIDTHS):
            setattr(text, name, min(value, WIDTH))
        elif plain.endswith(EXPERTS):
            setattr(text, name, min(value, 4))
        elif plain.endswith(EXPERTS_CHOSEN):
            setattr(text, name, min(value, 2))
        elif plain in ("n_group", "topk_group"):
            setattr(text, name, 1)


def _cut_lengths(config: PreTrainedConfig) -> PreTrainedConfig:
    text: Any = config.get_text_config(decoder=True)
    for part in {id(one): one for one in (config, text)}.values():
        vocabulary = _count(part, "vocab_size")
        if vocabulary and vocabulary > VOCABULARY:
            part.vocab_size = VOCABULARY
        for name in list(vars(part)):
            _cut_length(part, name)
    for value in vars(config).values():
        if isinstance(value, PreTrainedConfig) and value is not text and _count(value, "num_hidden_layers"):
            keep_layers(value, [0])
    _cut_rotary(text)
    layers = _count(text, "num_hidden_layers")
    if layers and layers > 2:
        keep_layers(text, _kinds(text, layers))
    return config


def _cut_length(part: Any, name: str) -> None:
    value = _count(part, name)
    if not value:
        return
    if name.endswith("token_id") or name.endswith("token_index"):
        setattr(part, name, value % VOCABULARY)
    elif any(word in name for word in WINDOWS):
        setattr(part, name, min(value, WINDOW))
    elif name == "original_max_position_embeddings":
        setattr(part, name, min(value, ORIGINAL))
    elif ("max" in name and "position" in name) or name in ("n_positions", "n_ctx", "max_seq_len"):
        setattr(part, name, min(value, POSITIONS))


def _cut_rotary(text: Any) -> None:
    parameters = getattr(text, "rope_parameters", None)
    if not isinstance(parameters, dict):
        return
    own = [one for one in parameters.values() if isinstance(one, dict)] or [parameters]
    for one in own:
        if one.get("original_max_position_embeddings"):
            one["original_max_position_embeddings"] = ORIGINAL
        if "dynamic" in str(one.get("rope_type")):
            text.max_position_embeddings = ORIGINAL


def keep_layers(config: Any, places: Sequence[int]) -> None:
    """As many layers, and of what is listed a layer what lies at these places."""
    before = config.num_hidden_layers
    config.num_hidden_layers = len(places)
    for name, value in list(vars(config).items()):
        if isinstance(value, list) and len(value) == before:
            setattr(config, name, [value[place] for place in places])


def _kinds(text: Any, layers: int) -> list[int]:
    """The first layer of each kind, by all that is listed a layer; at least two layers."""
    lists = [value for value in vars(text).values() if isinstance(value, list) and len(value) == layers]
    seen: dict[str, int] = {}
    for place in range(layers):
        seen.setdefault(repr([one[place] for one in lists]), place)
    places = sorted(seen.values())
    return (
        places
        if len(places) > 1
        else sorted({*places, min(place for place in range(layers) if place not in places)})
    )


def _count(config: Any, name: str) -> int | None:
    try:
        value = getattr(config, name, None)
    except Exception:  # a property over settings that are not there
        return None
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
