"""Slots: refilled across prompts and requests, held against the plain forward, and left where they do not
fit."""

from __future__ import annotations

import pytest
import tiny
import torch
from aft_worker.errors import Cancelled, WorkerError
from aft_worker.protocol import GeneratePrompt
from aft_worker.sample import (
    CollectedJob,
    SampleRequest,
    TransformersSampler,
    collect,
    slot_attention,
    slot_cache,
    slot_room,
    ways,
)
from aft_worker.sample import session as session_module
from aft_worker.sample.captured import Steps
from aft_worker.sample.prompts import EncodedPrompt
from aft_worker.sample.slot_decoder import SlotDecoder, measured_shapes
from aft_worker.sample.slot_decoder import _batches as prefill_batches
from aft_worker.sample.slots import Slots, Start
from transformers import MambaConfig, MambaForCausalLM

PROMPTS = ["a", "how many apples?", "12+34=", "B has 3 pens", "x", "a b c d e f g h i j k l m", "7*6="]


def asked(texts=PROMPTS, indices=(0, 1, 2), name="q") -> list[GeneratePrompt]:
    return [
        GeneratePrompt(id=f"{name}{at}", prompt=text, indices=list(indices)) for at, text in enumerate(texts)
    ]


def job(prompts=None, seed=5, check=lambda: None, **settings) -> CollectedJob:
    usual = {"max_new_tokens": 20, "temperature": 1.0, "top_p": 1.0}
    request = SampleRequest(prompts=prompts or asked(), seed=seed, **{**usual, **settings})
    return CollectedJob(request, check)


def ids(candidates) -> dict[tuple[str, int], list[int]]:
    return {(one.question_id, one.index): one.token_ids for one in candidates}


