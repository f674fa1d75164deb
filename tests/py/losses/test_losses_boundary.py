"""The boundary in every loss: no force at it, a pull up below it and a push down above it."""

from __future__ import annotations

import numpy as np
import pytest
from loss_cases import Case, case, random_case, settings_of, value_and_gradient

BETA = 0.15
SPRINGS = [
    ("alignment", "boundary"),
    ("pro", "boundary"),
    ("dpo", "boundary"),
]
ALL = [*SPRINGS, ("rrhf", "boundary")]


def worst_at(of: Case, offset: float) -> tuple[Case, np.ndarray]:
    """The group with its worst responses at their boundary + offset (nats a token), and which they are."""
    worst = of.ranks == of.ranks.max()
    bound = (of.scores[~worst].min() - BETA) + offset
    return of.moved(np.where(worst, bound * of.counts, of.sums)), worst


def groups(one_token: bool):
    """Random groups with a pair and 2 to 8 responses. The worst ones are the better side of no pair."""
    rng = np.random.default_rng(11)
    for _ in range(100):
        of = random_case(rng, int(rng.integers(2, 9)), "distinct" if rng.random() < 0.5 else "ranked", 1.0)
        if of.ranks.min() < of.ranks.max():
            yield case(of.scores, of.ranks, rewards=of.rewards) if one_token else of


@pytest.mark.parametrize("kind, constraint", ALL)
def test_forces_cancel_exactly_at_the_boundary(kind: str, constraint: str) -> None:
    for of in groups(one_token=True):
        at, worst = worst_at(of, 0.0)
        gradient = value_and_gradient(settings_of(kind, constraint, BETA), at)[1]
        assert gradient[worst].tolist() == [0.0] * int(worst.sum())
        # and it is the force that is nothing, not the loss
        assert kind == "rrhf" or gradient[~worst].any()


@pytest.mark.parametrize("kind, constraint", ALL)
def test_the_boundary_lies_in_the_space_of_scores_whatever_the_lengths(kind: str, constraint: str) -> None:
    for of in groups(one_token=False):
        at, worst = worst_at(of, 0.0)
        gradient = value_and_gradient(settings_of(kind, constraint, BETA), at)[1]
        np.testing.assert_allclose(gradient[worst], 0, atol=1e-11)


@pytest.mark.parametrize("one_token", [True, False])
@pytest.mark.parametrize("kind, constraint", SPRINGS)
def test_below_the_boundary_a_worse_response_is_pulled_up_and_above_it_pushed_down(
    kind: str, constraint: str, one_token: bool
) -> None:
    settings = settings_of(kind, constraint, BETA)
    for of in groups(one_token):
        for offset in (0.01, 0.3):
            below, worst = worst_at(of, -offset)
            above, _ = worst_at(of, offset)
            # descent moves against the gradient
            assert (value_and_gradient(settings, below)[1][worst] < 0).all()
            assert (value_and_gradient(settings, above)[1][worst] > 0).all()


@pytest.mark.parametrize("kind", ["alignment", "pro", "rrhf", "dpo"])
def test_without_a_constraint_a_worse_response_is_pushed_down_however_low_or_left_alone(kind: str) -> None:
    for of in groups(one_token=True):
        below, worst = worst_at(of, -0.3)
        gradient = value_and_gradient(settings_of(kind, "none"), below)[1][worst]
        assert (gradient == 0).all() if kind == "rrhf" else (gradient > 0).all()
        detached = value_and_gradient(settings_of(kind, "detached"), below)[1]
        assert (detached[worst] == 0).all()


def test_rrhf_pulls_up_below_the_mirror_image_of_the_better_score_and_is_still_between() -> None:
    """One better response at -1, the boundary at -1.5: a hinge upwards from -1, and one downwards from -2."""

    def force(worse: float) -> float:
        return value_and_gradient(settings_of("rrhf", "boundary", 0.5), case([-1.0, worse], [1, 2]))[1][1]

    assert [force(at) for at in (-3.0, -2.25, -1.75, -1.5, -1.25, -0.75)] == [-1, -1, 0, 0, 0, 1]


@pytest.mark.parametrize("kind", ["rrhf", "dpo"])
def test_the_mirrored_term_acts_on_worse_responses_alone(kind: str) -> None:
    """RRHF and DPO add up their pairs outside of a logarithm: the best response feels no added term."""
    for of in groups(one_token=False):
        best = of.ranks == of.ranks.min()
        free = value_and_gradient(settings_of(kind, "none"), of)[1]
        bound = value_and_gradient(settings_of(kind, "boundary", BETA), of)[1]
        np.testing.assert_allclose(bound[best], free[best], rtol=1e-12)


def test_each_rank_has_a_boundary_of_its_own() -> None:
    """Above rank 2 stands -0.2, above rank 3 also -1.0: the boundaries are -0.35 and -1.15."""
    scores, ranks = [-0.2, -1.0, -1.15], [1, 2, 3]
    gradient = value_and_gradient(settings_of("alignment", "boundary", BETA), case(scores, ranks))[1]
    assert gradient[2] == pytest.approx(0, abs=1e-15)
    # far below its own boundary: pulled up, and by its own pair with the worst as well
    assert gradient[1] < 0
