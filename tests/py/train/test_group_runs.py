"""Runs with every group loss: what sinks and what does not, what is not finite, what is resumed."""

from __future__ import annotations

import json
import math
from pathlib import Path

import graded
import msgspec
import pytest
import tiny
import torch
from aft_worker.errors import WorkerError
from aft_worker.protocol import DpoLoss, LossSettings, ProLoss, RrhfLoss, TrainGroup, TrainResponse, VftLoss
from aft_worker.score.scoring import score_groups
from aft_worker.train import gradients
from aft_worker.train.trainer import Trainer
from graded import GROUP_LOSSES, LOSSES, gold, group, large, member


def weights(model: tiny.TinyModel) -> torch.Tensor:
    return torch.cat([weight.detach().flatten() for weight in model.module.parameters()])


def changes(settings: LossSettings, best_first: bool = True) -> tuple[float, float]:
    """(of the mean score of the best, of all others) over 20 steps of the group loss alone, in nats a token.

    The model begins by knowing all responses, those of more tokens a little better.
    """
    model = tiny.llama(seed=3, initializer_range=0.1, hidden_size=32)
    usual = {"schedule": tiny.schedule(shape="constant", total_steps=100)}
    ranks = [1, 2, 3, 3] if best_first else [3, 2, 1, 1]
    texts = {
        f"question {i}?": [f"it is {i} exactly so", f"so it must be {i}", f"it is {9 - i}", f"it is 4{i}"]
        for i in range(3)
    }
    known = [
        TrainGroup(
            id=prompt, prompt=prompt, responses=[TrainResponse(text=text, target=True) for text in own]
        )
        for prompt, own in texts.items()
    ]
    first = tiny.trainer(model, VftLoss(), **usual)
    for step in range(1, 31):
        first.step(step, known)
    # the reference model of DPO is the one that training starts from
    scored, _ = score_groups(model, [tiny.score_group(p, p, *own) for p, own in texts.items()], 4096)
    groups = [
        group(
            prompt,
            prompt,
            *(
                member(text, "positive" if rank == 1 else "negative", rank, reference_logprob=score.logprob)
                for text, rank, score in zip(own, ranks, scores, strict=True)
            ),
        )
        for (prompt, own), scores in zip(texts.items(), scored, strict=True)
    ]
    run = tiny.trainer(model, settings, **usual)
    before, *_, after = (run.step(step, groups) for step in range(1, 21))
    return after.mean_positive - before.mean_positive, after.mean_negative - before.mean_negative


def baseline(kind: str, constraint: str) -> LossSettings:
    usual = {"constraint": constraint, "weight": 1.0, "vft_weight": 1.0, "beta": 0.2}
    match kind:
        case "ranked":
            return tiny.alignment(constraint, beta=0.2)
        case "rrhf":
            return RrhfLoss(**usual)
        case "pro":
            return ProLoss(**usual)
    return DpoLoss(**usual, dpo_beta=0.1)


@pytest.mark.parametrize("kind", ["pro", "dpo"])
def test_without_a_constraint_pro_and_dpo_sink_even_the_best_response(kind: str) -> None:
    best, others = changes(baseline(kind, "none"))
    assert best < -0.5
    assert others < -4


@pytest.mark.parametrize("kind", ["ranked", "pro", "dpo"])
def test_with_a_constraint_the_best_rises_and_the_others_give_way_or_are_held(kind: str) -> None:
    best, others = changes(baseline(kind, "detached"))
    assert best > 0
    assert -1.5 < others < 0
    best, others = changes(baseline(kind, "boundary"))
    assert best > 0
    assert -0.3 < others < 0.1


def test_rrhf_sinks_all_while_it_turns_the_order_and_its_boundary_holds_most_of_it() -> None:
    """A hinge: nothing happens to what is in order, and nothing pulls back within the boundary's two sides.

    So its constraints do not keep scores from sinking altogether; they make it much less.
    """
    assert changes(baseline("rrhf", "none")) == pytest.approx((0, 0), abs=0.01)
    sunk = {
        constraint: changes(baseline("rrhf", constraint), best_first=False)
        for constraint in ("none", "detached", "boundary")
    }
    assert sunk["none"][0] < -1
    assert sunk["none"][1] < -3
    assert sunk["none"][0] < sunk["detached"][0] < sunk["boundary"][0]
    assert sunk["none"][1] < sunk["detached"][1] < sunk["boundary"][1]
    assert sunk["boundary"][0] > -0.5
    assert sunk["boundary"][1] > -1


