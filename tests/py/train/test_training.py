"""Loss steps on tiny models: the same gradient however they are cut, and nothing half done."""

from __future__ import annotations

import math

import pytest
import tiny
import torch
from aft_worker.errors import Cancelled, WorkerError
from aft_worker.losses.objective import Objective
from aft_worker.protocol import GeneratePrompt, TrainGroup, TrainResponse, VftLoss
from aft_worker.score import logprobs
from aft_worker.score.scoring import score_groups
from aft_worker.train import gradients
from largest_tensor import LargestTensor

GROUPS = [
    tiny.train_group(
        "a", "2 boxes of 3?", "2 * 3 = 6", ["6", "3 * 2 = 6"], ["2 + 3 = 5. longer", "9", "9 9"]
    ),
    tiny.train_group("b", "how many are left, if any?", "none at all", ["0"], ["4 4 4"]),
    tiny.train_group("c", "only right?", "it is 1", ["1", "11"]),
    tiny.train_group("d", "A", "b"),
    tiny.train_group("e", "no target", None, ["1 2 3"], ["4"]),
]
LOSSES = {
    "vft": VftLoss(),
    "none": tiny.alignment("none", weight=2.0),
    "detached": tiny.alignment("detached"),
    "boundary": tiny.alignment(beta=0.3, weight=3.0),
    "attached": tiny.alignment(beta=0.3, detach_boundary=False),
}
# one row at a time (every pair in two passes), some in two passes, one micro-batch
LIMITS = [1, 40, 80, 100_000]


def trainer(model: tiny.TinyModel, loss=LOSSES["boundary"], limit: int = 4096, seed: int = 1, **settings):
    optimizer = tiny.optimizer(**settings)
    return tiny.trainer(model, loss, seed=seed, max_tokens=limit, optimizer=optimizer)


class Captured(Exception):
    """Carries the gradient out of a step."""


def gradient_of(model: tiny.TinyModel, loss, limit: int, monkeypatch, seed: int = 1) -> torch.Tensor:
    """The global batch's gradient, as the optimizer would get it."""
    run = trainer(model, loss, limit, seed)
    kept: list[torch.Tensor] = []

    def capture(rate: float, norm: float) -> None:
        kept.extend(weight.grad.flatten().clone() for weight in model.module.parameters())
        raise Captured

    monkeypatch.setattr(run._optimizer, "step", capture)
    with pytest.raises(Captured):
        run.step(1, GROUPS)
    run._optimizer.discard()
    return torch.cat(kept)


def weights(model: tiny.TinyModel) -> list[torch.Tensor]:
    return [weight.detach().clone() for weight in model.module.parameters()]


