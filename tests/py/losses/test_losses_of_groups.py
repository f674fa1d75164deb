"""NCA, InfoNCA, weighted REINFORCE and GRPO: by hand, and by loops with gradients derived by hand.

A group all right and a group all wrong are told apart by the labels.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch
from aft_worker.losses import Members, Response, group_loss
from aft_worker.protocol import GrpoLoss, InfoncaLoss, LossSettings, NcaLoss, ReinforceLoss

NCA_BETA, TEMPERATURE, LAMBDA = 0.2, 0.5, 0.1
NAMES = ("nca", "infonca", "reinforce", "nsr", "grpo", "dr-grpo", "grpo, not by deviation")
LOSSES = [(name, constraint) for name in NAMES for constraint in ("none", "detached")]


def settings(name: str, constraint: str = "none") -> LossSettings:
    usual = {"constraint": constraint, "weight": 1.0, "vft_weight": 0.0}
    match name:
        case "nca":
            return NcaLoss(**usual, nca_beta=NCA_BETA, temperature=TEMPERATURE)
        case "infonca":
            return InfoncaLoss(**usual, nca_beta=NCA_BETA, temperature=TEMPERATURE)
        case "reinforce" | "nsr":
            return ReinforceLoss(**usual, positive_weight=LAMBDA if name == "reinforce" else 0.0)
    return GrpoLoss(**usual, divide_by_deviation=name == "grpo", divide_by_length=name != "dr-grpo")


Group = list[tuple[float, Response]]


def member(total: float, label: str, tokens: int = 1, reference: float = 0.0, reward=None) -> tuple:
    rank = 1 if label == "positive" else 2
    return total, Response(
        tokens=tokens,
        label=label,
        rank=rank,
        reward=-rank if reward is None else reward,
        reference_logprob=reference,
    )


def value_and_gradient(chosen: LossSettings, *groups: Group) -> tuple[list[float], list[list[float]]]:
    """Of groups side by side: the losses, and the gradients by the sums. Padding is nobody's."""
    loss, members = group_loss(chosen), Members.of([[one for _, one in group] for group in groups])
    assert loss is not None
    sums = torch.full(members.present.shape, -7.5, dtype=torch.float64)
    for row, group in enumerate(groups):
        sums[row, : len(group)] = torch.tensor([total for total, _ in group], dtype=torch.float64)
    sums.requires_grad_()
    values = loss(sums, members)
    (gradient,) = torch.autograd.grad(values.sum(), sums)
    assert not gradient[~members.present].any()
    return values.tolist(), [gradient[row, : len(group)].tolist() for row, group in enumerate(groups)]


def log_sigmoid(x: float) -> float:
    return min(x, 0.0) - math.log1p(math.exp(-abs(x)))


def expected(name: str, constraint: str, group: Group) -> tuple[float, list[float]]:
    """The loss, and its gradient by the sums."""
    k = len(group)
    responses = [one for _, one in group]
    right = [one.label == "positive" for one in responses]
    if name in ("nca", "infonca"):
        h = [NCA_BETA * (total - one.reference_logprob) for total, one in group]
        top = max(one.reward for one in responses)
        q = [math.exp((one.reward - top) / TEMPERATURE) for one in responses]
        q = [one / math.fsum(q) for one in q]
        if name == "nca":
            value = math.fsum(-q[i] * log_sigmoid(h[i]) - log_sigmoid(-h[i]) / k for i in range(k))
            by_h = [math.exp(log_sigmoid(h[i])) / k - q[i] * math.exp(log_sigmoid(-h[i])) for i in range(k)]
        else:
            highest = max(h)
            z = math.fsum(math.exp(x - highest) for x in h)
            value = math.fsum(-q[i] * (h[i] - highest - math.log(z)) for i in range(k))
            by_h = [math.exp(h[i] - highest) / z - q[i] for i in range(k)]
        gradient = [NCA_BETA * one for one in by_h]
    elif name in ("reinforce", "nsr"):
        tokens = sum(one.tokens for one in responses)
        weight = {True: LAMBDA if name == "reinforce" else 0.0, False: -1.0}
        gradient = [-weight[side] / tokens for side in right]
        value = math.fsum(slope * total for slope, (total, _) in zip(gradient, group, strict=True))
    else:
        rewards = [one.reward for one in responses]
        mean = math.fsum(rewards) / k
        deviation = math.sqrt(math.fsum((r - mean) ** 2 for r in rewards) / max(k - 1, 1))
        gradient = [0.0] * k
        if len(set(rewards)) > 1:
            for i, one in enumerate(responses):
                advantage = (rewards[i] - mean) / (deviation if name == "grpo" else 1)
                gradient[i] = -advantage / k / (1 if name == "dr-grpo" else one.tokens)
        value = math.fsum(slope * total for slope, (total, _) in zip(gradient, group, strict=True))
    if constraint == "detached":
        gradient = [slope if side else 0.0 for slope, side in zip(gradient, right, strict=True)]
    return value, gradient


