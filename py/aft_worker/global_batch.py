"""A step's groups as the score path needs them: encoded, numbered, cut into rows and micro-batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .feedback import feedback
from .losses import Label
from .losses.objective import Part
from .protocol import LossSettings, TrainGroup
from .score import ROW_TOKENS, Model, Row, encode_group, make_rows, pack, score_path


@dataclass(slots=True)
class GlobalBatch:
    """The responses that take part in the loss, numbered through; lists without remark have one entry each.

    A unit is what must be scored before any of it can be differentiated: all rows of a group with a pair.
    Where there is no pair the loss is a sum over responses, and each row is a unit.
    """

    ids: list[str] = field(default_factory=list)  # of all groups
    paired: list[range] = field(default_factory=list)  # the responses of each group with a pair
    owners: list[int] = field(default_factory=list)  # index into ids
    counts: list[int] = field(default_factory=list)
    targets: list[bool] = field(default_factory=list)
    gold: list[bool] = field(default_factory=list)  # whether it is a reference COT
    labels: list[Label | None] = field(default_factory=list)
    ranks: list[int | None] = field(default_factory=list)  # None: no part in the group loss
    rewards: list[float] = field(default_factory=list)
    references: list[float] = field(default_factory=list)  # log-probability under DPO's reference model
    units: list[list[Row]] = field(default_factory=list)

    @property
    def target_tokens(self) -> int:
        return sum(count for count, target in zip(self.counts, self.targets, strict=True) if target)

    def part(self, numbers: Sequence[int]) -> Part:
        return Part(
            [self.counts[n] for n in numbers],
            [self.targets[n] for n in numbers],
            [self.ranks[n] for n in numbers],
            [self.rewards[n] for n in numbers],
            [self.references[n] for n in numbers],
        )

    def groups_of(self, units: Sequence[list[Row]]) -> list[str]:
        """Ids of the groups that these units belong to, each once."""
        owners = {self.owners[number] for rows in units for row in rows for number in row.numbers}
        return [self.ids[owner] for owner in sorted(owners)]


def prepare(
    model: Model, groups: Sequence[TrainGroup], settings: LossSettings, max_tokens: int
) -> GlobalBatch:
    """Encodes what takes part: the targets, and the members of the group loss in groups with a pair.

    The members of a group without a pair have no part in the loss and are not computed. Raises what
    `feedback` and `encode_group` raise.
    """
    batch = GlobalBatch()
    share, limit = score_path(model.module).share, min(max_tokens, ROW_TOKENS)
    for number, group in enumerate(groups):
        pointer = f"/groups/{number}"
        given = feedback(group, settings, pointer)
        include = [
            index
            for index, response in enumerate(group.responses)
            if response.target or (given.paired and given.ranks[index] is not None)
        ]
        prompt, responses = encode_group(model.tokenizer, group, model.max_positions, include, pointer)
        numbers = range(len(batch.counts), len(batch.counts) + len(include))
        rows = make_rows(prompt, responses, numbers, limit, share)
        batch.units += [rows] if given.paired else [[row] for row in rows]
        batch.paired += [numbers] if given.paired else []
        batch.owners += [len(batch.ids)] * len(include)
        batch.counts += map(len, responses)
        for index in include:
            response = group.responses[index]
            batch.targets.append(response.target)
            batch.gold.append(bool(response.reference))
            batch.labels.append(response.label if given.paired else None)
            batch.ranks.append(given.ranks[index] if given.paired else None)
            batch.rewards.append(given.rewards[index])
            batch.references.append(given.references[index])
        batch.ids.append(group.id)
    return batch


def micro_batches(batch: GlobalBatch, max_tokens: int) -> list[list[list[Row]]]:
    """Units that go through the model together, within `max_tokens` where a unit alone is."""
    return [[batch.units[index] for index in members] for members in pack(batch.units, max_tokens)]


def fits(units: Sequence[list[Row]], max_tokens: int) -> bool:
    """Whether one pass will do: a micro-batch within bounds, or a single row, which cannot be cut further."""
    rows = [row for unit in units for row in unit]
    return len(rows) == 1 or len(rows) * max(row.length for row in rows) <= max_tokens
