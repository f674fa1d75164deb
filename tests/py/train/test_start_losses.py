"""Losses that go by the weights a training began with: NFT by tokens, KTO by its divergence."""

from __future__ import annotations

from pathlib import Path

import adapted
import pytest
import tiny
import torch
from aft_worker.errors import Cancelled, WorkerError
from aft_worker.losses import group_loss
from aft_worker.protocol import AdapterSettings, KtoLoss, LossSettings, NftLoss, TrainGroup, TrainResponse
from aft_worker.score import go, score_groups, scoring
from aft_worker.train import trainer
from aft_worker.train.dropout import own_dropout
from aft_worker.train.mismatched import mismatched
from aft_worker.train.start_weights import StartWeights, logprobs_of
from packed_rows import CAPTURED, PACKED, allow_backward

NFT = NftLoss(
    constraint="none",
    weight=2.0,
    vft_weight=0.5,
    negative_weight=0.8,
    epsilon=1.0,
    prompt_weight="hard",
    per="token",
)
BY_RESPONSES = NftLoss(
    constraint="none",
    weight=2.0,
    vft_weight=0.0,
    negative_weight=1.0,
    epsilon=0.5,
    prompt_weight="deviation",
    per="response",
)
KTO = KtoLoss(
    constraint="none",
    weight=2.0,
    vft_weight=0.5,
    kto_beta=0.3,
    desirable_weight=1.5,
    undesirable_weight=0.5,
)
LOSSES: dict[str, LossSettings] = {"nft": NFT, "nft by responses": BY_RESPONSES, "kto": KTO}
# one row at a time, some together, one micro-batch
LIMITS = [1, 40, 80, 100_000]
TEXTS = [
    ("a", "2 boxes of 3?", "2 * 3 = 6", ["6", "3 * 2 = 6"], ["2 + 3 = 5. longer", "9", "9 9"]),
    ("b", "how many are left, if any?", "none at all", ["0"], ["4 4 4"]),
    ("c", "only right?", "it is 1", ["1", "11"], []),
    ("d", "A", "b", [], []),
    ("e", "only wrong?", None, [], ["1 2 3", "so"]),
]
SEED = 1


def groups(model, texts=TEXTS) -> list[TrainGroup]:
    """With the reference log-probabilities of the model as it is."""
    made = [tiny.train_group(*text) for text in texts]
    asked = [tiny.score_group(one.id, one.prompt, *(r.text for r in one.responses)) for one in made]
    for one, scores in zip(made, score_groups(model, asked, 4096)[0], strict=True):
        for response, score in zip(one.responses, scores, strict=True):
            response.reference_logprob = score.logprob
    return made


def moved(model: tiny.TinyModel, seed: int = 7, scale: float = 0.03) -> None:
    """Other weights in the same place, as training would leave them."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for weight in model.module.parameters():
            weight += scale * torch.randn_like(weight)


class Captured(Exception):
    """Carries the gradient out of a step."""


def gradient_of(model, loss: LossSettings, limit: int, given, after=lambda: None) -> torch.Tensor:
    """The global batch's gradient, of a run that began before `after`."""
    run = tiny.trainer(model, loss, seed=SEED, max_tokens=limit)
    after()
    kept: list[torch.Tensor] = []

    def capture(rate: float, norm: float) -> None:
        kept.extend(weight.grad.flatten().clone() for weight in run._optimizer.masters.values())
        raise Captured

    run._optimizer.step = capture
    with pytest.raises(Captured):
        run.step(1, given)
    return torch.cat(kept)


def token_logprobs(model: tiny.TinyModel, group: TrainGroup, number: int, prompt: str = "") -> torch.Tensor:
    """By the model's own full logits, of one plain sequence."""
    ids = model.tokenizer.encode_response(group.responses[number].text)
    before = model.tokenizer.encode_prompt(prompt or group.prompt)
    logits = model.module(input_ids=torch.tensor([before + ids])).logits[0, len(before) - 1 : -1]
    return logits.log_softmax(-1)[range(len(ids)), ids]