def random_groups(seed: int, count: int) -> Iterator[Group]:
    """1 to 9 responses; mixed, all right, all wrong, some with rewards of two levels or many."""
    draw = torch.Generator().manual_seed(seed)

    def uniform(low: float, high: float) -> float:
        return low + (high - low) * torch.rand((), generator=draw, dtype=torch.float64).item()

    for index in range(count):
        share = (0.5, 1.0, 0.0)[index % 3]
        rewards = {label: uniform(0, 3) for label in ("positive", "negative")} if index % 4 == 0 else {}
        yield [
            member(
                uniform(-60, 0),
                label := "positive" if uniform(0, 1) < share else "negative",
                tokens=1 + int(uniform(0, 30)),
                reference=uniform(-60, 0),
                reward=rewards[label] + (uniform(0, 1) if index % 8 == 0 else 0) if rewards else None,
            )
            for _ in range(1 + int(uniform(0, 9)))
        ]


@pytest.mark.parametrize("name, constraint", LOSSES)
def test_value_and_gradient_equal_the_loops_alone_and_side_by_side(name: str, constraint: str) -> None:
    groups = list(random_groups(seed=3, count=150))
    kinds = {frozenset(one.label for _, one in group) for group in groups}
    assert len(kinds) == 3
    chosen = settings(name, constraint)
    values, gradients = value_and_gradient(chosen, *groups)
    for group, value, gradient in zip(groups, values, gradients, strict=True):
        wanted, by_sums = expected(name, constraint, group)
        assert value == pytest.approx(wanted, rel=1e-12, abs=1e-13)
        assert gradient == pytest.approx(by_sums, rel=1e-11, abs=1e-14)
        (alone,), (by_itself,) = value_and_gradient(chosen, group)
        assert alone == pytest.approx(value, rel=1e-13, abs=1e-14)
        assert by_itself == pytest.approx(gradient, rel=1e-13, abs=1e-14)


RIGHT = [member(-2.0, "positive", 2, -3.0), member(-4.0, "positive", 4, -4.0)]
WRONG = [member(-2.0, "negative", 2, -3.0), member(-4.0, "negative", 4, -4.0)]
BOTH = [RIGHT[0], WRONG[1]]


def test_nca_worked_out_by_hand() -> None:
    # h = .2 and 0; rewards 1 apart at a temperature of .5: q = 1 / (1 + e^-2), 1 / (1 + e^2)
    q, r = 0.8807970779778824, 0.11920292202211755
    up, down = 0.5981388693815918, 0.7981388693815918  # -log sigmoid(.2), -log sigmoid(-.2)
    (value,), (gradient,) = value_and_gradient(settings("nca"), BOTH)
    assert value == pytest.approx(q * up + r * math.log(2) + (down + math.log(2)) / 2, rel=1e-13)
    # sigmoid(.2) = .5498339973124779
    wanted = [0.2 * (0.549833997312478 / 2 - q * 0.450166002687522), 0.2 * (0.25 - r / 2)]
    assert gradient == pytest.approx(wanted, rel=1e-13)
    (_,), (gradient,) = value_and_gradient(settings("nca", "detached"), BOTH)
    assert gradient == pytest.approx([wanted[0], 0], rel=1e-13)


@pytest.mark.parametrize("group", [RIGHT, WRONG])
def test_nca_holds_a_group_without_a_pair_at_its_starting_likelihood(group: Group) -> None:
    (value,), (gradient,) = value_and_gradient(settings("nca"), group)
    # both h have the share 1/2 of each term: -log sigmoid(.2) - log sigmoid(-.2), halved, and log 2
    assert value == pytest.approx((0.5981388693815918 + 0.7981388693815918) / 2 + math.log(2), rel=1e-13)
    # h = .2 is pulled down to 0, and the other, at 0, feels nothing
    assert gradient == pytest.approx([0.2 * 0.5 * (0.549833997312478 - 0.450166002687522), 0], abs=1e-15)


def test_infonca_with_two_responses_and_a_small_temperature_is_dpo() -> None:
    chosen = InfoncaLoss(constraint="none", weight=1.0, vft_weight=0.0, nca_beta=0.2, temperature=1e-3)
    (value,), (gradient,) = value_and_gradient(chosen, BOTH)
    assert value == pytest.approx(0.5981388693815918, rel=1e-13)  # -log sigmoid(.2)
    assert gradient == pytest.approx([-0.2 * 0.450166002687522, 0.2 * 0.450166002687522], rel=1e-13)


