"""The loss over a global batch: its divisors, its weights, and who takes part."""

from __future__ import annotations

import math

import pytest
import torch
from aft_worker.losses import Response, group_loss, part_of
from aft_worker.losses.objective import LossShare, Objective
from aft_worker.protocol import AlignmentLoss, LossSettings, RrhfLoss, VftLoss

# a target of 4 tokens with a pair, and a target of 2 tokens alone; 4 groups in all, 10 target tokens
PAIRED = [Response(4, target=True), Response(2, rank=1), Response(5, rank=2)]
ALONE = [Response(2, target=True)]
SUMS = torch.tensor([-2.0, -1.0, -4.0, -3.0])


def share(settings: LossSettings, sums: torch.Tensor, groups: list[list[Response]]) -> LossShare:
    objective = Objective(settings, target_tokens=10, groups=4)
    return objective(sums, part_of(group_loss(settings), groups))


def test_the_objective_normalises_by_the_global_batch() -> None:
    settings = AlignmentLoss(constraint="none", weight=3.0, detach_boundary=True)
    objective = Objective(settings, target_tokens=10, groups=4)
    value = share(settings, SUMS, [PAIRED, ALONE])
    # s_p = -0.5, s_n = -0.8
    e = math.exp(-0.3)
    assert value.vft.item() == pytest.approx((2.0 + 3.0) / 10)
    assert value.alignment.item() == pytest.approx(math.log(1 + e) / 4)
    force = 3 * e / (1 + e) / 4
    assert value.gradient.tolist() == pytest.approx([-0.1, -force / 2, force / 5, -0.1])
    total = objective.total(value.vft.item(), value.alignment.item())
    assert total == pytest.approx(0.5 + 3 * math.log(1 + e) / 4)
    first, second = share(settings, SUMS[:3], [PAIRED]), share(settings, SUMS[3:], [ALONE])
    assert (first.vft + second.vft).item() == pytest.approx(value.vft.item())
    assert first.alignment.item() == pytest.approx(value.alignment.item())
    assert second.alignment == 0


def test_the_weight_of_the_likelihood_scales_its_gradient_and_its_share_of_the_total() -> None:
    # RRHF: the worse score, -0.8, lies below the better, -0.5; the other way about the loss is 0.3
    settings = RrhfLoss(constraint="none", weight=3.0, vft_weight=0.5)
    objective = Objective(settings, target_tokens=10, groups=4)
    turned = [Response(4, target=True), Response(2, rank=2), Response(5, rank=1)]
    assert share(settings, SUMS[:3], [PAIRED]).alignment == 0
    value = share(settings, SUMS[:3], [turned])
    assert value.vft.item() == pytest.approx(0.2)
    assert value.alignment.item() == pytest.approx(0.3 / 4)
    assert value.gradient.tolist() == pytest.approx([-0.05, 3 / 4 / 2, -3 / 4 / 5])
    assert objective.total(value.vft.item(), value.alignment.item()) == pytest.approx(0.1 + 3 * 0.3 / 4)


def test_fine_tuning_alone_is_the_mean_over_target_tokens() -> None:
    value = share(VftLoss(), SUMS, [PAIRED, ALONE])
    assert (value.vft, value.alignment) == (0.5, 0.0)
    assert value.gradient.tolist() == pytest.approx([-0.1, 0, 0, -0.1])
