"""Sampling with one rank of one thread and with two, by turns, on a small random model; what it comes to.

    OMP_NUM_THREADS=1 npx aft python experiments/benchmarks/ranks/throughput.py [--json FILE]

It wants as many quiet cores as ranks: the load at the beginning goes into the file.
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

ROUNDS = 3


def rank() -> None:
    """One of the ranks: rank 0 prints tokens a second of each round."""
    import torch

    torch.set_num_threads(1)
    from aft_worker import distributed
    from aft_worker.board import open_board
    from aft_worker.model.loading import LoadedModel
    from aft_worker.protocol import GeneratePrompt
    from aft_worker.sample import CollectedJob, DealtSampler, SampleRequest, TransformersSampler, collect

    sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "..", "tests", "py"))
    import tiny

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
        for at in range(100)
    ]
    rates = []
    for number in range(ROUNDS + 1):  # the first sets up what is set up once
        sampler = TransformersSampler(model, 60)
        if distributed.world_size() > 1:
            sampler = DealtSampler(open_board("generate"), sampler, model)
        request = SampleRequest(prompts=prompts, max_new_tokens=120, temperature=1.0, top_p=1.0, seed=number)
        job = CollectedJob(request)
        distributed.wait_for_all()
        started = time.perf_counter()
        collect(sampler, job)
        rates.append(sum(one.tokens for one in job.candidates) / (time.perf_counter() - started))
    if distributed.is_main():
        print(json.dumps(rates[1:]), flush=True)
    distributed.wait_for_all()
    distributed.leave()


def measured(ranks: int) -> float:
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
    out, *_ = [process.communicate()[0] for process in started]
    return statistics.median(json.loads(out))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rank", action="store_true")
    parser.add_argument("--json")
    given = parser.parse_args()
    if given.rank:
        rank()
        return
    load = os.getloadavg()[0]
    pairs = []
    for _ in range(ROUNDS):
        pairs.append((measured(1), measured(2)))
        print(f"1 rank {pairs[-1][0]:8.0f} tokens/s, 2 ranks {pairs[-1][1]:8.0f}", flush=True)
    ratios = sorted(two / one for one, two in pairs)
    found = {
        "cores": os.cpu_count(),
        "load at the beginning": load,
        "tokens a second, one rank and two": pairs,
        "two over one": {"median": statistics.median(ratios), "lowest": ratios[0], "highest": ratios[-1]},
    }
    print(json.dumps(found["two over one"]))
    if given.json:
        with open(given.json, "w") as file:
            json.dump(found, file, indent=2)
            file.write("\n")


if __name__ == "__main__":
    main()
