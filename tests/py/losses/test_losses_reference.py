"""Every group loss and its gradient against an independent implementation with gradients derived by hand."""

from __future__ import annotations

import numpy as np
import pytest
import reference_losses as reference
import torch
from aft_worker.losses import Members, boundaries, group_loss, has_pair
from loss_cases import (
    CONSTRAINTS,
    Case,
    case,
    expected,
    random_case,
    random_cases,
    settings_of,
    value_and_gradient,
)

# loss, constraint, whether the boundary is out of the gradient
LOSSES = [
    *(("alignment", constraint, True) for constraint in CONSTRAINTS),
    ("alignment", "boundary", False),
    *((kind, constraint, True) for kind in ("rrhf", "pro", "dpo") for constraint in CONSTRAINTS),
]
SMOOTH = [
    ("alignment", "none", True),
    ("alignment", "boundary", False),
    ("pro", "none", True),
    ("dpo", "none", True),
]


def tolerance(of: Case) -> float:
    """Rounding of the exponents: they are as large as sums, or scores times gaps between rewards."""
    largest = max(np.abs(of.sums).max(), np.abs(of.scores).max() * np.ptp(of.rewards), 1.0)
    return 100 * np.finfo(np.float64).eps * largest


def assert_same(found: tuple[float, np.ndarray], wanted: tuple[float, np.ndarray], rounding: float) -> None:
    np.testing.assert_allclose(found[0], wanted[0], rtol=1e-12, atol=rounding)
    scale = max(1.0, np.abs(wanted[1]).max())
    np.testing.assert_allclose(found[1], wanted[1], rtol=1e-12, atol=rounding * scale)


@pytest.mark.parametrize("kind, constraint, detach", LOSSES)
def test_value_and_gradient_equal_the_reference_on_random_groups(kind, constraint, detach) -> None:
    rng = np.random.default_rng(1)
    paired = 0
    for of in random_cases(seed=1, count=600):
        beta = float(rng.choice([0.0, 0.15, 1.3]))
        found = value_and_gradient(settings_of(kind, constraint, beta, detach), of)
        assert_same(found, expected(kind, constraint, of, beta, detach), tolerance(of))
        if not has_pair(of.ranks.tolist()):
            assert found[0] == 0
            assert not found[1].any()
        else:
            assert found[0] >= 0
            paired += 1
    assert paired > 300


@pytest.mark.parametrize("kind, constraint, detach", LOSSES)
def test_the_order_of_the_responses_changes_nothing(kind, constraint, detach) -> None:
    rng = np.random.default_rng(2)
    for of in random_cases(seed=3, count=60):
        settings = settings_of(kind, constraint, 0.3, detach)
        value, gradient = value_and_gradient(settings, of)
        order = rng.permutation(len(of.sums))
        assert_same(value_and_gradient(settings, of.taken(order)), (value, gradient[order]), tolerance(of))


@pytest.mark.parametrize("detach", [True, False])
@pytest.mark.parametrize("constraint", CONSTRAINTS)
def test_two_ranks_are_the_binary_losses_of_the_paper(constraint: str, detach: bool) -> None:
    rng = np.random.default_rng(4)
    for _ in range(200):
        of = random_case(rng, int(rng.integers(2, 12)), "binary", 1.0)
        positive, negative = of.ranks == 1, of.ranks == 2
        value, on_p, on_n = reference.binary(
            constraint, of.scores[positive], of.scores[negative], 0.25, detach
        )
        gradient = np.zeros(len(of.sums))
        gradient[positive], gradient[negative] = on_p, on_n
        found = value_and_gradient(settings_of("alignment", constraint, 0.25, detach), of)
        assert_same(found, (value, gradient), tolerance(of))


