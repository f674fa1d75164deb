"""How long ranks that share sampling wait for the last of them: drawn lengths, and a clock of its own.

    npx aft python experiments/benchmarks/ranks/dealing.py [--json FILE]

The pieces are those of `sample/dealing.py`, dealt by its rule; a decode step of a rank takes a fixed time
and a part that grows with its rows, as on a GPU. Beside it: questions dealt beforehand, every n-th to a rank.
A rank that has ended while another still samples is idle.
"""

from __future__ import annotations

import argparse
import heapq
import json
import random
from dataclasses import dataclass

from aft_worker.protocol import GeneratePrompt
from aft_worker.sample.dealing import cut

STEP = 1.0  # of a step whatever its rows; the unit is free
ROW = 0.002  # more of it for each row


@dataclass(frozen=True)
class Case:
    """`slots` of each rank; a response is some 120 tokens long, by a question's difficulty and by chance."""

    questions: int
    k: int
    slots: int
    most_tokens: int = 512


CASES = {
    "7,473 questions x 6, 1,024 slots": Case(7_473, 6, 1_024),
    "1,319 questions, greedy, 256 slots": Case(1_319, 1, 256),
    "200 questions x 24, 128 slots": Case(200, 24, 128),
}
RANKS = (2, 4, 8)


def lengths_of(case: Case) -> dict[tuple[str, int], int]:
    draw = random.Random(7)
    found = {}
    for question in range(case.questions):
        mean = draw.lognormvariate(4.6, 0.5)
        for index in range(case.k):
            length = max(4, int(draw.lognormvariate(0, 0.35) * mean))
            found[f"q{question}", index] = min(case.most_tokens, length)
    return found


def idle(ends: list[float], busy: list[float]) -> float:
    """The share of all ranks' time until the last one's end in which they did nothing."""
    return 1 - sum(busy) / (len(ends) * max(ends))


def simulate(case: Case, ranks: int, dealt: bool) -> float:
    """-> the idle share."""
    lengths = lengths_of(case)
    draw = random.Random(3)
    prompts = [
        GeneratePrompt(id=f"q{number}", prompt="x" * draw.randrange(80, 600), indices=list(range(case.k)))
        for number in range(case.questions)
    ]
    if dealt:
        pieces = [[(one.id, i) for one in piece for i in one.indices] for piece in cut(prompts, ranks)]
        shared = list(reversed(pieces))
        queues = [shared] * ranks
    else:
        queues = [
            [[(one.id, i) for i in one.indices] for one in reversed(prompts[rank::ranks])]
            for rank in range(ranks)
        ]
    share = -(-len(lengths) // ranks)
    room = [min(case.slots, share)] * ranks
    waiting: list[list[int]] = [[] for _ in range(ranks)]
    rows: list[list[int]] = [[] for _ in range(ranks)]  # the step at which each row ends
    steps = [0] * ranks
    ends, busy = [0.0] * ranks, [0.0] * ranks
    clock = [(0.0, rank) for rank in range(ranks)]
    while clock:
        now, rank = heapq.heappop(clock)
        own = rows[rank]
        undealt = sum(map(len, queues[rank][-room[rank] :])) if dealt else room[rank] * ranks
        ahead = min(max(1, room[rank] // 8), undealt // (2 * ranks)) if steps[rank] else 0
        while queues[rank] and len(own) + len(waiting[rank]) < room[rank] + ahead:
            waiting[rank] += [lengths[one] for one in queues[rank].pop()]
        while waiting[rank] and len(own) < room[rank]:
            heapq.heappush(own, steps[rank] + waiting[rank].pop(0))
        if not own:
            ends[rank] = now
            continue
        took = STEP + ROW * len(own)
        steps[rank] += 1
        busy[rank] += took
        while own and own[0] <= steps[rank]:
            heapq.heappop(own)
        heapq.heappush(clock, (now + took, rank))
    return idle(ends, busy)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json")
    into = parser.parse_args().json
    found = {}
    print(f"{'idle share of the ranks':38} ranks   dealt  every n-th")
    for name, case in CASES.items():
        for ranks in RANKS:
            dealt, beforehand = simulate(case, ranks, True), simulate(case, ranks, False)
            found[f"{name}, {ranks} ranks"] = {"dealt": round(dealt, 4), "every n-th": round(beforehand, 4)}
            print(f"{name:38} {ranks:5} {dealt:7.1%} {beforehand:11.1%}", flush=True)
    if into:
        with open(into, "w") as file:
            json.dump(found, file, indent=2)
            file.write("\n")


if __name__ == "__main__":
    main()
