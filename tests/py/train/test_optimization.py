"""The learning rate by hand, and AdamW against its published equations."""

from __future__ import annotations

import math

import pytest
import tiny
import torch
from aft_worker.train.optimization import Optimizer, learning_rate
from torch import nn


def rates(**settings) -> list[float]:
    schedule = tiny.schedule(**settings)
    return [learning_rate(2.0, schedule, step) for step in range(1, schedule.total_steps + 2)]


def test_the_learning_rate_rises_to_its_highest_and_falls_to_its_last() -> None:
    found = rates(shape="linear", total_steps=6, warmup_steps=2, minimum_ratio=0.2)
    # 0.2 x 2.0 is the last; four steps down from 2.0 in steps of 0.4; then it stays
    assert found == pytest.approx([1.0, 2.0, 1.6, 1.2, 0.8, 0.4, 0.4])
    found = rates(shape="cosine", total_steps=5, warmup_steps=1, minimum_ratio=0.0)
    assert found == pytest.approx([2.0, 1 + math.cos(math.pi / 4), 1.0, 1 - math.cos(math.pi / 4), 0.0, 0.0])
    assert rates(shape="constant", total_steps=4, warmup_steps=2) == pytest.approx([1.0, 2.0, 2.0, 2.0, 2.0])


def test_without_warm_up_the_first_step_has_the_highest_rate() -> None:
    assert rates(shape="linear", total_steps=3, warmup_steps=0)[:3] == pytest.approx([2.0, 1.0, 0.0])
    assert rates(shape="cosine", total_steps=1, warmup_steps=0)[0] == 2.0


def adamw(weight: float, gradients: list[float], rates: list[float], decay: float) -> float:
    """The equations of arXiv 1711.05101 (decay times the learning rate, as in torch), in plain Python."""
    m = v = 0.0
    for t, (g, rate) in enumerate(zip(gradients, rates, strict=True), 1):
        m, v = 0.9 * m + 0.1 * g, 0.98 * v + 0.02 * g * g
        weight *= 1 - rate * decay
        weight -= rate * (m / (1 - 0.9**t)) / (math.sqrt(v / (1 - 0.98**t)) + 1e-8)
    return weight


def test_steps_follow_adamw_and_decay_matrices_only() -> None:
    module = nn.Linear(1, 1)
    with torch.no_grad():
        module.weight.fill_(2.0)
        module.bias.fill_(3.0)
    optimizer = Optimizer(module, tiny.optimizer(weight_decay=0.5, clip_norm=0))
    gradients, rates = [0.3, -1.0, 0.2], [0.1, 0.2, 0.05]
    for gradient, rate in zip(gradients, rates, strict=True):
        with optimizer.collecting():
            (gradient * (module.weight.sum() + module.bias.sum())).backward()
        optimizer.step(rate, optimizer.gradient_norm().item())
        assert module.weight.grad is None
    assert module.weight.item() == pytest.approx(adamw(2.0, gradients, rates, 0.5), rel=1e-6)
    assert module.bias.item() == pytest.approx(adamw(3.0, gradients, rates, 0.0), rel=1e-6)


@pytest.mark.parametrize("clip, scale", [(0.0, 1.0), (10.0, 1.0), (1.0, 1 / 5), (2.0, 2 / 5)])
def test_clipping_is_by_the_global_norm(clip: float, scale: float, monkeypatch) -> None:
    module = nn.Linear(1, 1)
    optimizer = Optimizer(module, tiny.optimizer(clip_norm=clip))
    (3 * module.weight.sum() + 4 * module.bias.sum()).backward()
    assert optimizer.gradient_norm().item() == pytest.approx(5)
    kept = []
    monkeypatch.setattr(
        optimizer._adamw, "step", lambda: kept.extend(p.grad.item() for p in module.parameters())
    )
    optimizer.step(0.1, optimizer.gradient_norm().item())
    assert kept == pytest.approx([3 * scale, 4 * scale])


def test_bfloat16_weights_learn_through_float32_masters() -> None:
    module = nn.Linear(1, 1, bias=False).bfloat16()
    with torch.no_grad():
        module.weight.fill_(1.0)
    optimizer = Optimizer(module, tiny.optimizer(weight_decay=0, clip_norm=0))
    # 1/1000 is less than bfloat16 can add to 1.0; three micro-batches a step
    for _ in range(20):
        for _ in range(3):
            with optimizer.collecting():
                module.weight.sum().backward()
            assert module.weight.grad is None
        assert optimizer.gradient_norm().item() == pytest.approx(3)
        optimizer.step(1e-3, 3.0)
    assert optimizer.masters["weight"].item() == pytest.approx(1 - 20e-3, rel=1e-4)
    assert module.weight.item() == torch.tensor(1 - 20e-3).bfloat16().item()


def test_a_low_precision_gradient_is_gone_before_the_next_weights_is_there() -> None:
    """Otherwise all of them stand beside the float32 ones at the end of a backward pass."""
    module = nn.Sequential(nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False)).bfloat16()
    optimizer = Optimizer(module, tiny.optimizer())
    held = []
    with optimizer.collecting():
        for weight in module.parameters():
            weight.register_post_accumulate_grad_hook(
                lambda _: held.append([one.grad is not None for one in module.parameters()])
            )
        module(torch.ones(1, 2, dtype=torch.bfloat16)).sum().backward()
    assert held == [[False, False], [False, False]]
    assert all(master.grad is not None for master in optimizer.masters.values())


def test_outside_a_backward_pass_of_its_own_an_optimizer_collects_nothing() -> None:
    module = nn.Linear(1, 1, bias=False).bfloat16()
    optimizer = Optimizer(module, tiny.optimizer())
    with optimizer.collecting():
        module.weight.sum().backward()
    module.weight.sum().backward()
    assert module.weight.grad is not None
    assert optimizer.gradient_norm().item() == pytest.approx(1)


def test_an_update_that_fails_leaves_no_half_made_moments(monkeypatch) -> None:
    module = nn.Linear(2, 2)
    optimizer = Optimizer(module, tiny.optimizer())
    adamw = optimizer._adamw.step

    def failing() -> None:
        optimizer._adamw.state[module.weight]["step"] = torch.zeros(())
        raise MemoryError

    module(torch.ones(1, 2)).sum().backward()
    monkeypatch.setattr(optimizer._adamw, "step", failing)
    with pytest.raises(MemoryError):
        optimizer.step(0.1, 1.0)
    monkeypatch.setattr(optimizer._adamw, "step", adamw)
    optimizer.step(0.1, 1.0)
    assert set(optimizer.state()) == {
        f"{name}/{moment}" for name in ("weight", "bias") for moment in ("step", "exp_avg", "exp_avg_sq")
    }


def test_frozen_weights_are_left_alone() -> None:
    module = nn.Linear(2, 2)
    module.bias.requires_grad_(False)
    assert list(Optimizer(module, tiny.optimizer()).weights) == ["weight"]
