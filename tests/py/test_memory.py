"""Memory that runs out: less is asked for at once, and what comes of it is the same."""

from __future__ import annotations

import pytest
import tiny
import torch
from aft_worker.memory import is_out_of_memory, smaller_batches
from aft_worker.protocol import GeneratePrompt, NftLoss
from aft_worker.sample import CollectedJob, SampleRequest, TransformersSampler, collect
from aft_worker.sample.slot_decoder import SlotDecoder
from aft_worker.score import scoring
from aft_worker.score.scoring import score_groups
from aft_worker.train import gradients

GROUPS = [
    tiny.train_group(f"q{i}", f"how many is {i}?", f"it is {i}", [f"{i}", f"so {i}"], [f"{i + 1} is it", "9"])
    for i in range(4)
]
MESSAGE = "CUDA out of memory. Tried to allocate 2.00 GiB.\nGPU 0 has ..."


def asked(texts: list[str], indices: list[int]) -> list[GeneratePrompt]:
    return [GeneratePrompt(id=f"q{at}", prompt=text, indices=indices) for at, text in enumerate(texts)]


def job(prompts: list[GeneratePrompt]) -> CollectedJob:
    settings = {"max_new_tokens": 20, "temperature": 1.0, "top_p": 1.0, "seed": 5}
    return CollectedJob(SampleRequest(prompts=prompts, **settings))


def ids(candidates) -> dict[tuple[str, int], list[int]]:
    return {(one.question_id, one.index): one.token_ids for one in candidates}


def full(*_: object) -> None:
    raise torch.OutOfMemoryError(MESSAGE)


@pytest.fixture
def room(monkeypatch):
    """For micro-batches of so many places; -> those that went through."""
    found: list[int] = []

    def narrow(places: int) -> list[int]:
        own = scoring.token_logprobs

        def within(model, batch, chunk=None):
            if batch.input_ids.numel() > places:
                full()
            found.append(batch.input_ids.numel())
            return own(model, batch, chunk)

        monkeypatch.setattr(scoring, "token_logprobs", within)
        monkeypatch.setattr(gradients, "token_logprobs", within)
        return found

    return narrow


def scores(model: tiny.TinyModel, tell=lambda text: None) -> list[float]:
    scored, _ = score_groups(model, GROUPS, 4096, tell=tell)  # pyright: ignore[reportArgumentType]
    return [response.logprob for group in scored for response in group]


def test_scores_are_the_same_in_smaller_micro_batches_which_is_told_once(room) -> None:
    model, notes = tiny.llama(), []
    expected = scores(model)
    went = room(40)
    assert scores(model, notes.append) == pytest.approx(expected, abs=1e-5)
    assert max(went) <= 40
    assert len(notes) == 1
    assert notes[0].startswith("memory ran out: ")
    assert notes[0].endswith(
        "tokens are scored at once from here on in the place of 4096, which changes no result"
    )
    # later calls begin with what went well
    assert scores(model, notes.append) == pytest.approx(expected, abs=1e-5)
    assert len(notes) == 1


def test_where_one_response_alone_has_no_room_the_error_stands(room) -> None:
    room(3)
    with pytest.raises(torch.OutOfMemoryError):
        scores(tiny.llama())


def trainer(limit: int = 4096, resume_from=None, model: tiny.TinyModel | None = None, loss=None):
    return tiny.trainer(
        model or tiny.llama(),
        loss or tiny.alignment("boundary"),
        seed=1,
        max_tokens=limit,
        resume_from=resume_from,
    )


def steps(training, count: int = 3, notes: list[str] | None = None) -> list[float]:
    tell = (lambda text: None) if notes is None else notes.append
    found = []
    for _ in range(count):
        metrics = training.step(training.steps_done + 1, GROUPS, tell=tell)
        found += [metrics.loss.total, metrics.gradient_norm]
    return found


@pytest.mark.parametrize("places", [100, 60, 25])
def test_a_step_that_has_no_room_is_done_again_in_smaller_micro_batches(room, places: int) -> None:
    expected = steps(trainer())
    notes: list[str] = []
    room(places)
    training = trainer()
    assert steps(training, notes=notes) == pytest.approx(expected, rel=1e-4)
    assert training.steps_done == 3
    assert [note.partition(":")[0] for note in notes] == ["memory ran out"]


