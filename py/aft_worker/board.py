"""What ranks leave for each other to take when they come to it: torch.distributed's key-value store.

No call waits for another rank, so that ranks that are busy for unequal times need no common step. A process
has one connection, of its main thread; each board is a part of the store under a name of its own.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from datetime import timedelta
from functools import cache

from torch.distributed import Store, TCPStore  # pyright: ignore[reportPrivateImportUsage]

from . import distributed

# the store takes at most 8 MiB of one value
_PART = 4 << 20
_opened: Counter[str] = Counter()


def connect(seconds: float = 300, place: str | None = None) -> TCPStore:
    """A connection of its own to the store that torchrun's variables name, or that lies at "host:port": calls
    of one wait for each other.

    A call raises DistNetworkError where the store is gone, DistStoreError after so many seconds.
    """
    host, _, port = (place or f"{os.environ['MASTER_ADDR']}:{os.environ['MASTER_PORT']}").rpartition(":")
    return TCPStore(host, int(port), is_master=False, timeout=timedelta(seconds=seconds))


_shared = cache(connect)


def open_board(topic: str) -> Board:
    """The n-th board that this rank opens under a topic is the n-th of each rank."""
    _opened[topic] += 1
    return Board(_shared(), f"aft/{topic}/{_opened[topic]}", distributed.rank(), distributed.world_size())


class Board:
    """Values by key, and lists to which any rank adds and which one rank reads."""

    def __init__(self, store: Store, name: str, rank: int, ranks: int) -> None:
        self.rank = rank
        self.ranks = ranks
        self._store = store
        self._name = name
        self._read: Counter[str] = Counter()

    def put(self, key: str, value: bytes) -> None:
        parts = [value[start : start + _PART] for start in range(0, len(value), _PART)]
        for place, part in enumerate(parts):
            self._store.set(self._at(f"{key}/{place}"), part)  # pyright: ignore[reportArgumentType]
        self._store.set(self._at(key), str(len(parts)))

    def get(self, key: str) -> bytes | None:
        """None: nobody has put it yet."""
        if not self._store.check([self._at(key)]):
            return None
        parts = int(self._store.get(self._at(key)))
        return b"".join(self._store.get(self._at(f"{key}/{place}")) for place in range(parts))

    def add(self, key: str, amount: int) -> int:
        """-> the sum of what all ranks have added."""
        return self._store.add(self._at(key), amount)

    def append(self, key: str, value: bytes) -> None:
        self.put(f"{key}/{self.add(key, 1) - 1}", value)

    def take(self, key: str) -> list[bytes]:
        """What was appended since this rank, the only one that reads the list, last took from it."""
        taken = []
        for _ in range(self._read[key], self.add(key, 0)):
            place = f"{key}/{self._read[key]}"
            value = self.get(place)
            if value is None:
                break  # on its way
            self._drop(place, len(value))
            self._read[key] += 1
            taken.append(value)
        return taken

    def wait_for(self, key: str, count: int) -> None:
        """Until so many have been added."""
        while self.add(key, 0) < count:
            time.sleep(0.005)

    def _drop(self, key: str, size: int) -> None:
        self._store.delete_key(self._at(key))
        for place in range(-(-size // _PART)):
            self._store.delete_key(self._at(f"{key}/{place}"))

    def _at(self, key: str) -> str:
        return f"{self._name}/{key}"