def whole_loss(name: str, model: tiny.TinyModel, old: tiny.TinyModel, given) -> torch.Tensor:
    """An independent reading of the loss: full logits, one sequence at a time, both models in float64."""
    settings = LOSSES[name]
    likelihood, target_tokens, total, count = 0.0, 0, 0.0, 0
    divergence = torch.zeros((), dtype=torch.float64)
    if name == "kto":
        # the pairs: each question that takes part, with the response that the draw says
        loss = group_loss(settings)
        assert loss is not None
        pairs = drawn(model, given)
        ratios = [
            token_logprobs(one, other, number, own.prompt).sum().detach()
            for own, other, number in pairs
            for one in (model, old)
        ]
        divergence = torch.stack([a - b for a, b in zip(ratios[::2], ratios[1::2], strict=True)])
        divergence = divergence.mean().clamp(min=0)
    for group in given:
        labelled = [r.label for r in group.responses if r.label]
        right = labelled.count("positive")
        for number, response in enumerate(group.responses):
            now = token_logprobs(model, group, number)
            if response.target:
                likelihood = likelihood - now.sum()
                target_tokens += len(now)
            if response.label is None:
                continue
            is_right = response.label == "positive"
            before = token_logprobs(old, group, number).detach()
            if name == "kto":
                gain = settings.kto_beta * (now.sum() - before.sum() - divergence)
                weight = settings.desirable_weight if is_right else settings.undesirable_weight
                total = total + weight * (1 - torch.sigmoid(gain if is_right else -gain))
                count += 1
                continue
            if right in (0, len(labelled)):
                continue
            p, ratio = right / len(labelled), (now - before).exp()
            w = 1 - p if settings.prompt_weight == "hard" else ((1 - p) / p) ** 0.5
            x = (1 - p * ratio) / (1 - p)
            wrong = -(x + (x.clamp(min=settings.epsilon) - x).detach()).log() * settings.negative_weight
            losses = w * (-(now - before) if is_right else wrong)
            by_tokens = settings.per == "token"
            total = total + (losses.sum() if by_tokens else losses.mean())
            count += len(losses) if by_tokens else 1
    return settings.vft_weight * likelihood / target_tokens + settings.weight * total / count


def drawn(model, given) -> list[tuple[TrainGroup, TrainGroup, int]]:
    """What `mismatched` pairs, found by its token ids."""
    loss = group_loss(KTO)
    assert loss is not None
    found = []
    for batch in mismatched(model, given, loss, SEED, 1, 1):
        ids, target = batch.input_ids[0].tolist(), batch.targets.tolist()
        for own in given:
            for other in given:
                for number, response in enumerate(other.responses):
                    tokens = model.tokenizer.encode_response(response.text)
                    row = model.tokenizer.encode_prompt(own.prompt) + tokens
                    if response.label and target == tokens and ids == row:
                        found.append((own, other, number))
    return found


@pytest.mark.parametrize("name", LOSSES)
def test_the_gradient_equals_autograd_of_the_whole_loss(name: str) -> None:
    model, old = tiny.llama(initializer_range=0.2), tiny.llama(initializer_range=0.2)
    given = groups(model)
    found = gradient_of(model, LOSSES[name], 4096, given, lambda: moved(model))
    model.module.zero_grad()
    model.module.double()
    old.module.double()
    whole_loss(name, model, old, given).backward()
    expected = torch.cat([w.grad.flatten() for w in model.module.parameters()])
    assert (found - expected).norm() < 2e-5 * expected.norm()


@pytest.mark.parametrize("make", [tiny.llama, tiny.gemma2])
@pytest.mark.parametrize("name", LOSSES)
def test_loss_and_gradient_are_the_same_for_every_split_into_micro_batches(name: str, make) -> None:
    found = []
    for limit in LIMITS:
        model = make(initializer_range=0.2)
        given = groups(model)
        run = tiny.trainer(model, LOSSES[name], max_tokens=limit)
        moved(model)
        metrics = run.step(1, given)
        fresh = make(initializer_range=0.2)
        gradient = gradient_of(fresh, LOSSES[name], limit, given, lambda fresh=fresh: moved(fresh))
        found.append((metrics, gradient))
    whole, expected = found[-1]
    for metrics, gradient in found[:-1]:
        assert (gradient - expected).norm() < 2e-6 * expected.norm()
        assert metrics.loss.total == pytest.approx(whole.loss.total, rel=2e-6, abs=1e-6)
        # NFT's is a difference of what nearly cancels: its gradient is held to more
        assert metrics.loss.alignment == pytest.approx(whole.loss.alignment, rel=2e-6, abs=1e-6)
        assert metrics.mean_positive == pytest.approx(whole.mean_positive, rel=1e-6)


@pytest.mark.parametrize("way", [PACKED, CAPTURED])
@pytest.mark.parametrize("name", LOSSES)
def test_packed_and_captured_rows_give_the_run_of_padded_ones(name: str, way, monkeypatch) -> None:
    allow_backward(monkeypatch)
    monkeypatch.setattr(trainer, "choose_layout", lambda *args: None)
    models = [tiny.llama(initializer_range=0.2) for _ in range(2)]
    given = groups(models[0])
    go(models[1].module, way)
    losses = []
    for model in models:
        run = tiny.trainer(model, LOSSES[name], max_tokens=80)
        losses.append([run.step(step, given[step % 2 :]).loss.total for step in range(1, 6)])
    assert losses[1] == pytest.approx(losses[0], rel=1e-5)
    assert losses[0][4] < losses[0][0]


