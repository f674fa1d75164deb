"""A rank that gives no sign of life is noticed by the others, and each ends; one that computes is not."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn

import pytest
from aft_worker.errors import WorkerError
from aft_worker.memory import advise
from aft_worker.ranks.watch import Watch, meet
from torch.distributed import HashStore, Store  # pyright: ignore[reportPrivateImportUsage]


class Ended(Exception):
    pass


def end(why: str, code: int) -> NoReturn:
    raise Ended(f"{why}, {code}")


def watch(store: Store, rank: int) -> Watch:
    watched = Watch(store, rank, 3, 5, end, tick=1)
    watched.show_life()
    return watched


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that passed, without waiting for them."""
    passed: list[float] = []
    monkeypatch.setattr(time, "sleep", passed.append)
    return passed


def test_ranks_that_show_life_are_left_alone_and_a_silent_one_is_named(ticks: list[float]) -> None:
    store = HashStore()
    first, second, third = (watch(store, rank) for rank in range(3))
    for _ in range(20):
        for one in (first, second, third):
            one.show_life()
        first._look()
    with pytest.raises(Ended, match=r"rank 1 on \S+ has given no sign of life for 5 s: it was stopped, or"):
        for _ in range(7):
            third.show_life()
            first._look()


def test_silence_is_counted_by_ticks_and_so_not_while_the_machine_sleeps(ticks: list[float]) -> None:
    store = HashStore()
    first, second, third = (watch(store, rank) for rank in range(3))
    with pytest.raises(Ended, match="rank 1 on"):
        first.run()
    # the first look, at which it was seen to live, and five more
    assert ticks == [1] * 6
    # one sign starts the count again
    for _ in range(4):
        third._look()
    first.show_life()
    second.show_life()
    for _ in range(5):
        third._look()
    with pytest.raises(Ended, match="rank 0 on"):
        third._look()


def test_a_store_that_is_gone_or_does_not_answer_ends_it_too(ticks: list[float]) -> None:
    class Gone:
        def set(self, key: str, value: str) -> None:
            raise RuntimeError("Connection reset by peer")

    one = Watch(HashStore(), 0, 3, 5, end)
    one._store = Gone()  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(Ended, match="the store through which the ranks meet is gone"):
        one.run()
    with pytest.raises(Ended, match="has not answered for 5 s: the network, or machine 0"):
        watch(HashStore(), 0).watch_itself()
    assert ticks == [1] * 6


def test_a_rank_that_waits_alone_with_an_error_ends_all_and_rank_0_answers_with_it(
    ticks: list[float],
) -> None:
    store = HashStore()
    first, second, third = (watch(store, rank) for rank in range(3))
    answered: list[Exception] = []
    first.answer = answered.append
    error: Exception = RuntimeError("can't allocate memory: no room")
    advise(error, 512)
    with second.waiting(error):
        for _ in range(4):
            second._look_for_faults()
        first._look_for_faults()  # it has waited for less than it may
        with pytest.raises(
            Ended, match=r"go on without it \(rank 1 on \S+: can't allocate memory: no room\), 75"
        ):
            second._look_for_faults()
    for one in (first, third):
        with pytest.raises(Ended, match="one rank failed"):
            one._look_for_faults()
    [told] = answered
    assert isinstance(told, WorkerError) and told.name == "OutOfMemory"
    assert getattr(told.data, "smaller") == 512  # noqa: B009


def test_one_that_all_have_come_to_in_time_ends_nobody(ticks: list[float]) -> None:
    store = HashStore()
    first, second = (watch(store, rank) for rank in range(2))
    with second.waiting(KeyError("x")):
        for _ in range(4):
            second._look_for_faults()
    for _ in range(9):
        second._look_for_faults()
        first._look_for_faults()


def test_all_come_and_go_by_what_rank_0_says() -> None:
    store = HashStore()
    with ThreadPoolExecutor() as ranks:
        met = [ranks.submit(meet, store, rank, 3, seconds, end) for rank, seconds in enumerate((5, 60, 60))]
        assert [one.result() for one in met] == [5, 5, 5]


def test_ranks_that_do_not_come_are_named_with_their_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "2")
    with pytest.raises(Ended, match=r"rank 1, 2, 3 of machine 0, 1 has not come within 0.1 s: it was"):
        meet(HashStore(), 0, 4, 0.01, end)
