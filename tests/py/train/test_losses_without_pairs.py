"""Losses that take groups without a pair, through a model: who takes part, what is counted and refused."""

from __future__ import annotations

import pytest
import tiny
from aft_worker.errors import WorkerError
from aft_worker.losses import group_loss
from aft_worker.protocol import GrpoLoss, InfoncaLoss, LossSettings, NcaLoss, ReinforceLoss
from aft_worker.train.feedback import judged_responses
from graded import GROUPS, differentiated, distance, gold, group, large, member

USUAL = {"constraint": "none", "weight": 1.0, "vft_weight": 0.5}
LOSSES: dict[str, LossSettings] = {
    "nca": NcaLoss(**USUAL, nca_beta=0.1, temperature=0.5),
    "infonca": InfoncaLoss(**USUAL, nca_beta=0.1, temperature=0.5),
    "reinforce": ReinforceLoss(**USUAL, positive_weight=0.1),
    "grpo": GrpoLoss(**USUAL, divide_by_deviation=True, divide_by_length=True),
}
PAIRED = group("pair", "2?", gold("1"), member("2", "positive", 1), member("3", "negative", 2))
RIGHT = group("right", "2?", gold("1"), member("2", "positive", 1), member("22", "positive", 1))
WRONG = group("wrong", "2?", gold("1"), member("3", "negative", 2), member("33", "negative", 2))
ALONE = group("alone", "2?", gold("1"))


@pytest.mark.parametrize("name", LOSSES)
def test_two_passes_and_every_split_give_the_gradient_of_one_pass(name: str) -> None:
    model = tiny.llama(initializer_range=0.2)
    groups = [*GROUPS, large(7), RIGHT, WRONG]
    whole = differentiated(model, LOSSES[name], groups)
    for limit in (20, 80, 300):
        found = differentiated(model, LOSSES[name], groups, limit)
        assert distance(found.gradient, whole.gradient) < 2e-6
        assert found.loss == pytest.approx(whole.loss, rel=1e-6)


@pytest.mark.parametrize("name", ["nca", "infonca", "reinforce"])
def test_a_group_all_right_and_one_all_wrong_have_a_part_and_are_counted(name: str) -> None:
    settings = LOSSES[name]
    metrics = tiny.trainer(tiny.llama(), settings).step(1, [PAIRED, RIGHT, WRONG, ALONE])
    assert (metrics.groups, metrics.paired_groups, metrics.taken_groups) == (4, 1, 3)
    model = tiny.llama(initializer_range=0.2)
    for one in (RIGHT, WRONG):
        assert differentiated(model, settings, [one]).alignment != 0


def test_grpo_takes_pairs_alone_and_counts_nothing_beside_them() -> None:
    metrics = tiny.trainer(tiny.llama(), LOSSES["grpo"]).step(1, [PAIRED, RIGHT, WRONG, ALONE])
    assert (metrics.paired_groups, metrics.taken_groups) == (1, None)
    assert differentiated(tiny.llama(), LOSSES["grpo"], [RIGHT, WRONG]).alignment == 0


def test_reinforce_tells_all_right_from_all_wrong_by_the_labels() -> None:
    """Ranks are relative: the same group at rank 1 is pulled up or pushed down by its labels."""
    model, settings = tiny.llama(), LOSSES["reinforce"]
    texts = ("3", "33")
    right, wrong = (
        differentiated(
            model, settings, [group("g", "2?", gold("1"), *(member(text, label, 1) for text in texts))]
        ).alignment
        for label in ("positive", "negative")
    )
    assert wrong == pytest.approx(-right / 0.1, rel=1e-9)
    assert wrong < 0 < right


@pytest.mark.parametrize("name", LOSSES)
def test_a_ranked_response_without_a_label_is_refused(name: str) -> None:
    lacking = group("q7", "2?", gold("1"), member("2", "positive", 1), member("3", None, 2))
    loss = group_loss(LOSSES[name])
    assert loss is not None
    with pytest.raises(WorkerError) as caught:
        judged_responses(lacking, loss, "/groups/3")
    assert str(caught.value) == (
        f"q7: {loss.title} goes by right and wrong: it needs every ranked response's label"
    )
    assert caught.value.data.pointer == "/groups/3/responses/2/label"


@pytest.mark.parametrize("name", ["nca", "infonca"])
def test_a_group_without_a_pair_needs_its_references_too(name: str) -> None:
    lacking = group("q7", "2?", gold("1"), member("2", "positive", 1, reference_logprob=None))
    with pytest.raises(WorkerError, match="under the reference model"):
        judged_responses(lacking, group_loss(LOSSES[name]))
