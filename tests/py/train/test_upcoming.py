"""The next step's batch is prepared while the present step is at work, and only that step ever gets it."""

from __future__ import annotations

import msgspec
import pytest
import tiny
import torch
from aft_worker.errors import WorkerError
from aft_worker.protocol import TrainGroup, TrainResponse
from aft_worker.score import go
from aft_worker.train import batches, trainer
from aft_worker.train.captured import CapturedPasses
from graded import GROUPS, LOSSES, large
from packed_rows import CAPTURED, allow_backward

OTHER = [large(6, seed=4), *GROUPS[1:]]


@pytest.fixture(name="prepared")
def _prepared(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The ids of every batch that was prepared."""
    found: list[list[str]] = []
    prepare = batches.prepare

    def noting(model, groups, *rest):
        found.append([group.id for group in groups])
        return prepare(model, groups, *rest)

    monkeypatch.setattr(batches, "prepare", noting)
    return found


def ids(groups: list[TrainGroup]) -> list[str]:
    return [group.id for group in groups]


def copy(groups: list[TrainGroup]) -> list[TrainGroup]:
    """As the request itself brings them, decoded once more."""
    return msgspec.json.decode(msgspec.json.encode(groups), type=list[TrainGroup])


def weights(model: tiny.TinyModel) -> torch.Tensor:
    return torch.cat([weight.detach().flatten() for weight in model.module.parameters()])


def test_a_batch_is_prepared_once_and_ahead_and_changes_nothing(prepared: list[list[str]]) -> None:
    model, alone = tiny.llama(), tiny.llama()
    run, other = (tiny.trainer(one, LOSSES["boundary"]) for one in (model, alone))
    first = run.step(1, GROUPS, upcoming=lambda: (2, copy(OTHER)))
    assert prepared == [ids(GROUPS), ids(OTHER)]
    second = run.step(2, OTHER)
    assert len(prepared) == 2
    found = [other.step(1, GROUPS), other.step(2, OTHER)]
    assert [one.loss for one in found] == [first.loss, second.loss]
    assert torch.equal(weights(model), weights(alone))


def test_another_step_than_the_one_that_was_announced_is_prepared_anew(prepared: list[list[str]]) -> None:
    run = tiny.trainer(tiny.llama(), LOSSES["boundary"])
    run.step(1, GROUPS, upcoming=lambda: (2, copy(OTHER)))
    run.step(2, GROUPS, upcoming=lambda: (4, copy(GROUPS)))
    assert prepared == [ids(GROUPS), ids(OTHER), ids(GROUPS), ids(GROUPS)]
    run.step(3, GROUPS)
    assert len(prepared) == 5


def test_a_pass_that_was_begun_ahead_is_of_the_new_weights_and_dropped_for_another_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    allow_backward(monkeypatch)
    monkeypatch.setattr(trainer, "choose_layout", lambda model, *rest: go(model.module, CAPTURED))
    begun = []
    begin = CapturedPasses.begin

    def noting(self, passes):
        begun.append(begin(self, passes))
        return begun[-1]

    monkeypatch.setattr(CapturedPasses, "begin", noting)
    model, alone = tiny.llama(), tiny.llama()
    run, other = (tiny.trainer(one, LOSSES["boundary"]) for one in (model, alone))
    steps = [GROUPS, GROUPS, OTHER, GROUPS, OTHER]
    # after the third step another one comes than was said
    said = {1: GROUPS, 2: OTHER, 3: OTHER, 4: OTHER}
    found, expected = [], []
    for number, groups in enumerate(steps, 1):
        following = copy(said[number]) if number in said else None
        step = None if following is None else (number + 1, following)
        found.append(run.step(number, groups, upcoming=lambda step=step: step).loss)
        expected.append(other.step(number, groups).loss)
    assert found == expected
    assert torch.equal(weights(model), weights(alone))
    assert [one is not None for one in begun] == [True] * 4


def test_an_error_of_the_next_step_is_the_next_steps_alone() -> None:
    foreign = TrainResponse(text="six", token_ids=[9, 10], target=True)
    bad = [*GROUPS, TrainGroup(id="x", prompt="a", responses=[foreign])]
    model = tiny.llama()
    run = tiny.trainer(model, LOSSES["boundary"])
    run.step(1, GROUPS, upcoming=lambda: (2, bad))
    before = weights(model)
    with pytest.raises(WorkerError, match='ids of response 0 of "x" do not spell its text'):
        run.step(2, bad)
    assert torch.equal(before, weights(model))
    assert run.step(2, GROUPS).step == 2


def test_after_a_step_that_failed_it_and_the_next_come_out_as_ever(monkeypatch) -> None:
    model, alone = tiny.llama(), tiny.llama()
    run = tiny.trainer(model, LOSSES["boundary"])
    step = run._optimizer.step

    def failing(rate: float, norm: float) -> None:
        raise MemoryError

    monkeypatch.setattr(run._optimizer, "step", failing)
    with pytest.raises(MemoryError):
        run.step(1, GROUPS, upcoming=lambda: (2, copy(OTHER)))
    monkeypatch.setattr(run._optimizer, "step", step)
    run.step(1, GROUPS)
    run.step(2, OTHER)
    other = tiny.trainer(alone, LOSSES["boundary"])
    other.step(1, GROUPS)
    other.step(2, OTHER)
    assert torch.equal(weights(model), weights(alone))
