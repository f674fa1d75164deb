"""What is watched in a step, worked out by hand from scores, labels and ranks."""

from __future__ import annotations

import pytest
import tiny
from aft_worker.losses import Response
from aft_worker.score.scoring import score_groups
from aft_worker.train.global_batch import Batch
from aft_worker.train.step_metrics import score_metrics
from graded import GROUPS, LOSSES

P, N = "positive", "negative"


def batch(*groups: list[tuple]) -> tuple[Batch, list[float]]:
    """Of each response (score, label, rank), the first of a group its target; -> batch, scores."""
    made, scores = Batch(), []
    for responses in groups:
        start = len(scores)
        for number, (score, label, rank) in enumerate(responses):
            scores.append(score)
            first = number == 0
            made.responses.append(Response(target=first, reference=first, label=label, rank=rank))
        made.groups.append(range(start, len(scores)))
    return made, scores


# pairs (1, 2): three, of which -1.0 > -2.0 and -1.0 > -1.5 hold, -1.0 > -0.5 does not
BINARY = [(-0.1, None, None), (-1.0, P, 1), (-2.0, N, 2), (-1.5, N, 2), (-0.5, N, 2)]


def test_a_binary_group() -> None:
    found = score_metrics(*batch(BINARY), beta=0.6)
    assert found == {
        "mean_target": -0.1,
        "mean_reference": -0.1,
        "mean_positive": -1.0,
        "mean_negative": pytest.approx(-4 / 3),
        "margin": pytest.approx(1 / 3),
        "assessment_accuracy": pytest.approx(2 / 3),
        # -1.0 - 0.6 for each of the three
        "mean_boundary": pytest.approx(-1.6),
        "negatives_below_boundary": pytest.approx(1 / 3),
    }


def test_a_ranked_group_has_a_boundary_for_every_worse_response() -> None:
    ranked = [(-0.1, None, None), (-1.0, P, 1), (-3.0, P, 2), (-2.0, N, 2), (-2.5, N, 3), (-9.0, N, 4)]
    found = score_metrics(*batch(ranked), beta=0.5)
    # rank 2: -1.5 each; rank 3: min(-1, -3, -2) - .5 = -3.5; rank 4: -3.5
    assert found["mean_boundary"] == pytest.approx((-1.5 - 1.5 - 3.5 - 3.5) / 4)
    # -3.0 and -2.0 and -9.0 lie below theirs, -2.5 does not
    assert found["negatives_below_boundary"] == 3 / 4
    # of 9 pairs one is the wrong way about: -3.0 over -2.5
    assert found["assessment_accuracy"] == pytest.approx(8 / 9)
    # by the labels, whatever the ranks
    assert found["mean_positive"] == -2.0
    assert found["margin"] == pytest.approx(-2.0 - -4.5)


def test_equal_scores_count_half_and_lie_not_below_a_boundary_they_meet() -> None:
    found = score_metrics(*batch([(-1.0, P, 1), (-1.0, N, 2)]), beta=0.0)
    assert found["assessment_accuracy"] == 0.5
    assert (found["mean_boundary"], found["negatives_below_boundary"]) == (-1.0, 0.0)


def test_the_margin_is_a_mean_over_groups_and_the_accuracy_one_over_pairs() -> None:
    second = [(-3.0, P, 1), (-1.0, N, 2)]
    found = score_metrics(*batch(BINARY, second), beta=None)
    assert found["margin"] == pytest.approx((1 / 3 - 2) / 2)
    assert found["assessment_accuracy"] == pytest.approx(2 / 4)
    assert found["mean_boundary"] is found["negatives_below_boundary"] is None


def test_ranks_without_both_labels_have_no_margin_and_no_mean_of_a_side_that_is_not_there() -> None:
    found = score_metrics(*batch([(-1.0, N, 1), (-2.0, N, 2), (-4.0, None, 3)]), beta=0.5)
    assert (found["mean_positive"], found["mean_negative"], found["margin"]) == (None, -1.5, None)
    assert found["assessment_accuracy"] == 1.0
    # -1.5 and -2.5
    assert (found["mean_boundary"], found["negatives_below_boundary"]) == (-2.0, 1.0)


def test_without_a_pair_there_is_only_the_target() -> None:
    found = score_metrics(*batch([(-0.5, None, None)], [(-1.5, None, None)]), beta=0.5)
    assert {name for name, value in found.items() if value is not None} == {"mean_target", "mean_reference"}
    assert found["mean_target"] == -1.0


def test_a_target_that_is_no_reference_is_not_counted_as_one() -> None:
    made, scores = batch([(-0.5, None, None)], [(-1.5, None, None)])
    made.responses[1] = Response(target=True)
    found = score_metrics(made, scores, None)
    assert (found["mean_target"], found["mean_reference"]) == (-1.0, -0.5)


@pytest.mark.parametrize("limit", [40, 4096])
@pytest.mark.parametrize("name", LOSSES)
def test_a_steps_metrics_are_those_of_the_scores_before_its_update(name: str, limit: int) -> None:
    model = tiny.llama(initializer_range=0.2)
    asked = [tiny.score_group(one.id, one.prompt, *(r.text for r in one.responses)) for one in GROUPS]
    means = [[s.logprob / len(s.token_ids) for s in scores] for scores in score_groups(model, asked, 4096)[0]]
    settings = LOSSES[name]
    groups = [
        [(score, response.label, response.rank) for score, response in zip(own, one.responses, strict=True)]
        for one, own in zip(GROUPS, means, strict=True)
    ]
    beta = getattr(settings, "beta", None)
    expected = score_metrics(*batch(*groups), beta=beta)
    found = tiny.trainer(model, settings, max_tokens=limit).step(1, GROUPS)
    if name == "vft":
        assert (found.paired_groups, found.margin, found.assessment_accuracy) == (0, None, None)
    else:
        assert found.paired_groups == 4
        for field in (
            "mean_negative",
            "margin",
            "assessment_accuracy",
            "mean_boundary",
            "negatives_below_boundary",
        ):
            value = expected[field]
            assert getattr(found, field) == (None if value is None else pytest.approx(value, rel=1e-5)), field
    golds = [own[0] for own, one in zip(means, GROUPS, strict=True) if one.responses[0].reference]
    assert found.mean_reference == pytest.approx(sum(golds) / 4, rel=1e-5)
    assert found.mean_target == found.mean_reference
    assert found.tokens_per_second == pytest.approx(found.tokens / found.seconds)
