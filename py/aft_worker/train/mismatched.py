"""Prompts with a response to another question: what an estimate of the divergence is taken over."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from .. import distributed
from ..losses import GroupLoss
from ..protocol import TrainGroup
from ..score import MicroBatch, Model, Row, encode_group, layout_of
from .feedback import judged_responses


def mismatched(
    model: Model, groups: Sequence[TrainGroup], loss: GroupLoss, seed: int, step: int, max_tokens: int
) -> list[MicroBatch]:
    """One pair for each group that takes part: its prompt, with a response of the next group that does.

    Which of its responses is a function of (seed, step, the group's id). Of a global batch, the same on all
    processes, these are this one's share. A response that is too long behind this prompt is passed over
    for one of the group after the next; where all are, or there is no other group, there is no pair.
    """
    taking = [
        (group, members)
        for group in groups
        if (members := [n for n, one in enumerate(judged_responses(group, loss)) if one.rank is not None])
    ]
    rows: list[Row] = []
    for place in distributed.share(range(len(taking))):
        row = _row(model, [*taking[place:], *taking[:place]], f"{seed}:{step}")
        if row is not None:
            rows.append(row)
    layout = layout_of(model)
    batches = layout.pack([[row] for row in rows], max_tokens)
    return [layout.collate([rows[index] for index in batch]) for batch in batches]


def _row(model: Model, taking: Sequence[tuple[TrainGroup, list[int]]], draw: str) -> Row | None:
    """Of the first of these groups, with a response of the first other that fits."""
    (own, _), *others = taking
    prompt = model.tokenizer.encode_prompt(own.prompt)
    for other, members in others:
        digest = hashlib.sha256(f"{draw}:{own.id}:{other.id}".encode()).digest()
        number = members[int.from_bytes(digest[:7]) % len(members)]
        _, (response,) = encode_group(model.tokenizer, other, model.max_positions, [number])
        if 0 < model.max_positions < len(prompt) + len(response):
            continue
        return Row(prompt, [response], [0])
    return None