@pytest.mark.parametrize("limit", [20, 4096])
@pytest.mark.parametrize("name", GROUP_LOSSES)
def test_a_loss_that_is_not_finite_names_its_questions_and_leaves_the_weights(name: str, limit: int) -> None:
    model = tiny.llama()
    x = model.tokenizer.encode_response("x")[0]
    with torch.no_grad():
        model.module.get_input_embeddings().weight[x] = math.nan
    model.module.lm_head.weight = torch.nn.Parameter(torch.randn_like(model.module.lm_head.weight))
    before = weights(model)
    run = tiny.trainer(model, LOSSES[name], max_tokens=limit)
    # only the worst candidate of group "bad" has the character that gives NaN
    good = group("good", "fine?", gold("yes"), member("1 2", "positive", 1), member("2 3", "negative", 2))
    bad = group("bad", "not?", member("3", "positive", 1), member("x4", "negative", 2))
    with pytest.raises(WorkerError, match=r"^step 1: the loss is not finite; groups ") as caught:
        run.step(1, [good, bad])
    assert caught.value.name == "NonFiniteLoss"
    # in a micro-batch of its own, it is named alone
    assert caught.value.data.groups == (["bad"] if limit == 20 else ["good", "bad"])
    assert caught.value.data.loss.alignment.value == "nan"
    assert torch.equal(before.nan_to_num(7), weights(model).nan_to_num(7))
    assert run.steps_done == 0
    run.step(1, [good])


@pytest.mark.parametrize("name", GROUP_LOSSES)
def test_a_score_of_minus_infinity_is_refused_whatever_the_loss_makes_of_it(name: str, monkeypatch) -> None:
    response_scores = gradients.response_scores

    def cut(model, batch):
        sums, counts = response_scores(model, batch)
        # the last response of group a
        return torch.where(torch.tensor(batch.numbers) == 5, -math.inf, sums), counts

    monkeypatch.setattr(gradients, "response_scores", cut)
    model = tiny.llama()
    before = weights(model)
    run = tiny.trainer(model, LOSSES[name])
    with pytest.raises(WorkerError, match=r"^step 1: (the loss|a score) is not finite; groups a\."):
        run.step(1, graded.GROUPS[:1])
    assert torch.equal(before, weights(model))


def stepped(trainer: Trainer, first: int, last: int) -> list[dict]:
    """What the steps found, less the time they took."""
    found = []
    for number in range(first, last + 1):
        # other groups each step, one of them in two passes
        groups = [large(6, seed=number), *graded.GROUPS[number % 3 :]]
        metrics = msgspec.to_builtins(trainer.step(number, groups))
        found.append(
            {name: value for name, value in metrics.items() if "econds" not in name and "Second" not in name}
        )
    return found


def beginning(model: tiny.TinyModel, settings: LossSettings, resume_from: Path | None = None) -> Trainer:
    return tiny.trainer(model, settings, seed=5, max_tokens=60, resume_from=resume_from)


@pytest.mark.parametrize("name", GROUP_LOSSES)
def test_a_resumed_run_equals_the_unbroken_one_bit_for_bit(name: str, tmp_path: Path) -> None:
    def model(seed: int = 0) -> tiny.TinyModel:
        return tiny.llama(seed=seed, initializer_range=0.2)

    whole, broken, fresh = model(), model(), model(seed=9)
    expected = stepped(beginning(whole, LOSSES[name]), 1, 4)
    first = beginning(broken, LOSSES[name])
    found = stepped(first, 1, 2)
    first.save(tmp_path / "state")
    second = beginning(fresh, LOSSES[name], tmp_path / "state")
    assert second.steps_done == 2
    found += stepped(second, 3, 4)
    assert found == expected
    assert torch.equal(weights(whole), weights(fresh))


@pytest.mark.parametrize(
    ("saved", "other", "message"),
    [
        ("rrhf none", "pro none", 'loss.kind was "rrhf" when it was saved, now it is "pro"'),
        ("pro detached", "pro none", 'loss.constraint was "detached" when it was saved, now it is "none"'),
        ("dpo none", {"dpo_beta": 0.5}, "loss.dpoBeta was 0.1 when it was saved, now it is 0.5"),
        ("dpo boundary", {"beta": 0.1}, "loss.beta was 0.3 when it was saved, now it is 0.1"),
        ("rrhf none", {"vft_weight": 1.0}, "loss.vftWeight was 0.5 when it was saved, now it is 1.0"),
    ],
)
def test_a_state_of_another_loss_is_refused_by_name(saved: str, other, message: str, tmp_path: Path) -> None:
    beginning(tiny.llama(), LOSSES[saved]).save(tmp_path / "state")
    settings = LOSSES[other] if isinstance(other, str) else msgspec.structs.replace(LOSSES[saved], **other)
    with pytest.raises(WorkerError) as caught:
        beginning(tiny.llama(), settings, tmp_path / "state")
    assert caught.value.name == "ResumeRefused"
    assert message in str(caught.value)
    kept = json.loads((tmp_path / "state" / "state.json").read_text())["settings"]["loss"]
    assert kept == msgspec.to_builtins(LOSSES[saved])
