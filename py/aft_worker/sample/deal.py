"""Which rank samples what: its own share first, and then what still waits at another rank.

The samples of a job are dealt out beforehand. Each rank takes its own from the front, as it has free slots;
one that has none left takes from the back of whichever rank has the most. So each sample begins when it would
have begun had nothing been taken from any rank, or earlier, and no slot is free for long while samples wait.
How much of a share is taken, from both ends, is one number in the store, so that nothing is taken twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..board import Board
from ..protocol import GeneratePrompt

_BACK = 1 << 32  # in the number: samples taken from the back, above those from the front


@dataclass(frozen=True)
class Piece:
    """Of a job, by its place among them."""

    job: int
    prompts: list[GeneratePrompt]


def shares(prompts: Sequence[GeneratePrompt], ranks: int) -> list[list[GeneratePrompt]]:
    """For each rank equally many samples, of prompts of all lengths, long ones first. Samples of a prompt,
    which is computed once for all, stay together but at the edge between two shares."""
    ordered = sorted(prompts, key=_long_first)
    samples = [
        (prompt, index)
        for rank in range(ranks)
        for prompt in ordered[rank::ranks]
        for index in prompt.indices
    ]
    edges = [len(samples) * rank // ranks for rank in range(ranks + 1)]
    return [sorted(_prompts(samples[start:end]), key=_long_first) for start, end in pairwise(edges)]


def _long_first(prompt: GeneratePrompt) -> tuple[int, str]:
    return -len(prompt.prompt), prompt.id


def _prompts(samples: Sequence[tuple[GeneratePrompt, int]]) -> list[GeneratePrompt]:
    found: list[GeneratePrompt] = []
    for prompt, index in samples:
        if not found or found[-1].id != prompt.id:
            found.append(GeneratePrompt(id=prompt.id, prompt=prompt.prompt, indices=[]))
        found[-1].indices.append(index)
    return found


class _Share:
    """What one rank has of a job; `left`: samples that nobody has taken, as far as is known here."""

    def __init__(self, board: Board, key: str, prompts: Sequence[GeneratePrompt]) -> None:
        self._board = board
        self._key = key
        self._samples = [(prompt, index) for prompt in prompts for index in prompt.indices]
        self._front = self._back = 0
        self.left = len(self._samples)
        self.waited = False  # from the look before to the last one
        self._looked = -1

    def look(self, call: int) -> None:
        self._change(0)
        self.waited, self._looked = self._looked == call - 1, call

    def from_front(self, count: int) -> list[GeneratePrompt]:
        """By its own rank alone; to the end of a prompt, computed once for all that is taken together."""
        samples, start = self._samples, self._front
        end = min(start + count, len(samples))
        while end < len(samples) and samples[end][0].id == samples[end - 1][0].id:
            end += 1
        self._change(end - start)
        return _prompts(samples[start : max(start, min(end, len(samples) - self._back))])

    def from_back(self, count: int) -> list[GeneratePrompt]:
        self._change(count * _BACK)
        end = len(self._samples) - self._back + count
        return _prompts(self._samples[max(self._front, end - count) : max(0, end)])

    def _change(self, amount: int) -> None:
        self._back, self._front = divmod(self._board.add(self._key, amount), _BACK)
        self.left = max(0, len(self._samples) - self._front - self._back)


class Deal:
    """One rank's view of all jobs; each rank hears of them in the same order."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._known = 0
        self._calls = 0
        self._jobs: dict[int, list[_Share]] = {}  # of which something may be left

    def put_up(self, prompts: Sequence[GeneratePrompt]) -> None:
        board, job = self._board, self._known
        dealt = shares(prompts, board.ranks)
        self._jobs[job] = [_Share(board, f"taken/{job}/{rank}", own) for rank, own in enumerate(dealt)]
        self._known += 1

    def drop(self, job: int) -> None:
        """Nothing more of it is wanted."""
        self._jobs.pop(job, None)

    @property
    def may_give(self) -> bool:
        """Whether something may be left, as far as is known here."""
        return bool(self._jobs)

    def take_own(self, room: int, slots: int) -> Piece | None:
        """Samples for so many slots that are free, of this rank's share. As long as there are many, some more
        to wait here, so that prompts go through the model together."""
        for job, of_ranks in self._jobs.items():
            share = of_ranks[self._board.rank]
            if share.left:
                ahead = min(slots // 8, max(0, share.left - room) // 4)
                prompts = share.from_front(room + ahead)
                if prompts:
                    return Piece(job, prompts)
        return None

    def take_others(self, room: int) -> Piece | None:
        """Half of what waits at the rank with the most, if it has waited since the last call already: what a
        rank is about to take itself is not taken from it."""
        self._calls += 1
        for job, of_ranks in list(self._jobs.items()):
            for share in of_ranks:
                if share.left:
                    share.look(self._calls)
            for share in sorted(of_ranks, key=lambda share: -share.left):
                if share.left and share.waited:
                    prompts = share.from_back(min(room, -(-share.left // 2)))
                    if prompts:
                        return Piece(job, prompts)
            if any(share.left for share in of_ranks):
                return None
            del self._jobs[job]
        return None