@pytest.mark.parametrize("kind, constraint, detach", [*SMOOTH, ("rrhf", "none", True)])
def test_the_gradient_equals_central_differences_of_the_value(kind, constraint, detach) -> None:
    rng, step = np.random.default_rng(5), 1e-5
    settings = settings_of(kind, constraint, 0.25, detach)
    for _ in range(40):
        of = random_case(rng, int(rng.integers(2, 9)), "ranked", 1.0)
        # every score 1000 steps or more away from every other, where RRHF and the minimum have their kinks
        of = of.moved(
            -(0.1 + 0.07 * rng.permutation(len(of.sums)) + 0.01 * rng.random(len(of.sums))) * of.counts
        )
        _, gradient = value_and_gradient(settings, of)
        for i in range(len(of.sums)):
            nudge = np.zeros(len(of.sums))
            nudge[i] = step * of.counts[i]
            high, _ = value_and_gradient(settings, of.moved(of.sums + nudge))
            low, _ = value_and_gradient(settings, of.moved(of.sums - nudge))
            assert gradient[i] == pytest.approx((high - low) / (2 * step), rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("kind, constraint, detach", LOSSES)
def test_groups_side_by_side_have_the_loss_and_gradient_of_each_alone(kind, constraint, detach) -> None:
    settings = settings_of(kind, constraint, 0.3, detach)
    loss = group_loss(settings)
    assert loss is not None
    cases = list(random_cases(seed=8, count=60))
    members = Members.of([of.responses() for of in cases])
    # what stands in padding is nobody's
    sums = torch.full(members.present.shape, -7.5, dtype=torch.float64)
    for row, of in enumerate(cases):
        sums[row, : len(of.sums)] = of.leaf().detach()
    sums.requires_grad_()
    values = loss(sums, members)
    (gradient,) = torch.autograd.grad(values.sum(), sums)
    assert not gradient[~members.present].any()
    for row, of in enumerate(cases):
        found = values[row].item(), gradient[row, : len(of.sums)].numpy() * of.counts
        assert_same(found, value_and_gradient(settings, of), tolerance(of))


@pytest.mark.parametrize("kind, constraint, detach", SMOOTH)
def test_smooth_losses_pass_autograds_own_check(kind, constraint, detach) -> None:
    loss = group_loss(settings_of(kind, constraint, 0.25, detach))
    assert loss is not None
    of = case([-0.3, -0.9, -0.6, -1.4, -0.2], [1, 2, 1, 3, 2], counts=[1, 2, 3, 1, 2])

    def by_sums(sums: torch.Tensor) -> torch.Tensor:
        return loss(sums[None], of.members())[0]

    assert torch.autograd.gradcheck(by_sums, (of.leaf(),))
    assert torch.autograd.gradgradcheck(by_sums, (of.leaf(),))


def test_pairs_and_boundaries_equal_their_definitions() -> None:
    for of in random_cases(seed=6, count=100):
        members = of.members()
        scores = members.means(of.leaf()[None])
        wanted = {(i, j) for j in range(len(of.sums)) for i in reference.above(of.ranks, j)}
        assert {(i, j) for _, i, j in members.above.nonzero().tolist()} == wanted
        assert has_pair(of.ranks.tolist()) is bool(wanted)
        for j, bound in enumerate(boundaries(scores, members.above, 0.25)[0].tolist()):
            over = reference.above(of.ranks, j)
            assert bound == (reference.lowest_above(of.scores, of.ranks, j) - 0.25 if over else np.inf)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("kind, constraint, detach", LOSSES)
def test_scores_of_0_and_of_minus_10000_keep_value_and_gradient_finite(
    kind, constraint, detach, dtype
) -> None:
    loss = group_loss(settings_of(kind, constraint, 0.2, detach))
    assert loss is not None
    for scores in ([-1e4, 0.0, 0.0], [0.0, -1e4, -1e4], [-1e4, -1e4, 0.0], [0.0, 0.0, 0.0]):
        for ranks in ([1, 2, 2], [1, 2, 3], [2, 1, 1]):
            of = case(scores, ranks)
            sums = of.leaf().detach().to(dtype).requires_grad_()
            (value,) = loss(sums[None], of.members())
            (gradient,) = torch.autograd.grad(value, sums)
            assert value.dtype == gradient.dtype == dtype
            assert torch.isfinite(value)
            assert torch.isfinite(gradient).all()
