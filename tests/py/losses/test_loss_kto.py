"""KTO against numbers worked out by hand, and an implementation with its gradient derived by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from aft_worker.losses import Members, Response, divergence_estimate, group_loss, part_of
from aft_worker.losses.objective import Objective
from aft_worker.protocol import KtoLoss


def settings(**given) -> KtoLoss:
    usual = {"constraint": "none", "weight": 1.0, "vft_weight": 0.0, "kto_beta": 0.1}
    return KtoLoss(**{**usual, "desirable_weight": 1.0, "undesirable_weight": 1.0, **given})


def response(label: str, reference: float = 0.0, tokens: int = 1) -> Response:
    rank = 1 if label == "positive" else 2
    return Response(tokens, label=label, rank=rank, reference_logprob=reference)


def value_and_gradient(
    given: KtoLoss, sums, responses: list[Response], divergence: float
) -> tuple[float, list[float]]:
    loss = group_loss(given)
    assert loss is not None
    leaf = torch.tensor(sums, dtype=torch.float64, requires_grad=True)
    (value,) = loss(leaf[None], Members.of([responses]), divergence)
    (gradient,) = torch.autograd.grad(value, leaf)
    return value.item(), gradient.tolist()


def test_worked_out_by_hand() -> None:
    # r = 10 and -20, z = 5: b (r - z) = 0.5 and -2.5
    own = [response("positive", -30.0, 7), response("negative", -5.0, 2)]
    right, wrong = 1 / (1 + math.exp(0.5)), 1 / (1 + math.exp(2.5))
    given = settings(desirable_weight=1.5, undesirable_weight=0.5)
    value, gradient = value_and_gradient(given, [-20.0, -25.0], own, 5.0)
    assert value == pytest.approx(1.5 * right + 0.5 * wrong, rel=1e-14)
    wanted = [-1.5 * 0.1 * right * (1 - right), 0.5 * 0.1 * wrong * (1 - wrong)]
    assert gradient == pytest.approx(wanted, rel=1e-13)


def test_where_the_model_has_not_moved_each_response_costs_a_half() -> None:
    own = [response("positive", -3.0), response("negative", -4.0), response("negative", -9.0)]
    value, gradient = value_and_gradient(settings(), [-3.0, -4.0, -9.0], own, 0.0)
    assert value == pytest.approx(1.5)
    assert gradient == pytest.approx([-0.025, 0.025, 0.025])


@pytest.mark.parametrize("label", ["positive", "negative"])
def test_a_group_all_right_or_all_wrong_takes_part(label: str) -> None:
    loss = group_loss(settings())
    assert loss is not None
    assert loss.takes([1, 1])
    sign = -1 if label == "positive" else 1
    _, gradient = value_and_gradient(settings(), [-1.0, -2.0], [response(label), response(label)], 0.3)
    assert all(sign * force > 0 for force in gradient)


def test_detached_wrong_ones_have_no_gradient_and_the_same_loss() -> None:
    own = [response("positive", -1.0), response("negative", -2.0)]
    free, held = (
        value_and_gradient(settings(constraint=name), [-2.0, -1.5], own, 0.1) for name in ("none", "detached")
    )
    assert held[0] == free[0]
    assert held[1] == [free[1][0], 0]


def test_the_divergence_is_a_mean_and_at_least_nothing() -> None:
    assert divergence_estimate(6.0, 4) == 1.5
    assert divergence_estimate(-6.0, 4) == 0
    assert divergence_estimate(0.0, 0) == 0


def test_it_is_divided_by_the_responses_of_the_global_batch_however_they_are_grouped() -> None:
    given = settings(weight=2.0)
    groups = [[response("positive", -1.0), response("negative", -2.0)], [response("negative", -3.0)]]
    objective = Objective(given, target_tokens=1, groups=2, responses=3, tokens=3)
    objective.divergence = 0.0
    sums = torch.tensor([-1.0, -2.0, -3.0])
    found = objective(sums, part_of(group_loss(given), groups))
    assert found.alignment.item() == pytest.approx(0.5)
    assert found.gradient.tolist() == pytest.approx([-2 * 0.025 / 3, 2 * 0.025 / 3, 2 * 0.025 / 3])


def by_definition(given: KtoLoss, sums, responses: list[Response], divergence: float):
    value, gradient = 0.0, []
    for total, one in zip(sums, responses, strict=True):
        gain = given.kto_beta * (total - one.reference_logprob - divergence)
        good = 1 / (1 + math.exp(-gain))
        if one.label == "positive":
            value += given.desirable_weight * (1 - good)
            gradient.append(-given.desirable_weight * given.kto_beta * good * (1 - good))
        else:
            value += given.undesirable_weight * good
            gradient.append(given.undesirable_weight * given.kto_beta * good * (1 - good))
    return value, gradient


def test_value_and_gradient_equal_the_reference_on_random_groups() -> None:
    rng = np.random.default_rng(2)
    for _ in range(200):
        size = int(rng.integers(1, 9))
        references = -rng.random(size) * 200
        own = [
            response(str(rng.choice(["positive", "negative"])), float(reference)) for reference in references
        ]
        sums = references + rng.normal(size=size) * rng.choice([0.1, 3, 40])
        given = settings(
            kto_beta=float(rng.choice([0.05, 0.1, 1.0])), desirable_weight=1.3, undesirable_weight=0.8
        )
        divergence = float(rng.random() * 5)
        found = value_and_gradient(given, sums, own, divergence)
        wanted = by_definition(given, sums, own, divergence)
        np.testing.assert_allclose(found[0], wanted[0], rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(found[1], wanted[1], rtol=1e-9, atol=1e-15)


def test_the_reference_model_is_needed() -> None:
    lacking = [replace(response("positive"), reference_logprob=None)]
    with pytest.raises(ValueError, match="KTO needs the log-probabilities under the reference model"):
        value_and_gradient(settings(), [-1.0], lacking, 0.0)
