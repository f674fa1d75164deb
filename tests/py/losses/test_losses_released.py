"""RRHF and PRO as their released code has them, against that code's own steps written out in float64."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from aft_worker.losses import Response, group_loss, part_of
from aft_worker.losses.objective import Objective
from aft_worker.protocol import ProLoss, RrhfLoss
from loss_cases import Case, case, random_case, value_and_gradient

COUNTED = ProLoss(constraint="none", weight=1.0, vft_weight=1.0, ties="counted")
OMITTED = ProLoss(constraint="none", weight=1.0, vft_weight=1.0)


def best_first(of: Case) -> Case:
    return of.taken(np.argsort(-of.rewards, kind="stable"))


def released_pro(scores: torch.Tensor, rewards: torch.Tensor) -> torch.Tensor:
    """The loop of the released trainer over candidates [R], best first, less its epsilon of 1e-10."""
    loss = scores.new_zeros(())
    for time in range(len(scores) - 1):
        negative_temperatures = rewards[time] - rewards[time + 1 :]
        positive_temperature = negative_temperatures.max()
        own = scores[time] * positive_temperature
        others = torch.exp(scores[time + 1 :] * negative_temperatures).sum()
        loss = loss + torch.log(torch.exp(own) + others) - own
    return loss


@pytest.mark.parametrize("feedback", ["binary", "ranked", "distinct", "equal"])
def test_pro_with_ties_counted_is_the_released_loop(feedback: str) -> None:
    rng = np.random.default_rng(11)
    differing = 0
    for _ in range(150):
        of = best_first(random_case(rng, int(rng.integers(1, 9)), feedback, 1.0))
        scores = torch.tensor(of.scores, requires_grad=True)
        value = released_pro(scores, torch.tensor(of.rewards))
        gradient = np.zeros(len(of.sums))
        if value.requires_grad:
            gradient = torch.autograd.grad(value, scores)[0].numpy()
        found = value_and_gradient(COUNTED, of)
        np.testing.assert_allclose(found[0], value.item(), rtol=1e-11, atol=1e-11)
        np.testing.assert_allclose(found[1], gradient, rtol=1e-9, atol=1e-11)
        differing += not np.allclose(value_and_gradient(OMITTED, of)[1], gradient, rtol=1e-6, atol=1e-9)
    assert (differing > 30) is (feedback in ("binary", "ranked"))


def test_a_tie_adds_one_to_the_sum_of_the_first_of_the_two() -> None:
    # rewards 1, 1, 0; all scores -1: e^(s_3 - s_1) = 1 and e^(0 - s_1) = e in the first sum, 1 in the second
    of = case([-1.0, -1.0, -1.0], [1, 1, 2], rewards=[1, 1, 0])
    value, gradient = value_and_gradient(COUNTED, of)
    assert value == pytest.approx(math.log(2 + math.e) + math.log(2))
    first, second = 1 / (2 + math.e), 1 / 2
    assert gradient.tolist() == pytest.approx([-(1 + math.e) * first, -second, first + second])
    assert value_and_gradient(OMITTED, of)[0] == pytest.approx(2 * math.log(2))


@pytest.mark.parametrize("constraint", ["detached", "boundary"])
def test_ties_act_on_the_better_one_alone_under_every_constraint(constraint: str) -> None:
    rng = np.random.default_rng(12)
    beta = 0.2 if constraint == "boundary" else None
    for _ in range(60):
        of = best_first(random_case(rng, int(rng.integers(2, 9)), "binary", 1.0))
        if len(set(of.rewards)) < 2:
            continue
        counted, omitted = (
            value_and_gradient(
                ProLoss(constraint=constraint, weight=1.0, vft_weight=1.0, beta=beta, ties=ties), of
            )
            for ties in ("counted", "omitted")
        )
        right = of.rewards == of.rewards.max()
        if right.sum() > 1 or (~right).sum() > 1:
            assert counted[0] > omitted[0]
        # more in the denominator of a right one: what the wrong ones weigh in it becomes less
        assert (np.abs(counted[1][~right]) <= np.abs(omitted[1][~right]) + 1e-12).all()


def test_the_best_candidate_as_the_target_has_both_forces_on_it() -> None:
    """RRHF's total: minus the mean log-probability of the best one's tokens, and the hinge, in numbers."""
    responses = [Response(4, target=True, rank=1), Response(2, rank=2), Response(5, rank=2)]
    sums = torch.tensor([-4.0, -1.0, -6.0], dtype=torch.float64)
    settings = RrhfLoss(constraint="none", weight=2.0, vft_weight=1.0)
    objective = Objective(settings, target_tokens=4, groups=1)
    found = objective(sums, part_of(group_loss(settings), [responses]))
    # scores -1, -0.5, -1.2: the second lies 0.5 above the best, the third below it
    assert found.vft.item() == pytest.approx(1.0)
    assert found.alignment.item() == pytest.approx(0.5)
    assert found.gradient.tolist() == pytest.approx([-1 / 4 - 2 / 4, 2 / 2, 0.0])