@pytest.mark.parametrize("name", LOSSES)
def test_a_resumed_run_is_the_unbroken_one_bit_for_bit(name: str, tmp_path: Path) -> None:
    def run(model, first: int, last: int, resume: Path | None = None):
        training = tiny.trainer(model, LOSSES[name], seed=5, max_tokens=60, resume_from=resume)
        return training, [
            training.step(n, [*given[n % 4 :], *given[: n % 4]]).loss for n in range(first, last)
        ]

    whole, broken, fresh = (tiny.llama(initializer_range=0.2) for _ in range(3))
    given = groups(whole)
    _, expected = run(whole, 1, 7)
    training, found = run(broken, 1, 4)
    training.save(tmp_path / "state")
    _, rest = run(fresh, 4, 7, tmp_path / "state")
    assert found + rest == expected
    assert all(
        torch.equal(a, b) for a, b in zip(whole.module.parameters(), fresh.module.parameters(), strict=True)
    )


def test_a_run_is_not_resumed_from_other_starting_weights(tmp_path: Path) -> None:
    model = tiny.llama()
    run = tiny.trainer(model, NFT)
    run.step(1, groups(model))
    run.save(tmp_path / "state")
    with pytest.raises(WorkerError, match="startWeights was"):
        tiny.trainer(tiny.llama(seed=9), NFT, resume_from=tmp_path / "state")


@pytest.mark.parametrize(
    ("name", "texts", "moves"),
    [
        ("nft", ("c", "only right?", None, ["1", "11"], []), 0),
        ("nft", ("e", "only wrong?", None, [], ["1", "11"]), 0),
        ("kto", ("c", "only right?", None, ["1", "11"], []), 1),
        ("kto", ("e", "only wrong?", None, [], ["1", "11"]), -1),
    ],
)
def test_a_question_all_right_or_all_wrong_moves_as_the_method_says(name, texts, moves) -> None:
    model = tiny.llama(initializer_range=0.2)
    given = groups(model, [texts])
    before = sum(r.reference_logprob for r in given[0].responses)
    training = tiny.trainer(model, LOSSES[name], optimizer=tiny.optimizer(weight_decay=0.0))
    for step in range(1, 5):
        training.step(step, given)
    model.module.eval()
    after = sum(r.reference_logprob for r in groups(model, [texts])[0].responses)
    assert (after > before) - (after < before) == moves


def test_the_divergence_is_told_and_does_not_go_by_micro_batches() -> None:
    found = []
    for limit in (4096, 40):
        model = tiny.llama(initializer_range=0.2)
        given = groups(model)
        assert tiny.trainer(model, NFT).step(1, given).divergence is None
        model = tiny.llama(initializer_range=0.2)
        run = tiny.trainer(model, KTO, seed=SEED, max_tokens=limit)
        # a move of which the mean over the pairs is above 0
        moved(model, seed=3, scale=0.05)
        old = tiny.llama(initializer_range=0.2)
        apart = [
            (token_logprobs(model, *pair) - token_logprobs(old, *pair)).sum().item()
            for pair in ((other, number, own.prompt) for own, other, number in drawn(model, given))
        ]
        found.append(run.step(1, given).divergence)
        assert found[-1] == pytest.approx(sum(apart) / len(apart), rel=1e-4)
    assert found[0] > 0.5
    assert found[1] == pytest.approx(found[0], rel=1e-5)
    model = tiny.llama(initializer_range=0.2)
    assert tiny.trainer(model, KTO).step(1, groups(model)).divergence == 0


def test_nft_raises_right_tokens_and_lowers_wrong_ones() -> None:
    model = tiny.llama(initializer_range=0.2)
    given = groups(model, TEXTS[:2])
    run = tiny.trainer(model, NFT)
    first = run.step(1, given)
    for step in range(2, 12):
        last = run.step(step, given)
    assert first.mean_positive < last.mean_positive
    assert last.margin > first.margin


def test_a_label_is_needed() -> None:
    responses = [TrainResponse(text=f"{rank}", target=False, rank=rank) for rank in (1, 2)]
    group = TrainGroup(id="q", prompt="A", responses=responses)
    with pytest.raises(WorkerError, match="q: NFT goes by right and wrong: it needs every ranked"):
        tiny.trainer(tiny.llama(), NFT).step(1, [group])


