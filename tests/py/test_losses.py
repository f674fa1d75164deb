"""Every loss against numbers worked out from the published equations, and against closed-form gradients."""

from __future__ import annotations

import math
import random

import pytest
import tiny
import torch
from aft_worker.losses import boundary, boundary_loss, detached_loss, group_loss, unconstrained_loss
from aft_worker.losses.objective import Objective, Part
from aft_worker.protocol import VftLoss

# the worked example of the method's description
POSITIVE, NEGATIVE, BETA = (-0.20, -0.35, -0.50), (-0.95,), 0.15


def tensors(positive, negative) -> tuple[torch.Tensor, torch.Tensor]:
    return (
        torch.tensor(positive, dtype=torch.float64, requires_grad=True),
        torch.tensor(negative, dtype=torch.float64, requires_grad=True),
    )


def gradients(loss, positive, negative) -> tuple[list[float], list[float]]:
    p, n = tensors(positive, negative)
    found = torch.autograd.grad(loss(p, n), (p, n), allow_unused=True)
    return tuple([0.0] * len(x) if g is None else g.tolist() for g, x in zip(found, (p, n), strict=True))


def random_group(rng: random.Random) -> tuple[list[float], list[float]]:
    def scores() -> list[float]:
        found = [-rng.random() * rng.choice([0.1, 1, 20]) for _ in range(rng.randint(1, 6))]
        # ties and duplicates
        return found + found[: rng.randint(0, 1)]

    return scores(), scores()


def closed_form(kind: str, p: list[float], n: list[float], beta: float):
    """Value and gradients by hand. Z = 1 + sum of all exponentials; a ratio e / Z is a force along s."""
    e = [[math.exp(sn - sp) for sn in n] for sp in p]
    t = [2 * min(p) - 2 * beta - sp for sp in p]
    f = [[math.exp(ti - sn) if kind == "boundary" else 0.0 for sn in n] for ti in t]
    z = 1 + sum(map(sum, e)) + sum(map(sum, f))
    on_p = [-sum(row) / z for row in e]
    on_n = [sum(e[i][j] - f[i][j] for i in range(len(p))) / z for j in range(len(n))]
    return math.log(z), on_p, [0.0] * len(n) if kind == "detached" else on_n


@pytest.mark.parametrize("kind", ["none", "detached", "boundary"])
def test_value_and_gradient_equal_the_closed_form_on_random_groups(kind: str) -> None:
    losses = {
        "none": unconstrained_loss,
        "detached": detached_loss,
        "boundary": lambda p, n: boundary_loss(p, n, 0.2),
    }
    rng = random.Random(7)
    for _ in range(300):
        p, n = random_group(rng)
        value, on_p, on_n = closed_form(kind, p, n, 0.2)
        assert losses[kind](*tensors(p, n)).item() == pytest.approx(value, rel=1e-12)
        found_p, found_n = gradients(losses[kind], p, n)
        assert found_p == pytest.approx(on_p, rel=1e-10, abs=1e-14)
        assert found_n == pytest.approx(on_n, rel=1e-10, abs=1e-14)


def test_values_worked_out_by_hand() -> None:
    p, n = tensors((-1.0, -2.0), (-3.0,))
    # exp(-2), exp(-1)
    expected = math.log(1 + 0.1353352832366127 + 0.36787944117144233)
    assert unconstrained_loss(p, n).item() == pytest.approx(expected, rel=1e-14)
    assert detached_loss(p, n).item() == pytest.approx(expected, rel=1e-14)
    # beta 1/2: T = 2 * -2 - 1 - s_p = -4 and -3; T - s_n = -1 and 0
    expected = math.log(1 + 0.1353352832366127 + 0.36787944117144233 + 0.36787944117144233 + 1)
    assert boundary_loss(p, n, 0.5).item() == pytest.approx(expected, rel=1e-14)


def test_the_numbers_of_the_boundary_with_and_without_its_threshold_in_the_gradient() -> None:
    detached, _ = gradients(lambda p, n: boundary_loss(p, n, BETA), POSITIVE, NEGATIVE)
    attached, _ = gradients(lambda p, n: boundary_loss(p, n, BETA, False), POSITIVE, NEGATIVE)
    assert detached == pytest.approx((-0.083, -0.097, -0.112), abs=5e-4)
    assert attached == pytest.approx((-0.235, -0.273, 0.747), abs=5e-4)


