"""What goes through the model at once: the tensors of some rows, whatever lays them side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from .batching import Row


@dataclass(frozen=True, slots=True)
class MicroBatch:
    """P prompts with R responses of N tokens in all, in B rows of L places.

    Tensors on the device; int64 where not said. Padded to sizes that recur, the tensors over N, R and P end
    with what belongs to no response: one that takes up the rest of the tokens, and empty ones. Padded rows
    that share prompts have `segments`, packed ones `masks`, and plain sequences neither.
    """

    input_ids: Tensor  # [B, L]
    position_ids: Tensor | None  # [B, L]; None: 0, 1, 2, ... in every row
    segments: Tensor | None  # [B, L]: 0 prompt, 1.. response, -1 padding
    masks: Any  # what the backbone takes as `attention_mask`: one mask, or one a kind of layer
    mask_tensors: list[Tensor]  # all that is in them
    gather: Tensor  # [N] places in [B * L] whose hidden state predicts a response token
    firsts: Tensor  # [R] places in [N] of the responses' first tokens
    prompts: Tensor  # [P] places in [B * L] of the prompts' last tokens, which predict those
    shares: Tensor  # [P] how many responses each prompt has
    targets: Tensor  # [N] the response tokens, response after response
    lengths: Tensor  # [R] tokens of each response
    counts: list[int]  # [R] the same on the host
    numbers: list[int]  # [R] the caller's names for the responses
    tokens: int  # prompt and response tokens, padding not counted
    longest: int  # longest prompt + response: one more than the largest position

    @property
    def tensors(self) -> list[Tensor]:
        """All of them, of packed rows."""
        assert self.position_ids is not None
        own = [self.input_ids, self.position_ids, self.gather, self.firsts, self.prompts]
        return [*own, self.shares, self.targets, self.lengths, *self.mask_tensors]

    @property
    def size_key(self) -> tuple[object, ...]:
        """Equal for micro-batches whose tensors can stand in for each other."""
        return (
            *(tensor.shape for tensor in self.tensors),
            isinstance(self.masks, dict) and tuple(self.masks),
        )


def assembled(
    rows: Sequence[Row],
    lengths: Tensor,
    predictions: Sequence[Tensor],
    *,
    input_ids: Tensor,
    position_ids: Tensor | None,
    segments: Tensor | None = None,
    masks: Any = None,
    mask_tensors: Sequence[Tensor] = (),
) -> MicroBatch:
    """Of these rows, however they lie: `lengths` and `predictions` on the device, perhaps padded."""
    gather, firsts, prompts, shares, targets = predictions
    return MicroBatch(
        input_ids=input_ids,
        position_ids=position_ids,
        segments=segments,
        masks=masks,
        mask_tensors=list(mask_tensors),
        gather=gather,
        firsts=firsts,
        prompts=prompts,
        shares=shares,
        targets=targets,
        lengths=lengths,
        counts=counts_of(rows),
        numbers=[number for row in rows for number in row.numbers],
        tokens=sum(row.length for row in rows),
        longest=longest_of(rows),
    )


def counts_of(rows: Sequence[Row]) -> list[int]:
    """[R] tokens of each response."""
    return [len(response) for row in rows for response in row.responses]


def longest_of(rows: Sequence[Row]) -> int:
    """The longest prompt + response."""
    return max(row.longest for row in rows)


def predictions(rows: Sequence[Row], starts: Sequence[int]) -> tuple[list[int], ...]:
    """gather, firsts, prompts, shares and targets of rows that begin at `starts` in [B * L]."""
    gather: list[int] = []
    firsts: list[int] = []
    prompts: list[int] = []
    shares: list[int] = []
    targets: list[int] = []
    for row, start in zip(rows, starts, strict=True):
        begin = start + len(row.prompt)
        prompts.append(begin - 1)
        shares.append(len(row.responses))
        for response in row.responses:
            firsts.append(len(gather))
            # the prompt's last token predicts the first, each token the next
            gather.append(prompts[-1])
            gather += range(begin, begin + len(response) - 1)
            targets += response
            begin += len(response)
    return gather, firsts, prompts, shares, targets
