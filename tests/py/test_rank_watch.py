"""A rank that gives no sign of life is noticed by the others, and each ends; one that computes is not."""

from __future__ import annotations

import time
from typing import NoReturn

import pytest
from aft_worker.ranks.watch import Watch
from torch.distributed import HashStore, Store  # pyright: ignore[reportPrivateImportUsage]


class Ended(Exception):
    pass


def end(why: str) -> NoReturn:
    raise Ended(why)


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
