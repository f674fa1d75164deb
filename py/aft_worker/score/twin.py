"""A small random model of another's class and settings, on which long behaviour shows within a few tokens.

What a class does beyond its window, or beyond the length at which its positions change, is a matter of its
code and its settings, not of its weights. So all lengths in the settings are cut to a few tokens, and all
sizes with them; kinds of layers, of positions and of heads stay.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from transformers import PreTrainedConfig, PreTrainedModel

from .windows import is_window


@dataclass
class TwinModel:
    """A twin as `Model` has it: on the CPU, in float32, without a tokenizer."""

    module: Any
    max_positions: int = 0

    @property
    def tokenizer(self) -> Any:
        return self

    @property
    def pad_id(self) -> int:
        return 0

    @property
    def device(self) -> torch.device:
        return torch.device("cpu")

    @property
    def dtype(self) -> torch.dtype:
        return torch.float32


@dataclass(frozen=True, slots=True)
class Lengths:
    """In tokens: what is seen through a window or in a chunk, after how many positions change, and all that
    there are."""

    window: int = 6
    original: int = 24
    positions: int = 64


TWIN = Lengths()
VOCABULARY = 160
WIDTH = 64
MOST_PARAMETERS = 64_000_000

EXPERTS = ("num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts", "num_moe_experts")
EXPERTS_CHOSEN = ("num_experts_per_tok", "num_experts_per_token", "moe_topk", "moe_k", "top_k_experts")
WIDTHS = ("intermediate_size", "ffn_dim", "n_inner", "ffn_hidden_size", "expert_dim")
STATES = (
    "chunk_size",
    "d_state",
    "state_size",
    "linear_head_dim",
    "linear_key_head_dim",
    "linear_value_head_dim",
)
STATE_HEADS = ("linear_num_heads", "linear_num_key_heads", "linear_num_value_heads")
KEPT_WIDTHS = ("mamba", "ssm", "linear", "lru", "conv")  # tied to other sizes


def twins_of(causal: PreTrainedModel) -> Iterator[PreTrainedModel]:
    """In float32 on the CPU, functions of class and settings alone, the smallest first: those of a moderate
    size that can be made. No random number of others is touched."""
    for shrink in (shrunk, _shorter):
        try:
            yield _made(type(causal), shrink(causal.config, TWIN))
        except Exception:  # settings of any class, cut by general rules: whatever its constructor may raise
            continue


def shrunk(config: PreTrainedConfig, lengths: Lengths) -> PreTrainedConfig:
    """A copy with lengths and sizes cut, and of each kind of layer one."""
    config = copy.deepcopy(config)
    text = text_of(config)
    heads, size = _count(text, "num_attention_heads"), _count(text, "hidden_size")
    shared = _count(text, "num_key_value_heads")
    if heads and size:
        own = _count(text, "head_dim") or size // heads
        groups = 2 if shared and shared < heads and heads % shared == 0 else 1
        for name in ("num_attention_heads", "encoder_attention_heads", "decoder_attention_heads"):
            if _count(text, name):
                setattr(text, name, 2)
        if shared:
            text.num_key_value_heads = 2 // groups
        text.hidden_size = 2 * own
    elif size:
        # a state in the place of attention: other sizes are multiples of this one
        multiples = {size * factor: WIDTH * factor for factor in (1, 2, 4)}
        for name in list(vars(text)):
            multiple = multiples.get(_count(text, name) or 0)
            if multiple is not None:
                setattr(text, name, multiple)
    _cut_sizes(text)
    return _cut_lengths(config, lengths)


def _shorter(config: PreTrainedConfig, lengths: Lengths) -> PreTrainedConfig:
    """Of a class whose sizes hang together in a way of its own: lengths and layers alone."""
    return _cut_lengths(copy.deepcopy(config), lengths)


def _made(kind: type[PreTrainedModel], config: PreTrainedConfig) -> PreTrainedModel:
    config.dtype = torch.float32
    if config.get_text_config(decoder=True)._attn_implementation not in ("sdpa", "eager", None):
        # another one, which may not run here: the class chooses
        config._attn_implementation = None
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


def text_of(config: PreTrainedConfig) -> Any:
    """What holds the settings of the text model: the configuration, or one within it."""
    text = config.get_text_config(decoder=True)
    # of an encoder with a decoder it is a copy, in which changes would be lost
    return text if any(value is text for value in vars(config).values()) else config


def _cut_sizes(text: Any) -> None:
    for name in list(vars(text)):
        listed = vars(text)[name]
        if name.endswith(WIDTHS) and isinstance(listed, list):
            setattr(text, name, [min(value, WIDTH) for value in listed])
        value = _count(text, name)
        plain = name.removeprefix("_")
        if not value:
            continue
        if plain.endswith(STATES):
            setattr(text, name, min(value, 16))
        elif plain in STATE_HEADS:
            setattr(text, name, min(value, 2))
        elif any(part in plain for part in KEPT_WIDTHS):
            continue
        elif plain.endswith(WIDTHS):
            setattr(text, name, min(value, WIDTH))
        elif plain.endswith(EXPERTS):
            setattr(text, name, min(value, 4))
        elif plain.endswith(EXPERTS_CHOSEN):
            setattr(text, name, min(value, 2))
    for name in ("n_group", "topk_group"):
        if _count(text, name):
            setattr(text, name, 1)


def _cut_lengths(config: PreTrainedConfig, lengths: Lengths) -> PreTrainedConfig:
    text = text_of(config)
    for part in {id(one): one for one in (config, text)}.values():
        for name in list(vars(part)):
            _cut_length(part, name, lengths)
    for value in vars(config).values():
        if isinstance(value, PreTrainedConfig) and value is not text and _count(value, "num_hidden_layers"):
            keep_layers(value, [0])
    _cut_rotary(text, lengths)
    layers = _count(text, "num_hidden_layers")
    if layers and layers > 2:
        keep_layers(text, _kinds(text, layers))
    return config


def _cut_length(part: Any, name: str, lengths: Lengths) -> None:
    value = _count(part, name)
    if not value:
        return
    if name.endswith(("token_id", "token_index")):
        setattr(part, name, value % VOCABULARY)
    elif "vocab_size" in name:
        setattr(part, name, min(value, VOCABULARY))
    elif is_window(name):
        setattr(part, name, min(value, lengths.window))
    elif name == "original_max_position_embeddings":
        setattr(part, name, min(value, lengths.original))
    elif ("max" in name and "position" in name) or name in ("n_positions", "n_ctx", "max_seq_len"):
        setattr(part, name, min(value, lengths.positions))
    elif name in ("encoder_layers", "decoder_layers", "num_decoder_layers", "num_encoder_layers"):
        setattr(part, name, min(value, 2))
    elif name == "num_kv_shared_layers":
        setattr(part, name, 0)


def _cut_rotary(text: Any, lengths: Lengths) -> None:
    parameters = getattr(text, "rope_parameters", None)
    if not isinstance(parameters, dict):
        return
    for one in [one for one in parameters.values() if isinstance(one, dict)] or [parameters]:
        if one.get("original_max_position_embeddings"):
            one["original_max_position_embeddings"] = lengths.original
        if "dynamic" in str(one.get("rope_type")):
            text.max_position_embeddings = lengths.original


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
    return places if len(places) > 1 else [0, 1]


def _count(config: Any, name: str) -> int | None:
    try:
        value = getattr(config, name, None)
    except Exception:  # a property over settings that are not there
        return None
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