def test_infonca_levels_a_group_without_a_pair() -> None:
    for group in (RIGHT, WRONG):
        _, (gradient,) = value_and_gradient(settings("infonca"), group)
        assert gradient == pytest.approx([0.2 * 0.049833997312478, -0.2 * 0.049833997312478], rel=1e-12)


def test_weighted_reinforce_worked_out_by_hand() -> None:
    values, gradients = value_and_gradient(settings("reinforce"), BOTH, RIGHT, WRONG)
    # (-4 + .1 * 2) / 6, .1 (2 + 4) / 6, and (-2 - 4) / 6
    assert values == pytest.approx([-3.8 / 6, 0.1, -1.0], rel=1e-14)
    assert gradients[0] == pytest.approx([-0.1 / 6, 1 / 6], rel=1e-14)
    assert gradients[1] == pytest.approx([-0.1 / 6] * 2, rel=1e-14)
    assert gradients[2] == pytest.approx([1 / 6] * 2, rel=1e-14)
    values, gradients = value_and_gradient(settings("nsr"), BOTH, RIGHT, WRONG)
    assert values == pytest.approx([-4 / 6, 0, -1.0], rel=1e-14)
    assert gradients[1] == [0, 0]
    _, gradients = value_and_gradient(settings("reinforce", "detached"), BOTH, WRONG)
    assert gradients == [pytest.approx([-0.1 / 6, 0], rel=1e-14), [0, 0]]


def test_grpo_worked_out_by_hand() -> None:
    # rewards 1, 0, 0: mean 1/3, sample variance (4/9 + 1/9 + 1/9) / 2 = 1/3
    group = [RIGHT[0], *WRONG]
    root = math.sqrt(3)
    (value,), (gradient,) = value_and_gradient(settings("grpo"), group)
    # A = 2 / sqrt 3 and -1 / sqrt 3 each; all three means are -1
    assert value == pytest.approx(0, abs=1e-15)
    assert gradient == pytest.approx([-2 / root / 3 / 2, 1 / root / 3 / 2, 1 / root / 3 / 4], rel=1e-13)
    (value,), (gradient,) = value_and_gradient(settings("dr-grpo"), group)
    # A = 2/3, -1/3, -1/3; sums -2, -2, -4
    assert value == pytest.approx(-(2 / 3 * -2 - 1 / 3 * -2 - 1 / 3 * -4) / 3, rel=1e-13)
    assert gradient == pytest.approx([-2 / 9, 1 / 9, 1 / 9], rel=1e-13)
    _, (gradient,) = value_and_gradient(settings("dr-grpo", "detached"), group)
    assert gradient == pytest.approx([-2 / 9, 0, 0], rel=1e-13)


@pytest.mark.parametrize("name", ["grpo", "dr-grpo"])
def test_grpo_has_no_advantage_where_all_rewards_are_equal(name: str) -> None:
    # three tenths differ from their own mean by rounding
    tenths = [member(-1.0 - n, "positive", reward=0.1) for n in range(3)]
    values, gradients = value_and_gradient(settings(name), RIGHT, WRONG, tenths, RIGHT[:1])
    assert values == [0, 0, 0, 0]
    assert not any(map(any, gradients))


def test_what_each_takes_and_needs() -> None:
    needs = {
        "nca": (False, True, True),
        "infonca": (False, True, True),
        "reinforce": (False, False, True),
        "grpo": (True, False, True),
    }
    for name, wanted in needs.items():
        loss = group_loss(settings(name))
        assert loss is not None
        assert (loss.needs_pair, loss.needs_reference, loss.needs_labels) == wanted
        assert [loss.takes(ranks) for ranks in ([1, 2], [1, 1], [2, None], [None])] == [
            *(True, not loss.needs_pair, not loss.needs_pair, False)
        ]


@pytest.mark.parametrize("name", ["nca", "infonca"])
def test_a_reference_model_is_needed(name: str) -> None:
    loss = group_loss(settings(name))
    assert loss is not None
    lacking = Members.of([[replace(one, reference_logprob=None) for _, one in BOTH]])
    with pytest.raises(ValueError, match="NCA needs the log-probabilities under the reference model"):
        loss(torch.tensor([[-1.0, -2.0]]), lacking)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("name, constraint", LOSSES)
def test_extreme_sums_keep_value_and_gradient_finite(name: str, constraint: str, dtype) -> None:
    loss = group_loss(settings(name, constraint))
    assert loss is not None
    members = Members.of([[one for _, one in [*BOTH, *WRONG]]])
    for values in ([-1e6, 0.0, 0.0, 0.0], [0.0, -1e6, -1e6, 0.0], [0.0] * 4):
        sums = torch.tensor([values], dtype=dtype, requires_grad=True)
        value = loss(sums, members)
        (gradient,) = torch.autograd.grad(value.sum(), sums)
        assert value.dtype == gradient.dtype == dtype
        assert torch.isfinite(value).all()
        assert torch.isfinite(gradient).all()
