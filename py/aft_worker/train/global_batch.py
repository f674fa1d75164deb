"""A step's groups as the score path needs them: encoded, numbered, cut into micro-batches on the device."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from torch import Tensor

from .. import distributed
from ..device import wide_device
from ..losses import GroupLoss, Part, Response, group_loss, has_pair, part_of
from ..protocol import LossSettings, TrainGroup
from ..score import (
    Layout,
    MicroBatch,
    Model,
    Row,
    encode_group,
    layout_of,
    place_lists,
    to_device,
)
from .feedback import judged_responses


@dataclass(frozen=True, slots=True)
class Pass:
    """R responses whose loss is taken at once.

    One piece goes through the model once. Several are one group's that is too large to be held with its
    graph: they are scored without gradient first. `places`: where a piece's responses stand among the R.
    """

    pieces: list[MicroBatch]
    places: list[Tensor]
    part: Part
    numbers: list[int]  # [R] of the batch's responses
    groups: list[str]  # ids


@dataclass(slots=True)
class Batch:
    """The responses of a step that take part in its loss, numbered through, and how they are computed."""

    ids: list[str] = field(default_factory=list)  # of all groups
    groups: list[range] = field(default_factory=list)  # the responses of each of them
    responses: list[Response] = field(default_factory=list)
    passes: list[Pass] = field(default_factory=list)
    mismatched: list[MicroBatch] = field(default_factory=list)  # for a loss that needs the divergence

    @property
    def taking_part(self) -> tuple[int, int]:
        """(responses, tokens) of those that take part in the group loss."""
        tokens = [response.tokens for response in self.responses if response.rank is not None]
        return len(tokens), sum(tokens)

    @property
    def target_tokens(self) -> int:
        return sum(response.tokens for response in self.responses if response.target)

    @property
    def taken(self) -> list[range]:
        """The groups with a part in the group loss."""
        return [group for group in self.groups if any(self.responses[n].rank is not None for n in group)]

    @property
    def paired(self) -> list[range]:
        """The groups with a better and a worse response among those that take part."""
        return [group for group in self.groups if has_pair([self.responses[n].rank for n in group])]


def share_of(model: Model, groups: Sequence[TrainGroup], loss: GroupLoss | None) -> list[int] | None:
    """Which of a global batch's groups are this rank's: dealt out by the tokens of them that take part, so
    that no rank is done long before another; None where there is one rank. Each rank counts a part of them.
    Raises what `prepare` does."""
    ranks = distributed.world_size()
    if ranks == 1:
        return None
    counts: dict[int, int] = {}
    with distributed.agreed():
        for place in distributed.share(range(len(groups))):
            prompt, responses = _encoded(model, groups[place], loss, place)[1:]
            tokens = sum(map(len, responses))
            counts[place] = len(prompt) + tokens if tokens else 0
    for other in distributed.gather(counts):
        counts |= other
    return distributed.dealt([counts[place] for place in range(len(groups))], ranks)[distributed.rank()]


def _encoded(
    model: Model, group: TrainGroup, loss: GroupLoss | None, place: int
) -> tuple[list[Response], list[int], list[list[int]]]:
    """(the responses that take part, the prompt's tokens, theirs); `place` within the global batch."""
    pointer = f"/groups/{place}"
    judged = judged_responses(group, loss, pointer)
    include = [index for index, one in enumerate(judged) if one.target or one.rank is not None]
    prompt, encoded = encode_group(model.tokenizer, group, model.max_positions, include, pointer)
    own = [replace(judged[at], tokens=len(ids)) for at, ids in zip(include, encoded, strict=True)]
    return own, prompt, encoded


def prepare(
    model: Model,
    groups: Sequence[TrainGroup],
    settings: LossSettings,
    max_tokens: int,
    places: Sequence[int] | None = None,
) -> Batch:
    """Encodes what takes part: the targets, and the ranked responses of groups that the group loss takes; of
    the groups at `places` alone, where that is given.

    Nothing else is computed, and nothing waits for the device. Raises what `judged_responses` and
    `encode_group` raise.
    """
    batch, loss = Batch(), group_loss(settings)
    # what must be scored before any of it can be differentiated: all rows of a group that has a part in the
    # group loss. Elsewhere, and where that is one of tokens, the loss is a sum over responses, and each row
    # is a unit
    units: list[list[Row]] = []
    owners: list[str] = []
    layout = layout_of(model)
    for place in range(len(groups)) if places is None else places:
        group = groups[place]
        responses, prompt, encoded = _encoded(model, group, loss, place)
        numbers = range(len(batch.responses), len(batch.responses) + len(responses))
        rows = layout.rows(prompt, encoded, numbers, max_tokens)
        by_token = loss is not None and loss.by_token is not None
        is_whole = not by_token and any(response.rank is not None for response in responses)
        own = [rows] if is_whole else [[row] for row in rows]
        units += own
        owners += [group.id] * len(own)
        batch.responses += responses
        batch.groups.append(numbers)
        batch.ids.append(group.id)
    for members in layout.pack(units, max_tokens):
        names = list(dict.fromkeys(owners[index] for index in sorted(members)))
        own = [units[index] for index in members]
        batch.passes.append(_pass(model, layout, loss, batch.responses, own, names, max_tokens))
    return batch


def _pass(
    model: Model,
    layout: Layout,
    loss: GroupLoss | None,
    responses: Sequence[Response],
    units: Sequence[list[Row]],
    groups: list[str],
    max_tokens: int,
) -> Pass:
    rows = [row for unit in units for row in unit]
    numbers = [[n for row in unit for n in row.numbers] for unit in units]
    if layout.fits(rows, max_tokens):
        pieces = [rows]
    else:
        pieces = [[rows[i] for i in members] for members in layout.pack([[row] for row in rows], max_tokens)]
    order = [n for unit in numbers for n in unit]
    at = {number: place for place, number in enumerate(order)}
    places = [[at[n] for row in piece for n in row.numbers] for piece in pieces]
    return Pass(
        pieces=[layout.collate(piece, training=True) for piece in pieces],
        places=list(place_lists(wide_device(model.device), *places)),
        part=part_of(
            loss,
            [[responses[n] for n in unit] for unit in numbers],
            partial(to_device, device=wide_device(model.device)),
        ),
        numbers=order,
        groups=groups,
    )