def test_a_negative_at_the_boundary_feels_no_force_below_it_is_pulled_up_above_pushed_down() -> None:
    at = boundary(torch.tensor(POSITIVE, dtype=torch.float64), BETA).item()
    assert at == pytest.approx(-0.65)

    def force(negative: float) -> float:
        return gradients(lambda p, n: boundary_loss(p, n, BETA), POSITIVE, (negative,))[1][0]

    assert force(at) == pytest.approx(0, abs=1e-15)
    # descent moves against the gradient
    assert force(at - 0.1) < -1e-3
    assert force(at + 0.1) > 1e-3


@pytest.mark.parametrize("detach", [True, False])
def test_the_gradient_of_the_threshold_goes_to_the_positives_alone_and_only_when_asked(detach: bool) -> None:
    """dT/ds_i = 2 [i is the lowest] - [i is the positive itself], times f / Z, its share."""
    p, n, beta = (-0.3, -0.9, -0.6), (-1.2, -0.5), 0.25
    _, on_p, on_n = closed_form("boundary", list(p), list(n), beta)
    z = math.exp(closed_form("boundary", list(p), list(n), beta)[0])
    f = [sum(math.exp(2 * -0.9 - 2 * beta - sp - sn) for sn in n) / z for sp in p]
    extra = [-f[0], 2 * sum(f) - f[1], -f[2]]
    expected = [own + (0 if detach else more) for own, more in zip(on_p, extra, strict=True)]
    found_p, found_n = gradients(lambda a, b: boundary_loss(a, b, beta, detach), p, n)
    assert found_p == pytest.approx(expected, rel=1e-12)
    assert found_n == pytest.approx(on_n, rel=1e-12)


def test_the_boundary_is_the_same_for_every_positive_and_negative() -> None:
    found = gradients(lambda p, n: boundary_loss(p, n, 0.3), (-1.0, -0.2), (-1.3, -1.3, -1.3))[1]
    assert found == pytest.approx([0, 0, 0], abs=1e-15)


@pytest.mark.parametrize("constraint", ["none", "detached", "boundary"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("p, n", [(-1e4, 0.0), (0.0, -1e4), (-1e4, -1e4)])
def test_extreme_scores_stay_finite(constraint: str, dtype: torch.dtype, p: float, n: float) -> None:
    loss = group_loss(tiny.alignment(constraint))
    scores = torch.tensor([p, n, 0.0], dtype=dtype, requires_grad=True)
    value = loss(scores, ["positive", "negative", None])
    value.backward()
    assert torch.isfinite(value)
    assert torch.isfinite(scores.grad).all()
    assert scores.grad[2] == 0


def test_settings_choose_the_loss_and_labels_the_sides() -> None:
    scores = torch.tensor([*NEGATIVE, *POSITIVE, -9.0], dtype=torch.float64)
    labels = ["negative", "positive", "positive", "positive", None]
    p, n = tensors(POSITIVE, NEGATIVE)
    beta, attached = tiny.alignment(beta=BETA), tiny.alignment(beta=BETA, detach_boundary=False)
    assert group_loss(tiny.alignment("none"))(scores, labels) == unconstrained_loss(p, n)
    assert group_loss(tiny.alignment("detached"))(scores, labels) == detached_loss(p, n)
    assert group_loss(beta)(scores, labels) == boundary_loss(p, n, BETA)
    leaf = scores.clone().requires_grad_()
    (found,) = torch.autograd.grad(group_loss(attached)(leaf, labels), leaf)
    assert found[1:4].tolist() == pytest.approx((-0.235, -0.273, 0.747), abs=5e-4)
    assert group_loss(VftLoss()) is None


def test_the_objective_normalises_by_the_global_batch() -> None:
    # two groups: a target of 4 tokens with a pair, and a target of 2 tokens alone; 4 groups in all, 10 tokens
    paired = Part([4, 2, 5], [True, False, False], [None, "positive", "negative"])
    alone = Part([2], [True], [None])
    sums = torch.tensor([-2.0, -1.0, -4.0, -3.0])
    objective = Objective(tiny.alignment("none", weight=3.0), target_tokens=10, groups=4)
    value = objective(sums, [paired, alone])
    # s_p = -0.5, s_n = -0.8
    e = math.exp(-0.3)
    assert value.vft == pytest.approx((2.0 + 3.0) / 10)
    assert value.alignment == pytest.approx(math.log(1 + e) / 4)
    force = 3 * e / (1 + e) / 4
    assert value.gradient.tolist() == pytest.approx([-0.1, -force / 2, force / 5, -0.1])
    assert objective.total(value.vft, value.alignment) == pytest.approx(0.5 + 3 * math.log(1 + e) / 4)
    first, second = objective(sums[:3], [paired]), objective(sums[3:], [alone])
    assert first.vft + second.vft == pytest.approx(value.vft)
    assert first.alignment == pytest.approx(value.alignment)
    assert second.alignment == 0
