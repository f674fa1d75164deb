"""The alignment loss of sums in the place of means, and of scaled exponents."""

from __future__ import annotations

import math

import numpy as np
import pytest
import reference_losses as reference
from aft_worker.protocol import AlignmentLoss
from loss_cases import CONSTRAINTS, case, random_case, value_and_gradient


def settings(constraint: str, *, beta: float = 0.2, detach: bool = True, **more) -> AlignmentLoss:
    return AlignmentLoss(constraint=constraint, weight=1.0, beta=beta, detach_boundary=detach, **more)


@pytest.mark.parametrize("constraint", CONSTRAINTS)
def test_what_is_left_out_is_the_mean_at_scale_1_to_the_last_bit(constraint: str) -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        of = random_case(rng, 6, "ranked", 1.0)
        plain = value_and_gradient(settings(constraint), of)
        said = value_and_gradient(settings(constraint, scores="mean", scale=1.0), of)
        assert plain[0] == said[0]
        assert (plain[1] == said[1]).all()


def test_sums_and_scales_worked_out_by_hand() -> None:
    # sums -2 and -3.5 of 2 and 5 tokens, means -1 and -.7
    of = case([-1.0, -0.7], [1, 2], counts=[2, 5])

    def found(constraint: str, **more) -> tuple[float, np.ndarray]:
        value, by_scores = value_and_gradient(settings(constraint, **more), of)
        return value, by_scores / of.counts

    e = math.exp(-1.5)
    value, by_sums = found("none", scores="sum")
    assert value == pytest.approx(math.log(1 + e), rel=1e-14)
    assert by_sums == pytest.approx([-e / (1 + e), e / (1 + e)], rel=1e-13)
    e = math.exp(-4.5)
    value, by_sums = found("detached", scores="sum", scale=3.0)
    assert value == pytest.approx(math.log(1 + e), rel=1e-14)
    assert by_sums == pytest.approx([-3 * e / (1 + e), 0], rel=1e-13)
    # by means the exponent is .3 at scale 1
    value, _ = found("none", scale=3.0)
    assert value == pytest.approx(math.log(1 + math.exp(0.9)), rel=1e-14)
    # the boundary at -1.2 mirrors the loser to 5 (-2.4 + .7) = -8.5, and that to 2 - 8.5 = -6.5
    value, by_sums = found("boundary", scores="sum")
    z = 1 + math.exp(-1.5) + math.exp(-6.5)
    assert value == pytest.approx(math.log(z), rel=1e-14)
    wanted = [-math.exp(-1.5) / z, (math.exp(-1.5) - math.exp(-6.5)) / z]
    assert by_sums == pytest.approx(wanted, rel=1e-13)


@pytest.mark.parametrize("scores", ["mean", "sum"])
@pytest.mark.parametrize("detach", [True, False])
def test_the_forces_cancel_at_the_boundary_of_mean_scores(scores: str, detach: bool) -> None:
    def force(score: float) -> float:
        of = case([-1.0, score], [1, 2], counts=[3, 7])
        chosen = settings("boundary", beta=0.5, detach=detach, scores=scores, scale=2.0)
        return value_and_gradient(chosen, of)[1][1]

    assert force(-1.5) == pytest.approx(0, abs=1e-12)
    assert force(-1.8) < 0 < force(-1.2)


@pytest.mark.parametrize("detach", [True, False])
@pytest.mark.parametrize("constraint", CONSTRAINTS)
def test_sums_of_responses_of_one_length_are_scaled_means(constraint: str, detach: bool) -> None:
    """The independent reference at scores and beta times length and scale, its gradient by those."""
    rng, length, scale = np.random.default_rng(2), 7, 1.5
    for _ in range(50):
        of = random_case(rng, 6, "ranked", 0.3)
        of = case(of.scores, of.ranks, counts=np.full(6, length))
        chosen = settings(constraint, detach=detach, scores="sum", scale=scale)
        value, gradient = value_and_gradient(chosen, of)
        factor = length * scale
        wanted, by_scaled = reference.alignment(
            constraint, of.scores * factor, of.ranks, 0.2 * factor, detach
        )
        assert value == pytest.approx(wanted, rel=1e-12)
        np.testing.assert_allclose(gradient, by_scaled * factor, rtol=1e-11, atol=1e-12)
