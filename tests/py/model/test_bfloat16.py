"""A bfloat16 model trains and samples on a CPU, and its training follows that in float32."""

from __future__ import annotations

import adapted
import pytest
import tiny
import torch
from adapted import GROUPS, LORA
from aft_worker.protocol import GeneratePrompt, VftLoss
from aft_worker.score.scoring import score_groups

STEPS = 12
LOSSES = {"vft": VftLoss(), "boundary": tiny.alignment(beta=0.1)}


@pytest.fixture
def base(tmp_path) -> str:
    """Its weights are rounded to bfloat16, so both types hold the same."""
    return adapted.base_folder(tmp_path / "base", torch.bfloat16)


def losses(base: str, dtype: str, loss, adapter) -> list[float]:
    run = adapted.trainer(adapted.load(base, adapter, dtype=dtype), loss, rate=3e-3)
    return [run.step(number, GROUPS).loss.total for number in range(1, STEPS + 1)]


@pytest.mark.parametrize("adapter", [None, LORA], ids=["all weights", "adapter"])
@pytest.mark.parametrize("name", LOSSES)
def test_training_in_bfloat16_follows_float32(base, name, adapter) -> None:
    full = losses(base, "float32", LOSSES[name], adapter)
    half = losses(base, "bfloat16", LOSSES[name], adapter)
    fallen = full[0] - full[-1]
    assert fallen > 0.3
    for a, b in zip(full, half, strict=True):
        assert abs(a - b) < 0.1 * fallen
    # and they are two computations, not one
    assert full != half


def test_without_masters_small_steps_would_be_lost(base) -> None:
    """The rate is so small that no bfloat16 weight moves in one step; the masters add the steps up."""
    model = adapted.load(base, dtype="bfloat16")
    run = adapted.trainer(model, rate=2e-5)
    weight = model.module.model.layers[0].mlp.up_proj.weight
    first = weight.detach().clone()
    run.step(1, GROUPS)
    moved = (run._optimizer.masters["model.layers.0.mlp.up_proj.weight"] - first.float()).abs()
    assert (moved > 0).float().mean() > 0.9
    assert (weight != first).float().mean() < 0.1


def test_a_bfloat16_model_samples_what_it_scores(base) -> None:
    model = adapted.load(base, dtype="bfloat16")
    settings = {
        "max_new_tokens": 12,
        "temperature": 1.0,
        "top_p": 1.0,
        "seed": 0,
    }
    prompts = [GeneratePrompt(id="q", prompt="how many?", indices=[0, 1, 2, 3])]
    drawn = tiny.sample(model, prompts, **settings)
    assert len(drawn) == 4 and len({one.text for one in drawn}) > 1
    for one in drawn:
        group = tiny.score_group("q", "how many?", one.text)
        group.responses[0].token_ids, group.responses[0].finish = one.token_ids, one.finish
        (found,) = score_groups(model, [group], 512)[0][0]
        assert found.logprob == pytest.approx(one.logprob, abs=0.05 * one.tokens)
