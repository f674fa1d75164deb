"""A step's groups as the score path needs them: encoded, numbered, cut into rows and micro-batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ..losses import Response, group_loss, has_pair
from ..protocol import LossSettings, TrainGroup
from ..score import ROW_TOKENS, Model, Row, encode_group, make_rows, pack, score_path
from .feedback import judged_responses


@dataclass(slots=True)
class Batch:
    """The responses of a step that take part in its loss, numbered through.

    A unit is what must be scored before any of it can be differentiated: all rows of a group that has a part
    in the group loss. Elsewhere the loss is a sum over responses, and each row is a unit.
    """

    ids: list[str] = field(default_factory=list)  # of all groups
    groups: list[range] = field(default_factory=list)  # the responses of each of them
    responses: list[Response] = field(default_factory=list)
    units: list[list[Row]] = field(default_factory=list)

    @property
    def target_tokens(self) -> int:
        return sum(response.tokens for response in self.responses if response.target)

    @property
    def paired(self) -> list[range]:
        """The groups with a better and a worse response among those that take part."""
        return [group for group in self.groups if has_pair([self.responses[n].rank for n in group])]

    def groups_of(self, units: Sequence[list[Row]]) -> list[str]:
        """Ids of the groups that these units belong to, each once."""
        numbers = {number for rows in units for row in rows for number in row.numbers}
        return [
            name for name, group in zip(self.ids, self.groups, strict=True) if not numbers.isdisjoint(group)
        ]


def prepare(model: Model, groups: Sequence[TrainGroup], settings: LossSettings, max_tokens: int) -> Batch:
    """Encodes what takes part: the targets, and the ranked responses of groups that the group loss takes.

    Nothing else is computed. Raises what `judged_responses` and `encode_group` raise.
    """
    batch, loss = Batch(), group_loss(settings)
    share, limit = score_path(model.module).share, min(max_tokens, ROW_TOKENS)
    for place, group in enumerate(groups):
        pointer = f"/groups/{place}"
        judged = judged_responses(group, loss, pointer)
        include = [index for index, one in enumerate(judged) if one.target or one.rank is not None]
        prompt, encoded = encode_group(model.tokenizer, group, model.max_positions, include, pointer)
        numbers = range(len(batch.responses), len(batch.responses) + len(include))
        rows = make_rows(prompt, encoded, numbers, limit, share)
        is_whole = any(response.rank is not None for response in judged)
        batch.units += [rows] if is_whole else [[row] for row in rows]
        batch.responses += [
            replace(judged[index], tokens=len(tokens)) for index, tokens in zip(include, encoded, strict=True)
        ]
        batch.groups.append(numbers)
        batch.ids.append(group.id)
    return batch


def micro_batches(batch: Batch, max_tokens: int) -> list[list[list[Row]]]:
    """Units that go through the model together, within `max_tokens` where a unit alone is."""
    return [[batch.units[index] for index in members] for members in pack(batch.units, max_tokens)]


def fits(units: Sequence[list[Row]], max_tokens: int) -> bool:
    """Whether one pass will do: a micro-batch within bounds, or a single row, which cannot be cut further."""
    rows = [row for unit in units for row in unit]
    return len(rows) == 1 or len(rows) * max(row.length for row in rows) <= max_tokens
