"""vLLM beside two ranks: the other's device is lent to it, and it is held against weights shared out."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import adapted
import psutil
import pytest
import tiny
import torch
import torch.distributed as dist
from aft_worker import distributed
from aft_worker.errors import WorkerError
from aft_worker.handlers import catalogue, lending
from aft_worker.handlers.lending import take_back
from aft_worker.handlers.registries import models
from aft_worker.handlers.samplers import sampler_for
from aft_worker.protocol import GenerateParams, GeneratePrompt, VllmSettings
from aft_worker.sample import CollectedJob, SampleRequest, collect
from ranks import run_in_processes
from ranks_cases import sharded

PYTHON = str(Path(__file__).parents[1] / "fake_vllm" / "python.sh")
PROMPTS = [GeneratePrompt(id=f"q{at}", prompt=text, indices=[0]) for at, text in enumerate(["a", "12+34="])]


def drawn(model: Any, **settings) -> dict[str, Any]:
    usual = {"max_new_tokens": 12, "temperature": 0.0, "top_p": 1.0, "seed": 5}
    asked = VllmSettings(python=PYTHON, tensor_parallel=2)
    params = GenerateParams(model="m", prompts=PROMPTS, vllm=asked, **{**usual, **settings})
    model.digest()  # by all ranks, as a request's handler asks for it
    job = CollectedJob(SampleRequest(prompts=PROMPTS, **{**usual, **settings}))
    collect(sampler_for(params, model), job)
    return {one.question_id: one.token_ids for one in job.candidates}


def engines(log: Path) -> list[dict[str, str]]:
    """What those that run know of the world."""
    numbers = {int(line.split()[0]) for line in log.read_text().splitlines()}
    return [psutil.Process(number).environ() for number in numbers if psutil.pid_exists(number)]


def work(folder: Path) -> dict[str, Any]:
    log = folder / "engines"
    os.environ |= {"FAKE_VLLM_PYTHON": sys.executable, "FAKE_VLLM_LOG": str(log)}
    os.environ |= {"TORCHELASTIC_USE_AGENT_STORE": "False"}
    if distributed.is_main():
        adapted.base_folder(folder / "base", max_position_embeddings=64)
    distributed.wait_for_all()
    model = adapted.load(folder / "base")
    own = {
        one.question_id: one.token_ids
        for one in tiny.sample(model, PROMPTS, temperature=0.0, max_new_tokens=12)
    }
    models.add(model)
    moved: list[str] = []
    usual_place, model.device = model.device, torch.device("meta")
    model.module.to = lambda device: moved.append(device.type)
    if distributed.is_main():
        model.device = usual_place
    found: dict[str, Any] = {"own": own, "whole": drawn(model), "again": drawn(model), "lent": [*moved]}
    found["running"] = engines(log) if distributed.is_main() else []
    take_back()
    distributed.wait_for_all()
    found["left"] = len(engines(log))
    found["taken back"] = [*moved]
    found["shared out"] = drawn(sharded(adapted.load(folder / "base")))
    try:
        drawn(model, temperature=0.005)
    except WorkerError as error:
        found["refused"] = error.message
    take_back()
    return found


@pytest.mark.timeout(300)
@pytest.mark.skipif(not dist.is_gloo_available(), reason="this build of torch has no gloo")
def test_vllm_has_the_other_rank_s_device_until_that_is_needed(tmp_path: Path) -> None:
    first, second = run_in_processes(2, work, tmp_path)
    assert first["whole"] == first["again"] == first["shared out"] == first["own"]
    assert second["whole"] == second["shared out"] == {}
    assert (first["lent"], second["lent"], second["taken back"]) == ([], ["cpu"], ["cpu", "meta"])
    assert len(first["running"]) == 1 and first["left"] == second["left"] == 0
    # it is a world of its own
    for environment in first["running"]:
        assert not [
            name for name in environment if name.endswith("RANK") or name.startswith(("MASTER", "TORCHE"))
        ]
    assert "no temperature below 0.01" in first["refused"] and "refused" not in second


class _TakenBack(Exception):
    pass


def test_what_uses_models_first_takes_back_what_is_lent(monkeypatch) -> None:
    def taken_back() -> None:
        raise _TakenBack

    monkeypatch.setattr(lending, "take_back", taken_back)
    found = set()
    for method in catalogue.SHARED:
        try:
            catalogue.METHODS[method](None, None)
        except _TakenBack:
            found.add(method)
        except AttributeError:
            pass  # of params that are none
    # `generate` lends, or takes back, by who samples: see above
    assert found == {"model/create", "model/load", "score", "train/begin", "train/step"}
