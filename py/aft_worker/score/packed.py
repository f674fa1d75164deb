"""Rows one behind the other without padding, under a mask that shows each token its own row alone.

A token sees two stretches of places: of its row's prompt, and of its own response up to itself. So the mask
is three numbers a token, and which blocks of 128 x 128 places hold anything to see follows from them on the
host: an attention over blocks (FlexAttention) computes no others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.attention.flex_attention import BlockMask

from .batching import Row
from .micro_batch import MicroBatch, assembled, counts_of, predictions
from .transfers import place_arrays, place_lists

MakeMasks = Callable[[Callable[[int | None], BlockMask]], Any]

BLOCK = 128
KINDS = ("kv", "full_kv", "q", "full_q")
LEAST_BLOCKS = 2  # the compiler takes a single one for a case of its own


def pack(units: Sequence[list[Row]], max_tokens: int) -> list[list[int]]:
    """Which units (rows that stay together) share a micro-batch: indices into `units`, the largest first.

    A micro-batch costs its tokens and stays within `max_tokens`; a unit that is over it alone is a
    micro-batch of its own. They are few, and about equally large: a small last one would cost as many
    kernels as the others, and the largest sets the peak of memory.
    """
    sizes = [sum(row.length for row in rows) for rows in units]
    order = sorted((index for index, rows in enumerate(units) if rows), key=lambda i: (-sizes[i], i))
    alone = [[index] for index in order if sizes[index] > max_tokens]
    rest = order[len(alone) :]
    fewest = _first_fit(rest, sizes, max_tokens)
    even = _evenly(rest, sizes, len(fewest))
    fits = all(sum(sizes[index] for index in batch) <= max_tokens for batch in even)
    return alone + (even if fits else fewest)


def _first_fit(order: Sequence[int], sizes: Sequence[int], most: int) -> list[list[int]]:
    batches: list[list[int]] = []
    room: list[int] = []
    for index in order:
        place = next((at for at, left in enumerate(room) if sizes[index] <= left), len(room))
        if place == len(room):
            batches.append([])
            room.append(most)
        batches[place].append(index)
        room[place] -= sizes[index]
    return batches


def _evenly(order: Sequence[int], sizes: Sequence[int], count: int) -> list[list[int]]:
    """Each to the one that is the smallest so far."""
    batches: list[list[int]] = [[] for _ in range(count)]
    filled = [0] * count
    for index in order:
        place = filled.index(min(filled))
        batches[place].append(index)
        filled[place] += sizes[index]
    return batches


def places(rows: Sequence[Row]) -> int:
    """What a micro-batch of these rows costs."""
    return sum(row.length for row in rows)


def collate(
    rows: Sequence[Row],
    pad_id: int,
    masks: MakeMasks,
    device: torch.device | str = "cpu",
    recurring: bool = False,
) -> MicroBatch:
    """Rows to one row of L places, a multiple of 128, with what `masks` makes of the mask of a window.

    A window is how many of the last positions a token sees, its own included; None: all. recurring: padded
    further, to sizes of which there are few.
    """
    device = torch.device(device)
    tokens = places(rows)
    size = max(-(-tokens // BLOCK), LEAST_BLOCKS) * BLOCK
    if recurring:
        # at least one place is padding: what belongs to no response lies there
        size = max(recurring_size(tokens + 1), LEAST_BLOCKS * BLOCK)
    padding = size - tokens
    ids: list[int] = []
    positions: list[int] = []
    starts: list[int] = []
    for row in rows:
        starts.append(len(ids))
        ids += row.prompt
        positions += range(len(row.prompt))
        for response in row.responses:
            ids += response
            positions += range(len(row.prompt), len(row.prompt) + len(response))
    ids += [pad_id] * padding
    positions += [0] * padding
    stretches = seen(rows, padding)

    mask_tensors: list[Tensor] = []

    def of_window(window: int | None) -> BlockMask:
        own = stretches if window is None else narrowed(stretches, positions, window)
        mask, tensors = block_mask(own, device)
        mask_tensors.extend(tensors)
        return mask

    counts = counts_of(rows)
    found = predictions(rows, starts)
    if recurring:
        counts, found = _padded(counts, found, size - 1)
    input_ids, position_ids, lengths, *placed = place_lists(device, ids, positions, counts, *found)
    return assembled(
        rows,
        lengths,
        placed,
        input_ids=input_ids[None],
        position_ids=position_ids[None],
        masks=masks(of_window),
        mask_tensors=mask_tensors,
    )


def recurring_size(count: int, least: int = BLOCK) -> int:
    """The next of 16 sizes between powers of two: at most a 16th more than needed, or less than `least`."""
    step = max(least, 1 << max(0, count.bit_length() - 5))
    return -(-count // step) * step


def _padded(
    counts: list[int], found: tuple[list[int], ...], place: int
) -> tuple[list[int], tuple[list[int], ...]]:
    """Lengths and predictions of responses, padded by some of nothing that is predicted from `place`."""
    gather, firsts, prompts, shares, targets = found
    tokens, responses, rows = (
        recurring_size(len(gather) + 1),
        recurring_size(len(counts) + 1, 64),
        recurring_size(len(prompts) + 1, 64),
    )
    rest = tokens - len(gather)
    empty = responses - len(counts)
    return (
        [*counts, rest, *[0] * (empty - 1)],
        (
            [*gather, *[place] * rest],
            [*firsts, *[len(gather)] * empty],
            [*prompts, *[place] * (rows - len(prompts))],
            [*shares, *[0] * (rows - len(prompts))],
            [*targets, *[0] * rest],
        ),
    )


def seen(rows: Sequence[Row], padding: int) -> np.ndarray:
    """[3, L]: a token at place q sees places [first, end) and [own, q]; first <= end <= own <= q + 1."""
    first: list[int] = []
    end: list[int] = []
    own: list[int] = []
    start = 0
    for row in rows:
        prompt = start + len(row.prompt)
        first += [start] * row.length
        # a prompt's token sees one stretch
        end += [start] * len(row.prompt) + [prompt] * (row.length - len(row.prompt))
        own += [start] * len(row.prompt)
        begin = prompt
        for response in row.responses:
            own += [begin] * len(response)
            begin += len(response)
        start = begin
    for stretch in (first, end, own):
        stretch += [start] * padding
    return np.array([first, end, own], dtype=np.int64)


def narrowed(stretches: np.ndarray, positions: Sequence[int], window: int) -> np.ndarray:
    """The same where only the last `window` positions are seen, the token's own included."""
    first, end, own = stretches
    places = np.arange(len(first))
    # a prompt's positions are its places, counted from its first
    oldest = np.array(positions) - window + 1
    return np.array(
        [np.maximum(first, np.minimum(first + oldest, end)), end, np.maximum(own, places - window + 1)]
    )


