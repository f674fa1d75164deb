"""Rows one below the other, padded on the right to the longest: what every model and device can take.

    ids        p0 p1 p2 | a0 a1 | b0 b1 b2
    segment     0  0  0 |  1  1 |  2  2  2      a token sees segment 0 and its own

A row with one response is an ordinary causal sequence, and a batch of such rows needs neither mask nor
positions: padding stands where a causal model cannot see it.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from .batching import Row
from .micro_batch import MicroBatch, assembled, counts_of, predictions
from .transfers import place_lists


def pack(units: Sequence[list[Row]], max_tokens: int) -> list[list[int]]:
    """Which units (rows that stay together) share a micro-batch: indices into `units`, longest rows first.

    A micro-batch costs rows x longest row, padding included, and stays within `max_tokens`; a unit that is
    over it alone is a micro-batch of its own.
    """
    longest = [max((row.length for row in rows), default=0) for rows in units]
    batches: list[list[int]] = []
    rows_in_batch = width = 0
    for index in sorted(range(len(units)), key=lambda i: (-longest[i], i)):
        rows = len(units[index])
        if rows == 0:
            continue
        # sorted, so the first unit of a batch holds its longest row
        if batches and (rows_in_batch + rows) * width <= max_tokens:
            batches[-1].append(index)
            rows_in_batch += rows
        else:
            batches.append([index])
            rows_in_batch, width = rows, longest[index]
    return batches


def places(rows: Sequence[Row]) -> int:
    """What a micro-batch of these rows costs."""
    return len(rows) * max(row.length for row in rows)


def collate(rows: Sequence[Row], pad_id: int, device: torch.device | str = "cpu") -> MicroBatch:
    """Rows to the tensors of one micro-batch."""
    width = max(row.length for row in rows)
    shared = any(len(row.responses) > 1 for row in rows)
    ids: list[int] = []
    positions: list[int] = []
    segments: list[int] = []
    for row in rows:
        prompt, padding = len(row.prompt), width - row.length
        ids += row.prompt
        for response in row.responses:
            ids += response
        ids += [pad_id] * padding
        if not shared:
            continue
        positions += range(prompt)
        segments += [0] * prompt
        for number, response in enumerate(row.responses, 1):
            positions += range(prompt, prompt + len(response))
            segments += [number] * len(response)
        positions += [0] * padding
        segments += [-1] * padding
    device = torch.device(device)
    input_ids, position_ids, segment_ids, lengths, *found = place_lists(
        device,
        ids,
        positions,
        segments,
        counts_of(rows),
        *predictions(rows, range(0, len(rows) * width, width)),
    )
    shape = (len(rows), width)
    return assembled(
        rows,
        lengths,
        found,
        input_ids=input_ids.view(shape),
        position_ids=position_ids.view(shape) if shared else None,
        segments=segment_ids.view(shape) if shared else None,
    )


def block_mask(segments: Tensor, positions: Tensor, window: int | None, dtype: torch.dtype) -> Tensor:
    """[B, 1, L, L] to be added to attention scores: 0 where a query may look, -inf where not.

    A response sees its prompt and itself, causally. `window` w: only the last w positions, itself included.
    A padding token sees what comes before it in padding, so that no row of the softmax is empty.
    """
    length = segments.shape[1]
    query, key = segments[:, :, None], segments[:, None, :]
    causal = torch.ones(length, length, dtype=torch.bool, device=segments.device).tril()
    allowed = causal & ((key == 0) | (key == query))
    if window is not None:
        # padding stands at position 0, from which no window hides anything
        allowed &= positions[:, :, None] - positions[:, None, :] < window
    mask = torch.zeros(allowed.shape, dtype=dtype, device=segments.device)
    return mask.masked_fill_(~allowed, float("-inf")).unsqueeze(1)
