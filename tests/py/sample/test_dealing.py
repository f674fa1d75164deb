"""Ranks that share sampling draw what one draws, whoever draws it; what goes wrong in one, rank 0 raises."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import tiny
import torch
import torch.distributed as dist
from aft_worker import distributed
from aft_worker.board import Board, open_board
from aft_worker.errors import Cancelled, WorkerError
from aft_worker.protocol import GeneratePrompt
from aft_worker.sample import CollectedJob, DealtSampler, SampleRequest, TransformersSampler, collect
from ranks import run_in_processes

TEXTS = ["a", "how many apples?", "12+34=", "B has 3 pens", "x", "a b c d e f g h i j k l m", "7*6="]


def asked(name: str = "q", indices: Sequence[int] = range(5), texts=TEXTS) -> list[GeneratePrompt]:
    return [
        GeneratePrompt(id=f"{name}{at}", prompt=text, indices=list(indices)) for at, text in enumerate(texts)
    ]


def job(prompts=None, seed: int = 5, check: Callable[[], None] = lambda: None, **settings) -> CollectedJob:
    usual = {"max_new_tokens": 20, "temperature": 1.0, "top_p": 1.0}
    request = SampleRequest(prompts=prompts or asked(), seed=seed, **{**usual, **settings})
    return CollectedJob(request, check)


def drawn(*jobs: CollectedJob) -> list[dict[tuple[str, int], tuple]]:
    """What does not depend on who draws it; a log-probability is rounded by the rows beside it."""
    return [
        {
            (one.question_id, one.index): (one.text, one.token_ids, one.finish, one.tokens)
            for one in job.candidates
        }
        for job in jobs
    ]


def together(ranks: int, *jobs: CollectedJob, slots: int | None = None, models=None) -> list[CollectedJob]:
    """The jobs of rank 0 sampled by so many ranks, each a thread; -> what another than rank 0 was given."""
    store = dist.HashStore()
    like = [job([*asked()], **settings_of(jobs[0])) for _ in range(ranks - 1)]
    models = models or [tiny.llama() for _ in range(ranks)]

    def run(rank: int) -> None:
        own = jobs if rank == 0 else [like[rank - 1]]
        board = Board(store, "test", rank, ranks)
        collect(DealtSampler(board, TransformersSampler(models[rank], slots), models[rank]), *own)

    with ThreadPoolExecutor(ranks) as pool:
        tasks = [pool.submit(run, rank) for rank in range(ranks)]
    for task in tasks:
        task.result()
    return like


def settings_of(job: CollectedJob) -> dict[str, Any]:
    return {name: getattr(job.request, name) for name in ("max_new_tokens", "temperature", "top_p", "stop")}


def alone(*jobs: CollectedJob) -> list[dict[tuple[str, int], tuple]]:
    collect(TransformersSampler(tiny.llama()), *jobs)
    return drawn(*jobs)


CASES: dict[str, dict[str, Any]] = {
    "sampled": {},
    "greedy": {"temperature": 0.0},
    "with stop texts": {"stop": ["a", "3"]},
    "in the nucleus": {"top_p": 0.8},
}


@pytest.mark.parametrize("ranks", [2, 3, 8])
@pytest.mark.parametrize("name", CASES)
def test_the_samples_are_those_of_one_rank(name: str, ranks: int) -> None:
    settings = CASES[name]
    jobs = [job(**settings), job(asked("r"), seed=6, **settings)]
    others = together(ranks, *jobs, slots=3)
    assert drawn(*jobs) == alone(job(**settings), job(asked("r"), seed=6, **settings))
    assert [len(one.candidates) for one in jobs] == [5 * len(TEXTS)] * 2
    assert all(one.sampler is not None and one.sampler.name == "transformers" for one in jobs)
    assert all(not one.candidates for one in others)


def by_processes(folder: Path) -> Any:
    model = tiny.llama()
    board = open_board("generate")
    one = job()
    collect(DealtSampler(board, TransformersSampler(model, 4), model), one)
    board.append("drew", str(distributed.rank()).encode())
    return drawn(one), one.sampler


@pytest.mark.timeout(300)
@pytest.mark.skipif(not dist.is_gloo_available(), reason="this build of torch has no gloo")
def test_processes_share_it_through_the_store_of_torchrun(tmp_path: Path) -> None:
    first, second = run_in_processes(2, by_processes, tmp_path)
    assert first[0] == alone(job())
    assert second == ([{}], None)


def test_a_rank_that_stands_still_keeps_what_it_took_and_none_waits_for_it() -> None:
    models = [tiny.llama() for _ in range(3)]
    samples = 12
    one = job(asked(indices=range(samples)))
    took = threading.Event()
    decoded = [0, 0, 0]

    def counting(rank: int) -> None:
        forward = models[rank].module.model.forward

        def counted(**inputs):
            decoded[rank] += inputs["input_ids"].shape[0] if inputs["input_ids"].shape[1] == 1 else 0
            if rank == 1:
                took.set()
                # what is taken together is of one question: all but that is drawn by the others
                wait_until(lambda: len(one.candidates) >= samples * (len(TEXTS) - 1))
            else:
                assert took.wait(60)
            return forward(**inputs)

        models[rank].module.model.forward = counted

    for rank in range(3):
        counting(rank)
    together(3, one, slots=2, models=models)
    assert drawn(one) == alone(job(asked(indices=range(samples))))
    assert 0 < decoded[1] < (decoded[0] + decoded[2]) / 2


def wait_until(so: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not so():
        assert time.monotonic() < end, "it never came to be so"
        time.sleep(0.005)


def test_a_cancelled_request_ends_in_all_ranks_and_leaves_the_others_as_they_are() -> None:
    looks = 0

    def check() -> None:
        nonlocal looks
        looks += 1
        if looks > 3:
            raise Cancelled

    first, second = job(asked(indices=range(200)), check=check), job(asked("r"), seed=6)
    with pytest.raises(Cancelled):
        together(3, first, second, slots=4)
    assert drawn(second) == alone(job(asked("r"), seed=6))
    assert len(first.candidates) < 200 * len(TEXTS)
    assert first.sampler is None and second.sampler is not None


def test_a_prompt_that_is_too_long_fails_its_request_before_any_work_and_alone() -> None:
    models = [tiny.llama() for _ in range(2)]
    for model in models:
        model.max_positions = 16
    good, bad = job(asked("g", texts=["a", "7*6="])), job(asked("b", texts=["a", "a b c d e f g h i j"]))
    with pytest.raises(WorkerError, match="'b1' has 20 tokens") as raised:
        together(2, good, bad, models=models)
    assert raised.value.data.pointer == "/prompts/1/prompt"  # pyright: ignore[reportAttributeAccessIssue]
    assert bad.candidates == [] and len(good.candidates) == 10


def test_what_one_rank_raises_is_raised_by_rank_0_with_its_place() -> None:
    models = [tiny.llama() for _ in range(2)]
    with torch.no_grad():
        models[1].module.model.norm.weight.fill_(float("nan"))
    with pytest.raises(WorkerError, match=r"rank 1 on .*: the model's logits for prompt 'q.' are not finite"):
        together(2, job(asked(indices=range(50))), slots=2, models=models)
    models[1].module.model.norm = None  # pyright: ignore
    with pytest.raises(WorkerError, match=r"rank 1 on .*: .*NoneType") as raised:
        together(2, job(asked(indices=range(50))), slots=2, models=models)
    assert "Traceback" in raised.value.data.traceback  # pyright: ignore[reportAttributeAccessIssue]
