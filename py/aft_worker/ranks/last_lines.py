"""What ranks of other machines wrote last, for the error that is told on machine 0.

The agent of another machine keeps it in the store through which the ranks meet, as it is written: it is there
too when that machine, or the way to it, is gone.
"""

from __future__ import annotations

import re
import socket
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

import msgspec
from torch.distributed import Store  # pyright: ignore[reportPrivateImportUsage]

LINES = 8
CHARACTERS = 300
SECONDS_BETWEEN_LINES = 0.25
# read of each rank's file
_BYTES = 16 << 10


def lines_of(logs: Path) -> list[str]:
    """The last lines of each rank of this machine, each with its rank and host."""
    signs = [int(sign.name.removeprefix("rank-")) for sign in logs.glob("rank-*")]
    files = {int(file.parent.name): file for file in logs.glob("*/attempt_*/*/stderr.log")}
    found = []
    for local, file in sorted(files.items()):
        with file.open("rb") as stream:
            stream.seek(max(0, file.stat().st_size - _BYTES))
            text = stream.read().decode(errors="replace")
        where = f"[rank {min(signs, default=0) + local} on {socket.gethostname()}]"
        lines = [line for line in re.split(r"[\r\n]+", text) if line.strip()]
        found += [f"{where} {line[:CHARACTERS]}" for line in lines[-LINES:]]
    return found


def keep_in(store: Store, node: int, logs: Path, said: Sequence[str]) -> None:
    """Until the process, or the store, is gone. `said`: by the agent itself, so far."""
    kept: list[str] = []
    where = f"[machine {node}, {socket.gethostname()}]"
    own = uuid.uuid4().hex
    if store.compare_set(f"{_key(node)}/of", "", own).decode() != own:
        # begun anew sooner than the others ended: their error is told with what was written before
        return
    while True:
        lines = lines_of(logs) + [f"{where} {line}" for line in said]
        if lines != kept:
            try:
                store.set(_key(node), msgspec.json.encode(lines).decode())
            except RuntimeError:
                return
            kept = lines
        time.sleep(SECONDS_BETWEEN_LINES)


def kept_in(store: Store, nodes: int) -> list[str]:
    """By the agent of machine 0: of all others, as far as they said anything."""
    found: list[str] = []
    for node in range(1, nodes):
        if store.check([_key(node)]):
            found += msgspec.json.decode(store.get(_key(node)), type=list[str])
    return found


def _key(node: int) -> str:
    return f"aft/lines/{node}"
