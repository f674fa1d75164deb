"""What ranks cost a training step: one rank that has joined a group against none, and weights shared out over
it against whole ones, by turns in one process.

    python experiments/benchmarks/speed/ranks_speed.py --ranks 2 [--threads 1]

times steps of as many processes on this machine's CPU against one of them alone, in data parallel and with
weights shared out: the ranks do the one's global batch together.
"""

from __future__ import annotations

import argparse
import os
import random
import socket
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "instruments"), str(HERE.parents[2] / "py")]

import torch  # noqa: E402
from aft_worker import distributed  # noqa: E402
from aft_worker.model.loading import LoadedModel  # noqa: E402
from aft_worker.model.sharding import share_out  # noqa: E402
from aft_worker.protocol import TrainGroup  # noqa: E402
from aft_worker.train import Trainer  # noqa: E402
from clock import alternating, ratio  # noqa: E402
from random_models import Shape, converted, group, rounded  # noqa: E402
from results import Results  # noqa: E402
from training_speed import ADAMW, AFT, SCHEDULE  # noqa: E402

K = 6
SHAPE = Shape(hidden=128, intermediate=344, layers=4, heads=4, key_value_heads=4, vocabulary=1024)
LENGTHS = range(40, 61), range(30, 51)


@contextmanager
def one_rank() -> Iterator[None]:
    """This process as the only rank of a group, as torchrun would start it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    named = {
        "RANK": "0",
        "LOCAL_RANK": "0",
        "WORLD_SIZE": "1",
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
    }
    before = {name: os.environ.get(name) for name in named}
    os.environ |= named
    distributed.join(even_alone=True)
    try:
        yield
    finally:
        distributed.leave()
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


class Steps:
    """A training's steps, one a call."""

    def __init__(self, model: LoadedModel, groups: list[TrainGroup]) -> None:
        self.losses: list[float] = []
        self._groups = groups
        self._run = Trainer(
            model, optimizer=ADAMW, schedule=SCHEDULE, loss=AFT, seed=1, max_tokens_per_batch=4096
        )

    def __call__(self) -> None:
        done = self._run.step(self._run.steps_done + 1, self._groups)
        self.losses.append(float(done.loss.total))


def groups_of(shape: Shape, count: int) -> list[TrainGroup]:
    draw = random.Random(3)
    return [group(draw, f"q{number}", shape.vocabulary, K, LENGTHS) for number in range(count)]


def measure_one_rank(
    results: Results, device: torch.device, shape: Shape, dtype: torch.dtype, questions: int, rounds: int
) -> None:
    """Equal losses, to the bit where weights are whole; what joining and sharing out cost is measured."""
    base, groups = rounded(shape, seed=3), groups_of(shape, questions)
    alone = Steps(converted(base, device, dtype), groups)
    with one_rank():
        joined = Steps(converted(base, device, dtype), groups)
        model = converted(base, torch.device("cpu"), dtype)
        model.module = share_out(model.module, device, dtype, "random")
        model.device = device
        shared = Steps(model, groups)

        def apart() -> None:
            with distributed.alone():
                alone()

        calls: list[Callable[[], None]] = [apart, joined, shared]
        for call in calls:
            call()  # libraries and kernels
        times = _by_turns(device, calls, rounds)
    for place, (name, found) in enumerate({"joined": joined, "shared out": shared}.items(), 1):
        over = ratio(times, place, 0)
        title = f"one rank, {name}: time of a step over none"
        results.measure(title, f"{over.median:.3f} ({over.spread})")
        apart_by = max(abs(a / b - 1) for a, b in zip(found.losses, alone.losses, strict=True))
        limit = 0.0 if name == "joined" else 1e-6 if dtype == torch.float32 else 1e-3
        results.at_most(f"one rank, {name}: loss against none, relative", apart_by, limit)
    if device.type == "cuda":
        plain, own = (statistics.median(one[place] for one in times) for place in (0, 1))
        results.at_most("one rank, joined: overhead of a step", own / plain - 1, 0.02)


def _by_turns(device: torch.device, calls: list[Callable[[], None]], rounds: int) -> list[tuple[float, ...]]:
    """Seconds: on a CPU of the processor, on which what else the machine does has no bearing."""
    if device.type != "cpu":
        return alternating(device, calls, rounds)
    return [tuple(map(_processor_seconds, calls)) for _ in range(rounds)]


def _processor_seconds(call: Callable[[], None]) -> float:
    started = time.process_time()
    call()
    return time.process_time() - started


def _rank(number: int, count: int, port: int, threads: int, sharding: str, queue: object) -> None:
    torch.set_num_threads(threads)
    if count > 1:
        os.environ |= {"RANK": str(number), "LOCAL_RANK": str(number), "WORLD_SIZE": str(count)}
        os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
        distributed.join()
    model = converted(rounded(SHAPE, seed=3), torch.device("cpu"), torch.float32)
    if sharding == "fsdp":
        whole = model.module if distributed.is_main() else None
        model.module = share_out(whole, torch.device("cpu"), torch.float32, "random")
    steps = Steps(model, groups_of(SHAPE, 12))
    steps()
    seconds = []
    for _ in range(6):
        own = _processor_seconds(steps)
        # a step is done when the last rank has done its part
        seconds.append(max(distributed.gather(own)))
    if distributed.is_main():
        queue.put((seconds, steps.losses))  # type: ignore[attr-defined]
    distributed.leave()


def timed_ranks(count: int, threads: int, sharding: str) -> tuple[list[float], list[float]]:
    """(seconds of steps, their losses)"""
    context = torch.multiprocessing.get_context("spawn")
    queue = context.Queue()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    processes = [
        context.Process(target=_rank, args=(number, count, port, threads, sharding, queue))
        for number in range(count)
    ]
    for process in processes:
        process.start()
    found = queue.get(timeout=600)
    for process in processes:
        process.join()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1, help="of each rank")
    given = parser.parse_args()
    results = Results()
    with results.topic("ranks"):
        alone, losses = timed_ranks(1, given.threads, "none")
        name, unit = f"{given.threads} threads each", "s of the processor"
        results.measure(f"a step of one process, {name}", round(statistics.median(alone), 3), unit)
        for sharding in ("none", "fsdp"):
            seconds, own = timed_ranks(given.ranks, given.threads, sharding)
            title = f"{given.ranks} ranks, sharding: {sharding}"
            results.measure(f"{title}: a step", round(statistics.median(seconds), 3), unit)
            share = statistics.median(alone) / statistics.median(seconds) / given.ranks
            results.measure(
                f"{title}: share of {given.ranks} times as fast, by the processor", round(share, 2)
            )
            results.at_most(
                f"{title}: loss against one, relative",
                max(abs(a / b - 1) for a, b in zip(own, losses, strict=True)),
                1e-6,
            )
        torch.set_num_threads(given.threads)
        measure_one_rank(results, torch.device("cpu"), SHAPE, torch.float32, 8, 9)
    print(results.table())
    sys.exit(0 if results.passed else 1)


if __name__ == "__main__":
    main()
