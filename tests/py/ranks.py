"""Runs a function in several processes that know of each other as torchrun's do."""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import os
import socket
from collections.abc import Callable
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

import torch
from aft_worker import distributed

# other processes of these tests begin elsewhere
_numbers = itertools.count(os.getpid() * 64)


def run_in_processes(count: int, function: Callable[[Path], Any], folder: Path) -> list[Any]:
    """What `function(folder)` gives back in each rank, by way of a file; the test's own limit is theirs."""
    port = own_port()
    # torch is imported once for all: the server that has done so forks them
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["torch", "transformers.models.llama.modeling_llama"])
    processes = [
        context.Process(target=_run, args=(rank, count, port, function, folder)) for rank in range(count)
    ]
    for process in processes:
        process.start()
    left = {process.sentinel: process for process in processes}
    try:
        # where one fails the others may wait for it
        while left and not any(process.exitcode for process in processes):
            for ended in wait([*left]):
                left.pop(ended).join()
    finally:
        for process in left.values():
            process.kill()
    assert [process.exitcode for process in processes] == [0] * count
    return [torch.load(folder / f"rank-{rank}.pt", weights_only=False) for rank in range(count)]


def own_port() -> int:
    """A free one, below those that a system hands out by itself: nobody is given it meanwhile."""
    for number in _numbers:
        port = 10_000 + number % 20_000
        with socket.socket() as tried, contextlib.suppress(OSError):
            tried.bind(("127.0.0.1", port))
            return port
    raise AssertionError


def _run(rank: int, count: int, port: int, function: Callable[[Path], Any], folder: Path) -> None:
    torch.set_num_threads(1)
    os.environ |= {"RANK": str(rank), "WORLD_SIZE": str(count), "CUDA_VISIBLE_DEVICES": ""}
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    distributed.join()
    result = function(folder)
    distributed.leave()
    torch.save(result, folder / f"rank-{rank}.pt")