def test_mismatched_pairs_are_of_two_questions_and_a_function_of_seed_and_step() -> None:
    model, loss = tiny.llama(), group_loss(KTO)
    assert loss is not None
    given = groups(model)

    def targets(seed: int, step: int, limit: int = 100_000) -> list[list[int]]:
        rows = []
        for batch in mismatched(model, given, loss, seed, step, limit):
            rows += [part.tolist() for part in batch.targets.split(batch.counts)]
        return sorted(rows)

    pairs = drawn(model, given)
    # one a question that takes part: d has nothing but its target
    assert sorted(own.id for own, _, _ in pairs) == ["a", "b", "c", "e"]
    assert {(own.id, other.id) for own, other, _ in pairs} == {("a", "b"), ("b", "c"), ("c", "e"), ("e", "a")}
    assert targets(SEED, 1) == targets(SEED, 1, limit=1)
    assert any(targets(SEED, 1) != targets(SEED, step) for step in range(2, 9))
    assert mismatched(model, given[:1], loss, SEED, 1, 4096) == []


def test_a_response_too_long_behind_another_prompt_is_passed_over() -> None:
    model, loss = tiny.llama(), group_loss(KTO)
    assert loss is not None
    texts = [("a", "a" * 20, None, ["1"], []), ("b", "B", None, ["2" * 20], []), ("c", "C", None, ["3"], [])]
    given = groups(model, texts)
    model.max_positions = 30
    # to a the long one of b does not fit, so c's; b has c's, and c has a's
    assert [(own.id, other.id) for own, other, _ in sorted(drawn(model, given), key=lambda x: x[0].id)] == [
        ("a", "c"),
        ("b", "c"),
        ("c", "a"),
    ]


def test_start_weights_score_as_the_model_did_and_leave_the_weights_as_they_are() -> None:
    model = tiny.llama()
    start = StartWeights(model, list(model.module.parameters()))
    (batch, *_) = mismatched(model, groups(model), group_loss(KTO), SEED, 1, 4096)
    before = logprobs_of(model, batch)
    assert torch.equal(start.logprobs(batch), before)
    moved(model)
    weights = [weight.detach().clone() for weight in model.module.parameters()]
    assert not torch.equal(logprobs_of(model, batch), before)
    assert torch.equal(start.logprobs(batch), before)
    assert all(torch.equal(a, b) for a, b in zip(weights, model.module.parameters(), strict=True))


def test_the_start_is_scored_without_the_adapters_dropout(tmp_path: Path) -> None:
    dropping = AdapterSettings(rank=4, alpha=8.0, dropout=0.5)
    model = adapted.load(adapted.base_folder(tmp_path / "base"), dropping)
    trainable = [weight for weight in model.module.parameters() if weight.requires_grad]
    with torch.no_grad():
        # a fresh adapter's B = 0 hides the dropout of what goes into A
        for weight in trainable:
            weight.fill_(0.1)
    (batch, *_) = mismatched(model, groups(model), group_loss(KTO), SEED, 1, 4096)
    before = scoring.token_logprobs(model, batch).detach()
    start = StartWeights(model, trainable)
    for part in own_dropout(model.module):
        part.training = True
    assert not torch.equal(scoring.token_logprobs(model, batch).detach(), before)
    assert torch.equal(start.logprobs(batch), before)


def test_weights_are_back_after_an_interruption_while_the_start_is_in_their_place(monkeypatch) -> None:
    model = tiny.llama()
    run = tiny.trainer(model, NFT)
    moved(model)
    weights = [weight.detach().clone() for weight in model.module.parameters()]

    def cancelled(*args):
        raise Cancelled

    monkeypatch.setattr("aft_worker.train.start_weights.token_logprobs", cancelled)
    with pytest.raises(Cancelled):
        run.step(1, groups(model))
    assert all(torch.equal(a, b) for a, b in zip(weights, model.module.parameters(), strict=True))


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_of_an_adapter_alone_the_matrices_are_kept_twice(dtype: str, tmp_path: Path) -> None:
    source = adapted.base_folder(tmp_path / "base")
    model = adapted.load(source, adapted.LORA, dtype=dtype)
    trainable = [weight for weight in model.module.parameters() if weight.requires_grad]
    run = adapted.trainer(model, NFT)
    assert run._start is not None
    kept = sum(copy.numel() for copy in run._start._copies)
    assert kept == sum(weight.numel() for weight in trainable)
    assert kept < sum(weight.numel() for weight in model.module.parameters()) / 2
    given = groups(model)
    # R = 1 at the first step: right and wrong ones cost nothing
    assert run.step(1, given).loss.alignment == 0
    assert run.step(2, given).loss.alignment != 0
