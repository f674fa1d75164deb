"""Weights that are shared out over the ranks: each samples and scores what is dealt to it, pass by pass with
the others, and what is found is what one device finds.

With AFT_RANKS=all and `-m slow` two and four ranks sample from every family of models, whole and shared out.
"""

from __future__ import annotations

import os
from itertools import chain
from pathlib import Path
from typing import Any

import families
import pytest
import tiny
import torch.distributed as dist
from aft_worker import distributed
from aft_worker.board import open_board
from aft_worker.errors import WorkerError
from aft_worker.protocol import GeneratePrompt
from aft_worker.sample import CollectedJob, DealtSampler, SampleRequest, TransformersSampler, collect
from aft_worker.score import score_groups, score_shared
from ranks import run_in_processes
from ranks_cases import MODELS, family, sharded

ALL = os.environ.get("AFT_RANKS") == "all"

TEXTS = ["a", "how many apples?", "12+34=", "x", "a b c d e f g h i j k l m"]
GROUPS = [
    tiny.score_group("a", "how many?", "so it is 12", "it is 12", "12", "it is 9"),
    tiny.score_group("b", "2 + 2?", "4", "is 4", "is 5 or so", "5"),
    tiny.score_group("c", "what?", "no"),
]


def sampled(models: dict[str, Any], **settings) -> dict[str, Any]:
    found = {}
    for name, model in models.items():
        prompts = [
            GeneratePrompt(id=f"q{at}", prompt=text, indices=[0, 1, 2]) for at, text in enumerate(TEXTS)
        ]
        usual = {"max_new_tokens": 16, "temperature": 1.0, "top_p": 1.0, "seed": 5}
        job = CollectedJob(SampleRequest(prompts=prompts, **{**usual, **settings}))
        sampler: Any = TransformersSampler(model, 2)
        if distributed.world_size() > 1:
            sampler = DealtSampler(open_board("generate"), sampler, model)
        collect(sampler, job)
        found[name] = {(one.question_id, one.index): one.token_ids for one in job.candidates}
    return found


def scored(model: Any, groups=GROUPS) -> Any:
    asked = (model, groups, 40, lambda: None, lambda *_: None, lambda _: None)
    if distributed.world_size() > 1:
        return score_shared(open_board("score"), *asked, per_token=True)[0]
    return score_groups(*asked)[0]


def work(folder: Path) -> dict[str, Any]:
    models = {"llama": sharded(tiny.llama()), "gemma2": sharded(tiny.gemma2())}
    found: dict[str, Any] = {"sampled": sampled(models), "greedy": sampled(models, temperature=0.0)}
    found["scored"] = scored(models["llama"])
    models["llama"].max_positions = 64
    try:
        scored(models["llama"], [*GROUPS, tiny.score_group("long", "7*6=" * 20, "42")])
    except WorkerError as error:
        found["refused"] = error.message
    # and all of them are together still
    found["again"] = sampled(models)
    return found


@pytest.mark.timeout(300)
@pytest.mark.skipif(not dist.is_gloo_available(), reason="this build of torch has no gloo")
def test_two_ranks_with_parts_of_the_weights_find_what_one_device_finds(tmp_path: Path) -> None:
    alone = work(tmp_path)
    first, second = run_in_processes(2, work, tmp_path)
    assert first["sampled"] == first["again"] == alone["sampled"]
    assert first["greedy"] == alone["greedy"]
    for found, own in zip(chain(*first["scored"]), chain(*alone["scored"]), strict=True):
        assert found.token_ids == own.token_ids
        assert found.logprob == pytest.approx(own.logprob, rel=1e-5)
    assert first["refused"] == alone["refused"]
    assert second["sampled"] == {"llama": {}, "gemma2": {}}


def every_model(folder: Path) -> dict[str, Any]:
    models = {name: make(folder) for name, make in MODELS.items()}
    for name in families.ARCHITECTURES:
        models[f"{name}, whole"] = family(name, folder)
        models[f"{name}, shared out"] = sharded(family(name, folder))
    return {"sampled": sampled(models), "greedy": sampled(models, temperature=0.0)}


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(not ALL, reason="AFT_RANKS=all takes minutes")
@pytest.mark.parametrize("count", [2, 4])
def test_ranks_sample_what_one_samples_from_every_family(tmp_path: Path, count: int) -> None:
    alone = every_model(tmp_path)
    first, *others = run_in_processes(count, every_model, tmp_path)
    assert first == alone
    assert all(samples == {} for other in others for models in other.values() for samples in models.values())
