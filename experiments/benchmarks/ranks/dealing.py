"""How long ranks that share sampling wait for the last of them: drawn lengths, and a clock of its own.

    npx aft python experiments/benchmarks/ranks/dealing.py [--json FILE]

The samples are dealt by `sample/deal.py` itself; a decode step of a rank takes a fixed time and a part that
grows with its rows, as on a GPU. Beside it: the same shares with nothing taken from another rank, and whole
questions dealt beforehand, every n-th to a rank. A rank that has ended while another still samples is idle.
Training's groups are dealt by their tokens and scoring's by their characters (`distributed.dealt`): a rank is
idle by what it has less of the tokens than the one with the most.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import mean

from aft_worker import distributed
from aft_worker.board import Board
from aft_worker.protocol import GeneratePrompt
from aft_worker.sample.deal import Deal, Piece
from torch.distributed import HashStore  # pyright: ignore[reportPrivateImportUsage]

STEP = 1.0  # of a step whatever its rows; the unit is free
ROW = 0.002  # more of it for each row
MOST_TOKENS = 512
DRAWS = 5

RANKS = (2, 4, 8)
# questions, samples of each, slots of each rank
SHAPES = [
    (7_473, 6, 1_024),
    (1_319, 1, 256),
    (200, 24, 128),
    (100, 6, 60),
    (20, 6, 64),
    (33, 4, 16),
    (9, 8, 8),
    (500, 1, 32),
    (64, 16, 256),
    (1, 100, 16),
    (300, 2, 8),
]
# a question's mean length, and how far its samples lie around it
LENGTHS: dict[str, tuple[Callable[[random.Random], float], float]] = {
    "as found": (lambda draw: draw.lognormvariate(4.6, 0.5), 0.35),
    "much alike": (lambda draw: draw.lognormvariate(4.6, 0.2), 0.2),
    "far apart": (lambda draw: draw.lognormvariate(4.2, 1.0), 0.5),
    "short and long": (lambda draw: 40 if draw.random() < 0.8 else 400, 0.2),
    "all equal": (lambda draw: 100, 0.0),
}

Sample = tuple[str, int]


def samples(prompts: Sequence[GeneratePrompt]) -> list[Sample]:
    return [(prompt.id, index) for prompt in prompts for index in prompt.indices]


class Taking:
    """By the rule; `fixed`: without taking from another rank."""

    def __init__(self, deal: Deal, fixed: bool) -> None:
        self._deal = deal
        self._fixed = fixed

    def first(self, slots: int) -> list[Sample]:
        taken: list[Sample] = []
        while len(taken) < slots and (piece := self._deal.take_own(slots - len(taken), slots)):
            taken += samples(piece.prompts)
        return taken or self._of(None if self._fixed else self._deal.take_others(slots))

    def next(self, room: int, slots: int) -> list[Sample]:
        piece = self._deal.take_own(room, slots)
        return self._of(piece or (None if self._fixed else self._deal.take_others(room)))

    def _of(self, piece: Piece | None) -> list[Sample]:
        return [] if piece is None else samples(piece.prompts)


class EveryNth:
    def __init__(self, prompts: Sequence[GeneratePrompt]) -> None:
        self._left = list(reversed(samples(prompts)))

    def first(self, slots: int) -> list[Sample]:
        return self.next(slots, slots)

    def next(self, room: int, slots: int) -> list[Sample]:
        return [self._left.pop() for _ in range(min(room, len(self._left)))]


@dataclass
class Rank:
    queue: Taking | EveryNth
    slots: int = 0
    steps: int = 0
    busy: float = 0.0
    end: float = 0.0
    waiting: list[int] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)  # the step at which each row ends

    def begin(self, most: int, lengths: dict[Sample, int]) -> None:
        """Opens as many slots as there are samples by then."""
        if not self.slots:
            self.waiting = [lengths[one] for one in self.queue.first(most)]
            self.slots = min(most, len(self.waiting))
        while (room := self.slots - len(self.rows) - len(self.waiting)) > 0:
            more = self.queue.next(room, self.slots)
            if not more:
                break
            self.waiting += [lengths[one] for one in more]
        for _ in range(min(len(self.waiting), self.slots - len(self.rows))):
            heapq.heappush(self.rows, self.steps + self.waiting.pop(0))

    def step(self) -> float:
        """-> what it takes."""
        took = STEP + ROW * len(self.rows)
        self.steps += 1
        self.busy += took
        while self.rows and self.rows[0] <= self.steps:
            heapq.heappop(self.rows)
        return took


def simulate(table: list[Rank], most: int, lengths: dict[Sample, int]) -> tuple[float, float]:
    """-> (the time until the last rank has ended, the share of all ranks' time that is idle)."""
    clock = [(0.0, number) for number in range(len(table))]
    while clock:
        now, number = heapq.heappop(clock)
        rank = table[number]
        rank.begin(most, lengths)
        if rank.rows:
            heapq.heappush(clock, (now + rank.step(), number))
        else:
            rank.end = now
    last = max(rank.end for rank in table)
    return last, 1 - sum(rank.busy for rank in table) / (len(table) * last)


def drawn(shape: tuple[int, int, int], kind: str, ranks: int, seed: int) -> dict[str, tuple[float, float]]:
    """How it goes with one draw of the lengths, by each way of dealing."""
    questions, k, most = shape
    draw = random.Random(seed)
    of_question, spread = LENGTHS[kind]
    prompts = [
        GeneratePrompt(id=f"q{at}", prompt="x" * draw.randrange(80, 600), indices=list(range(k)))
        for at in range(questions)
    ]
    lengths = {}
    for prompt in prompts:
        usual = of_question(draw)
        for index in prompt.indices:
            length = int(usual * draw.lognormvariate(0, spread))
            lengths[prompt.id, index] = min(MOST_TOKENS, max(4, length))

    def taking(fixed: bool) -> list[Rank]:
        store = HashStore()
        own = [Deal(Board(store, "deal", rank, ranks)) for rank in range(ranks)]
        for deal in own:
            deal.put_up(prompts)
        return [Rank(Taking(deal, fixed)) for deal in own]

    ways = {
        "dealt": taking(False),
        "fixed": taking(True),
        "every n-th": [Rank(EveryNth(prompts[rank::ranks])) for rank in range(ranks)],
    }
    return {name: simulate(table, most, lengths) for name, table in ways.items()}


# groups that are dealt at once, and how far a token's characters lie around their mean; each drawn so often
BY_LENGTH = {
    "training, 16 questions a step": (16, 0.0, 200),
    "training, 32 questions a step": (32, 0.0, 200),
    "training, 64 questions a step": (64, 0.0, 200),
    "training, 128 questions a step": (128, 0.0, 200),
    "scoring 200 questions": (200, 0.08, 200),
    "scoring 1,319 questions": (1_319, 0.08, 5),
    "scoring 7,473 questions": (7_473, 0.08, 5),
}


def by_length(groups: int, spread: float, ranks: int, draw: random.Random) -> float:
    """-> the idle share, of groups of a prompt and six responses."""
    tokens = [
        draw.randrange(60, 250) + sum(min(MOST_TOKENS, int(draw.lognormvariate(4.6, 0.5))) for _ in range(6))
        for _ in range(groups)
    ]
    costs = [count * draw.lognormvariate(0, spread) if spread else count for count in tokens]
    loads = [sum(tokens[place] for place in places) for places in distributed.dealt(costs, ranks)]
    return 1 - mean(loads) / max(loads)


def lengths_dealt() -> dict[str, dict[str, float]]:
    found = {}
    for (name, (groups, spread, draws)), ranks in itertools.product(BY_LENGTH.items(), RANKS):
        draw = random.Random(ranks)
        idle = [by_length(groups, spread, ranks, draw) for _ in range(draws)]
        found[f"{name}, {ranks} ranks"] = {"mean idle": round(mean(idle), 4), "worst": round(max(idle), 4)}
        print(f"{name + f', {ranks} ranks':56}{mean(idle):7.1%}{max(idle):7.1%}", flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json")
    into = parser.parse_args().json
    dealt = lengths_dealt()
    cases = {}
    worst = 0.0
    print(f"{'':44} idle: dealt, fixed shares, every n-th;   time: dealt by fixed, by every n-th")
    for shape, kind, ranks in itertools.product(SHAPES, LENGTHS, RANKS):
        large = shape[0] > 5_000
        if large and kind != "as found":
            continue
        found = [drawn(shape, kind, ranks, seed) for seed in range(1 if large else DRAWS)]
        idle = {name: mean(one[name][1] for one in found) for name in found[0]}
        time = {name: mean(one[name][0] for one in found) for name in found[0]}
        worst = max(worst, *(one["dealt"][0] / one["fixed"][0] for one in found))
        name = f"{shape[0]} questions x {shape[1]}, {shape[2]} slots, {kind}, {ranks} ranks"
        cases[name] = {
            "idle": {way: round(share, 4) for way, share in idle.items()},
            "time by fixed shares": round(time["dealt"] / time["fixed"], 4),
            "time by every n-th": round(time["dealt"] / time["every n-th"], 4),
        }
        print(
            f"{name:56}{idle['dealt']:7.1%}{idle['fixed']:7.1%}{idle['every n-th']:7.1%}"
            f"{time['dealt'] / time['fixed']:9.3f}{time['dealt'] / time['every n-th']:8.3f}",
            flush=True,
        )
    total = {
        "cases": len(cases),
        "draws of each": DRAWS,
        "worst time by fixed shares, of any draw": round(worst, 4),
        "mean time by fixed shares": round(mean(one["time by fixed shares"] for one in cases.values()), 4),
        "mean time by every n-th": round(mean(one["time by every n-th"] for one in cases.values()), 4),
        "mean idle": {
            way: round(mean(one["idle"][way] for one in cases.values()), 4)
            for way in ("dealt", "fixed", "every n-th")
        },
    }
    print(json.dumps(total, indent=2))
    if into:
        with open(into, "w") as file:
            json.dump({"sampling": total, "by length": dealt, "cases": cases}, file, indent=2)
            file.write("\n")


if __name__ == "__main__":
    main()