def block_mask(stretches: np.ndarray, device: torch.device) -> tuple[BlockMask, list[Tensor]]:
    """([1, 1, L, L] of what each token sees, all tensors that it consists of)."""
    partial, full = block_kinds(stretches)
    partial_count, partial_order = _listed(partial)
    full_count, full_order = _listed(full)
    count, size = len(partial), stretches.shape[1]
    parts = (partial_count, partial_order.ravel(), full_count, full_order.ravel(), *stretches)
    lists = place_arrays(device, *(part.astype(np.int32) for part in parts))
    first, end, own = lists[4:]

    def sees(_batch: Tensor, _head: Tensor, query: Tensor, key: Tensor) -> Any:
        return (key <= query) & (key >= first[query]) & ((key < end[query]) | (key >= own[query]))

    mask = BlockMask.from_kv_blocks(
        lists[0].view(1, 1, count),
        lists[1].view(1, 1, count, count),
        lists[2].view(1, 1, count),
        lists[3].view(1, 1, count, count),
        BLOCK_SIZE=BLOCK,
        mask_mod=sees,
        seq_lengths=(size, size),
    )
    tables = [getattr(mask, f"{kind}_{what}") for kind in KINDS for what in ("num_blocks", "indices")]
    return mask, [*tables, first, end, own]


def block_kinds(stretches: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """([n, n] blocks of queries by blocks of keys that are seen in part, those that are seen wholly)."""
    first, end, own = stretches
    size = len(first)
    count = size // BLOCK
    queries = np.arange(size)
    # two stretches that touch are one
    joined = end == own
    low = np.concatenate([np.where(joined, own, first), np.where(joined, first, own)])
    high = np.concatenate([end, queries + 1])
    block = np.concatenate([queries, queries]) // BLOCK
    some = high > low
    touched = _counted(block, low // BLOCK, (high - 1) // BLOCK + 1, some, count)
    whole = _counted(block, -(-low // BLOCK), high // BLOCK, high // BLOCK > -(-low // BLOCK), count)
    full = whole == BLOCK
    return (touched > 0) & ~full, full


def _counted(
    block: np.ndarray, begin: np.ndarray, stop: np.ndarray, some: np.ndarray, count: int
) -> np.ndarray:
    """[n, n]: how many stretches of a block of queries cover each block of keys from `begin` to `stop`."""
    width = count + 1
    edges = np.bincount((block * width + begin)[some], minlength=count * width)
    edges -= np.bincount((block * width + stop)[some], minlength=count * width)
    return edges.reshape(count, width).cumsum(1)[:, :count]


def _listed(blocks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """bool [n, n] -> (how many of each row are set, their places first, in order)."""
    return blocks.sum(1), np.argsort(~blocks, axis=1, kind="stable")