def test_who_looks_for_the_size_that_fits_is_told_of_one_that_does_not(room) -> None:
    room(60)
    training = tiny.trainer(tiny.llama(), tiny.alignment("boundary"), seed=1, halves=False)
    with pytest.raises(torch.OutOfMemoryError):
        steps(training, 1)


def test_a_loss_by_tokens_is_cut_the_same_way(room) -> None:
    loss = NftLoss(
        constraint="none",
        weight=1.0,
        vft_weight=0.0,
        negative_weight=1.0,
        epsilon=1.0,
        prompt_weight="hard",
        per="token",
    )
    expected = steps(trainer(loss=loss))
    room(40)
    assert steps(trainer(loss=loss)) == pytest.approx(expected, rel=1e-4)


def test_a_step_that_has_no_room_for_one_response_fails_and_leaves_the_weights(room) -> None:
    model = tiny.llama()
    before = [weight.clone() for weight in model.module.parameters()]
    training = trainer(model=model)
    room(3)
    with pytest.raises(torch.OutOfMemoryError):
        steps(training, 1)
    assert training.steps_done == 0
    assert all(torch.equal(*pair) for pair in zip(before, model.module.parameters(), strict=True))


def test_a_resumed_training_keeps_to_the_size_for_the_same_bits(room, tmp_path) -> None:
    went = room(60)
    whole = trainer()
    expected = steps(whole, 4)
    broken = trainer()
    steps(broken, 2)
    broken.save(tmp_path / "state")
    del went[:]
    resumed = trainer(resume_from=tmp_path / "state", model=tiny.llama(seed=9))
    assert steps(resumed, 2) == expected[4:]
    assert max(went) <= 60


def test_the_larger_batch_that_was_prepared_ahead_is_not_used(room) -> None:
    expected = steps(trainer(), 2)
    room(60)
    training = trainer()
    found = []
    for number in (1, 2):
        metrics = training.step(number, GROUPS, upcoming=lambda at=number: (at + 1, GROUPS))
        found += [metrics.loss.total, metrics.gradient_norm]
    assert found == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("where", ["step", "fill"])
def test_samples_are_drawn_again_in_fewer_slots_and_are_the_same(monkeypatch, where: str) -> None:
    model = tiny.llama()
    prompts = asked(["a b c", "d", "how many?"], indices=list(range(8)))
    expected = ids(collect(TransformersSampler(model), job(prompts)))
    own, calls = getattr(SlotDecoder, where), 0

    def narrow(self, *given):
        nonlocal calls
        calls += 1
        rows = len(given[0])
        # from the third call on, so that some samples have ended and others are under way
        if rows > 5 and (calls > 2 or where == "fill"):
            full()
        return own(self, *given)

    monkeypatch.setattr(SlotDecoder, where, narrow)
    one = job(prompts)
    assert ids(collect(TransformersSampler(model), one)) == expected
    assert one.sampler is not None and one.sampler.slots is not None and one.sampler.slots <= 5
    told = [note for note in one.notes if note.startswith("memory ran out: ")]
    assert len(told) == 1
    again = job(prompts)
    assert ids(collect(TransformersSampler(model), again)) == expected
    assert again.notes == []


def test_where_one_sample_has_no_room_the_error_stands(monkeypatch) -> None:
    monkeypatch.setattr(SlotDecoder, "step", full)
    with pytest.raises(torch.OutOfMemoryError):
        collect(TransformersSampler(tiny.llama()), job(asked(["a"], indices=[0, 1])))


def test_only_what_can_be_cut_is_cut() -> None:
    assert smaller_batches(8192, [(300, 4), (900, 1)]) == 150
    assert smaller_batches(100, [(300, 4)]) == 50
    assert smaller_batches(100, [(300, 1)]) is None
    assert is_out_of_memory(MemoryError()) and not is_out_of_memory(ValueError("can't allocate memory"))