class Counted:
    """Shapes of what goes through the backbone."""

    def __init__(self, model, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shapes: list[tuple[int, int]] = []
        backbone = model.module.model
        forward = backbone.forward

        def counting(**inputs):
            self.shapes.append(tuple(inputs["input_ids"].shape))
            return forward(**inputs)

        monkeypatch.setattr(backbone, "forward", counting)

    @property
    def prefills(self) -> list[tuple[int, int]]:
        return [shape for shape in self.shapes if shape[1] > 1]

    @property
    def steps(self) -> list[int]:
        return [rows for rows, width in self.shapes if width == 1]


def test_each_prompt_goes_through_the_model_once_and_all_together(monkeypatch):
    model = tiny.llama()
    collect(TransformersSampler(model, 3), job())
    counted = Counted(model, monkeypatch)
    collect(TransformersSampler(model, 3), job())
    width = max(len(model.tokenizer.encode_prompt(text)) for text in PROMPTS) - 1
    # those of later slots go along with the first ones; the last token is a sample's first
    assert counted.prefills == [(len(PROMPTS), width)]


def test_a_slot_is_refilled_at_once_and_no_row_runs_in_vain(monkeypatch):
    model = tiny.llama()
    whole = collect(TransformersSampler(model, 4), job())
    counted = Counted(model, monkeypatch)
    collect(TransformersSampler(model, 4), job())
    # as many rows as there are samples left, up to the slots; a step a token, and none more
    assert sum(counted.steps) == sum(one.tokens for one in whole)
    assert counted.steps == sorted(counted.steps, reverse=True)
    assert counted.steps.count(4) > 0.8 * len(counted.steps)


def test_a_second_request_takes_the_slots_that_the_first_one_frees(monkeypatch):
    model = tiny.llama()
    alone = [ids(collect(TransformersSampler(model), one)) for one in (job(), job(seed=6))]
    counted = Counted(model, monkeypatch)
    first, second = job(), job(asked(name="q"), seed=6)
    collect(TransformersSampler(model, 5), first, second)
    assert [ids(first.candidates), ids(second.candidates)] == alone
    assert first.sampler == second.sampler
    assert first.sampler is not None and (first.sampler.slots, first.sampler.step) == (5, "plain")
    # the tail of the first one is no tail: only the last samples of both run with fewer rows
    drained = counted.steps[counted.steps.index(4) :] if 4 in counted.steps else []
    assert len(drained) < 20


def test_prompts_that_are_longer_than_the_slots_get_new_ones():
    model = tiny.llama()
    long = asked(["a b c d e f g h i j k l m n o p q r s t u v w x y z " * 2], name="long")
    expected = ids(collect(TransformersSampler(model), job(long)))
    first, second = job(), job(long)
    waiting = [second]

    class Late:
        """Gives the second job once the first one is under way."""

        def __call__(self):
            return waiting.pop() if first.candidates and waiting else None

    TransformersSampler(model, 2).sample(first, Late())
    assert ids(second.candidates) == expected
    assert len(first.candidates) == 3 * len(PROMPTS)


def test_a_cancelled_request_leaves_the_others_as_they_are():
    model = tiny.llama()
    looks = 0

    def check() -> None:
        nonlocal looks
        looks += 1
        if looks > 2:
            raise Cancelled

    expected = ids(collect(TransformersSampler(model), job(seed=6)))
    first, second = job(check=check, max_new_tokens=20), job(seed=6)
    with pytest.raises(Cancelled):
        collect(TransformersSampler(model, 6), first, second)
    assert ids(second.candidates) == expected
    assert len(first.candidates) < 3 * len(PROMPTS)
    assert first.sampler is None and second.sampler is not None


def test_a_request_that_cannot_be_encoded_fails_alone():
    model = tiny.llama()
    model.max_positions = 12
    good, bad = job(asked(["a", "7*6="])), job(asked(["a b c d e f"]))
    with pytest.raises(WorkerError, match="has 12 tokens"):
        collect(TransformersSampler(model), good, bad)
    assert len(good.candidates) == 6 and good.sampler is not None


@pytest.mark.parametrize("name", ["llama", "gemma2", "qwen2", "mistral"])
def test_families_are_decoded_in_slots(name):
    one = job()
    collect(TransformersSampler(tiny.MODELS[name]()), one)
    assert one.sampler is not None and one.sampler.note is None


def test_a_model_whose_slots_would_be_wrong_is_decoded_in_batches(monkeypatch):
    model = tiny.llama()
    expected = ids(collect(TransformersSampler(model), job()))
    plainly = slot_attention.attend_plainly

    def looking_everywhere(query, key, value, inside, scale, softcap):
        return plainly(query, key, value, torch.ones_like(inside), scale, softcap)

    monkeypatch.setattr(slot_attention, "attend_plainly", looking_everywhere)
    monkeypatch.setattr(ways, "_known", {})
    one = job()
    assert ids(collect(TransformersSampler(model), one)) == expected
    assert one.sampler is not None and one.sampler.note is not None
    assert one.sampler.note.startswith("its logits in slots differ from those of its plain forward pass: ")


def test_a_model_with_a_state_of_another_kind_is_decoded_in_batches():
    torch.manual_seed(0)
    config = MambaConfig(vocab_size=len(tiny.tokenizer()), hidden_size=16, num_hidden_layers=2, state_size=4)
    model = tiny.TinyModel(MambaForCausalLM(config).eval(), tiny.codec())
    one = job(asked(["a b c"], indices=[0]))
    collect(TransformersSampler(model), one)
    assert one.sampler is not None and one.sampler.note is not None


def test_a_device_without_room_for_a_slot_is_told_at_once(monkeypatch):
    model = tiny.llama()
    monkeypatch.setattr(slot_room, "free_bytes", lambda device: 3000)
    with pytest.raises(WorkerError) as raised:
        collect(TransformersSampler(model), job(asked(["a"])))
    assert raised.value.name == "OutOfMemory"
    assert "cpu has no room for one sample: its keys and values of 64 positions take" in str(raised.value)
    assert "lower maxNewTokens" in str(raised.value)


def test_memory_bounds_the_slots(monkeypatch):
    model = tiny.llama()
    collect(TransformersSampler(model), job())
    shapes = ways.decode_way(model).shapes
    slot = 64 * 4 * sum(heads * size for pair in shapes for heads, size in pair)
    monkeypatch.setattr(slot_room, "free_bytes", lambda device: 2 * 7 * slot)
    one = job()
    collect(TransformersSampler(model), one)
    assert one.sampler is not None and one.sampler.slots == 7


def test_prompts_and_rows_are_copied_a_few_at_a_time(monkeypatch):
    model = tiny.llama()
    whole = ids(collect(TransformersSampler(model, 5), job()))
    monkeypatch.setattr(slot_cache, "_COPIED_BYTES", 1)
    assert ids(collect(TransformersSampler(model, 5), job())) == whole


@pytest.mark.parametrize("stop", [(), ("e", "1")])
def test_looking_every_few_steps_changes_no_sample(monkeypatch, stop):
    model = tiny.llama()

    def drawn():
        one = job(stop=stop)
        collect(TransformersSampler(model, 5), one)
        return {(c.question_id, c.index): (c.text, c.token_ids, c.finish, c.tokens) for c in one.candidates}

    each = drawn()
    monkeypatch.setattr(session_module, "_STEPS_AT_ONCE", {"cpu": 8})
    assert drawn() == each


def test_a_slot_that_is_done_does_not_change():
    slots = Slots(3, 4, [0], 0.0, 1.0, torch.device("cpu"))
    slots.put(torch.tensor([0, 2]), [Start(5, 9, 1, 2), Start(6, 3, 2, 4)])
    logits = torch.eye(8)[[3, 4, 7]] * 9
    for _ in range(3):
        slots.advance(logits)
    assert slots.done(3) == [True, True, False]
    assert slots.position.tolist() == [11, 0, 6]
    first, empty, third = slots.read(torch.tensor([0, 1, 2])).ended()
    assert (first.ids, empty.ids, third.ids) == ([3, 3], [], [7, 7, 7])
    # no number in what a slot that is done computes reaches what it holds
    slots.advance(torch.full((3, 8), float("nan")))
    assert slots.read(torch.tensor([0])).ended() == [first]
    assert slots.latest(3, 2) == [([3, 3], 2), ([], 0), ([7, 0], 4)]


def test_steps_run_plainly_where_nothing_is_captured():
    ran: list[int] = []
    steps = Steps(ran.append, 8, torch.device("cpu"), True)
    steps.run(5, 2)
    assert (ran, steps.how, steps.slow) == ([5, 5], "plain", None)


def test_prompts_go_through_the_model_a_few_at_a_time_and_those_that_come_later_fill_up_the_last() -> None:
    """Ten tokens each are computed: an eleventh is a sample's first."""
    prompts = [EncodedPrompt(str(at), [5] * 11, [0], 4) for at in range(6)]
    found = prefill_batches(prompts[:3], prompts[3:], 20)
    assert [[prompt.id for prompt in batch] for batch in found] == [["0", "1"], ["2", "3"]]
    long = EncodedPrompt("long", [5] * 99, [0], 4)
    assert [len(batch) for batch in prefill_batches([long, *prompts[:2]], [], 20)] == [1, 2]


def test_a_computed_prompt_is_let_go_of_with_its_last_sample() -> None:
    model = tiny.llama()
    decoder = SlotDecoder(model, 2, 64, measured_shapes(model))
    prompt = EncodedPrompt("a", [5, 6, 7], [0, 1], 4)
    decoder.fill([(prompt, 0)], [])
    assert len(decoder._prefilled) == 1
    decoder.fill([(prompt, 1)], [])
    assert len(decoder._prefilled) == 0