def same(a: list[torch.Tensor], b: list[torch.Tensor]) -> bool:
    return all(torch.equal(x, y) for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize("name", LOSSES)
def test_the_gradient_equals_autograd_of_the_whole_loss(name: str, monkeypatch) -> None:
    """An independent reading: full logits of the model itself, one sequence at a time, in float64."""
    model = tiny.llama(initializer_range=0.2)
    found = gradient_of(model, LOSSES[name], 4096, monkeypatch)
    model.module.double()
    total, tokens = torch.zeros((), dtype=torch.float64), 0
    alignment = torch.zeros((), dtype=torch.float64)
    for group in GROUPS:
        sums, means = [], []
        prompt = model.tokenizer.encode_prompt(group.prompt)
        for response in group.responses:
            ids = model.tokenizer.encode_response(response.text)
            logits = model.module(input_ids=torch.tensor([prompt + ids])).logits[0, len(prompt) - 1 : -1]
            sums.append(logits.log_softmax(-1)[range(len(ids)), ids].sum())
            means.append(sums[-1] / len(ids))
            if response.target:
                total, tokens = total - sums[-1], tokens + len(ids)
        own = [s for s, r in zip(means, group.responses, strict=True) if r.label == "positive"]
        other = [s for s, r in zip(means, group.responses, strict=True) if r.label == "negative"]
        if name != "vft" and own and other:
            lowest = min(own)
            terms = [torch.zeros((), dtype=torch.float64)]
            for p in own:
                for n in other:
                    terms.append((n.detach() if name == "detached" else n) - p)
                    if name in ("boundary", "attached"):
                        at = 2 * lowest - 2 * 0.3 - p
                        terms.append((at.detach() if name == "boundary" else at) - n)
            alignment = alignment + torch.stack(terms).exp().sum().log()
    weight = getattr(LOSSES[name], "weight", 0.0)
    model.module.zero_grad()
    (total / tokens + weight * alignment / len(GROUPS)).backward()
    expected = torch.cat([w.grad.flatten() for w in model.module.parameters()])
    assert (found - expected).norm() < 1e-5 * expected.norm()


@pytest.mark.parametrize("make", [tiny.llama, tiny.gemma2, tiny.mistral])
@pytest.mark.parametrize("name", LOSSES)
def test_loss_and_gradient_are_the_same_for_every_split_and_for_two_passes(name, make, monkeypatch) -> None:
    model = make(initializer_range=0.2)
    expected = gradient_of(model, LOSSES[name], LIMITS[-1], monkeypatch)
    for limit in LIMITS[:-1]:
        found = gradient_of(model, LOSSES[name], limit, monkeypatch)
        assert (found - expected).abs().max() <= 1e-6 * (1 + expected.abs().max())
    metrics = []
    for limit in LIMITS:
        fresh = make(initializer_range=0.2)
        metrics.append(trainer(fresh, LOSSES[name], limit).step(1, GROUPS))
    for other in metrics[:-1]:
        assert other.loss.total == pytest.approx(metrics[-1].loss.total, rel=1e-6)
        assert other.gradient_norm == pytest.approx(metrics[-1].gradient_norm, rel=1e-5)
        assert other.mean_target == pytest.approx(metrics[-1].mean_target, rel=1e-6)


def test_two_passes_equal_one_for_sixty_four_candidates(monkeypatch) -> None:
    model = tiny.llama(initializer_range=0.2)
    group = tiny.train_group(
        "k", "which?", "x", [f"{i} is it" for i in range(32)], [f"{i} not" for i in range(32)]
    )
    monkeypatch.setattr("test_training.GROUPS", [group])
    whole = gradient_of(model, LOSSES["boundary"], 100_000, monkeypatch)
    pieces = gradient_of(model, LOSSES["boundary"], 50, monkeypatch)
    assert (whole - pieces).abs().max() <= 1e-6 * (1 + whole.abs().max())


def test_metrics_are_those_of_the_scores_before_the_update() -> None:
    model = tiny.llama(initializer_range=0.2)
    groups = [
        tiny.score_group(group.id, group.prompt, *(response.text for response in group.responses))
        for group in GROUPS
    ]
    scored, _ = score_groups(model, groups, 4096)
    means = [[s.logprob / len(s.token_ids) for s in scores] for scores in scored]
    metrics = trainer(model, LOSSES["boundary"]).step(1, GROUPS)
    positive = [*means[0][1:3], means[1][1], means[4][0]]
    negative = [*means[0][3:], means[1][2], means[4][1]]
    bounds = [min(means[0][1:3]) - 0.3, means[1][1] - 0.3, means[4][0] - 0.3]
    below = sum(n < bounds[0] for n in means[0][3:]) + (means[1][2] < bounds[1]) + (means[4][1] < bounds[2])
    assert metrics.mean_target == pytest.approx(sum(m[0] for m in means[:4]) / 4, rel=1e-5)
    assert metrics.mean_positive == pytest.approx(sum(positive) / 4, rel=1e-5)
    assert metrics.mean_negative == pytest.approx(sum(negative) / 5, rel=1e-5)
    # over the negatives: three of group a, one of b, one of e
    assert metrics.mean_boundary == pytest.approx((3 * bounds[0] + bounds[1] + bounds[2]) / 5, rel=1e-5)
    assert metrics.negatives_below_boundary == pytest.approx(below / 5)
    assert (metrics.groups, metrics.paired_groups) == (5, 3)
    # each with its EOS; the unpaired group's positives took no part
    assert metrics.target_tokens == 10 + 12 + 8 + 2
    assert metrics.tokens == (14 + 10 + 2 + 10 + 18 + 2 + 4) + (27 + 12 + 2 + 6) + (12 + 8) + 4 + (10 + 6 + 2)


def test_a_reference_can_be_a_target_and_a_positive_at_once() -> None:
    reference = TrainResponse(text="6", target=True, label="positive", rank=1)
    worse = TrainResponse(text="7", target=False, label="negative", rank=2)
    group = TrainGroup(id="a", prompt="2?", responses=[reference, worse])
    metrics = trainer(tiny.llama()).step(1, [group])
    assert metrics.paired_groups == 1
    assert metrics.mean_target == metrics.mean_positive


def test_vft_alone_has_no_metrics_of_sides_and_computes_targets_only() -> None:
    metrics = trainer(tiny.llama(), VftLoss()).step(1, GROUPS)
    assert metrics.paired_groups == 0
    assert metrics.mean_positive is metrics.mean_negative is metrics.mean_boundary is None
    assert metrics.tokens == (14 + 10) + (27 + 12) + (12 + 8) + (2 + 2)
    assert metrics.loss.alignment == 0
    assert metrics.loss.total == metrics.loss.vft


def test_without_a_constraint_positives_and_negatives_sink_with_one_they_do_not() -> None:
    """From a model that knows all of them, on the alignment term alone; both sides begin alike."""
    groups = [
        tiny.train_group(
            f"{i}", f"question {i}?", None, [f"it is {i} exactly so"], [f"it is {9 - i}", f"it is 4{i}"]
        )
        for i in range(3)
    ]
    everything = [
        TrainGroup(
            id=group.id,
            prompt=group.prompt,
            responses=[TrainResponse(text=response.text, target=True) for response in group.responses],
        )
        for group in groups
    ]

    def changes(constraint: str) -> tuple[float, float]:
        """(of the mean score of positives, of negatives) over 20 steps, in nats a token."""
        model = tiny.llama(seed=3, initializer_range=0.1, hidden_size=32)
        schedule = tiny.schedule(shape="constant", total_steps=100)
        known = tiny.trainer(model, VftLoss(), schedule=schedule)
        for step in range(1, 31):
            known.step(step, everything)
        run = tiny.trainer(model, tiny.alignment(constraint, beta=0.2), schedule=schedule)
        first, *_, last = (run.step(step, groups) for step in range(1, 21))
        return last.mean_positive - first.mean_positive, last.mean_negative - first.mean_negative

    positive, negative = changes("none")
    assert positive < -2
    assert negative < -5
    # nothing pushes the negatives down; they give way to the positives
    positive, negative = changes("detached")
    assert positive > 0
    assert -1.5 < negative < 0
    # and here they are held near the boundary
    positive, negative = changes("boundary")
    assert positive > 0
    assert -0.3 < negative < 0.3


@pytest.mark.parametrize("limit", [40, 4096])
def test_bfloat16_weights_follow_the_float32_run(limit: int) -> None:
    full, low = tiny.llama(initializer_range=0.1), tiny.llama(initializer_range=0.1)
    low.module.bfloat16()
    expected, found = trainer(full), trainer(low, limit=limit)
    losses = []
    for step in range(1, 9):
        a, b = expected.step(step, GROUPS), found.step(step, GROUPS)
        assert b.loss.total == pytest.approx(a.loss.total, rel=0.02)
        assert b.gradient_norm == pytest.approx(a.gradient_norm, rel=0.1)
        losses.append(b.loss.total)
    assert losses[-1] < 0.8 * losses[0]


@pytest.mark.parametrize("limit", [40, 4096])
def test_a_loss_that_is_not_finite_is_refused_and_the_weights_stay(limit: int) -> None:
    model = tiny.llama()
    # only the character x gives NaN, and only group "bad" has it
    x = model.tokenizer.encode_response("x")[0]
    with torch.no_grad():
        model.module.get_input_embeddings().weight[x] = math.nan
    model.module.lm_head.weight = torch.nn.Parameter(torch.randn_like(model.module.lm_head.weight))
    run = trainer(model, VftLoss(), limit)
    before = weights(model)
    good = tiny.train_group("good", "fine? " * 6, "yes")
    with pytest.raises(WorkerError) as caught:
        run.step(1, [good, tiny.train_group("bad", "x", "y")])
    data = caught.value.data
    assert caught.value.name == "NonFiniteLoss"
    assert data.step == 1
    # in a micro-batch of its own, it is named alone
    assert data.groups == (["bad"] if limit == 40 else ["good", "bad"])
    assert (data.loss.vft.finite, data.loss.vft.value) == (False, "nan")
    assert "step 1: the loss is not finite; groups " in str(caught.value)
    assert torch.equal(torch.cat([w.flatten() for w in before]).nan_to_num(7), _flat(model).nan_to_num(7))
    assert run.steps_done == 0
    assert all(weight.grad is None for weight in model.module.parameters())
    run.step(1, [good])


def _flat(model: tiny.TinyModel) -> torch.Tensor:
    return torch.cat([weight.flatten() for weight in weights(model)])


def test_a_gradient_that_is_not_finite_is_refused_and_the_weights_stay(monkeypatch) -> None:
    model = tiny.llama()
    call = Objective.__call__

    def broken(self, sums, parts):
        value = call(self, sums, parts)
        value.gradient[0] = math.inf
        return value

    monkeypatch.setattr(Objective, "__call__", broken)
    before = weights(model)
    with pytest.raises(
        WorkerError, match="step 1: the gradient is not finite; groups a, b, c, d, e"
    ) as caught:
        trainer(model).step(1, GROUPS)
    assert caught.value.data.groups == ["a", "b", "c", "d", "e"]
    assert same(before, weights(model))


def test_an_update_that_fails_leaves_no_gradient_for_the_next_step(monkeypatch) -> None:
    model, other = tiny.llama(), tiny.llama()
    run = trainer(model)
    before = weights(model)
    step = run._optimizer._adamw.step

    def failing() -> None:
        raise MemoryError

    monkeypatch.setattr(run._optimizer._adamw, "step", failing)
    with pytest.raises(MemoryError):
        run.step(1, GROUPS)
    assert all(weight.grad is None for weight in model.module.parameters())
    assert (run.steps_done, same(before, weights(model))) == (0, True)
    monkeypatch.setattr(run._optimizer._adamw, "step", step)
    run.step(1, GROUPS)
    trainer(other).step(1, GROUPS)
    assert same(weights(model), weights(other))


def test_a_negative_of_minus_infinity_is_refused_although_its_loss_is_finite(monkeypatch) -> None:
    response_scores = gradients.response_scores

    def cut(model, batch):
        sums, counts = response_scores(model, batch)
        # the last response of group a
        return torch.where(torch.tensor(batch.numbers) == 5, -math.inf, sums), counts

    monkeypatch.setattr(gradients, "response_scores", cut)
    model = tiny.llama()
    before = weights(model)
    with pytest.raises(WorkerError, match=r"^step 1: a score is not finite; groups a\."):
        trainer(model, LOSSES["detached"]).step(1, GROUPS[:1])
    assert same(before, weights(model))


def test_ids_of_another_tokenizer_are_refused_before_anything_moves() -> None:
    model = tiny.llama()
    before = weights(model)
    foreign = TrainResponse(text="six", token_ids=[9, 10], target=True)
    with pytest.raises(WorkerError, match='ids of response 0 of "x" do not spell its text') as caught:
        trainer(model).step(1, [*GROUPS, TrainGroup(id="x", prompt="a", responses=[foreign])])
    assert caught.value.data.pointer == "/groups/5/responses/0/tokenIds"
    assert same(before, weights(model))


@pytest.mark.parametrize("pad", ["<pad>", None])
def test_a_model_learns_to_stop_also_where_padding_is_eos(pad: str | None) -> None:
    model = tiny.llama(initializer_range=0.1, hidden_size=32)
    model.tokenizer = tiny.codec(pad=pad)
    known = {"a": "yes", "which of them?": "no, not it", "b b": "12"}
    groups = [tiny.train_group(prompt, prompt, text) for prompt, text in known.items()]
    run = tiny.trainer(model, VftLoss(), schedule=tiny.schedule(shape="constant"))
    for number in range(1, 41):
        run.step(number, groups)
    prompts = [GeneratePrompt(id=prompt, prompt=prompt, indices=[0]) for prompt in known]
    candidates = tiny.sample(model, prompts, max_new_tokens=30, temperature=0.0)
    assert {candidate.question_id: (candidate.text, candidate.finish) for candidate in candidates} == {
        prompt: (text, "stop") for prompt, text in known.items()
    }


def test_no_tensor_of_a_step_grows_with_tokens_times_vocabulary(monkeypatch) -> None:
    vocabulary, chunk = 5000, 8
    monkeypatch.setattr(logprobs, "CPU_CHUNK_ELEMENTS", chunk * vocabulary)
    model = tiny.llama(vocab_size=vocabulary)
    largest = max(weight.numel() for weight in model.module.parameters())
    long = tiny.train_group("long", "how " * 10, "so " * 30, ["is it " * 20], ["is it not " * 15])
    with LargestTensor() as seen:
        metrics = trainer(model).step(1, [long])
    assert metrics.tokens > 300
    # the logits of a chunk, a weight, or the mask of the one row
    assert seen.elements <= max(chunk * vocabulary, largest, metrics.tokens**2)
    assert metrics.tokens**2 < metrics.tokens * vocabulary / 10


def test_a_cancelled_step_leaves_no_trace() -> None:
    model, calls = tiny.llama(), 0

    def check_cancelled() -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise Cancelled

    run = trainer(model, limit=40)
    before = weights(model)
    with pytest.raises(Cancelled):
        run.step(1, GROUPS, check_cancelled)
    assert same(before, weights(model))
    assert run.steps_done == 0
    other = tiny.llama()
    assert run.step(1, GROUPS).loss == trainer(other, limit=40).step(1, GROUPS).loss
    assert same(weights(model), weights(other))


def test_progress_counts_responses_and_tokens_of_a_step_in_pieces() -> None:
    seen: list[tuple[int, int, int]] = []
    metrics = trainer(tiny.llama(), VftLoss(), 40).step(
        1, GROUPS, on_progress=lambda *counts: seen.append(counts)
    )
    assert [done for done, _, _ in seen] == [1, 2]
    assert {total for _, total, _ in seen} == {4}
    assert seen[-1][2] < metrics.tokens


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_step_out_of_order_is_refused(number: int) -> None:
    run = trainer(tiny.llama())
    run.step(1, GROUPS)
    with pytest.raises(WorkerError, match=f"step {number} asked for, but step 2 is next") as caught:
        run.step(number, GROUPS)
    assert (caught.value.data.expected, caught.value.data.found) == (2, number)


def test_a_step_without_anything_to_learn_moves_nothing_by_gradient() -> None:
    model = tiny.llama()
    before = weights(model)
    metrics = trainer(model).step(1, [tiny.train_group("u", "a", None, ["only right"])])
    assert (metrics.loss.total, metrics.gradient_norm, metrics.tokens) == (0, 0, 0)
    assert same(before, weights(model))


def test_settings_that_cannot_be_are_refused() -> None:
    with pytest.raises(WorkerError, match="the boundary constraint needs beta") as caught:
        trainer(tiny.llama(), tiny.alignment(beta=None))
    assert (caught.value.name, caught.value.data.pointer) == ("InvalidParams", "/loss/beta")
    with pytest.raises(WorkerError, match=r"^AdamW's betas lie in \[0, 1\), found 1.0$") as caught:
        trainer(tiny.llama(), betas=(0.9, 1.0))
    assert (caught.value.name, caught.value.data.pointer) == ("InvalidParams", "/optimizer/betas/1")
    half = tiny.llama()
    half.module.half()
    with pytest.raises(WorkerError, match="float16 weights cannot be trained"):
        trainer(half)
