"""A step's groups as the score path needs them: encoded, numbered, cut into rows and micro-batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .batching import ROW_TOKENS, Row, encode_group, make_rows, pack
from .losses import Label, has_pair
from .losses.objective import Part
from .protocol import TrainGroup
from .score_path import score_path
from .scoring import Model


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
    labels: list[Label | None] = field(default_factory=list)
    units: list[list[Row]] = field(default_factory=list)

    @property
    def target_tokens(self) -> int:
        return sum(count for count, target in zip(self.counts, self.targets, strict=True) if target)

    def part(self, numbers: Sequence[int]) -> Part:
        return Part(
            [self.counts[n] for n in numbers],
            [self.targets[n] for n in numbers],
            [self.labels[n] for n in numbers],
        )

    def groups_of(self, units: Sequence[list[Row]]) -> list[str]:
        """Ids of the groups that these units belong to, each once."""
        owners = {self.owners[number] for rows in units for row in rows for number in row.numbers}
        return [self.ids[owner] for owner in sorted(owners)]


def prepare(model: Model, groups: Sequence[TrainGroup], aligned: bool, max_tokens: int) -> GlobalBatch:
    """Encodes what takes part: the targets, and under an `aligned` loss the labelled of groups with a pair.

    The labelled responses of a group without a pair have no part in the loss and are not computed. Raises
    what `encode_group` raises.
    """
    batch = GlobalBatch()
    share, limit = score_path(model.module).share, min(max_tokens, ROW_TOKENS)
    for number, group in enumerate(groups):
        paired = aligned and has_pair([response.label for response in group.responses])
        include = [
            index
            for index, response in enumerate(group.responses)
            if response.target or (paired and response.label is not None)
        ]
        prompt, responses = encode_group(
            model.tokenizer, group, model.max_positions, include, f"/groups/{number}"
        )
        numbers = range(len(batch.counts), len(batch.counts) + len(include))
        rows = make_rows(prompt, responses, numbers, limit, share)
        batch.units += [rows] if paired else [[row] for row in rows]
        batch.paired += [numbers] if paired else []
        batch.owners += [len(batch.ids)] * len(include)
        batch.counts += map(len, responses)
        batch.targets += [group.responses[index].target for index in include]
        batch.labels.extend(group.responses[index].label if paired else None for index in include)
        batch.ids.append(group.id)
    return batch


def micro_batches(batch: GlobalBatch, max_tokens: int) -> list[list[list[Row]]]:
    """Units that go through the model together, within `max_tokens` where a unit alone is."""
    return [[batch.units[index] for index in members] for members in pack(batch.units, max_tokens)]


def fits(units: Sequence[list[Row]], max_tokens: int) -> bool:
    """Whether one pass will do: a micro-batch within bounds, or a single row, which cannot be cut further."""
    rows = [row for unit in units for row in unit]
    return len(rows) == 1 or len(rows) * max(row.length for row in rows) <= max_tokens
