"""SimPO against numbers worked out by hand, and an implementation with its gradient derived by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import reference_losses as reference
import torch
from aft_worker.losses import group_loss, has_pair
from aft_worker.protocol import SimpoLoss
from loss_cases import CONSTRAINTS, Case, case, random_cases, value_and_gradient

SIMPO_BETA, MARGIN = 2.5, 0.55


def settings(constraint: str, beta: float | None = None, margin: float = MARGIN) -> SimpoLoss:
    return SimpoLoss(
        constraint=constraint, weight=1.0, vft_weight=0.0, beta=beta, simpo_beta=SIMPO_BETA, margin=margin
    )


def expected(kind: str, of: Case, beta: float) -> reference.Found:
    """arXiv 2405.14734, its objective, averaged over the group's pairs; the gradient is by the scores."""
    scores, value, gradient, found = of.scores, 0.0, np.zeros(len(of.sums)), 0
    for loser in range(len(scores)):
        for winner in reference.above(of.ranks, loser):
            found += 1
            # -log sigmoid(x) = log(1 + exp(-x)); its derivative by x is -sigmoid(-x)
            loss, (share,) = reference.log_one_plus([SIMPO_BETA * (scores[loser] - scores[winner] + MARGIN)])
            value += loss
            gradient[winner] -= SIMPO_BETA * share
            gradient[loser] += 0 if kind == "detached" else SIMPO_BETA * share
            if kind == "boundary":
                mirrored = 2 * (reference.lowest_above(scores, of.ranks, loser) - beta) - scores[loser]
                loss, (share,) = reference.log_one_plus([SIMPO_BETA * (mirrored - scores[winner] + MARGIN)])
                value += loss
                gradient[loser] -= SIMPO_BETA * share
    return (value / found, gradient / found) if found else (0.0, gradient)


def test_simpo_worked_out_by_hand() -> None:
    # means -1 over 4 tokens and -1.35 over 10: 2.5 * 0.35 - 1.375 = -0.5
    of = case([-1.0, -1.35], [1, 2], counts=[4, 10])
    # log(1 + exp(0.5)), and 2.5 sigmoid(0.5)
    loss, force = 0.9740769841801067, 2.5 * 0.6224593312018546
    value, gradient = value_and_gradient(settings("none"), of)
    assert value == pytest.approx(loss, rel=1e-14)
    assert gradient == pytest.approx([-force, force], rel=1e-13)
    value, gradient = value_and_gradient(settings("detached"), of)
    assert value == pytest.approx(loss, rel=1e-14)
    assert gradient == pytest.approx([-force, 0], rel=1e-13)
    # the boundary at -1.5 mirrors the loser to -3 + 1.35 = -1.65: 2.5 * 0.65 - 1.375 = 0.25
    value, gradient = value_and_gradient(settings("boundary", 0.5), of)
    assert value == pytest.approx(loss + math.log(1 + math.exp(-0.25)), rel=1e-14)
    assert gradient == pytest.approx([-force, force - 2.5 / (1 + math.exp(0.25))], rel=1e-13)


def test_the_margin_asks_for_more_than_the_right_order() -> None:
    of = case([-0.5, -0.5], [1, 2])
    assert value_and_gradient(settings("none", margin=0.0), of)[0] == pytest.approx(math.log(2), rel=1e-14)
    assert value_and_gradient(settings("none"), of)[0] == pytest.approx(
        math.log(1 + math.exp(1.375)), rel=1e-14
    )


def test_a_group_counts_once_however_many_pairs_it_has() -> None:
    for ranks in ([1, 2], [1, 2, 3], [1, 1, 2, 2, 3]):
        value, gradient = value_and_gradient(settings("none", margin=0.0), case([-0.7] * len(ranks), ranks))
        assert value == pytest.approx(math.log(2), rel=1e-14)
        assert sum(gradient) == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("constraint", CONSTRAINTS)
def test_value_and_gradient_equal_the_reference_on_random_groups(constraint: str) -> None:
    rng = np.random.default_rng(1)
    for of in random_cases(seed=1, count=400):
        beta = float(rng.choice([0.0, 0.15, 1.3]))
        value, gradient = value_and_gradient(settings(constraint, beta), of)
        wanted, by_scores = expected(constraint, of, beta)
        rounding = 1e-13 * max(1.0, np.abs(of.scores).max())
        np.testing.assert_allclose(value, wanted, rtol=1e-12, atol=rounding)
        np.testing.assert_allclose(gradient, by_scores, rtol=1e-12, atol=rounding)
        if not has_pair(of.ranks.tolist()):
            assert (value, gradient.any()) == (0, False)


def test_the_gradient_passes_autograds_own_check() -> None:
    loss = group_loss(settings("none"))
    assert loss is not None
    of = case([-0.3, -0.9, -0.6, -1.4, -0.2], [1, 2, 1, 3, 2], counts=[1, 2, 3, 1, 2])

    def by_sums(sums: torch.Tensor) -> torch.Tensor:
        return loss(sums[None], of.members())[0]

    assert torch.autograd.gradcheck(by_sums, (of.leaf(),))


def test_forces_cancel_at_the_boundary_and_pull_up_below_it() -> None:
    def force(score: float) -> float:
        return value_and_gradient(settings("boundary", 0.5), case([-1.0, score], [1, 2]))[1][1]

    assert force(-1.5) == 0
    assert force(-1.8) < 0 < force(-1.2)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("constraint", CONSTRAINTS)
def test_extreme_scores_keep_value_and_gradient_finite(constraint: str, dtype: torch.dtype) -> None:
    loss = group_loss(settings(constraint, 0.2))
    assert loss is not None
    for scores in ([-1e4, 0.0, 0.0], [0.0, -1e4, -1e4], [0.0, 0.0, 0.0]):
        of = case(scores, [1, 2, 3])
        sums = of.leaf().detach().to(dtype).requires_grad_()
        (value,) = loss(sums[None], of.members())
        (gradient,) = torch.autograd.grad(value, sums)
        assert value.dtype == gradient.dtype == dtype
        assert torch.isfinite(value)
        assert torch.isfinite(gradient).all()


def test_a_boundary_without_beta_is_refused() -> None:
    with pytest.raises(ValueError, match="the boundary constraint needs beta"):
        group_loss(settings("boundary"))
