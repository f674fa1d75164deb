"""Which rank samples what, in decode steps that are counted: no later than by fixed shares, each once."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

import pytest
import torch.distributed as dist
from aft_worker.board import Board
from aft_worker.protocol import GeneratePrompt
from aft_worker.sample.deal import Deal, Piece, shares


def asked(questions: int, k: int) -> list[GeneratePrompt]:
    draw = random.Random(questions)
    texts = ["x" * draw.randrange(80, 600) for _ in range(questions)]
    return [GeneratePrompt(id=f"q{at}", prompt=text, indices=list(range(k))) for at, text in enumerate(texts)]


def samples(prompts: Sequence[GeneratePrompt]) -> list[tuple[str, int]]:
    return [(prompt.id, index) for prompt in prompts for index in prompt.indices]


def deals(ranks: int) -> list[Deal]:
    store = dist.HashStore()
    return [Deal(Board(store, "deal", rank, ranks)) for rank in range(ranks)]


class Slots:
    """One rank, with a fixed number of slots; each sample takes as many steps as its length."""

    def __init__(self, deal: Deal, most: int, fixed: bool) -> None:
        self.deal = deal
        self.fixed = fixed
        self.drawn: Counter[tuple[str, int]] = Counter()
        self.rows: list[int] = []
        self.waiting: list[tuple[str, int]] = []
        self.count = most
        while self.room and (piece := deal.take_own(self.room, most)):
            self.waiting += samples(piece.prompts)
        self.count = min(most, len(self.waiting))

    @property
    def room(self) -> int:
        return max(0, self.count - len(self.rows) - len(self.waiting))

    def step(self, lengths: dict[tuple[str, int], int]) -> bool:
        """False: there was nothing to do."""
        while self.room and (piece := self._more()):
            self.waiting += samples(piece.prompts)
        begun = self.count - len(self.rows)
        self.drawn.update(self.waiting[:begun])
        self.rows += [lengths[sample] for sample in self.waiting[:begun]]
        del self.waiting[:begun]
        busy = bool(self.rows)
        self.rows = [left - 1 for left in self.rows if left > 1]
        return busy

    def _more(self) -> Piece | None:
        own = self.deal.take_own(self.room, self.count)
        return own or (None if self.fixed else self.deal.take_others(self.room))


def steps(prompts: Sequence[GeneratePrompt], lengths: dict, ranks: int, most: int, fixed: bool) -> int:
    """Until the last rank has ended."""
    own = deals(ranks)
    for deal in own:
        deal.put_up(prompts)
    table = [Slots(deal, most, fixed) for deal in own]
    count = 0
    while any([slots.step(lengths) for slots in table]):
        count += 1
    drawn = sum((slots.drawn for slots in table), Counter())
    assert drawn == Counter(samples(prompts))
    return count


LENGTHS = {
    "alike": lambda draw, mean: 20,
    "by question": lambda draw, mean: int(mean * draw.lognormvariate(0, 0.2)),
    "by chance": lambda draw, mean: draw.randrange(1, 80),
    "a few long": lambda draw, mean: 80 if draw.random() < 0.1 else 8,
}
# questions, samples of each, slots of a rank
SHAPES = [(60, 6, 16), (131, 1, 8), (9, 8, 8), (1, 100, 4), (40, 24, 64), (20, 6, 64), (3, 1, 8), (90, 2, 8)]


@pytest.mark.parametrize("ranks", [2, 4, 8])
@pytest.mark.parametrize("name", LENGTHS)
def test_no_more_steps_than_with_fixed_shares_whatever_the_lengths(name: str, ranks: int) -> None:
    found = []
    for questions, k, most in SHAPES:
        prompts = asked(questions, k)
        draw = random.Random(k)
        means = {prompt.id: draw.lognormvariate(2.5, 0.8) for prompt in prompts}
        lengths = {
            sample: max(1, min(80, LENGTHS[name](draw, means[sample[0]]))) for sample in samples(prompts)
        }
        taken, fixed = (steps(prompts, lengths, ranks, most, fixed) for fixed in (False, True))
        assert taken <= fixed, (questions, k, most)
        found.append(fixed - taken)
    assert sum(found) > 0 or not name.startswith("by")


def test_shares_are_equal_and_long_prompts_come_first() -> None:
    prompts = asked(7, 40)
    dealt = shares(prompts, 4)
    assert sorted(one for share in dealt for one in samples(share)) == sorted(samples(prompts))
    assert [len(samples(share)) for share in dealt] == [70] * 4
    for share in dealt:
        lengths = [len(prompt.prompt) for prompt in share]
        assert lengths == sorted(lengths, reverse=True)
    # samples of a question stay together, but one at an edge; one question alone is shared, too
    assert sum(len(share) for share in shares(asked(100, 6), 8)) <= 107
    assert [len(samples(share)) for share in shares(asked(1, 100), 8)] == [12, 13] * 4


def test_each_sample_is_taken_once_from_whichever_end() -> None:
    draw = random.Random(1)
    for _ in range(50):
        own = deals(3)
        prompts = asked(draw.randrange(1, 9), draw.randrange(1, 9))
        for deal in own:
            deal.put_up(prompts)
        taken: Counter[tuple[str, int]] = Counter()
        while any(deal.may_give for deal in own):
            deal, room = draw.choice(own), draw.randrange(1, 20)
            piece = deal.take_own(room, 8) if draw.random() < 0.5 else deal.take_others(room)
            taken.update(samples(piece.prompts) if piece else [])
        assert taken == Counter(samples(prompts))


def test_what_a_rank_is_about_to_take_itself_is_left_to_it() -> None:
    first, second = deals(2)
    for deal in (first, second):
        deal.put_up(asked(4, 4))
    assert first.take_own(8, 8)
    assert first.take_others(8) is None
    assert second.take_own(8, 8)
    assert first.take_others(8) is None
    assert not first.may_give


def test_nothing_is_taken_of_a_job_that_is_dropped() -> None:
    [deal] = deals(1)
    deal.put_up(asked(2, 2))
    deal.put_up(asked(3, 1))
    deal.drop(0)
    piece = deal.take_own(9, 9)
    assert piece is not None and piece.job == 1 and len(samples(piece.prompts)) == 3
