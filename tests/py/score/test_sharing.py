"""Ranks that share scoring find what one finds, token by token; what goes wrong in one, rank 0 raises."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Any

import pytest
import tiny
import torch.distributed as dist
from aft_worker.board import Board
from aft_worker.errors import Cancelled, WorkerError
from aft_worker.score import score_groups, score_shared

GROUPS = [
    tiny.score_group("a", "how many?", "so it is 12", "it is 12", "12", "it is 9"),
    tiny.score_group("b", "2 + 2?", "4", "is 4", "is 5 or so", "5"),
    tiny.score_group("c", "what?", "no"),
    tiny.score_group("d", "a b c d e f g", "h i j k l m n o p", "h"),
    tiny.score_group("e", "7*6=", "42", "41", "40"),
]


def shared(
    ranks: int, groups=GROUPS, check: Callable[[], None] = lambda: None, per_token: bool = True, limit=40
) -> tuple[Any, list[tuple], list[str]]:
    """What rank 0 gets, what it is told of progress, and notes; each rank is a thread."""
    store = dist.HashStore()  # pyright: ignore[reportPrivateImportUsage]
    progress: list[tuple] = []
    notes: list[str] = []
    models = [tiny.llama() for _ in range(ranks)]

    def run(rank: int) -> Any:
        model = models[rank]
        model.max_positions = 64
        board = Board(store, "test", rank, ranks)
        own = check if rank == 0 else lambda: None
        report = lambda *counts: progress.append((rank, *counts))  # noqa: E731
        return score_shared(board, model, groups, limit, own, report, notes.append, per_token=per_token)

    with ThreadPoolExecutor(ranks) as pool:
        first, *others = [pool.submit(run, rank) for rank in range(ranks)]
    assert [task.result() for task in others] == [([], 0)] * (ranks - 1)
    return first.result(), progress, notes


@pytest.mark.parametrize("ranks", [2, 3, 8])
def test_the_scores_are_those_of_one_rank(ranks: int) -> None:
    expected, tokens = score_groups(tiny.llama(), GROUPS, 4096)
    (found, through), progress, notes = shared(ranks)
    assert [[one.token_ids for one in group] for group in found] == [
        [one.token_ids for one in group] for group in expected
    ]
    for mine, own in zip(chain(*found), chain(*expected), strict=True):
        assert mine.logprob == pytest.approx(own.logprob, rel=1e-6)
        assert mine.token_logprobs == pytest.approx(own.token_logprobs, rel=1e-5, abs=1e-6)
    # rows are of 40 tokens at most here: prompts repeat
    assert through >= tokens
    # of all ranks, and told by rank 0
    responses = sum(len(group.responses) for group in GROUPS)
    assert progress and {(rank, total) for rank, _, total, _ in progress} == {(0, responses)}
    assert notes == []


def test_without_a_use_for_them_no_log_probability_of_a_token_is_sent() -> None:
    (found, _), *_ = shared(2, per_token=False)
    expected, _ = score_groups(tiny.llama(), GROUPS, 4096)
    for mine, own in zip(chain(*found), chain(*expected), strict=True):
        assert (mine.logprob, mine.token_ids) == (pytest.approx(own.logprob, rel=1e-6), own.token_ids)
    assert any(not one.token_logprobs for group in found for one in group)


def test_of_several_errors_the_first_groups_is_raised_with_its_place() -> None:
    long = [tiny.score_group("long", "7*6=" * 20, "42"), *GROUPS, tiny.score_group("longer", "7" * 90, "42")]
    with pytest.raises(WorkerError, match="long: prompt and response are") as raised:
        shared(2, long)
    assert raised.value.data.pointer == "/groups/0/responses/0"  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(WorkerError, match="long: prompt and response are"):
        shared(8, long)


def test_a_cancelled_request_ends_in_all_ranks() -> None:
    looks = 0

    def check() -> None:
        nonlocal looks
        looks += 1
        if looks == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        shared(3, GROUPS * 40, check)
