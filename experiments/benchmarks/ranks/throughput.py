"""Sampling with one rank of one thread and with two, by turns, on a small random model; what it comes to.

    npx aft python experiments/benchmarks/ranks/throughput.py [--json FILE]

Tokens a second want as many quiet cores as ranks; the load goes into the file. Seconds of the processor, of
all ranks together, say what sharing costs on a busy machine too, but for what is waited for.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "instruments"), *(str(HERE.parents[2] / at) for at in ("py", "tests/py"))]

import torch  # noqa: E402
from hardware import describe  # noqa: E402

ROUNDS = 3


def rank() -> None:
    """One of the ranks: each prints (tokens, seconds, seconds of the processor)."""
    torch.set_num_threads(1)
    import tiny
    from aft_worker import distributed
    from aft_worker.board import open_board
    from aft_worker.model.loading import LoadedModel
    from aft_worker.protocol import GeneratePrompt
    from aft_worker.sample import CollectedJob, DealtSampler, SampleRequest, TransformersSampler, collect

    distributed.join()
    model: LoadedModel | tiny.TinyModel = tiny.llama(
        hidden_size=192,
        intermediate_size=512,
        num_hidden_layers=4,
        num_attention_heads=6,
        initializer_range=0.05,
    )
    prompts = [
        GeneratePrompt(id=f"q{at}", prompt="how many? " * (1 + at % 5), indices=list(range(6)))
        for at in range(50)
    ]
    for number in range(2):  # the first sets up what is set up once
        sampler = TransformersSampler(model, 60)
        if distributed.world_size() > 1:
            sampler = DealtSampler(open_board("generate"), sampler, model)
        request = SampleRequest(prompts=prompts, max_new_tokens=60, temperature=1.0, top_p=1.0, seed=number)
        job = CollectedJob(request)
        distributed.wait_for_all()
        started, busy = time.perf_counter(), time.process_time()
        collect(sampler, job)
        took, busy = time.perf_counter() - started, time.process_time() - busy
    print(json.dumps((sum(one.tokens for one in job.candidates), took, busy)), flush=True)
    distributed.wait_for_all()
    distributed.leave()


def measured(ranks: int) -> tuple[float, float]:
    """-> (tokens a second, seconds of the processor a thousand tokens)."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    started = [
        subprocess.Popen(
            [sys.executable, __file__, "--rank"],
            env={
                **os.environ,
                **{"RANK": str(number), "LOCAL_RANK": str(number), "WORLD_SIZE": str(ranks)},
                **{"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "OMP_NUM_THREADS": "1"},
            },
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(ranks)
    ]
    of_ranks = [json.loads(process.communicate()[0]) for process in started]
    tokens, took, _ = of_ranks[0]
    return tokens / took, 1000 * sum(busy for _, _, busy in of_ranks) / tokens


def spread(ratios: list[float]) -> dict[str, float]:
    return {"median": statistics.median(ratios), "lowest": min(ratios), "highest": max(ratios)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rank", action="store_true")
    parser.add_argument("--json")
    given = parser.parse_args()
    if given.rank:
        rank()
        return
    rounds = []
    for _ in range(ROUNDS):
        rounds.append((measured(1), measured(2)))
        (one, one_cost), (two, two_cost) = rounds[-1]
        print(
            f"tokens/s of 1 rank {one:7.0f}, of 2 {two:7.0f}; "
            f"seconds of the processor a thousand tokens {one_cost:.3f}, {two_cost:.3f}",
            flush=True,
        )
    found = {
        **describe(torch.device("cpu")),
        "tokens a second, one rank and two": [(one[0], two[0]) for one, two in rounds],
        "two over one": spread([two[0] / one[0] for one, two in rounds]),
        "seconds of the processor a thousand tokens": [(one[1], two[1]) for one, two in rounds],
        "of two over of one": spread([two[1] / one[1] for one, two in rounds]),
    }
    print(json.dumps({name: found[name] for name in ("two over one", "of two over of one", "load")}))
    if given.json:
        with open(given.json, "w") as file:
            json.dump(found, file, indent=2)
            file.write("\n")


if __name__ == "__main__":
    main()
