"""Two processes that share a global batch take KTO's and NFT's step as one does, divisors and all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tiny
import torch
import torch.distributed as dist
from aft_worker.protocol import KtoLoss, LossSettings, NftLoss, TrainGroup
from ranks import run_in_processes

usual: dict[str, Any] = {"constraint": "none", "weight": 2.0, "vft_weight": 0.5}
LOSSES: dict[str, LossSettings] = {
    "kto": KtoLoss(**usual, kto_beta=0.3, desirable_weight=1.5, undesirable_weight=0.5),
    "nft": NftLoss(**usual, negative_weight=1.0, epsilon=1.0, prompt_weight="hard", per="token"),
    "nft by responses": NftLoss(
        **usual, negative_weight=1.0, epsilon=0.5, prompt_weight="none", per="response"
    ),
}


def groups() -> list[TrainGroup]:
    # unequal shares: three groups, one all wrong, of unequal lengths
    made = [
        tiny.train_group("a", "how many?", "so it is 12", ["it is 12", "12"], ["it is 9"]),
        tiny.train_group("b", "2 + 2?", "4", ["is 4"], ["is 5 or so", "5"]),
        tiny.train_group("c", "what?", "no, not it", [], ["nor that", "so"]),
    ]
    for group in made:
        for response in group.responses:
            response.reference_logprob = -3.0 * len(response.text)
    return made


def train(folder: Path) -> dict[str, Any]:
    """Three steps of each loss: metrics and weights."""
    found: dict[str, Any] = {}
    for name, loss in LOSSES.items():
        model = tiny.llama(initializer_range=0.2)
        run = tiny.trainer(model, loss, max_tokens=60)
        steps = [run.step(number, groups()) for number in (1, 2, 3)]
        found[name] = steps, torch.cat([w.detach().flatten() for w in model.module.parameters()])
    return found


@pytest.mark.timeout(300)
@pytest.mark.skipif(not dist.is_gloo_available(), reason="this build of torch has no gloo")
def test_two_processes_take_the_step_of_one(tmp_path: Path) -> None:
    alone = train(tmp_path)
    processes = run_in_processes(2, train, tmp_path)
    for name in LOSSES:
        expected, weights = alone[name]
        assert torch.equal(processes[0][name][1], processes[1][name][1])
        for steps, found in (process[name] for process in processes):
            torch.testing.assert_close(found, weights, rtol=1e-5, atol=1e-5)
            for shared, own in zip(steps, expected, strict=True):
                assert shared.gradient_norm == pytest.approx(own.gradient_norm, rel=1e-4)
                assert shared.loss.alignment == pytest.approx(own.loss.alignment, rel=1e-4, abs=1e-6)
                assert shared.divergence == (own.divergence and pytest.approx(own.divergence, rel=1e-4))
    # an estimate of more than nothing was shared
    assert alone["kto"][0][-1].divergence > 0
