"""The attention of `slot_attention` as one kernel, which reads of each slot what its row looks at, and no
more."""

# pyright: reportMissingImports=false, reportIndexIssue=false

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor

_BLOCK = 64  # positions that are read at a time


def attend_on_cuda(
    query: Tensor, key: Tensor, value: Tensor, limits: Tensor, scale: float, softcap: float | None
) -> Tensor:
    """See `slot_attention.attend_plainly`; limits int32 [n, 1, 1, 2], the first position and the one after
    the last that each row looks at."""
    rows, kv_heads, group, size = query.shape
    query = query.contiguous()
    out = torch.empty(rows, kv_heads, group, value.shape[-1], dtype=query.dtype, device=query.device)
    _attend[(rows, kv_heads)](
        query,
        key,
        value,
        limits,
        out,
        scale,
        softcap or 1.0,
        key.stride(0),
        key.stride(1),
        key.stride(2),
        value.stride(0),
        value.stride(1),
        value.stride(2),
        KV_HEADS=kv_heads,
        GROUP=group,
        SIZE=size,
        VALUE_SIZE=value.shape[-1],
        ROWS=max(16, triton.next_power_of_2(group)),
        COLUMNS=max(16, triton.next_power_of_2(size)),
        VALUE_COLUMNS=max(16, triton.next_power_of_2(value.shape[-1])),
        CAPPED=softcap is not None,
        BLOCK=_BLOCK,
        # float32 is float32 here
        PRECISION="ieee" if query.dtype == torch.float32 else "tf32",
        num_warps=4,
        num_stages=2,
    )
    return out


@triton.jit
def _attend(
    query,
    key,
    value,
    limits,
    out,
    scale,
    softcap,
    key_row,
    key_head,
    key_place,
    value_row,
    value_head,
    value_place,
    KV_HEADS: tl.constexpr,
    GROUP: tl.constexpr,
    SIZE: tl.constexpr,
    VALUE_SIZE: tl.constexpr,
    ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
    VALUE_COLUMNS: tl.constexpr,
    CAPPED: tl.constexpr,
    BLOCK: tl.constexpr,
    PRECISION: tl.constexpr,
):
    """One program a row and key-value head: softmax over the positions, kept up block by block."""
    row = tl.program_id(0).to(tl.int64)
    head = tl.program_id(1)
    start = tl.load(limits + 2 * row)
    end = tl.load(limits + 2 * row + 1)
    member = tl.arange(0, ROWS)
    column = tl.arange(0, COLUMNS)
    value_column = tl.arange(0, VALUE_COLUMNS)
    first = (row * KV_HEADS + head) * GROUP
    asked = tl.load(
        query + (first + member[:, None]) * SIZE + column[None, :],
        mask=(member[:, None] < GROUP) & (column[None, :] < SIZE),
        other=0.0,
    )
    highest = tl.full([ROWS], float("-inf"), tl.float32)
    total = tl.zeros([ROWS], tl.float32)
    summed = tl.zeros([ROWS, VALUE_COLUMNS], tl.float32)
    keys = key + row * key_row + head * key_head
    values = value + row * value_row + head * value_head
    for at in range(start, end, BLOCK):
        place = at + tl.arange(0, BLOCK)
        inside = place < end
        known = tl.load(
            keys + place[None, :] * key_place + column[:, None],
            mask=inside[None, :] & (column[:, None] < SIZE),
            other=0.0,
        )
        scores = tl.dot(asked, known, input_precision=PRECISION) * scale
        if CAPPED:
            # tanh by way of an exponential that cannot overflow
            scores = softcap * (2.0 / (1.0 + tl.exp(-2.0 * scores / softcap)) - 1.0)
        scores = tl.where(inside[None, :], scores, float("-inf"))
        higher = tl.maximum(highest, tl.max(scores, axis=1))
        weights = tl.exp(scores - higher[:, None])
        shrunk = tl.exp(highest - higher)
        total = total * shrunk + tl.sum(weights, axis=1)
        seen = tl.load(
            values + place[:, None] * value_place + value_column[None, :],
            mask=inside[:, None] & (value_column[None, :] < VALUE_SIZE),
            other=0.0,
        )
        summed = summed * shrunk[:, None] + tl.dot(weights.to(seen.dtype), seen, input_precision=PRECISION)
        highest = higher
    tl.store(
        out + (first + member[:, None]) * VALUE_SIZE + value_column[None, :],
        (summed / total[:, None]).to(out.dtype.element_ty),
        mask=(member[:, None] < GROUP) & (value_column[None, :] < VALUE_SIZE),
    )
