"""What a group's labels, ranks, rewards and references are to a loss, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import graded
import pytest
import tiny
from aft_worker.errors import WorkerError
from aft_worker.losses import Response, group_loss
from aft_worker.protocol import ProLoss, TrainResponse
from aft_worker.train.feedback import judged_responses
from graded import GROUP_LOSSES, LOSSES, gold, group, member

PRO = LOSSES["pro none"]


def judged(name: str, *responses: TrainResponse, pointer: str = "") -> list[Response]:
    return judged_responses(group("q7", "2?", *responses), group_loss(LOSSES[name]), pointer)


def takes_part(responses: list[Response]) -> bool:
    return any(response.rank is not None for response in responses)


def plain(text: str, **fields) -> TrainResponse:
    return TrainResponse(text=text, target=False, **fields)


def refused(name: str, *responses: TrainResponse) -> tuple[str, str | None, str | None]:
    with pytest.raises(WorkerError) as caught:
        judged(name, *responses, pointer="/groups/3")
    assert caught.value.name == "InvalidParams"
    return str(caught.value), caught.value.data.pointer, caught.value.data.found


@pytest.mark.parametrize("name", GROUP_LOSSES)
def test_every_loss_goes_by_rank_whatever_the_labels_are(name: str) -> None:
    given = [gold("1"), member("2", "positive", 3), member("3", "negative", 1), member("4", None, 3)]
    given.append(member("5", "positive", None))
    found = judged(name, *given)
    assert [response.rank for response in found] == [None, 3, 1, 3, None]
    assert [response.reward for response in found[1:4]] == [-3, -1, -3]
    assert [response.label for response in found] == [None, "positive", "negative", None, "positive"]
    assert [response.reference for response in found] == [True, False, False, False, False]


@pytest.mark.parametrize("name", GROUP_LOSSES)
def test_in_a_group_without_a_pair_nobody_takes_part(name: str) -> None:
    assert not takes_part(judged(name, gold("1"), member("2", "positive", 1), member("3", "positive", 1)))


def test_a_loss_may_take_groups_without_a_pair() -> None:
    loss = group_loss(PRO)
    assert loss is not None
    alone = group("q", "2?", gold("1"), member("2", "positive", 1), member("3", "positive", 1))
    found = judged_responses(alone, replace(loss, needs_pair=False))
    assert [response.rank for response in found] == [None, 1, 1]
    assert not takes_part(judged_responses(group("q", "2?", gold("1")), replace(loss, needs_pair=False)))


def test_rewards_are_taken_when_every_member_has_one_and_are_the_negated_ranks_otherwise() -> None:
    given = [member("2", None, 2, 0.25), member("3", None, 1, 4.0), member("4", None, 2, 0.25)]

    def rewards(*more: TrainResponse) -> list[float]:
        return [response.reward for response in judged("pro none", *given, *more)]

    assert rewards() == [0.25, 4.0, 0.25]
    assert rewards(plain("5", rank=3)) == [-2, -1, -2, -3]
    # what takes no part needs none
    assert rewards(gold("5"))[:3] == [0.25, 4.0, 0.25]


def test_a_loss_without_groups_has_no_members() -> None:
    assert not takes_part(judged_responses(graded.GROUPS[0], None))


@pytest.mark.parametrize("responses", [[gold("1")], [gold("1"), plain("2")]])
@pytest.mark.parametrize("name", GROUP_LOSSES)
def test_a_group_without_any_feedback_is_no_error(name: str, responses) -> None:
    assert not takes_part(judged(name, *responses))


@pytest.mark.parametrize(
    ("name", "loss"),
    [
        ("detached", "the alignment loss"),
        ("boundary", "the alignment loss"),
        ("rrhf none", "RRHF"),
        ("pro boundary", "PRO"),
        ("dpo detached", "DPO"),
    ],
)
def test_labels_alone_are_refused_by_a_loss_that_goes_by_rank(name: str, loss: str) -> None:
    message, pointer, found = refused(
        name, gold("1"), plain("2", label="positive"), plain("3", label="negative")
    )
    assert message == f"q7: {loss} goes by ranks, and its responses have labels alone"
    assert (pointer, found) == ("/groups/3/responses/1/rank", "nothing")


@pytest.mark.parametrize(
    ("rewards", "needed", "at", "found"),
    [
        # of the ranks 1, 2, 2, 3
        ((2.0, 2.0, 2.0, 1.0), "rank 1 has reward 2, so response 1 of rank 2 needs a lower reward", 1, "2"),
        (
            (2.0, 1.0, 0.5, 0.0),
            "rank 2 has reward 0.5, so response 1 of rank 2 needs the same reward",
            1,
            "1",
        ),
        ((2.0, 1.0, 1.0, 1.5), "rank 2 has reward 1, so response 3 of rank 3 needs a lower reward", 3, "1.5"),
        ((1.0, 2.0, 2.0, 3.0), "rank 1 has reward 1, so response 1 of rank 2 needs a lower reward", 1, "2"),
    ],
)
@pytest.mark.parametrize("name", GROUP_LOSSES)
def test_rewards_that_contradict_the_ranks_are_refused(
    name: str, rewards, needed: str, at: int, found: str
) -> None:
    ranks = (1, 2, 2, 3)
    given = [
        member(str(i), None, rank, reward)
        for i, (rank, reward) in enumerate(zip(ranks, rewards, strict=True))
    ]
    message, pointer, seen = refused(name, *given)
    assert message == f"q7: rewards must follow the ranks: {needed}, found {found}"
    assert (pointer, seen) == (f"/groups/3/responses/{at}/reward", found)


@pytest.mark.parametrize("name", [name for name in GROUP_LOSSES if name.startswith("dpo")])
def test_dpo_needs_the_reference_of_every_member_of_a_pair(name: str) -> None:
    lacking = member("3", None, 2, reference_logprob=None)
    message, pointer, found = refused(name, gold("1"), member("2", None, 1), lacking)
    assert message == "q7: DPO needs every ranked response's log-probability under the reference model"
    assert (pointer, found) == ("/groups/3/responses/2/referenceLogprob", "nothing")
    # neither a target that is no member, nor a group without a pair
    given = [gold("1"), member("2", None, 1), member("3", None, 2, reference_logprob=0.0)]
    assert [one.reference_logprob for one in judged(name, *given)[1:]] == [given[1].reference_logprob, 0.0]
    assert not takes_part(judged(name, member("2", None, 1, reference_logprob=None)))


def test_a_step_refuses_bad_feedback_before_anything_moves() -> None:
    model = tiny.llama()
    before = [weight.detach().clone() for weight in model.module.parameters()]
    run = tiny.trainer(model, PRO)
    bad = group("bad", "2?", member("1", None, 1, 0.0), member("2", None, 2, 1.0))
    with pytest.raises(WorkerError, match=r"^bad: rewards must follow the ranks") as caught:
        run.step(1, [*graded.GROUPS, bad])
    assert caught.value.data.pointer == "/groups/5/responses/1/reward"
    assert run.steps_done == 0
    for weight, old in zip(model.module.parameters(), before, strict=True):
        assert weight.grad is None
        assert weight.equal(old)


@pytest.mark.parametrize("kind", ["boundary", "pro"])
def test_a_boundary_without_beta_is_refused_when_training_begins(kind: str) -> None:
    settings = (
        ProLoss(constraint="boundary", weight=1.0, vft_weight=1.0)
        if kind == "pro"
        else tiny.alignment(kind, beta=None)
    )
    with pytest.raises(WorkerError, match="boundary constraint needs beta") as caught:
        tiny.trainer(tiny.llama(), settings)
    assert (caught.value.name, caught.value.data.pointer) == ("InvalidParams", "/loss/beta")
