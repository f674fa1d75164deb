"""IRPO, DPO-Positive and SimPER: by hand, and by loops over pairs with gradients derived by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from aft_worker.losses import Members, group_loss, has_pair
from aft_worker.protocol import DpopLoss, IrpoLoss, LossSettings, SimperLoss
from loss_cases import CONSTRAINTS, Case, case, random_cases, value_and_gradient

B, ALPHA, PENALTY = 0.1, 0.7, 5.0
LOSSES = [
    *((name, constraint) for name in ("irpo", "dpop") for constraint in CONSTRAINTS),
    ("simper", "none"),
    ("simper", "detached"),
]


def settings(name: str, constraint: str, beta: float | None = None) -> LossSettings:
    usual = {"constraint": constraint, "weight": 1.0, "vft_weight": 0.0}
    if name == "irpo":
        return IrpoLoss(**usual, beta=beta, dpo_beta=B, alpha=ALPHA)
    if name == "dpop":
        return DpopLoss(**usual, beta=beta, dpo_beta=B, penalty=PENALTY)
    return SimperLoss(**usual)


def softplus(x: float) -> tuple[float, float]:
    """log(1 + exp(x)), which is -log sigmoid(-x), and its derivative sigmoid(x)."""
    e = math.exp(-abs(x))
    return max(x, 0.0) + math.log1p(e), (1.0 if x >= 0 else e) / (1 + e)


def expected(name: str, constraint: str, of: Case, beta: float) -> tuple[float, list[float]]:
    """The mean over pairs, and its gradient by the scores."""
    size = len(of.sums)
    pairs = [(i, j) for i in range(size) for j in range(size) if of.ranks[i] < of.ranks[j]]
    scores = [float(s) for s in of.scores]
    ratios = [float(a - b) for a, b in zip(of.sums, of.references, strict=True)]
    value, gradient = 0.0, [0.0] * size
    for i, j in pairs:
        if name == "simper":
            value += math.exp(scores[j]) - math.exp(scores[i])
            gradient[i] -= math.exp(scores[i])
            gradient[j] += 0 if constraint == "detached" else math.exp(scores[j])
            continue
        lack = PENALTY * max(0.0, -ratios[i]) if name == "dpop" else 0.0
        slope = 1 + (PENALTY if name == "dpop" and ratios[i] < 0 else 0)
        loss, share = softplus(B * (ratios[j] - ratios[i] + lack))
        value += loss
        gradient[i] -= B * share * slope * of.counts[i]
        gradient[j] += 0 if constraint == "detached" else B * share * of.counts[j]
        if constraint == "boundary":
            lowest = min(scores[n] for n in range(size) if of.ranks[n] < of.ranks[j])
            mirrored = of.counts[j] * (2 * (lowest - beta) - scores[j]) - of.references[j]
            loss, share = softplus(B * (mirrored - ratios[i] + lack))
            value += loss
            gradient[j] -= B * share * of.counts[j]
        if name == "irpo":
            value -= ALPHA * scores[i]
            gradient[i] -= ALPHA
    return value / max(len(pairs), 1), [one / max(len(pairs), 1) for one in gradient]


def test_irpo_worked_out_by_hand() -> None:
    # the winner of 2 tokens went from -3 to -2, the loser of 5 from -4 to -6: .1 (1 + 2) = .3
    of = case([-1.0, -1.2], [1, 2], counts=[2, 5], references=[-3.0, -4.0])
    loss, share = 0.5543552444685272, 0.425557483188341  # log(1 + exp(-.3)), sigmoid(-.3)
    value, gradient = value_and_gradient(settings("irpo", "none"), of)
    assert value == pytest.approx(loss + 0.7, rel=1e-14)
    assert gradient == pytest.approx([-0.2 * share - 0.7, 0.5 * share], rel=1e-13)
    # alpha 0 is DPO
    value, gradient = value_and_gradient(replaced(settings("irpo", "none"), alpha=0.0), of)
    assert (value, *gradient) == pytest.approx((loss, -0.2 * share, 0.5 * share), rel=1e-13)


def test_dpo_positive_worked_out_by_hand() -> None:
    # the winner fell by 1 and the loser by 3: .1 (2 - 5 * 1) = -.3
    of = case([-2.0, -1.4], [1, 2], counts=[2, 5], references=[-3.0, -4.0])
    loss, share = 0.8543552444685272, 0.574442516811659  # log(1 + exp(.3)), sigmoid(.3)
    value, gradient = value_and_gradient(settings("dpop", "none"), of)
    assert value == pytest.approx(loss, rel=1e-14)
    assert gradient == pytest.approx([-0.2 * share * 6, 0.5 * share], rel=1e-13)
    # a winner that rose by 1 pays nothing: .1 (1 + 3) = .4, DPO's own
    value, gradient = value_and_gradient(settings("dpop", "none"), of.moved([-2.0, -7.0]))
    assert value == pytest.approx(math.log(1 + math.exp(-0.4)), rel=1e-14)
    assert gradient[0] == pytest.approx(-0.2 / (1 + math.exp(0.4)), rel=1e-13)


def test_simper_worked_out_by_hand() -> None:
    of = case([-1.0, -2.0, 0.0], [1, 2, 1], counts=[4, 2, 3])
    # the mean of (1 / e^2 - 1 / e) and (1 / e^2 - 1)
    value, gradient = value_and_gradient(settings("simper", "none"), of)
    assert value == pytest.approx(0.1353352832366127 - (0.36787944117144233 + 1) / 2, rel=1e-14)
    assert gradient == pytest.approx([-0.36787944117144233 / 2, 0.1353352832366127, -0.5], rel=1e-14)
    value, gradient = value_and_gradient(settings("simper", "detached"), of)
    assert gradient == pytest.approx([-0.36787944117144233 / 2, 0, -0.5], rel=1e-14)


@pytest.mark.parametrize("name, constraint", LOSSES)
def test_value_and_gradient_equal_the_loops_on_random_groups(name: str, constraint: str) -> None:
    rng = np.random.default_rng(1)
    paired = 0
    for of in random_cases(seed=21, count=300):
        beta = float(rng.choice([0.0, 0.15, 1.3]))
        value, gradient = value_and_gradient(settings(name, constraint, beta), of)
        wanted, by_scores = expected(name, constraint, of, beta)
        rounding = 1e-13 * max(1.0, PENALTY * np.abs(of.sums).max())
        np.testing.assert_allclose(value, wanted, rtol=1e-12, atol=rounding)
        np.testing.assert_allclose(gradient, by_scores, rtol=1e-11, atol=rounding)
        if has_pair(of.ranks.tolist()):
            paired += 1
        else:
            assert (value, gradient.any()) == (0, False)
    assert paired > 150


@pytest.mark.parametrize("name, constraint", LOSSES)
def test_groups_side_by_side_have_the_loss_and_gradient_of_each_alone(name: str, constraint: str) -> None:
    chosen = settings(name, constraint, 0.3)
    loss, cases = group_loss(chosen), list(random_cases(seed=22, count=40))
    assert loss is not None
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
        value, alone = value_and_gradient(chosen, of)
        assert values[row].item() == pytest.approx(value, rel=1e-12)
        np.testing.assert_allclose(gradient[row, : len(of.sums)].numpy() * of.counts, alone, rtol=1e-12)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("name, constraint", LOSSES)
def test_extreme_scores_keep_value_and_gradient_finite(name: str, constraint: str, dtype) -> None:
    loss = group_loss(settings(name, constraint, 0.2))
    assert loss is not None
    for scores in ([-1e4, 0.0, 0.0], [0.0, -1e4, -1e4], [0.0, 0.0, 0.0]):
        of = case(scores, [1, 2, 3])
        sums = of.leaf().detach().to(dtype).requires_grad_()
        (value,) = loss(sums[None], of.members())
        (gradient,) = torch.autograd.grad(value, sums)
        assert value.dtype == gradient.dtype == dtype
        assert torch.isfinite(value)
        assert torch.isfinite(gradient).all()


@pytest.mark.parametrize("name", ["irpo", "dpop"])
def test_forces_on_the_loser_cancel_at_the_boundary(name: str) -> None:
    def force(score: float) -> float:
        of = case([-1.0, score], [1, 2], references=[-1.0, -1.5])
        return value_and_gradient(settings(name, "boundary", 0.5), of)[1][1]

    assert force(-1.5) == 0
    assert force(-1.8) < 0 < force(-1.2)


@pytest.mark.parametrize("name", ["irpo", "dpop"])
def test_a_reference_model_is_needed(name: str) -> None:
    loss, of = group_loss(settings(name, "none")), case([-1.0, -2.0], [1, 2])
    assert loss is not None
    assert loss.needs_reference
    lacking = [replace(response, reference_logprob=None) for response in of.responses()]
    with pytest.raises(ValueError, match=r"PO.* needs the log-probabilities under the reference model"):
        loss(of.leaf()[None], Members.of([lacking]))


def test_all_three_take_pairs_alone() -> None:
    for name in ("irpo", "dpop", "simper"):
        loss = group_loss(settings(name, "none"))
        assert loss is not None
        assert [loss.takes(ranks) for ranks in ([1, 2], [1, 1], [2, 2], [None])] == [
            True,
            False,
            False,
            False,
        ]


def replaced(chosen: IrpoLoss, **fields: float) -> IrpoLoss:
    return IrpoLoss(**{name: getattr(chosen, name) for name in chosen.__struct_fields__} | fields)
