"""NFT against numbers worked out by hand, and an implementation with its gradient derived by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from aft_worker.losses import Response, group_loss, part_of
from aft_worker.losses.objective import LossShare, Objective
from aft_worker.protocol import NftLoss


def settings(**given) -> NftLoss:
    usual = {
        "constraint": "none",
        "weight": 1.0,
        "vft_weight": 0.0,
        "negative_weight": 1.0,
        "epsilon": 1.0,
        "prompt_weight": "hard",
        "per": "token",
    }
    return NftLoss(**{**usual, **given})


def response(tokens: int, label: str | None, share: float = 0.0, target: bool = False) -> Response:
    rank = None if label is None else 1 if label == "positive" else 2
    return Response(tokens, target=target, label=label, rank=rank, right_share=share)


def share_of(
    given: NftLoss,
    responses: list[Response],
    logprobs,
    references,
    tokens: int = 1,
    count: int = 1,
) -> LossShare:
    objective = Objective(given, target_tokens=4, groups=3, responses=count, tokens=tokens)
    part = part_of(group_loss(given), [responses])
    return objective.of_tokens(
        torch.tensor(logprobs, dtype=torch.float32), torch.tensor(references, dtype=torch.float32), part
    )


def test_where_the_model_has_not_moved_forces_are_the_advantages() -> None:
    """R = 1: -(1 - p) for each token of a right response, p for one of a wrong one; the loss is 0."""
    own = [response(2, "positive", 0.25), response(1, "negative", 0.25)]
    found = share_of(settings(), own, [-0.5, -1.0, -2.0], [-0.5, -1.0, -2.0])
    assert found.alignment == 0
    assert found.gradient.tolist() == pytest.approx([-0.75, -0.75, 0.25], rel=1e-12)


def test_worked_out_by_hand() -> None:
    # p = 1/2: (1 - R / 2) / (1 / 2) = 2 - R; of the wrong tokens R = 1/2 and 3/2
    own = [response(1, "positive", 0.5), response(2, "negative", 0.5)]
    old = [-1.0, -1.0, -1.0]
    now = [-1.5, -1.0 + math.log(0.5), -1.0 + math.log(1.5)]
    found = share_of(settings(prompt_weight="none"), own, now, old)
    # right: 0.5; wrong: -log 1.5, and max(0.5, 1) gives 0
    assert found.alignment.item() == pytest.approx(0.5 - math.log(1.5), rel=1e-6)
    # p R / ((1 - p) max(x, 1)): 0.5 / 1.5, and 1.5 / 1 where the maximum lets the gradient through
    assert found.gradient.tolist() == pytest.approx([-1, 0.5 / 1.5, 1.5], rel=1e-6)
    low = share_of(settings(prompt_weight="none", epsilon=0.25), own, now, old)
    assert low.alignment.item() == pytest.approx(0.5 - math.log(1.5) - math.log(0.5), rel=1e-6)
    assert low.gradient.tolist() == pytest.approx([-1, 0.5 / 1.5, 1.5 / 0.5], rel=1e-6)


def test_the_force_on_a_wrong_token_that_has_become_likelier_grows_as_its_ratio() -> None:
    """Also beyond R = 1 / p, where the logarithm without its maximum has no value."""
    own = [response(4, "negative", 0.25)]
    ratios = [1.0, 2.0, 4.0, 12.0]
    found = share_of(settings(), own, [-9.0 + math.log(ratio) for ratio in ratios], [-9.0] * 4)
    assert found.gradient.tolist() == pytest.approx([0.25 * ratio for ratio in ratios], rel=1e-5)


def test_the_three_weights_of_a_question() -> None:
    own = [response(1, "positive", 0.2), response(1, "negative", 0.2)]
    for name, weight in {"hard": 0.8, "deviation": 2.0, "none": 1.0}.items():
        found = share_of(settings(prompt_weight=name), own, [-1.0, -1.0], [-1.0, -1.0])
        assert found.gradient.tolist() == pytest.approx([-weight, weight * 0.25], rel=1e-12)


@pytest.mark.parametrize("given", [{"negative_weight": 0.0}, {"constraint": "detached"}])
def test_without_its_wrong_ones_it_is_likelihood_of_the_right_ones(given: dict) -> None:
    own = [response(2, "positive", 0.5), response(2, "negative", 0.5)]
    now = [-1.0, -2.0, -3.0, -0.5]
    found = share_of(settings(prompt_weight="none", **given), own, now, [-1.0] * 4)
    assert found.gradient.tolist() == [-1, -1, 0, 0]


def test_it_is_divided_by_tokens_or_by_lengths_and_responses() -> None:
    own = [response(4, "positive", 0.5), response(1, "negative", 0.5)]
    equal = [-1.0] * 5
    by_tokens = share_of(settings(), own, equal, equal, tokens=10, count=5)
    assert by_tokens.gradient.tolist() == pytest.approx([-0.05] * 4 + [0.05], rel=1e-12)
    by_responses = share_of(settings(per="response"), own, equal, equal, tokens=10, count=5)
    assert by_responses.gradient.tolist() == pytest.approx([-0.5 / 4 / 5] * 4 + [0.5 / 5], rel=1e-12)


def test_the_likelihood_of_the_targets_stands_beside_it() -> None:
    """And tokens of neither a target nor a member are no part of anything."""
    own = [response(2, None, target=True), response(1, "positive", 0.5, target=True), response(1, None)]
    found = share_of(settings(vft_weight=2.0), own, [-1.0, -3.0, -2.0, -math.inf], [0.0, 0.0, -2.0, 0.0])
    assert found.vft.item() == pytest.approx(6 / 4)
    assert found.gradient.tolist() == pytest.approx([-0.5, -0.5, -0.5 - 0.5, 0.0])


@pytest.mark.parametrize("label", ["positive", "negative"])
def test_a_group_all_right_or_all_wrong_has_no_part(label: str) -> None:
    loss = group_loss(settings())
    assert loss is not None
    rank = 1 if label == "positive" else 2
    assert not loss.takes([rank, rank])
    assert loss.takes([1, 2])


def by_definition(given: NftLoss, logprobs, references, right, shares) -> tuple[float, np.ndarray]:
    """Token by token in plain Python: the loss, and its derivative in closed form."""
    value, gradient = 0.0, np.zeros(len(logprobs))
    for at, (now, old, is_right, share) in enumerate(zip(logprobs, references, right, shares, strict=True)):
        p = min(max(share, 0.02), 0.98)
        w = {"hard": 1 - p, "deviation": math.sqrt((1 - p) / p), "none": 1.0}[given.prompt_weight]
        difference = now - old
        moves = difference < 10
        ratio = math.exp(min(difference, 10))
        if is_right:
            value -= w * min(difference, 10)
            gradient[at] = -w if moves else 0
        else:
            larger = max((1 - p * ratio) / (1 - p), given.epsilon)
            value -= w * given.negative_weight * math.log(larger)
            gradient[at] = w * given.negative_weight * p * ratio / ((1 - p) * larger) if moves else 0
    return value, gradient


@pytest.mark.parametrize("prompt_weight", ["hard", "deviation", "none"])
@pytest.mark.parametrize("epsilon", [0.1, 1.0])
def test_value_and_gradient_equal_the_reference_on_random_tokens(prompt_weight: str, epsilon: float) -> None:
    rng = np.random.default_rng(3)
    given = settings(prompt_weight=prompt_weight, epsilon=epsilon, negative_weight=0.7)
    loss = group_loss(given)
    assert loss is not None and loss.by_token is not None
    for scale in (0.01, 1.0, 8.0):
        lengths = rng.integers(1, 9, 40)
        own = [
            response(int(n), "positive" if rng.random() < 0.5 else "negative", float(share))
            for n, share in zip(lengths, rng.choice([0.001, 0.2, 0.5, 0.9, 1.0], 40), strict=True)
        ]
        part = part_of(loss, [own]).by_token
        assert part is not None
        references = -rng.random(lengths.sum()) * 3
        logprobs = references + rng.normal(size=len(references)) * scale
        leaf = torch.tensor(logprobs, requires_grad=True)
        value = loss.by_token(leaf, torch.tensor(references), part, given).sum()
        (gradient,) = torch.autograd.grad(value, leaf)
        right = np.repeat([one.label == "positive" for one in own], lengths)
        wanted = by_definition(
            given, logprobs, references, right, np.repeat([one.right_share for one in own], lengths)
        )
        np.testing.assert_allclose(value.item(), wanted[0], rtol=1e-11)
        np.testing.assert_allclose(gradient.numpy(), wanted[1], rtol=1e-11)


def test_the_gradient_passes_autograds_own_check_where_the_maximum_is_not_reached() -> None:
    given = settings(epsilon=0.05)
    loss = group_loss(given)
    assert loss is not None and loss.by_token is not None
    part = part_of(loss, [[response(2, "positive", 0.4), response(3, "negative", 0.4)]]).by_token
    references = torch.tensor([-1.0, -0.3, -2.0, -0.1, -0.7], dtype=torch.float64)
    leaf = (references + torch.tensor([0.3, -0.2, 0.4, -0.9, 0.1])).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: loss.by_token(x, references, part, given).sum(), (leaf,))
