"""The one batch layout: a row is a prompt, computed once, with responses to it that do not see each other.

    ids        p0 p1 p2 | a0 a1 | b0 b1 b2
    position    0  1  2 |  3  4 |  3  4  5      positions restart after the prompt
    segment     0  0  0 |  1  1 |  2  2  2      a token sees segment 0 and its own, never what comes later

A row with one response is an ordinary causal sequence, and a batch of such rows needs neither mask nor
positions: padding stands on the right, where a causal model cannot see it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import torch
from torch import Tensor

from ..errors import WorkerError
from ..protocol import ScoreGroup, TrainGroup
from ..tokens import TokenCodec

# A row's attention grows with its length squared, its saving by the shared prompt only linearly: responses of
# a larger group go on in another row with the prompt repeated.
ROW_TOKENS = 2048


@dataclass(frozen=True, slots=True)
class Row:
    """A prompt and responses to it; `numbers` are the caller's names for the responses."""

    prompt: list[int]
    responses: list[list[int]]
    numbers: list[int]

    @property
    def length(self) -> int:
        return len(self.prompt) + sum(map(len, self.responses))


@dataclass(frozen=True, slots=True)
class MicroBatch:
    """B rows of L tokens with R responses of N tokens in all. Tensors on the device; int64 where not said."""

    input_ids: Tensor  # [B, L]
    position_ids: Tensor | None  # [B, L]; None: 0, 1, 2, ... in every row
    segments: Tensor | None  # [B, L]: 0 prompt, 1.. response, -1 padding; None: one response a row
    gather: Tensor  # [N] places in [B * L] whose hidden state predicts a response token
    targets: Tensor  # [N] the response tokens, response after response
    lengths: Tensor  # [R] tokens of each response
    counts: list[int]  # [R] the same on the host
    numbers: list[int]  # [R] the caller's names for the responses
    tokens: int  # prompt and response tokens, padding not counted
    longest: int  # longest prompt + response: one more than the largest position


def encode_group(
    codec: TokenCodec,
    group: ScoreGroup | TrainGroup,
    max_positions: int = 0,
    include: Sequence[int] | None = None,
    pointer: str = "",
) -> tuple[list[int], list[list[int]]]:
    """(prompt ids, ids of each response, or of those `include` numbers).

    Raises EmptyResponse, SequenceTooLong when a prompt with a response is longer than `max_positions` (0: no
    limit), and InvalidParams for token ids that do not spell their text; all name the group's id, and the
    place within the group after `pointer`.
    """
    prompt = codec.encode_prompt(group.prompt)
    if not prompt:
        message = (
            f"{group.id}: an empty prompt, and the tokenizer has no BOS: nothing predicts the first token"
        )
        raise WorkerError("EmptyResponse", message, id=group.id, pointer=f"{pointer}/prompt")
    responses = []
    for number in range(len(group.responses)) if include is None else include:
        place = f"{pointer}/responses/{number}"
        ids = _encode_response(codec, group, number, place)
        length = len(prompt) + len(ids)
        if 0 < max_positions < length:
            text = f"prompt and response are {length} tokens, the model takes at most {max_positions}"
            raise WorkerError(
                "SequenceTooLong",
                f"{group.id}: {text}",
                id=group.id,
                tokens=length,
                limit=max_positions,
                pointer=place,
            )
        responses.append(ids)
    return prompt, responses


def _encode_response(codec: TokenCodec, group: ScoreGroup | TrainGroup, number: int, place: str) -> list[int]:
    response = group.responses[number]
    token_ids = response.token_ids
    if token_ids is not None and not codec.spells(token_ids, response.text):
        message = (
            f"the token ids of response {number} of {json.dumps(group.id)} do not spell its text: they were "
            "made with another tokenizer; leave out tokenIds, and the text is tokenised anew"
        )
        raise WorkerError("InvalidParams", message, pointer=f"{place}/tokenIds", found=_shown(token_ids))
    ids = codec.encode_response(response.text, token_ids, response.finish)
    if not ids:
        message = f"{group.id}: a response without a token"
        raise WorkerError("EmptyResponse", message, id=group.id, pointer=place)
    return ids


def _shown(ids: Sequence[int]) -> str:
    return json.dumps(list(ids[:20])) + (f" and {len(ids) - 20} more" if len(ids) > 20 else "")


def make_rows(
    prompt: list[int], responses: list[list[int]], numbers: Sequence[int], limit: int, share: bool = True
) -> list[Row]:
    """Responses in order, as many a row as fit in `limit` tokens, at least one; `share` False: one a row."""
    rows: list[Row] = []
    row: Row | None = None
    length = 0
    for number, response in zip(numbers, responses, strict=True):
        if row is None or not share or length + len(response) > limit:
            row = Row(prompt, [], [])
            rows.append(row)
            length = len(prompt)
        row.responses.append(response)
        row.numbers.append(number)
        length += len(response)
    return rows


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


def collate(rows: Sequence[Row], pad_id: int, device: torch.device | str = "cpu") -> MicroBatch:
    """Rows to the tensors of one micro-batch, padded on the right to the longest."""
    width = max(row.length for row in rows)
    shared = any(len(row.responses) > 1 for row in rows)
    ids: list[int] = []
    positions: list[int] = []
    segments: list[int] = []
    gather: list[int] = []
    targets: list[int] = []
    counts: list[int] = []
    longest = 0
    for index, row in enumerate(rows):
        start = index * width
        prompt = len(row.prompt)
        ends = list(accumulate(map(len, row.responses), initial=prompt))
        ids += row.prompt
        if shared:
            positions += range(prompt)
            segments += [0] * prompt
        for number, (response, begin) in enumerate(zip(row.responses, ends[:-1], strict=True), 1):
            size = len(response)
            ids += response
            targets += response
            counts.append(size)
            # the prompt's last token predicts the first, each token the next
            gather.append(start + prompt - 1)
            gather += range(start + begin, start + begin + size - 1)
            longest = max(longest, prompt + size)
            if shared:
                positions += range(prompt, prompt + size)
                segments += [number] * size
        padding = width - ends[-1]
        if padding:
            ids += [pad_id] * padding
            if shared:
                positions += [0] * padding
                segments += [-1] * padding
    shape = (len(rows), width)

    def place(values: list[int]) -> Tensor:
        return torch.tensor(values, dtype=torch.long).to(device, non_blocking=True)

    return MicroBatch(
        input_ids=place(ids).view(shape),
        position_ids=place(positions).view(shape) if shared else None,
        segments=place(segments).view(shape) if shared else None,
        gather=place(gather),
        targets=place(targets),
        lengths=place(counts),
        counts=counts,
        numbers=[number for row in rows for number in row.numbers],
        tokens=sum(row.length for row in rows),
        longest=longest,
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
        distance = positions[:, :, None] - positions[:, None, :]
        # padding has no position of its own; it may look where it will
        allowed &= (distance < window) | (query < 0)
    mask = torch.zeros(allowed.shape, dtype=dtype, device=segments.device)
    return mask.masked_fill_(~allowed, float("-inf")).unsqueeze(1)
