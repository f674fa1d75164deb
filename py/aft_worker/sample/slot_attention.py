"""Attention of one new token a row over what the row's slot holds.

Rows differ in length, so each has bounds: the first position that it may look at and the one after the last.
Heads that share keys and values are computed together, and no key is expanded or copied.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import AttentionInterface

from .decoder import CannotDecode

NAME = "aft_slots"  # in transformers' table of attentions


def looks(position: Tensor, window: int | None, reach: int) -> Tensor:
    """position [n] of the new tokens -> what `attend` goes by: on a GPU int32 [n, 1, 1, 2], from where and up
    to where each row looks; else bool [n, 1, 1, reach], True where it looks.

    Of four dimensions, since transformers takes such a mask for one that is made already.
    """
    end = position + 1
    start = torch.zeros_like(end) if window is None else (end - window).clamp(min=0)
    if position.device.type == "cuda":
        return torch.stack([start, end], dim=-1).int()[:, None, None, :]
    place = torch.arange(reach, device=position.device)
    return ((place >= start[:, None]) & (place < end[:, None]))[:, None, None, :]


def attend(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor,
    scaling: float | None = None,
    softcap: float | None = None,
    **settings: Any,
) -> tuple[Tensor, None]:
    """query [n, heads, 1, size], key and value [n, key-value heads, reach, size], attention_mask: `looks`
    -> ([n, 1, heads, size of a value], None). Raises CannotDecode for what it does not know."""
    # windows are in the bounds, and nothing is dropped where nothing is trained
    known = {"dropout", "sliding_window", "is_causal", "position_ids", "use_cache", "output_attentions"}
    other = [name for name, setting in settings.items() if name not in known and setting is not None]
    if other or query.shape[2] != 1:
        raise CannotDecode(f"attention with {', '.join(other) or 'several tokens a row'}")
    rows, heads, _, size = query.shape
    kv_heads = key.shape[1]
    grouped = query.reshape(rows, kv_heads, heads // kv_heads, size)
    scale = size**-0.5 if scaling is None else scaling
    if attention_mask.dtype != torch.bool:
        from .slot_kernel import attend_on_cuda

        out = attend_on_cuda(grouped, key, value, attention_mask, scale, softcap)
    else:
        out = attend_plainly(grouped, key, value, attention_mask, scale, softcap)
    return out.reshape(rows, 1, heads, value.shape[-1]), None


def attend_plainly(
    query: Tensor, key: Tensor, value: Tensor, inside: Tensor, scale: float, softcap: float | None
) -> Tensor:
    """query [n, key-value heads, group, size], inside bool [n, 1, 1, reach]
    -> [n, key-value heads, group, size of a value]."""
    if softcap is None:
        return F.scaled_dot_product_attention(query, key, value, attn_mask=inside, scale=scale)
    scores = (query @ key.transpose(2, 3)).float() * scale
    scores = torch.tanh(scores / softcap) * softcap
    weights = scores.masked_fill(~inside, float("-inf")).softmax(dim=-1)
    return weights.to(value.dtype) @ value


AttentionInterface.register(NAME, attend)
